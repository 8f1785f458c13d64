"""Small territories as plain records, and all that the solver does, done slowly and plainly."""
# ruff: noqa: C901, S311

from __future__ import annotations

import itertools
import math
from collections import Counter
from dataclasses import dataclass, field
from random import Random

import numpy as np

from farelegami.matching.rules.conditions import Means, Obstacle
from farelegami.matching.rules.parts import Weights
from farelegami.matching.solver import (
    Givers,
    GiverSlots,
    Places,
    PlaceSlots,
    Problem,
    Territory,
    arranged,
    candidates,
    packed,
    posed,
)

BITS = 70
MONDAY = 739_950  # an ordinal: 30 November 2026
NO_LIMIT = 1_000_000
PACE = {
    Means.ON_FOOT: (5, 0),
    Means.BICYCLE: (14, 0),
    Means.BUS: (22, 10),
    Means.TRAIN: (45, 15),
    Means.CAR: (45, 5),
    Means.LIFT: (45, 5),
}


@dataclass
class Giver:
    key: int
    lat: float = 45.13
    lon: float = 10.02
    limit_minutes: int = 30
    limit_m: int = NO_LIMIT
    means: frozenset[Means] = frozenset({Means.ON_FOOT})
    skills: frozenset[int] = frozenset()
    languages: frozenset[int] = frozenset()
    papers: frozenset[int] = frozenset()
    wishes: frozenset[int] = frozenset()
    age: int = 30
    weekly_minutes: int = 600
    places: int = 1
    employer: int = -1
    urgency: int = 0
    waiting: int = 0


@dataclass
class GiverSlot:
    giver: int
    weekday: int = 0
    date: int = 0
    start: int = 540
    end: int = 720
    certain: bool = True


@dataclass
class Place:
    key: int
    organisation: int = 0
    lat: float = 45.13
    lon: float = 10.02
    skills_must: frozenset[int] = frozenset()
    skills_nice: frozenset[int] = frozenset()
    languages_must: frozenset[int] = frozenset()
    languages_any: frozenset[int] = frozenset()
    papers_must: frozenset[int] = frozenset()
    field: int = 0
    min_age: int = 0
    max_age: int = 120
    capacity: int = 1
    by_bus: bool = False
    covered: bool = True
    need: int = 0
    host_fairness: int = 0


@dataclass
class PlaceSlot:
    place: int
    weekday: int = 0
    date: int = 0
    start: int = 540
    end: int = 720
    capacity: int = 1
    needed: int = 60


@dataclass
class World:
    givers: list[Giver] = field(default_factory=list)
    giver_slots: list[GiverSlot] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    place_slots: list[PlaceSlot] = field(default_factory=list)
    excluded: list[tuple[int, int]] = field(default_factory=list)
    known: list[tuple[int, int]] = field(default_factory=list)
    pins: list[tuple[int, int]] = field(default_factory=list)


MASKS = {
    "skills", "languages", "papers", "skills_must", "skills_nice", "languages_must",
    "languages_any", "papers_must",
}  # fmt: skip


def columns(kind: type, rows: list) -> object:
    made = {}
    for name in kind.__dataclass_fields__:
        values = [getattr(row, name) for row in rows]
        if name in MASKS:
            held = [(at, bit) for at, bits in enumerate(values) for bit in bits]
            made[name] = packed(len(rows), BITS, held)
        elif name == "means":
            made[name] = [sum(1 << each for each in value) for value in values]
        elif name == "wishes":
            made[name] = np.array([sum(1 << b for b in v) for v in values], dtype=np.uint64)
        elif name == "field":
            made[name] = np.array([1 << value for value in values], dtype=np.uint64)
        else:
            made[name] = np.array(values)
    return kind(**made)


def territory_of(world: World) -> Territory:
    return arranged(
        columns(Givers, world.givers),
        columns(GiverSlots, world.giver_slots),
        columns(Places, world.places),
        columns(PlaceSlots, world.place_slots),
        excluded=world.excluded,
        known=world.known,
        pins=world.pins,
    )


def problem_of(world: World, weights: Weights | None = None, seed: int = 0) -> Problem:
    territory = territory_of(world)
    return posed(territory, candidates(territory), weights, seed=seed)


def some(random: Random, many: int, chance: float) -> frozenset[int]:
    """Bits near both ends of two words."""
    return frozenset(b for b in (0, 1, 63, 64, 69)[:many] if random.random() < chance)


