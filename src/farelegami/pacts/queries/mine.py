"""What a worker carries: their own open pacts, what was given this month, what waits to be paid."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Exists, F, Min, OuterRef, Q, Subquery

from farelegami.kernel import clock
from farelegami.kernel.actor import Actor, Role
from farelegami.kernel.units import Minutes
from farelegami.pacts.models import FamilyMessage, FollowUp, HoursEntry, Meeting, Pact, SpendRequest
from farelegami.pacts.queries.lists import open_pacts
from farelegami.pacts.rules.family import MessageKind
from farelegami.pacts.rules.money import Spend

MOST_OPEN = 200


def own_pacts(actor: Actor) -> Sequence[Pact]:
    """Return the open pacts of the actor's own cases, most pressing first, each with the moment of
    its next planned meeting (`planned_at`) and whether its family waits for an answer to "this is
    not so" (`is_disputed`). One query.
    """
    if actor.account_id is None:
        return []
    planned = Meeting.objects.filter(
        pact=OuterRef("pk"), held_on=None, missed_on=None, planned_at__gte=clock.now()
    ).order_by()
    disputes = FamilyMessage.objects.filter(
        pact=OuterRef("pk"), kind=MessageKind.DISPUTE, answered_at=None
    )
    first = planned.values("pact").annotate(first=Min("planned_at")).values("first")
    return list(
        open_pacts(Pact.objects.filter(case__manager_id=actor.account_id))
        .select_related("household", "pact_type")
        .annotate(planned_at=Subquery(first), is_disputed=Exists(disputes))
        .order_by(F("next_meeting_by").asc(nulls_last=True), "id")[:MOST_OPEN]
    )


def own_follow_ups(actor: Actor, *, within_days: int) -> Sequence[FollowUp]:
    """Return the follow-ups of the actor's own closed pacts that fall due, earliest first. One
    query.
    """
    return list(
        FollowUp.objects.filter(
            pact__case__manager_id=actor.account_id,
            done_on=None,
            due_on__lte=clock.today() + timedelta(days=within_days),
        )
        .select_related("pact__household")
        .order_by("due_on")[:30]
    )


@dataclass(frozen=True, slots=True)
class OwnHours:
    """What was given in the actor's own cases: this month's minutes, and entries to confirm."""

    this_month: Minutes
    to_confirm: Sequence[HoursEntry]


def own_hours(actor: Actor) -> OwnHours:
    """Return the hours of the actor's own cases that matter today. One query."""
    month = clock.today().replace(day=1)
    entries = list(
        HoursEntry.objects.filter(
            Q(done_on__gte=month) | Q(confirmed_at=None),
            pact__case__manager_id=actor.account_id,
            cancelled_at=None,
        )
        .select_related("pact")
        .order_by("done_on")
    )
    return OwnHours(
        Minutes(sum(entry.minutes for entry in entries if entry.done_on >= month)),
        [entry for entry in entries if entry.confirmed_at is None],
    )


def agenda(actor: Actor, day: date) -> Sequence[Meeting]:
    """Return the day's planned meetings of the actor's own cases, by hour. One query."""
    return list(
        Meeting.objects.filter(
            pact__case__manager_id=actor.account_id,
            planned_at__date=day,
            held_on=None,
            missed_on=None,
        )
        .select_related("pact")
        .order_by("planned_at")
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
