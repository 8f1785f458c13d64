"""The best few for one person or one place, what each costs the plan, what would open others."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.db.models import Q

from farelegami.giveback.models import Offer, Opportunity
from farelegami.giveback.queries.around import (
    Around,
    box,
    offers_around,
    open_rows,
    places_around,
)
from farelegami.giveback.queries.opportunities import slots_by_id
from farelegami.giveback.queries.sight import visible_offers
from farelegami.giveback.queries.waiting import (
    Free,
    fitting,
    free_in,
    taken_in,
    waiting_as,
    waiting_in,
)
from farelegami.giveback.rules.slots import Slot
from farelegami.kernel import clock
from farelegami.kernel.actor import Actor
from farelegami.matching.engine import engine
from farelegami.matching.queries.plans import last_plan, standing_items, weights_in
from farelegami.matching.reading import (
    FREELY,
    NAMES,
    kept,
    offer_of,
    post_of,
    reach_of,
    wide_reach_of,
)
from farelegami.matching.rules.pairs import Proposal, best_posts, facts_of
from farelegami.matching.rules.words import Facts, chips
from farelegami.matching.services.plans import ground_in
from farelegami.people.models import Person
from farelegami.volunteering.queries import organisations_covered

if TYPE_CHECKING:
    from farelegami.matching.planning import Ground

_MOST: Final = 5
# Above so many the whole plan is not solved while somebody waits for a page.
AT_ONCE: Final = 3_000


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
    opportunity_id: UUID


@dataclass(frozen=True, slots=True)
class Look:
    """The best few, and what, changed alone, would open others."""

    best: Sequence[Candidate]
    openings: Sequence[Any]
    # False where there is nothing to look for: a place already, or none free.
    is_waiting: bool = True
    # What the best of places could be worth, in points: what `cost` is measured by.
    most: int = 0


def look_at_offer(actor: Actor, offer: Offer, *, at_once: int = AT_ONCE) -> Look:
    """Return the five best places for an offer, and what would open others.

    The caller has let the actor see the offer; places are no secret. In a district of more than
    `at_once` open offers and places only what lies around is read, and costs are not told.
    """
    del actor
    day, district_id = clock.today(), offer.district_id
    whole = sum(open_rows(district_id)) <= at_once
    ground = ground_in(district_id, day) if whole else _around_offer(offer, day)
    row = next((at for at, each in enumerate(ground.waiting) if each.offer_id == offer.pk), None)
    if row is None:
        return Look((), (), is_waiting=False)
    weights = weights_in(district_id)
    found = engine().best_places(ground, weights, row=row, most=_MOST, with_cost=whole)
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
            one.opportunity_id,
        )
        for one, cost in found
    ]
    touched = Q(offer=offer) | Q(slot__opportunity__in=[place.id for place in ground.free])
    openings = engine().openings_of(ground, offer.pk, placed_in(district_id, touched))
    return Look(best, openings, most=weights.most())


def _around_offer(offer: Offer, day: date) -> "Ground":
    """Return the district as far as it may matter to an offer."""
    waiting = waiting_in(
        offer.district_id,
        day,
        taken_in(offer.district_id, host_ids=(), person_ids=[offer.person_id]),
        offer_ids=[offer.pk],
    )
    places: Sequence[UUID] = ()
    if waiting:
        places = places_around(
            waiting[0],
            offer.district_id,
            day,
            near_m=reach_of(waiting[0]),
            wide_m=wide_reach_of(waiting[0]),
        )
    return ground_in(offer.district_id, day, offer_ids=[offer.pk], opportunity_ids=places)


def placed_in(district_id: int, touched: Q) -> Sequence[Any]:
    """Return what the newest plan proposes and touches these. Two queries."""
    plan = last_plan(district_id)
    if plan is None:
        return ()
    rows = standing_items(plan).filter(touched).select_related("slot").order_by("pk")
    return [engine().Placed(row.offer_id, row.slot_id, row.slot.slot()) for row in rows]


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
            slots[slot_id].opportunity.pk,
        )
        for slot_id, one in found
    ]


def _told(found: Proposal) -> Facts:
    # That somebody gives freely is nothing to say of them.
    facts = facts_of(found)
    return replace(facts, papers_must=tuple(each for each in facts.papers_must if each != FREELY))


def look_at_opportunity(actor: Actor, opportunity: Opportunity) -> Look:
    """Return the five of those the actor sees who suit an opportunity best, and what would bring more.

    Those whom the actor does not see are not looked at, and nothing is said of them.
    """
    day, district_id = clock.today(), opportunity.district_id
    place = next(iter(_free(opportunity, day)), None)
    if place is None:
        return Look((), (), is_waiting=False)
    seen = visible_offers(actor).filter(district_id=district_id)
    ids = [one.offer_id for one in offers_around(seen, place, day) if _may_do(one, place)]
    ground = ground_in(district_id, day, offer_ids=ids, opportunity_ids=[opportunity.pk])
    if not ground.free:
        return Look((), (), is_waiting=False)
    best = engine().best_people(ground, weights_in(district_id), row=0, most=_MOST)
    shown = seen.filter(pk__in=[one.offer_id for one in best]).select_related("person")
    names = {offer.pk: offer.person.name for offer in shown}
    slots = slots_by_id([one.slot_id for one in best])
    touched = Q(slot__opportunity=opportunity) | Q(offer__in=ids)
    return Look(
        [
            Candidate(
                one.offer_id,
                one.slot_id,
                names[one.offer_id],
                "",
                slots[one.slot_id].slot(),
                one.facts,
                None,
                one.opportunity_id,
            )
            for one in best
        ],
        engine().openings_at(ground, opportunity.pk, placed_in(district_id, touched)),
    )


def _free(opportunity: Opportunity, day: date) -> Sequence[Free]:
    taken = taken_in(opportunity.district_id, host_ids={opportunity.organisation_id})
    return free_in(opportunity.district_id, day, taken, opportunity_ids=[opportunity.pk])


def _may_do(one: Around, place: Free) -> bool:
    """Return whether somebody lacks at most one thing: the way, the hours, or what is asked."""
    near = box(place.latitude, place.longitude, reach_of(one))
    if near.holds(one.latitude, one.longitude):
        return True
    wide = box(place.latitude, place.longitude, wide_reach_of(one))
    return one.fits and one.able and wide.holds(one.latitude, one.longitude)
