"""Turns planned from a match's time, on insured days alone."""

from collections.abc import Collection, Iterator
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from farelegami.giveback.models import Match, Session
from farelegami.giveback.rules.matches import MatchStage
from farelegami.giveback.rules.slots import Slot, days_of
from farelegami.kernel import clock
from farelegami.volunteering.queries import covers_of
from farelegami.volunteering.rules.covers import Basis

# Half a year of turns at most is written ahead; the worker writes those that follow.
_AHEAD: Final = timedelta(days=183)


def plan_sessions(match: Match) -> int:
    """Plan the turns of an active match that are not there yet; return how many were new.

    One a week on the match's day, from today on for half a year, under a cover of that day (R10),
    until the match or its pact ends or what was promised is reached. A turn that was cancelled or
    missed leaves its minutes to another day. Again changes nothing. The caller holds the match.
    """
    if match.started_on is None:
        return 0
    slot = Slot(match.slot.weekday, match.starts, match.ends, match.slot.on)
    first = max(match.started_on, clock.today())
    there = list(Session.objects.filter(match=match).order_by("day"))
    planned = sum(each.minutes or each.planned_minutes for each in there if _counts(each))
    known = {each.day for each in there}
    fresh: list[Session] = []
    for day in _insured(match, slot, first):
        promised = match.offer.total_minutes
        if promised and planned + slot.minutes > promised:
            break
        if day not in known:
            planned += slot.minutes
            fresh.append(_session(match, day))
    Session.objects.bulk_create(fresh)
    return len(fresh)


def _counts(session: Session) -> bool:
    missed = (session.cancelled_at, session.excused_at, session.absent_at)
    return not any(missed)


def _session(match: Match, day: date) -> Session:
    return Session(
        district_id=match.district_id, match=match, day=day, starts=match.starts, ends=match.ends
    )


def _insured(match: Match, slot: Slot, first: date) -> Iterator[date]:
    pair = (match.person_id, match.opportunity.organisation_id)
    # Of a pact that has ended nothing more is planned.
    last = min(match.ends_on, match.offer.pact_over_on or match.ends_on, clock.today() + _AHEAD)
    covers = covers_of([pair], start=first, end=last).get(pair, ())
    basis = Basis(match.offer.basis)
    for day in days_of(slot, first=first, last=last):
        if any(day in span and span.basis == basis for span in covers):
            yield day


def plan_ahead(match_ids: Collection[UUID] | None = None) -> int:
    """Plan what is missing of these active matches, or of all; return how many turns were new.

    Called by the worker each day, and when an organisation's insurance is renewed.
    """
    active = Match.objects.filter(stage=MatchStage.ACTIVE.value, ends_on__gte=clock.today())
    if match_ids is not None:
        active = active.filter(pk__in=match_ids)
    every = list(active.order_by("pk").values_list("pk", flat=True))
    return sum(_planned_ahead(match_id) for match_id in every)


@transaction.atomic
def _planned_ahead(match_id: UUID) -> int:
    """Plan what is missing of one match, unless it has ended since it was found."""
    active = Match.objects.filter(pk=match_id, stage=MatchStage.ACTIVE.value)
    if not active.select_for_update(of=("self",)).values_list("pk"):
        return 0
    # Read once it is held: its offer and pact as they are now.
    return plan_sessions(active.select_related("offer__pact", "slot", "opportunity").get())
