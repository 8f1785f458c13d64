"""Nobody serves without a cover of that day: services, queries and the database say the same."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from farelegami.kernel import clock
from farelegami.kernel.actor import Role, system_actor
from farelegami.kernel.errors import NotAllowed, NotFound, SentAlready
from farelegami.kernel.ids import new_id
from farelegami.people.services.merging import merge_people
from farelegami.people.services.restricting import restrict_person
from farelegami.people.tests.builders import ANNA, CARLA, a_person, an_actor
from farelegami.storage.guards import missing
from farelegami.volunteering.models import Cover, Policy, RegisterEntry, ServiceDay, Volunteer
from farelegami.volunteering.queries import (
    cover_on,
    covers_of,
    earliest_cover,
    organisations_covered,
    verify_register,
)
from farelegami.volunteering.queries.printed import register_rows
from farelegami.volunteering.rules.covers import (
    Basis,
    NoPolicyInForce,
    NoPucPosition,
    NotCovered,
    PolicyEndsBeforeItStarts,
    PolicyServed,
    PucEndedAlready,
    PucOpenedLate,
    PucWeekTogether,
    Risk,
    RisksMissing,
    ServiceInTheFuture,
    ServiceNotedOtherwise,
)
from farelegami.volunteering.rules.registers import (
    EntryOnHold,
    FactsMissing,
    NoRegister,
    ServedAfterwards,
)
from farelegami.volunteering.services import (
    add_policy,
    end_policy,
    end_puc_position,
    enter_for_placement,
    enter_volunteer,
    facts_lacking,
    leave_register,
    note_service,
    open_puc_position,
    take_back_service,
    withdraw_policy,
)
from farelegami.volunteering.tests.builders import (
    CODES,
    MONDAY,
    Body,
    a_body,
    a_policy,
    a_volunteer,
    some_facts,
    someone,
)

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
SESSIONS = system_actor("Circolo Il Mulino, Ines Lavagna")
LATER = date(2026, 11, 30)


def served(volunteer: Volunteer, body: Body, day: date, *, at: date = LATER, **changes):
    said = {
        "person_id": volunteer.person_id, "organisation_id": body.id, "day": day, "minutes": 120,
        "source_id": new_id(),
    }  # fmt: skip
    with clock.at(at):
        return note_service(SESSIONS, **(said | changes))


def test_cover_begins_the_day_after_the_entry_and_ends_with_the_policy() -> None:
    """R10, at all four edges."""
    body = a_body()
    a_policy(body)
    volunteer = a_volunteer(body)
    spans = {day: cover_on(volunteer.person_id, body.id, day) for day in (
        MONDAY - DAY, MONDAY, MONDAY + DAY, date(2026, 12, 31), date(2027, 1, 1),
    )}  # fmt: skip
    assert [span is not None for span in spans.values()] == [False, False, True, True, False]


@pytest.mark.parametrize("day", [date(2026, 3, 29), date(2026, 10, 25)])
def test_an_entry_in_the_last_minute_of_a_day_of_23_or_25_hours_covers_the_next(day: date) -> None:
    body = a_body()
    a_policy(body)
    with clock.at(datetime(day.year, day.month, day.day, 23, 59, tzinfo=clock.ROME)):
        late = a_volunteer(body, on=day)
    assert cover_on(late.person_id, body.id, day) is None
    assert cover_on(late.person_id, body.id, day + DAY) is not None


def test_the_leap_day_is_a_day_as_any_other() -> None:
    body = a_body()
    a_policy(body, starts_on=date(2028, 1, 1), ends_on=date(2028, 12, 31))
    volunteer = a_volunteer(body, on=date(2028, 2, 28))
    assert cover_on(volunteer.person_id, body.id, date(2028, 2, 28)) is None
    assert cover_on(volunteer.person_id, body.id, date(2028, 2, 29)) is not None


def test_an_entry_written_late_never_covers_days_that_have_gone() -> None:
    body = a_body()
    a_policy(body)
    with clock.at(MONDAY):
        volunteer = enter_volunteer(
            body.host, body.id, facts=some_facts(), entered_on=date(2026, 1, 5)
        )
    assert cover_on(volunteer.person_id, body.id, MONDAY) is None
    assert cover_on(volunteer.person_id, body.id, MONDAY + DAY) is not None


def test_a_policy_covers_everybody_present_at_once_and_a_gap_shows() -> None:
    body = a_body()
    one, two = (a_volunteer(body, facts=some_facts(given_name=name)) for name in ("Ada", "Ugo"))
    gone = a_volunteer(body, facts=some_facts(given_name="Elio"))
    with clock.at(MONDAY + DAY):
        leave_register(body.host, body.id, gone.person_id, left_on=MONDAY + DAY)
    assert not Cover.objects.exists()
    a_policy(body, ends_on=date(2026, 6, 30))
    a_policy(body, number="P-2", starts_on=date(2026, 7, 10), ends_on=date(2027, 7, 9))
    # Who had left is covered for the day they were there, and no more.
    assert cover_on(gone.person_id, body.id, MONDAY + DAY) is not None
    assert cover_on(gone.person_id, body.id, MONDAY + 2 * DAY) is None
    for volunteer in (one, two):
        found = covers_of(
            [(volunteer.person_id, body.id)], start=date(2026, 6, 1), end=date(2026, 7, 31)
        )
        spans = found[volunteer.person_id, body.id]
        assert [(span.starts_on, span.ends_on) for span in spans] == [
            (MONDAY + DAY, date(2026, 6, 30)), (date(2026, 7, 10), date(2027, 7, 9)),
        ]  # fmt: skip
        assert cover_on(volunteer.person_id, body.id, date(2026, 7, 5)) is None


def test_a_policy_is_written_once_and_with_its_three_risks() -> None:
    """R12."""
    body = a_body()
    once = new_id()
    one = a_policy(body, once=once)
    assert a_policy(body, once=once).pk == one.pk
    with pytest.raises(SentAlready):
        a_policy(body, once=once, number="P-3")
    with pytest.raises(RisksMissing):
        a_policy(body, risks=[Risk.ACCIDENT, Risk.LIABILITY])
    with pytest.raises(PolicyEndsBeforeItStarts):
        a_policy(body, ends_on=date(2025, 12, 31))
    with pytest.raises(NotAllowed):
        add_policy(
            ANNA, body.id, insurer="M", number="1", risks=list(Risk), starts_on=MONDAY,
            ends_on=MONDAY,
        )  # fmt: skip
    assert Policy.objects.count() == 1


def test_leaving_ends_the_cover_that_day_and_what_had_not_begun_never_runs() -> None:
    body = a_body()
    a_policy(body, ends_on=date(2026, 6, 30))
    a_policy(body, number="P-2", starts_on=date(2026, 7, 1))
    volunteer = a_volunteer(body)
    with clock.at(MONDAY + 5 * DAY):
        leave_register(body.host, body.id, volunteer.person_id, left_on=MONDAY + 4 * DAY)
    days = [MONDAY + 4 * DAY, MONDAY + 5 * DAY, date(2026, 7, 1)]
    assert [cover_on(volunteer.person_id, body.id, day) is not None for day in days] == [
        True, False, False,
    ]  # fmt: skip


def test_one_does_not_leave_before_what_was_served() -> None:
    body = a_body()
    a_policy(body)
    volunteer = a_volunteer(body)
    done = served(volunteer, body, MONDAY + 3 * DAY)
    with clock.at(MONDAY + 5 * DAY):
        with pytest.raises(ServedAfterwards):
            leave_register(body.host, body.id, volunteer.person_id, left_on=MONDAY + 2 * DAY)
        take_back_service(SESSIONS, done.source_id, reason="non c’era")
        leave_register(body.host, body.id, volunteer.person_id, left_on=MONDAY + 2 * DAY)
    with pytest.raises(NotCovered):
        served(volunteer, body, MONDAY + 3 * DAY)


def test_a_policy_given_up_ends_its_covers() -> None:
    body = a_body()
    policy = a_policy(body)
    volunteer = a_volunteer(body)
    served(volunteer, body, date(2026, 5, 4))
    with pytest.raises(PolicyServed):
        end_policy(body.host, body.id, policy.pk, day=date(2026, 5, 3), reason="disdetta")
    end_policy(body.host, body.id, policy.pk, day=date(2026, 5, 4), reason="disdetta")
    assert cover_on(volunteer.person_id, body.id, date(2026, 5, 4)) is not None
    assert cover_on(volunteer.person_id, body.id, date(2026, 5, 5)) is None
    policy.refresh_from_db()
    assert policy.agreed_until == date(2026, 12, 31)
    with pytest.raises(NotFound):
        end_policy(body.host, body.id, new_id(), day=date(2026, 5, 4), reason="")


def test_a_policy_written_by_mistake_never_covered_anybody() -> None:
    body = a_body()
    policy = a_policy(body)
    volunteer = a_volunteer(body)
    done = served(volunteer, body, date(2026, 5, 4))
    with pytest.raises(PolicyServed):
        withdraw_policy(body.host, body.id, policy.pk, reason="date sbagliate")
    take_back_service(SESSIONS, done.source_id, reason="non c’era")
    withdraw_policy(body.host, body.id, policy.pk, reason="date sbagliate")
    with pytest.raises(NotFound):
        withdraw_policy(body.host, body.id, policy.pk, reason="date sbagliate")
    assert cover_on(volunteer.person_id, body.id, date(2026, 5, 4)) is None
    assert organisations_covered([body.id], date(2026, 5, 4)) == frozenset()
    with clock.at(MONDAY):
        assert earliest_cover(volunteer.person_id, body.id, entered_on=MONDAY) is None


def test_who_was_placed_stands_in_the_register_as_who_came_by_themselves() -> None:
    """Nothing in it tells how somebody came to the body."""
    body = a_body()
    a_policy(body)
    person = someone(given_name="Ada")
    answering = system_actor(body.host.name)
    with clock.at(MONDAY):
        enter_for_placement(answering, organisation_id=body.id, person_id=person.pk, day=MONDAY)
    a_volunteer(body, facts=some_facts(tax_code=CODES[1], birth_place=""))
    placed, came = RegisterEntry.objects.order_by("number")
    hidden = {
        "id", "number", "person_id", "facts", "facts_digest", "previous", "hash",
        "recorded_by_id",
    }  # fmt: skip
    names = [field.attname for field in placed._meta.concrete_fields]
    assert {name: getattr(placed, name) for name in names if name not in hidden} == {
        name: getattr(came, name) for name in names if name not in hidden
    }
    one, other = register_rows([placed, came])
    assert [bool(cell) for cell in one] == [bool(cell) for cell in other]


@pytest.mark.parametrize(
    ("day", "covered"),
    [(MONDAY, False), (MONDAY + DAY, True), (date(2026, 12, 31), True), (date(2027, 1, 1), False)],
)
def test_no_service_is_noted_without_a_cover_of_that_day(day: date, covered: bool) -> None:
    """R10."""
    body = a_body()
    a_policy(body)
    volunteer = a_volunteer(body)
    if covered:
        assert served(volunteer, body, day, at=date(2027, 2, 1)).cover.starts_on <= day
    else:
        with pytest.raises(NotCovered):
            served(volunteer, body, day, at=date(2027, 2, 1))


def test_a_service_is_noted_once_for_its_source_and_can_be_taken_back() -> None:
    body = a_body()
    a_policy(body)
    volunteer = a_volunteer(body)
    source_id = new_id()
    one = served(volunteer, body, date(2026, 4, 1), source_id=source_id)
    assert served(volunteer, body, date(2026, 4, 1), source_id=source_id).pk == one.pk
    with pytest.raises(ServiceNotedOtherwise):
        served(volunteer, body, date(2026, 4, 1), source_id=source_id, minutes=60)
    assert take_back_service(SESSIONS, source_id, reason="due volte")
    assert not take_back_service(SESSIONS, source_id, reason="due volte")
    other = served(volunteer, body, date(2026, 4, 1), source_id=source_id, minutes=60)
    assert other.pk != one.pk
    with pytest.raises(ServiceInTheFuture):
        served(volunteer, body, date(2026, 4, 2), at=date(2026, 4, 1))


def a_row(cover: Cover, **changes) -> ServiceDay:
    said = {
        "district_id": cover.district_id, "organisation_id": cover.organisation_id,
        "person_id": cover.person_id, "day": cover.starts_on, "minutes": 60,
        "basis": cover.basis, "cover": cover, "source_id": new_id(), "noted_at": clock.now(),
        "noted_by_name": "a mano",
    }  # fmt: skip
    return ServiceDay.objects.create(**(said | changes))


def test_the_database_itself_refuses_a_service_that_no_cover_holds() -> None:
    """R10: the last guard."""
    body, other = a_body(), a_body("Auser di prova")
    a_policy(body)
    volunteer = a_volunteer(body)
    stranger = a_volunteer(other, facts=some_facts(given_name="Ada"))
    cover = cover_on(volunteer.person_id, body.id, MONDAY + DAY)
    for first, last in ((cover.starts_on, cover.ends_on),):
        a_row(cover, day=first)
        a_row(cover, day=last)
    for change in (
        {"day": cover.starts_on - DAY}, {"day": cover.ends_on + DAY},
        {"person_id": stranger.person_id}, {"organisation_id": other.id},
        {"basis": Basis.PUC.value}, {"cover_id": new_id()}, {"minutes": 0},
    ):  # fmt: skip
        with pytest.raises(DatabaseError), transaction.atomic():
            a_row(cover, **change)
    with pytest.raises(DatabaseError), transaction.atomic():
        Cover.objects.update(ends_on=cover.ends_on - DAY)
    with pytest.raises(DatabaseError), transaction.atomic():
        Cover.objects.update(void=True)
    with pytest.raises(DatabaseError), transaction.atomic():
        ServiceDay.objects.update(minutes=30)
    with pytest.raises(DatabaseError), transaction.atomic():
        ServiceDay.objects.all().delete()
    assert missing(connection) == []


def test_a_placement_enters_the_register_and_says_the_first_day() -> None:
    body = a_body()
    a_policy(body)
    person = someone()
    assert facts_lacking(person.pk) == ()
    assert earliest_cover(person.pk, body.id, entered_on=MONDAY) is not None
    with clock.at(MONDAY):
        where = {"organisation_id": body.id, "person_id": person.pk}
        first = enter_for_placement(SESSIONS, **where, day=MONDAY)
        assert first == MONDAY + DAY
        assert enter_for_placement(SESSIONS, **where, day=MONDAY) == MONDAY + DAY
    with clock.at(MONDAY + 9 * DAY):
        assert enter_for_placement(SESSIONS, **where, day=MONDAY + 9 * DAY) == MONDAY + 9 * DAY
    volunteer = Volunteer.objects.get()
    assert volunteer.entry.recorded_by_name == SESSIONS.name
    assert volunteer.entry.told.residence == "via Piave 2, Crema"
    assert verify_register(body.register.pk).sound


def test_a_body_that_insures_nobody_takes_nobody() -> None:
    body = a_body()
    person = someone()
    with clock.at(MONDAY), pytest.raises(NoPolicyInForce):
        enter_for_placement(SESSIONS, organisation_id=body.id, person_id=person.pk, day=MONDAY)
    with pytest.raises(NoRegister):
        enter_for_placement(SESSIONS, organisation_id=new_id(), person_id=person.pk, day=MONDAY)
    # The last day of a policy is too late for who would be covered from tomorrow.
    a_policy(body, ends_on=MONDAY)
    with clock.at(MONDAY):
        assert earliest_cover(person.pk, body.id, entered_on=MONDAY) is None
        assert organisations_covered([body.id], MONDAY) == {body.id}
        assert organisations_covered([body.id], MONDAY + DAY) == frozenset()
    assert not Volunteer.objects.exists()


def test_a_placement_asks_for_what_the_register_needs() -> None:
    body = a_body()
    a_policy(body)
    bare = a_person(ANNA)
    assert len(facts_lacking(bare.pk)) == 2
    with clock.at(MONDAY):
        with pytest.raises(FactsMissing):
            enter_for_placement(SESSIONS, organisation_id=body.id, person_id=bare.pk, day=MONDAY)
        left_alone = someone()
        restrict_person(CARLA, left_alone.pk)
        with pytest.raises(EntryOnHold):
            enter_for_placement(
                SESSIONS, organisation_id=body.id, person_id=left_alone.pk, day=MONDAY
            )


def a_puc(body: Body, person, **changes):
    said = {
        "lead_id": body.id, "host_id": body.id, "person_id": person.pk, "inail_number": "PAT 1",
        "project": "Biblioteca", "opened_on": MONDAY, "starts_on": MONDAY + DAY,
        "ends_on": date(2026, 6, 30), "weekly_minutes": 480,
    }  # fmt: skip
    with clock.at(MONDAY):
        return open_puc_position(ANNA, **(said | changes))


def test_hours_for_the_collectivity_are_covered_by_their_position_alone() -> None:
    """R11."""
    body = a_body()
    person = someone()
    where = {"organisation_id": body.id, "person_id": person.pk, "basis": Basis.PUC}
    with pytest.raises(NoPucPosition):
        enter_for_placement(SESSIONS, **where, day=MONDAY)
    with pytest.raises(PucOpenedLate):
        a_puc(body, person, starts_on=MONDAY)
    position = a_puc(body, person)
    assert enter_for_placement(SESSIONS, **where, day=MONDAY) == MONDAY + DAY
    assert not Volunteer.objects.exists()
    said = {
        "person_id": person.pk, "organisation_id": body.id, "minutes": 120, "source_id": new_id(),
        "day": MONDAY + DAY,
    }  # fmt: skip
    with clock.at(LATER):
        with pytest.raises(NotCovered):
            note_service(SESSIONS, **said)
        note_service(SESSIONS, **said, basis=Basis.PUC)
    with pytest.raises(PolicyServed):
        end_puc_position(ANNA, position.pk, ended_on=MONDAY)
    end_puc_position(ANNA, position.pk, ended_on=MONDAY + DAY, reason="lavoro trovato")
    end_puc_position(ANNA, position.pk, ended_on=MONDAY + DAY)
    with pytest.raises(PucEndedAlready):
        end_puc_position(ANNA, position.pk, ended_on=MONDAY + 2 * DAY)
    assert cover_on(person.pk, body.id, MONDAY + 2 * DAY) is None
    assert earliest_cover(person.pk, body.id, entered_on=LATER, basis=Basis.PUC) is None


def test_two_positions_of_one_person_together_are_sixteen_hours_a_week_at_most() -> None:
    """R11."""
    body, person = a_body(), someone()
    first = a_puc(body, person, weekly_minutes=600)
    # The same act once more is no second position.
    assert a_puc(body, person, weekly_minutes=600, once=first.pk).pk == first.pk
    with pytest.raises(PucWeekTogether) as told:
        a_puc(body, person, weekly_minutes=480)
    assert told.value.had_minutes == 600
    with clock.at(MONDAY):
        end_puc_position(ANNA, first.pk, ended_on=MONDAY + 20 * DAY)
    with pytest.raises(PucWeekTogether):
        a_puc(body, person, weekly_minutes=480, starts_on=MONDAY + 20 * DAY)
    a_puc(body, person, weekly_minutes=480, starts_on=MONDAY + 21 * DAY)
    a_puc(body, person, weekly_minutes=480, starts_on=MONDAY + 21 * DAY, project="Orto")
    with pytest.raises(PucWeekTogether):
        a_puc(body, person, weekly_minutes=480, starts_on=MONDAY + 60 * DAY, project="Museo")


def test_a_host_does_not_write_pucs_and_another_district_does_not_see_them() -> None:
    body = a_body()
    person = someone()
    position = a_puc(body, person)
    with pytest.raises(NotFound):
        end_puc_position(body.host, position.pk, ended_on=MONDAY + DAY)
    with pytest.raises(NotFound):
        end_puc_position(an_actor(Role.CLERK, district_id=1901), position.pk, ended_on=MONDAY + DAY)


def test_two_registrations_joined_keep_their_covers_and_the_register_its_lines() -> None:
    body = a_body()
    a_policy(body)
    volunteer = a_volunteer(body)
    served(volunteer, body, MONDAY + DAY)
    keep = someone(tax_code=CODES[1])
    merge_people(ANNA, keep.pk, volunteer.person_id, reason="la stessa persona")
    assert cover_on(keep.pk, body.id, MONDAY + DAY) is not None
    assert ServiceDay.objects.get().person_id == keep.pk
    assert verify_register(body.register.pk).sound
    with clock.at(LATER):
        leave_register(body.host, body.id, keep.pk, left_on=MONDAY + DAY)


@pytest.mark.parametrize("how_many", [1, 25, 100])
def test_the_covers_of_however_many_pairs_are_one_query(how_many: int) -> None:
    body = a_body()
    a_policy(body)
    pairs = [
        (a_volunteer(body, facts=some_facts(given_name=f"Ada{n}")).person_id, body.id)
        for n in range(how_many)
    ]
    with CaptureQueriesContext(connection) as seen:
        found = covers_of([*pairs, (new_id(), body.id)], start=MONDAY, end=LATER)
    assert len(seen) == 1
    assert sum(len(spans) for spans in found.values()) == how_many
    with CaptureQueriesContext(connection) as seen:
        assert covers_of([], start=MONDAY, end=LATER) == {}
    assert len(seen) == 0


def test_more_pairs_than_a_question_takes_are_asked_in_portions_and_each_answered_once() -> None:
    body = a_body()
    a_policy(body)
    volunteer = a_volunteer(body)
    pairs = [(volunteer.person_id, body.id), *((new_id(), body.id) for _ in range(20_100))]
    with CaptureQueriesContext(connection) as seen:
        found = covers_of(pairs, start=MONDAY, end=LATER)
    assert len(seen) == 3
    assert [len(spans) for spans in found.values() if spans] == [1]
