"""Rows of the domain as the API tells them."""

from collections.abc import Iterable, Mapping
from typing import Any

from farelegami.api.schemas.common import Named
from farelegami.api.schemas.pacts import (
    CommitmentOut,
    DraftOut,
    GoalOut,
    HoursEntryOut,
    HoursOut,
    MeetingOut,
    MemberOut,
    MoneyOut,
    PactOut,
    PactRowOut,
    ResultOut,
    SpendOut,
    SupportOut,
)
from farelegami.api.schemas.people import HouseholdMemberOut
from farelegami.kernel.units import Cents, Minutes
from farelegami.pacts.models import HoursEntry, Meeting, Pact, PactVersion, SpendRequest
from farelegami.pacts.queries import Hours, Listed, Mark, Money, PactFile, hours_of, money_of
from farelegami.pacts.rules.money import Route, Spend
from farelegami.pacts.rules.terms import Commitment, Goal, Support
from farelegami.people.queries.households import Member

_TO_START = "to_start"


def money_told(money: Money) -> MoneyOut:
    return MoneyOut(
        authorised_cents=money.authorised,
        committed_cents=money.committed,
        documented_cents=money.documented,
        paid_cents=money.paid,
        reconciled_cents=money.reconciled,
        left_cents=money.left,
    )


def hours_told(hours: Hours) -> HoursOut:
    return HoursOut(
        agreed_minutes=hours.agreed, done_minutes=hours.done, confirmed_minutes=hours.confirmed
    )


def row_told(pact: Listed, purses: Mapping[str, int]) -> PactRowOut:
    return PactRowOut(
        id=pact.id,
        code=pact.code,
        title=pact.title,
        stage=pact.stage_now,
        district_id=pact.district_id,
        case_id=pact.case_id,
        household=Named(id=pact.household_id, name=pact.household),
        manager=pact.manager,
        starts_on=pact.starts_on,
        ends_on=pact.ends_on,
        created_at=pact.created_at,
        next_meeting_by=pact.next_meeting_by,
        meeting_planned=pact.meeting_planned,
        words_open=pact.words_open,
        money=money_told(money_of(purses)),
        hours=hours_told(hours_of(purses, pact.promised_minutes)),
    )


def goals_told(goals: Iterable[Goal], marks: Iterable[Mark] = ()) -> list[GoalOut]:
    """Return goals with how their results stand, and the goals at the closing."""
    by_kind: dict[str, dict[str, Mark]] = {"result": {}, "goal": {}}
    for mark in marks:
        by_kind.setdefault(mark.kind, {})[mark.key] = mark
    return [_goal(goal, by_kind["result"], by_kind["goal"]) for goal in goals]


def _goal(goal: Goal, results: Mapping[str, Mark], outcomes: Mapping[str, Mark]) -> GoalOut:
    told = []
    for result in goal.results:
        mark = results.get(result.key)
        told.append(
            ResultOut(
                key=result.key,
                text=result.text,
                due_on=result.due_on,
                indicator=result.indicator,
                baseline=result.baseline,
                status=mark.status if mark else _TO_START,  # type: ignore[arg-type]
                settled_on=mark.on if mark else None,
                note=mark.note if mark else "",
            )
        )
    outcome = outcomes.get(goal.key)
    return GoalOut(
        key=goal.key, title=goal.title, outcome=outcome.status if outcome else "", results=told
    )


def supports_told(supports: Iterable[Support]) -> list[SupportOut]:
    return [
        SupportOut(
            key=each.key,
            category=each.category,
            title=each.title,
            provider=each.provider,
            provider_id=each.provider_id,
            amount_cents=each.amount_cents,
            detail=each.detail,
        )
        for each in supports
    ]


def commitments_told(commitments: Iterable[Commitment]) -> list[CommitmentOut]:
    return [
        CommitmentOut(
            key=each.key,
            person_id=each.person_id,
            person_name=each.person_name,
            title=each.title,
            host=each.host,
            host_id=each.host_id,
            minutes=each.minutes,
            weekly_minutes=each.weekly_minutes,
            ends_on=each.ends_on,
            basis=each.basis,
            when=each.when,
            helpers=each.helpers,
        )
        for each in commitments
    ]


