"""A district put into arrays, its plan made and explained. Loaded by `engine` alone: it is heavy."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final, NamedTuple
from uuid import UUID

import numpy as np

from farelegami.giveback.queries.waiting import Free, FreeSlot, Waiting
from farelegami.giveback.rules.needs import Field, Need, NeedKind, Weight
from farelegami.giveback.rules.slots import Slot
from farelegami.matching.reading import (
    FAR,
    FREELY,
    NAMES,
    OLDEST,
    age_of,
    asked,
    host_points,
    hours_of,
    kept,
    languages_of,
    least,
    means_of,
    need_points,
    papers_of,
    skills_of,
    urgency_of,
    waiting_points,
)
from farelegami.matching.rules.conditions import Obstacle
from farelegami.matching.rules.parts import Weights
from farelegami.matching.rules.words import (
    ChipKind,
    Facts,
    Names,
    Opening,
    against,
    chips,
    condition,
)
from farelegami.matching.solver import (
    Certificate,
    Choice,
    Givers,
    GiverSlots,
    Places,
    PlaceSlots,
    Problem,
    Territory,
    arranged,
    best_for,
    best_helpers,
    broken_by_pins,
    candidates,
    chosen,
    cost_of_forcing,
    facts_of,
    openings_for_giver,
    openings_for_place,
    packed,
    posed,
    prove,
    sealed,
    solve,
    with_pinned,
)
from farelegami.matching.solver import Free as Left

# What is not so is not said.
_TOLD_BY: Final = {
    Obstacle.SKILLS: ChipKind.SKILL,
    Obstacle.LANGUAGES: ChipKind.LANGUAGE,
    Obstacle.PAPERS: ChipKind.PAPER,
    Obstacle.TRAVEL: ChipKind.TRAVEL,
}
_FIELDS: Final = {field.value: 1 << at for at, field in enumerate(Field)}


class Found(NamedTuple):
    """One proposal, as it is kept: who, where, what it is worth and why."""

    offer_id: UUID | None
    slot_id: UUID
    opportunity_id: UUID
    score: int
    points: tuple[int, ...]
    facts: list[dict[str, Any]]
    is_pinned: bool = False


class Relaxed(NamedTuple):
    """What, changed alone, would open how many, and which (opportunities, or offers)."""

    says: dict[str, Any]
    opens: int
    ids: tuple[UUID, ...]


@dataclass(frozen=True)
class Bits:
    """Which bit stands for what, of what the places ask."""

    skills: Mapping[str, int]
    languages: Mapping[tuple[str, str], int]
    papers: Mapping[str, int]

    def names(self) -> Names:
        """Return what the bits are called, each to be translated; skills by their code."""
        skills = {at: code for code, at in self.skills.items()}
        languages = {at: key for key, at in self.languages.items()}
        papers = {at: code for code, at in self.papers.items()}
        return Names(
            skill=lambda bit: NAMES.skill(skills[bit]),
            language=lambda bit: NAMES.language(languages[bit]),
            paper=lambda bit: NAMES.paper(papers[bit]),
        )


@dataclass(frozen=True)
class Ground:
    """A district in arrays, and what each row of them is."""

    territory: Territory
    bits: Bits
    waiting: Sequence[Waiting]
    free: Sequence[Free]
    free_slots: Sequence[tuple[int, FreeSlot]]

    def giver(self, row: int) -> Waiting:
        return self.waiting[int(self.territory.rows.givers[row])]

    def place(self, row: int) -> Free:
        return self.free[int(self.territory.rows.places[row])]

    def slot(self, row: int) -> FreeSlot:
        return self.free_slots[int(self.territory.rows.place_slots[row])][1]


@dataclass(frozen=True, slots=True)
class Apart:
    """What is decided beside the plan: who does not go where, who is fixed, who was where."""

    excluded: Collection[tuple[UUID, UUID]] = ()
    pins: Collection[tuple[UUID, UUID]] = ()
    known: Collection[tuple[UUID, UUID]] = ()
    insured: Collection[UUID] = ()


def ground_of(waiting: Sequence[Waiting], free: Sequence[Free], apart: Apart, day: date) -> Ground:
    """Return who waits and what is free as arrays, on `day`; rows come in the order of their ids."""
    bits = _bits_of(need for place in free for need in place.needs)
    hosts = {host: at for at, host in enumerate(_hosts(waiting, free, apart))}
    slots = [(at, slot) for at, place in enumerate(free) for slot in place.slots]
    givers = {each.offer_id: at for at, each in enumerate(waiting)}
    places = {each.id: at for at, each in enumerate(free)}
    slot_rows = {slot.id: at for at, (_place, slot) in enumerate(slots)}
    people = {each.person_id: at for at, each in enumerate(waiting)}
    territory = arranged(
        _givers(waiting, bits, hosts, day),
        _giver_slots(waiting),
        _places(free, bits, hosts, apart.insured, day),
        _place_slots(slots),
        excluded=[
            (givers[offer], places[place])
            for offer, place in apart.excluded
            if offer in givers and place in places
        ],
        known=[
            (people[person], hosts[host])
            for person, host in apart.known
            if person in people and host in hosts
        ],
        pins=[
            (givers[offer], slot_rows[slot])
            for offer, slot in apart.pins
            if offer in givers and slot in slot_rows
        ],
    )
    return Ground(territory, bits, waiting, free, slots)


def _hosts(waiting: Sequence[Waiting], free: Sequence[Free], apart: Apart) -> Iterable[UUID]:
    hosts = {place.organisation_id for place in free} | {host for _person, host in apart.known}
    return sorted(hosts | {each.employer_id for each in waiting if each.employer_id})


def _bits_of(needs: Iterable[Need]) -> Bits:
    by_kind: dict[NeedKind, set[Any]] = {kind: set() for kind in NeedKind}
    for need in needs:
        by_kind[need.kind].add(asked(need))
    papers = [*sorted(by_kind[NeedKind.REQUIREMENT]), FREELY]
    return Bits(
        {code: at for at, code in enumerate(sorted(by_kind[NeedKind.SKILL]))},
        {key: at for at, key in enumerate(sorted(by_kind[NeedKind.LANGUAGE]))},
        {code: at for at, code in enumerate(papers)},
    )


def _givers(waiting: Sequence[Waiting], bits: Bits, hosts: Mapping[UUID, int], day: date) -> Givers:
    many = len(waiting)
    skills = _held(waiting, skills_of, bits.skills)
    spoken = _held(waiting, languages_of, bits.languages)
    papers = _held(waiting, papers_of, bits.papers)
    columns: dict[str, Any] = {
        "key": range(many),
        "lat": [each.latitude for each in waiting],
        "lon": [each.longitude for each in waiting],
        "limit_minutes": [each.travel_minutes for each in waiting],
        "limit_m": [FAR] * many,
        "means": [sum(1 << means for means in means_of(each)) for each in waiting],
        "skills": packed(many, len(bits.skills), skills),
        "languages": packed(many, len(bits.languages), spoken),
        "papers": packed(many, len(bits.papers), papers),
        "wishes": [sum(_FIELDS[f] for f in set(each.fields)) for each in waiting],
        "age": [age_of(each, day) for each in waiting],
        "weekly_minutes": [each.weekly_minutes for each in waiting],
        "places": [each.places for each in waiting],
        "employer": [
            hosts.get(each.employer_id, -1) if each.employer_id else -1 for each in waiting
        ],
        "urgency": [urgency_of(each, day) for each in waiting],
        "waiting": [waiting_points(each, day) for each in waiting],
    }
    return Givers(**columns)


def _held(
    waiting: Sequence[Waiting],
    of: Callable[[Waiting], Collection[Any]],
    bits: Mapping[Any, int],
) -> list[tuple[int, int]]:
    """Return who holds what, of what the places ask."""
    return [(at, bits[one]) for at, each in enumerate(waiting) for one in of(each) if one in bits]


def _giver_slots(waiting: Sequence[Waiting]) -> GiverSlots:
    rows = [(at, slot) for at, each in enumerate(waiting) for slot in hours_of(each)]
    columns: dict[str, Any] = {
        "giver": [at for at, _slot in rows],
        "certain": [slot.is_certain for _at, slot in rows],
        **_when([slot for _at, slot in rows]),
    }
    return GiverSlots(**columns)


def _when(slots: Sequence[Slot]) -> dict[str, Any]:
    return {
        "weekday": [slot.on.weekday() if slot.on else slot.weekday for slot in slots],
        "date": [slot.on.toordinal() if slot.on else 0 for slot in slots],
        "start": [slot.starts for slot in slots],
        "end": [slot.ends for slot in slots],
    }


def _places(
    free: Sequence[Free],
    bits: Bits,
    hosts: Mapping[UUID, int],
    insured: Collection[UUID],
    day: date,
) -> Places:
    many = len(free)

    def wanted(kind: NeedKind, weight: Weight, known: Mapping[Any, int]) -> Any:
        rows = [
            (at, known[asked(need)])
            for at, place in enumerate(free)
            for need in place.needs
            if need.kind is kind and need.weight is weight
        ]
        if kind is NeedKind.REQUIREMENT:
            rows += [
                (at, bits.papers[FREELY]) for at, place in enumerate(free) if not place.takes_puc
            ]
        return packed(many, len(known), rows)

    columns: dict[str, Any] = {
        "key": range(many),
        "organisation": [hosts[place.organisation_id] for place in free],
        "lat": [place.latitude for place in free],
        "lon": [place.longitude for place in free],
        "skills_must": wanted(NeedKind.SKILL, Weight.MUST, bits.skills),
        "skills_nice": wanted(NeedKind.SKILL, Weight.NICE, bits.skills),
        "languages_must": wanted(NeedKind.LANGUAGE, Weight.MUST, bits.languages),
        "languages_any": wanted(NeedKind.LANGUAGE, Weight.ANY_OF, bits.languages),
        "papers_must": wanted(NeedKind.REQUIREMENT, Weight.MUST, bits.papers),
        "field": [_FIELDS.get(place.field, 0) for place in free],
        "min_age": [place.min_age for place in free],
        "max_age": [place.max_age or OLDEST for place in free],
        "capacity": [place.free for place in free],
        "by_bus": [place.by_bus for place in free],
        "covered": [place.organisation_id in insured for place in free],
        "need": [need_points(place, day) for place in free],
        "host_fairness": [host_points(place) for place in free],
    }
    return Places(**columns)


def _place_slots(slots: Sequence[tuple[int, FreeSlot]]) -> PlaceSlots:
    columns: dict[str, Any] = {
        "place": [at for at, _slot in slots],
        "capacity": [slot.free for _at, slot in slots],
        "needed": [least(slot.least_minutes) for _at, slot in slots],
        **_when([slot.slot for _at, slot in slots]),
    }
    return PlaceSlots(**columns)


# ---- plans


@dataclass(frozen=True)
class Made:
    """A plan with its proof: proposals, the best first."""

    found: Sequence[Found]
    candidates: int
    value: int
    proof: bytes


def make(ground: Ground, weights: Weights, *, seed: int) -> Made:
    """Return the best plan there is, with the proof that no better one exists.

    Raises:
        NotOptimal: the solver gave a plan that cannot be proved; a defect.
    """
    problem = posed(ground.territory, candidates(ground.territory), weights, seed=seed)
    plan = solve(problem)
    certificate: Certificate = prove(problem, plan)
    pinned = _pinned(ground, problem)
    fixed = {(one.offer_id, one.slot_id) for one in pinned}
    chosen = (_found(ground, problem, int(at)) for at in plan.chosen)
    found = [one for one in chosen if (one.offer_id, one.slot_id) not in fixed]
    found.sort(key=lambda one: (-one.score, str(one.offer_id), str(one.slot_id)))
    return Made(
        [*pinned, *found],
        len(problem.candidates),
        plan.score,
        sealed(problem, plan, certificate),
    )


def _found(ground: Ground, problem: Problem, candidate: int) -> Found:
    facts = facts_of(problem, candidate)
    return Found(
        ground.giver(facts.giver).offer_id,
        ground.slot(facts.place_slot).id,
        ground.place(facts.place).id,
        facts.score,
        facts.points,
        _kept(ground, facts),
    )


def _kept(ground: Ground, facts: Facts) -> list[dict[str, Any]]:
    # That somebody gives freely is nothing to say of them.
    papers = tuple(bit for bit in facts.papers_must if bit != ground.bits.papers[FREELY])
    shown = replace(facts, papers_must=papers)
    return [kept(chip) for chip in chips(shown, ground.bits.names())]


def _pinned(ground: Ground, problem: Problem) -> list[Found]:
    """Return what is fixed, told as the rest is; what stands against it, first."""
    settled = with_pinned(problem)
    rows = []
    for at, broken in enumerate(broken_by_pins(problem).tolist()):
        found = _found(ground, settled, at)
        gone = {kind for bit, kind in _TOLD_BY.items() if broken & bit}
        facts = [kept(chip) for chip in against(Obstacle(broken))]
        facts += [chip for chip in found.facts if chip["kind"] not in gone]
        rows.append(found._replace(facts=facts, is_pinned=True))
    return rows


# ---- for one


def best_places(
    ground: Ground, weights: Weights, *, row: int, most: int = 5, with_cost: bool = False
) -> Sequence[tuple[Found, int | None]]:
    """Return the places that suit the waiting of `row` best, each once, the best first.

    Beside each what the whole plan loses if it is forced, where that is asked for: None where what
    people fixed leaves no room for it.
    """
    giver = _row_of(ground.territory.rows.givers, row)
    choices = best_for(ground.territory, giver, weights=weights, k=most)
    return _best(ground, weights, choices, with_cost=with_cost)


def best_people(ground: Ground, weights: Weights, *, row: int, most: int = 5) -> Sequence[Found]:
    """Return those who suit the free place of `row` best, each once, the best first."""
    place = _row_of(ground.territory.rows.places, row)
    choices = best_helpers(ground.territory, place, weights=weights, k=most)
    return [found for found, _cost in _best(ground, weights, choices, with_cost=False)]


def _row_of(rows: Any, row: int) -> int:
    """Return where the caller's row stands in canonical order."""
    return int((rows == row).argmax())


