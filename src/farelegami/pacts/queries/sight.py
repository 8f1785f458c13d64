"""Who sees which pact, spend and plan: every read of the room starts here."""

from collections.abc import Collection
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from farelegami.cases.queries import case_sight
from farelegami.kernel.actor import Actor, Role
from farelegami.kernel.errors import NotAllowed, NotFound
from farelegami.pacts.models import BusinessPlan, Pact, PactMember, SpendRequest
from farelegami.pacts.permissions import may_write_pact
from farelegami.storage.prepared import prepared


def visible_pacts(actor: Actor) -> QuerySet[Pact]:
    """The only door to pacts: of the cases one sees, and of the districts one coordinates."""
    return Pact.objects.filter(case_sight(actor, "case"))


@prepared
def seen_pacts(actor: Actor, pact_ids: Collection[UUID]) -> QuerySet[Pact, UUID]:
    """Return which of these pacts the actor may see. One query."""
    return visible_pacts(actor).filter(pk__in=pact_ids).values_list("pk", flat=True)


def own_family_pacts(actor: Actor) -> QuerySet[Pact]:
    """The door of a family to its own pacts: those that name the person behind the account.

    A pact is the family's to read once its words are authorised: before, it is being written.
    """
    if actor.person_id is None:
        return Pact.objects.none()
    named = PactMember.objects.filter(pact_id=OuterRef("pk"), person_id=actor.person_id)
    return Pact.objects.filter(Exists(named), authorised_on__isnull=False)


def own_pact_for(actor: Actor, pact_id: UUID, *, for_update: bool = False) -> Pact:
    """Return the actor's own family's pact, locked if asked. One query.

    Raises:
        NotFound: it does not exist, or the actor is not named in it.
    """
    pacts = own_family_pacts(actor).select_related(
        "case__manager", "household", "body", "programme", "pact_type", "district"
    )
    if for_update:
        pacts = pacts.select_for_update(of=("self",), no_key=True)
    pact = pacts.filter(pk=pact_id).first()
    if pact is None:
        raise NotFound
    return pact


def visible_spends(actor: Actor) -> QuerySet[SpendRequest]:
    """The only door to spend requests: of visible pacts, and to clerks those of their districts."""
    booked = Q(district_id__in=actor.districts(Role.CLERK))
    return SpendRequest.objects.filter(booked | case_sight(actor, "pact__case"))


def visible_plans(actor: Actor) -> QuerySet[BusinessPlan]:
    """The only door to business plans: of visible pacts, and to the panel those of its districts."""
    judged = Q(district_id__in=actor.districts(Role.PANEL))
    return BusinessPlan.objects.filter(judged | case_sight(actor, "pact__case"))


def pact_for(actor: Actor, pact_id: UUID, *, for_update: bool = False) -> Pact:
    """Return a pact with what its page needs beside it; locked if asked. One query.

    Raises:
        NotFound: it does not exist, or not for this actor.
    """
    found = _pact(actor, pact_id, for_update=for_update)
    if not found:
        raise NotFound
    return found[0]


@prepared
def _pact(actor: Actor, pact_id: UUID, *, for_update: bool) -> QuerySet[Pact]:
    pacts = visible_pacts(actor).filter(pk=pact_id)
    if for_update:
        pacts = pacts.select_for_update(of=("self",), no_key=True)
    return pacts.select_related(
        "case__manager", "household", "body", "programme", "pact_type", "district"
    )


def pact_to_write(actor: Actor, pact_id: UUID) -> Pact:
    """Return a pact of which the actor is the case manager, locked, with its case alone. One query.

    Raises:
        NotFound, NotAllowed: not visible, or somebody else's.
    """
    found = _to_write(actor, pact_id)
    if not found:
        raise NotFound
    if not may_write_pact(actor, manager_id=found[0].case.manager_id):
        raise NotAllowed
    return found[0]


@prepared
def _to_write(actor: Actor, pact_id: UUID) -> QuerySet[Pact]:
    pacts = visible_pacts(actor).filter(pk=pact_id).select_related("case")
    return pacts.defer("case__closing_reason").select_for_update(of=("self",), no_key=True)


def spend_for(actor: Actor, spend_id: UUID) -> SpendRequest:
    """Return a spend request with its pact and category. One query.

    Raises:
        NotFound: it does not exist, or not for this actor.
    """
    found = _spend(actor, spend_id)
    if not found:
        raise NotFound
    return found[0]


@prepared
def _spend(actor: Actor, spend_id: UUID) -> QuerySet[SpendRequest]:
    return (
        visible_spends(actor)
        .select_related(
            "pact__case__manager",
            "pact__programme",
            "category",
            "document",
            "budget_line",
            "requested_by",
            "approved_by",
            "rejected_by",
            "paid_by",
        )
        .filter(pk=spend_id)
    )


def plan_for(actor: Actor, plan_id: UUID) -> BusinessPlan:
    """Return a business plan with its pact. One query.

    Raises:
        NotFound: it does not exist, or not for this actor.
    """
    plan = (
        visible_plans(actor).select_related("pact__case", "decided_by").filter(pk=plan_id).first()
    )
    if plan is None:
        raise NotFound
    return plan


def sees_story(actor: Actor, spend: SpendRequest) -> bool:
    """Return whether the actor sees the pact of a spend, and not only what is paid. One query."""
    return visible_pacts(actor).filter(pk=spend.pact_id).exists()


def may_open_spend_paper(actor: Actor, spend_id: UUID) -> bool:
    """Return whether the papers of a spend open to the actor: who sees the spend. One query."""
    return visible_spends(actor).filter(pk=spend_id).exists()


def may_open_pact_paper(actor: Actor, pact_id: UUID) -> bool:
    """Return whether the papers of a pact open to the actor: who sees the pact. One query."""
    return visible_pacts(actor).filter(pk=pact_id).exists()
