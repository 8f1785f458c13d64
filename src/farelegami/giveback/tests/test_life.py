from datetime import timedelta

import pytest

from farelegami.giveback.models import Match, Offer, Session
from farelegami.giveback.queries.sight import host_by
from farelegami.giveback.rules.changes import Change
from farelegami.giveback.rules.matches import (
    MatchMovedAlready,
    MatchStage,
    PlacedThen,
    PlaceTaken,
    ProposedAlready,
    Side,
    StillToSettle,
    WeekFull,
)
from farelegami.giveback.rules.needs import Need, NeedKind, PaperMissing, Requirement
from farelegami.giveback.rules.sessions import (
    NotCovered,
    NotYetHeld,
    Said,
    SaidAlready,
    SessionStage,
    Word,
)
from farelegami.giveback.rules.slots import Slot
from farelegami.giveback.services.matches import (
    Proposal,
    accept_as_host,
    accept_as_person,
    complete_match,
    decline_as_person,
    interrupt_match,
    propose,
    start_again,
)
from farelegami.giveback.services.offers import see_requirement
from farelegami.giveback.services.opportunities import revoke_link
from farelegami.giveback.services.sessions import (
    Report,
    begins_at,
    say_as_host,
    say_as_person,
    settle_dispute,
    settle_silence,
)
from farelegami.giveback.tests.builders import (
    a_free_offer,
    a_host,
    a_host_body,
    a_meeting,
    a_pact_offer,
    a_proposal,
    a_volunteer,
    an_active_match,
    an_opportunity,
    first_turn,
    insure,
    minutes,
)
from farelegami.kernel import clock
from farelegami.kernel.errors import NotAllowed, NotFound
from farelegami.ledger.queries import balances
from farelegami.pacts.rules.money import Purse
from farelegami.pacts.tests.builders import a_crew
from farelegami.volunteering.queries import cover_on

pytestmark = pytest.mark.django_db
TWO_HOURS = Said(Word.HELD, minutes(120))


def test_a_match_is_accepted_by_both_and_begins_the_day_after() -> None:
    """R10: the register's cover runs from the next day."""
    meeting = a_meeting()
    match = a_proposal(meeting)
    assert match.stage == MatchStage.PROPOSED
    match = accept_as_person(meeting.crew.worker, match.pk)
    assert match.waits_for == {Side.HOST}
    match = accept_as_host(meeting.host, match.pk)
    assert match.stage == MatchStage.ACTIVE
    assert match.started_on == clock.today() + timedelta(days=1)
    turns = list(Session.objects.filter(match=match))
    assert turns
    assert all(turn.day.weekday() == 1 and turn.day > clock.today() for turn in turns)
    body = meeting.opportunity.organisation_id
    assert all(cover_on(match.person_id, body, turn.day) for turn in turns)


def test_turns_are_no_more_than_was_promised() -> None:
    meeting = a_meeting()
    match = an_active_match(meeting)
    planned = sum(turn.planned_minutes for turn in Session.objects.filter(match=match))
    assert 0 < planned <= meeting.offer.total_minutes


@pytest.mark.parametrize("with_pact", [True, False])
def test_hours_count_once_both_say_the_same(with_pact: bool) -> None:
    meeting = a_meeting(with_pact=with_pact)
    turn = first_turn(an_active_match(meeting))
    purses = meeting.offer.pact_id or meeting.offer.pk
    with clock.at(begins_at(turn) + timedelta(hours=3)):
        say_as_person(meeting.crew.worker, turn.pk, Report(TWO_HOURS))
        assert balances([purses])[purses][Purse.DONE] == 120
        turn = say_as_host(meeting.host, turn.pk, Report(TWO_HOURS, change=Change("Rideva", 6)))
    assert turn.stage == SessionStage.HELD
    assert balances([purses])[purses][Purse.CONFIRMED] == 120
    assert balances([purses])[purses][Purse.DONE] == 0
    turn.match.refresh_from_db()
    assert (turn.match.changed_for_others, turn.match.reached_people) == ("Rideva", 6)