def _best(
    ground: Ground, weights: Weights, choices: Sequence[Choice], *, with_cost: bool
) -> Sequence[tuple[Found, int | None]]:
    if not choices:
        return ()
    costs = _costs(ground, weights, choices) if with_cost else [None] * len(choices)
    told = chosen(ground.territory, choices, weights)
    return [(_found(ground, told, at), cost) for at, cost in enumerate(costs)]


def _costs(ground: Ground, weights: Weights, choices: Sequence[Choice]) -> list[int | None]:
    problem = posed(ground.territory, candidates(ground.territory), weights)
    plan, found = solve(problem), problem.candidates
    costs = []
    for choice in choices:
        here = (found.giver_slot == choice.giver_slot) & (found.place_slot == choice.place_slot)
        at = np.flatnonzero(here)
        # Who is fixed there already is no candidate any more.
        costs.append(cost_of_forcing(problem, plan, int(at[0])) if len(at) else None)
    return costs


class Placed(NamedTuple):
    """A proposal of a plan that still stands: who, at which time of which place."""

    offer_id: UUID
    slot_id: UUID
    slot: Slot


def openings_of(ground: Ground, offer_id: UUID, placed: Sequence[Placed] = ()) -> Sequence[Relaxed]:
    """Return what, changed alone, would open places that the plan leaves to somebody without one.

    `placed` is what the plan proposes, as far as it touches the ground.
    """
    row = next(at for at in range(len(ground.waiting)) if ground.giver(at).offer_id == offer_id)
    openings = openings_for_giver(ground.territory, row, _left(ground, placed))
    return [_relaxed(ground, each, of_giver=True) for each in openings if _is_said(ground, each)]


