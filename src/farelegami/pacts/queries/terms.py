"""What falls due on pacts and what waits today: alerts, never sanctions (R7)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Q

from farelegami.kernel import clock
from farelegami.kernel.actor import Actor
from farelegami.pacts.models import FollowUp, HoursEntry, Meeting, Pact
from farelegami.pacts.queries.sight import visible_pacts
from farelegami.pacts.rules.stages import Stage


@dataclass(frozen=True, slots=True)
class Due:
    """A term that comes near or has passed: an alert, never a sanction (R7)."""

    pact: Pact
    what: str
    due_on: date
    planned_on: date | None = None

    def late_days(self, today: date) -> int:
        return max(0, (today - self.due_on).days)


def due_soon(actor: Actor, *, mine: bool, within_days: int = 14) -> Sequence[Due]:
    """Return meetings, ends and follow-ups due within `within_days`, the latest late first. Three
    queries.
    """
    today = clock.today()
    horizon = today + timedelta(days=within_days)
    pacts = visible_pacts(actor)
    if mine:
        pacts = pacts.filter(case__manager_id=actor.account_id)
    near = list(
        pacts.filter(stage=Stage.ACTIVE)
        .filter(Q(next_meeting_by__lte=horizon) | Q(ends_on__lte=horizon))
        .order_by("next_meeting_by")[:60]
    )
    planned: dict[UUID, date] = {}
    for pact_id, moment in Meeting.objects.filter(
        pact__in=[pact.pk for pact in near],
        held_on=None,
        missed_on=None,
        planned_at__gte=clock.now(),
    ).values_list("pact_id", "planned_at"):
        planned[pact_id] = moment.astimezone(clock.ROME).date()
    found = [
        Due(pact, "meeting", pact.next_meeting_by, planned.get(pact.pk))
        for pact in near
        if pact.next_meeting_by and pact.next_meeting_by <= horizon
    ]
    found += [Due(pact, "end", pact.ends_on) for pact in near if pact.ends_on <= horizon]
    follow_ups = FollowUp.objects.filter(pact__in=pacts, done_on=None, due_on__lte=horizon)
    found += [
        Due(each.pact, "follow_up", each.due_on)
        for each in follow_ups.select_related("pact").order_by("due_on")[:30]
    ]
    return sorted(found, key=lambda due: due.due_on)


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


def hours_to_confirm(actor: Actor) -> Sequence[HoursEntry]:
    """Return told hours of the actor's own cases that nobody confirmed, oldest first. One query."""
    return list(
        HoursEntry.objects.filter(
            pact__case__manager_id=actor.account_id, confirmed_at=None, cancelled_at=None
        )
        .select_related("pact")
        .order_by("done_on")[:20]
    )