def random_world(seed: int, givers: int, places: int, *, easy: bool = True) -> World:
    """`easy` worlds have many candidates; the others fall on every condition."""
    r = Random(seed)
    hard = 0.04 if easy else 0.12
    world = World()
    for at in range(givers):
        world.givers.append(
            Giver(
                key=r.randrange(1_000) * 50 + at,
                lat=45.13 + r.uniform(-0.06, 0.06),
                lon=10.02 + r.uniform(-0.06, 0.06),
                limit_minutes=r.choice([30, 60, 120] if easy else [0, 15, 30, 60]),
                limit_m=NO_LIMIT if easy else r.choice([NO_LIMIT, NO_LIMIT, 2_000, 8_000]),
                means=frozenset(m for m in Means if r.random() < (0.7 if easy else 0.4)),
                skills=some(r, 5, 0.7),
                languages=some(r, 3, 0.6),
                papers=some(r, 3, 0.8),
                wishes=frozenset(f for f in range(3) if r.random() < 0.3),
                age=r.choice([16, 17, 18, 40, 71]),
                weekly_minutes=r.choice([240, 600] if easy else [60, 120, 240, 600]),
                places=r.choice([1, 2, 3] if easy else [0, 1, 1, 2, 3]),
                employer=r.choice([-1] * (12 if easy else 3) + [0, 1]),
                urgency=r.randrange(101),
                waiting=r.randrange(101),
            )
        )
        hours = [(d, s) for d in range(2) for s in range(3)]
        for day, third in r.sample(hours, r.randrange(1, 5) if easy else r.randrange(4)):
            start = 480 + third * 240 + r.choice([0, 30, 60])
            date = MONDAY + day + 7 * r.randrange(2) if r.random() < hard else 0
            end = start + (180 if easy else r.choice([30, 60, 120, 180]))
            world.giver_slots.append(GiverSlot(at, day, date, start, end, r.random() < 0.7))
    for at in range(places):
        world.places.append(
            Place(
                key=r.randrange(1_000) * 50 + at,
                organisation=r.randrange(3),
                lat=45.13 + r.uniform(-0.06, 0.06),
                lon=10.02 + r.uniform(-0.06, 0.06),
                skills_must=some(r, 5, hard),
                skills_nice=some(r, 5, 0.3),
                languages_must=some(r, 3, hard),
                languages_any=some(r, 3, hard),
                papers_must=some(r, 3, hard),
                field=r.randrange(3),
                min_age=r.choice([0, 0, 0, 18]),
                max_age=r.choice([120, 120, 70]),
                capacity=r.choice([0, 1, 1, 2, 3]),
                by_bus=r.random() < 0.5,
                covered=r.random() < 0.9,
                need=r.randrange(101),
                host_fairness=r.choice([0, 50, 100]),
            )
        )
        for _ in range(r.randrange(1, 5) if easy else r.randrange(4)):
            day = r.randrange(2)
            start = 480 + 30 * r.randrange(16 if easy else 22)
            date = MONDAY + day + 7 * r.randrange(2) if r.random() < 0.3 else 0
            end = start + r.choice([60, 120, 240])
            world.place_slots.append(
                PlaceSlot(
                    at, day, date, start, min(end, 1_440), r.choice([0, 1, 1, 2]),
                    r.choice([15, 30] if easy else [15, 30, 60, 120]),
                )
            )  # fmt: skip
    for i, j in itertools.product(range(givers), range(places)):
        if r.random() < 0.05:
            world.excluded.append((i, j))
    if not easy:
        _at_the_limit(world, r)
    world.known = [(i, o) for i in range(givers) for o in range(3) if r.random() < 0.2]
    return world


def _at_the_limit(world: World, r: Random) -> None:
    """Put some limits exactly where a place is, or a step before it."""
    for giver in world.givers:
        if not world.places or r.random() < 0.4:
            continue
        place = r.choice(world.places)
        way = travel(giver, place)
        if way and r.random() < 0.5:
            giver.limit_minutes = way[0] - r.randrange(2)
        else:
            giver.limit_m = road_m(giver, place) - r.randrange(2)


def road_m(giver: Giver, place: Place) -> int:
    a, b = math.radians(giver.lat), math.radians(place.lat)
    c = math.radians(place.lon - giver.lon)
    half = math.sin((b - a) / 2) ** 2 + math.cos(a) * math.cos(b) * math.sin(c / 2) ** 2
    return round(2 * 6_371_008.8 * math.asin(math.sqrt(half)) * 1.3)


def travel(giver: Giver, place: Place) -> tuple[int, Means] | None:
    ways = [
        (PACE[each][1] + math.ceil(road_m(giver, place) * 60 / (PACE[each][0] * 1_000)), each)
        for each in giver.means
        if each not in {Means.BUS, Means.TRAIN} or place.by_bus
    ]
    return min(ways, default=None)


def shared(slot: GiverSlot, wanted: PlaceSlot) -> int:
    if slot.weekday != wanted.weekday or (slot.date and slot.date != wanted.date):
        return 0
    return len(set(range(slot.start, slot.end)) & set(range(wanted.start, wanted.end)))


def pair_broken(world: World, i: int, j: int) -> Obstacle:
    giver, place = world.givers[i], world.places[j]
    way = travel(giver, place)
    broken = Obstacle(0)
    if not place.skills_must <= giver.skills:
        broken |= Obstacle.SKILLS
    if not place.languages_must <= giver.languages:
        broken |= Obstacle.LANGUAGES
    if place.languages_any and not place.languages_any & giver.languages:
        broken |= Obstacle.LANGUAGES
    if not place.papers_must <= giver.papers:
        broken |= Obstacle.PAPERS
    if way is None or way[0] > giver.limit_minutes or road_m(giver, place) > giver.limit_m:
        broken |= Obstacle.TRAVEL
    if not place.min_age <= giver.age <= place.max_age:
        broken |= Obstacle.AGE
    if not place.covered:
        broken |= Obstacle.COVER
    if (i, j) in world.excluded:
        broken |= Obstacle.EXCLUDED
    if giver.employer == place.organisation:
        broken |= Obstacle.EMPLOYEE
    return broken


