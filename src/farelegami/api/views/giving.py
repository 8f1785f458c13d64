"""What people offer, and what is needed."""

from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

from django.urls import reverse
from ninja import Query, Router

from farelegami.api.rules import Answer
from farelegami.api.schemas.common import PageOf
from farelegami.api.schemas.giving import (
    ChangedOffer,
    ChangedOpportunity,
    CommitmentOffer,
    FreeOffer,
    NewOpportunity,
    OfferFilters,
    OfferRowOut,
    OpportunityFilter,
    OpportunityOut,
    OpportunityRowOut,
    TimeOfferOut,
)
from farelegami.api.services.reading import read_offer
from farelegami.api.views.doorway import (
    TokenRequest,
    check_match,
    checked_cursor,
    listed,
    reads,
    shown,
    writes,
)
from farelegami.api.views.giving_told import (
    offer_row_told,
    offer_sent,
    offer_told,
    opportunity_row_told,
    opportunity_told,
    slots_sent,
)
from farelegami.giveback.models import Offer, Opportunity
from farelegami.giveback.queries.opportunities import (
    OpportunityFilters,
    opportunities_page,
    opportunity_file,
)
from farelegami.giveback.queries.people import offers_page, slots_of_offers
from farelegami.giveback.queries.sight import offer_for, offer_to_write, opportunity_to_write
from farelegami.giveback.rules.needs import Need
from farelegami.giveback.services import offers, opportunities
from farelegami.kernel.actor import Actor
from farelegami.kernel.errors import gettext_noop

router: Final = Router(tags=[gettext_noop("disponibilità e opportunità")])
_OF_COMMITMENT: Final = frozenset({"commitment_key"})
_OF_PERSON: Final = frozenset({"person_id", "employer_id"})


@reads(router, "/offers", PageOf[OfferRowOut])
def list_time_offers(request: TokenRequest, asked: Query[OfferFilters]) -> Answer:
    page = offers_page(
        request.actor,
        district_id=asked.district,
        stage=asked.stage or "",
        without_place=asked.without_place,
        cursor=checked_cursor(asked.cursor, 1),
        size=asked.limit,
    )
    return listed([offer_row_told(row) for row in page.rows], page)


@reads(router, "/offers/{uuid:offer_id}", TimeOfferOut)
def read_time_offer(request: TokenRequest, offer_id: UUID) -> Answer:
    return shown(_offer(read_offer(request.actor, offer_id)))


def _offer(offer: Offer) -> TimeOfferOut:
    return offer_told(offer, slots_of_offers([offer.pk]).get(offer.pk, ()))


def _offered(request: TokenRequest, offer: Offer) -> Answer:
    told = _offer(offer_for(request.actor, offer.pk))
    return shown(told, status=201, location=reverse("api:read_time_offer", args=[offer.pk]))


@writes(router, "/offers", TimeOfferOut)
def offer_time(request: TokenRequest, sent: FreeOffer) -> Answer:
    draft = offer_sent(sent, without=_OF_PERSON)
    offer = offers.offer_freely(request.actor, sent.person_id, draft, employer_id=sent.employer_id)
    return _offered(request, offer)


@writes(router, "/pacts/{uuid:pact_id}/offers", TimeOfferOut)
def offer_for_commitment(request: TokenRequest, pact_id: UUID, sent: CommitmentOffer) -> Answer:
    draft = offer_sent(sent, without=_OF_COMMITMENT)
    offer = offers.offer_for_commitment(request.actor, pact_id, sent.commitment_key, draft)
    return _offered(request, offer)


def _on_offer(
    request: TokenRequest, offer_id: UUID, act: Callable[[Actor, UUID], object]
) -> Answer:
    """Do an act on the offer as it was read, and return it as it is then."""
    check_match(request, _offer(offer_to_write(request.actor, offer_id)))
    act(request.actor, offer_id)
    return shown(_offer(offer_for(request.actor, offer_id)))


@writes(router, "/offers/{uuid:offer_id}", TimeOfferOut, status=200, changes=True)
def change_time_offer(request: TokenRequest, offer_id: UUID, sent: ChangedOffer) -> Answer:
    draft = offer_sent(sent)
    return _on_offer(request, offer_id, lambda actor, each: offers.change_offer(actor, each, draft))


@writes(router, "/offers/{uuid:offer_id}/pause", TimeOfferOut, status=200, changes=True)
def pause_time_offer(request: TokenRequest, offer_id: UUID) -> Answer:
    return _on_offer(request, offer_id, offers.pause_offer)


