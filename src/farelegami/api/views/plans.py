"""Plans of a district, what is decided about their proposals, what counts in them."""

from typing import Final
from uuid import UUID

from ninja import Router

from farelegami.api.rules import Answer
from farelegami.api.schemas.giving import (
    Because,
    ExcludedOut,
    MatchOut,
    NewWeights,
    PinnedOut,
    PlanOut,
    ProposalsOut,
    WeightsOut,
)
from farelegami.api.views.doorway import TokenRequest, check_match, reads, shown, writes
from farelegami.api.views.giving_told import match_told, plan_told, proposal_told
from farelegami.giveback.permissions import PLACERS
from farelegami.giveback.queries.people import match_file
from farelegami.kernel.errors import NotFound, gettext_noop
from farelegami.matching.models import Plan
from farelegami.matching.queries.plans import last_plan, proposals_of, weights_in
from farelegami.matching.services import plans, taking

router: Final = Router(tags=[gettext_noop("piani della restituzione")])


def _here(request: TokenRequest, district_id: int) -> int:
    """Return the district, one in which the actor places people.

    Raises:
        NotFound: another, or none.
    """
    if district_id not in request.actor.districts(*PLACERS):
        raise NotFound
    return district_id


def _last(request: TokenRequest, district_id: int) -> Plan:
    plan = last_plan(_here(request, district_id))
    if plan is None:
        raise NotFound
    return plan


@writes(router, "/districts/{int:district_id}/plans", PlanOut)
def make_plan(request: TokenRequest, district_id: int) -> Answer:
    plan = plans.make_plan(request.actor, _here(request, district_id))
    return shown(plan_told(plan), status=201)


@reads(router, "/districts/{int:district_id}/plan", PlanOut)
def read_plan(request: TokenRequest, district_id: int) -> Answer:
    return shown(plan_told(_last(request, district_id)))


@reads(router, "/districts/{int:district_id}/proposals", ProposalsOut)
def list_proposals(request: TokenRequest, district_id: int) -> Answer:
    plan = _last(request, district_id)
    rows = [proposal_told(each) for each in proposals_of(request.actor, plan)]
    return shown(ProposalsOut(plan_id=plan.pk, rows=rows))


@writes(router, "/proposals/{uuid:item_id}/match", MatchOut)
def take_up_proposal(request: TokenRequest, item_id: UUID) -> Answer:
    match = taking.take_up(request.actor, item_id)
    file = match_file(request.actor, match.pk)
    if file is None:
        raise NotFound
    return shown(match_told(file[0]), status=201)


@writes(router, "/proposals/{uuid:item_id}/pin", PinnedOut, status=200)
def pin_proposal(request: TokenRequest, item_id: UUID) -> Answer:
    plans.pin(request.actor, item_id)
    return shown(PinnedOut(id=item_id, is_pinned=True))


@writes(router, "/proposals/{uuid:item_id}/unpinning", PinnedOut, status=200)
def unpin_proposal(request: TokenRequest, item_id: UUID) -> Answer:
    plans.unpin(request.actor, item_id)
    return shown(PinnedOut(id=item_id, is_pinned=False))


@writes(router, "/proposals/{uuid:item_id}/exclusion", ExcludedOut)
def exclude_proposal(request: TokenRequest, item_id: UUID, sent: Because) -> Answer:
    left_out = plans.exclude(request.actor, item_id, reason=sent.reason)
    return shown(ExcludedOut(id=left_out.pk), status=201)


@reads(router, "/districts/{int:district_id}/weights", WeightsOut)
def read_weights(request: TokenRequest, district_id: int) -> Answer:
    return shown(_weights(_here(request, district_id)))


def _weights(district_id: int) -> WeightsOut:
    return WeightsOut(**weights_in(district_id).kept())


@writes(router, "/districts/{int:district_id}/weights", WeightsOut, status=200, changes=True)
def set_weights(request: TokenRequest, district_id: int, sent: NewWeights) -> Answer:
    check_match(request, _weights(_here(request, district_id)))
    plans.set_weights(request.actor, district_id, sent.model_dump())
    return shown(_weights(district_id))
