"""The four tables of a territory, each a set of columns, and their canonical order."""

from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any, Final, Self, TypeAlias

import numpy as np
import numpy.typing as npt

from farelegami.matching.rules.parts import MOST_POINTS

Bits: TypeAlias = npt.NDArray[np.uint64]
Flags: TypeAlias = npt.NDArray[np.bool_]
Floats: TypeAlias = npt.NDArray[np.float64]
Ints: TypeAlias = npt.NDArray[np.int64]
Rows32: TypeAlias = npt.NDArray[np.int32]

_KINDS: Final[dict[Any, Any]] = {
    Bits: np.uint64, Flags: np.bool_, Floats: np.float64, Ints: np.int64, Rows32: np.int32,
}  # fmt: skip
_DAY: Final = 1_440
_WEEK: Final = 7
_WORD: Final = 64


class Malformed(ValueError):
    """The arrays do not describe a territory: a defect of who made them."""


@dataclass(frozen=True, slots=True)
class _Table:
    def __len__(self) -> int:
        return len(getattr(self, fields(self)[0].name))

    def taken(self, rows: Ints) -> Self:
        """Return the table with these rows, in this order."""
        return type(self)(**{f.name: getattr(self, f.name)[rows] for f in fields(self)})

    def as_columns(self) -> Self:
        """Return the table with arrays of the kinds its columns want; masks column by column."""
        made = {}
        for column in fields(self):
            kind = _KINDS[column.type]
            made[column.name] = np.asarray(getattr(self, column.name), dtype=kind, order="F")
        return type(self)(**made)


@dataclass(frozen=True, slots=True)
class Givers(_Table):
    """Who can give, n rows. Masks are (n, words) uint64; bit b is bit b % 64 of word b // 64.

    The caller numbers the bits: of skills, only those that some place names; each held skill
    brings its ESCO ancestors, each language the lower levels.
    """

    key: Ints  # (n,) unique; the canonical order
    lat: Floats  # (n,) degrees
    lon: Floats  # (n,) degrees
    limit_minutes: Rows32  # (n,) one way
    limit_m: Rows32  # (n,) metres of road, one way; large for none
    means: Rows32  # (n,) bits `1 << Means`
    skills: Bits  # (n, words)
    languages: Bits  # (n, words)
    papers: Bits  # (n, words), held and in force
    wishes: Bits  # (n,) bits of fields, 0 for none in particular
    age: Rows32  # (n,) years
    weekly_minutes: Rows32  # (n,) the most a week, over all places
    places: Rows32  # (n,) placements still wanted
    employer: Rows32  # (n,) organisation, -1 for none
    urgency: Rows32  # (n,) 0 to 100
    waiting: Rows32  # (n,) 0 to 100


@dataclass(frozen=True, slots=True)
class GiverSlots(_Table):
    """When they can, S rows: disjoint stretches of one giver, each for at most one placement."""

    giver: Rows32  # (S,) row of Givers
    weekday: Rows32  # (S,) 0 Monday to 6
    date: Rows32  # (S,) date.toordinal(), 0 for every week
    start: Rows32  # (S,) minutes of the day
    end: Rows32  # (S,) minutes of the day, excluded
    certain: Flags  # (S,) sure, or perhaps


@dataclass(frozen=True, slots=True)
class Places(_Table):
    """Where help is wanted, m rows; masks as in Givers."""

    key: Ints  # (m,) unique; the canonical order
    organisation: Rows32  # (m,)
    lat: Floats  # (m,) degrees
    lon: Floats  # (m,) degrees
    skills_must: Bits  # (m, words) all of them
    skills_nice: Bits  # (m, words)
    languages_must: Bits  # (m, words) all of them; only the level asked, not the lower ones
    languages_any: Bits  # (m, words) at least one of them; all zero for no such wish
    papers_must: Bits  # (m, words) all of them
    field: Bits  # (m,) the bit of its field
    min_age: Rows32  # (m,) years, included
    max_age: Rows32  # (m,) years, included
    capacity: Rows32  # (m,) places still free, over all its slots
    by_bus: Flags  # (m,) public transport goes there
    covered: Flags  # (m,) its host has insurance in force
    need: Rows32  # (m,) 0 to 100
    host_fairness: Rows32  # (m,) 0 to 100


