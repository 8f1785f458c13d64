"""Queries put into SQL once: what they ask for changes at each use, their words do not.

Most of what a page spends in Python goes into turning the same queries into the same SQL. Here a
query is built and compiled with marks in the place of its values, one of each shape of arguments,
and used again with the values of the day. The rows are those Django would have made.
"""

import copy
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from functools import update_wrapper
from typing import Any, Final, Generic, ParamSpec, TypeAlias, TypeVar
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connection, connections
from django.db.models import QuerySet, prefetch_related_objects
from django.db.models.query import ModelIterable, RelatedPopulator, get_related_populators
from django.db.models.sql.compiler import SQLCompiler
from django.db.models.sql.constants import GET_ITERATOR_CHUNK_SIZE
from django.db.transaction import TransactionManagementError

from farelegami.kernel import clock
from farelegami.kernel.actor import Actor, Grant

ArgsT = ParamSpec("ArgsT")
RowT = TypeVar("RowT")
Adapter: TypeAlias = Callable[[Any], Any]
Slot: TypeAlias = tuple[int, Adapter | None]

# A year in which nobody is helped, and ids that are never given: nothing real looks like a mark.
_MOMENT: Final = datetime(7777, 7, 7, 10, tzinfo=UTC)
_LIKE_A_MARK: Final = re.compile(r"777[78]-|^7777")
_FIRST_ID: Final = 0x7777 << 112
# Small enough for the smallest of columns: a number too large for its column finds nothing.
_FIRST_NUMBER: Final = 31_700
_MOST_NUMBERS: Final = 1_000
_FIRST_DAY: Final = date(7778, 1, 1).toordinal()
_NOW, _TODAY = 0, 1


class NotPrepared(TypeError):
    """A query cannot be prepared as it is written: a fault of the code, found at its first use."""


@dataclass(frozen=True, slots=True)
class _Plan:
    """A compiled query: its SQL, and for each parameter its value or where the value comes from."""

    queryset: QuerySet[Any, Any]
    compiler: SQLCompiler
    sql: str
    fixed: tuple[Any, ...]
    slots: tuple[tuple[int, Slot], ...]
    locks: bool
    objects: "_Objects | None"


class _Reader:
    """Takes arguments apart: their shape is the key of a plan, their values fill it."""

    def __init__(self) -> None:
        self.values: list[Any] = [clock.now(), clock.today()]
        self.needed: list[int] = []
        self.shape: list[Any] = []

    def read(self, value: Any) -> Any:
        """Return a mark in the place of a value, or what holds it with marks in it."""
        match value:
            case Actor():
                return self._actor(value)
            case None | bool() | Enum():
                self.shape.append(value)
                return value
            case UUID() | int() | date() | str():
                self.needed.append(len(self.values))
                return self._mark(value)
            case list() | tuple() | set() | frozenset():
                padded = _padded(value)
                # Of two lists it matters where one ends.
                self.shape.append(len(padded))
                return [self._mark(each) for each in padded]
            case _:
                message = f"{type(value).__name__} cannot be an argument of a prepared query"
                raise NotPrepared(message)

    def name(self, name: str, value: Any) -> None:
        """Take note of an argument that is part of the shape."""
        if isinstance(value, UUID | date | Actor):
            message = f"{name} differs each time: it is to be given by position"
            raise NotPrepared(message)
        self.shape.append((name, value))

    def _mark(self, value: Any) -> Any:
        self.values.append(value)
        return self._marked(value, len(self.values) - 1)

    def _marked(self, value: Any, number: int) -> Any:
        self.shape.append((type(value).__name__, number))
        return _mark_of(value, number)

    def _actor(self, actor: Actor) -> Actor:
        known: dict[Any, int] = {}

        def of(value: Any) -> Any:
            if value is None:
                self.shape.append(None)
                return None
            # The same place twice is one mark: sets of marks are as large as those of places.
            number = known.setdefault(value, len(self.values))
            if number == len(self.values):
                self.values.append(value)
            return self._marked(value, number)

        self.shape.append(
            ("actor", actor.system, actor.invited, tuple(grant.role for grant in actor.grants))
        )
        grants = tuple(
            Grant(
                grant.role, of(grant.district_id), of(grant.organisation_id),
                of(grant.programme_id),
            )
            for grant in actor.grants
        )  # fmt: skip
        return replace(
            actor, account_id=of(actor.account_id), person_id=of(actor.person_id), grants=grants
        )


