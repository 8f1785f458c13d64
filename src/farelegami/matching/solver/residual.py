"""What may still flow once a plan is made, and the shortest ways through it (Bellman and Ford).

Nodes are givers, their slots, slots of places, places, and one root that stands for both ends:
leaving somebody without costs nothing either way. Costs are minus the values. Whole layers are
relaxed at a time; only slots that came nearer send their candidates through again.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from farelegami.matching.solver.arrays import Flags, Ints
from farelegami.matching.solver.flow import Network

FAR: Final = 1 << 62
_KNOWN: Final = 1 << 61
_FEW: Final = 8  # one in so many: then they are looked up one by one


class EndlessGain(Exception):
    """Going round and round keeps paying: the plan is not the best."""


@dataclass(slots=True)
class Distances:
    """How far each node is; FAR where no way is known."""

    root: int
    giver: Ints
    slot: Ints
    place_slot: Ints
    place: Ints


class Residual:
    """The network once these candidates are chosen, one of them perhaps set aside (`without`)."""

    def __init__(self, network: Network, chosen: Ints, without: int | None = None) -> None:
        self._network = network
        s, t = network.giver_slot[chosen], network.place_slot[chosen]
        uses = (
            (network.slot_giver[s], network.giver_limit),
            (s, network.slot_limit),
            (t, network.place_slot_limit),
            (network.slot_place[t], network.place_limit),
        )
        used = [np.bincount(each, minlength=len(limit)) for each, limit in uses]
        self._free = [use < limit for use, (_, limit) in zip(used, uses, strict=True)]
        self._used = [use > 0 for use in used]
        self._used_slots = np.flatnonzero(used[1])
        kept = chosen[chosen != (-1 if without is None else without)]
        self._back = network.giver_slot[kept], network.place_slot[kept], network.value[kept]
        # A shortest way takes back each chosen placement once at most, and meets the root once.
        self._rounds = len(chosen) + 6
        self._edges(without)

    def _edges(self, without: int | None) -> None:
        network = self._network
        slot_open = (network.slot_limit > 0) & (network.giver_limit[network.slot_giver] > 0)
        place_open = (network.place_slot_limit > 0) & (network.place_limit[network.slot_place] > 0)
        live = slot_open[network.giver_slot] & place_open[network.place_slot]
        if without is not None:
            live[without] = False
        edges = np.flatnonzero(live)
        self._edge_heads, self._values = network.place_slot[edges], network.value[edges]
        tails = network.giver_slot[edges]
        self._first = np.searchsorted(tails, np.arange(len(network.slot_limit) + 1))
        order = np.argsort(self._edge_heads, kind="stable")
        heads = self._edge_heads[order]
        self._starts = np.flatnonzero(np.diff(heads, prepend=-1))
        self._heads = heads[self._starts]
        self._tails, self._values_by_head = tails[order], self._values[order]

    @staticmethod
    def known(far: Ints) -> Flags:
        """Return for which nodes a way is known."""
        return far < _KNOWN

    def nowhere(self) -> Distances:
        """Return distances with no way known to any node."""
        network = self._network
        limits = (
            network.giver_limit, network.slot_limit, network.place_slot_limit, network.place_limit,
        )  # fmt: skip
        return Distances(FAR, *(np.full(len(limit), FAR, dtype=np.int64) for limit in limits))

    def settle(self, far: Distances) -> None:
        """Shorten the distances until none can be shorter.

        Raises:
            EndlessGain: there would be no end.
        """
        sent = np.full(len(far.slot), FAR, dtype=np.int64)
        root = FAR + 1
        for _ in range(self._rounds):
            self._forward_to_slots(far)
            changed = np.flatnonzero(far.slot < sent)
            if not len(changed) and far.root == root:
                return
            self._across(far, changed)
            sent[changed] = far.slot[changed]
            root = far.root
            self._around_and_back(far)
        raise EndlessGain

    def _forward_to_slots(self, far: Distances) -> None:
        owner = self._network.slot_giver
        free_giver, free_slot = self._free[0], self._free[1]
        far.giver[free_giver] = np.minimum(far.giver[free_giver], far.root)
        back = self._used_slots
        np.minimum.at(far.giver, owner[back], far.slot[back])
        far.slot[free_slot] = np.minimum(far.slot[free_slot], far.giver[owner[free_slot]])
        far.root = min(far.root, int(far.giver[self._used[0]].min(initial=FAR)))

    def _across(self, far: Distances, changed: Ints) -> None:
        if len(changed) * _FEW > len(far.slot):
            near = far.slot[self._tails] - self._values_by_head
            near[~self.known(far.slot)[self._tails]] = FAR
            best = np.minimum.reduceat(near, self._starts) if len(near) else near
            far.place_slot[self._heads] = np.minimum(far.place_slot[self._heads], best)
            return
        first = self._first[changed]
        many = self._first[changed + 1] - first
        edges = np.arange(int(many.sum())) + np.repeat(first - np.cumsum(many) + many, many)
        near = np.repeat(far.slot[changed], many) - self._values[edges]
        np.minimum.at(far.place_slot, self._edge_heads[edges], near)

    def _around_and_back(self, far: Distances) -> None:
        owner = self._network.slot_place
        free, used = self._free[2], self._used[2]
        np.minimum.at(far.place, owner[free], far.place_slot[free])
        taken = self._used[3]
        far.place[taken] = np.minimum(far.place[taken], far.root)
        far.root = min(far.root, int(far.place[self._free[3]].min(initial=FAR)))
        far.place_slot[used] = np.minimum(far.place_slot[used], far.place[owner[used]])
        tails, heads, values = self._back
        there = far.place_slot[heads]
        back = np.where(self.known(there), there + values, FAR)
        far.slot[tails] = np.minimum(far.slot[tails], back)
