"""Seats lowered, turns cancelled, days gone by: what is counted, what is planned, what may begin."""

from datetime import timedelta

import pytest

from farelegami.giveback.models import Match, Offer, Opportunity, OpportunitySlot, Session
from farelegami.giveback.queries.people import own_places
from farelegami.giveback.rules.matches import MatchStage, PlaceTaken, ProposalOver, Side
from farelegami.giveback.rules.sessions import Said, SessionStage, Word
from farelegami.giveback.rules.slots import Slot
from farelegami.giveback.services.matches import (
    Proposal,
    accept_as_host,
    accept_as_person,
    complete_match,
    interrupt_match,
    propose,
    start_again,
)
from farelegami.giveback.services.opportunities import change_opportunity
from farelegami.giveback.services.planning import plan_ahead
from farelegami.giveback.services.sessions import (
    Report,
    begins_at,
    cancel_session,
    say_as_host,
    say_as_person,
)
from farelegami.giveback.tests.builders import (
    TUESDAY,
    Meeting,
    a_free_offer,
    a_host,
    a_host_body,
    a_meeting,
    a_proposal,
    a_volunteer,
    an_active_match,
    an_opportunity,
    an_opportunity_draft,
    first_turn,
    insure,
    minutes,
)
from farelegami.kernel import clock
from farelegami.kernel.actor import Actor
from farelegami.pacts.tests.builders import a_crew
from farelegami.volunteering.rules.covers import NotCovered

pytestmark = pytest.mark.django_db
TWO_HOURS = Said(Word.HELD, minutes(120))
FRIDAY = Slot(4, 9 * 60, 11 * 60)
HALF_A_YEAR = timedelta(days=183)


def days_of(match: Match) -> list:
    turns = Session.objects.filter(match=match, cancelled_at=None)
    return list(turns.order_by("day").values_list("day", flat=True))


def test_seats_that_were_lowered_are_counted_with_whoever_holds_a_higher_number() -> None:
    meeting = a_meeting(with_pact=False, seats=2, slots=[TUESDAY, FRIDAY])
    worker, place = meeting.crew.worker, meeting.opportunity
    tuesday, friday = place.slots.get(weekday=1), place.slots.get(weekday=4)

    def both_say_yes(name: str, slot: OpportunitySlot) -> Match:
        offer = a_free_offer(meeting.crew, a_volunteer(meeting.crew, name), slots=[slot.slot()])
        match = propose(worker, Proposal(offer.pk, slot.pk))
        accept_as_person(worker, match.pk)
        return accept_as_host(meeting.host, match.pk)

    first, second = both_say_yes("Ada", tuesday), both_say_yes("Bea", tuesday)
    interrupt_match(worker, first.pk, by=Side.PERSON, reason="Ha un lavoro")
    draft = an_opportunity_draft(seats=1, slots=[TUESDAY, FRIDAY])
    change_opportunity(worker, place.pk, draft)
    assert second.seat == 2
    with pytest.raises(PlaceTaken):
        both_say_yes("Cleo", friday)
    assert Match.objects.filter(opportunity=place, seat__isnull=False).count() == 1


@pytest.mark.parametrize("later", [timedelta(hours=1), timedelta(days=2)])
def test_what_was_given_before_somebody_stopped_is_still_told(later: timedelta) -> None:
    meeting = a_meeting(with_pact=False)
    match = an_active_match(meeting)
    turn = first_turn(match)
    worker = meeting.crew.worker
    with clock.at(begins_at(turn) + later):
        interrupt_match(worker, match.pk, by=Side.PERSON, reason="Ha un lavoro")
        (place,) = own_places(Actor(None, "Rita", person_id=match.person_id))
        assert [one.pk for one in place.to_tell] == [turn.pk]
        assert place.has_ended
        assert not place.next_turns
        say_as_person(worker, turn.pk, Report(TWO_HOURS))
        assert say_as_host(meeting.host, turn.pk, Report(TWO_HOURS)).stage == SessionStage.HELD
    assert Session.objects.filter(match=match).count() == 1


