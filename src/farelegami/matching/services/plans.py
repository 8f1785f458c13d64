"""Making the plan of a district, and what people decide about its proposals.

A plan is a proposal: nothing happens until somebody confirms, whole or one by one.
"""

import time
from collections.abc import Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Max

from farelegami.audit.rules import Verb
from farelegami.audit.services import record
from farelegami.giveback.queries.sight import check_places_it, offer_for, offer_to_write
from farelegami.giveback.queries.waiting import free_in, taken_in, waiting_in
from farelegami.giveback.rules.matches import ReasonMissing
from farelegami.kernel import clock
from farelegami.kernel.actor import Actor
from farelegami.kernel.errors import NotAllowed, NotFound
from farelegami.matching.engine import engine
from farelegami.matching.models import DistrictWeights, Exclusion, Pin, Plan, PlanItem
from farelegami.matching.permissions import may_plan, may_weigh
from farelegami.matching.queries.plans import (
    exclusions_in,
    item_for,
    pins_in,
    weights_in,
)
from farelegami.matching.rules.meanwhile import LEFT_OUT, PlanOutdated
from farelegami.matching.rules.parts import NothingWeighs, weights_of
from farelegami.volunteering.queries import organisations_covered

if TYPE_CHECKING:
    from farelegami.matching.planning import Ground


def ground_in(district_id: int, day: date, **only: Any) -> "Ground":
    """Return a district in arrays as of `day`: who waits, what is free, what was decided.

    `only` narrows to some `offer_ids` or `opportunity_ids`. A dozen queries, whatever the size.
    """
    planning = engine()
    taken = taken_in(district_id)
    waiting = waiting_in(district_id, day, taken, offer_ids=only.get("offer_ids"))
    free = free_in(district_id, day, taken, opportunity_ids=only.get("opportunity_ids"))
    excluded = set(exclusions_in(district_id).values_list("offer_id", "opportunity_id"))
    excluded |= taken.declined
    pins = pins_in(district_id).values_list("offer_id", "slot_id", "slot__opportunity_id")
    apart = planning.Apart(
        excluded=excluded,
        # Who said no, or was left out since, is not sent there by an older decision.
        pins={(offer, slot) for offer, slot, place in pins if (offer, place) not in excluded},
        known=taken.known,
        # Who is entered in a register today is insured from tomorrow (R10).
        insured=organisations_covered(
            {place.organisation_id for place in free}, day + timedelta(days=1)
        ),
    )
    ground: Ground = planning.ground_of(waiting, free, apart, day)
    return ground


def make_plan(actor: Actor, district_id: int) -> Plan:
    """Return a new plan of a district: the best there is, with its proof.

    Raises:
        NotFound: a district in which the actor does not place people.
    """
    if not may_plan(actor, district_id=district_id):
        raise NotFound
    began, day = time.monotonic(), clock.today()
    weights = weights_in(district_id)
    ground = ground_in(district_id, day)
    made = engine().make(ground, weights, seed=day.toordinal())
    took = int((time.monotonic() - began) * 1000)
    plan = Plan(
        district_id=district_id,
        made_at=clock.now(),
        made_by_name=actor.name[:160],
        weights=weights.kept(),
        offers=len(ground.waiting),
        places=sum(each.free for each in ground.free),
        candidates=made.candidates,
        placed=len(made.found),
        value=made.value,
        took_ms=took,
        proof=made.proof,
    )
    with transaction.atomic():
        _numbered(plan)
        PlanItem.objects.bulk_create(
            PlanItem(
                plan=plan,
                district_id=district_id,
                offer_id=one.offer_id,
                slot_id=one.slot_id,
                score=one.score,
                points=list(one.points),
                facts=one.facts,
                is_pinned=one.is_pinned,
            )
            for one in made.found
        )
        record(
            actor,
            Verb.CREATED,
            kind="matching.plan",
            object_id=plan.pk,
            district_id=district_id,
            facts={"number": plan.number, "placed": plan.placed, "value": plan.value},
        )
    return plan


def _numbered(plan: Plan) -> None:
    """Write the plan under the next number of its district; two at once get two numbers."""
    for _attempt in range(5):
        last = Plan.objects.filter(district_id=plan.district_id).aggregate(last=Max("number"))
        plan.number = (last["last"] or 0) + 1
        try:
            with transaction.atomic():
                plan.save(force_insert=True)
        except IntegrityError:
            continue
        return
    plan.save(force_insert=True)


