"""R10, at every boundary of day and hour: nobody begins a turn without insurance."""

from datetime import date, datetime, timedelta

import pytest
from django.db import DatabaseError, transaction

from farelegami.giveback.models import Match, Session
from farelegami.giveback.queries.sight import Host
from farelegami.giveback.rules.sessions import NotCovered, NotYetHeld, Said, SessionStage, Word
from farelegami.giveback.rules.slots import Slot
from farelegami.giveback.services.daily import each_day
from farelegami.giveback.services.matches import (
    Proposal,
    accept_as_host,
    accept_as_person,
    propose,
)
from farelegami.giveback.services.sessions import Report, begins_at, say_as_host, say_as_person
from farelegami.giveback.tests.builders import (
    a_free_offer,
    a_host,
    a_host_body,
    a_referent,
    an_opportunity,
    minutes,
)
from farelegami.kernel import clock
from farelegami.network.models import Organisation
from farelegami.pacts.tests.builders import Crew, a_crew
from farelegami.volunteering.models import ServiceDay
from farelegami.volunteering.queries import cover_on
from farelegami.volunteering.rules.covers import Risk
from farelegami.volunteering.services import add_policy, leave_register

pytestmark = pytest.mark.django_db
HELD = Said(Word.HELD, minutes(60))
EVERY_DAY = [Slot(day, 0, 60) for day in range(7)]


def rome(day: date, hour: int, minute: int = 0, second: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=clock.ROME)


def insured_until(body: Organisation, starts_on: date, ends_on: date) -> None:
    add_policy(
        a_referent(body),
        body.pk,
        insurer="Mutua di prova",
        number=f"P-{ends_on}",
        risks=tuple(Risk),
        starts_on=starts_on,
        ends_on=ends_on,
    )


def placed_at(
    moment: datetime, weekday: int, *, body: Organisation | None = None, crew: Crew | None = None
) -> tuple[Match, Host]:
    """Let both say yes at a moment, for a turn at midnight of a weekday."""
    crew = crew or a_crew()
    with clock.at(moment - timedelta(days=30)):
        body = body or a_host_body(crew)
        slots = [Slot(weekday, 0, 60)]
        place = an_opportunity(crew, body, slots=slots)
        offer = a_free_offer(crew, slots=slots)
        host, _token = a_host(crew.worker, place)
    slot = place.slots.get()
    with clock.at(moment):
        match = propose(crew.worker, Proposal(offer.pk, slot.pk))
        accept_as_person(crew.worker, match.pk)
        return accept_as_host(host, match.pk), host


# The two nights on which Italy's clocks move, a leap day, the turn of a year.
DAYS = [date(2026, 3, 28), date(2026, 3, 29), date(2026, 10, 24), date(2026, 10, 25),
        date(2028, 2, 28), date(2026, 12, 31), date(2026, 6, 15)]  # fmt: skip


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize("hour", [(0, 0, 0), (12, 0, 0), (23, 59, 59)])
def test_the_first_turn_is_the_day_after_whatever_the_hour(
    day: date, hour: tuple[int, int, int]
) -> None:
    tomorrow = day + timedelta(days=1)
    match, _host = placed_at(rome(day, *hour), tomorrow.weekday())
    first = Session.objects.filter(match=match).order_by("day").first()
    assert first is not None
    assert first.day == tomorrow
    assert begins_at(first) > rome(day, 23, 59, 59), "cover runs from 24:00 of the day of entry"


@pytest.mark.parametrize("day", DAYS)
def test_no_turn_of_the_same_day_is_planned_nor_told(day: date) -> None:
    match, host = placed_at(rome(day, 0, 0, 1), day.weekday())
    assert not Session.objects.filter(match=match, day=day).exists()
    slipped_in = Session.objects.create(
        district_id=match.district_id, match=match, day=day, starts=1380, ends=1440
    )
    with clock.at(rome(day, 23, 59)), pytest.raises(NotCovered):
        say_as_host(host, slipped_in.pk, Report(HELD))


def test_the_last_day_of_a_policy_is_covered_and_the_next_is_not() -> None:
    crew, last = a_crew(), date(2026, 12, 31)
    with clock.at(date(2026, 10, 1)):
        body = a_host_body(crew, insured=False)
        insured_until(body, date(2026, 1, 1), last)
    match, host = placed_at(rome(date(2026, 12, 1), 10), last.weekday(), body=body, crew=crew)
    turns = list(Session.objects.filter(match=match).order_by("day"))
    assert turns[-1].day == last
    assert all(cover_on(match.person_id, body.pk, turn.day) for turn in turns)
    with clock.at(begins_at(turns[-1])):
        say_as_person(crew.worker, turns[-1].pk, Report(HELD))
        assert say_as_host(host, turns[-1].pk, Report(HELD)).stage == SessionStage.HELD
    beyond = Session.objects.create(
        district_id=match.district_id, match=match, day=last + timedelta(days=1), starts=0, ends=60
    )
    with clock.at(begins_at(beyond) + timedelta(hours=1)), pytest.raises(NotCovered):
        say_as_host(host, beyond.pk, Report(HELD))


def test_a_renewed_policy_lets_the_turns_that_follow_be_planned() -> None:
    crew, last = a_crew(), date(2026, 12, 31)
    with clock.at(date(2026, 10, 1)):
        body = a_host_body(crew, insured=False)
        insured_until(body, date(2026, 1, 1), last)
    match, _host = placed_at(rome(date(2026, 12, 1), 10), 2, body=body, crew=crew)
    with clock.at(date(2026, 12, 20)):
        insured_until(body, last + timedelta(days=1), date(2027, 12, 31))
        each_day()
    after = Session.objects.filter(match=match, day__gt=last)
    assert after.exists()
    assert all(cover_on(match.person_id, body.pk, turn.day) for turn in after)


def test_who_left_the_register_is_covered_to_the_end_of_that_day() -> None:
    crew = a_crew()
    match, host = placed_at(rome(date(2026, 6, 1), 9), 2, crew=crew)
    body_id = match.opportunity.organisation_id
    turns = list(Session.objects.filter(match=match).order_by("day"))
    with clock.at(turns[0].day):
        leave_register(
            a_referent(match.opportunity.organisation), body_id, match.person_id,
            left_on=turns[0].day,
        )  # fmt: skip
    with clock.at(begins_at(turns[0]) + timedelta(hours=1)):
        say_as_host(host, turns[0].pk, Report(HELD))
    with clock.at(begins_at(turns[1]) + timedelta(hours=1)), pytest.raises(NotCovered):
        say_as_host(host, turns[1].pk, Report(HELD))


def test_a_turn_begins_at_its_minute_and_not_before() -> None:
    match, host = placed_at(rome(date(2026, 10, 20), 10), 6)
    turn = Session.objects.filter(match=match).order_by("day").first()
    assert turn is not None
    assert turn.day == date(2026, 10, 25), "the day on which the clocks go back"
    with clock.at(begins_at(turn) - timedelta(seconds=1)), pytest.raises(NotYetHeld):
        say_as_host(host, turn.pk, Report(HELD))
    with clock.at(begins_at(turn)):
        say_as_host(host, turn.pk, Report(HELD))


def test_the_database_itself_refuses_a_turn_held_without_a_day_of_service() -> None:
    match, _host = placed_at(rome(date(2026, 6, 1), 9), 2)
    turn = Session.objects.filter(match=match).first()
    assert turn is not None
    with pytest.raises(DatabaseError), transaction.atomic():
        Session.objects.filter(pk=turn.pk).update(held_at=clock.now(), minutes=60)
    assert not ServiceDay.objects.exists()