def test_a_turn_that_has_not_begun_is_cancelled_when_somebody_stops() -> None:
    meeting = a_meeting(with_pact=False)
    match = an_active_match(meeting)
    turn = first_turn(match)
    with clock.at(begins_at(turn) - timedelta(minutes=1)):
        interrupt_match(meeting.crew.worker, match.pk, by=Side.PERSON, reason="Ha un lavoro")
    turn.refresh_from_db()
    assert turn.stage == SessionStage.CANCELLED


def test_another_day_takes_the_place_of_a_turn_that_was_cancelled() -> None:
    meeting = a_meeting(with_pact=False)
    Offer.objects.filter(pk=meeting.offer.pk).update(total_minutes=240)
    match = an_active_match(meeting)
    first, second = days_of(match)
    cancel_session(meeting.crew.worker, first_turn(match).pk, reason="Sala chiusa")
    assert plan_ahead() == 1
    assert days_of(match) == [second, second + timedelta(days=7)]
    assert first not in days_of(match)
    assert plan_ahead() == 0


def test_turns_are_planned_half_a_year_ahead_and_no_further_however_often() -> None:
    meeting = a_meeting(with_pact=False)
    until = clock.today() + timedelta(days=400)
    Offer.objects.filter(pk=meeting.offer.pk).update(ends_on=until, total_minutes=0)
    Opportunity.objects.filter(pk=meeting.opportunity.pk).update(ends_on=until)
    match = an_active_match(meeting)
    planned = days_of(match)
    assert planned[-1] <= clock.today() + HALF_A_YEAR
    assert plan_ahead() == 0
    with clock.at(clock.now() + timedelta(days=7)):
        assert plan_ahead() == 1
    assert days_of(match)[:-1] == planned


def a_match_without_insurance(slot: Slot, days: int = 30) -> tuple[Meeting, Match]:
    """Return a match both accepted, at a place that ends after `days`, and not insured."""
    crew = a_crew()
    body = a_host_body(crew, insured=False)
    ends_on = clock.today() + timedelta(days=days)
    place = an_opportunity(crew, body, slots=[slot], ends_on=ends_on)
    host, token = a_host(crew.worker, place)
    meeting = Meeting(crew, a_free_offer(crew, slots=[slot]), place, host, token)
    match = a_proposal(meeting)
    accept_as_person(crew.worker, match.pk)
    accept_as_host(host, match.pk)
    insure(body)
    return meeting, match


def test_nobody_begins_at_a_place_that_has_ended_and_the_seat_is_free_again() -> None:
    meeting, match = a_match_without_insurance(TUESDAY)
    with clock.at(clock.now() + timedelta(days=70)), pytest.raises(ProposalOver):
        start_again(meeting.crew.worker, match.pk)
    match.refresh_from_db()
    assert (match.stage, match.seat) == (MatchStage.INTERRUPTED, None)
    assert match.started_on is None
    assert match.end_reason
    assert not Session.objects.filter(match=match).exists()


def test_nobody_begins_on_a_single_day_that_is_not_covered_and_it_says_why() -> None:
    """R10: entered today, insured from tomorrow."""
    today = clock.today()
    slot = Slot(today.weekday(), 22 * 60, 23 * 60, today)
    meeting = a_meeting(with_pact=False, slots=[slot])
    match = an_active_match(meeting)
    assert (match.stage, match.started_on) == (MatchStage.ACCEPTED, None)
    assert match.held_up["text"] == NotCovered.text
    assert f"{today:%d/%m/%Y}" in match.held_up["text"] % match.held_up["facts"]
    with pytest.raises(NotCovered):
        start_again(meeting.crew.worker, match.pk)
    with clock.at(clock.now() + timedelta(days=1)), pytest.raises(ProposalOver):
        start_again(meeting.crew.worker, match.pk)


def test_a_single_day_begins_when_its_day_is_covered() -> None:
    day = clock.today() + timedelta(days=1)
    slot = Slot(day.weekday(), 9 * 60, 10 * 60, day)
    match = an_active_match(a_meeting(with_pact=False, slots=[slot]))
    assert match.stage == MatchStage.ACTIVE
    assert days_of(match) == [day]


def test_a_match_completed_keeps_no_turn_untold() -> None:
    meeting = a_meeting(with_pact=False)
    match = an_active_match(meeting)
    complete_match(meeting.crew.worker, match.pk)
    assert not Session.objects.filter(match=match, stage=SessionStage.PLANNED.value).exists()
