"""The plan: what it never breaks, that it is the best, that it is the same however it is asked."""
# ruff: noqa: S311

from __future__ import annotations

import importlib
import itertools
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ortools.sat.python import cp_model

from farelegami.matching.rules.parts import Part, Weights
from farelegami.matching.solver import (
    GiverSlots,
    Malformed,
    arranged,
    candidates,
    greedy,
    holds,
    posed,
    prove,
    solve,
)
from farelegami.matching.tests.builders import (
    Giver,
    GiverSlot,
    Place,
    PlaceSlot,
    World,
    broken_limits,
    pair_broken,
    problem_of,
    random_world,
    rows_of,
    slot_broken,
    slow_candidates,
    territory_of,
)

seeds = st.integers(0, 2**32)
sizes = st.integers(0, 7)


def weights_of(seed: int) -> Weights:
    r = Random(seed)
    if r.random() < 0.3:
        return Weights()
    return Weights(*(r.randrange(11) for _ in Part))


@settings(max_examples=1000, deadline=None)
@given(seeds, sizes, sizes, st.booleans())
def test_no_pair_that_can_be_is_lost_and_none_that_cannot_is_kept(
    seed: int, givers: int, places: int, easy: bool
) -> None:
    world = random_world(seed, givers, places, easy=easy)
    problem = problem_of(world)
    found = problem.candidates
    pairs = rows_of(problem, np.arange(len(found)))
    fast = dict(zip(pairs, (tuple(row) for row in found.points.tolist()), strict=True))
    assert fast == slow_candidates(world)


def best_score(world: World, scored: dict[tuple[int, int], int]) -> int:
    """The best there is, by CP-SAT over the plain records."""
    model = cp_model.CpModel()
    use = {pair: model.new_bool_var(str(pair)) for pair in scored}

    def limit(rows: list, most: int) -> None:
        if len(rows) > most:
            model.add(sum(rows) <= most)

    for i, giver in enumerate(world.givers):
        limit([use[p] for p in scored if world.giver_slots[p[0]].giver == i], giver.places)
    for s in range(len(world.giver_slots)):
        limit([use[p] for p in scored if p[0] == s], 1)
    for t, wanted in enumerate(world.place_slots):
        limit([use[p] for p in scored if p[1] == t], wanted.capacity)
    for j, place in enumerate(world.places):
        limit([use[p] for p in scored if world.place_slots[p[1]].place == j], place.capacity)
    model.maximize(sum(scored[pair] * chosen for pair, chosen in use.items()))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    assert solver.solve(model) == cp_model.OPTIMAL
    return round(solver.objective_value)


def tried_score(world: World, scored: dict[tuple[int, int], int]) -> int:
    """The best there is, by trying every set of placements."""
    pairs = list(scored)

    def best(at: int, held: list[tuple[int, int]]) -> int:
        if at == len(pairs):
            return 0
        without = best(at + 1, held)
        taken = [*held, pairs[at]]
        if broken_limits(world, taken):
            return without
        return max(without, scored[pairs[at]] + best(at + 1, taken))

    return best(0, [])


def scored_of(world: World, weights: Weights) -> dict[tuple[int, int], int]:
    return {pair: weights.score(given) for pair, given in slow_candidates(world).items()}


def check(world: World, weights: Weights, best: int) -> None:
    problem = problem_of(world, weights)
    plan = solve(problem)
    pairs = rows_of(problem, plan.chosen)
    assert not broken_limits(world, pairs)
    for s, t in pairs:
        assert not pair_broken(world, world.giver_slots[s].giver, world.place_slots[t].place)
        assert not slot_broken(world, s, t)
    assert plan.score == best
    assert greedy(problem).score <= best
    assert holds(problem, plan, prove(problem, plan))


@settings(max_examples=1000, deadline=None)
@given(seeds, sizes, sizes, st.booleans())
def test_a_plan_breaks_nothing_and_is_worth_what_an_exact_solver_finds(
    seed: int, givers: int, places: int, easy: bool
) -> None:
    world = random_world(seed, givers, places, easy=easy)
    weights = weights_of(seed)
    check(world, weights, best_score(world, scored_of(world, weights)))


@settings(max_examples=1000, deadline=None)
@given(seeds, st.integers(1, 3), st.integers(1, 3))
def test_a_small_plan_is_worth_the_best_of_all_that_can_be_tried(
    seed: int, givers: int, places: int
) -> None:
    world = random_world(seed, givers, places)
    weights = weights_of(seed)
    scored = scored_of(world, weights)
    if len(scored) <= 9:
        check(world, weights, tried_score(world, scored))


