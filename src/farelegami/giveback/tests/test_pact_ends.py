"""A pact ends while somebody goes on giving: nothing is lost, and who follows them decides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from django.urls import reverse

from farelegami.access.models import Account
from farelegami.giveback.models import Match, Offer, Session
from farelegami.giveback.queries.people import asked_of, match_file
from farelegami.giveback.rules.going_on import PactGoesOn
from farelegami.giveback.rules.matches import MatchMovedAlready, MatchStage, NotOpen, ReasonMissing
from farelegami.giveback.rules.offers import NeverEnds, OfferStage
from farelegami.giveback.rules.sessions import Said, SessionStage, Word
from farelegami.giveback.services.daily import each_day
from farelegami.giveback.services.going_on import end_with_the_pact, go_on_freely
from farelegami.giveback.services.matches import start_again
from farelegami.giveback.services.planning import plan_ahead
from farelegami.giveback.services.sessions import Report, say_as_host, say_as_person
from farelegami.giveback.tests.builders import (
    Meeting,
    a_meeting,
    a_proposal,
    an_active_match,
    minutes,
)
from farelegami.giveback.tests.test_secrecy import after
from farelegami.giveback.tests.test_staff_pages import signed_in
from farelegami.kernel import clock
from farelegami.kernel.errors import NotAllowed, NotFound
from farelegami.ledger.queries import balances
from farelegami.outbox.models import Event
from farelegami.pacts.models import HoursEntry, Pact
from farelegami.pacts.rules.giving import HoursOutsidePact
from farelegami.pacts.rules.money import Purse
from farelegami.pacts.services.giving import report_hours
from farelegami.pacts.services.living import interrupt, suspend
from farelegami.volunteering.models import Volunteer
from farelegami.volunteering.rules.covers import NoPolicyInForce

pytestmark = pytest.mark.django_db
TOLD = Report(Said(Word.HELD, minutes(120)))


@dataclass
class Ended:
    """A match whose pact broke off between the second of its turns and the third."""

    meeting: Meeting
    match: Match
    turns: list[Session]

    @property
    def worker(self):
        return self.meeting.crew.worker

    @property
    def decided_on(self) -> date:
        return self.turns[1].day + timedelta(days=1)

    def at_noon(self, day: date):
        return clock.at(after(self.turns[0]) + (day - self.turns[0].day))

    def given(self) -> int:
        """Minutes confirmed on the pact."""
        return self.purse(self.meeting.offer.pact_id)

    def purse(self, owner_id) -> int:
        return balances([owner_id])[owner_id][Purse.CONFIRMED]


def a_meeting_long_ago() -> Meeting:
    with clock.at(clock.now() - timedelta(days=60)):
        return a_meeting()


def ended(*, how: str = "interrupted") -> Ended:
    with clock.at(clock.now() - timedelta(days=60)):
        meeting = a_meeting()
        match = an_active_match(meeting)
    turns = list(Session.objects.filter(match=match).order_by("day"))
    found = Ended(meeting, match, turns)
    with found.at_noon(found.decided_on):
        if how == "interrupted":
            interrupt(found.worker, meeting.offer.pact_id, by="family", reason="Si trasferisce")
        if how == "run out":
            Pact.objects.filter(pk=meeting.offer.pact_id).update(ends_on=turns[1].day)
    return found


def both_say(life: Ended, turn: Session) -> Session:
    with clock.at(after(turn)):
        say_as_person(life.worker, turn.pk, TOLD)
        say_as_host(life.meeting.host, turn.pk, TOLD)
    turn.refresh_from_db()
    return turn


def test_hours_held_before_the_end_and_confirmed_after_it_are_the_pact_s() -> None:
    life = ended()
    with life.at_noon(life.decided_on + timedelta(days=1)):
        say_as_person(life.worker, life.turns[0].pk, TOLD)
        say_as_host(life.meeting.host, life.turns[0].pk, TOLD)
    assert life.given() == 120


def test_no_hours_are_told_on_a_pact_after_its_last_day() -> None:
    life = ended()
    key = life.meeting.offer.commitment_key
    late = life.decided_on + timedelta(days=1)
    with life.at_noon(late), pytest.raises(HoursOutsidePact):
        report_hours(
            life.worker, life.meeting.offer.pact_id, commitment_key=key, done_on=late,
            minutes=minutes(60),
        )  # fmt: skip
    both_say(life, life.turns[2])
    assert life.given() == 0
    assert not HoursEntry.objects.exists()


@pytest.mark.parametrize("how", ["interrupted", "run out"])
def test_who_follows_the_person_is_told_and_nobody_else(how: str) -> None:
    life = ended(how=how)
    with life.at_noon(life.decided_on):
        assert [one.match_id for one in asked_of(life.worker)] == [life.match.pk]
        assert not asked_of(life.meeting.crew.clerk)
        home = signed_in(life.worker).get(reverse("desk:home")).content.decode()
        assert "il patto è finito, il posto va avanti" in home
        page = reverse("giveback:match", args=[life.match.pk])
        told = signed_in(life.worker).get(page).content.decode()
        assert reverse("giveback:match_go_on", args=[life.match.pk]) in told
        assert reverse("giveback:match_end", args=[life.match.pk]) in told


def test_the_manager_is_written_to_once() -> None:
    life = ended()
    Account.objects.filter(pk=life.worker.account_id).update(email="anna@example.org")
    with life.at_noon(life.decided_on):
        each_day()
        each_day()
    letters = [
        event.payload for event in Event.objects.filter(topic="mail")
        if event.payload["to"] == "anna@example.org"
    ]  # fmt: skip
    assert len(letters) == 1
    person = life.match.person
    assert person.family_name not in str(letters[0])


def test_no_turn_is_planned_for_a_pact_after_its_last_day() -> None:
    life = ended()
    Session.objects.filter(match=life.match, day__gt=life.decided_on).delete()
    with life.at_noon(life.decided_on):
        assert plan_ahead() == 0


def test_a_turn_after_the_end_waits_with_the_match_and_says_so() -> None:
    life = ended()
    turn = both_say(life, life.turns[2])
    assert turn.stage == SessionStage.HELD
    with clock.at(after(turn)):
        page = reverse("giveback:match", args=[life.match.pk])
        told = signed_in(life.worker).get(page).content.decode()
    assert "dopo la fine del patto" in told


def test_going_on_keeps_the_place_and_counts_what_was_given_meanwhile() -> None:
    life = ended()
    before = both_say(life, life.turns[0])
    held = both_say(life, life.turns[2])
    with clock.at(after(life.turns[3])):
        say_as_person(life.worker, life.turns[3].pk, TOLD)
        until = clock.today() + timedelta(days=90)
        goes_on = go_on_freely(life.worker, life.match.pk, until=until)
    life.match.refresh_from_db()
    assert (life.match.stage, life.match.seat) == (MatchStage.COMPLETED, None)
    assert (goes_on.stage, goes_on.seat) == (MatchStage.ACTIVE, 1)
    offer = Offer.objects.get(pk=goes_on.offer_id)
    assert offer.pact_id is None
    assert offer.person_id == life.match.person_id
    life.meeting.offer.refresh_from_db()
    assert life.meeting.offer.stage == OfferStage.CLOSED
    held.refresh_from_db()
    before.refresh_from_db()
    assert held.match_id == goes_on.pk
    assert before.match_id == life.match.pk
    assert life.purse(offer.pk) == 120
    assert balances([offer.pk])[offer.pk][Purse.DONE] == 120
    assert life.given() == 120
    coming = Session.objects.filter(match=goes_on, day__gt=life.turns[3].day)
    assert coming.exists()
    assert not Session.objects.filter(match=life.match, day__gt=life.decided_on).exists()
    assert Volunteer.objects.filter(person_id=life.match.person_id).count() == 1
    say = both_say(life, coming.order_by("day")[0])
    assert say.stage == SessionStage.HELD
    assert life.purse(offer.pk) == 240
    assert not asked_of(life.worker)


def test_to_the_host_nothing_changes_when_somebody_goes_on(client) -> None:
    life = ended()
    address = reverse("giveback:host", args=[life.meeting.token])
    with life.at_noon(life.decided_on):
        before = client.get(address).content.decode()
        letters = Event.objects.filter(topic="mail").count()
        goes_on = go_on_freely(life.worker, life.match.pk, until=clock.today() + timedelta(days=90))
        now = client.get(address).content.decode().replace(str(goes_on.pk), str(life.match.pk))
    shown = life.turns[2].day.strftime("%-d")
    assert shown in before
    assert before.count(life.match.person.family_name) == now.count(life.match.person.family_name)
    assert "patto" not in now
    assert Event.objects.filter(topic="mail").count() == letters


def test_nobody_goes_on_without_insurance() -> None:
    life = ended()
    with clock.at(clock.now() + timedelta(days=400)), pytest.raises(NoPolicyInForce):
        go_on_freely(life.worker, life.match.pk, until=clock.today() + timedelta(days=90))
    life.match.refresh_from_db()
    assert life.match.stage == MatchStage.ACTIVE


def test_who_goes_on_is_the_manager_s_to_say_and_only_after_the_end() -> None:
    life = ended()
    soon = life.decided_on + timedelta(days=90)
    with life.at_noon(life.decided_on):
        with pytest.raises(NotFound):
            go_on_freely(life.meeting.crew.clerk, life.match.pk, until=soon)
        with pytest.raises(NeverEnds):
            go_on_freely(life.worker, life.match.pk, until=life.turns[0].day)
        goes_on = go_on_freely(life.worker, life.match.pk, until=soon)
        with pytest.raises(MatchMovedAlready):
            go_on_freely(life.worker, life.match.pk, until=soon)
        with pytest.raises(PactGoesOn):
            go_on_freely(life.worker, goes_on.pk, until=soon)
    other = ended(how="not")
    with other.at_noon(other.decided_on), pytest.raises(PactGoesOn):
        end_with_the_pact(other.worker, other.match.pk, reason="Basta così")


def test_ending_leaves_the_turns_of_the_pact_to_be_confirmed() -> None:
    life = ended()
    late = both_say(life, life.turns[2])
    with clock.at(after(life.turns[3]) - timedelta(days=2)):
        with pytest.raises(ReasonMissing):
            end_with_the_pact(life.worker, life.match.pk, reason=" ")
        match = end_with_the_pact(life.worker, life.match.pk, reason="Con il patto")
        assert match.stage == MatchStage.COMPLETED
        say_as_person(life.worker, life.turns[1].pk, TOLD)
        say_as_host(life.meeting.host, life.turns[1].pk, TOLD)
    assert life.given() == 120
    assert not Session.objects.filter(match=match, day__gt=late.day).exists()
    subjects = [event.payload for event in Event.objects.filter(topic="mail")]
    ended_letters = [each for each in subjects if each["subject"] == "Un posto torna libero"]
    assert len(ended_letters) == 1
    assert "patto" not in str(ended_letters)
    with clock.at(after(life.turns[3])):
        file = match_file(life.worker, match.pk)
        assert file is not None
        told = signed_in(life.worker).get(reverse("giveback:match", args=[match.pk]))
        assert "Con il patto" in told.content.decode()


def test_the_two_buttons_on_the_page() -> None:
    life = ended()
    with life.at_noon(life.decided_on):
        client = signed_in(life.worker)
        on = reverse("giveback:match_go_on", args=[life.match.pk])
        end = reverse("giveback:match_end", args=[life.match.pk])
        assert client.get(on).status_code == client.get(end).status_code == 200
        assert client.post(end, {"reason": ""}).status_code == 422
        assert client.post(on, {"until": "2001-01-01"}).status_code == 422
        until = clock.today() + timedelta(days=90)
        answer = client.post(on, {"until": until.isoformat()})
        goes_on = Match.objects.get(stage=MatchStage.ACTIVE)
        assert answer["Location"] == reverse("giveback:match", args=[goes_on.pk])
        assert client.get(answer["Location"]).status_code == 200


def test_somebody_who_has_not_begun_does_not_begin_after_the_end() -> None:
    meeting = a_meeting_long_ago()
    match = a_proposal(meeting)
    Match.objects.filter(pk=match.pk).update(
        person_accepted_at=clock.now(), host_accepted_at=clock.now(), accepted_at=clock.now(),
        host_accepted_name="Luca di prova", seat=1,
    )  # fmt: skip
    interrupt(meeting.crew.worker, meeting.offer.pact_id, by="family", reason="Via")
    with pytest.raises(NotOpen):
        start_again(meeting.crew.worker, match.pk)
    assert [one.match_id for one in asked_of(meeting.crew.worker)] == [match.pk]


def test_while_a_pact_is_suspended_hours_count_and_the_page_says_that_turns_go_on() -> None:
    life = ended(how="not")
    with life.at_noon(life.decided_on):
        suspend(life.worker, life.meeting.offer.pact_id, reason="Un ricovero")
        page = reverse("giveback:match", args=[life.match.pk])
        assert "Il patto è sospeso" in signed_in(life.worker).get(page).content.decode()
    both_say(life, life.turns[2])
    assert life.given() == 120
    with pytest.raises((NotAllowed, PactGoesOn)):
        go_on_freely(life.worker, life.match.pk, until=clock.today() + timedelta(days=90))
