"""What a worker carries: their own open pacts, what was given this month, what waits to be paid."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Count, Exists, F, Min, OuterRef, Q, QuerySet, Subquery

from farelegami.kernel import clock
from farelegami.kernel.actor import Actor, Role
from farelegami.kernel.units import Minutes
from farelegami.pacts.models import FamilyMessage, FollowUp, HoursEntry, Meeting, Pact, SpendRequest
from farelegami.pacts.queries.lists import open_pacts
from farelegami.pacts.rules.family import MessageKind
from farelegami.pacts.rules.money import Spend
from farelegami.pacts.rules.stages import Stage
from farelegami.storage.prepared import prepared

MOST_OPEN = 200


class OwnPact(NamedTuple):
    """An open pact as its case manager's morning tells it: plain values."""

    id: UUID
    code: str
    title: str
    stage: str
    household: str
    ends_on: date
    next_meeting_by: date | None
    promised_minutes: int
    planned_at: datetime | None
    is_disputed: bool

    @property
    def stage_now(self) -> Stage:
        return Stage(self.stage)


def own_pacts(actor: Actor) -> Sequence[OwnPact]:
    """Return the open pacts of the actor's own cases, most pressing first, each with the moment of
    its next planned meeting (`planned_at`) and whether its family waits for an answer to "this is
    not so" (`is_disputed`). One query.
    """
    rows = [] if actor.account_id is None else _own_pacts(actor.account_id)
    return [OwnPact._make(row) for row in rows]


@prepared
def _own_pacts(account_id: UUID) -> QuerySet[Pact, tuple[Any, ...]]:
    planned = Meeting.objects.filter(
        pact=OuterRef("pk"), held_on=None, missed_on=None, planned_at__gte=clock.now()
    ).order_by()
    disputes = FamilyMessage.objects.filter(
        pact=OuterRef("pk"), kind=MessageKind.DISPUTE, answered_at=None
    )
    first = planned.values("pact").annotate(first=Min("planned_at")).values("first")
    return (
        open_pacts(Pact.objects.filter(case__manager_id=account_id))
        .annotate(planned_at=Subquery(first), is_disputed=Exists(disputes))
        .order_by(F("next_meeting_by").asc(nulls_last=True), "id")
        .values_list(
            "id",
            "code",
            "title",
            "stage",
            "household__name",
            "ends_on",
            "next_meeting_by",
            "promised_minutes",
            "planned_at",
            "is_disputed",
        )[:MOST_OPEN]
    )


class FollowUpDue(NamedTuple):
    """When a family is asked how it goes, some months after its pact was closed."""

    pact_id: UUID
    household: str
    months: int
    due_on: date


def own_follow_ups(actor: Actor, *, within_days: int) -> Sequence[FollowUpDue]:
    """Return the follow-ups of the actor's own closed pacts that fall due, earliest first. One
    query.
    """
    if actor.account_id is None:
        return []
    rows = _own_follow_ups(actor.account_id, clock.today() + timedelta(days=within_days))
    return [FollowUpDue._make(row) for row in rows]


@prepared
def _own_follow_ups(account_id: UUID, until: date) -> QuerySet[FollowUp, tuple[Any, ...]]:
    return (
        FollowUp.objects.filter(pact__case__manager_id=account_id, done_on=None, due_on__lte=until)
        .order_by("due_on")
        .values_list("pact_id", "pact__household__name", "months", "due_on")[:30]
    )


@dataclass(frozen=True, slots=True)
class ToConfirm:
    """Hours the family told of, which nobody has confirmed."""

    pact_id: UUID
    title: str
    done_on: date
    minutes: Minutes


@dataclass(frozen=True, slots=True)
class OwnHours:
    """What was given in the actor's own cases: this month's minutes, and entries to confirm."""

    this_month: Minutes
    to_confirm: Sequence[ToConfirm]


def own_hours(actor: Actor) -> OwnHours:
    """Return the hours of the actor's own cases that matter today. One query."""
    month = clock.today().replace(day=1)
    rows = _hours_that_matter(actor.account_id, month) if actor.account_id else []
    return OwnHours(
        Minutes(sum(minutes for _id, _title, done_on, minutes, _at in rows if done_on >= month)),
        [
            ToConfirm(pact_id, title, done_on, Minutes(minutes))
            for pact_id, title, done_on, minutes, confirmed_at in rows
            if confirmed_at is None
        ],
    )


@prepared
def _hours_that_matter(account_id: UUID, month: date) -> QuerySet[HoursEntry, tuple[Any, ...]]:
    # There may be hundreds, and a line shows a few words of each.
    return (
        HoursEntry.objects.filter(
            Q(done_on__gte=month) | Q(confirmed_at=None),
            pact__case__manager_id=account_id,
            cancelled_at=None,
        )
        .order_by("done_on")
        .values_list("pact_id", "pact__title", "done_on", "minutes", "confirmed_at")
    )


class Planned(NamedTuple):
    """A meeting of the day."""

    pact_id: UUID
    title: str
    planned_at: datetime
    place: str


def agenda(actor: Actor, day: date) -> Sequence[Planned]:
    """Return the day's planned meetings of the actor's own cases, by hour. One query."""
    rows = _agenda(actor.account_id, day) if actor.account_id else []
    return [Planned._make(row) for row in rows]


@prepared
def _agenda(account_id: UUID, day: date) -> QuerySet[Meeting, tuple[Any, ...]]:
    return (
        Meeting.objects.filter(
            pact__case__manager_id=account_id,
            planned_at__date=day,
            held_on=None,
            missed_on=None,
        )
        .order_by("planned_at")
        .values_list("pact_id", "pact__title", "planned_at", "place")
    )


def payments_waiting(actor: Actor) -> Mapping[Spend, int]:
    """Return how many spends wait for a clerk's hand, by stage. One query."""
    rows = (
        SpendRequest.objects.filter(
            district_id__in=actor.districts(Role.CLERK),
            stage__in=[Spend.COMMITTED, Spend.DOCUMENTED, Spend.PAID],
        )
        .order_by()
        .values_list("stage")
        .annotate(n=Count("pk"))
    )
    return {Spend(stage): count for stage, count in rows}