def openings_at(
    ground: Ground, opportunity_id: UUID, placed: Sequence[Placed] = ()
) -> Sequence[Relaxed]:
    """Return what, changed alone, would bring people to a place that the plan leaves empty."""
    row = next(at for at in range(len(ground.free)) if ground.place(at).id == opportunity_id)
    openings = openings_for_place(ground.territory, row, _left(ground, placed))
    return [_relaxed(ground, each, of_giver=False) for each in openings if _is_said(ground, each)]


def _left(ground: Ground, placed: Sequence[Placed]) -> Left:
    """Return what is free once these are in their places, at the hours that suit best."""
    territory = ground.territory
    t, givers = territory.place_slots, range(len(territory.givers))
    left = Left(
        territory.givers.places.astype(np.int64),
        np.ones(len(territory.giver_slots), dtype=np.int64),
        t.capacity.astype(np.int64),
        territory.places.capacity.astype(np.int64),
    )
    offers = {ground.giver(row).offer_id: row for row in givers}
    slots = {ground.slot(row).id: row for row in range(len(t))}
    for one in placed:
        slot, giver = slots.get(one.slot_id), offers.get(one.offer_id)
        if slot is not None:
            left.place_slots[slot] -= 1
            left.places[t.place[slot]] -= 1
        if giver is not None:
            left.givers[giver] -= 1
            left.giver_slots[_hours_for(territory, left, giver, one.slot)] = 0
    every = (left.givers, left.giver_slots, left.place_slots, left.places)
    return Left(*(np.maximum(each, 0) for each in every))


