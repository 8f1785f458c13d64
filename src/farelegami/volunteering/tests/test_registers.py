"""A register is written by its body alone, line by line, and no line changes unseen."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from farelegami.audit.models import Entry
from farelegami.kernel import clock
from farelegami.kernel.actor import Role
from farelegami.kernel.errors import NotAllowed, NotFound
from farelegami.kernel.ids import new_id
from farelegami.network.tests.builders import an_organisation
from farelegami.people.models import Person
from farelegami.people.tests.builders import A_STRANGER, ANNA, CARLA, an_actor
from farelegami.storage import guards
from farelegami.storage.guards import lifted
from farelegami.territory.tests.builders import CREMASCO, a_district
from farelegami.volunteering.models import Register, RegisterEntry, Volunteer
from farelegami.volunteering.queries import (
    is_in_register,
    register_for,
    verify_register,
    verify_registers,
)
from farelegami.volunteering.rules.registers import (
    DelegationUnwritten,
    DistrictMissing,
    EmployeeOfTheBody,
    EnteredTooEarly,
    EntryKind,
    FactsMissing,
    NothingToCorrect,
    NotInTheRegister,
    PaidKind,
    RegisterOpenAlready,
    VolunteerOfTheBody,
)
from farelegami.volunteering.services import (
    correct_entry,
    delegate_register,
    end_delegation,
    end_paid_link,
    enter_volunteer,
    leave_register,
    open_register,
    write_paid_link,
)
from farelegami.volunteering.tests.builders import (
    CODES,
    MONDAY,
    a_body,
    a_host,
    a_policy,
    a_volunteer,
    some_facts,
    someone,
)

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def without_guards(statement: str, *values: object) -> None:
    """Change a register as only somebody with the database in hand could."""
    guards.remove(connection)
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
    guards.install(connection)


def numbers(register: Register) -> list[tuple[int, str]]:
    rows = RegisterEntry.objects.filter(register=register).order_by("number")
    return list(rows.values_list("number", "kind"))


def test_a_body_opens_one_register_and_the_staff_only_by_a_written_delegation() -> None:
    """R13."""
    organisation = an_organisation()
    with pytest.raises(DelegationUnwritten):
        open_register(ANNA, organisation.pk)
    with pytest.raises(NotFound):
        open_register(A_STRANGER, organisation.pk, delegation="lettera")
    once = new_id()
    register = open_register(ANNA, organisation.pk, delegation="lettera del 2 gennaio", once=once)
    assert register.delegated
    again = open_register(ANNA, organisation.pk, delegation="lettera del 2 gennaio", once=once)
    assert again.pk == register.pk
    with pytest.raises(RegisterOpenAlready):
        open_register(a_host(organisation.pk), organisation.pk)


def test_a_body_of_the_whole_province_says_in_which_district() -> None:
    a_district()
    organisation = an_organisation(CARLA, None)
    with pytest.raises(DistrictMissing):
        open_register(a_host(organisation.pk), organisation.pk)
    register = open_register(a_host(organisation.pk), organisation.pk, district_id=CREMASCO)
    assert register.district_id == CREMASCO


def test_only_the_body_writes_until_it_delegates() -> None:
    """R13."""
    body = a_body()
    entered = {"facts": some_facts(), "entered_on": MONDAY}
    with pytest.raises(NotAllowed):
        enter_volunteer(ANNA, body.id, **entered)
    with pytest.raises(NotFound):
        enter_volunteer(a_host(new_id()), body.id, **entered)
    with pytest.raises(NotAllowed):
        delegate_register(an_actor(Role.CLERK), body.id, delegation="lettera")
    delegate_register(body.host, body.id, delegation="delibera del 10 gennaio")
    with clock.at(MONDAY):
        enter_volunteer(ANNA, body.id, **entered)
    end_delegation(body.host, body.id)
    end_delegation(body.host, body.id)
    with pytest.raises(NotAllowed):
        enter_volunteer(ANNA, body.id, **entered)
    told = Entry.objects.filter(kind="volunteering.register", verb="decided")
    assert told.count() == 2


def test_another_written_act_delegates_from_its_own_day() -> None:
    body = a_body()
    days = [MONDAY, MONDAY + timedelta(days=5), MONDAY + timedelta(days=9)]
    since = []
    for day, act in zip(days, ("lettera 1", "lettera 1", "lettera 2"), strict=True):
        with clock.at(day):
            since.append(delegate_register(body.host, body.id, delegation=act).delegated_on)
    assert since == [days[0], days[0], days[2]]


def test_entries_are_numbered_without_gaps_and_bound_to_each_other() -> None:
    body = a_body()
    volunteer = a_volunteer(body)
    other = a_volunteer(body, facts=some_facts(given_name="Piero"), occasional=True)
    with clock.at(MONDAY + DAY):
        correct_entry(
            body.host, body.id, volunteer.person_id, facts=some_facts(residence="Offanengo")
        )
        leave_register(body.host, body.id, other.person_id, left_on=MONDAY + DAY)
    assert numbers(body.register) == [
        (1, "entered"), (2, "entered"), (3, "corrected"), (4, "left"),
    ]  # fmt: skip
    report = verify_register(body.register.pk)
    assert (report.entries, report.emptied, report.sound) == (4, 0, True)
    assert report.head == RegisterEntry.objects.get(number=4).hash
    assert RegisterEntry.objects.get(number=3).corrects.number == 1


def test_another_register_counts_for_itself() -> None:
    a_volunteer(a_body())
    other = a_body("Auser di prova")
    a_volunteer(other)
    assert numbers(other.register) == [(1, "entered")]


def test_who_is_in_the_register_is_not_entered_twice() -> None:
    body = a_body()
    person = someone()
    delegate_register(body.host, body.id, delegation="delibera")
    one = a_volunteer(body, facts=some_facts(tax_code=CODES[0]))
    two = a_volunteer(body, facts=some_facts(tax_code=CODES[0].lower()), on=MONDAY + DAY)
    assert one.pk == two.pk
    assert one.person_id == person.pk
    assert numbers(body.register) == [(1, "entered")]
    once = new_id()
    three = a_volunteer(body, facts=some_facts(given_name="Ada"), once=once)
    assert a_volunteer(body, facts=some_facts(given_name="Ada"), once=once).pk == three.pk
    assert Volunteer.objects.count() == 2


def test_an_occasional_volunteer_who_stays_is_corrected() -> None:
    """R12."""
    body = a_body()
    one = a_volunteer(body, facts=some_facts(tax_code=CODES[0]), occasional=True)
    two = a_volunteer(body, facts=some_facts(tax_code=CODES[0]), on=MONDAY + DAY)
    assert one.pk == two.pk
    assert not two.occasional
    assert numbers(body.register) == [(1, "entered"), (2, "corrected")]


def test_a_body_learns_nothing_of_a_person_that_the_registry_knows() -> None:
    body = a_body()
    person = someone(given_name="Samira", family_name="Belprato", phone="0373 1")
    known = a_volunteer(body, facts=some_facts(tax_code=CODES[0]))
    fresh = a_volunteer(body, facts=some_facts(tax_code=CODES[1], given_name="Ada"))
    assert known.person_id == person.pk
    assert known.name == "Lidia Fontana"
    assert {known.entry.told.name, fresh.entry.told.name} == {"Lidia Fontana", "Ada Fontana"}
    person.refresh_from_db()
    assert person.name == "Samira Belprato"
    assert Person.objects.count() == 2


def test_a_person_of_the_registry_is_entered_only_by_who_sees_them() -> None:
    body = a_body()
    person = someone()
    with pytest.raises(NotFound):
        a_volunteer(body, person_id=person.pk)
    delegate_register(body.host, body.id, delegation="delibera")
    with clock.at(MONDAY):
        enter_volunteer(ANNA, body.id, facts=some_facts(), entered_on=MONDAY, person_id=person.pk)
        leave_register(ANNA, body.id, person.pk, left_on=MONDAY)
    # Known to the body from its own register, now.
    again = a_volunteer(body, person_id=person.pk, on=MONDAY + DAY)
    assert again.person_id == person.pk
    assert numbers(body.register)[-1] == (3, "entered")


def test_facts_that_the_decree_asks_for_are_not_left_out() -> None:
    body = a_body()
    with pytest.raises(FactsMissing) as refused:
        a_volunteer(body, facts=some_facts(birth_date=None, residence=""))
    assert "residenza" in refused.value.missing_label
    with pytest.raises(EnteredTooEarly), clock.at(MONDAY):
        enter_volunteer(body.host, body.id, facts=some_facts(), entered_on=date(2025, 12, 31))
    assert numbers(body.register) == []


def test_a_correction_says_something_else_and_the_wrong_line_stays_to_be_read() -> None:
    body = a_body()
    volunteer = a_volunteer(body)
    with pytest.raises(NothingToCorrect):
        correct_entry(body.host, body.id, volunteer.person_id, facts=some_facts())
    with pytest.raises(NotInTheRegister):
        correct_entry(body.host, body.id, new_id(), occasional=True)
    changed = correct_entry(
        body.host, body.id, volunteer.person_id, facts=some_facts(family_name="Fontanella")
    )
    assert changed.name == "Lidia Fontanella"
    told = [entry.told.family_name for entry in RegisterEntry.objects.order_by("number")]
    assert told == ["Fontana", "Fontanella"]


def test_who_left_may_come_back_and_leaving_twice_is_once() -> None:
    body = a_body()
    volunteer = a_volunteer(body)
    person_id = volunteer.person_id
    with clock.at(MONDAY + DAY):
        leave_register(body.host, body.id, person_id, left_on=MONDAY + DAY)
        leave_register(body.host, body.id, person_id, left_on=MONDAY + DAY)
        with pytest.raises(NotInTheRegister):
            leave_register(body.host, body.id, person_id, left_on=MONDAY)
    assert not is_in_register(person_id, body.id)
    a_volunteer(body, person_id=person_id, on=MONDAY + 2 * DAY)
    assert is_in_register(person_id, body.id)
    assert [kind for _number, kind in numbers(body.register)] == ["entered", "left", "entered"]


def test_nobody_is_paid_and_a_volunteer_of_one_body() -> None:
    """R15, both ways."""
    body, other = a_body(), a_body("Auser di prova")
    volunteer = a_volunteer(body)
    with pytest.raises(VolunteerOfTheBody):
        write_paid_link(
            body.host, body.id, volunteer.person_id, PaidKind.EMPLOYEE, starts_on=MONDAY + DAY
        )
    with clock.at(MONDAY + DAY):
        leave_register(body.host, body.id, volunteer.person_id, left_on=MONDAY)
    link = write_paid_link(
        body.host, body.id, volunteer.person_id, PaidKind.EMPLOYEE, starts_on=MONDAY + DAY
    )
    with pytest.raises(EmployeeOfTheBody):
        a_volunteer(body, person_id=volunteer.person_id, on=MONDAY + 2 * DAY)
    end_paid_link(body.host, body.id, link.pk, day=MONDAY + 3 * DAY)
    a_volunteer(body, person_id=volunteer.person_id, on=MONDAY + 4 * DAY)
    assert numbers(other.register) == []


def test_the_staff_of_the_district_read_and_those_of_another_do_not() -> None:
    body = a_body()
    assert register_for(ANNA, body.id).pk == body.register.pk
    assert register_for(an_actor(Role.CLERK), body.id).pk == body.register.pk
    for outside in (A_STRANGER, a_host(new_id()), an_actor(Role.EVALUATOR)):
        with pytest.raises(NotFound):
            register_for(outside, body.id)


@pytest.mark.parametrize(
    "act",
    [
        lambda rows: rows.filter(number=1).update(day=date(2020, 1, 1)),
        lambda rows: rows.filter(number=2).delete(),
        lambda rows: rows.filter(number=1).update(facts="{}"),
    ],
)
def test_the_database_refuses_to_change_an_entry(act) -> None:
    body = a_body()
    a_volunteer(body)
    a_volunteer(body, facts=some_facts(given_name="Ada"))
    with pytest.raises(DatabaseError), transaction.atomic():
        act(RegisterEntry.objects.all())
    assert verify_register(body.register.pk).sound


@pytest.mark.parametrize("change", [{"number": 3}, {"number": 4}, {"previous": "f" * 64}])
def test_the_database_refuses_an_entry_that_follows_no_other(change) -> None:
    body = a_body()
    a_volunteer(body)
    entry = RegisterEntry.objects.get()
    values = {field.attname: getattr(entry, field.attname) for field in entry._meta.concrete_fields}
    values |= {"id": new_id(), "number": 2, "previous": entry.hash} | change
    with pytest.raises(DatabaseError), transaction.atomic():
        RegisterEntry.objects.create(**values)


@pytest.mark.parametrize(
    ("column", "value"),
    [("day", "2020-01-01"), ("occasional", True), ("kind", "left"), ("recorded_by_name", "Altri")],
)
def test_whoever_changes_an_entry_by_hand_is_seen(column: str, value: object) -> None:
    body = a_body()
    for name in ("Lidia", "Ada", "Ugo"):
        a_volunteer(body, facts=some_facts(given_name=name))
    table = "volunteering_registerentry"
    without_guards(f"UPDATE {table} SET {column} = %s WHERE number = 2", value)  # noqa: S608
    report = verify_register(body.register.pk)
    assert [fault.number for fault in report.faults] == [2]
    assert [(name, found.sound) for name, found in verify_registers()] == [
        ("Circolo Il Mulino", False)
    ]


def test_whoever_takes_out_an_entry_by_hand_is_seen() -> None:
    body = a_body()
    for name in ("Lidia", "Ada", "Ugo"):
        a_volunteer(body, facts=some_facts(given_name=name))
    Volunteer.objects.all().delete()
    without_guards("DELETE FROM volunteering_registerentry WHERE number = 2")
    assert not verify_register(body.register.pk).sound
    without_guards("DELETE FROM volunteering_registerentry WHERE number = 3")
    faults = verify_register(body.register.pk).faults
    assert [fault.what for fault in faults] == ["mancano le ultime"]


def test_words_emptied_without_an_erasure_are_seen_and_those_erased_are_not_a_fault() -> None:
    body = a_body()
    volunteer = a_volunteer(body)
    with transaction.atomic(), lifted(connection, "volunteering_registerentry"):
        RegisterEntry.objects.update(facts="")
    assert not verify_register(body.register.pk).sound
    Person.objects.filter(pk=volunteer.person_id).update(erased_at=clock.now())
    report = verify_register(body.register.pk)
    assert (report.sound, report.emptied) == (True, 1)


def test_the_kinds_of_entries_are_all_said() -> None:
    body = a_body()
    a_policy(body)
    volunteer = a_volunteer(body)
    assert volunteer.entry.kind_label == "iscrizione"
    assert {kind.value for kind in EntryKind} == {"entered", "left", "corrected"}
