"""The best plan over the whole territory: a flow from people through their hours to places.

    giver --places--> giver slot --1--> (candidate) --> place slot --capacity--> place --capacity-->

Every layer holds one limit, so times and places are exact and whole numbers come out by
themselves. What flows past unused is nobody's placement: leaving somebody without is allowed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from typing import Final

import numpy as np
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

from farelegami.matching.rules.parts import Weights
from farelegami.matching.solver.arrays import Bits, Ints, Rows32, Territory
from farelegami.matching.solver.candidates import Candidates, scores
from farelegami.matching.solver.conditions import among, overlap

_TIES: Final = 1 << 12
_ROOM: Final = 1 << 61


class TooLarge(ValueError):
    """So many people and places that their scores could leave the numbers of the solver."""


class Unsolved(RuntimeError):
    """The solver gave up: a defect, since leaving everybody without is always a plan."""


@dataclass(frozen=True, slots=True)
class RefusedPin:
    """A placement somebody pinned that cannot be: hours or places do not allow it."""

    giver: int
    place_slot: int


@dataclass(frozen=True, slots=True)
class Network:
    """What is solved and proved, and nothing else: limits, and candidates with their value.

    `value` is `score * unit` plus a small tie from the keys; the ties of a whole plan stay under
    half a unit, so the best plan by value is a best plan by score.
    """

    slot_giver: Rows32  # (S,)
    slot_place: Rows32  # (T,)
    giver_limit: Ints  # (n,) placements
    slot_limit: Ints  # (S,) 0 or 1
    place_slot_limit: Ints  # (T,)
    place_limit: Ints  # (m,)
    giver_slot: Rows32  # (E,) of each candidate, in order of (giver slot, place slot)
    place_slot: Rows32  # (E,)
    value: Ints  # (E,) at least 0
    unit: int


@dataclass(frozen=True)
class Problem:
    """A territory, what can be in it, what each part weighs, and the network of all that."""

    territory: Territory
    candidates: Candidates  # but those of who is pinned, where they are pinned
    weights: Weights
    score: Ints  # (E,) of each candidate
    network: Network
    pinned: Ints  # (p, 2) giver slot, place slot: taken out beforehand, they hold
    refused: tuple[RefusedPin, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """Who gives where. Beside `chosen` hold the pinned placements of the problem."""

    chosen: Ints  # (q,) candidates, in order
    score: int  # of the chosen
    value: int  # of the chosen, as the network counts: what is proved


def posed(
    territory: Territory, found: Candidates, weights: Weights | None = None, *, seed: int = 0
) -> Problem:
    """Return the problem with its pins taken out. `seed` turns the ties: the day of the plan.

    Raises:
        TooLarge: more people and places than the numbers hold, some ten million.
    """
    weights = weights or Weights()
    pinned, refused = _pinned(territory)
    found = _unpinned(territory, found, pinned)
    s, t = territory.giver_slots, territory.place_slots
    limits = [
        territory.givers.places.astype(np.int64),
        np.ones(len(s), dtype=np.int64),
        t.capacity.astype(np.int64),
        territory.places.capacity.astype(np.int64),
    ]
    np.subtract.at(limits[0], s.giver[pinned[:, 0]], 1)
    np.subtract.at(limits[1], pinned[:, 0], 1)
    np.subtract.at(limits[2], pinned[:, 1], 1)
    np.subtract.at(limits[3], t.place[pinned[:, 1]], 1)
    limits = [np.maximum(limit, 0) for limit in limits]
    score = scores(found, weights.row())
    unit, ties = unit_of(weights, limits)
    network = Network(
        s.giver, t.place, limits[0], limits[1], limits[2], limits[3],
        found.giver_slot, found.place_slot, score * unit + _tie(territory, found, seed, ties), unit,
    )  # fmt: skip
    return Problem(territory, found, weights, score, network, pinned, refused)


def unit_of(weights: Weights, limits: Sequence[Ints]) -> tuple[int, int]:
    """Return what a point is worth and how many different ties there are.

    The solver multiplies each cost by the number of nodes: that too must stay in 64 bits.

    Raises:
        TooLarge: it cannot, even without ties.
    """
    most = int(min(limits[0].sum(), limits[1].sum(), limits[3].sum())) + 1
    nodes = 2 + sum(len(limit) for limit in limits)
    ties = _TIES
    while ties > 1 and (weights.most() + 1) * 2 * most * ties * nodes > _ROOM:
        ties //= 2
    if (weights.most() + 1) * 2 * most * ties * nodes > _ROOM:
        message = f"{nodes} people, hours and places"
        raise TooLarge(message)
    return 2 * most * ties, ties


def _tie(territory: Territory, found: Candidates, seed: int, ties: int) -> Ints:
    """Return (E,) numbers below `ties` that depend on keys, hours and seed alone."""
    s, t = territory.giver_slots, territory.place_slots
    one = _mixed(territory.givers.key.view(np.uint64)[s.giver] ^ np.uint64(seed % (1 << 64)))
    for column in (s.weekday, s.date, s.start):
        one = _mixed(one ^ column.astype(np.uint64))
    other = _mixed(~territory.places.key.view(np.uint64)[t.place])
    for column in (t.weekday, t.date, t.start, t.end):
        other = _mixed(other ^ column.astype(np.uint64))
    both = _mixed(one[found.giver_slot] ^ other[found.place_slot])
    return (both % np.uint64(ties)).astype(np.int64)


def _mixed(bits: Bits) -> Bits:
    """Return each number well shaken. Source: splitmix64 (Steele, Lea, Flood 2014)."""
    bits = bits + np.uint64(0x9E3779B97F4A7C15)
    bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return bits ^ (bits >> np.uint64(31))


def _pinned(territory: Territory) -> tuple[Ints, tuple[RefusedPin, ...]]:
    """Return (p, 2) giver slot and place slot of the pins that can hold, and the others.

    A pin takes the hours that fit; where two pins of one giver want the same hours, the first
    makes room if it has others.
    """
    t = territory.place_slots
    wanted = territory.givers.places.astype(np.int64).tolist()
    at_a_time = t.capacity.astype(np.int64).tolist()
    over_all = territory.places.capacity.astype(np.int64).tolist()
    held: dict[int, int] = {}  # giver slot: place slot
    refused = []
    for giver, place_slot in territory.pins.tolist():
        place = int(t.place[place_slot])
        room = wanted[giver] > 0 and at_a_time[place_slot] > 0 and over_all[place] > 0
        if room and _seated(territory, giver, place_slot, held, set()):
            wanted[giver] -= 1
            at_a_time[place_slot] -= 1
            over_all[place] -= 1
        else:
            refused.append(RefusedPin(giver, place_slot))
    pinned = np.array(sorted(held.items()), dtype=np.int64).reshape(-1, 2)
    return pinned, tuple(refused)


def _unpinned(territory: Territory, found: Candidates, pinned: Ints) -> Candidates:
    """Return the candidates without those of somebody in a slot where they are pinned.

    At other hours of theirs they would take a second place in it.
    """
    if not len(pinned):
        return found
    many, giver = len(territory.place_slots), territory.giver_slots.giver.astype(np.int64)
    fixed = np.unique(giver[pinned[:, 0]] * many + pinned[:, 1])
    stays = ~among(fixed, giver[found.giver_slot] * many + found.place_slot)
    return Candidates(*(getattr(found, column.name)[stays] for column in fields(found)))


def _seated(
    territory: Territory, giver: int, place_slot: int, held: dict[int, int], tried: set[int]
) -> bool:
    """Find hours of the giver for the pin, moving other pins of theirs if need be."""
    first = territory.first_giver_slot
    slots = np.arange(first[giver], first[giver + 1])
    shared = overlap(territory, slots, np.full(len(slots), place_slot))
    enough = shared >= territory.place_slots.needed[place_slot]
    for at in np.lexsort((slots, -shared)).tolist():
        slot = int(slots[at])
        if not enough[at] or slot in tried:
            continue
        tried.add(slot)
        if slot not in held or _seated(territory, giver, held[slot], held, tried):
            held[slot] = place_slot
            return True
    return False


def solve(problem: Problem) -> Plan:
    """Return the plan of the highest value; the same problem gives the same plan.

    Raises:
        Unsolved: the solver did not finish.
    """
    return planned(problem, best_flow(problem.network))


def planned(problem: Problem, chosen: Ints) -> Plan:
    """Return the plan of these candidates."""
    score, value = problem.score[chosen].sum(), problem.network.value[chosen].sum()
    return Plan(chosen, int(score), int(value))


def best_flow(network: Network) -> Ints:
    """Return the candidates of the flow of the highest value.

    Raises:
        Unsolved: the solver did not finish.
    """
    givers, slots = len(network.giver_limit), len(network.slot_limit)
    place_slots, places = len(network.place_slot_limit), len(network.place_limit)
    giver = 1
    slot = giver + givers
    place_slot = slot + slots
    place = place_slot + place_slots
    sink = place + places
    flow = SimpleMinCostFlow()

    def add(tails: Ints, heads: Ints, limits: Ints, costs: Ints) -> object:
        return flow.add_arcs_with_capacity_and_unit_cost(
            tails.astype(np.int32), heads.astype(np.int32), limits, costs
        )

    def layer(tails: Ints, heads: Ints, limits: Ints) -> None:
        add(tails, heads, limits, np.zeros(len(limits), dtype=np.int64))

    arcs = add(
        slot + network.giver_slot.astype(np.int64),
        place_slot + network.place_slot.astype(np.int64),
        np.ones(len(network.value), dtype=np.int64),
        -network.value,
    )
    layer(np.zeros(givers, dtype=np.int64), giver + np.arange(givers), network.giver_limit)
    layer(giver + network.slot_giver.astype(np.int64), slot + np.arange(slots), network.slot_limit)
    layer(
        place_slot + np.arange(place_slots),
        place + network.slot_place.astype(np.int64),
        network.place_slot_limit,
    )
    layer(place + np.arange(places), np.full(places, sink), network.place_limit)
    total = int(min(network.giver_limit.sum(), network.place_limit.sum()))
    flow.add_arc_with_capacity_and_unit_cost(0, sink, total, 0)
    flow.set_node_supply(0, total)
    flow.set_node_supply(sink, -total)
    status = flow.solve()
    if status != flow.OPTIMAL:
        raise Unsolved(str(status))
    if not len(network.value):
        return np.zeros(0, dtype=np.int64)
    return np.flatnonzero(np.asarray(flow.flows(arcs)) > 0).astype(np.int64)


def greedy(problem: Problem, order: Iterable[int] | None = None) -> Plan:
    """Return the plan of who takes the best that is left, one after the other: to compare with.

    `order` is the candidates to try; by default the highest value first.
    """
    network = problem.network
    giver, slot = network.giver_limit.tolist(), network.slot_limit.tolist()
    place_slot, place = network.place_slot_limit.tolist(), network.place_limit.tolist()
    if order is None:
        order = np.argsort(-network.value, kind="stable").tolist()
    s_of, t_of = network.giver_slot.tolist(), network.place_slot.tolist()
    g_of, p_of = network.slot_giver.tolist(), network.slot_place.tolist()
    chosen = []
    for each in order:
        s, t = s_of[each], t_of[each]
        g, p = g_of[s], p_of[t]
        if slot[s] and giver[g] and place_slot[t] and place[p]:
            slot[s] -= 1
            giver[g] -= 1
            place_slot[t] -= 1
            place[p] -= 1
            chosen.append(each)
    return planned(problem, np.array(sorted(chosen), dtype=np.int64))
