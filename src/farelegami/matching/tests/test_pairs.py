"""One person on a page is judged as in a plan."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from farelegami.matching.rules.conditions import Obstacle
from farelegami.matching.rules.pairs import (
    Hours,
    Meeting,
    Offer,
    Post,
    best_offers,
    best_posts,
    obstacles,
)
from farelegami.matching.rules.pairs import facts_of as facts_of_one
from farelegami.matching.rules.parts import Weights
from farelegami.matching.rules.words import Facts
from farelegami.matching.solver import (
    Choice,
    Problem,
    best_for,
    best_helpers,
    candidates,
    facts_of,
    obstacles_of_giver,
    posed,
)
from farelegami.matching.tests.builders import World, random_world, territory_of


def offer_of(world: World, i: int) -> Offer:
    facts = dict(vars(world.givers[i]))
    facts["employer"] = None if facts["employer"] < 0 else facts["employer"]
    hours = tuple(
        Hours(s.weekday, s.date, s.start, s.end, s.certain)
        for s in world.giver_slots
        if s.giver == i
    )
    return Offer(**facts, hours=hours)


def post_of(world: World, j: int) -> Post:
    meetings = tuple(
        Meeting(t.weekday, t.date, t.start, t.end, t.capacity, t.needed)
        for t in world.place_slots
        if t.place == j
    )
    return Post(**vars(world.places[j]), meetings=meetings)


def _same_facts(problem: Problem, choice: Choice, facts: Facts) -> None:
    found = problem.candidates
    at = (found.giver_slot == choice.giver_slot) & (found.place_slot == choice.place_slot)
    of_plan = facts_of(problem, int(np.flatnonzero(at)[0]))
    # Of two hours with the same points either may be told.
    rows = dict.fromkeys(("giver", "place", "giver_slot", "place_slot"), -1)
    rows |= {name: getattr(of_plan, name) for name in ("weekday", "date", "start", "end")}
    rows |= {name: getattr(of_plan, name) for name in ("needed", "certain")}
    assert replace(facts, **rows) == replace(of_plan, **{name: rows[name] for name in rows})


@settings(max_examples=250, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 6), st.integers(1, 8), st.booleans())
def test_a_page_and_a_plan_judge_alike(seed: int, givers: int, places: int, easy: bool) -> None:
    world = random_world(seed, givers, places, easy=easy)
    territory = territory_of(world)
    at = Random(seed).randrange(givers)  # noqa: S311
    i = int(territory.rows.givers[at])
    offer = offer_of(world, i)
    posts = [post_of(world, j) for j in range(places)]
    told = obstacles_of_giver(territory, at)
    for row, j in enumerate(territory.rows.places.tolist()):
        alike = obstacles(offer, posts[j], excluded=(i, j) in world.excluded)
        assert alike == Obstacle(int(told.bits[row]))
    found = best_posts(
        offer,
        posts,
        weights=Weights(),
        k=4,
        excluded={posts[j].key for one, j in world.excluded if one == i},
        known={organisation for one, organisation in world.known if one == i},
    )
    by_plan = best_for(territory, at, k=4)
    assert [(each.score, each.post.key) for each in found] == [
        (each.score, int(territory.places.key[each.place])) for each in by_plan
    ]
    problem = posed(territory, candidates(territory))
    for one, other in zip(found, by_plan, strict=True):
        _same_facts(problem, other, facts_of_one(one))
        assert (one.points, one.minutes, one.means) == (other.points, other.minutes, other.means)


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 8), st.integers(1, 4), st.booleans())
def test_who_could_help_is_the_same_on_a_page(
    seed: int, givers: int, places: int, easy: bool
) -> None:
    world = random_world(seed, givers, places, easy=easy)
    territory = territory_of(world)
    j = int(territory.rows.places[0])
    found = best_offers(
        post_of(world, j),
        [offer_of(world, i) for i in range(givers)],
        weights=Weights(),
        k=3,
        excluded={world.givers[i].key for i, one in world.excluded if one == j},
        known={
            world.givers[i].key
            for i, organisation in world.known
            if organisation == world.places[j].organisation
        },
    )
    assert [(each.score, each.offer.key) for each in found] == [
        (each.score, int(territory.givers.key[each.giver]))
        for each in best_helpers(territory, 0, k=3)
    ]
