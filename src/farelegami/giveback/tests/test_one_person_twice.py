"""Somebody registered twice, joined while they give under both: one person, one seat, one count."""

from __future__ import annotations

from datetime import timedelta

import pytest

from farelegami.giveback.models import Match, Session
from farelegami.giveback.queries.generativity import generativity
from farelegami.giveback.rules.matches import MatchStage, PlacedThen
from farelegami.giveback.rules.sessions import Said, SessionStage, Word
from farelegami.giveback.services.daily import each_day
from farelegami.giveback.services.going_on import go_on_freely
from farelegami.giveback.services.matches import accept_as_host, accept_as_person
from farelegami.giveback.services.sessions import Report, say_as_host, say_as_person
from farelegami.giveback.tests.builders import (
    Meeting,
    a_free_offer,
    a_meeting,
    a_proposal,
    a_volunteer,
    an_active_match,
    first_turn,
    minutes,
)
from farelegami.giveback.tests.test_secrecy import after
from farelegami.kernel import clock
from farelegami.pacts.services.living import interrupt
from farelegami.people.services.merging import merge_people

pytestmark = pytest.mark.django_db
TOLD = Report(Said(Word.HELD, minutes(120)))


def a_twin(meeting: Meeting) -> Meeting:
    """Return the same place with an offer of the same person, registered a second time."""
    offer = a_free_offer(meeting.crew, a_volunteer(meeting.crew, "Rita Maria"))
    return Meeting(meeting.crew, offer, meeting.opportunity, meeting.host, meeting.token)


def joined(meeting: Meeting, twin: Meeting) -> None:
    kept, gone = meeting.offer.person_id, twin.offer.person_id
    merge_people(meeting.crew.worker, kept, gone, reason="La stessa persona")


def held(meeting: Meeting, match: Match) -> Session:
    turn = first_turn(match)
    with clock.at(after(turn)):
        say_as_person(meeting.crew.worker, turn.pk, TOLD)
        return say_as_host(meeting.host, turn.pk, TOLD)


def test_two_registrations_joined_are_one_person_who_gave() -> None:
    with clock.at(clock.now() - timedelta(days=40)):
        meeting = a_meeting(with_pact=False, seats=2)
        twin = a_twin(meeting)
        matches = [an_active_match(meeting), an_active_match(twin)]
    for one, match in zip((meeting, twin), matches, strict=True):
        held(one, match)
    joined(meeting, twin)
    today = clock.today()
    seen = generativity(
        meeting.crew.coordinator, since=today - timedelta(days=60), until=today
    ).whole
    assert (seen.people, seen.givers, seen.turns) == (1, 1, 2)
    assert {each.person_id for each in Match.objects.all()} == {meeting.offer.person_id}


def test_of_two_proposals_of_one_person_one_takes_the_seat() -> None:
    meeting = a_meeting(with_pact=False, seats=2)
    twin = a_twin(meeting)
    first, second = a_proposal(meeting), a_proposal(twin)
    joined(meeting, twin)
    accept_as_person(meeting.crew.worker, first.pk)
    accept_as_host(meeting.host, first.pk)
    accept_as_person(meeting.crew.worker, second.pk)
    with pytest.raises(PlacedThen):
        accept_as_host(meeting.host, second.pk)
    assert Match.objects.filter(seat__isnull=False).count() == 1


def test_who_holds_two_seats_after_being_joined_keeps_the_older_one() -> None:
    with clock.at(clock.now() - timedelta(days=40)):
        meeting = a_meeting(with_pact=False, seats=2)
        twin = a_twin(meeting)
        first, second = an_active_match(meeting), an_active_match(twin)
    given = held(twin, second)
    joined(meeting, twin)
    each_day()
    each_day()
    first.refresh_from_db()
    second.refresh_from_db()
    given.refresh_from_db()
    assert (first.stage, first.seat) == (MatchStage.ACTIVE, 1)
    assert (second.stage, second.seat) == (MatchStage.INTERRUPTED, None)
    assert given.stage == SessionStage.HELD
    assert not Session.objects.filter(match=second, day__gt=clock.today()).exists()


def test_who_gave_for_a_pact_and_then_of_their_own_is_one_giver() -> None:
    with clock.at(clock.now() - timedelta(days=40)):
        meeting = a_meeting()
        match = an_active_match(meeting)
    held(meeting, match)
    turn = Session.objects.filter(match=match).order_by("day")[1]
    with clock.at(after(turn) - timedelta(days=3)):
        interrupt(meeting.crew.worker, meeting.offer.pact_id, by="family", reason="Via")
        until = clock.today() + timedelta(days=90)
        goes_on = go_on_freely(meeting.crew.worker, match.pk, until=until)
    held(meeting, goes_on)
    today = clock.today()
    seen = generativity(
        meeting.crew.coordinator, since=today - timedelta(days=60), until=today
    ).whole
    assert (seen.people, seen.givers, seen.turns, seen.minutes) == (1, 1, 2, 240)