def test_a_turn_confirmed_twice_counts_once() -> None:
    meeting = a_meeting()
    turn = first_turn(an_active_match(meeting))
    pact_id = meeting.offer.pact_id
    assert pact_id is not None
    with clock.at(begins_at(turn) + timedelta(hours=3)):
        for _again in range(2):
            say_as_host(meeting.host, turn.pk, Report(TWO_HOURS))
            say_as_person(meeting.crew.worker, turn.pk, Report(TWO_HOURS))
        with pytest.raises(SaidAlready):
            say_as_host(meeting.host, turn.pk, Report(Said(Word.HELD, minutes(60))))
    assert balances([pact_id])[pact_id][Purse.CONFIRMED] == 120


def test_two_different_words_are_heard_by_who_follows() -> None:
    meeting = a_meeting()
    turn = first_turn(an_active_match(meeting))
    pact_id = meeting.offer.pact_id
    assert pact_id is not None
    with clock.at(begins_at(turn) + timedelta(hours=3)):
        say_as_person(meeting.crew.worker, turn.pk, Report(TWO_HOURS))
        turn = say_as_host(meeting.host, turn.pk, Report(Said(Word.HELD, minutes(60))))
        assert turn.is_disputed
        assert balances([pact_id])[pact_id][Purse.CONFIRMED] == 0
        turn = settle_dispute(
            meeting.crew.worker, turn.pk, Said(Word.HELD, minutes(90)), settlement="Detto insieme"
        )
    assert turn.stage == SessionStage.HELD
    assert turn.minutes == 90
    assert balances([pact_id])[pact_id][Purse.CONFIRMED] == 90
    assert balances([pact_id])[pact_id][Purse.DONE] == 0


def test_a_dispute_may_end_without_hours() -> None:
    meeting = a_meeting(with_pact=False)
    turn = first_turn(an_active_match(meeting))
    with clock.at(begins_at(turn) + timedelta(hours=3)):
        say_as_person(meeting.crew.worker, turn.pk, Report(TWO_HOURS))
        say_as_host(meeting.host, turn.pk, Report(Said(Word.ABSENT)))
        turn = settle_dispute(
            meeting.crew.worker, turn.pk, Said(Word.EXCUSED), settlement="Treno fermo"
        )
    assert turn.stage == SessionStage.EXCUSED
    assert not any(balances([meeting.offer.pk])[meeting.offer.pk].values())


def test_who_cannot_come_says_so_before() -> None:
    meeting = a_meeting()
    turn = first_turn(an_active_match(meeting))
    turn = say_as_person(meeting.crew.worker, turn.pk, Report(Said(Word.EXCUSED)))
    assert turn.stage == SessionStage.EXCUSED


def test_nobody_says_a_turn_was_held_before_it_began() -> None:
    meeting = a_meeting()
    turn = first_turn(an_active_match(meeting))
    with clock.at(begins_at(turn) - timedelta(minutes=1)), pytest.raises(NotYetHeld):
        say_as_person(meeting.crew.worker, turn.pk, Report(TWO_HOURS))
    with clock.at(begins_at(turn)):
        say_as_person(meeting.crew.worker, turn.pk, Report(TWO_HOURS))


def test_who_is_silent_for_two_weeks_agrees() -> None:
    meeting = a_meeting()
    turn = first_turn(an_active_match(meeting))
    said = begins_at(turn) + timedelta(hours=3)
    with clock.at(said):
        say_as_host(meeting.host, turn.pk, Report(TWO_HOURS))
    with clock.at(said + timedelta(days=13)):
        assert settle_silence() == 0
    with clock.at(said + timedelta(days=15)):
        assert settle_silence() == 1
        assert settle_silence() == 0
    turn.refresh_from_db()
    assert turn.stage == SessionStage.HELD


