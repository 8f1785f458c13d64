"""Referrals and cases; the diary has no door here."""

from typing import Final
from uuid import UUID

from django.urls import reverse
from ninja import Query, Router

from farelegami.api.rules import Answer
from farelegami.api.schemas.cases import (
    AssessmentOut,
    CaseOut,
    CaseRowOut,
    FindingOut,
    MunicipalitiesOut,
    MunicipalityOut,
    NewReferral,
    NewSentReferral,
    ReferralOut,
    ReferralRowOut,
    ReferralWrittenOut,
    SentReferralOut,
    SentReferralsOut,
)
from farelegami.api.schemas.common import PageOf
from farelegami.api.schemas.filters import CaseFilters, ReferralFilters
from farelegami.api.services.reading import PURPOSE
from farelegami.api.views.doorway import (
    TokenRequest,
    checked_cursor,
    listed,
    reads,
    shown,
    writes,
)
from farelegami.api.views.telling import member_told
from farelegami.cases.models import Referral
from farelegami.cases.queries import caseload_page, referrals_page, sent_referrals
from farelegami.cases.queries.cases import CaseFile
from farelegami.cases.rules.phases import Phase
from farelegami.cases.rules.referrals import Channel, ReferralStage, Source, Urgency
from farelegami.cases.services import cases as caring
from farelegami.cases.services import referrals as referring
from farelegami.kernel.actor import Role
from farelegami.kernel.errors import gettext_noop
from farelegami.territory.queries import municipality_choices

router: Final = Router(tags=[gettext_noop("segnalazioni e percorsi")])


@reads(router, "/referrals", PageOf[ReferralRowOut])
def list_referrals(request: TokenRequest, asked: Query[ReferralFilters]) -> Answer:
    page = referrals_page(
        request.actor,
        stages=[asked.stage] if asked.stage else list(ReferralStage),
        mine=asked.mine,
        district_id=asked.district,
        received_since=asked.received_since,
        cursor=checked_cursor(asked.cursor, 1),
        size=asked.limit,
    )
    rows = [
        ReferralRowOut(
            id=row.id,
            code=row.code,
            name=row.name,
            town=row.town,
            stage=ReferralStage(row.stage),
            urgency=Urgency(row.urgency),
            received_on=row.received_on,
            worker=row.worker,
            late=row.late,
        )
        for row in page.rows
    ]
    return listed(rows, page)


@writes(router, "/referrals", ReferralWrittenOut)
def write_referral(request: TokenRequest, sent: NewReferral) -> Answer:
    told = sent.model_dump() | {"source": Source(sent.source), "channel": Channel(sent.channel)}
    referral = referring.receive_referral(request.actor, referring.ReferralDraft(**told))
    location = reverse("api:read_referral", args=[referral.pk])
    return shown(_written(referral), status=201, location=location)


def _written(referral: Referral) -> ReferralWrittenOut:
    return ReferralWrittenOut(
        id=referral.pk,
        code=referral.code,
        stage=ReferralStage(referral.stage),
        district_id=referral.district_id,
        received_at=referral.received_at,
    )


@reads(router, "/referrals/{uuid:referral_id}", ReferralOut)
def read_referral(request: TokenRequest, referral_id: UUID) -> Answer:
    return shown(_referral(referring.read_referral(request.actor, referral_id)))


@reads(router, "/sent-referrals", SentReferralsOut)
def list_sent_referrals(request: TokenRequest) -> Answer:
    rows = [
        SentReferralOut(
            code=row.code,
            initials=row.initials,
            stage_label=row.stage_label,
            received_on=row.received_on,
        )
        for row in sent_referrals(request.actor)
    ]
    return shown(SentReferralsOut(rows=rows))


@writes(router, "/sent-referrals", ReferralWrittenOut)
def send_referral(request: TokenRequest, sent: NewSentReferral) -> Answer:
    draft = referring.ReferralDraft(
        **sent.model_dump(),
        source=Source.ORGANISATION if sent.organisation_id else Source.LAB,
        channel=Channel.ORGANISATION,
        referrer_name=request.held.holder[:120],
    )
    return shown(_written(referring.send_referral(request.actor, draft)), status=201)


@reads(router, "/municipalities", MunicipalitiesOut)
def list_municipalities(request: TokenRequest) -> Answer:
    choices = municipality_choices(request.actor.districts(*Role))
    return shown(
        MunicipalitiesOut(rows=[MunicipalityOut(id=code, name=name) for code, name in choices])
    )


_SAME: Final = (
    "id", "code", "district_id", "municipality_id", "given_name", "family_name", "phone", "email",
    "contact_hours", "reason", "person_informed", "referrer_name", "referrer_contact",
    "organisation_id", "received_at", "answered_at",
)  # fmt: skip


def _referral(row: Referral) -> ReferralOut:
    return ReferralOut(
        **{name: getattr(row, name) for name in _SAME},
        stage=ReferralStage(row.stage),
        source=Source(row.source),
        channel=Channel(row.channel),
        urgency=Urgency(row.urgency),
        worker=row.worker.name if row.worker else "",
    )


@reads(router, "/cases", PageOf[CaseRowOut])
def list_cases(request: TokenRequest, asked: Query[CaseFilters]) -> Answer:
    page = caseload_page(
        request.actor,
        scope=asked.scope,
        phase=asked.phase or "",
        cursor=checked_cursor(asked.cursor, 1),
        size=asked.limit,
    )
    rows = [
        CaseRowOut(
            id=row.id,
            household=row.household,
            contact=row.contact,
            phase=Phase(row.phase),
            opened_on=row.opened_on,
            manager=row.manager,
            due_on=row.due_on,
            late=row.late,
        )
        for row in page.rows
    ]
    return listed(rows, page)


@reads(router, "/cases/{uuid:case_id}", CaseOut)
def read_case(request: TokenRequest, case_id: UUID) -> Answer:
    return shown(_case(caring.read_case(request.actor, case_id, purpose=PURPOSE)))


def _case(file: CaseFile) -> CaseOut:
    case = file.case
    return CaseOut(
        id=case.pk,
        district_id=case.district_id,
        phase=Phase(case.phase),
        household_id=case.household_id,
        household=case.household.name,
        contact_id=case.contact_id,
        contact=case.contact.name,
        programme_id=case.programme_id,
        manager=case.manager.name,
        opened_on=case.opened_on,
        first_meeting_on=case.first_meeting_on,
        deep_analysis_on=case.deep_analysis_on,
        closed_on=case.closed_on,
        members=[member_told(each) for each in file.members],
        findings=[
            FindingOut(id=each.pk, kind=each.kind, area=each.area, text=each.text)
            for each in file.findings
        ],
        assessments=[
            AssessmentOut(
                id=each.pk,
                instrument=each.instrument,
                moment=each.moment,
                person_id=each.person_id,
                taken_on=each.taken_on,
                is_confirmed=each.confirmed_at is not None,
            )
            for each in file.assessments
        ],
        moves=sorted(str(move) for move in file.moves),
    )