@transaction.atomic
def pin(actor: Actor, item_id: UUID) -> Pin:
    """Return that this person belongs in that place: coming plans are made around it.

    Raises:
        NotFound, NotAllowed: not visible, or not the actor's to place.
        PlanOutdated: somebody left the two out meanwhile.
    """
    item = item_for(actor, item_id)
    offer = offer_to_write(actor, item.offer_id)
    left_out = exclusions_in(offer.district_id).filter(offer=offer)
    if left_out.filter(opportunity_id=item.slot.opportunity_id).exists():
        raise PlanOutdated(LEFT_OUT)
    held, is_new = Pin.objects.get_or_create(
        offer=offer,
        slot_id=item.slot_id,
        lifted_at=None,
        defaults={
            "district_id": offer.district_id,
            "pinned_at": clock.now(),
            "pinned_by_name": actor.name[:160],
        },
    )
    item.is_pinned = True
    item.save(update_fields=["is_pinned"])
    if is_new:
        _note(actor, held.pk, offer.district_id, "matching.pin", offer.person_id)
    return held


@transaction.atomic
def unpin(actor: Actor, item_id: UUID) -> None:
    """Let coming plans decide again about this person and that place.

    Raises:
        NotFound, NotAllowed: not visible, or not the actor's to place.
    """
    item = item_for(actor, item_id)
    offer = offer_to_write(actor, item.offer_id)
    Pin.objects.filter(offer=offer, slot_id=item.slot_id, lifted_at=None).update(
        lifted_at=clock.now()
    )
    item.is_pinned = False
    item.save(update_fields=["is_pinned"])


@transaction.atomic
def release(actor: Actor, pin_id: UUID) -> int:
    """Lift a pin, in the newest plan or not, and return its district.

    Raises:
        NotFound, NotAllowed: not visible, or not the actor's to place.
    """
    row = Pin.objects.filter(pk=pin_id, lifted_at=None).first()
    if row is None:
        raise NotFound
    check_places_it(actor, offer_for(actor, row.offer_id))
    row.lifted_at = clock.now()
    row.save(update_fields=["lifted_at"])
    return row.district_id


@transaction.atomic
def exclude(actor: Actor, item_id: UUID, *, reason: str) -> Exclusion:
    """Return that this person does not go there, and why; proposals and pins go with it.

    Raises:
        NotFound, NotAllowed: not visible, or not the actor's to place.
        ReasonMissing: without a word why.
    """
    if not reason.strip():
        raise ReasonMissing
    item = item_for(actor, item_id)
    offer = offer_to_write(actor, item.offer_id)
    left_out, is_new = Exclusion.objects.get_or_create(
        offer=offer,
        opportunity_id=item.slot.opportunity_id,
        lifted_at=None,
        defaults={
            "district_id": offer.district_id,
            "reason": reason.strip()[:300],
            "excluded_at": clock.now(),
            "excluded_by_name": actor.name[:160],
        },
    )
    here = Pin.objects.filter(offer=offer, slot__opportunity_id=item.slot.opportunity_id)
    here.filter(lifted_at=None).update(lifted_at=clock.now())
    if is_new:
        _note(actor, left_out.pk, offer.district_id, "matching.exclusion", offer.person_id)
    return left_out


@transaction.atomic
def allow(actor: Actor, exclusion_id: UUID) -> int:
    """Lift an exclusion and return its district.

    Raises:
        NotFound, NotAllowed: not visible, or not the actor's to place.
    """
    row = Exclusion.objects.filter(pk=exclusion_id, lifted_at=None).first()
    if row is None:
        raise NotFound
    check_places_it(actor, offer_for(actor, row.offer_id))
    row.lifted_at = clock.now()
    row.save(update_fields=["lifted_at"])
    return row.district_id


def _note(actor: Actor, row_id: UUID, district_id: int, kind: str, person_id: UUID) -> None:
    record(
        actor,
        Verb.DECIDED,
        kind=kind,
        object_id=row_id,
        district_id=district_id,
        person_ids=[person_id],
    )


@transaction.atomic
def set_weights(actor: Actor, district_id: int, said: Mapping[str, int]) -> DistrictWeights:
    """Return what each part counts in a district from now on, for all to see.

    Raises:
        NotAllowed: the actor does not coordinate it.
        WeightOutOfRange: a weight is not a whole number from 0 to 10.
        NothingWeighs: all of them are 0.
    """
    if not may_weigh(actor, district_id=district_id):
        raise NotAllowed
    weights = weights_of(said)
    if not weights.most():
        raise NothingWeighs
    row, _new = DistrictWeights.objects.update_or_create(
        district_id=district_id,
        defaults={
            "weights": weights.kept(),
            "changed_at": clock.now(),
            "changed_by_name": actor.name[:160],
        },
    )
    record(
        actor,
        Verb.CHANGED,
        kind="matching.weights",
        object_id=row.pk,
        district_id=district_id,
        facts=weights.kept(),
    )
    return row
