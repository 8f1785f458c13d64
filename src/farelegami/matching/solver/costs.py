"""What it costs to override the plan: exactly, and without making it again."""

from dataclasses import replace

import numpy as np

from farelegami.matching.solver.flow import Network, Plan, Problem, best_flow, planned
from farelegami.matching.solver.residual import Residual


def cost_of_forcing(problem: Problem, plan: Plan, candidate: int) -> int | None:
    """Return by how much the score of the best plan falls if it must hold this candidate.

    `plan` is the best one. 0 where it holds the candidate already; below 0 is not possible. None
    where a pinned placement leaves no room for it.
    """
    if candidate in plan.chosen:
        return 0
    network = problem.network
    if not _has_room(network, candidate):
        return None
    slot, place_slot = int(network.giver_slot[candidate]), int(network.place_slot[candidate])
    residual = Residual(network, plan.chosen)
    far = residual.nowhere()
    far.place_slot[place_slot] = 0
    residual.settle(far)
    return _points(int(far.slot[slot]) - int(network.value[candidate]), network.unit)


def plan_with(problem: Problem, candidate: int) -> Plan:
    """Return the best plan that holds this candidate: made again, to show who else would move.

    Raises:
        ValueError: a pinned placement leaves no room for the candidate.
    """
    network = problem.network
    if not _has_room(network, candidate):
        message = "a pinned placement stands in the way"
        raise ValueError(message)
    slot, place_slot = network.giver_slot[candidate], network.place_slot[candidate]
    ends = (
        ("giver_limit", network.slot_giver[slot]),
        ("slot_limit", slot),
        ("place_slot_limit", place_slot),
        ("place_limit", network.slot_place[place_slot]),
    )
    left = {name: getattr(network, name).copy() for name, _ in ends}
    for name, at in ends:
        left[name][at] -= 1
    return planned(problem, np.union1d(best_flow(replace(network, **left)), [candidate]))


def _has_room(network: Network, candidate: int) -> bool:
    slot, place_slot = network.giver_slot[candidate], network.place_slot[candidate]
    limits = (
        network.slot_limit[slot], network.giver_limit[network.slot_giver[slot]],
        network.place_slot_limit[place_slot], network.place_limit[network.slot_place[place_slot]],
    )  # fmt: skip
    return bool(min(limits) > 0)


def cost_of_taking_out(problem: Problem, plan: Plan, candidate: int) -> int:
    """Return by how much the score of the best plan falls if it may not hold this candidate.

    `plan` is the best one. 0 where it does not hold it anyway.
    """
    if candidate not in plan.chosen:
        return 0
    network = problem.network
    residual = Residual(network, plan.chosen, without=candidate)
    far = residual.nowhere()
    far.slot[network.giver_slot[candidate]] = 0
    residual.settle(far)
    way = int(far.place_slot[network.place_slot[candidate]])
    return _points(way + int(network.value[candidate]), network.unit)


def _points(lost: int, unit: int) -> int:
    """Return the points in a loss of value: all ties together are less than half a unit."""
    return int(np.floor_divide(lost + unit // 2, unit))
