"""Pacts: lists, one whole, its parts, and opening one."""

from typing import Final
from uuid import UUID

from django.urls import reverse
from ninja import Query, Router

from farelegami.api.rules import Answer
from farelegami.api.schemas.common import Named, PageOf
from farelegami.api.schemas.filters import PactFilters
from farelegami.api.schemas.pacts import (
    BalancesOut,
    CategoryOut,
    CommitmentsOut,
    GoalsOut,
    NewPact,
    OfferOut,
    OffersOut,
    PactOpenedOut,
    PactOut,
    PactRowOut,
    TemplateOut,
)
from farelegami.api.services.reading import read_pact as read_whole
from farelegami.api.services.reading import read_part
from farelegami.api.views.doorway import (
    TokenRequest,
    checked_cursor,
    listed,
    reads,
    shown,
    writes,
)
from farelegami.api.views.telling import (
    commitments_told,
    goals_told,
    pact_told,
    row_told,
)
from farelegami.cases.queries import case_for
from farelegami.kernel.errors import gettext_noop
from farelegami.ledger.queries import balances
from farelegami.pacts.queries import (
    caseload_page,
    marks_of,
    pact_with_words,
)
from farelegami.pacts.rules.money import Purse
from farelegami.pacts.services.opening import open_pact as open_new_pact
from farelegami.programmes.queries import categories, goal_templates, pact_types, partners

router: Final = Router(tags=[gettext_noop("patti")])
_TIME: Final = frozenset({Purse.GIVING, Purse.DONE, Purse.CONFIRMED})


@reads(router, "/pacts", PageOf[PactRowOut])
def list_pacts(request: TokenRequest, asked: Query[PactFilters]) -> Answer:
    page = caseload_page(
        request.actor,
        stage=asked.stage or "",
        text=asked.text,
        mine=asked.mine,
        district_id=asked.district,
        created_since=asked.created_since,
        cursor=checked_cursor(asked.cursor, 1),
        size=asked.limit,
    )
    purses = balances([pact.id for pact in page.rows]) if page.rows else {}
    return listed([row_told(pact, purses[pact.id]) for pact in page.rows], page)


@reads(router, "/cases/{uuid:case_id}/offers", OffersOut)
def list_offers(request: TokenRequest, case_id: UUID) -> Answer:
    types = pact_types([case_for(request.actor, case_id).district_id])
    programmes = dict.fromkeys(each.programme_id for each in types)
    templates = goal_templates([each.pk for each in types])
    chosen, bodies = categories(programmes), {each: partners(each) for each in programmes}
    rows = [
        OfferOut(
            pact_type_id=each.pk,
            name=each.name,
            programme=Named(id=each.programme_id, name=each.programme.name),
            cap_cents=each.cap_cents,
            validity_months=each.validity_months,
            bodies=[
                Named(id=one.organisation_id, name=one.organisation.name)
                for one in bodies[each.programme_id]
            ],
            templates=[
                TemplateOut(code=one.code, title=one.title) for one in templates.get(each.pk, ())
            ],
            categories=[
                CategoryOut(code=one.code, label=one.label, limit_cents=one.limit_cents)
                for one in chosen.get(each.programme_id, ())
            ],
        )
        for each in types
    ]
    return shown(OffersOut(rows=rows))


@writes(router, "/cases/{uuid:case_id}/pacts", PactOpenedOut)
def open_pact(request: TokenRequest, case_id: UUID, sent: NewPact) -> Answer:
    pact = open_new_pact(request.actor, case_id=case_id, **sent.model_dump())
    told = PactOpenedOut(
        id=pact.pk,
        code=pact.code,
        title=pact.title,
        stage=pact.stage_now,
        starts_on=pact.starts_on,
        ends_on=pact.ends_on,
        cap_cents=pact.cap_cents,
    )
    return shown(told, status=201, location=reverse("api:read_pact", args=[pact.pk]))


@reads(router, "/pacts/{uuid:pact_id}", PactOut)
def read_pact(request: TokenRequest, pact_id: UUID) -> Answer:
    return shown(pact_told(read_whole(request.actor, pact_id)))


@reads(router, "/pacts/{uuid:pact_id}/goals", GoalsOut)
def list_goals(request: TokenRequest, pact_id: UUID) -> Answer:
    read_part(request.actor, pact_id)
    _pact, version = pact_with_words(request.actor, pact_id)
    rows = goals_told(version.terms.goals, marks_of(pact_id))
    return shown(GoalsOut(version_number=version.number, rows=rows))


@reads(router, "/pacts/{uuid:pact_id}/commitments", CommitmentsOut)
def list_commitments(request: TokenRequest, pact_id: UUID) -> Answer:
    read_part(request.actor, pact_id)
    _pact, version = pact_with_words(request.actor, pact_id)
    rows = commitments_told(version.terms.commitments)
    return shown(CommitmentsOut(version_number=version.number, rows=rows))


@reads(router, "/pacts/{uuid:pact_id}/balances", BalancesOut)
def read_balances(request: TokenRequest, pact_id: UUID) -> Answer:
    read_part(request.actor, pact_id)
    purses = balances([pact_id])[pact_id]
    told = {
        f"{purse}_{'minutes' if purse in _TIME else 'cents'}": purses.get(purse, 0)
        for purse in Purse
    }
    return shown(BalancesOut(**told))