def _padded(values: Collection[Any]) -> list[Any]:
    """Return values with the last repeated until they are a power of two, to be looked for among.

    So lists of any length have few shapes, and each shape is one query kept here and by the server.
    """
    listed = list(values)
    missing = (1 << (len(listed) - 1).bit_length()) - len(listed) if listed else 0
    return listed + listed[-1:] * missing


def _mark_of(value: Any, number: int) -> Any:
    match value:
        case UUID():
            return UUID(int=_FIRST_ID + number)
        case int() if not isinstance(value, bool):
            if number > _MOST_NUMBERS:
                message = f"more than {_MOST_NUMBERS} values at once cannot be asked for"
                raise NotPrepared(message)
            return _FIRST_NUMBER + number
        case datetime():
            return _MOMENT + timedelta(seconds=number)
        case date():
            return date.fromordinal(_FIRST_DAY + number)
        case _:
            return f"7777-mark-{number}"


class Prepared(Generic[ArgsT, RowT]):
    """A function that returned a queryset and now returns its rows, from a query compiled once.

    Arguments by position may differ each time: ids, numbers, days, actors, lists of those, and
    words compared as they are or looked for inside. Nothing may be reckoned from them, or decided
    by more than whether they are there. Arguments by name belong to the shape, as what is true,
    false or nothing does. The clock may be asked what moment it is; nothing may be reckoned from
    that either.
    """

    def __init__(self, build: Callable[ArgsT, QuerySet[Any, RowT]]) -> None:
        update_wrapper(self, build)
        self._build = build
        self._plans: dict[Any, _Plan | None] = {}

    def __call__(self, *args: ArgsT.args, **kwargs: ArgsT.kwargs) -> list[RowT]:
        """Return the rows.

        Raises:
            NotPrepared: the query cannot be prepared as it is written.
        """
        reader = _Reader()
        marks = [reader.read(value) for value in args]
        for name, value in kwargs.items():
            reader.name(name, value)
        key = (connection.vendor, *reader.shape)
        if key not in self._plans:
            self._plans[key] = self._plan(reader, marks, kwargs)
        plan = self._plans[key]
        return _rows(plan, reader.values) if plan else []

    def _plan(
        self, reader: _Reader, marks: Sequence[Any], named: Mapping[str, Any]
    ) -> _Plan | None:
        with clock.at(_MOMENT):
            queryset = self._build(*marks, **named)
            compiler = queryset.query.get_compiler(using=queryset.db)
            try:
                sql, params = compiler.as_sql()
            except EmptyResultSet:
                return None
        known = _adapted(reader)
        slots: list[tuple[int, Slot]] = []
        for position, param in enumerate(params):
            slot = _slot_of(param, known)
            if slot is not None:
                slots.append((position, slot))
            elif _LIKE_A_MARK.search(str(param)):
                message = f"{self._build.__qualname__}: something is reckoned from a mark: {param}"
                raise NotPrepared(message)
        missing = set(reader.needed) - {number for _position, (number, _adapter) in slots}
        if missing:
            message = f"{self._build.__qualname__}: an argument never reaches the query"
            raise NotPrepared(message)
        # Converters are the same for every row of the plan: asked for once.
        fields = [selected[0] for selected in compiler.select[: compiler.col_count]]
        converters = compiler.get_converters(fields)
        compiler.get_converters = lambda _expressions: converters
        kept: Any = queryset
        whole = kept._iterable_class is ModelIterable and not kept._known_related_objects  # noqa: SLF001
        return _Plan(
            queryset, compiler, sql, tuple(params), tuple(slots), queryset.query.select_for_update,
            _Objects(compiler, queryset.db) if whole else None,
        )  # fmt: skip


def prepared(build: Callable[ArgsT, QuerySet[Any, RowT]]) -> Prepared[ArgsT, RowT]:
    """Make a function that builds a queryset one that returns its rows, compiled once."""
    return Prepared(build)


def _adapted(reader: _Reader) -> dict[tuple[type, Any], Slot]:
    """Return how each mark looks among the parameters, and how its value is to look there."""
    moment: Adapter = connection.ops.adapt_datetimefield_value
    found: dict[tuple[type, Any], Slot] = {}

    def known(mark: Any, number: int, adapter: Adapter | None) -> None:
        looks = adapter(mark) if adapter else mark
        found[type(looks), looks] = (number, adapter)

    with clock.at(_MOMENT):
        today = clock.today()
    known(today, _TODAY, None)
    known(today, _TODAY, str)
    known(_MOMENT, _NOW, None)
    known(_MOMENT, _NOW, moment)
    for number, value in enumerate(reader.values[2:], start=2):
        mark = _mark_of(value, number)
        match mark:
            case UUID():
                adapters: tuple[Adapter | None, ...] = (None, str, _hex)
            case datetime():
                adapters = (None, moment)
            case str():
                adapters = (None, _anywhere)
            case _:
                adapters = (None, str)
        for adapter in adapters:
            known(mark, number, adapter)
    return found


