"""Turns planned from a match's time, on insured days alone."""

from collections.abc import Collection, Iterator
from datetime import date
from typing import Final
from uuid import UUID

from django.db import transaction

from farelegami.giveback.models import Match, Session
from farelegami.giveback.rules.matches import MatchStage
from farelegami.giveback.rules.slots import Slot, days_of
from farelegami.kernel import clock
from farelegami.volunteering.queries import covers_of

# Half a year of weekly turns at most are written ahead; the worker writes those that follow.
_AHEAD: Final = 26


def plan_sessions(match: Match) -> int:
    """Plan the turns of an active match that are not there yet; return how many were new.

    One a week on the match's day, from today on, under a cover of that day (R10), until the match
    or its pact ends or what was promised is reached. Again changes nothing.
    """
    if match.started_on is None:
        return 0
    slot = Slot(match.slot.weekday, match.starts, match.ends, match.slot.on)
    first = max(match.started_on, clock.today())
    there = list(Session.objects.filter(match=match, cancelled_at=None).order_by("day"))
    planned = sum(each.minutes or each.planned_minutes for each in there if _counts(each))
    known = {each.day for each in there}
    fresh: list[Session] = []
    for day in _insured(match, slot, first):
        promised = match.offer.total_minutes
        if len(fresh) >= _AHEAD or (promised and planned + slot.minutes > promised):
            break
        if day not in known:
            planned += slot.minutes
            fresh.append(_session(match, day))
    Session.objects.bulk_create(fresh, ignore_conflicts=True)
    return len(fresh)


def _counts(session: Session) -> bool:
    return session.excused_at is None and session.absent_at is None


def _session(match: Match, day: date) -> Session:
    return Session(
        district_id=match.district_id, match=match, day=day, starts=match.starts, ends=match.ends
    )


def _insured(match: Match, slot: Slot, first: date) -> Iterator[date]:
    pair = (match.person_id, match.opportunity.organisation_id)
    # Of a pact that has ended nothing more is planned.
    last = min(match.ends_on, match.offer.pact_over_on or match.ends_on)
    covers = covers_of([pair], start=first, end=last).get(pair, ())
    for day in days_of(slot, first=first, last=last):
        if any(day in span for span in covers):
            yield day


def plan_ahead(match_ids: Collection[UUID] | None = None) -> int:
    """Plan what is missing of these active matches, or of all; return how many turns were new.

    Called by the worker each day, and when an organisation's insurance is renewed.
    """
    active = Match.objects.filter(stage=MatchStage.ACTIVE.value, ends_on__gte=clock.today())
    if match_ids is not None:
        active = active.filter(pk__in=match_ids)
    planned = 0
    for match in active.select_related("offer__pact", "slot", "opportunity").iterator(
        chunk_size=200
    ):
        with transaction.atomic():
            planned += plan_sessions(match)
    return planned