@dataclass(frozen=True, slots=True)
class PlaceSlots(_Table):
    """When help is wanted, T rows."""

    place: Rows32  # (T,) row of Places
    weekday: Rows32  # (T,) 0 Monday to 6
    date: Rows32  # (T,) date.toordinal(), 0 for every week
    start: Rows32  # (T,) minutes of the day
    end: Rows32  # (T,) minutes of the day, excluded
    capacity: Rows32  # (T,) people at a time, still free
    needed: Rows32  # (T,) minutes one must stay, at least 1


@dataclass(frozen=True, slots=True)
class Rows:
    """The caller's row of each row in canonical order."""

    givers: Ints  # (n,)
    giver_slots: Ints  # (S,)
    places: Ints  # (m,)
    place_slots: Ints  # (T,)


@dataclass(frozen=True)
class Territory:
    """The four tables in canonical order; numbers name rows of these. Made by `arranged`."""

    givers: Givers
    giver_slots: GiverSlots
    places: Places
    place_slots: PlaceSlots
    excluded: Ints  # (x, 2) giver, place
    known: Ints  # (k, 2) giver, organisation
    pins: Ints  # (p, 2) giver, place slot
    rows: Rows

    @cached_property
    def first_giver_slot(self) -> Ints:
        """(n + 1,): the slots of giver i are those from [i] to [i + 1]."""
        return np.searchsorted(self.giver_slots.giver, np.arange(len(self.givers) + 1))

    @cached_property
    def first_place_slot(self) -> Ints:
        """(m + 1,): the slots of place j are those from [j] to [j + 1]."""
        return np.searchsorted(self.place_slots.place, np.arange(len(self.places) + 1))

    @cached_property
    def excluded_codes(self) -> Ints:
        """(x,) sorted: giver * m + place."""
        return np.unique(self.excluded[:, 0] * len(self.places) + self.excluded[:, 1])

    @cached_property
    def known_codes(self) -> Ints:
        """(k,) sorted: giver * (largest organisation + 2) + organisation."""
        return np.unique(self.known[:, 0] * self.organisations + self.known[:, 1])

    @cached_property
    def organisations(self) -> int:
        """One more than the largest number of an organisation."""
        largest = int(self.places.organisation.max(initial=0))
        return max(largest, int(self.known[:, 1].max(initial=0))) + 1


