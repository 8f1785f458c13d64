"""The best few for one: places for a giver, givers for a place. No plan, no competition."""

from dataclasses import dataclass

import numpy as np

from farelegami.matching.rules.parts import Part, Weights
from farelegami.matching.solver.arrays import Ints, Territory
from farelegami.matching.solver.candidates import pointed, scores
from farelegami.matching.solver.conditions import (
    Way,
    overlap,
    pair_obstacles,
    slot_obstacles,
    slot_pairs,
    way,
)


@dataclass(frozen=True, slots=True)
class Choice:
    """A placement that can be, with its best hours; rows of the territory."""

    giver: int
    place: int
    giver_slot: int
    place_slot: int
    overlap: int  # minutes
    minutes: int  # of travel, one way
    means: int
    score: int
    points: tuple[int, ...]  # in the order of Part


def best_for(
    territory: Territory, giver: int, *, weights: Weights | None = None, k: int = 5
) -> list[Choice]:
    """Return the k places that suit the giver best, each once, the best first."""
    places = np.flatnonzero(
        territory.places.covered
        & (territory.places.capacity > 0)
        & (territory.first_place_slot[1:] > territory.first_place_slot[:-1])
    )
    if territory.givers.places[giver] < 1:
        places = places[:0]
    return _best(territory, np.full(len(places), giver), places, weights, k, one_each="place")


def best_helpers(
    territory: Territory, place: int, *, weights: Weights | None = None, k: int = 5
) -> list[Choice]:
    """Return the k givers who suit the place best, each once, the best first."""
    givers = np.flatnonzero(territory.givers.places > 0)
    if territory.places.capacity[place] < 1:
        givers = givers[:0]
    return _best(territory, givers, np.full(len(givers), place), weights, k, one_each="giver")


def _best(
    territory: Territory,
    giver: Ints,
    place: Ints,
    weights: Weights | None,
    k: int,
    *,
    one_each: str,
) -> list[Choice]:
    gone = way(territory, giver, place)
    fits = np.flatnonzero(pair_obstacles(territory, giver, place, gone) == 0)
    row, giver_slot, place_slot = slot_pairs(territory, giver[fits], place[fits])
    can = slot_obstacles(territory, giver_slot, place_slot) == 0
    can &= territory.place_slots.capacity[place_slot] > 0
    kept = np.flatnonzero(can)
    row, giver_slot, place_slot = fits[row[kept]], giver_slot[kept], place_slot[kept]
    shared = overlap(territory, giver_slot, place_slot)
    went = Way(gone.road_m[row], gone.minutes[row], gone.means[row])
    found = pointed(territory, giver_slot, place_slot, shared, went)
    score = scores(found, (weights or Weights()).row())
    # Of hours worth the same those that suit best, as among the candidates of a plan.
    time = -found.points[:, Part.TIME].astype(np.int64)
    order = np.lexsort((place_slot, giver_slot, time, place[row], giver[row], -score))
    whose = (place if one_each == "place" else giver)[row][order]
    _, first = np.unique(whose, return_index=True)
    return [
        Choice(
            int(giver[row[at]]), int(place[row[at]]), int(giver_slot[at]), int(place_slot[at]),
            int(shared[at]), int(went.minutes[at]), int(went.means[at]), int(score[at]),
            tuple(int(found.points[at, part]) for part in Part),
        )
        for at in order[np.sort(first)[:k]].tolist()
    ]  # fmt: skip
