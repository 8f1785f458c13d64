"""The last plan, what was decided beside it, what a district weighs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from farelegami.giveback.queries.full import places_full, times_full, under_way
from farelegami.giveback.queries.sight import offers_placed, visible_offers
from farelegami.giveback.rules.offers import OfferStage
from farelegami.giveback.rules.opportunities import OpportunityStage
from farelegami.giveback.rules.slots import Slot
from farelegami.kernel.actor import Actor
from farelegami.kernel.errors import NotFound
from farelegami.matching.models import DistrictWeights, Exclusion, Pin, Plan, PlanItem
from farelegami.matching.rules.parts import Weights, weights_of


def weights_in(district_id: int) -> Weights:
    """Return what each part counts in a district. One query."""
    row = DistrictWeights.objects.filter(district_id=district_id).first()
    return weights_of(row.weights) if row else Weights()


def last_plan(district_id: int) -> Plan | None:
    """Return the newest plan of a district, without its proof. One query."""
    rows = Plan.objects.filter(district_id=district_id).defer("proof").order_by("-number")
    return rows.annotate(is_proved_kept=Q(proof__isnull=False)).first()


def visible_items(actor: Actor) -> QuerySet[PlanItem]:
    """The door to proposals of plans: of offers the actor sees."""
    return PlanItem.objects.filter(offer__in=visible_offers(actor))


def item_for(actor: Actor, item_id: UUID) -> PlanItem:
    """Return a proposal of a plan with offer and place. One query.

    Raises:
        NotFound: none the actor may see.
    """
    rows = visible_items(actor).select_related("plan", "offer__person", "slot__opportunity")
    item = rows.filter(pk=item_id).first()
    if item is None:
        raise NotFound
    return item


@dataclass(frozen=True, slots=True)
class Proposed:
    """One proposal of the plan, as the board shows it; `state` is new, held or gone."""

    id: UUID
    offer_id: UUID
    person_id: UUID
    name: str
    initials: str
    has_pact: bool
    weekly_minutes: int
    opportunity_id: UUID
    title: str
    host: str
    slot: Slot
    score: int
    reasons: Sequence[dict[str, Any]]
    is_pinned: bool
    taken_at: datetime | None


def proposals_of(actor: Actor, plan: Plan, *, most: int = 200) -> Sequence[Proposed]:
    """Return a plan's proposals that still can be made, the best first. One query.

    One whose person or place has meanwhile closed, filled up, was left out or proposed elsewhere
    is not among them.
    """
    rows = (
        visible_items(actor)
        .filter(
            plan=plan,
            taken_at=None,
            offer__stage=OfferStage.OPEN.value,
            slot__dropped_on=None,
            slot__opportunity__stage=OpportunityStage.OPEN.value,
        )
        .exclude(_left_out())
        .exclude(offer__in=offers_placed())
        .exclude(slot__opportunity__in=places_full(plan.district_id))
        .exclude(slot__in=times_full(plan.district_id))
        .select_related("offer__person", "slot__opportunity__organisation")
        .order_by("-is_pinned", "-score", "id")
    )
    return [_proposed(row) for row in rows[:most]]


def standing_items(plan: Plan) -> QuerySet[PlanItem]:
    """Return what a plan proposes and nobody has taken up or left out: for rooms of numbers only."""
    return PlanItem.objects.filter(plan=plan, taken_at=None).exclude(_left_out())


def _left_out() -> Exists:
    """Return the condition under which somebody is left out of the place of a proposal."""
    rows = Exclusion.objects.filter(
        offer=OuterRef("offer"), opportunity=OuterRef("slot__opportunity"), lifted_at=None
    )
    return Exists(rows)


def _proposed(row: PlanItem) -> Proposed:
    person, place = row.offer.person, row.slot.opportunity
    return Proposed(
        id=row.pk,
        offer_id=row.offer_id,
        person_id=person.pk,
        name=person.name,
        initials=person.initials,
        has_pact=row.offer.pact_id is not None,
        weekly_minutes=row.offer.weekly_minutes,
        opportunity_id=place.pk,
        title=place.title,
        host=place.organisation.name,
        slot=row.slot.slot(),
        score=row.score,
        reasons=row.facts,
        is_pinned=row.is_pinned,
        taken_at=row.taken_at,
    )


def pins_in(district_id: int) -> QuerySet[Pin]:
    """Return what is fixed in a district."""
    return Pin.objects.filter(district_id=district_id, lifted_at=None)


def stranded_pins(actor: Actor, plan: Plan) -> Sequence[Pin]:
    """Return what is fixed and is neither in the plan nor under way. One query."""
    planned = PlanItem.objects.filter(plan=plan, offer=OuterRef("offer"), slot=OuterRef("slot"))
    made = under_way(plan.district_id).filter(offer=OuterRef("offer"), slot=OuterRef("slot"))
    rows = pins_in(plan.district_id).filter(
        ~Exists(planned), ~Exists(made), offer__in=visible_offers(actor)
    )
    return list(rows.select_related("offer__person", "slot__opportunity").order_by("-id"))


def exclusions_in(district_id: int) -> QuerySet[Exclusion]:
    """Return who does not go where in a district."""
    return Exclusion.objects.filter(district_id=district_id, lifted_at=None)


def visible_exclusions(actor: Actor, district_id: int) -> Sequence[Exclusion]:
    """Return who does not go where, as far as the actor sees the offers. One query."""
    rows = exclusions_in(district_id).filter(offer__in=visible_offers(actor))
    return list(rows.select_related("offer__person", "opportunity__organisation").order_by("-id"))


def plans_of(district_id: int, *, most: int = 12) -> Sequence[Plan]:
    """Return the last plans of a district, without their proofs. One query."""
    rows = Plan.objects.filter(district_id=district_id).defer("proof").order_by("-number")
    return list(rows[:most])


def fresh_since(plan: Plan, proposals: Sequence[Proposed]) -> int:
    """Return how many of these proposals the plan before did not make. One query."""
    before = PlanItem.objects.filter(
        plan__district_id=plan.district_id, plan__number=plan.number - 1
    )
    known = set(before.values_list("offer_id", "slot__opportunity_id"))
    return sum(1 for one in proposals if (one.offer_id, one.opportunity_id) not in known)
