"""Finding objects by words: at most two questions to the database, and one for each `allowed`."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias
from uuid import UUID

from django.contrib.postgres.lookups import TrigramWordSimilar
from django.contrib.postgres.search import TrigramWordSimilarity
from django.db import connection
from django.db.models import F, Q, QuerySet, Value
from django.db.models.lookups import In

from farelegami.search import sqlite
from farelegami.search.models import Entry
from farelegami.search.rules import EVERYWHERE, Question, Slot, closeness, question

_CANDIDATES: Final = 400
_RANKED: Final = 60
_FEW: Final = 5
_GRAM: Final = 3
_LEADING: Final = 4
_NEAR_ENOUGH: Final = 0.72
Allowed: TypeAlias = Mapping[str, QuerySet[Any]]


@dataclass(frozen=True, slots=True)
class Hit:
    """An object that answers a search; `score` runs from 0 to 1."""

    kind: str
    object_id: UUID
    district_id: int | None
    title: str
    subtitle: str
    score: float


@dataclass(frozen=True, slots=True)
class Scope:
    """Kinds of objects and the districts in which they may be found by who asks.

    Objects of no district (places of the whole province) are found where `everywhere` says so.
    """

    kinds: frozenset[str]
    district_ids: frozenset[int]
    everywhere: bool = True

    def districts(self) -> frozenset[int]:
        """The district numbers as they are stored."""
        return self.district_ids | ({EVERYWHERE} if self.everywhere else set())


def find(
    text: str,
    *,
    kinds: Collection[str],
    district_ids: Collection[int],
    limit: int = 20,
    allowed: Allowed | None = None,
) -> list[Hit]:
    """Return the objects of `kinds` in these districts that answer `text`, nearest first."""
    scope = Scope(frozenset(kinds), frozenset(district_ids))
    return find_within(text, [scope], limit=limit, allowed=allowed)


def find_within(
    text: str, scopes: Sequence[Scope], *, limit: int = 20, allowed: Allowed | None = None
) -> list[Hit]:
    """Return the objects that answer `text` in any of `scopes`, nearest first.

    `allowed` names, for a kind, the rows the actor may see: a hit outside them is left out before
    anything of it is shown. Kinds it does not name are ruled by their district alone.
    """
    asked = question(text)
    if not asked.slots or not scopes:
        return []
    entries = _candidates(asked, scopes)
    hits = sorted(
        (_hit(entry, closeness(asked, entry.folded)) for entry in entries),
        key=lambda hit: (-hit.score, hit.title),
    )
    near = [hit for hit in hits if hit.score >= _NEAR_ENOUGH]
    return _only_allowed(near, allowed or {})[:limit]


def _only_allowed(hits: Sequence[Hit], allowed: Allowed) -> list[Hit]:
    seen: dict[str, set[Any]] = {}
    for kind, rows in allowed.items():
        asked_for = [hit.object_id for hit in hits if hit.kind == kind]
        if asked_for:
            seen[kind] = set(rows.filter(pk__in=asked_for).values_list("pk", flat=True))
    return [
        hit for hit in hits if hit.kind not in allowed or hit.object_id in seen.get(hit.kind, ())
    ]


def _hit(entry: Entry, score: float) -> Hit:
    return Hit(
        kind=entry.kind,
        object_id=entry.object_id,
        district_id=entry.district_id or None,
        title=entry.title,
        subtitle=entry.subtitle,
        score=round(score, 4),
    )


def _candidates(asked: Question, scopes: Sequence[Scope]) -> list[Entry]:
    if connection.vendor == "sqlite":
        whole = _on_sqlite(sqlite.match(asked, exact=True), scopes)
        if len(whole) >= _FEW:
            return whole
        known = {entry.pk for entry in whole}
        near = _on_sqlite(sqlite.match(asked, exact=False), scopes)
        return whole + [entry for entry in near if entry.pk not in known]
    each_word = Q()
    for slot in asked.slots:
        each_word &= _slot_matches(slot)
    found = _on_postgres(each_word, asked, scopes)
    if found or len(asked.slots) == 1:
        return found
    # One word is too far off on its own; together they may still be near.
    return _on_postgres(Q(TrigramWordSimilar(F("folded"), Value(asked.text))), asked, scopes)


def _where(scopes: Sequence[Scope]) -> Q:
    """Return what rights ask for.

    The index is led by few districts: each is one more walk through it. With many, the words are
    the better guide, and `district_id + 0` keeps the planner from trying.
    """
    beside_the_index = F("district_id") + Value(0)
    rights = Q()
    for scope in scopes:
        rights |= Q(kind__in=sorted(scope.kinds)) & Q(
            In(beside_the_index, sorted(scope.districts()))
        )
    districts = sorted(frozenset().union(*(scope.districts() for scope in scopes)))
    return rights & Q(district_id__in=districts) if len(districts) <= _LEADING else rights


def _slot_matches(slot: Slot) -> Q:
    condition = Q()
    for sound in slot.sounds:
        condition |= Q(TrigramWordSimilar(F("folded"), Value(sound)))
        if len(sound) > _GRAM:
            condition |= Q(folded__contains=sound)
    for bare in slot.bones:
        condition |= Q(folded__contains=f" {bare} ")
    return condition


def _on_postgres(condition: Q, asked: Question, scopes: Sequence[Scope]) -> list[Entry]:
    # Bounded before it is ranked: a name that thousands bear must not cost thousands of rankings.
    some = Entry.objects.filter(_where(scopes)).filter(condition).values("pk")[:_CANDIDATES]
    nearness = TrigramWordSimilarity(asked.text, "folded")
    return list(Entry.objects.filter(pk__in=some).order_by(nearness.desc(), "title")[:_RANKED])


def _on_sqlite(expression: str, scopes: Sequence[Scope]) -> list[Entry]:
    if not expression:
        return []
    where: list[str] = []
    arguments: list[str | int] = [expression]
    for scope in scopes:
        kinds, districts = sorted(scope.kinds), sorted(scope.districts())
        where.append(f"(e.kind IN ({_marks(kinds)}) AND e.district_id IN ({_marks(districts)}))")
        arguments += [*kinds, *districts]
    # Only marks are put together here, every value is an argument.
    sql = (
        "SELECT e.* FROM search_folded f JOIN search_entry e ON e.id = f.rowid"  # noqa: S608
        f" WHERE f.folded MATCH %s AND ({' OR '.join(where)}) ORDER BY f.rank LIMIT {_CANDIDATES}"
    )
    return list(Entry.objects.raw(sql, arguments))


def _marks(values: Sequence[Any]) -> str:
    return ", ".join(["%s"] * len(values))