def spend_told(spend: SpendRequest, *, story: bool) -> SpendOut:
    """Return a spend; without its title and reasons to who does not see the pact."""
    return SpendOut(
        id=spend.pk,
        pact_id=spend.pact_id,
        district_id=spend.district_id,
        stage=Spend(spend.stage),
        category=spend.category.code,
        title=spend.title if story else None,
        amount_cents=spend.amount_cents,
        route=Route(spend.route),
        supplier=spend.supplier,
        support_key=spend.support_key,
        requested_at=spend.requested_at,
        approved_at=spend.approved_at,
        rejected_at=spend.rejected_at,
        document_number=spend.document_number,
        document_date=spend.document_date,
        document_cents=spend.document_cents,
        paid_on=spend.paid_on,
        reconciled_at=spend.reconciled_at,
        released_at=spend.released_at,
        reason=spend.reason if story else None,
        decision_reason=spend.decision_reason if story else None,
    )


def meeting_told(meeting: Meeting) -> MeetingOut:
    return MeetingOut(
        id=meeting.pk,
        pact_id=meeting.pact_id,
        planned_at=meeting.planned_at,
        place=meeting.place,
        with_whom=meeting.with_whom,
        held_on=meeting.held_on,
        missed_on=meeting.missed_on,
        miss_reason=meeting.miss_reason,
        progress=meeting.progress,
        changed_for_family=meeting.changed_for_family,
        worked_minutes=meeting.worked_minutes,
    )


def entry_told(entry: HoursEntry) -> HoursEntryOut:
    return HoursEntryOut(
        id=entry.pk,
        pact_id=entry.pact_id,
        commitment_key=entry.commitment_key,
        done_on=entry.done_on,
        minutes=entry.minutes,
        note=entry.note,
        confirmed_at=entry.confirmed_at,
        confirmed_name=entry.confirmed_name,
    )


def draft_told(version: PactVersion) -> DraftOut:
    terms = version.terms
    return DraftOut(
        pact_id=version.pact_id,
        number=version.number,
        edit_number=version.edit_number,
        agreed_on=version.agreed_on,
        starts_on=terms.starts_on,
        ends_on=terms.ends_on,
        goals=goals_told(terms.goals),
        supports=supports_told(terms.supports),
        commitments=commitments_told(terms.commitments),
        giveback_discussed=terms.giveback_discussed,
        giveback_note=terms.giveback_note,
    )


def pact_told(file: PactFile) -> PactOut:
    """Return a pact whole. No query."""
    pact, terms, draft = file.pact, file.terms, file.open_version
    money, hours = file.money, file.hours
    if terms is not None and pact.version_number == 0:
        # Before the signature, what is proposed.
        nothing = Cents(0)
        money = Money(terms.budget, nothing, nothing, nothing, nothing)
        hours = Hours(terms.promised, Minutes(0), Minutes(0))
    return PactOut(
        **_facts(pact),
        programme=Named(id=pact.programme_id, name=pact.programme.name),
        pact_type=Named(id=pact.pact_type_id, name=pact.pact_type.name),
        body=Named(id=pact.body_id, name=pact.body.name),
        household=Named(id=pact.household_id, name=pact.household.name),
        manager=pact.case.manager.name,
        stage=pact.stage_now,
        draft_number=draft.number if draft else None,
        members=[
            MemberOut(person_id=each.person_id, name=each.person.name, is_holder=each.is_holder)
            for each in file.members
        ],
        goals=goals_told(terms.goals if terms else (), file.marks),
        supports=supports_told(terms.supports if terms else ()),
        commitments=commitments_told(terms.commitments if terms else ()),
        money=money_told(money),
        hours=hours_told(hours),
        spends=[spend_told(each, story=True) for each in file.spends],
        meetings=[meeting_told(each) for each in file.meetings],
    )


_SAME = (
    "id", "code", "title", "district_id", "case_id", "starts_on", "ends_on", "cap_cents",
    "version_number", "agreed_on", "authorised_on", "signed_on", "started_on", "suspended_on",
    "final_review_on", "closed_on", "interrupted_on", "withdrawn_on", "next_meeting_by", "outcome",
)  # fmt: skip


def _facts(pact: Pact) -> dict[str, Any]:
    return {name: getattr(pact, name) for name in _SAME}


def member_told(member: Member) -> HouseholdMemberOut:
    return HouseholdMemberOut(
        person_id=member.person_id,
        name=member.name,
        role=str(member.role),
        age=member.age,
        starts_on=member.starts_on,
        ends_on=member.ends_on,
    )
