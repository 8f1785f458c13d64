"""Spends: asked for and decided, each by the hands that may."""

from typing import Final
from uuid import UUID

from django.urls import reverse
from ninja import Query, Router

from farelegami.api.rules import Answer
from farelegami.api.schemas.common import PageOf
from farelegami.api.schemas.filters import SpendFilters
from farelegami.api.schemas.pacts import DecisionOut, NewSpend, Rejection, SpendOut, SpendsOut
from farelegami.api.services.reading import read_part, stories_seen
from farelegami.api.views.doorway import (
    TokenRequest,
    check_match,
    checked_cursor,
    listed,
    reads,
    shown,
    writes,
)
from farelegami.api.views.telling import spend_told
from farelegami.kernel.errors import gettext_noop
from farelegami.kernel.units import Cents
from farelegami.pacts.models import SpendRequest
from farelegami.pacts.queries import spend_for, spends_of
from farelegami.pacts.queries.lists import spends_page
from farelegami.pacts.rules.money import Spend
from farelegami.pacts.services import spending

router: Final = Router(tags=[gettext_noop("spese")])


@reads(router, "/spends", PageOf[SpendOut])
def list_spends(request: TokenRequest, asked: Query[SpendFilters]) -> Answer:
    page = spends_page(
        request.actor,
        stage=asked.stage or "",
        district_id=asked.district,
        requested_since=asked.requested_since,
        cursor=checked_cursor(asked.cursor, 1),
        size=asked.limit,
    )
    seen = stories_seen(request.actor, page.rows)
    return listed([spend_told(each, story=each.pact_id in seen) for each in page.rows], page)


@reads(router, "/spends/{uuid:spend_id}", SpendOut)
def read_spend(request: TokenRequest, spend_id: UUID) -> Answer:
    return shown(_told(request, spend_for(request.actor, spend_id)))


def _told(request: TokenRequest, spend: SpendRequest) -> SpendOut:
    return spend_told(spend, story=bool(stories_seen(request.actor, [spend])))


@reads(router, "/pacts/{uuid:pact_id}/spends", SpendsOut)
def list_pact_spends(request: TokenRequest, pact_id: UUID) -> Answer:
    read_part(request.actor, pact_id)
    return shown(SpendsOut(rows=[spend_told(each, story=True) for each in spends_of(pact_id)]))


@writes(router, "/pacts/{uuid:pact_id}/spends", SpendOut)
def ask_spend(request: TokenRequest, pact_id: UUID, sent: NewSpend) -> Answer:
    asked = sent.model_dump() | {"amount_cents": Cents(sent.amount_cents)}
    spend = spending.request_spend(request.actor, pact_id, **asked)
    told = spend_told(spend, story=True)
    return shown(told, status=201, location=reverse("api:read_spend", args=[spend.pk]))


def _still(request: TokenRequest) -> spending.Still:
    """Return what lets a decision through only on the spend it was made on."""
    return lambda spend: check_match(request, _told(request, spend))


@writes(router, "/spends/{uuid:spend_id}/approval", DecisionOut, status=200, changes=True)
def approve_spend(request: TokenRequest, spend_id: UUID) -> Answer:
    left = spending.approve_spend(request.actor, spend_id, still=_still(request))
    return shown(DecisionOut(id=spend_id, stage=Spend.COMMITTED, left_cents=left))


@writes(router, "/spends/{uuid:spend_id}/rejection", DecisionOut, status=200, changes=True)
def reject_spend(request: TokenRequest, spend_id: UUID, sent: Rejection) -> Answer:
    spending.reject_spend(request.actor, spend_id, reason=sent.reason, still=_still(request))
    return shown(DecisionOut(id=spend_id, stage=Spend.REJECTED, left_cents=None))
