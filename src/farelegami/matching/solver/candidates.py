"""Every placement that breaks no hard condition, found by blocking, with its points.

Places that ask for the same things form a block; who holds them is told once for the block. The
block is crossed with the hours of the week and the distance in a table of bits, and only what is
left is looked at exactly. No pair that could be is lost: the coarse filters only err by keeping.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Final

import numpy as np
import numpy.typing as npt

from farelegami.kernel.points import EARTH_M
from farelegami.matching.rules.conditions import PACE, ROAD, Means
from farelegami.matching.rules.parts import MOST_POINTS, Part
from farelegami.matching.solver.arrays import Bits, Flags, Floats, Ints, Rows32, Territory
from farelegami.matching.solver.conditions import (
    Way,
    any_bit,
    hours_limit,
    is_employee,
    is_excluded,
    knows_host,
    overlap,
    slot_pairs,
    too_far,
    way,
)

Floats32 = npt.NDArray[np.float32]
_BANDS: Final = 9  # of a day: 7 days of 9 bands fill 63 bits
_BAND: Final = 160  # minutes
_CELL_M: Final = 6_000
_TABLE: Final = 1 << 21  # cells of a table of bits at a time
_PAIRS: Final = 1 << 18  # pairs looked at exactly at a time
_CLOSE: Final = 1.0005  # of reach, and metres: the coarse distance errs by keeping
_CLOSE_M: Final = 20.0
NEUTRAL: Final = MOST_POINTS // 2


@dataclass(frozen=True, slots=True)
class Candidates:
    """The placements that can be, in order of (giver_slot, place_slot); E rows."""

    giver_slot: Rows32  # (E,)
    place_slot: Rows32  # (E,)
    overlap: npt.NDArray[np.int16]  # (E,) minutes the two slots share
    minutes: npt.NDArray[np.int16]  # (E,) of travel, one way
    means: npt.NDArray[np.uint8]  # (E,) Means of the quickest way
    points: npt.NDArray[np.uint8]  # (E, len(Part)) 0 to 100

    def __len__(self) -> int:
        return len(self.giver_slot)


def candidates(territory: Territory) -> Candidates:
    """Return all placements that break no hard condition.

    Pins are no part of it: they are asked for by a person, and taken out by `posed`.
    """
    found = [_looked_at(territory, *pairs) for pairs in _batches(_blocks(territory))]
    if not found:
        nothing = np.zeros(0, dtype=np.int64)
        found = [_looked_at(territory, nothing, nothing)]
    columns = {
        column.name: np.concatenate([getattr(each, column.name) for each in found])
        for column in fields(Candidates)
    }
    del found
    many = max(1, len(territory.place_slots))
    order = np.argsort(columns["giver_slot"].astype(np.int64) * many + columns["place_slot"])
    return Candidates(**{name: values[order] for name, values in columns.items()})


def _batches(blocks: Iterator[tuple[Ints, Ints]]) -> Iterator[tuple[Ints, Ints]]:
    """Yield the pairs of the blocks, some hundred thousand at a time."""
    held: list[tuple[Ints, Ints]] = []
    many = 0
    for pairs in blocks:
        for at in range(0, len(pairs[0]), _PAIRS):
            held.append((pairs[0][at : at + _PAIRS], pairs[1][at : at + _PAIRS]))
            many += len(held[-1][0])
            if many >= _PAIRS:
                yield _joined(held)
                held, many = [], 0
    if held:
        yield _joined(held)


def _joined(held: list[tuple[Ints, Ints]]) -> tuple[Ints, Ints]:
    return np.concatenate([one for one, _ in held]), np.concatenate([two for _, two in held])


@dataclass(frozen=True, slots=True)
class _Coarse:
    """What the tables of bits are made of."""

    bands: Bits
    east: Floats32
    north: Floats32

    def taken(self, rows: Ints) -> "_Coarse":
        return _Coarse(self.bands[rows], self.east[rows], self.north[rows])


def _blocks(territory: Territory) -> Iterator[tuple[Ints, Ints]]:
    """Yield pairs (giver, place) that may do; none twice."""
    places = territory.places
    can = (territory.givers.places > 0) & (np.diff(territory.first_giver_slot) > 0)
    open_places = (places.capacity > 0) & places.covered & (np.diff(territory.first_place_slot) > 0)
    wanted = np.flatnonzero(open_places)
    if not can.any() or not len(wanted):
        return
    here = _coarse(territory)
    reach = _reach(territory)
    for alike in _alike(territory, wanted):
        able = _able(territory, int(alike[0]), can)
        if not len(able):
            continue
        for near in _cells(here[1], alike, len(able)):
            who = _within(here[0], here[1], reach, able, near) if len(near) < len(alike) else able
            step = max(1, _TABLE // max(1, len(near)))
            for at in range(0, len(who), step):
                part = who[at : at + step]
                yield _crossed(here[0].taken(part), here[1].taken(near), reach, part, near)


def _crossed(
    one: _Coarse, other: _Coarse, reach: Floats32, who: Ints, where: Ints
) -> tuple[Ints, Ints]:
    table = (one.bands[:, None] & other.bands[None, :]) != 0
    far = one.east[:, None] - other.east[None, :]
    far *= far
    north = one.north[:, None] - other.north[None, :]
    north *= north
    far += north
    table &= far <= (reach[who] ** 2)[:, None]
    down, across = np.divmod(np.flatnonzero(table), len(where))
    return who[down], where[across]


def _alike(territory: Territory, wanted: Ints) -> list[Ints]:
    """Return the rows of `wanted` in groups that ask for the same things."""
    p = territory.places
    ages = (p.min_age.astype(np.int64) << 32 | p.max_age.astype(np.int64)).view(np.uint64)
    asked = np.concatenate(
        [p.skills_must, p.languages_must, p.languages_any, p.papers_must, ages[:, None]], axis=1
    )[wanted]
    asked = asked[:, (asked != asked[:1]).any(axis=0)] if len(asked) else asked
    order = np.lexsort(asked.T) if asked.shape[1] else np.arange(len(asked))
    change = (asked[order][1:] != asked[order][:-1]).any(axis=1)
    return np.split(wanted[order], np.flatnonzero(change) + 1)


def _able(territory: Territory, place: int, can: Flags) -> Ints:
    """Return the givers who hold what the place asks for and are of its age."""
    g, p = territory.givers, territory.places
    able = can & (g.age >= p.min_age[place]) & (g.age <= p.max_age[place])
    for must, held in (
        (p.skills_must, g.skills), (p.languages_must, g.languages), (p.papers_must, g.papers),
    ):  # fmt: skip
        for word in np.flatnonzero(must[place]):
            able &= (held[:, word] & must[place, word]) == must[place, word]
    some = np.flatnonzero(p.languages_any[place])
    if len(some):
        able &= ((g.languages[:, some] & p.languages_any[place, some]) != 0).any(axis=1)
    return np.flatnonzero(able)


def _cells(where: _Coarse, alike: Ints, able: int) -> Iterator[Ints]:
    """Yield the places by cells of the map where the table would be large."""
    if len(alike) * able <= _TABLE // 8:
        yield alike
        return
    east = np.floor(where.east[alike] / _CELL_M).astype(np.int64)
    north = np.floor(where.north[alike] / _CELL_M).astype(np.int64)
    cell = (east << 32) + north
    order = np.argsort(cell, kind="stable")
    yield from np.split(alike[order], np.flatnonzero(np.diff(cell[order])) + 1)


def _within(one: _Coarse, other: _Coarse, reach: Floats32, able: Ints, near: Ints) -> Ints:
    """Return the givers who reach the box around those places."""
    east, north = other.east[near], other.north[near]
    far_east = one.east[able] - np.clip(one.east[able], east.min(), east.max())
    far_north = one.north[able] - np.clip(one.north[able], north.min(), north.max())
    return able[far_east**2 + far_north**2 <= reach[able] ** 2]


def _coarse(territory: Territory) -> tuple[_Coarse, _Coarse]:
    """Return hours of the week and metres on a plane, for givers and for places.

    The plane touches the globe amid the places. Projecting a chord shortens it, and a chord is
    shorter than the way around: no distance on the plane is longer than the true one.
    """
    g, p = territory.givers, territory.places
    g_at, p_at = _globe(g.lat, g.lon), _globe(p.lat, p.lon)
    up = p_at.mean(axis=0)
    up /= max(float(np.linalg.norm(up)), 1e-9)
    to_east = np.cross([0.0, 0.0, 1.0], up)
    to_east /= max(float(np.linalg.norm(to_east)), 1e-9)
    plane = np.stack([to_east, np.cross(up, to_east)], axis=1) * EARTH_M
    s, t = territory.giver_slots, territory.place_slots
    made = []
    for at, owner, many, slots in ((g_at, s.giver, len(g), s), (p_at, t.place, len(p), t)):
        flat = (at @ plane).astype(np.float32)
        bands = _bands(owner, many, slots.weekday, slots.start, slots.end)
        made.append(_Coarse(bands, flat[:, 0].copy(), flat[:, 1].copy()))
    return made[0], made[1]


def _globe(lat: Floats, lon: Floats) -> Floats:
    lat, lon = np.radians(lat), np.radians(lon)
    flat = np.cos(lat)
    return np.stack([flat * np.cos(lon), flat * np.sin(lon), np.sin(lat)], axis=1)


def _bands(owner: Rows32, many: int, weekday: Rows32, start: Rows32, end: Rows32) -> Bits:
    one = np.uint64(1)
    first = (weekday * _BANDS + start // _BAND).astype(np.uint64)
    last = (weekday * _BANDS + (end - 1) // _BAND).astype(np.uint64)
    touched = (one << (last + one)) - (one << first)
    bands = np.zeros(many, dtype=np.uint64)
    np.bitwise_or.at(bands, owner, touched)
    return bands


def _reach(territory: Territory) -> Floats32:
    """Return (n,) metres of straight line that no giver can go beyond."""
    g = territory.givers
    longest = np.zeros(len(g), dtype=np.int64)
    for each in Means:
        pace, lost = PACE[each]
        metres = np.maximum(g.limit_minutes.astype(np.int64) - lost, -1) * pace // 60
        owned = (g.means >> each & 1).astype(bool) & (g.limit_minutes >= lost)
        np.maximum(longest, np.where(owned, metres, 0), out=longest)
    longest = np.minimum(longest, g.limit_m)
    return (longest * (1000 / ROAD) * _CLOSE + _CLOSE_M).astype(np.float32)


def _looked_at(territory: Territory, giver: Ints, place: Ints) -> Candidates:
    """Return the placements of these pairs that break none of the conditions left to look at."""
    gone = way(territory, giver, place)
    fits = ~too_far(territory, giver, gone)
    fits &= ~is_excluded(territory, giver, place) & ~is_employee(territory, giver, place)
    giver, place = giver[fits], place[fits]
    row, giver_slot, place_slot = slot_pairs(territory, giver, place)
    shared = overlap(territory, giver_slot, place_slot)
    t = territory.place_slots
    needed = t.needed[place_slot]
    fit = np.flatnonzero(
        (shared >= needed)
        & (needed <= hours_limit(territory)[giver][row])
        & (t.capacity[place_slot] > 0)
    )
    fit = fit[_nearest(territory, giver_slot[fit], place_slot[fit], shared[fit])]
    went = Way(*(each[fits][row[fit]] for each in (gone.road_m, gone.minutes, gone.means)))
    return pointed(territory, giver_slot[fit], place_slot[fit], shared[fit], went)


def _nearest(territory: Territory, giver_slot: Ints, place_slot: Ints, shared: Ints) -> Ints:
    """Return the placements to keep: of somebody in one slot, those hours that suit it best.

    Somebody whose two stretches both touch a slot would else take two of its places.
    """
    giver = territory.giver_slots.giver[giver_slot].astype(np.int64)
    both = giver * len(territory.place_slots) + place_slot
    order = np.lexsort((giver_slot, -time_points(territory, giver_slot, place_slot, shared), both))
    first = np.ones(len(order), dtype=bool)
    first[1:] = both[order][1:] != both[order][:-1]
    kept: Ints = np.sort(order[first])
    return kept


def time_points(territory: Territory, giver_slot: Ints, place_slot: Ints, shared: Ints) -> Ints:
    """Return the points for the share of a slot that somebody's hours cover; half if perhaps."""
    t = territory.place_slots
    sure = np.where(territory.giver_slots.certain[giver_slot], MOST_POINTS, NEUTRAL)
    points: Ints = sure * shared // (t.end - t.start)[place_slot]
    return points


