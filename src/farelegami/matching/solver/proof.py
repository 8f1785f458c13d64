"""That no plan is better, shown without the solver: a price for every limit.

A certificate says what each limit is worth: one more placement of a giver, one more use of their
hours, one more person in a slot, one more in a place. If every candidate is worth at most the
prices of the four limits it uses, no plan can be worth more than all limits at their prices; and
a plan that is worth exactly that is the best (weak duality). Checking takes one pass.
"""

import hashlib
import struct
import zlib
from dataclasses import dataclass, fields
from typing import Any, Final, Self

import numpy as np

from farelegami.matching.solver.arrays import Ints
from farelegami.matching.solver.conditions import pair_obstacles, slot_obstacles, way
from farelegami.matching.solver.flow import Network, Plan, Problem
from farelegami.matching.solver.residual import EndlessGain, Residual

_MARK: Final = b"FLC1"
_HEAD: Final = struct.Struct(">4s32s4Q")
_SEAL: Final = b"FLS1"
_SEAL_HEAD: Final = struct.Struct(">4sqqQQQ4Q")
_HASH: Final = 32
_LARGEST: Final = 1 << 32
_MOST: Final = 1 << 62
_LAYERS: Final = ("giver", "slot", "place_slot", "place")


class NotOptimal(Exception):
    """There is a better plan, so there is no proof that there is none."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """The price of every limit, in the unit of the network, and which network it is about."""

    network: bytes  # SHA-256 of its arrays
    giver: Ints  # (n,)
    slot: Ints  # (S,)
    place_slot: Ints  # (T,)
    place: Ints  # (m,)

    def to_bytes(self) -> bytes:
        """Return the certificate, compressed."""
        columns = [getattr(self, name) for name in _LAYERS]
        head = _HEAD.pack(_MARK, self.network, *(len(each) for each in columns))
        return head + zlib.compress(b"".join(each.astype("<i8").tobytes() for each in columns))

    @classmethod
    def from_bytes(cls, kept: bytes) -> Self:
        """Return the certificate of these bytes.

        Raises:
            ValueError: they are none.
        """
        try:
            mark, network, *sizes = _HEAD.unpack_from(kept)
            columns, left = _columns(_inflated(kept[_HEAD.size :], 8 * sum(sizes)), sizes)
        except (struct.error, zlib.error) as error:
            raise ValueError(str(error)) from error
        if mark != _MARK or left:
            message = "no certificate"
            raise ValueError(message)
        return cls(network, *columns)


def _inflated(packed: bytes, size: int) -> bytes:
    """Return the bytes, which must be that many.

    Raises:
        ValueError: they are more, or fewer.
    """
    if size > _LARGEST:
        message = "too large"
        raise ValueError(message)
    inflate = zlib.decompressobj()
    made = inflate.decompress(packed, size + 1)
    if len(made) != size or not inflate.eof or inflate.unused_data:
        message = f"not {size} bytes"
        raise ValueError(message)
    return made


def _columns(made: bytes, sizes: list[int]) -> tuple[list[Ints], int]:
    values = np.frombuffer(made, dtype="<i8").astype(np.int64)
    return np.split(values, np.cumsum(sizes))[:-1], len(values) - sum(sizes)


def prove(problem: Problem, plan: Plan) -> Certificate:
    """Return the proof that no plan of the problem is worth more.

    Raises:
        NotOptimal: one is.
    """
    network = problem.network
    residual = Residual(network, plan.chosen)
    far = residual.nowhere()
    far.root = 0
    try:
        residual.settle(far)
    except EndlessGain as gain:
        raise NotOptimal from gain
    if far.root < 0:
        raise NotOptimal
    g, s = far.giver, far.slot
    t, p = far.place_slot, far.place
    rises = (g, s - g[network.slot_giver], p[network.slot_place] - t, -p)
    limits = (
        network.giver_limit, network.slot_limit, network.place_slot_limit, network.place_limit,
    )  # fmt: skip
    # Where nothing is left, after a pin say, any price will do: none of it is paid.
    most = int(network.value.max(initial=0))
    prices = [
        np.where(limit == 0, most, np.where(residual.known(node), np.maximum(rise, 0), 0))
        for node, rise, limit in zip((g, s, t, p), rises, limits, strict=True)
    ]
    return Certificate(digest(network), *prices)


def digest(network: Network) -> bytes:
    """Return the SHA-256 of all that the network is."""
    told = hashlib.sha256()
    for column in fields(network):
        values = getattr(network, column.name)
        told.update(f"{column.name} {np.shape(values)} ".encode())
        told.update(np.ascontiguousarray(values, dtype="<i8").tobytes())
    return told.digest()


def holds(problem: Problem, plan: Plan, certificate: Certificate) -> bool:
    """Return whether the plan breaks nothing and the certificate shows that none is better.

    Looks at every chosen placement's hard conditions again, by pairs and not by blocks; at all
    limits; at every candidate's price; and at the two sums.
    """
    if not proved(problem.network, plan.chosen, certificate):
        return False
    network, chosen = problem.network, plan.chosen
    if int(problem.score[chosen].sum()) != plan.score:
        return False
    if int(network.value[chosen].sum()) != plan.value:
        return False
    territory = problem.territory
    slot = network.giver_slot[chosen].astype(np.int64)
    place_slot = network.place_slot[chosen].astype(np.int64)
    giver = territory.giver_slots.giver[slot].astype(np.int64)
    place = territory.place_slots.place[place_slot].astype(np.int64)
    gone = way(territory, giver, place)
    broken = pair_obstacles(territory, giver, place, gone)
    broken |= slot_obstacles(territory, slot, place_slot)
    return not broken.any()


def proved(network: Network, chosen: Ints, certificate: Certificate) -> bool:
    """Return whether the chosen keep all limits and the prices show that no choice is better."""
    prices = [getattr(certificate, name) for name in _LAYERS]
    limits = [
        network.giver_limit, network.slot_limit, network.place_slot_limit, network.place_limit,
    ]  # fmt: skip
    if certificate.network != digest(network) or not _keeps(network, chosen, limits):
        return False
    for price, limit in zip(prices, limits, strict=True):
        if len(price) != len(limit) or (price < 0).any():
            return False
        if len(price) and int(price.max()) > _MOST // (4 * (int(limit.sum()) + 1)):
            return False
    s, t = network.giver_slot, network.place_slot
    by_slot = prices[1] + prices[0][network.slot_giver]
    by_place_slot = prices[2] + prices[3][network.slot_place]
    if (network.value > by_slot[s] + by_place_slot[t]).any():
        return False
    dual = sum(int((price * limit).sum()) for price, limit in zip(prices, limits, strict=True))
    return dual == int(network.value[chosen].sum())


def _keeps(network: Network, chosen: Ints, limits: list[Ints]) -> bool:
    """Return whether the chosen are candidates, each once, within the limits of all layers."""
    if len(chosen) and (
        chosen.min() < 0 or chosen.max() >= len(network.value) or (np.diff(chosen) <= 0).any()
    ):
        return False
    s, t = network.giver_slot[chosen], network.place_slot[chosen]
    used = (network.slot_giver[s], s, t, network.slot_place[t])
    return all(
        bool((np.bincount(each, minlength=len(limit)) <= limit).all())
        for each, limit in zip(used, limits, strict=True)
    )


def sealed(problem: Problem, plan: Plan, certificate: Certificate) -> bytes:
    """Return network, plan and certificate in one: whoever has it can check it, data or none."""
    network = problem.network
    columns: list[Any] = [
        network.slot_giver, network.slot_place, network.giver_limit, network.slot_limit,
        network.place_slot_limit, network.place_limit,
        np.diff(network.giver_slot, prepend=0), network.place_slot, network.value, plan.chosen,
    ]  # fmt: skip
    proof = certificate.to_bytes()
    head = _SEAL_HEAD.pack(
        _SEAL, network.unit, plan.value, len(network.value), len(plan.chosen),
        len(proof), *(len(getattr(certificate, name)) for name in _LAYERS),
    )  # fmt: skip
    body = b"".join(np.ascontiguousarray(each, dtype="<i8").tobytes() for each in columns)
    kept = head + proof + zlib.compress(body, 1)
    return kept + hashlib.sha256(kept).digest()


def sealed_holds(kept: bytes) -> bool:
    """Return whether the plan sealed in these bytes is the best of the network sealed with it."""
    kept, mark_of_all = kept[:-_HASH], kept[-_HASH:]
    if hashlib.sha256(kept).digest() != mark_of_all:
        return False
    try:
        mark, unit, value, edges, chosen, size, *layers = _SEAL_HEAD.unpack_from(kept)
        start = _SEAL_HEAD.size
        certificate = Certificate.from_bytes(kept[start : start + size])
        givers, slots, place_slots, places = layers
        sizes = [
            slots, place_slots, givers, slots, place_slots, places, edges, edges, edges, chosen,
        ]  # fmt: skip
        columns, _ = _columns(_inflated(kept[start + size :], 8 * sum(sizes)), sizes)
    except (struct.error, zlib.error, ValueError):
        return False
    owners = [column.astype(np.int32) for column in columns[:2]]
    ends = [np.cumsum(columns[6]).astype(np.int32), columns[7].astype(np.int32)]
    network = Network(
        owners[0], owners[1], columns[2], columns[3], columns[4], columns[5],
        ends[0], ends[1], columns[8], unit,
    )  # fmt: skip
    within = all(
        not len(rows) or (rows.min() >= 0 and rows.max() < many)
        for rows, many in (
            (owners[0], givers), (owners[1], places), (ends[0], slots), (ends[1], place_slots),
        )
    )  # fmt: skip
    return (
        mark == _SEAL
        and within
        and certificate.network == digest(network)
        and proved(network, columns[9], certificate)
        and int(network.value[columns[9]].sum()) == value
    )
