"""Finding objects by words: at most two questions to the database, and one for each `allowed`."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias
from uuid import UUID

from django.db import connection

from farelegami.search import postgres, sqlite
from farelegami.search.models import Entry
from farelegami.search.rules import EVERYWHERE, Question, closeness, question

_CANDIDATES: Final = 400
_FEW: Final = 5
_NEAR_ENOUGH: Final = 0.75
# Beside a name as it was typed, one that only sounds like it is shown; a far one is noise.
_BEHIND_THE_NEAREST: Final = 0.15
Allowed: TypeAlias = Mapping[str, Callable[[Sequence[UUID]], Collection[UUID]]]


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
    everywhere: bool = True,
) -> list[Hit]:
    """Return the objects of `kinds` in these districts that answer `text`, nearest first.

    `everywhere` finds those of no district, too.
    """
    scope = Scope(frozenset(kinds), frozenset(district_ids), everywhere)
    return find_within(text, [scope], limit=limit, allowed=allowed)


def find_within(
    text: str, scopes: Sequence[Scope], *, limit: int = 20, allowed: Allowed | None = None
) -> list[Hit]:
    """Return the objects that answer `text` in any of `scopes`, nearest first.

    `allowed` says, for a kind, which of some rows the actor may see: a hit that is not among them
    is left out before anything of it is shown. Other kinds are ruled by their district alone.
    """
    asked = question(text)
    if not asked.slots or not scopes:
        return []
    entries = _candidates(asked, scopes)
    hits = sorted(
        (_hit(entry, closeness(asked, entry.folded)) for entry in entries),
        key=lambda hit: (-hit.score, hit.title),
    )
    seen = _only_allowed([hit for hit in hits if hit.score >= _NEAR_ENOUGH], allowed or {})
    least = seen[0].score - _BEHIND_THE_NEAREST if seen else 0.0
    return [hit for hit in seen[:limit] if hit.score >= least]


def _only_allowed(hits: Sequence[Hit], allowed: Allowed) -> list[Hit]:
    seen: dict[str, Collection[UUID]] = {}
    for kind, among in allowed.items():
        asked_for = [hit.object_id for hit in hits if hit.kind == kind]
        if asked_for:
            seen[kind] = frozenset(among(asked_for))
    return [
        hit for hit in hits if hit.kind not in allowed or hit.object_id in seen.get(hit.kind, ())
    ]


def _hit(entry: Entry | postgres.Found, score: float) -> Hit:
    return Hit(
        kind=entry.kind,
        object_id=entry.object_id,
        district_id=entry.district_id or None,
        title=entry.title,
        subtitle=entry.subtitle,
        score=round(score, 4),
    )


def _candidates(asked: Question, scopes: Sequence[Scope]) -> Sequence[Entry | postgres.Found]:
    if connection.vendor == "sqlite":
        whole = _on_sqlite(sqlite.match(asked, exact=True), scopes)
        if len(whole) >= _FEW:
            return whole
        known = {entry.pk for entry in whole}
        near = _on_sqlite(sqlite.match(asked, exact=False), scopes)
        return whole + [entry for entry in near if entry.pk not in known]
    return postgres.candidates(asked, [(scope.kinds, scope.districts()) for scope in scopes])


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
