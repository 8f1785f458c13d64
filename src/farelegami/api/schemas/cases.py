"""Referrals and cases; the diary stays out of the API."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from farelegami.api.schemas.common import At, Body, Flag, Mail, words
from farelegami.api.schemas.people import HouseholdMemberOut
from farelegami.cases.rules.phases import Phase
from farelegami.cases.rules.referrals import Channel, ReferralStage, Source, Urgency


class MunicipalityOut(BaseModel):
    id: str
    name: str


class ReferralRowOut(BaseModel):
    id: UUID
    code: str
    name: str
    town: str
    stage: ReferralStage
    urgency: Urgency
    received_on: date
    worker: str
    late: bool


class ReferralOut(BaseModel):
    id: UUID
    code: str
    stage: ReferralStage
    source: Source
    channel: Channel
    urgency: Urgency
    district_id: int
    municipality_id: str | None
    given_name: str
    family_name: str
    phone: str
    email: str
    contact_hours: str
    reason: str
    person_informed: bool
    referrer_name: str
    referrer_contact: str
    organisation_id: UUID | None
    received_at: At
    answered_at: At | None
    worker: str


class ReferralWrittenOut(BaseModel):
    id: UUID
    code: str
    stage: ReferralStage
    district_id: int
    received_at: At


class NewReferral(Body):
    """A referral that somebody told the staff; one of phone and email must be usable."""

    given_name: Annotated[str, words(80, least=1)]
    family_name: Annotated[str, words(80)] = ""
    phone: Annotated[str, words(40)] = ""
    email: Mail = ""
    contact_hours: Annotated[str, words(120)] = ""
    municipality_id: Annotated[str, Field(pattern=r"^[0-9]{6}$")]
    source: Literal[
        "self", "family", "neighbour", "parish", "school", "doctor", "lab", "organisation",
        "service", "other",
    ]  # fmt: skip
    channel: Literal["desk", "phone", "email", "visit"]
    urgency: Urgency = Urgency.ORDINARY
    reason: Annotated[str, words(4000, least=1)]
    person_informed: Flag = False
    referrer_name: Annotated[str, words(120)] = ""
    referrer_contact: Annotated[str, words(120)] = ""


class NewSentReferral(Body):
    """A referral of an organisation, or of a community maker where none is named."""

    given_name: Annotated[str, words(80, least=1)]
    family_name: Annotated[str, words(80)] = ""
    phone: Annotated[str, words(40)] = ""
    email: Mail = ""
    contact_hours: Annotated[str, words(120)] = ""
    municipality_id: Annotated[str, Field(pattern=r"^[0-9]{6}$")]
    organisation_id: UUID | None = None
    urgency: Urgency = Urgency.ORDINARY
    reason: Annotated[str, words(4000, least=1)]
    referrer_contact: Annotated[str, words(120, least=1)]
    person_informed: Literal[True]


class SentReferralOut(BaseModel):
    code: str
    initials: str
    stage_label: str
    received_on: date


class SentReferralsOut(BaseModel):
    rows: list[SentReferralOut]


class MunicipalitiesOut(BaseModel):
    rows: list[MunicipalityOut]


class CaseRowOut(BaseModel):
    id: UUID
    household: str
    contact: str
    phase: Phase
    opened_on: date
    manager: str
    due_on: date | None
    late: bool


class FindingOut(BaseModel):
    id: UUID
    kind: str
    area: str
    text: str


class AssessmentOut(BaseModel):
    id: UUID
    instrument: str
    moment: str
    person_id: UUID
    taken_on: date
    is_confirmed: bool


class CaseOut(BaseModel):
    id: UUID
    district_id: int
    phase: Phase
    household_id: UUID
    household: str
    contact_id: UUID
    contact: str
    programme_id: UUID
    manager: str
    opened_on: date
    first_meeting_on: date | None
    deep_analysis_on: date | None
    closed_on: date | None
    members: list[HouseholdMemberOut]
    findings: list[FindingOut]
    assessments: list[AssessmentOut]
    moves: list[str]
