"""The last place is one person's, and a turn counts once, whoever says it at the same moment."""

from __future__ import annotations

from datetime import timedelta
from threading import Event
from time import sleep
from typing import Any

import pytest
from django.db import transaction

from farelegami.giveback.models import Match, Offer, Session
from farelegami.giveback.rules.changes import Change
from farelegami.giveback.rules.matches import MatchStage, PlaceTaken, ProposedAlready, Side
from farelegami.giveback.rules.sessions import Said, SessionStage, Word
from farelegami.giveback.services.matches import (
    Proposal,
    accept_as_host,
    accept_as_person,
    complete_match,
    interrupt_match,
    propose,
)
from farelegami.giveback.services.offers import pause_offer, resume_offer
from farelegami.giveback.services.planning import plan_ahead
from farelegami.giveback.services.sessions import (
    Report,
    begins_at,
    say_as_host,
    say_as_person,
    tell_what_changed,
)
from farelegami.giveback.tests.builders import (
    a_free_offer,
    a_host,
    a_host_body,
    a_meeting,
    a_volunteer,
    an_active_match,
    an_opportunity,
    first_turn,
    minutes,
)
from farelegami.kernel import clock
from farelegami.ledger.queries import balances, verify
from farelegami.matching.models import PlanItem
from farelegami.matching.rules.meanwhile import PlanOutdated
from farelegami.matching.services.plans import make_plan
from farelegami.matching.services.taking import take_up, take_up_all
from farelegami.pacts.rules.money import Purse
from farelegami.pacts.tests.builders import a_crew
from farelegami.volunteering.models import ServiceDay
from tests.races.test_races import at_once

pytestmark = pytest.mark.django_db(transaction=True)
TWO_HOURS = Said(Word.HELD, minutes(120))


def test_two_accept_the_last_place_at_once_and_one_is_told_kindly() -> None:
    crew = a_crew()
    place = an_opportunity(crew)
    host, _token = a_host(crew.worker, place)
    slot = place.slots.get()
    matches = [
        propose(crew.worker, Proposal(a_free_offer(crew, a_volunteer(crew, name)).pk, slot.pk))
        for name in ("Ada", "Bea", "Cleo")
    ]
    for match in matches:
        accept_as_person(crew.worker, match.pk)

    def accept(match: Match) -> Any:
        return lambda: accept_as_host(host, match.pk)

    outcomes = at_once(*[accept(match) for match in matches])
    told = [one for one in outcomes if isinstance(one, PlaceTaken)]
    assert len(told) == 2, outcomes
    stages = sorted(Match.objects.values_list("stage", flat=True))
    assert stages == [MatchStage.ACTIVE, MatchStage.DECLINED, MatchStage.DECLINED]
    assert Match.objects.filter(seat=1).count() == 1


def test_a_turn_confirmed_by_four_hands_counts_once() -> None:
    meeting = a_meeting()
    turn = first_turn(an_active_match(meeting))
    pact_id = meeting.offer.pact_id
    assert pact_id is not None

    def host_says() -> Session:
        with clock.at(begins_at(turn) + timedelta(hours=3)):
            return say_as_host(meeting.host, turn.pk, Report(TWO_HOURS))

    def person_says() -> Session:
        with clock.at(begins_at(turn) + timedelta(hours=3)):
            return say_as_person(meeting.crew.worker, turn.pk, Report(TWO_HOURS))

    outcomes = at_once(host_says, person_says, host_says, person_says)
    assert not [one for one in outcomes if isinstance(one, BaseException)], outcomes
    turn.refresh_from_db()
    assert turn.stage == SessionStage.HELD
    assert balances([pact_id])[pact_id][Purse.CONFIRMED] == 120
    assert balances([pact_id])[pact_id][Purse.DONE] == 0
    assert ServiceDay.objects.filter(taken_back_at=None).count() == 1
    assert list(verify()) == []


def test_turns_planned_by_two_workers_are_planned_once() -> None:
    match = an_active_match(a_meeting(with_pact=False))
    Session.objects.filter(match=match).delete()
    at_once(plan_ahead, plan_ahead, plan_ahead)
    days = list(Session.objects.filter(match=match).values_list("day", flat=True))
    assert days
    assert len(days) == len(set(days))