def pointed(
    territory: Territory, giver_slot: Ints, place_slot: Ints, shared: Ints, gone: Way
) -> Candidates:
    """Return these placements with their points."""
    g, s = territory.givers, territory.giver_slots
    p, t = territory.places, territory.place_slots
    giver, place = s.giver[giver_slot].astype(np.int64), t.place[place_slot].astype(np.int64)
    wishes = g.wishes[giver]
    limit = np.maximum(g.limit_minutes[giver], 1)
    points = np.zeros((len(giver), len(Part)), dtype=np.uint8)
    points[:, Part.PLACED] = MOST_POINTS
    points[:, Part.SKILL] = _skill(territory, giver, place)
    points[:, Part.WISH] = np.where(
        wishes == 0, NEUTRAL, np.where(wishes & p.field[place], MOST_POINTS, 0)
    )
    points[:, Part.TIME] = time_points(territory, giver_slot, place_slot, shared)
    points[:, Part.TRAVEL] = MOST_POINTS - MOST_POINTS * gone.minutes // limit
    points[:, Part.URGENCY] = g.urgency[giver]
    points[:, Part.NEED] = p.need[place]
    points[:, Part.CONTINUITY] = np.where(knows_host(territory, giver, place), MOST_POINTS, 0)
    points[:, Part.WAITING] = g.waiting[giver]
    points[:, Part.HOSTS] = p.host_fairness[place]
    return Candidates(
        giver_slot.astype(np.int32),
        place_slot.astype(np.int32),
        shared.astype(np.int16),
        gone.minutes.astype(np.int16),
        gone.means.astype(np.uint8),
        points,
    )