def shuffled(world: World, seed: int) -> World:
    """The same world, all its rows in another order."""
    r = Random(seed)
    orders = [
        r.sample(range(len(rows)), len(rows))
        for rows in (world.givers, world.giver_slots, world.places, world.place_slots)
    ]
    new = [{old: at for at, old in enumerate(order)} for order in orders]
    g, s, p, t = orders
    return World(
        [world.givers[at] for at in g],
        [
            GiverSlot(
                **{**vars(world.giver_slots[at]), "giver": new[0][world.giver_slots[at].giver]}
            )
            for at in s
        ],
        [world.places[at] for at in p],
        [
            PlaceSlot(
                **{**vars(world.place_slots[at]), "place": new[2][world.place_slots[at].place]}
            )
            for at in t
        ],
        [(new[0][i], new[2][j]) for i, j in world.excluded],
        [(new[0][i], o) for i, o in world.known],
        [(new[0][i], new[3][slot]) for i, slot in world.pins],
    )


def named(world: World, pairs: list[tuple[int, int]]) -> set[tuple]:
    """Placements by keys and hours, which no order of rows changes."""
    told = set()
    for s, t in pairs:
        slot, wanted = world.giver_slots[s], world.place_slots[t]
        told.add(
            (
                world.givers[slot.giver].key, slot.weekday, slot.date, slot.start,
                world.places[wanted.place].key, wanted.weekday, wanted.date, wanted.start,
                wanted.end, wanted.needed,
            )
        )  # fmt: skip
    return told


@settings(max_examples=300, deadline=None)
@given(seeds, sizes, sizes)
def test_the_order_of_rows_decides_nothing(seed: int, givers: int, places: int) -> None:
    world = random_world(seed, givers, places)
    flat = Weights(*([10] + [0] * 9))  # everything is a tie
    plans = []
    for each in (world, shuffled(world, seed)):
        problem = problem_of(each, flat)
        plan = solve(problem)
        plans.append((named(each, rows_of(problem, plan.chosen)), plan.value))
    assert plans[0] == plans[1]


def test_ties_go_to_others_on_another_day() -> None:
    world = World(
        [Giver(key) for key in range(20)], [GiverSlot(at) for at in range(20)],
        [Place(1)], [PlaceSlot(0)],
    )  # fmt: skip
    lucky = set()
    for seed in range(30):
        problem = problem_of(world, seed=seed)
        lucky.add(rows_of(problem, solve(problem).chosen)[0])
        assert solve(problem).score == solve(problem_of(world)).score
    assert len(lucky) > 10


def test_a_pin_holds_though_it_breaks_a_condition_and_leaves_its_place_to_nobody_else() -> None:
    world = World(
        [Giver(1, urgency=100), Giver(2, means=frozenset(), limit_minutes=0)],
        [GiverSlot(0), GiverSlot(1)],
        [Place(1)],
        [PlaceSlot(0)],
        pins=[(1, 0)],
    )
    problem = problem_of(world)
    assert problem.pinned.tolist() == [[1, 0]]
    assert problem.refused == ()
    plan = solve(problem)
    assert plan.chosen.tolist() == []
    assert holds(problem, plan, prove(problem, plan))


def test_a_pin_that_hours_or_places_do_not_allow_is_reported() -> None:
    world = World(
        [Giver(1), Giver(2), Giver(3)],
        [GiverSlot(0), GiverSlot(1, weekday=1), GiverSlot(2)],
        [Place(1)],
        [PlaceSlot(0, capacity=2)],
        pins=[(0, 0), (1, 0), (2, 0)],
    )
    problem = problem_of(world)
    assert problem.pinned.tolist() == [[0, 0]]
    assert [(pin.giver, pin.place_slot) for pin in problem.refused] == [(1, 0), (2, 0)]


def test_two_pins_of_one_giver_find_room_for_both() -> None:
    world = World(
        [Giver(1, places=2)],
        [GiverSlot(0, start=540, end=660), GiverSlot(0, start=660, end=780)],
        [Place(1), Place(2)],
        [PlaceSlot(0, start=560, end=780, needed=60), PlaceSlot(1, start=690, end=780, needed=60)],
        pins=[(0, 0), (0, 1)],
    )
    problem = problem_of(world)
    assert problem.pinned.tolist() == [[0, 0], [1, 1]]


