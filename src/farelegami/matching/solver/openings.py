"""Which single condition, relaxed by how much, would open what."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from farelegami.matching.rules.conditions import (
    PACE,
    STEPS,
    Means,
    Obstacle,
    Span,
    span_of,
)
from farelegami.matching.rules.words import Opening
from farelegami.matching.solver.arrays import Bits, Flags, Ints, Territory
from farelegami.matching.solver.conditions import (
    Way,
    any_bit,
    hours_limit,
    overlap,
    pair_obstacles,
    way,
)
from farelegami.matching.solver.flow import Plan, Problem
from farelegami.matching.solver.reasons import bits_of

_SPAN_OF: Final = np.array([span_of(minute) for minute in range(1_440)])


@dataclass(frozen=True, slots=True)
class Free:
    """What a plan leaves."""

    givers: Ints  # (n,) placements still wanted
    giver_slots: Ints  # (S,) 0 or 1
    place_slots: Ints  # (T,) people at a time
    places: Ints  # (m,) places


def free_after(problem: Problem, plan: Plan) -> Free:
    """Return what is left once the plan and its pins are in force."""
    net = problem.network
    s, t = net.giver_slot[plan.chosen], net.place_slot[plan.chosen]
    left = [
        limit - np.bincount(used, minlength=len(limit))
        for used, limit in (
            (net.slot_giver[s], net.giver_limit),
            (s, net.slot_limit),
            (t, net.place_slot_limit),
            (net.slot_place[t], net.place_limit),
        )
    ]
    return Free(left[0], left[1], left[2], left[3])


@dataclass(frozen=True, slots=True)
class _Look:
    """One side's view: rows are the other side's slots, each with its owner."""

    owner: Ints  # (k,) place of a place slot, or giver of a giver slot
    bits: Ints  # (k,) Obstacle between the two, whatever the slots
    fit: Flags  # (k,) some slot of the one suits this one
    but_time: Flags  # (k,) none does, but one would at another time
    but_hours: Flags  # (k,) none does, but one would with other hours a week
    seats: Ints  # (k,) how many are free there
    most: Ints  # (owners,) and over all slots of the owner

    def only(self, obstacle: Obstacle) -> Flags:
        """Return for which rows with something free this alone stands between."""
        free: Flags = self.seats > 0
        if obstacle is Obstacle.TIME:
            free &= (self.bits == 0) & self.but_time
        elif obstacle is Obstacle.HOURS:
            free &= (self.bits == 0) & self.but_hours
        else:
            free &= (self.bits == int(obstacle)) & self.fit
        return free

    def count(self, rows: Flags) -> int:
        """Return how many free places, or people, these rows hold."""
        held = np.bincount(self.owner[rows], self.seats[rows], minlength=len(self.most))
        return int(np.minimum(held, self.most).sum())

    def opened(self, rows: Flags, obstacle: Obstacle, **facts: Any) -> Iterator[Opening]:
        """Yield what these rows open, if anything."""
        opens = self.count(rows)
        if opens:
            owners = tuple(np.unique(self.owner[rows]).tolist())
            yield Opening(obstacle, opens, owners, **facts)


def openings_for_giver(territory: Territory, giver: int, free: Free) -> list[Opening]:
    """Return what a single change would open for the giver, what opens most first.

    Counts free places. Being staff of the host is nothing that may be relaxed (R15).
    """
    g, p, t = territory.givers, territory.places, territory.place_slots
    places = np.arange(len(p))
    givers = np.full(len(p), giver)
    gone = way(territory, givers, places)
    first = territory.first_giver_slot
    mine = np.arange(first[giver], first[giver + 1])
    rows = np.arange(len(t))
    late = np.ones(len(t), dtype=bool)
    for slot in mine:
        late &= overlap(territory, np.full(len(t), slot), rows) < t.needed
    long = t.needed > hours_limit(territory)[giver]
    owner = t.place.astype(np.int64)
    bits = pair_obstacles(territory, givers, places, gone)[owner]
    look = _Look(
        owner, bits, ~late & ~long, late & ~long & (t.needed <= t.end - t.start), ~late & long,
        np.minimum(free.place_slots, free.places[owner]), free.places,
    )  # fmt: skip
    found = [*_travels(territory, look, givers, gone)]
    nothing = np.zeros_like(p.languages_any)
    for obstacle, must, some, held in (
        (Obstacle.SKILLS, p.skills_must, nothing, g.skills[giver]),
        (Obstacle.LANGUAGES, p.languages_must, p.languages_any, g.languages[giver]),
        (Obstacle.PAPERS, p.papers_must, nothing, g.papers[giver]),
    ):
        found += _with_one_more(look, obstacle, must & ~held, some, held)
    found += _times(look, look.only(Obstacle.TIME), t)
    found += _hours(
        look, t.needed * np.int64(max(1, g.places[giver])), int(g.weekly_minutes[giver])
    )
    for obstacle in (Obstacle.COVER, Obstacle.EXCLUDED, Obstacle.AGE):
        found += look.opened(look.only(obstacle), obstacle)
    return sorted(found, key=_most_first)


def openings_for_place(territory: Territory, place: int, free: Free) -> list[Opening]:
    """Return what a single change would open for the place, what opens most first.

    Counts people who still want a placement, in hours that are still free.
    """
    g, p, s = territory.givers, territory.places, territory.giver_slots
    givers = np.arange(len(g))
    places = np.full(len(g), place)
    gone = way(territory, givers, places)
    owner = s.giver.astype(np.int64)
    fit, but_time, but_hours = _suits(territory, place)
    look = _Look(
        owner, pair_obstacles(territory, givers, places, gone)[owner], fit, but_time, but_hours,
        free.giver_slots * (free.givers[owner] > 0), np.minimum(free.givers, 1),
    )  # fmt: skip
    found = [*_travels(territory, look, givers, gone)]
    some = p.languages_any[place]
    spoken = any_bit(some & g.languages) | (not some.any())
    for obstacle, missing in (
        (Obstacle.SKILLS, p.skills_must[place] & ~g.skills),
        (Obstacle.PAPERS, p.papers_must[place] & ~g.papers),
    ):
        found += _without_one(look, obstacle, missing, look.only(obstacle))
    missing = p.languages_must[place] & ~g.languages
    tongues = look.only(Obstacle.LANGUAGES)
    found += _without_one(look, Obstacle.LANGUAGES, missing, tongues & spoken[owner])
    found += look.opened(tongues & ~any_bit(missing)[owner], Obstacle.LANGUAGES)
    found += _times(look, look.only(Obstacle.TIME), s)
    for obstacle in (Obstacle.HOURS, Obstacle.COVER, Obstacle.EXCLUDED, Obstacle.AGE):
        found += look.opened(look.only(obstacle), obstacle)
    return sorted(found, key=_most_first)


def _suits(territory: Territory, place: int) -> tuple[Flags, Flags, Flags]:
    """Return for each giver slot whether the place's slots suit, but for time, but for hours."""
    s, t = territory.giver_slots, territory.place_slots
    limit = hours_limit(territory)[s.giver]
    rows = np.arange(len(s))
    fit, but_time, but_hours = (np.zeros(len(s), dtype=bool) for _ in range(3))
    first = territory.first_place_slot
    for slot in range(first[place], first[place + 1]):
        if t.capacity[slot] < 1:
            continue
        needed = t.needed[slot]
        late = overlap(territory, rows, np.full(len(s), slot)) < needed
        fit |= ~late & (needed <= limit)
        but_time |= late & (needed <= limit) & (s.end - s.start >= needed)
        but_hours |= ~late & (needed > limit)
    return fit, but_time & ~fit, but_hours & ~fit