def slot_broken(world: World, s: int, t: int) -> Obstacle:
    slot, wanted = world.giver_slots[s], world.place_slots[t]
    giver = world.givers[slot.giver]
    broken = Obstacle(0)
    if shared(slot, wanted) < wanted.needed:
        broken |= Obstacle.TIME
    if wanted.needed * max(1, giver.places) > giver.weekly_minutes:
        broken |= Obstacle.HOURS
    return broken


def points(world: World, s: int, t: int) -> tuple[int, ...]:
    slot, wanted = world.giver_slots[s], world.place_slots[t]
    giver, place = world.givers[slot.giver], world.places[wanted.place]
    liked = place.skills_must | place.skills_nice
    asked = len(liked) + len(place.languages_must) + bool(place.languages_any)
    held = len(liked & giver.skills) + len(place.languages_must) + bool(place.languages_any)
    wish = 50 if not giver.wishes else 100 * (place.field in giver.wishes)
    minutes = travel(giver, place)[0]
    return (
        100,
        100 * held // asked if asked else 50,
        wish,
        (100 if slot.certain else 50) * shared(slot, wanted) // (wanted.end - wanted.start),
        100 - 100 * minutes // max(1, giver.limit_minutes),
        giver.urgency,
        place.need,
        100 * ((slot.giver, place.organisation) in world.known),
        giver.waiting,
        place.host_fairness,
    )


def slow_hours(
    world: World, giver: int | None = None, place: int | None = None
) -> dict[tuple[int, int], tuple[int, ...]]:
    """Points by (giver slot, place slot), rows of the world; of one giver or place if named."""
    return {
        (s, t): points(world, s, t)
        for s, slot in enumerate(world.giver_slots)
        for t, wanted in enumerate(world.place_slots)
        if giver in {None, slot.giver}
        and place in {None, wanted.place}
        and world.givers[slot.giver].places
        and wanted.capacity
        and world.places[wanted.place].capacity
        and not pair_broken(world, slot.giver, wanted.place)
        and not slot_broken(world, s, t)
    }


def slow_candidates(world: World) -> dict[tuple[int, int], tuple[int, ...]]:
    """Points by (giver slot, place slot): of somebody in one slot, the hours that suit it best."""
    found = slow_hours(world)
    nearest: dict[tuple[int, int], tuple[int, int]] = {}
    for s, t in sorted(found, key=lambda pair: slot_order(world.giver_slots[pair[0]])):
        key = (world.giver_slots[s].giver, t)
        if key not in nearest or found[s, t][TIME] > found[nearest[key]][TIME]:
            nearest[key] = (s, t)
    return {pair: found[pair] for pair in found if pair in nearest.values()}


TIME = 3


def slot_order(slot: GiverSlot) -> tuple[int, ...]:
    return slot.weekday, slot.date, slot.start, slot.end


def broken_limits(world: World, pairs: list[tuple[int, int]]) -> list[str]:
    """What a plan of (giver slot, place slot) breaks, in words."""
    told = []
    by_slot = Counter(s for s, _ in pairs)
    by_giver = Counter(world.giver_slots[s].giver for s, _ in pairs)
    by_place_slot = Counter(t for _, t in pairs)
    by_place = Counter(world.place_slots[t].place for _, t in pairs)
    by_both = Counter((world.giver_slots[s].giver, t) for s, t in pairs)
    told += [f"{both} twice" for both, many in by_both.items() if many > 1]
    told += [f"slot {s}" for s, many in by_slot.items() if many > 1]
    told += [f"giver {i}" for i, many in by_giver.items() if many > world.givers[i].places]
    told += [
        f"place slot {t}" for t, m in by_place_slot.items() if m > world.place_slots[t].capacity
    ]
    told += [f"place {j}" for j, many in by_place.items() if many > world.places[j].capacity]
    for (s, _), (other, _) in itertools.combinations(pairs, 2):
        one, two = world.giver_slots[s], world.giver_slots[other]
        same = one.giver == two.giver and one.weekday == two.weekday
        same = same and (not one.date or not two.date or one.date == two.date)
        if same and one.start < two.end and two.start < one.end:
            told.append(f"slots {s} and {other} at the same time")
    return told


def rows_of(problem: Problem, chosen: np.ndarray) -> list[tuple[int, int]]:
    """The chosen candidates as pairs of the world's rows."""
    rows, found = problem.territory.rows, problem.candidates
    return [
        (int(rows.giver_slots[found.giver_slot[e]]), int(rows.place_slots[found.place_slot[e]]))
        for e in chosen
    ]