def _slot_of(param: Any, known: dict[tuple[type, Any], Slot]) -> Slot | None:
    """Return where the value of a parameter comes from, if it is a mark."""
    if isinstance(param, int) and type(param) not in {int, bool}:
        # PostgreSQL is told how wide a number is by its type.
        slot = known.get((int, int(param)))
        return (slot[0], type(param)) if slot else None
    return known.get((type(param), param)) if param.__hash__ else None


def _hex(value: UUID) -> str:
    return value.hex


def _anywhere(words: str) -> str:
    """Return words as the pattern that finds them inside a text."""
    return f"%{connection.ops.prep_for_like_query(words)}%"


class _Objects:
    """Makes objects of rows as Django's `ModelIterable` does, what it looks up looked up once.

    An object that many rows have beside them is made once, too, and they share it.
    """

    def __init__(self, compiler: SQLCompiler, db: str) -> None:
        select, info = compiler.select, compiler.klass_info
        fields = info["select_fields"]
        self._db, self._model = db, info["model"]
        self._start, self._end = fields[0], fields[-1] + 1
        self._names = [each[0].target.attname for each in select[self._start : self._end]]
        self._beside = get_related_populators(info, select, db)  # type: ignore[call-arg]
        self._more = tuple((compiler.annotation_col_map or {}).items())

    def of(self, compiler: SQLCompiler) -> list[Any]:
        """Return the objects of the rows of a query."""
        made: list[Any] = []
        known: dict[tuple[int, Any], Any] = {}
        results: Any = compiler.execute_sql(chunked_fetch=False, chunk_size=GET_ITERATOR_CHUNK_SIZE)
        for row in compiler.results_iter(results):
            one = self._model.from_db(self._db, self._names, row[self._start : self._end])
            for beside in self._beside:
                _put_beside(beside, row, one, known)
            for name, column in self._more:
                setattr(one, name, row[column])
            made.append(one)
        return made


def _put_beside(
    beside: RelatedPopulator, row: Sequence[Any], one: Any, known: dict[tuple[int, Any], Any]
) -> None:
    reorder = beside.reorder_for_init
    values = reorder(row) if reorder else row[beside.cols_start : beside.cols_end]
    key = (id(beside), values[beside.pk_idx])
    other = known.get(key)
    if other is None and key[1] is not None:
        other = known[key] = beside.model_cls.from_db(beside.db, beside.init_list, values)
        for further in beside.related_populators:
            _put_beside(further, row, other, known)
    beside.local_setter(one, other)
    if other is not None:
        beside.remote_setter(other, one)


class _Ready:
    """Stands where Django asks a query for its compiler."""

    def __init__(self, compiler: SQLCompiler) -> None:
        self._compiler = compiler

    def get_compiler(self, using: str) -> SQLCompiler:
        return self._compiler


def _rows(plan: _Plan, values: Sequence[Any]) -> list[Any]:
    if plan.locks and connection.get_autocommit():
        message = "rows are locked within a transaction"
        raise TransactionManagementError(message)
    params = list(plan.fixed)
    for position, (number, adapter) in plan.slots:
        params[position] = adapter(values[number]) if adapter else values[number]
    compiler = copy.copy(plan.compiler)
    compiler.connection = connections[plan.queryset.db]
    compiler.as_sql = lambda *_args, **_kwargs: (plan.sql, tuple(params))  # type: ignore[method-assign]
    kept: Any = plan.queryset
    if plan.objects is not None:
        rows = plan.objects.of(compiler)
        if rows and (lookups := kept._prefetch_related_lookups):  # noqa: SLF001
            prefetch_related_objects(rows, *lookups)
        return rows
    # Not `copy`: a queryset that is copied so asks the database first. What makes tuples and
    # values of rows stays Django's own.
    queryset: Any = object.__new__(type(kept))
    queryset.__dict__.update(kept.__dict__)
    queryset._query = _Ready(compiler)  # noqa: SLF001
    return [*queryset._iterable_class(queryset)]  # noqa: SLF001
