"""The proof: it holds for the best plan and for nothing else."""
# ruff: noqa: S311

from __future__ import annotations

from dataclasses import replace
from random import Random

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from farelegami.matching.solver import (
    Certificate,
    Network,
    NotOptimal,
    Plan,
    Problem,
    greedy,
    holds,
    prove,
    sealed,
    sealed_holds,
    solve,
)
from farelegami.matching.solver.flow import best_flow, planned
from farelegami.matching.solver.proof import digest, proved
from farelegami.matching.tests.builders import problem_of, random_world

seeds = st.integers(0, 2**32)
sizes = st.integers(1, 7)
LAYERS = ("giver", "slot", "place_slot", "place")


def solved(seed: int, givers: int, places: int) -> tuple[Problem, Plan, Certificate]:
    problem = problem_of(random_world(seed, givers, places))
    plan = solve(problem)
    assume(len(plan.chosen))
    return problem, plan, prove(problem, plan)


@settings(max_examples=300, deadline=None)
@given(seeds, sizes, sizes)
def test_a_plan_with_one_placement_less_or_another_has_no_proof(
    seed: int, givers: int, places: int
) -> None:
    problem, plan, certificate = solved(seed, givers, places)
    r = Random(seed)
    gone = np.delete(plan.chosen, r.randrange(len(plan.chosen)))
    for chosen in (gone, np.zeros(0, dtype=np.int64), greedy(problem).chosen):
        spoilt = planned(problem, chosen)
        if spoilt.value == plan.value:
            assert holds(problem, spoilt, prove(problem, spoilt))
            continue
        assert spoilt.value < plan.value
        assert not holds(problem, spoilt, certificate)
        with pytest.raises(NotOptimal):
            prove(problem, spoilt)


@settings(max_examples=300, deadline=None)
@given(seeds, sizes, sizes)
def test_a_plan_that_breaks_a_limit_or_names_what_is_no_candidate_does_not_hold(
    seed: int, givers: int, places: int
) -> None:
    problem, plan, certificate = solved(seed, givers, places)
    many = len(problem.candidates)
    others = np.setdiff1d(np.arange(many), plan.chosen)
    twice = np.sort(np.append(plan.chosen, plan.chosen[:1]))
    spoilt = [planned(problem, twice), planned(problem, plan.chosen[::-1])]
    spoilt += [planned(problem, np.union1d(plan.chosen, [other])) for other in others[:5]]
    spoilt += [
        replace(plan, chosen=np.append(plan.chosen, many)),
        replace(plan, score=plan.score + 1),
    ]
    spoilt += [replace(plan, chosen=plan.chosen - many), replace(plan, value=plan.value + 1)]
    for each in spoilt:
        if not np.array_equal(each.chosen, plan.chosen) or each.score != plan.score:
            assert not holds(problem, each, certificate)


@settings(max_examples=300, deadline=None)
@given(seeds, sizes, sizes)
def test_a_certificate_with_any_price_changed_does_not_hold(
    seed: int, givers: int, places: int
) -> None:
    problem, plan, certificate = solved(seed, givers, places)
    network = problem.network
    limits = {
        "giver": network.giver_limit,
        "slot": network.slot_limit,
        "place_slot": network.place_slot_limit,
        "place": network.place_limit,
    }
    assert holds(problem, plan, certificate)
    r = Random(seed)
    for layer in LAYERS:
        prices = getattr(certificate, layer)
        paid = np.flatnonzero(limits[layer] > 0)
        if not len(paid):
            continue
        at = int(r.choice(paid))
        for by in (1, -1, 1 << 61, network.unit):
            other = prices.copy()
            other[at] += by
            assert not holds(problem, plan, replace(certificate, **{layer: other}))
        assert not holds(problem, plan, replace(certificate, **{layer: prices[:-1]}))
    assert not holds(problem, plan, replace(certificate, network=b"\0" * 32))