def _with_one_more(
    look: _Look, obstacle: Obstacle, missing: Bits, some: Bits, held: Bits
) -> Iterator[Opening]:
    """Yield what one more skill, language or paper would open: `missing` and `some` by owner."""
    rows = look.only(obstacle)
    owners = np.unique(look.owner[rows])
    missing, some = missing[owners], some[owners]
    met = any_bit(some & held) | ~any_bit(some)
    place_of = np.full(len(look.most), -1)
    place_of[owners] = np.arange(len(owners))
    asked = np.bitwise_or.reduce(missing | some, axis=0) & ~held
    for bit in bits_of(asked):
        one = np.zeros_like(held)
        one[bit // 64] = np.uint64(1) << np.uint64(bit % 64)
        enough = ~any_bit(missing & ~one) & (met | any_bit(some & one))
        yield from look.opened(rows & _of(enough, place_of[look.owner]), obstacle, bit=bit)


def _without_one(look: _Look, obstacle: Obstacle, missing: Bits, rows: Flags) -> Iterator[Opening]:
    """Yield what not asking for one skill, language or paper would open: `missing` by owner."""
    single = np.bitwise_count(missing).sum(axis=1) == 1
    rows = rows & single[look.owner]
    for bit in bits_of(np.bitwise_or.reduce(missing[np.unique(look.owner[rows])], axis=0)):
        lacks = (missing[:, bit // 64] >> np.uint64(bit % 64) & np.uint64(1)).astype(bool)
        yield from look.opened(rows & lacks[look.owner], obstacle, bit=bit)


def _of(flags: Flags, at: Ints) -> Flags:
    """Return the flags at these rows; false at -1."""
    return np.append(flags, False)[at]


def _travels(territory: Territory, look: _Look, giver: Ints, gone: Way) -> Iterator[Opening]:
    """Yield what more minutes and metres would open, step by step, and what a lift would."""
    g = territory.givers
    minutes = np.maximum(gone.minutes - g.limit_minutes[giver], 0)[look.owner]
    metres = np.maximum(gone.road_m - g.limit_m[giver], 0)[look.owner]
    rows = look.only(Obstacle.TRAVEL)
    before = 0
    for step in STEPS:
        near = rows & (minutes <= step)
        opens = look.count(near)
        if opens > before:
            before = opens
            yield from look.opened(
                near, Obstacle.TRAVEL,
                minutes=int(minutes[near].max()), metres=int(metres[near].max()),
            )  # fmt: skip
    pace, lost = PACE[Means.LIFT]
    ridden = lost - (-gone.road_m * 60 // pace)
    carried = (ridden <= g.limit_minutes[giver]) & (gone.road_m <= g.limit_m[giver])
    yield from look.opened(rows & carried[look.owner], Obstacle.TRAVEL, means=Means.LIFT)


def _times(look: _Look, rows: Flags, slots: Any) -> Iterator[Opening]:
    """Yield what each part of each day would open."""
    at = np.flatnonzero(rows)
    days = np.stack([slots.date[at], slots.weekday[at], _SPAN_OF[slots.start[at]]], axis=1)
    kinds, which = np.unique(days, axis=0, return_inverse=True)
    for number, (date, weekday, span) in enumerate(kinds.tolist()):
        chosen = np.zeros(len(rows), dtype=bool)
        chosen[at[which.ravel() == number]] = True
        yield from look.opened(
            chosen, Obstacle.TIME, weekday=weekday, date=date, span=Span(span)
        )  # fmt: skip


def _hours(look: _Look, weekly: npt.NDArray[Any], held: int) -> Iterator[Opening]:
    """Yield what more minutes a week would open, step by step."""
    rows = look.only(Obstacle.HOURS)
    for enough in np.unique(weekly[rows]).tolist():
        yield from look.opened(
            rows & (weekly <= enough), Obstacle.HOURS, minutes=int(enough) - held
        )  # fmt: skip


def _most_first(opening: Opening) -> tuple[int, ...]:
    return (
        -opening.opens, int(opening.obstacle), opening.minutes, opening.bit,
        opening.date, opening.weekday, int(opening.span or 0),
    )  # fmt: skip
