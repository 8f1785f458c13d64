"""A PUC is covered by its position alone: who goes on as a volunteer is entered first."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from farelegami.giveback.models import Match, Session
from farelegami.giveback.rules.matches import MatchStage
from farelegami.giveback.rules.sessions import NotCovered, Said, SessionStage, Word
from farelegami.giveback.services.daily import each_day
from farelegami.giveback.services.going_on import go_on_freely
from farelegami.giveback.services.sessions import Report, say_as_host, say_as_person
from farelegami.giveback.tests.builders import (
    Meeting,
    a_host,
    a_host_body,
    a_puc_offer,
    a_puc_position,
    an_active_match,
    an_opportunity,
    minutes,
)
from farelegami.giveback.tests.test_secrecy import after
from farelegami.kernel import clock
from farelegami.ledger.queries import balances
from farelegami.pacts.rules.money import Purse
from farelegami.pacts.services.living import interrupt
from farelegami.pacts.tests.builders import a_crew
from farelegami.volunteering.models import ServiceDay, Volunteer
from farelegami.volunteering.queries import cover_on
from farelegami.volunteering.rules.covers import Basis

pytestmark = pytest.mark.django_db
TOLD = Report(Said(Word.HELD, minutes(120)))
A_DAY = timedelta(days=1)


def a_puc() -> tuple[Meeting, Match, list[Session]]:
    """Return a PUC that began two months ago, at a place that insures volunteers too."""
    with clock.at(clock.now() - timedelta(days=60)):
        crew = a_crew()
        body = a_host_body(crew)
        offer = a_puc_offer(crew)
        a_puc_position(crew, offer.person_id, body, last=clock.today() + timedelta(days=150))
        place = an_opportunity(crew, body, takes_puc=True)
        host, token = a_host(crew.worker, place)
        meeting = Meeting(crew, offer, place, host, token)
        match = an_active_match(meeting)
        assert match.stage == MatchStage.ACTIVE
        return meeting, match, list(Session.objects.filter(match=match).order_by("day"))


def pact_ends(meeting: Meeting, day: date, turn: Session) -> None:
    with clock.at(after(turn) + (day - turn.day)):
        interrupt(meeting.crew.worker, meeting.offer.pact_id, by="family", reason="Trova lavoro")


def test_the_turns_of_a_puc_are_covered_by_its_position_and_enter_no_register() -> None:
    meeting, match, turns = a_puc()
    with clock.at(after(turns[0])):
        say_as_person(meeting.crew.worker, turns[0].pk, TOLD)
        turn = say_as_host(meeting.host, turns[0].pk, TOLD)
    assert turn.stage == SessionStage.HELD
    assert ServiceDay.objects.get().basis == Basis.PUC.value
    assert not Volunteer.objects.filter(person_id=match.person_id).exists()


def test_who_goes_on_from_a_puc_is_entered_and_begins_the_day_after() -> None:
    meeting, match, turns = a_puc()
    worker, body = meeting.crew.worker, meeting.opportunity.organisation_id
    pact_ends(meeting, turns[0].day + A_DAY, turns[0])
    with clock.at(after(turns[1])):
        say_as_host(meeting.host, turns[1].pk, TOLD)
    decided_on = turns[2].day
    with clock.at(after(turns[2]) - timedelta(hours=8)):
        goes_on = go_on_freely(worker, match.pk, until=clock.today() + timedelta(days=90))
    assert goes_on.started_on == decided_on + A_DAY
    assert Volunteer.objects.get(person_id=match.person_id).entered_on == decided_on
    theirs = list(Session.objects.filter(match=goes_on).order_by("day"))
    assert [turn.day for turn in theirs][:2] == [turns[3].day, turns[4].day]
    for turn in theirs:
        assert cover_on(match.person_id, body, turn.day, basis=Basis.VOLUNTARY)
    # What was given as a PUC stays one, and today nobody comes as a volunteer.
    left = {turn.pk: turn for turn in Session.objects.filter(match=match)}
    assert left[turns[1].pk].stage == SessionStage.PLANNED
    assert left[turns[2].pk].stage == SessionStage.CANCELLED
    assert set(left) == {turns[0].pk, turns[1].pk, turns[2].pk}
    with clock.at(after(turns[1])):
        held = say_as_person(worker, turns[1].pk, TOLD)
    assert held.stage == SessionStage.HELD
    with clock.at(after(turns[3])):
        say_as_person(worker, turns[3].pk, TOLD)
        assert say_as_host(meeting.host, turns[3].pk, TOLD).stage == SessionStage.HELD
        each_day()
    bases = ServiceDay.objects.order_by("day").values_list("day", "basis")
    assert list(bases) == [
        (turns[1].day, Basis.PUC.value), (turns[3].day, Basis.VOLUNTARY.value)
    ]  # fmt: skip
    assert balances([goes_on.offer_id])[goes_on.offer_id][Purse.CONFIRMED] == 120


def test_a_volunteer_s_turn_is_not_covered_by_a_puc() -> None:
    meeting, match, turns = a_puc()
    pact_ends(meeting, turns[0].day + A_DAY, turns[0])
    with clock.at(after(turns[2]) - timedelta(hours=8)):
        goes_on = go_on_freely(
            meeting.crew.worker, match.pk, until=clock.today() + timedelta(days=90)
        )
    slipped_in = Session.objects.create(
        district_id=match.district_id, match=goes_on, day=turns[2].day, starts=1020, ends=1080
    )
    with clock.at(after(turns[2])), pytest.raises(NotCovered):
        say_as_host(meeting.host, slipped_in.pk, TOLD)