def test_without_insurance_a_match_waits_and_begins_when_there_is_one() -> None:
    crew = a_crew()
    body = a_host_body(crew, insured=False)
    place = an_opportunity(crew, body)
    host, _token = a_host(crew.worker, place)
    offer = a_free_offer(crew)
    slot = place.slots.first()
    assert slot
    match = propose(crew.worker, Proposal(offer.pk, slot.pk))
    accept_as_person(crew.worker, match.pk)
    match = accept_as_host(host, match.pk)
    assert match.stage == MatchStage.ACCEPTED
    assert match.held_up
    assert not Session.objects.filter(match=match).exists()
    insure(body)
    match = start_again(crew.worker, match.pk)
    assert match.stage == MatchStage.ACTIVE
    assert match.held_up == {}


def test_a_turn_on_a_day_without_insurance_is_not_held() -> None:
    """R10, at the last boundary: the cover ended meanwhile."""
    meeting = a_meeting()
    match = an_active_match(meeting)
    turn = Session.objects.create(
        district_id=match.district_id,
        match=match,
        day=clock.today() + timedelta(days=500),
        starts=900,
        ends=1020,
    )
    with clock.at(begins_at(turn) + timedelta(hours=2)), pytest.raises(NotCovered):
        say_as_host(meeting.host, turn.pk, Report(TWO_HOURS))


def test_the_last_place_is_one_persons_and_the_other_is_told_kindly() -> None:
    crew = a_crew()
    place = an_opportunity(crew)
    host, _token = a_host(crew.worker, place)
    slot = place.slots.first()
    assert slot
    first = propose(crew.worker, Proposal(a_free_offer(crew).pk, slot.pk))
    other = a_free_offer(crew, a_volunteer(crew, "Zoe"))
    second = propose(crew.worker, Proposal(other.pk, slot.pk))
    for match in (first, second):
        accept_as_person(crew.worker, match.pk)
    accept_as_host(host, first.pk)
    with pytest.raises(PlaceTaken):
        accept_as_host(host, second.pk)
    second.refresh_from_db()
    assert second.stage == MatchStage.DECLINED
    with pytest.raises(MatchMovedAlready):
        accept_as_host(host, second.pk)


def test_nobody_is_in_two_places_at_once() -> None:
    crew = a_crew()
    offer = a_free_offer(crew, places=2)
    for name in ("Prima", "Seconda"):
        place = an_opportunity(crew, a_host_body(crew, name))
        slot = place.slots.first()
        assert slot
        match = propose(crew.worker, Proposal(offer.pk, slot.pk))
        host, _token = a_host(crew.worker, place)
        accept_as_person(crew.worker, match.pk)
        if name == "Prima":
            accept_as_host(host, match.pk)
        else:
            with pytest.raises(PlacedThen):
                accept_as_host(host, match.pk)


def test_nobody_gives_more_hours_than_they_said() -> None:
    """R9."""
    crew = a_crew()
    offer = a_free_offer(crew, weekly_minutes=minutes(60))
    place = an_opportunity(crew)
    slot = place.slots.first()
    assert slot
    match = propose(crew.worker, Proposal(offer.pk, slot.pk))
    host, _token = a_host(crew.worker, place)
    accept_as_person(crew.worker, match.pk)
    with pytest.raises(WeekFull):
        accept_as_host(host, match.pk)


def test_nobody_gives_for_pacts_more_than_sixteen_hours_in_all() -> None:
    """R9: two commitments of ten hours each are twenty."""
    day = Slot(1, 8 * 60, 18 * 60)
    crew = a_crew()
    first = a_meeting(crew, with_pact=True, slots=[day])
    wide = {"weekly_minutes": 600}
    Offer.objects.update(**wide)
    an_active_match(first)
    Match.objects.update(starts=8 * 60, ends=18 * 60)
    second = a_meeting(crew, with_pact=True, slots=[Slot(2, 8 * 60, 18 * 60)])
    Offer.objects.filter(pk=second.offer.pk).update(**wide, person=first.offer.person)
    proposed = a_proposal(second)
    accept_as_person(crew.worker, proposed.pk)
    Match.objects.filter(pk=proposed.pk).update(starts=8 * 60, ends=18 * 60)
    with pytest.raises(WeekFull) as refused:
        accept_as_host(second.host, proposed.pk)
    assert refused.value.sum_minutes == minutes(1200)


