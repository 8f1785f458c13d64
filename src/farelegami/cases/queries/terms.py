"""What falls due: alerts at the terms of R7, never a sanction."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from uuid import UUID

from django.db.models import Q, QuerySet

from farelegami.cases.models import Case, Handover, Referral, TeamMember
from farelegami.cases.permissions import STAFF
from farelegami.cases.queries.referrals import visible_referrals
from farelegami.cases.rules.phases import first_meeting_terms
from farelegami.cases.rules.referrals import (
    CONTACT_TARGET_DAYS,
    OPEN,
    ReferralStage,
    contact_terms,
)
from farelegami.cases.rules.teamwork import HandoverStage
from farelegami.kernel import clock
from farelegami.kernel.actor import Actor, Role
from farelegami.storage.prepared import prepared

_MOST = 100


class Due(StrEnum):
    CONTACT = "contact"
    FIRST_MEETING = "first_meeting"
    TEAM = "team"
    HANDOVER = "handover"
    TRANSFER = "transfer"


@dataclass(frozen=True, slots=True)
class DueRow:
    """Something due: `on` is the day to do it by, `limit_on` the last one, where there are two."""

    kind: Due
    object_id: UUID
    title: str
    on: date
    limit_on: date | None = None

    def is_late(self, today: date) -> bool:
        """Return whether the day is past."""
        return self.on < today


def due_soon(actor: Actor, within_days: int) -> Sequence[DueRow]:
    """Return what falls due for the actor in so many days or is late, earliest first (R7).

    Referrals nobody has answered in the districts one works in, families of one's own cases not
    met yet, invitations one gave that end, passages one was asked to accept, those another
    district has not answered in time. Four queries.
    """
    if actor.account_id is None:
        return []
    until = clock.today() + timedelta(days=within_days)
    waiting = _waiting(actor, actor.account_id, _received_before(until), until)
    return _due(actor, until, waiting)


def due_and_new(actor: Actor, within_days: int) -> tuple[Sequence[DueRow], int]:
    """Return what falls due, as `due_soon`, and how many referrals nobody has answered yet.

    Of those at most 100 are counted. Four queries.
    """
    if actor.account_id is None:
        return [], 0
    until = clock.today() + timedelta(days=within_days)
    before = _received_before(until)
    rows = _waiting_or_new(actor, actor.account_id, until)
    new = [row for row in rows if row.stage == ReferralStage.RECEIVED]
    waiting = [
        row
        for row in rows
        if row.worker_id in {None, actor.account_id}
        and (
            (row.stage == ReferralStage.RECEIVED and row.received_at < before)
            or (row.answer_by is not None and row.answer_by <= until)
        )
    ]
    return _due(actor, until, waiting), min(len(new), _MOST)


def _due(actor: Actor, until: date, waiting: Iterable[Referral]) -> Sequence[DueRow]:
    rows = [
        *_contacts(waiting),
        *_first_meetings(actor, until),
        *_team(actor, until),
        *_handovers(actor, until),
    ]
    return sorted(rows, key=lambda row: (row.on, row.object_id))


def _received_before(until: date) -> datetime:
    """Return before when a referral was received whose first contact is due by that day."""
    last = until - timedelta(days=CONTACT_TARGET_DAYS - 1)
    return datetime.combine(last, time.min, tzinfo=clock.ROME)


def _contacts(waiting: Iterable[Referral]) -> Iterator[DueRow]:
    for referral in waiting:
        received_on = referral.received_at.astimezone(clock.ROME).date()
        target, limit = contact_terms(received_on)
        on = min(target, referral.answer_by or target)
        yield DueRow(Due.CONTACT, referral.pk, referral.name, on, limit)


@prepared
def _waiting(
    actor: Actor, account_id: UUID | None, before: datetime, until: date
) -> QuerySet[Referral]:
    rows = visible_referrals(actor).filter(
        Q(stage=ReferralStage.RECEIVED.value, received_at__lt=before) | Q(answer_by__lte=until),
        Q(worker_id=account_id) | Q(worker_id=None),
        stage__in=[stage.value for stage in OPEN],
    )
    fields = ("id", "given_name", "family_name", "received_at", "answer_by")
    return rows.only(*fields).order_by("id")[:_MOST]


@prepared
def _waiting_or_new(actor: Actor, account_id: UUID | None, until: date) -> QuerySet[Referral]:
    mine = Q(worker_id=account_id) | Q(worker_id=None)
    rows = visible_referrals(actor).filter(
        Q(stage=ReferralStage.RECEIVED.value) | Q(mine, answer_by__lte=until),
        stage__in=[stage.value for stage in OPEN],
    )
    fields = (
        "id", "given_name", "family_name", "received_at", "answer_by", "stage", "worker_id",
    )  # fmt: skip
    return rows.only(*fields).order_by("id")[: 2 * _MOST]


def _first_meetings(actor: Actor, until: date) -> Iterator[DueRow]:
    for case in _never_met(actor):
        target, limit = first_meeting_terms(
            case.opened_on,
            target_days=case.programme.first_meeting_target_days,
            limit_days=case.programme.first_meeting_within_days,
        )
        if target <= until:
            yield DueRow(Due.FIRST_MEETING, case.pk, case.household.name, target, limit)


@prepared
def _never_met(actor: Actor) -> QuerySet[Case]:
    cases = Case.objects.filter(
        manager_id=actor.account_id,
        district_id__in=actor.districts(*STAFF),
        first_meeting_on__isnull=True,
        closed_on__isnull=True,
    ).select_related("household", "programme")
    return cases.defer("closing_reason").order_by("opened_on")[:_MOST]


@prepared
def _ending(account_id: UUID, until: date) -> QuerySet[TeamMember]:
    ending = TeamMember.objects.filter(
        case__manager_id=account_id,
        case__closed_on__isnull=True,
        ends_on__range=(clock.today(), until),
        withdrawn_at__isnull=True,
    ).select_related("account", "organisation", "case__household")
    return ending.order_by("ends_on")[:_MOST]


def _team(actor: Actor, until: date) -> Iterator[DueRow]:
    for member in _ending(actor.account_id, until) if actor.account_id else ():
        title = f"{member.name}, {member.case.household.name}"
        yield DueRow(Due.TEAM, member.case_id, title, member.ends_on)


@prepared
def _unanswered(actor: Actor, until: date) -> QuerySet[Handover]:
    asked = Q(to_account_id=actor.account_id) | Q(to_organisation_id__in=actor.organisations(*Role))
    unanswered = Q(
        case__manager_id=actor.account_id,
        case__closed_on__isnull=True,
        to_district__isnull=False,
        deadline__lt=clock.today(),
    )
    waiting = Handover.objects.filter(
        asked | unanswered, stage=HandoverStage.PROPOSED.value, deadline__lte=until
    ).select_related("case__household")
    return waiting.defer("reason", "answer").order_by("deadline")[:_MOST]


def _handovers(actor: Actor, until: date) -> Iterator[DueRow]:
    for handover in _unanswered(actor, until):
        sent = handover.to_district_id is not None
        kind, object_id = (Due.TRANSFER, handover.case_id) if sent else (Due.HANDOVER, handover.pk)
        yield DueRow(kind, object_id, handover.case.household.name, handover.deadline)