def test_no_turn_is_planned_for_a_match_that_ends_while_the_worker_plans() -> None:
    meeting = a_meeting(with_pact=False)
    match = an_active_match(meeting)
    Session.objects.filter(match=match).delete()
    has_ended = Event()

    def end() -> None:
        with transaction.atomic():
            interrupt_match(meeting.crew.worker, match.pk, by=Side.PERSON, reason="Ha un lavoro")
            has_ended.set()
            # Long enough for the worker to find the match active, and to wait for it.
            sleep(1)

    def plan() -> int:
        has_ended.wait(timeout=20)
        return plan_ahead()

    outcomes = at_once(end, plan)
    assert outcomes == [None, 0]
    assert not Session.objects.filter(match=match).exists()


def test_a_proposal_taken_up_twice_at_once_is_one_and_plans_have_numbers_of_their_own() -> None:
    crew = a_crew()
    a_free_offer(crew)
    an_opportunity(crew)
    plans = at_once(*[lambda: make_plan(crew.worker, crew.district_id)] * 3)
    assert sorted(plan.number for plan in plans) == [1, 2, 3], plans
    item = PlanItem.objects.first()
    assert item
    outcomes = at_once(*[lambda: take_up(crew.worker, item.pk)] * 3)
    assert Match.objects.count() == 1, outcomes
    assert len({one.pk for one in outcomes if isinstance(one, Match)}) == 1


def test_two_who_confirm_one_plan_at_once_propose_each_thing_once_and_hear_of_the_rest() -> None:
    crew = a_crew()
    body = a_host_body(crew)
    for number in range(4):
        a_free_offer(crew, a_volunteer(crew, f"Nome{number}"))
        an_opportunity(crew, body, title=f"Posto {number}")
    plan = make_plan(crew.worker, crew.district_id)
    items = list(PlanItem.objects.filter(plan=plan).values_list("pk", flat=True))
    assert len(items) == 4
    outcomes = at_once(
        lambda: take_up_all(crew.worker, items),
        lambda: take_up_all(crew.coordinator, items[::-1]),
    )
    assert not [one for one in outcomes if isinstance(one, BaseException)], outcomes
    assert Match.objects.count() == 4
    assert sum(one.done for one in outcomes) == 4
    told = [left for one in outcomes for left in one.left]
    assert len(told) == 4
    assert {type(left.why) for left in told} == {ProposedAlready}
    assert all(left.name and left.title for left in told)


def test_two_plans_confirmed_at_once_do_not_fill_one_place_twice() -> None:
    crew = a_crew()
    place = an_opportunity(crew)
    items = []
    for name in ("Ada", "Bea"):
        offer = a_free_offer(crew, a_volunteer(crew, name))
        plan = make_plan(crew.worker, crew.district_id)
        items.append(PlanItem.objects.get(plan=plan).pk)
        pause_offer(crew.worker, offer.pk)
    for offer in Offer.objects.all():
        resume_offer(crew.worker, offer.pk)
    outcomes = at_once(*[lambda one=one: take_up_all(crew.worker, [one]) for one in items])
    assert not [one for one in outcomes if isinstance(one, BaseException)], outcomes
    assert sum(one.done for one in outcomes) == 1, outcomes
    assert Match.objects.filter(opportunity=place).count() == 1
    (left,) = [left for one in outcomes for left in one.left]
    assert isinstance(left.why, PlanOutdated)


@pytest.mark.parametrize("way", ["afterwards", "with a turn"])
@pytest.mark.parametrize("end", ["interrupted", "completed"])
def test_what_the_host_says_while_a_match_ends_is_kept(way: str, end: str) -> None:
    with clock.at(clock.now() - timedelta(days=60)):
        meeting = a_meeting(with_pact=False)
        match = an_active_match(meeting)
    turn, worker = first_turn(match), meeting.crew.worker
    said, change = Event(), Change("Ride di nuovo", 6)

    def tell() -> None:
        with clock.at(begins_at(turn) + timedelta(hours=3)), transaction.atomic():
            if way == "afterwards":
                tell_what_changed(meeting.host, match.pk, change)
            else:
                say_as_host(meeting.host, turn.pk, Report(TWO_HOURS, change=change))
            said.set()
            # Long enough for whoever ends the match to read it, and to wait for it.
            sleep(1)

    def finish() -> None:
        said.wait(timeout=20)
        with clock.at(begins_at(turn) - timedelta(days=1)):
            if end == "interrupted":
                interrupt_match(worker, match.pk, by=Side.PERSON, reason="Ha un lavoro")
            else:
                complete_match(worker, match.pk)

    assert at_once(tell, finish) == [None, None]
    match.refresh_from_db()
    assert (match.changed_for_others, match.reached_people) == ("Ride di nuovo", 6)
    assert match.seat is None
