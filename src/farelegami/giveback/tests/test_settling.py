"""What becomes of a turn when the cover has gone meanwhile, or the pact was written by hand."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from farelegami.giveback.models import Session
from farelegami.giveback.queries.people import asked_of
from farelegami.giveback.rules.sessions import (
    HoursConfirmedOnPact,
    NotCovered,
    Said,
    SessionStage,
    Word,
)
from farelegami.giveback.services.sessions import (
    Report,
    say_as_host,
    say_as_person,
    settle_dispute,
    settle_silence,
)
from farelegami.giveback.tests.builders import (
    Meeting,
    a_meeting,
    a_referent,
    an_active_match,
    first_turn,
    minutes,
)
from farelegami.giveback.tests.test_secrecy import after
from farelegami.giveback.tests.test_staff_pages import signed_in
from farelegami.kernel import clock
from farelegami.ledger.queries import balances
from farelegami.pacts.models import HoursEntry
from farelegami.pacts.rules.money import Purse
from farelegami.pacts.services.giving import cancel_hours, confirm_hours
from farelegami.volunteering.models import ServiceDay
from farelegami.volunteering.services import leave_register

pytestmark = pytest.mark.django_db
TWO_HOURS = Report(Said(Word.HELD, minutes(120)))
LONG = timedelta(days=15)


def a_turn(*, with_pact: bool) -> tuple[Meeting, Session]:
    """Return the first turn of a match that began some time ago."""
    with clock.at(clock.now() - timedelta(days=60)):
        meeting = a_meeting(with_pact=with_pact)
        return meeting, first_turn(an_active_match(meeting))


def told_then_uncovered(*, by_host: bool = True) -> tuple[Meeting, Session]:
    """Return a turn one side told, after which the host took the person out of its register."""
    meeting, turn = a_turn(with_pact=False)
    with clock.at(after(turn)):
        if by_host:
            say_as_host(meeting.host, turn.pk, TWO_HOURS)
        else:
            say_as_person(meeting.crew.worker, turn.pk, TWO_HOURS)
        body = meeting.opportunity.organisation
        left_on = turn.day - timedelta(days=1)
        leave_register(a_referent(body), body.pk, meeting.offer.person_id, left_on=left_on)
    return meeting, turn


def told_and_covered() -> Session:
    meeting, turn = a_turn(with_pact=False)
    with clock.at(after(turn)):
        say_as_host(meeting.host, turn.pk, TWO_HOURS)
    return turn


@pytest.mark.parametrize("by_host", [True, False])
def test_a_turn_whose_cover_has_gone_is_left_to_who_follows_and_stops_no_other(
    by_host: bool,
) -> None:
    meeting, bare = told_then_uncovered(by_host=by_host)
    sound = told_and_covered()
    with clock.at(after(bare) + LONG):
        assert settle_silence() == 2
        assert settle_silence() == 0
        bare.refresh_from_db()
        sound.refresh_from_db()
        assert (bare.stage, bare.is_disputed) == (SessionStage.PLANNED, True)
        assert sound.stage == SessionStage.HELD
        assert [one.day for one in asked_of(meeting.crew.worker)] == [bare.day]
        client = signed_in(meeting.crew.worker)
        page = client.get(reverse("giveback:turn_settle", args=[bare.pk])).content.decode()
        assert "l’assicurazione" in page
        with pytest.raises(NotCovered):
            settle_dispute(
                meeting.crew.worker, bare.pk, Said(Word.HELD, minutes(120)), settlement="C’era"
            )
        said = Said(Word.EXCUSED)
        bare = settle_dispute(meeting.crew.worker, bare.pk, said, settlement="Senza copertura")
    assert (bare.stage, bare.is_disputed) == (SessionStage.EXCUSED, False)
    assert not any(balances([meeting.offer.pk])[meeting.offer.pk].values())


def disputed(*, by_hand: str) -> tuple[Meeting, Session]:
    """Return a turn told at 120 minutes, dealt with by hand on the pact, that the host says was 90."""
    meeting, turn = a_turn(with_pact=True)
    worker_, pact_id = meeting.crew.worker, meeting.offer.pact_id
    assert pact_id is not None
    with clock.at(after(turn)):
        say_as_person(worker_, turn.pk, TWO_HOURS)
        entry = HoursEntry.objects.get(pact_id=pact_id)
        if by_hand == "confirmed":
            confirm_hours(worker_, pact_id, entry.pk, confirmed_name="Luca di prova")
        else:
            cancel_hours(worker_, pact_id, entry.pk, reason="Doppie")
        turn = say_as_host(meeting.host, turn.pk, Report(Said(Word.HELD, minutes(90))))
    assert turn.is_disputed
    return meeting, turn


def ledger(meeting: Meeting) -> tuple[int, int]:
    """Return the minutes told and confirmed on the pact."""
    pact_id = meeting.offer.pact_id
    assert pact_id is not None
    purses = balances([pact_id])[pact_id]
    return purses[Purse.DONE], purses[Purse.CONFIRMED]


@pytest.mark.parametrize("said", [Said(Word.HELD, minutes(105)), Said(Word.ABSENT)])
def test_hours_confirmed_by_hand_are_the_turn_s_and_never_counted_twice(said: Said) -> None:
    meeting, turn = disputed(by_hand="confirmed")
    with clock.at(after(turn)):
        with pytest.raises(HoursConfirmedOnPact):
            settle_dispute(meeting.crew.worker, turn.pk, said, settlement="Sentiti")
        assert ledger(meeting) == (0, 120)
        turn.refresh_from_db()
        assert turn.is_disputed
        assert not ServiceDay.objects.exists()
        client = signed_in(meeting.crew.worker)
        told = {"word": "held", "minutes": "1:45", "settlement": "Sentiti tutti e due"}
        answer = client.post(reverse("giveback:turn_settle", args=[turn.pk]), told)
        assert answer.status_code == 422
        assert "già confermate: 2" in answer.content.decode()
        turn = settle_dispute(
            meeting.crew.worker, turn.pk, Said(Word.HELD, minutes(120)), settlement="Sentiti"
        )
    assert (turn.stage, turn.minutes) == (SessionStage.HELD, 120)
    assert ledger(meeting) == (0, 120)


@pytest.mark.parametrize("settled", [0, 105, 120])
def test_hours_taken_back_by_hand_are_told_anew_as_they_are_settled(settled: int) -> None:
    meeting, turn = disputed(by_hand="taken back")
    said = Said(Word.HELD, minutes(settled)) if settled else Said(Word.ABSENT)
    with clock.at(after(turn)):
        settle_dispute(meeting.crew.worker, turn.pk, said, settlement="Sentiti")
    assert ledger(meeting) == (0, settled)