def _hours_for(territory: Territory, left: Left, giver: int, asked: Slot) -> Sequence[int]:
    """Return the free stretch of somebody that has most in common with a time, if any has."""
    s, first = territory.giver_slots, territory.first_giver_slot
    weekday, date_, starts, ends = _at(asked)
    found = {
        row: min(int(s.end[row]), ends) - max(int(s.start[row]), starts)
        for row in range(first[giver], first[giver + 1])
        if left.giver_slots[row] and s.weekday[row] == weekday and s.date[row] in {0, date_}
    }
    best = max(found, key=lambda row: found[row], default=None)
    return [best] if best is not None and found[best] > 0 else []


def _at(slot: Slot) -> tuple[int, int, int, int]:
    if slot.on is None:
        return slot.weekday, 0, slot.starts, slot.ends
    return slot.on.weekday(), slot.on.toordinal(), slot.starts, slot.ends


def _is_said(ground: Ground, opening: Opening) -> bool:
    freely = ground.bits.papers[FREELY]
    return not (opening.obstacle is Obstacle.PAPERS and opening.bit == freely)


def _relaxed(ground: Ground, opening: Opening, *, of_giver: bool) -> Relaxed:
    ids: list[UUID] = []
    for row in opening.rows:
        one = ground.place(row).id if of_giver else ground.giver(row).offer_id
        if one is not None:
            ids.append(one)
    told = condition(opening, ground.bits.names(), of_giver=of_giver)
    return Relaxed(kept(told), opening.opens, tuple(ids))


def cost_of(ground: Ground, weights: Weights, offer_id: UUID, slot_id: UUID) -> int | None:
    """Return how much the whole plan loses if this placement is forced; None where it cannot be."""
    problem = posed(ground.territory, candidates(ground.territory), weights)
    plan = solve(problem)
    for at in range(len(problem.candidates)):
        giver_slot = int(problem.candidates.giver_slot[at])
        giver = int(ground.territory.giver_slots.giver[giver_slot])
        if ground.giver(giver).offer_id != offer_id:
            continue
        if ground.slot(int(problem.candidates.place_slot[at])).id == slot_id:
            return cost_of_forcing(problem, plan, at)
    return None