@writes(router, "/offers/{uuid:offer_id}/resumption", TimeOfferOut, status=200, changes=True)
def resume_time_offer(request: TokenRequest, offer_id: UUID) -> Answer:
    return _on_offer(request, offer_id, offers.resume_offer)


@writes(router, "/offers/{uuid:offer_id}/closing", TimeOfferOut, status=200, changes=True)
def close_time_offer(request: TokenRequest, offer_id: UUID) -> Answer:
    return _on_offer(request, offer_id, offers.close_offer)


@reads(router, "/opportunities", PageOf[OpportunityRowOut])
def list_opportunities(request: TokenRequest, asked: Query[OpportunityFilter]) -> Answer:
    page = opportunities_page(
        request.actor,
        OpportunityFilters(text=asked.text, field=asked.area or "", stage=asked.stage or ""),
        checked_cursor(asked.cursor, 1),
        district_id=asked.district,
        only_free=asked.only_free,
        size=asked.limit,
    )
    return listed([opportunity_row_told(row) for row in page.rows], page)


@reads(router, "/opportunities/{uuid:opportunity_id}", OpportunityOut)
def read_opportunity(request: TokenRequest, opportunity_id: UUID) -> Answer:
    return shown(opportunity_told(opportunity_file(request.actor, opportunity_id)))


def _place_sent(sent: ChangedOpportunity) -> opportunities.OpportunityDraft:
    told: dict[str, Any] = {
        name: getattr(sent, name)
        for name in ChangedOpportunity.model_fields
        if name not in {"area", "slots", "needs", "point"}
    }
    return opportunities.OpportunityDraft(
        **told,
        point=sent.point.point() if sent.point else None,
        field=sent.area,
        slots=slots_sent(sent.slots),
        needs=[Need(need.kind, need.code, need.weight, need.level) for need in sent.needs],
    )


@writes(router, "/opportunities", OpportunityOut)
def post_opportunity(request: TokenRequest, sent: NewOpportunity) -> Answer:
    row: Opportunity = opportunities.post_opportunity(
        request.actor, sent.organisation_id, _place_sent(sent)
    )
    told = opportunity_told(opportunity_file(request.actor, row.pk))
    return shown(told, status=201, location=reverse("api:read_opportunity", args=[row.pk]))


def _on_place(
    request: TokenRequest, opportunity_id: UUID, act: Callable[[Actor, UUID], object]
) -> Answer:
    """Do an act on the opportunity as it was read, and return it as it is then."""
    opportunity_to_write(request.actor, opportunity_id)
    check_match(request, opportunity_told(opportunity_file(request.actor, opportunity_id)))
    act(request.actor, opportunity_id)
    return shown(opportunity_told(opportunity_file(request.actor, opportunity_id)))


@writes(router, "/opportunities/{uuid:opportunity_id}", OpportunityOut, status=200, changes=True)
def change_opportunity(
    request: TokenRequest, opportunity_id: UUID, sent: ChangedOpportunity
) -> Answer:
    draft = _place_sent(sent)
    return _on_place(
        request,
        opportunity_id,
        lambda actor, each: opportunities.change_opportunity(actor, each, draft),
    )


@writes(
    router, "/opportunities/{uuid:opportunity_id}/pause", OpportunityOut, status=200, changes=True
)
def pause_opportunity(request: TokenRequest, opportunity_id: UUID) -> Answer:
    return _on_place(request, opportunity_id, opportunities.pause_opportunity)


@writes(
    router,
    "/opportunities/{uuid:opportunity_id}/resumption",
    OpportunityOut,
    status=200,
    changes=True,
)
def resume_opportunity(request: TokenRequest, opportunity_id: UUID) -> Answer:
    return _on_place(request, opportunity_id, opportunities.resume_opportunity)


@writes(
    router, "/opportunities/{uuid:opportunity_id}/closing", OpportunityOut, status=200, changes=True
)
def close_opportunity(request: TokenRequest, opportunity_id: UUID) -> Answer:
    return _on_place(request, opportunity_id, opportunities.close_opportunity)


@writes(router, "/opportunities/{uuid:opportunity_id}/confirmation", OpportunityOut, status=200)
def confirm_opportunity(request: TokenRequest, opportunity_id: UUID) -> Answer:
    opportunities.confirm_needed(request.actor, opportunity_id)
    return shown(opportunity_told(opportunity_file(request.actor, opportunity_id)))