def test_a_paper_the_task_asks_for_is_seen_before_it_begins() -> None:
    need = Need(NeedKind.REQUIREMENT, Requirement.FOOD_HYGIENE.value)
    meeting = a_meeting(with_pact=False, needs=[need])
    match = a_proposal(meeting)
    accept_as_person(meeting.crew.worker, match.pk)
    match = accept_as_host(meeting.host, match.pk)
    assert match.stage == MatchStage.ACCEPTED
    assert match.held_up["text"] == PaperMissing.text
    see_requirement(
        meeting.crew.worker, match.person_id, Requirement.FOOD_HYGIENE, seen_on=clock.today()
    )
    assert start_again(meeting.crew.worker, match.pk).stage == MatchStage.ACTIVE


def test_declining_is_ordinary() -> None:
    meeting = a_meeting()
    match = a_proposal(meeting)
    with pytest.raises(ProposedAlready):
        a_proposal(meeting)
    declined = decline_as_person(meeting.crew.worker, match.pk)
    assert declined.stage == MatchStage.DECLINED
    assert a_proposal(meeting).pk != match.pk, "another day it may be proposed again"


def test_the_host_learns_of_nobody_who_has_not_said_yes() -> None:
    meeting = a_meeting()
    match = a_proposal(meeting)
    with pytest.raises(NotFound):
        accept_as_host(meeting.host, match.pk)


def test_what_ends_early_keeps_what_was_given_and_frees_the_place() -> None:
    meeting = a_meeting()
    match = an_active_match(meeting)
    ended = interrupt_match(meeting.crew.worker, match.pk, by=Side.PERSON, reason="Ha un lavoro")
    assert ended.stage == MatchStage.INTERRUPTED
    assert ended.seat is None
    left = Session.objects.filter(match=match, stage=SessionStage.PLANNED.value)
    assert not left.exists()


def test_a_match_is_completed_once_every_turn_has_its_word() -> None:
    meeting = a_meeting()
    match = an_active_match(meeting)
    turn = first_turn(match)
    with clock.at(begins_at(turn) + timedelta(hours=3)):
        with pytest.raises(StillToSettle):
            complete_match(meeting.crew.worker, match.pk)
        say_as_host(meeting.host, turn.pk, Report(TWO_HOURS))
        say_as_person(meeting.crew.worker, turn.pk, Report(TWO_HOURS))
        assert complete_match(meeting.crew.worker, match.pk).stage == MatchStage.COMPLETED


def test_a_link_opens_nothing_once_it_is_revoked() -> None:
    meeting = a_meeting()
    link = meeting.opportunity.links.get()
    revoke_link(meeting.crew.worker, meeting.opportunity.pk, link.pk)
    with pytest.raises(NotFound):
        host_by(meeting.token)
    with pytest.raises(NotFound):
        host_by(meeting.token[:-2] + "xx")


def test_of_a_pact_s_offer_only_its_own_people_know() -> None:
    meeting = a_meeting()
    stranger = a_crew()
    with pytest.raises((NotFound, NotAllowed)):
        propose(stranger.worker, Proposal(meeting.offer.pk, meeting.slot_id))
    assert a_pact_offer(stranger).pk


def test_slots_that_do_not_meet_are_proposed_as_the_place_asks() -> None:
    crew = a_crew()
    offer = a_free_offer(crew, slots=[Slot(3, 540, 720)])
    place = an_opportunity(crew)
    slot = place.slots.first()
    assert slot
    match = propose(crew.worker, Proposal(offer.pk, slot.pk))
    assert (match.starts, match.ends) == (slot.starts, slot.ends)
