"""Old keys are given up: what they sealed is sealed anew, in batches that may stop anywhere.

Nothing remembers how far it came: what still needs an old key says so itself, so that after any
interruption the next run finishes the work.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from django.apps import apps
from django.db import connection, models, transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Substr
from django.utils.module_loading import import_string

from farelegami.storage.fields import SealedTextField, blind_index, newest_key
from farelegami.storage.guards import lifted

BATCH: Final = 500
Tell = Callable[[str, int, int], None]


class Place(Protocol):
    """Somewhere that sealed values, or digests made with a key, are kept."""

    @property
    def name(self) -> str:
        """Return table and column, for who watches."""

    def waiting(self) -> int:
        """Return how many rows still need an old key."""

    def step(self, after: Any, size: int) -> Any:
        """Renew the next rows after a primary key, in one transaction; the last key, or None."""


@dataclass(frozen=True)
class Columns:
    """The sealed columns of one table."""

    model: type[models.Model]
    columns: Sequence[str]

    @property
    def name(self) -> str:
        return self.model._meta.db_table

    def waiting(self) -> int:
        return self._old().count()

    def step(self, after: Any, size: int) -> Any:
        with transaction.atomic(), lifted(connection, self.name):
            rows = self._old().select_for_update().order_by("pk")
            found = list((rows.filter(pk__gt=after) if after else rows)[:size])
            # Whatever is written is sealed with the newest key.
            _all(self.model).bulk_update(found, self.columns, batch_size=100)
        return found[-1].pk if found else None

    def _old(self) -> QuerySet[models.Model]:
        """Return the rows of which a column was not sealed with the newest key."""
        sign = f"{newest_key()}."
        rows, old = _all(self.model), Q()
        for column in self.columns:
            start = Substr(column, 1, len(sign), output_field=models.CharField())
            rows = rows.annotate(**{f"{column}_key": start})
            old |= Q(**{f"{column}_key__isnull": False}) & ~Q(**{f"{column}_key": sign})
        return rows.filter(old).only("pk", *self.columns)


@dataclass(frozen=True)
class Digests:
    """The column `<field>_index`, by which a sealed field is found."""

    model: type[models.Model]
    field: str

    @property
    def name(self) -> str:
        return f"{self.model._meta.db_table}.{self.field}_index"

    def waiting(self) -> int:
        return sum(self._is_old(row) for row in self._rows().iterator(chunk_size=2000))

    def step(self, after: Any, size: int) -> Any:
        with transaction.atomic(), lifted(connection, self.model._meta.db_table):
            rows = self._rows().select_for_update().order_by("pk")
            found = list((rows.filter(pk__gt=after) if after else rows)[:size])
            old = [row for row in found if self._is_old(row)]
            for row in old:
                setattr(row, f"{self.field}_index", blind_index(getattr(row, self.field)))
            _all(self.model).bulk_update(old, [f"{self.field}_index"], batch_size=100)
        return found[-1].pk if found else None

    def _is_old(self, row: models.Model) -> bool:
        held: str = getattr(row, f"{self.field}_index")
        return held != blind_index(getattr(row, self.field))

    def _rows(self) -> QuerySet[models.Model]:
        there = {f"{self.field}__isnull": False, f"{self.field}_index__isnull": False}
        return _all(self.model).filter(**there).only("pk", self.field, f"{self.field}_index")


def _all(model: type[models.Model]) -> QuerySet[models.Model]:
    return QuerySet(model)


def places() -> Iterator[Place]:
    """Yield every place: sealed columns, the digests rooms name, and what they keep elsewhere."""
    for model in apps.get_models():
        columns = [f.name for f in model._meta.fields if isinstance(f, SealedTextField)]
        if columns:
            yield Columns(model, columns)
    for config in apps.get_app_configs():
        for path in getattr(config, "blind_indexes", ()):
            label, _dot, field = path.rpartition(".")
            yield Digests(apps.get_model(label), field)
        where = getattr(config, "sealed_elsewhere", "")
        if where:
            yield import_string(where)()


def waiting() -> dict[str, int]:
    """Return the rows that still need an old key, by place; places that need none are left out."""
    found = {place.name: place.waiting() for place in places()}
    return {name: rows for name, rows in found.items() if rows}


def renew(*, tell: Tell, size: int = BATCH) -> int:
    """Seal everything anew with the newest keys and return how many rows needed it.

    `tell` hears the place, the rows done and how many there are.
    """
    total = 0
    for place in places():
        due = place.waiting()
        if not due:
            continue
        last, done = place.step(None, size), 0
        while last is not None:
            done = min(due, done + size)
            tell(place.name, done, due)
            last = place.step(last, size)
        total += due
    return total
