"""Pacts: rows of lists, the whole of one, its words, what is written to it."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel

from farelegami.api.schemas.common import (
    At,
    Body,
    Cents,
    Day,
    Key,
    Minutes,
    MinutesInADay,
    Moment,
    Named,
    SomeCents,
    SomeMinutes,
    words,
)
from farelegami.pacts.rules.money import Route, Spend
from farelegami.pacts.rules.stages import Stage
from farelegami.pacts.rules.terms import Basis


class MoneyOut(BaseModel):
    """Each figure holds those after it."""

    authorised_cents: int
    committed_cents: int
    documented_cents: int
    paid_cents: int
    reconciled_cents: int
    left_cents: int


class HoursOut(BaseModel):
    agreed_minutes: int
    done_minutes: int
    confirmed_minutes: int


class PactRowOut(BaseModel):
    id: UUID
    code: str
    title: str
    stage: Stage
    district_id: int
    case_id: UUID
    household: Named
    manager: str
    starts_on: date
    ends_on: date
    created_at: At
    next_meeting_by: date | None
    meeting_planned: bool
    words_open: bool
    money: MoneyOut
    hours: HoursOut


class MemberOut(BaseModel):
    person_id: UUID
    name: str
    is_holder: bool


class ResultOut(BaseModel):
    key: str
    text: str
    due_on: date
    indicator: str
    baseline: str
    status: Literal["to_start", "under_way", "reached", "not_reached"]
    settled_on: date | None
    note: str


class GoalOut(BaseModel):
    key: str
    title: str
    outcome: str
    results: list[ResultOut]


class SupportOut(BaseModel):
    key: str
    category: str
    title: str
    provider: str
    provider_id: UUID | None
    amount_cents: int
    detail: str


class CommitmentOut(BaseModel):
    key: str
    person_id: UUID
    person_name: str
    title: str
    host: str
    host_id: UUID | None
    minutes: int
    weekly_minutes: int
    ends_on: date
    basis: Basis
    when: str
    helpers: str


class SpendOut(BaseModel):
    """A spend; title and reasons only to who sees its pact, not to who merely pays."""

    id: UUID
    pact_id: UUID
    district_id: int
    stage: Spend
    category: str
    title: str | None
    amount_cents: int
    route: Route
    supplier: str
    support_key: str
    requested_at: At
    approved_at: At | None
    rejected_at: At | None
    document_number: str
    document_date: date | None
    document_cents: int | None
    paid_on: date | None
    reconciled_at: At | None
    released_at: At | None
    reason: str | None = None
    decision_reason: str | None = None


class MeetingOut(BaseModel):
    id: UUID
    pact_id: UUID
    planned_at: At
    place: str
    with_whom: str
    held_on: date | None
    missed_on: date | None
    miss_reason: str
    progress: str
    changed_for_family: str
    worked_minutes: int | None


class HoursEntryOut(BaseModel):
    id: UUID
    pact_id: UUID
    commitment_key: str
    done_on: date
    minutes: int
    note: str
    confirmed_at: At | None
    confirmed_name: str


class PactOut(BaseModel):
    """A pact whole. Its words are those in force; before the first signature, the first ones."""

    id: UUID
    code: str
    title: str
    stage: Stage
    district_id: int
    programme: Named
    pact_type: Named
    body: Named
    household: Named
    case_id: UUID
    manager: str
    starts_on: date
    ends_on: date
    cap_cents: int
    version_number: int
    draft_number: int | None
    agreed_on: date | None
    authorised_on: date | None
    signed_on: date | None
    started_on: date | None
    suspended_on: date | None
    final_review_on: date | None
    closed_on: date | None
    interrupted_on: date | None
    withdrawn_on: date | None
    next_meeting_by: date | None
    outcome: str
    members: list[MemberOut]
    goals: list[GoalOut]
    supports: list[SupportOut]
    commitments: list[CommitmentOut]
    money: MoneyOut
    hours: HoursOut
    spends: list[SpendOut]
    meetings: list[MeetingOut]


class TemplateOut(BaseModel):
    code: str
    title: str


class CategoryOut(BaseModel):
    code: str
    label: str
    limit_cents: int | None


class OfferOut(BaseModel):
    """A type of pact open for a case, with the bodies, templates and categories it comes with."""

    pact_type_id: UUID
    name: str
    programme: Named
    cap_cents: int
    validity_months: int
    bodies: list[Named]
    templates: list[TemplateOut]
    categories: list[CategoryOut]


class OffersOut(BaseModel):
    rows: list[OfferOut]


class PactOpenedOut(BaseModel):
    id: UUID
    code: str
    title: str
    stage: Stage
    starts_on: date
    ends_on: date
    cap_cents: int


class DraftOut(BaseModel):
    """The words being written; `edit_number` grows with every change."""

    pact_id: UUID
    number: int
    edit_number: int
    agreed_on: date | None
    starts_on: date
    ends_on: date
    goals: list[GoalOut]
    supports: list[SupportOut]
    commitments: list[CommitmentOut]
    giveback_discussed: bool
    giveback_note: str


class GoalsOut(BaseModel):
    version_number: int
    rows: list[GoalOut]


class CommitmentsOut(BaseModel):
    version_number: int
    rows: list[CommitmentOut]


class BalancesOut(BaseModel):
    """The accounts of a pact in the ledger, each alone: what is in one is not in another."""

    available_cents: int
    committed_cents: int
    documented_cents: int
    paid_cents: int
    reconciled_cents: int
    giving_minutes: int
    done_minutes: int
    confirmed_minutes: int


class HoursEntriesOut(BaseModel):
    rows: list[HoursEntryOut]


class MeetingsOut(BaseModel):
    rows: list[MeetingOut]


class SpendsOut(BaseModel):
    rows: list[SpendOut]


class DecisionOut(BaseModel):
    id: UUID
    stage: Spend
    left_cents: int | None


Title = Annotated[str, words(160, least=1)]
Name = Annotated[str, words(150, least=1)]


class NewPact(Body):
    pact_type_id: UUID
    body_id: UUID
    title: Title
    starts_on: Day
    holder_ids: list[UUID]
    member_ids: list[UUID] = []
    template_codes: list[Annotated[str, words(60)]] = []


class NewGoal(Body):
    title: Annotated[str, words(200, least=1)]


class NewSupport(Body):
    category: Annotated[str, words(40, least=1)]
    title: Title
    provider: Name
    amount_cents: Cents
    detail: Annotated[str, words(300)] = ""


class NewCommitment(Body):
    person_id: UUID
    title: Title
    host: Name
    minutes: SomeMinutes
    weekly_minutes: Minutes = 0
    ends_on: Day
    basis: Basis = Basis.VOLUNTARY
    when: Annotated[str, words(120)] = ""
    helpers: Annotated[str, words(150)] = ""


class NewSpend(Body):
    category: Annotated[str, words(40, least=1)]
    title: Title
    amount_cents: SomeCents
    route: Route = Route.SUPPLIER
    supplier: Name
    reason: Annotated[str, words(600)] = ""
    support_key: Key = ""


class Rejection(Body):
    reason: Annotated[str, words(600, least=1)]


class NewHours(Body):
    commitment_key: Key
    done_on: Day
    minutes: MinutesInADay
    note: Annotated[str, words(300)] = ""


class NewMeeting(Body):
    planned_at: Moment
    place: Annotated[str, words(150)] = ""
    with_whom: Annotated[str, words(200)] = ""


class Held(Body):
    held_on: Day
    progress: Annotated[str, words(4000)] = ""
    changed_for_family: Annotated[str, words(4000)] = ""
    worked_minutes: MinutesInADay | None = None
