"""Why not, what would open what, what overriding costs: each checked by doing it."""
# ruff: noqa: C901, PLR0912, S311

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from farelegami.matching.rules.conditions import OF_SLOTS, Means, Obstacle, span_of
from farelegami.matching.rules.parts import Weights
from farelegami.matching.rules.words import Opening
from farelegami.matching.solver import (
    Free,
    Network,
    Obstacles,
    Problem,
    Rows,
    best_for,
    best_helpers,
    cost_of_forcing,
    cost_of_taking_out,
    facts_of,
    free_after,
    obstacles_of_giver,
    obstacles_of_place,
    openings_for_giver,
    openings_for_place,
    plan_with,
    solve,
)
from farelegami.matching.solver.flow import best_flow
from farelegami.matching.tests.builders import (
    Giver,
    GiverSlot,
    Place,
    PlaceSlot,
    World,
    pair_broken,
    points,
    problem_of,
    random_world,
    shared,
    slot_broken,
    slow_candidates,
    slow_hours,
)

seeds = st.integers(0, 2**32)
sizes = st.integers(1, 6)
MASK_BITS = (0, 1, 63, 64, 69)


@settings(max_examples=150, deadline=None)
@given(seeds, sizes, sizes)
def test_what_forcing_or_taking_out_costs_is_what_solving_again_loses(
    seed: int, givers: int, places: int
) -> None:
    problem = problem_of(random_world(seed, givers, places))
    plan = solve(problem)
    network = problem.network
    large = int(network.value.sum()) + 1
    for candidate in range(0, len(problem.candidates), 1 + len(problem.candidates) // 12):
        pushed = network.value.copy()
        pushed[candidate] += large
        forced = best_flow(replace(network, value=pushed))
        assert candidate in forced
        lost = plan.score - int(problem.score[forced].sum())
        assert cost_of_forcing(problem, plan, candidate) == lost
        other = plan_with(problem, candidate)
        assert candidate in other.chosen
        assert plan.score - other.score == lost
        without = best_flow(_less(network, candidate))
        kept = np.delete(problem.score, candidate)[without].sum()
        assert cost_of_taking_out(problem, plan, candidate) == plan.score - int(kept)


def _less(network: Network, candidate: int) -> Network:
    cut = {
        name: np.delete(getattr(network, name), candidate)
        for name in ("giver_slot", "place_slot", "value")
    }
    return replace(network, **cut)


def test_what_a_pin_stands_in_the_way_of_has_no_cost() -> None:
    world = World(
        [Giver(1), Giver(2)], [GiverSlot(0), GiverSlot(1)], [Place(1)], [PlaceSlot(0)],
        pins=[(0, 0)],
    )  # fmt: skip
    problem = problem_of(world)
    assert cost_of_forcing(problem, solve(problem), 0) is None
    with pytest.raises(ValueError, match="pinned"):
        plan_with(problem, 0)


@settings(max_examples=200, deadline=None)
@given(seeds, sizes, sizes, st.booleans())
def test_obstacles_are_those_that_stand_and_name_the_nearest_hours(
    seed: int, givers: int, places: int, easy: bool
) -> None:
    world = random_world(seed, givers, places, easy=easy)
    problem = problem_of(world)
    rows = problem.territory.rows
    one, other = Random(seed).randrange(givers), Random(seed).randrange(places)
    told = obstacles_of_giver(problem.territory, one)
    for j in range(places):
        _check_obstacles(world, rows, told, j, (int(rows.givers[one]), int(rows.places[j])))
    told = obstacles_of_place(problem.territory, other)
    for i in range(givers):
        _check_obstacles(world, rows, told, i, (int(rows.givers[i]), int(rows.places[other])))


def _check_obstacles(
    world: World, rows: Rows, told: Obstacles, at: int, pair: tuple[int, int]
) -> None:
    i, j = pair
    bits = Obstacle(int(told.bits[at]))
    assert bits & ~OF_SLOTS == pair_broken(world, i, j)
    mine = [s for s, slot in enumerate(world.giver_slots) if slot.giver == i]
    theirs = [t for t, wanted in enumerate(world.place_slots) if wanted.place == j]
    if not mine or not theirs:
        assert bits & OF_SLOTS == Obstacle.TIME
        assert told.giver_slot[at] == told.place_slot[at] == -1
        return
    fewest = min(slot_broken(world, s, t).bit_count() for s in mine for t in theirs)
    s = int(rows.giver_slots[told.giver_slot[at]])
    t = int(rows.place_slots[told.place_slot[at]])
    assert bits & OF_SLOTS == slot_broken(world, s, t)
    assert (bits & OF_SLOTS).bit_count() == fewest
    assert told.overlap[at] == shared(world.giver_slots[s], world.place_slots[t])


def opened_places(
    problem: Problem, free: Free, before: World, after: World, opening: tuple[int, Opening]
) -> dict[int, int]:
    """Free places, by place, that the change gives to giver i of the world."""
    i, said = opening
    rows = problem.territory.rows
    t_row = {int(old): at for at, old in enumerate(rows.place_slots)}
    j_row = {int(old): at for at, old in enumerate(rows.places)}
    new = {t for _, t in slow_hours(after, i)} - {t for _, t in slow_hours(before, i)}
    if said.obstacle is Obstacle.TIME:
        # Hours one adds may suit others by the way.
        new = {t for t in new if _then(before.place_slots[t], said)}
    seats: dict[int, int] = {}
    for t in new:
        j = j_row[before.place_slots[t].place]
        seats[j] = seats.get(j, 0) + int(min(free.place_slots[t_row[t]], free.places[j]))
    counted = {j: min(many, int(free.places[j])) for j, many in seats.items()}
    return {j: many for j, many in counted.items() if many}


def relaxed(world: World, i: int, opening: Opening) -> World:
    world = deepcopy(world)
    giver = world.givers[i]
    match opening.obstacle:
        case Obstacle.SKILLS:
            giver.skills |= {opening.bit}
        case Obstacle.LANGUAGES:
            giver.languages |= {opening.bit}
        case Obstacle.PAPERS:
            giver.papers |= {opening.bit}
        case Obstacle.TRAVEL if opening.means is not None:
            giver.means |= {opening.means}
        case Obstacle.TRAVEL:
            giver.limit_minutes += opening.minutes
            giver.limit_m += opening.metres
        case Obstacle.HOURS:
            giver.weekly_minutes += opening.minutes
        case Obstacle.COVER:
            for place in world.places:
                place.covered = True
        case Obstacle.EXCLUDED:
            world.excluded = []
        case Obstacle.AGE:
            for place in world.places:
                place.min_age, place.max_age = 0, 120
        case Obstacle.TIME:
            for wanted in world.place_slots:
                if _then(wanted, opening):
                    world.giver_slots.append(
                        GiverSlot(i, wanted.weekday, wanted.date, wanted.start, wanted.end)
                    )
    return world


def _then(slot: GiverSlot | PlaceSlot, opening: Opening) -> bool:
    when = (slot.weekday, slot.date, span_of(slot.start))
    return when == (opening.weekday, opening.date, opening.span)


@settings(max_examples=90, deadline=None)
@given(seeds, st.integers(1, 5), st.integers(1, 8), st.booleans())
def test_what_a_single_change_is_said_to_open_for_a_giver_it_opens_and_no_more(
    seed: int, givers: int, places: int, easy: bool
) -> None:
    world = random_world(seed, givers, places, easy=easy)
    problem = problem_of(world)
    free = free_after(problem, solve(problem))
    for at in range(givers):
        i = int(problem.territory.rows.givers[at])
        if not world.givers[i].places:
            continue
        told = openings_for_giver(problem.territory, at, free)
        for opening in told:
            after = relaxed(world, i, opening)
            seats = opened_places(problem, free, world, after, (i, opening))
            assert seats.keys() == set(opening.rows), opening
            assert sum(seats.values()) == opening.opens
        _nothing_is_left_out(problem, free, world, i, told)


def _nothing_is_left_out(
    problem: Problem, free: Free, world: World, i: int, told: list[Opening]
) -> None:
    said = {(each.obstacle, each.bit) for each in told}
    for obstacle in (Obstacle.SKILLS, Obstacle.LANGUAGES, Obstacle.PAPERS):
        for bit in MASK_BITS:
            if (obstacle, bit) not in said:
                opening = Opening(obstacle, 0, (), bit=bit)
                after = relaxed(world, i, opening)
                assert not opened_places(problem, free, world, after, (i, opening))
    wide = deepcopy(world)
    wide.givers[i].limit_minutes += 60
    wide.givers[i].limit_m += 10**7
    if not any(each.obstacle is Obstacle.TRAVEL and each.means is None for each in told):
        further = Opening(Obstacle.TRAVEL, 0, ())
        assert not opened_places(problem, free, world, wide, (i, further))


def eased(world: World, j: int, opening: Opening) -> World:
    world = deepcopy(world)
    place = world.places[j]
    match opening.obstacle:
        case Obstacle.SKILLS:
            place.skills_must -= {opening.bit}
        case Obstacle.LANGUAGES if opening.bit >= 0:
            place.languages_must -= {opening.bit}
        case Obstacle.LANGUAGES:
            place.languages_any = frozenset()
        case Obstacle.PAPERS:
            place.papers_must -= {opening.bit}
        case Obstacle.COVER:
            place.covered = True
        case Obstacle.EXCLUDED:
            world.excluded = []
        case Obstacle.AGE:
            place.min_age, place.max_age = 0, 120
        case _:
            for giver in world.givers:
                if opening.obstacle is Obstacle.HOURS:
                    giver.weekly_minutes = 100_000
                elif opening.means is not None:
                    giver.means |= {Means.LIFT}
                else:
                    giver.limit_minutes += opening.minutes
                    giver.limit_m += opening.metres
    return world


def _new_givers(problem: Problem, free: Free, before: World, after: World, j: int) -> set[int]:
    rows = problem.territory.rows
    i_row = {int(old): at for at, old in enumerate(rows.givers)}
    s_row = {int(old): at for at, old in enumerate(rows.giver_slots)}

    def slots(world: World) -> set[int]:
        return {s for s, _ in slow_hours(world, place=j)}

    return {
        i_row[before.giver_slots[s].giver]
        for s in slots(after) - slots(before)
        if free.giver_slots[s_row[s]] and free.givers[i_row[before.giver_slots[s].giver]]
    }


@settings(max_examples=90, deadline=None)
@given(seeds, st.integers(1, 8), st.integers(1, 5), st.booleans())
def test_what_a_single_change_is_said_to_open_for_a_place_it_opens_and_no_more(
    seed: int, givers: int, places: int, easy: bool
) -> None:
    world = random_world(seed, givers, places, easy=easy)
    problem = problem_of(world)
    free = free_after(problem, solve(problem))
    for at in range(places):
        j = int(problem.territory.rows.places[at])
        if not world.places[j].capacity:
            continue
        for opening in openings_for_place(problem.territory, at, free):
            if opening.obstacle is Obstacle.TIME:
                new = _by_moving(problem, free, world, j, opening)
            else:
                new = _new_givers(problem, free, world, eased(world, j, opening), j)
            assert new == set(opening.rows), opening
            assert len(new) == opening.opens


def _by_moving(problem: Problem, free: Free, world: World, j: int, opening: Opening) -> set[int]:
    """Givers whose hours one of the place's slots could be moved to."""
    new: set[int] = set()
    for s, slot in enumerate(world.giver_slots):
        if not _then(slot, opening):
            continue
        for t, wanted in enumerate(world.place_slots):
            if wanted.place == j:
                after = deepcopy(world)
                after.place_slots[t] = PlaceSlot(
                    j, slot.weekday, slot.date, slot.start, slot.end, wanted.capacity,
                    wanted.needed,
                )  # fmt: skip
                moved = _new_givers(problem, free, world, after, j)
                rows = problem.territory.rows.givers
                new |= {
                    i for i in moved if int(rows[i]) == slot.giver and (s, t) in slow_hours(after)
                }
    return new


def slow_best(
    world: World, weights: Weights, k: int, whose: Callable[[int, int], int], mine: Callable
) -> list[int]:
    best: dict[int, int] = {}
    for (s, t), counted in slow_candidates(world).items():
        if mine(s, t):
            score = weights.score(counted)
            best[whose(s, t)] = max(best.get(whose(s, t), 0), score)
    return sorted(best.values(), reverse=True)[:k]


@settings(max_examples=200, deadline=None)
@given(seeds, sizes, sizes, st.booleans())
def test_the_best_few_are_the_best_there_are(
    seed: int, givers: int, places: int, easy: bool
) -> None:
    world = random_world(seed, givers, places, easy=easy)
    territory = problem_of(world).territory
    rows, weights = territory.rows, Weights()
    i, j = Random(seed).randrange(givers), Random(seed).randrange(places)
    mine, theirs = int(rows.givers[i]), int(rows.places[j])

    def giver(s: int, _: int) -> int:
        return world.giver_slots[s].giver

    def place(_: int, t: int) -> int:
        return world.place_slots[t].place

    found = best_for(territory, i, k=3)
    wanted = slow_best(world, weights, 3, place, lambda s, t: giver(s, t) == mine)
    assert [choice.score for choice in found] == wanted
    helpers = best_helpers(territory, j, k=3)
    wanted = slow_best(world, weights, 3, giver, lambda s, t: place(s, t) == theirs)
    assert [choice.score for choice in helpers] == wanted
    for choice in found + helpers:
        s, t = int(rows.giver_slots[choice.giver_slot]), int(rows.place_slots[choice.place_slot])
        assert choice.points == points(world, s, t)
    assert len({choice.place for choice in found}) == len(found)
    assert len({choice.giver for choice in helpers}) == len(helpers)


def test_the_facts_of_a_proposal_are_all_that_counted() -> None:
    world = World(
        [
            Giver(
                7, skills=frozenset({0, 64}), languages=frozenset({1}), wishes=frozenset({2}),
                means=frozenset({Means.BUS, Means.ON_FOOT}), urgency=80,
            )
        ],
        [GiverSlot(0, weekday=1, start=840, end=1_020, certain=False)],
        [
            Place(
                3, lat=45.16, by_bus=True, skills_must=frozenset({0}), field=2,
                skills_nice=frozenset({64, 65}), languages_any=frozenset({1, 2}),
            )
        ],
        [PlaceSlot(0, weekday=1, start=900, end=1_050)],
        known=[(0, 0)],
    )  # fmt: skip
    problem = problem_of(world)
    facts = facts_of(problem, 0)
    assert (facts.start, facts.end, facts.weekday, facts.certain) == (900, 1_020, 1, False)
    assert (facts.skills_must, facts.skills_nice, facts.languages_any) == ((0,), (64,), (1,))
    assert (facts.means, facts.minutes, facts.road_m) == (Means.BUS, 22, 4_337)
    assert facts.wished
    assert facts.knows_host
    assert facts.points == points(world, 0, 0)
    assert facts.score == Weights().score(facts.points)
