"""What stands between somebody and a place, and what counted where nothing does."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from farelegami.matching.rules.conditions import Means, Obstacle
from farelegami.matching.rules.parts import Weights
from farelegami.matching.rules.words import Facts
from farelegami.matching.solver.arrays import Bits, Ints, Territory
from farelegami.matching.solver.candidates import pointed, scores
from farelegami.matching.solver.conditions import (
    Way,
    hours_limit,
    knows_host,
    overlap,
    pair_obstacles,
    slot_obstacles,
    way,
)
from farelegami.matching.solver.flow import Problem, posed
from farelegami.matching.solver.near import Choice

_WORD: Final = 64


@dataclass(frozen=True, slots=True)
class Obstacles:
    """For each of the others, what stands between; and the pair of slots that comes nearest."""

    bits: Ints  # (k,) Obstacle; 0 where nothing stands between
    giver_slot: Ints  # (k,) -1 where either has no slot
    place_slot: Ints  # (k,) -1 where either has no slot
    overlap: Ints  # (k,) minutes those two share
    minutes: Ints  # (k,) of travel one way; 1 << 20 where no means goes there
    road_m: Ints  # (k,)


def obstacles_of_giver(territory: Territory, giver: int) -> Obstacles:
    """Return what stands between the giver and each place: m rows."""
    first = territory.first_giver_slot
    mine = np.arange(first[giver], first[giver + 1])
    theirs = np.arange(len(territory.place_slots))
    places = np.arange(len(territory.places))
    return _obstacles(
        territory, np.full(len(places), giver), places,
        (np.repeat(territory.place_slots.place.astype(np.int64), len(mine)),
         np.tile(mine, len(theirs)), np.repeat(theirs, len(mine))),
    )  # fmt: skip


def obstacles_of_place(territory: Territory, place: int) -> Obstacles:
    """Return what stands between the place and each giver: n rows."""
    first = territory.first_place_slot
    mine = np.arange(first[place], first[place + 1])
    theirs = np.arange(len(territory.giver_slots))
    givers = np.arange(len(territory.givers))
    return _obstacles(
        territory, givers, np.full(len(givers), place),
        (np.repeat(territory.giver_slots.giver.astype(np.int64), len(mine)),
         np.repeat(theirs, len(mine)), np.tile(mine, len(theirs))),
    )  # fmt: skip


def _obstacles(
    territory: Territory, giver: Ints, place: Ints, slots: tuple[Ints, Ints, Ints]
) -> Obstacles:
    row, giver_slot, place_slot = slots
    gone = way(territory, giver, place)
    bits = pair_obstacles(territory, giver, place, gone)
    shared = overlap(territory, giver_slot, place_slot)
    needed = territory.place_slots.needed[place_slot]
    late = shared < needed
    long = needed > hours_limit(territory)[territory.giver_slots.giver[giver_slot]]
    # Fewest obstacles first, then the hours that come nearest.
    order = np.lexsort((place_slot, giver_slot, needed - shared, late * 1 + long, row))
    seen, first = np.unique(row[order], return_index=True)
    best = order[first]
    columns = [np.full(len(giver), missing, dtype=np.int64) for missing in (-1, -1, 0)]
    for column, values in zip(columns, (giver_slot, place_slot, shared), strict=True):
        column[seen] = values[best]
    of_slots = np.full(len(giver), int(Obstacle.TIME), dtype=np.int64)
    of_slots[seen] = late[best] * int(Obstacle.TIME) + long[best] * int(Obstacle.HOURS)
    bits |= of_slots
    return Obstacles(bits, columns[0], columns[1], columns[2], gone.minutes, gone.road_m)


def facts_of(problem: Problem, candidate: int) -> Facts:
    """Return all that counted in a candidate."""
    territory, found = problem.territory, problem.candidates
    g, p = territory.givers, territory.places
    s, t = territory.giver_slots, territory.place_slots
    slot, place_slot = int(found.giver_slot[candidate]), int(found.place_slot[candidate])
    giver, place = int(s.giver[slot]), int(t.place[place_slot])
    pair = np.array([giver]), np.array([place])
    return Facts(
        giver=giver,
        place=place,
        giver_slot=slot,
        place_slot=place_slot,
        weekday=int(t.weekday[place_slot]),
        date=int(t.date[place_slot]),
        start=int(max(s.start[slot], t.start[place_slot])),
        end=int(min(s.end[slot], t.end[place_slot])),
        needed=int(t.needed[place_slot]),
        certain=bool(s.certain[slot]),
        minutes=int(found.minutes[candidate]),
        means=Means(int(found.means[candidate])),
        road_m=int(way(territory, *pair).road_m[0]),
        skills_must=bits_of(p.skills_must[place]),
        skills_nice=bits_of(p.skills_nice[place] & g.skills[giver] & ~p.skills_must[place]),
        languages_must=bits_of(p.languages_must[place]),
        languages_any=bits_of(p.languages_any[place] & g.languages[giver]),
        papers_must=bits_of(p.papers_must[place]),
        wished=bool(g.wishes[giver] & p.field[place]),
        knows_host=bool(knows_host(territory, *pair)[0]),
        urgency=int(g.urgency[giver]),
        waiting=int(g.waiting[giver]),
        need=int(p.need[place]),
        host_fairness=int(p.host_fairness[place]),
        points=tuple(found.points[candidate].tolist()),
        score=int(problem.score[candidate]),
    )


def bits_of(mask: Bits) -> tuple[int, ...]:
    """Return the numbers of the bits of a mask (words,)."""
    return tuple(
        _WORD * word + bit
        for word, value in enumerate(mask.tolist())
        for bit in range(_WORD)
        if value >> bit & 1
    )


def with_pinned(problem: Problem) -> Problem:
    """Return the problem with what is pinned in it for candidates: to be told, not to be solved."""
    return _told(problem.territory, problem.weights, problem.pinned)


def chosen(territory: Territory, choices: Sequence[Choice], weights: Weights) -> Problem:
    """Return a problem of these placements alone: to be told, not to be solved."""
    pairs = [(each.giver_slot, each.place_slot) for each in choices]
    return _told(territory, weights, np.array(pairs, dtype=np.int64).reshape(-1, 2))


def _told(territory: Territory, weights: Weights, pairs: Ints) -> Problem:
    giver_slot, place_slot = pairs[:, 0], pairs[:, 1]
    giver, place = _owners(territory, pairs)
    gone = way(territory, giver, place)
    # Who is beyond their limit has no points for the way, and not less than none.
    limit = territory.givers.limit_minutes[giver].astype(np.int64)
    gone = Way(gone.road_m, np.minimum(gone.minutes, limit), gone.means)
    shared = overlap(territory, giver_slot, place_slot)
    found = pointed(territory, giver_slot, place_slot, shared, gone)
    return replace(
        posed(territory, found, weights), candidates=found, score=scores(found, weights.row())
    )


def broken_by_pins(problem: Problem) -> Ints:
    """Return (p,) bits of Obstacle: what each pinned placement breaks."""
    territory, pairs = problem.territory, problem.pinned
    giver, place = _owners(territory, pairs)
    broken = pair_obstacles(territory, giver, place, way(territory, giver, place))
    return broken | slot_obstacles(territory, pairs[:, 0], pairs[:, 1])


def _owners(territory: Territory, pairs: Ints) -> tuple[Ints, Ints]:
    """Return givers and places of pairs of their slots."""
    giver = territory.giver_slots.giver[pairs[:, 0]].astype(np.int64)
    return giver, territory.place_slots.place[pairs[:, 1]].astype(np.int64)