def test_who_is_pinned_at_some_hours_is_not_planned_in_the_same_slot_at_others() -> None:
    world = World(
        [Giver(0, places=2)],
        [GiverSlot(0, start=540, end=660, certain=False), GiverSlot(0, start=660, end=750)],
        [Place(0, capacity=2)], [PlaceSlot(0, start=540, end=750, capacity=2)], pins=[(0, 0)],
    )  # fmt: skip
    problem = problem_of(world)
    assert len(problem.pinned) == 1
    assert not len(solve(problem).chosen)


@settings(max_examples=300, deadline=None)
@given(seeds, sizes, st.integers(1, 6))
def test_pins_and_plan_together_keep_time_and_places(seed: int, givers: int, places: int) -> None:
    world = random_world(seed, givers, places)
    r = Random(seed)
    can = list(itertools.product(range(givers), range(len(world.place_slots))))
    world.pins = r.sample(can, min(len(can), 3))
    problem = problem_of(world)
    plan = solve(problem)
    rows = problem.territory.rows
    pinned = [
        (int(rows.giver_slots[s]), int(rows.place_slots[t])) for s, t in problem.pinned.tolist()
    ]
    assert len(pinned) + len(problem.refused) == len(set(world.pins))
    assert not broken_limits(world, pinned + rows_of(problem, plan.chosen))
    assert holds(problem, plan, prove(problem, plan))


def test_nobody_and_nowhere_make_an_empty_plan() -> None:
    for world in (World(), World([Giver(1)], [GiverSlot(0)]), World([], [], [Place(1)])):
        problem = problem_of(world)
        plan = solve(problem)
        assert plan.chosen.tolist() == []
        assert holds(problem, plan, prove(problem, plan))


def test_the_search_does_not_depend_on_how_much_is_looked_at_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    worlds = [random_world(seed, 40, 40) for seed in range(6)]
    before = [candidates(territory_of(world)) for world in worlds]
    blocking = importlib.import_module("farelegami.matching.solver.candidates")
    monkeypatch.setattr(blocking, "_TABLE", 64)
    monkeypatch.setattr(blocking, "_PAIRS", 5)
    monkeypatch.setattr(blocking, "_CELL_M", 1_500)
    for world, found in zip(worlds, before, strict=True):
        again = candidates(territory_of(world))
        assert len(found) > 100
        for name in found.__dataclass_fields__:
            assert np.array_equal(getattr(found, name), getattr(again, name))


@pytest.mark.parametrize(
    ("slots", "told"),
    [
        ([GiverSlot(0, start=540, end=700), GiverSlot(0, start=600, end=720)], "same time"),
        ([GiverSlot(0), GiverSlot(0, date=739_950, start=600, end=660)], "same time"),
        ([GiverSlot(0, date=739_951)], "are none"),
        ([GiverSlot(0, start=700, end=700)], "are none"),
        ([GiverSlot(0, weekday=7)], "are none"),
        ([GiverSlot(1)], "belongs to nobody"),
    ],
)
def test_hours_that_cannot_be_are_a_defect_of_the_caller(slots: list, told: str) -> None:
    with pytest.raises(Malformed, match=told):
        territory_of(World([Giver(1)], slots))


def test_a_key_twice_and_columns_of_two_lengths_are_a_defect_of_the_caller() -> None:
    with pytest.raises(Malformed, match="key of another"):
        territory_of(World([Giver(1), Giver(1)]))
    made = territory_of(World([Giver(1)], [GiverSlot(0)]))
    short = GiverSlots(np.array([0, 0]), *(np.array([1]) for _ in range(5)))
    with pytest.raises(Malformed, match="rows"):
        arranged(made.givers, short, made.places, made.place_slots)


def test_somebody_without_a_place_on_the_map_is_a_defect_of_the_caller() -> None:
    with pytest.raises(Malformed, match="lat is not known"):
        territory_of(World([Giver(1, lat=float("nan"))]))


def test_dated_slots_of_one_giver_on_different_dates_are_not_at_the_same_time() -> None:
    world = World(
        [Giver(1, places=2)],
        [GiverSlot(0, date=739_950), GiverSlot(0, date=739_957)],
        [Place(1, capacity=2)],
        [PlaceSlot(0, date=739_950), PlaceSlot(0, date=739_957), PlaceSlot(0)],
    )
    problem = problem_of(world)
    assert sorted(rows_of(problem, solve(problem).chosen)) == [(0, 0), (1, 1)]


def test_posing_again_with_other_weights_needs_no_new_search() -> None:
    world = random_world(5, 7, 7)
    territory = territory_of(world)
    found = candidates(territory)
    near = posed(territory, found, Weights(*([0] * 4 + [10] + [0] * 5)))
    assert near.score.tolist() == (10 * found.points[:, Part.TRAVEL].astype(int)).tolist()