def _skill(territory: Territory, giver: Ints, place: Ints) -> Ints:
    """Return the share of what the place would like that they have; neutral where it asks nothing.

    Skills it must have and those that would be nice, languages it must have, and one for any of
    the alternative languages.
    """
    g, p = territory.givers, territory.places
    asked = np.zeros(len(p), dtype=np.int64)
    held = np.zeros(len(giver), dtype=np.int64)
    for words, masks in (
        (p.skills_must | p.skills_nice, g.skills),
        (p.languages_must, g.languages),
    ):
        for word in np.flatnonzero(words.any(axis=0)):
            asked += np.bitwise_count(words[:, word])
            held += np.bitwise_count(words[:, word][place] & masks[:, word][giver])
    some = any_bit(p.languages_any)
    asked += some
    held += some[place]
    share: Ints = np.where(
        asked[place] == 0, NEUTRAL, MOST_POINTS * held // np.maximum(asked[place], 1)
    )
    return share


def scores(found: Candidates, row: tuple[int, ...]) -> Ints:
    """Return (E,) the score of each with these weights, in the order of the parts."""
    made = np.zeros(len(found), dtype=np.int64)
    for part, weight in zip(Part, row, strict=True):
        if weight:
            made += weight * found.points[:, part].astype(np.int64)
    return made
