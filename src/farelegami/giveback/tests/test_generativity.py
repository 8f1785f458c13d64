from dataclasses import asdict
from datetime import timedelta
from uuid import UUID

import pytest

from farelegami.access.tests.builders import an_actor
from farelegami.cases.tests.builders import CREMA
from farelegami.giveback.models import Session
from farelegami.giveback.queries.generativity import Generativity, Seen, generativity
from farelegami.giveback.rules.changes import Change
from farelegami.giveback.rules.needs import Field
from farelegami.giveback.rules.sessions import Said, Word
from farelegami.giveback.services.sessions import (
    Report,
    begins_at,
    say_as_host,
    say_as_person,
    tell_what_changed,
)
from farelegami.giveback.tests.builders import (
    Meeting,
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
from farelegami.kernel.actor import Actor, Role
from farelegami.kernel.units import hours
from farelegami.pacts.models import FollowUp
from farelegami.pacts.queries.returned import Accompanied
from farelegami.pacts.rules.money import Spend
from farelegami.pacts.rules.stages import Stage
from farelegami.pacts.services.giving import cancel_hours
from farelegami.pacts.services.living import hold_meeting
from farelegami.pacts.tests.builders import Crew, a_crew, a_pact, a_spend, some_hours
from farelegami.volunteering.models import Volunteer

pytestmark = pytest.mark.django_db


def a_held_turn(meeting: Meeting) -> Session:
    turn = first_turn(an_active_match(meeting))
    said = Report(Said(Word.HELD, minutes(120)))
    with clock.at(begins_at(turn) + timedelta(hours=3)):
        say_as_person(meeting.crew.worker, turn.pk, said)
        return say_as_host(meeting.host, turn.pk, said)


def seen_by(actor: Actor) -> Seen:
    """Return what somebody sees of the weeks around today."""
    day, fortnight = clock.today(), timedelta(days=14)
    return generativity(actor, since=day - fortnight, until=day + fortnight)


def by_field(one: Generativity) -> dict[Field | None, tuple[int, int]]:
    return {row.field: (row.minutes, row.givers) for row in one.fields if row.minutes}


def test_a_year_of_a_district_is_told_as_it_went() -> None:
    """A pact paid and given back with and without a place; a volunteer without a pact."""
    crew = a_crew()
    meeting = a_meeting(crew)
    pact = meeting.offer.pact
    assert pact is not None
    a_spend(crew, pact, Spend.PAID, cents=64_000)
    a_spend(crew, pact, Spend.DOCUMENTED, cents=10_000)
    a_spend(crew, pact, Spend.COMMITTED, cents=5_000)
    a_held_turn(meeting)
    some_hours(crew, pact, 90, confirmed=True)
    some_hours(crew, pact, 45)
    social = an_opportunity(crew, meeting.opportunity.organisation, field=Field.SOCIAL)
    host, token = a_host(crew.worker, social)
    a_held_turn(Meeting(crew, a_free_offer(crew), social, host, token))
    seen = seen_by(crew.coordinator)
    whole, of_pacts, free = seen.whole, seen.parts[pact.programme_id], seen.parts[None]
    assert asdict(whole.received) == {
        "documented_cents": 74_000, "documented_pacts": 1, "paid_cents": 64_000, "paid_pacts": 1,
    }  # fmt: skip
    assert by_field(whole) == {
        Field.TRAINING: (120, 1), Field.SOCIAL: (120, 1), None: (90, 1),
    }  # fmt: skip
    assert (whole.minutes, whole.givers, whole.turns, whole.people, whole.hosts) == (
        330,
        2,
        2,
        2,
        1,
    )
    assert (of_pacts.minutes, of_pacts.people, free.minutes, free.people) == (210, 1, 120, 1)
    assert seen.cells[pact.programme_id, crew.district_id] == of_pacts
    assert free.received.documented_cents == 0


def test_hours_taken_back_on_the_pact_are_not_counted_though_the_turn_was_held() -> None:
    meeting = a_meeting()
    turn, said = first_turn(an_active_match(meeting)), Report(Said(Word.HELD, minutes(120)))
    worker = meeting.crew.worker
    assert meeting.offer.pact is not None
    with clock.at(begins_at(turn) + timedelta(hours=3)):
        turn = say_as_person(worker, turn.pk, said)
        assert turn.hours_entry_id is not None
        cancel_hours(worker, meeting.offer.pact.pk, turn.hours_entry_id, reason="Un errore.")
        say_as_host(meeting.host, turn.pk, said)
    whole = seen_by(meeting.crew.coordinator).whole
    assert (whole.turns, whole.minutes, whole.givers) == (1, 0, 0)


def test_who_gives_freely_after_their_pact_became_a_volunteer() -> None:
    """Of a family of two the mother offers again; who was in a register before does not count."""
    pact, crew = a_pact(Stage.CLOSED)
    other, _crew = a_pact(Stage.CLOSED, crew=crew)
    mother, another = pact.case.contact, other.case.contact
    with clock.at(clock.now() + timedelta(days=3)):
        assert seen_by(crew.coordinator).whole.became_volunteers == 0
        a_free_offer(crew, mother)
        a_free_offer(crew, mother)
        seen = seen_by(crew.coordinator).whole
    assert (seen.ended_pacts, seen.became_volunteers) == (2, 1)
    assert mother != another
    assert seen.people == 0


def test_entering_a_register_counts_after_the_end_alone() -> None:
    crew = a_crew()
    meeting = a_meeting(crew)
    an_active_match(meeting)
    pact = meeting.offer.pact
    assert pact is not None
    assert Volunteer.objects.filter(person_id=meeting.offer.person_id).exists()
    type(pact).objects.filter(pk=pact.pk).update(interrupted_on=clock.today())
    assert seen_by(crew.coordinator).whole.became_volunteers == 0
    entered = clock.today() + timedelta(days=2)
    Volunteer.objects.filter(person_id=meeting.offer.person_id).update(entered_on=entered)
    assert seen_by(crew.coordinator).whole.became_volunteers == 1


def test_follow_ups_say_due_answered_and_still_active() -> None:
    pacts = [a_pact(Stage.CLOSED)]
    crew = pacts[0][1]
    pacts += [a_pact(Stage.CLOSED, crew=crew) for _ in range(2)]
    for (pact, _crew), answer in zip(pacts, (True, False, None), strict=True):
        FollowUp.objects.filter(pact=pact, months=6).update(
            due_on=clock.today(), is_still_active=answer
        )
    after = seen_by(crew.coordinator).whole.after
    assert asdict(after[6]) == {"due": 3, "answered": 2, "active": 1}
    assert asdict(after[12]) == {"due": 0, "answered": 0, "active": 0}


def a_manager(programme_id: UUID) -> Actor:
    return an_actor(Role.PROGRAMME_MANAGER, programme_id=programme_id, name="Paola Prova")


def test_districts_and_programmes_do_not_leak_into_each_other() -> None:
    here, there = a_crew(), a_crew(CREMA)
    ours, theirs = a_meeting(here, with_pact=False), a_meeting(here)
    a_held_turn(ours)
    a_held_turn(theirs)
    pact, _crew = a_pact(crew=there)
    some_hours(there, pact, 60, confirmed=True)
    assert seen_by(here.coordinator).whole.minutes == 240
    assert seen_by(there.coordinator).whole.minutes == 60
    assert set(seen_by(there.coordinator).parts) == {pact.programme_id}
    # Who answers for the programme sees both districts, and nobody without a pact.
    manager = seen_by(a_manager(pact.programme_id))
    assert (manager.whole.minutes, manager.whole.people) == (180, 1)
    assert None not in manager.parts
    cells = {district: one.minutes for (_p, district), one in manager.cells.items()}
    assert cells == {here.district_id: 120, there.district_id: 60}
    assert seen_by(here.worker).whole.minutes == 0


def grown(crew: Crew, many: int) -> None:
    body = a_host_body(crew, "Banca del tempo di prova")
    pact, _crew = a_pact(crew=crew)
    for _ in range(many):
        some_hours(crew, pact, 30, confirmed=True)
        place = an_opportunity(crew, body)
        host, token = a_host(crew.worker, place)
        a_held_turn(Meeting(crew, a_free_offer(crew, a_volunteer(crew)), place, host, token))


def test_whom_it_reached_and_the_time_of_those_who_accompany_are_told_as_they_were_noted() -> None:
    crew = a_crew()
    meeting = a_meeting(crew)
    pact = meeting.offer.pact
    assert pact is not None
    turn = a_held_turn(meeting)
    with clock.at(begins_at(turn) + timedelta(hours=4)):
        tell_what_changed(meeting.host, turn.match_id, Change("Ora ridono", 14))
        for spent in (hours(2), None, minutes(45)):
            hold_meeting(crew.worker, pact.pk, held_on=clock.today(), worked_minutes=spent)
        seen = seen_by(crew.coordinator)
    assert (seen.whole.reached, seen.whole.reached_told) == (14, 1)
    assert seen.whole.accompanied == Accompanied(minutes=165, pacts=1)
    assert seen.cells[pact.programme_id, crew.district_id].reached == 14


def test_it_costs_eight_queries_for_one_and_for_25(django_assert_num_queries) -> None:
    crew = a_crew()
    grown(crew, 1)
    with django_assert_num_queries(8):
        assert seen_by(crew.coordinator).whole.people == 1
    grown(crew, 24)
    with django_assert_num_queries(8):
        assert seen_by(crew.coordinator).whole.people == 25