@settings(max_examples=200, deadline=None)
@given(seeds, sizes, sizes)
def test_a_certificate_is_of_one_network_only(seed: int, givers: int, places: int) -> None:
    problem, plan, certificate = solved(seed, givers, places)
    dearer = problem.network.value.copy()
    dearer[0] += 1
    other = replace(problem, network=replace(problem.network, value=dearer))
    assert not holds(other, plan, certificate)


@settings(max_examples=200, deadline=None)
@given(seeds, sizes, sizes, st.sampled_from(["cover", "time", "distance", "excluded", "hours"]))
def test_a_chosen_placement_that_breaks_a_condition_does_not_hold(
    seed: int, givers: int, places: int, what: str
) -> None:
    problem, plan, certificate = solved(seed, givers, places)
    t = problem.territory
    slot = int(problem.network.giver_slot[plan.chosen[0]])
    place_slot = int(problem.network.place_slot[plan.chosen[0]])
    giver, place = int(t.giver_slots.giver[slot]), int(t.place_slots.place[place_slot])
    if what == "cover":
        t = replace(t, places=replace(t.places, covered=np.zeros_like(t.places.covered)))
    elif what == "time":
        needed = np.full_like(t.place_slots.needed, 2_000)
        t = replace(t, place_slots=replace(t.place_slots, needed=needed))
    elif what == "distance":
        t = replace(t, givers=replace(t.givers, lat=t.givers.lat + 5))
    elif what == "excluded":
        t = replace(t, excluded=np.array([[giver, place]]))
    else:
        weekly = np.zeros_like(t.givers.weekly_minutes)
        t = replace(t, givers=replace(t.givers, weekly_minutes=weekly))
    assert not holds(replace(problem, territory=t), plan, certificate)


def test_the_example_of_the_page() -> None:
    """Amina and Rosa, the class and the hall (docs/domain/matching.md)."""
    one = np.ones(2, dtype=np.int64)
    rows = np.arange(2, dtype=np.int32)
    network = Network(
        rows, rows, one, one, one, one, np.array([0, 0, 1, 1], dtype=np.int32),
        np.array([0, 1, 0, 1], dtype=np.int32), np.array([2850, 2100, 2700, 1200]), 1,
    )  # fmt: skip
    nothing = np.zeros(2, dtype=np.int64)
    prices = Certificate(
        digest(network), np.array([150, 0]), nothing, nothing, np.array([2700, 1950])
    )
    assert best_flow(network).tolist() == [1, 2]
    assert proved(network, np.array([1, 2]), prices)
    assert not proved(network, np.array([0, 3]), prices)


@settings(max_examples=150, deadline=None)
@given(seeds, sizes, sizes)
def test_a_certificate_is_kept_as_bytes(seed: int, givers: int, places: int) -> None:
    problem, plan, certificate = solved(seed, givers, places)
    again = Certificate.from_bytes(certificate.to_bytes())
    assert holds(problem, plan, again)
    for layer in LAYERS:
        assert np.array_equal(getattr(again, layer), getattr(certificate, layer))


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=200))
def test_bytes_that_are_no_certificate_are_refused(kept: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        Certificate.from_bytes(kept)
    assert not sealed_holds(kept)


@settings(max_examples=300, deadline=None)
@given(seeds, sizes, sizes)
def test_a_sealed_plan_is_checked_without_the_data_and_no_byte_can_be_changed(
    seed: int, givers: int, places: int
) -> None:
    problem, plan, certificate = solved(seed, givers, places)
    kept = sealed(problem, plan, certificate)
    assert sealed_holds(kept)
    r = Random(seed)
    for _ in range(8):
        spoilt = bytearray(kept)
        spoilt[r.randrange(len(kept))] ^= 1 << r.randrange(8)
        assert not sealed_holds(bytes(spoilt))
    assert not sealed_holds(kept[:-1])
    assert not sealed_holds(kept + b"\0")
