"""The best few for one person or one place, what each costs the plan, what would open others."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from farelegami.giveback.models import Offer, Opportunity
from farelegami.giveback.queries.opportunities import slots_by_id
from farelegami.giveback.queries.sight import knows_people, visible_offers
from farelegami.giveback.queries.waiting import Free, fitting, free_in, taken_in, waiting_as
from farelegami.giveback.rules.slots import Slot
from farelegami.kernel import clock
from farelegami.kernel.actor import Actor
from farelegami.matching.engine import engine
from farelegami.matching.queries.plans import weights_in
from farelegami.matching.reading import FREELY, NAMES, kept, offer_of, post_of, reach_of
from farelegami.matching.rules.pairs import Proposal, best_posts, facts_of
from farelegami.matching.rules.words import Facts, chips
from farelegami.matching.services.plans import ground_in
from farelegami.people.models import Person
from farelegami.volunteering.queries import organisations_covered

_MOST: Final = 5
# Above so many the whole plan is not solved while somebody waits for a page.
_AT_ONCE: Final = 3_000


@dataclass(frozen=True, slots=True)
class Candidate:
    """A place for somebody, or somebody for a place; `cost` to the whole plan, None unknown."""

    offer_id: UUID
    slot_id: UUID
    name: str
    under: str
    slot: Slot
    reasons: Sequence[dict[str, Any]]
    cost: int | None


@dataclass(frozen=True, slots=True)
class Look:
    """The best few, and what, changed alone, would open others."""

    best: Sequence[Candidate]
    openings: Sequence[Any]


def look_at_offer(actor: Actor, offer: Offer) -> Look:
    """Return the five best places for an offer, and what would open others.

    The caller has let the actor see the offer; places are no secret.
    """
    ground = ground_in(offer.district_id, clock.today())
    row = next((at for at, each in enumerate(ground.waiting) if each.offer_id == offer.pk), None)
    if row is None:
        return Look((), ())
    weights, whole = weights_in(offer.district_id), _is_small(ground)
    # What a place costs the plan is of everybody in it: it is told to who sees them.
    told = whole and knows_people(actor, offer.district_id)
    found = engine().best_places(ground, weights, row=row, most=_MOST, with_cost=told)
    slots = slots_by_id([one.slot_id for one, _cost in found])
    best = [
        Candidate(
            offer.pk,
            one.slot_id,
            slots[one.slot_id].opportunity.title,
            slots[one.slot_id].opportunity.organisation.name,
            slots[one.slot_id].slot(),
            one.facts,
            cost,
        )
        for one, cost in found
    ]
    return Look(best, engine().openings_of(ground, offer.pk, weights) if whole else ())


def suggestions_for(person: Person) -> Sequence[Candidate]:
    """Return the five places that suit somebody best as their file says, for a pact being written.

    None where the file does not say when they can. The caller has let the actor see the person.
    Twelve queries, whatever the number of opportunities, and nothing of the solver.
    """
    day, district_id = clock.today(), person.district_id
    waiting = waiting_as(person, day)
    if waiting is None:
        return ()
    near = fitting(waiting, district_id, day, reach_m=reach_of(waiting))
    # Who is entered in a register today is insured from tomorrow (R10).
    insured = organisations_covered({host for _id, host in near}, day + timedelta(days=1))
    ids = [each for each, host in near if host in insured]
    if not ids:
        return ()
    taken = taken_in(district_id, host_ids={host for _id, host in near} & insured)
    free = free_in(district_id, day, taken, opportunity_ids=ids)
    posts = [post_of(place, key, day, insured=insured) for key, place in enumerate(free)]
    found = best_posts(
        offer_of(waiting, day),
        posts,
        weights=weights_in(district_id),
        k=_MOST,
        known={host for who, host in taken.known if who == person.pk},
    )
    return _named(person.pk, [(_slot_of(free, each), each) for each in found])


def _slot_of(free: Sequence[Free], found: Proposal) -> UUID:
    place = free[found.post.key]
    return place.slots[found.post.meetings.index(found.meeting)].id


def _named(offer_id: UUID, found: Sequence[tuple[UUID, Proposal]]) -> Sequence[Candidate]:
    """Return the places found with their names and reasons. One query."""
    slots = slots_by_id([slot_id for slot_id, _one in found])
    return [
        Candidate(
            offer_id,
            slot_id,
            slots[slot_id].opportunity.title,
            slots[slot_id].opportunity.organisation.name,
            slots[slot_id].slot(),
            [kept(chip) for chip in chips(_told(one), NAMES)],
            None,
        )
        for slot_id, one in found
    ]


def _told(found: Proposal) -> Facts:
    # That somebody gives freely is nothing to say of them.
    facts = facts_of(found)
    return replace(facts, papers_must=tuple(each for each in facts.papers_must if each != FREELY))


def look_at_opportunity(actor: Actor, opportunity: Opportunity) -> Look:
    """Return the five of those the actor sees who suit an opportunity best.

    Those whom the actor does not see are left out, and nothing is said of them.
    """
    ground = ground_in(opportunity.district_id, clock.today())
    row = next((at for at, each in enumerate(ground.free) if each.id == opportunity.pk), None)
    if row is None:
        return Look((), ())
    weights, whole = weights_in(opportunity.district_id), _is_small(ground)
    seen = {
        offer.pk: offer
        for offer in visible_offers(actor)
        .filter(district_id=opportunity.district_id)
        .select_related("person")
    }
    found = [
        pair
        for pair in engine().best_people(ground, weights, row=row, most=200, with_cost=False)
        if pair[0].offer_id in seen
    ][:_MOST]
    slots = slots_by_id([one.slot_id for one, _cost in found])
    best = [
        Candidate(
            one.offer_id,
            one.slot_id,
            seen[one.offer_id].person.name,
            "",
            slots[one.slot_id].slot(),
            one.facts,
            cost,
        )
        for one, cost in found
    ]
    openings = engine().openings_at(ground, opportunity.pk, weights) if whole else ()
    return Look(best, [one for one in openings if set(one.ids) & set(seen)])


def _is_small(ground: Any) -> bool:
    return len(ground.waiting) + len(ground.free) <= _AT_ONCE