def packed(rows: int, bits: int, held: npt.ArrayLike) -> Bits:
    """Return masks (rows, words) from pairs (row, bit), of that many different bits."""
    pairs = np.asarray(held, dtype=np.int64).reshape(-1, 2)
    masks = np.zeros((rows, max(1, -(-bits // _WORD))), dtype=np.uint64, order="F")
    word, bit = np.divmod(pairs[:, 1], _WORD)
    np.bitwise_or.at(masks, (pairs[:, 0], word), np.uint64(1) << bit.astype(np.uint64))
    return masks


def arranged(
    givers: Givers,
    giver_slots: GiverSlots,
    places: Places,
    place_slots: PlaceSlots,
    *,
    excluded: npt.ArrayLike = (),
    known: npt.ArrayLike = (),
    pins: npt.ArrayLike = (),
) -> Territory:
    """Return the territory in canonical order, so that the order of rows decides nothing.

    Pairs are rows of the caller's: `excluded` (giver, place), `known` (giver, organisation),
    `pins` (giver, place slot).

    Raises:
        Malformed: columns of different lengths, a key twice, a slot that is none, slots of one
            giver at the same time, points out of 0 to 100.
    """
    givers, giver_slots = givers.as_columns(), giver_slots.as_columns()
    places, place_slots = places.as_columns(), place_slots.as_columns()
    _check_shapes(givers, giver_slots, places, place_slots)
    _check_owners(giver_slots.giver, len(givers))
    _check_owners(place_slots.place, len(places))
    g, g_new = _order(givers.key)
    p, p_new = _order(places.key)
    s, _ = _order(
        g_new[giver_slots.giver], giver_slots.weekday, giver_slots.date, giver_slots.start
    )
    t, t_new = _order(
        p_new[place_slots.place], place_slots.weekday, place_slots.date, place_slots.start,
        place_slots.end, place_slots.needed, place_slots.capacity,
    )  # fmt: skip
    slots, wanted = giver_slots.taken(s), place_slots.taken(t)
    made = Territory(
        givers.taken(g).as_columns(),
        GiverSlots(g_new[slots.giver].astype(np.int32), *_rest(slots)),
        places.taken(p).as_columns(),
        PlaceSlots(p_new[wanted.place].astype(np.int32), *_rest(wanted)),
        _pairs(excluded, g_new, p_new),
        _pairs(known, g_new, None),
        _pairs(pins, g_new, t_new),
        Rows(g, s, p, t),
    )
    _check_slots(made)
    return made


def _rest(table: _Table) -> list[Any]:
    return [getattr(table, column.name) for column in fields(table)[1:]]


def _order(*columns: npt.NDArray[Any]) -> tuple[Ints, Ints]:
    """Return the rows in order, and the new number of each row."""
    rows = np.lexsort(columns[::-1]).astype(np.int64)
    new = np.empty_like(rows)
    new[rows] = np.arange(len(rows))
    return rows, new


def _pairs(pairs: npt.ArrayLike, first: Ints, second: Ints | None) -> Ints:
    rows = np.asarray(pairs, dtype=np.int64).reshape(-1, 2)
    renamed = rows[:, 1] if second is None else second[rows[:, 1]]
    both = np.stack([first[rows[:, 0]], renamed], axis=1)
    return np.unique(both, axis=0)


def _check_shapes(*tables: _Table) -> None:
    for table in tables:
        for column in fields(table):
            values = getattr(table, column.name)
            if len(values) != len(table):
                message = f"{column.name} has {len(values)} rows, not {len(table)}"
                raise Malformed(message)
            if values.dtype == np.float64 and not np.isfinite(values).all():
                message = f"{column.name} is not known everywhere"
                raise Malformed(message)
            if (
                column.name in {"urgency", "waiting", "need", "host_fairness"}
                and ((values < 0) | (values > MOST_POINTS)).any()
            ):
                message = f"{column.name} is 0 to {MOST_POINTS}"
                raise Malformed(message)


def _check_owners(owner: Rows32, many: int) -> None:
    if ((owner < 0) | (owner >= many)).any():
        message = "a slot belongs to nobody"
        raise Malformed(message)


def _check_slots(made: Territory) -> None:
    of_slots: tuple[tuple[str, GiverSlots | PlaceSlots, Givers | Places], ...] = (
        ("giver", made.giver_slots, made.givers),
        ("place", made.place_slots, made.places),
    )
    for name, table, owners in of_slots:
        if (np.diff(owners.key) == 0).any():
            message = f"a {name} has the key of another"
            raise Malformed(message)
        bad = (table.start < 0) | (table.start >= table.end) | (table.end > _DAY)
        bad |= (table.weekday < 0) | (table.weekday >= _WEEK)
        bad |= (table.date != 0) & ((table.date - 1) % _WEEK != table.weekday)
        if bad.any():
            message = f"{int(bad.sum())} slots of a {name} are none"
            raise Malformed(message)
    if (made.place_slots.needed < 1).any():
        message = "a slot of a place needs a minute at least"
        raise Malformed(message)
    if _crossing(made.giver_slots):
        message = "slots of a giver are at the same time"
        raise Malformed(message)


def _crossing(slots: GiverSlots) -> bool:
    """Return whether two slots of a giver share a minute of a day."""
    for apart in range(1, len(slots)):
        here, there = slice(None, -apart), slice(apart, None)
        same = (slots.giver[here] == slots.giver[there]) & (
            slots.weekday[here] == slots.weekday[there]
        )
        if not same.any():
            return False
        day = (slots.date[here] == slots.date[there]) | (slots.date[here] == 0)
        meet = (slots.start[here] < slots.end[there]) & (slots.start[there] < slots.end[here])
        if (same & day & meet).any():
            return True
    return False
