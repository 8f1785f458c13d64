"""How large a territory may be before numbers run out, and that none runs out unseen."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from farelegami.matching.rules.parts import MOST_POINTS, MOST_WEIGHT, Part, Weights
from farelegami.matching.solver import (
    Network,
    Plan,
    TooLarge,
    holds,
    prove,
    sealed,
    sealed_holds,
    solve,
)
from farelegami.matching.solver.flow import best_flow, unit_of
from farelegami.matching.solver.proof import proved
from farelegami.matching.tests.builders import (
    Giver,
    GiverSlot,
    Place,
    PlaceSlot,
    World,
    problem_of,
)

HEAVIEST = Weights(**dict.fromkeys(Weights().kept(), MOST_WEIGHT))
INT64 = 2**63 - 1
sizes = st.integers(1, 20_000_000)


def many(rows: int, each: int = 1) -> Any:
    """Return that many equal limits, which take no memory."""
    return np.broadcast_to(np.int64(each), (rows,))


@settings(max_examples=300, deadline=None)
@given(sizes, sizes, sizes, sizes)
def test_no_sum_leaves_the_numbers_of_the_solver(
    givers: int, slots: int, times: int, places: int
) -> None:
    """The solver multiplies a cost by the number of nodes; a plan adds the values it holds."""
    nodes = givers + slots + times + places + 2
    limits = [many(rows) for rows in (givers, slots, times, places)]
    try:
        unit, ties = unit_of(HEAVIEST, limits)
    except TooLarge:
        assert (HEAVIEST.most() + 1) * 2 * (min(givers, slots, places) + 1) * nodes > 2**61
        return
    placed = min(givers, slots, places)
    largest = HEAVIEST.most() * unit + ties
    assert largest * nodes <= INT64 // 4
    assert largest * placed <= INT64 // 4
    assert placed * ties <= unit // 2, "the ties of a whole plan weigh less than half a point"


def test_the_largest_score_is_all_weights_times_all_points() -> None:
    assert HEAVIEST.most() == len(Part) * MOST_WEIGHT * MOST_POINTS == 10_000


def test_a_territory_too_large_for_the_numbers_is_told_before_it_is_solved() -> None:
    with pytest.raises(TooLarge):
        unit_of(HEAVIEST, [many(50_000_000) for _ in range(4)])


def test_values_at_the_limit_are_solved_and_proved() -> None:
    """Twelve people in four places, each worth as much as the numbers allow."""
    givers, places = 12, 4
    nodes = 2 * givers + 2 * places + 2
    largest = 2**61 // nodes
    pairs = [(i, j) for i in range(givers) for j in range(places)]
    network = Network(
        np.arange(givers, dtype=np.int32), np.arange(places, dtype=np.int32),
        *(np.ones(rows, dtype=np.int64) for rows in (givers, givers, places, places)),
        np.array([i for i, _ in pairs], dtype=np.int32),
        np.array([j for _, j in pairs], dtype=np.int32),
        np.array([largest - (i * 7 + j * 3) % 11 for i, j in pairs], dtype=np.int64),
        1,
    )  # fmt: skip
    chosen = best_flow(network)
    assert len(chosen) == places
    assert sum(network.value[chosen].tolist()) == places * largest
    certificate = prove(replace(problem_of(World()), network=network), Plan(chosen, 0, 0))
    assert proved(network, chosen, certificate)


@pytest.mark.parametrize(
    "world",
    [
        World(),
        World(givers=[Giver(0)], giver_slots=[GiverSlot(0)]),
        World(places=[Place(0)], place_slots=[PlaceSlot(0)]),
        World(givers=[Giver(0)], places=[Place(0)]),
        World([Giver(0)], [GiverSlot(0)], [Place(0)], [PlaceSlot(0)], excluded=[(0, 0)]),
        World([Giver(0)], [GiverSlot(0)], [Place(0)], [PlaceSlot(0)], pins=[(0, 0)]),
        World([Giver(0)], [GiverSlot(0)], [Place(0, capacity=0)], [PlaceSlot(0)], pins=[(0, 0)]),
    ],
)
def test_where_there_is_nothing_to_choose_the_plan_is_empty_and_proved(world: World) -> None:
    problem = problem_of(world, HEAVIEST)
    plan = solve(problem)
    assert not len(plan.chosen)
    certificate = prove(problem, plan)
    assert holds(problem, plan, certificate)
    assert sealed_holds(sealed(problem, plan, certificate))


def test_all_who_are_pinned_leave_the_plan_nothing_and_hold() -> None:
    people = range(5)
    world = World(
        [Giver(i) for i in people], [GiverSlot(i) for i in people],
        [Place(0, capacity=5)], [PlaceSlot(0, capacity=5)], pins=[(i, 0) for i in people],
    )  # fmt: skip
    problem = problem_of(world, HEAVIEST)
    assert len(problem.pinned) == 5
    assert not problem.refused
    assert not len(best_flow(problem.network))
