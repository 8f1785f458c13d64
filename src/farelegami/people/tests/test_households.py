from datetime import date, timedelta
from uuid import uuid4

import pytest

from farelegami.audit.models import Entry
from farelegami.audit.models import Entry as LogEntry
from farelegami.kernel import clock
from farelegami.kernel.actor import Actor, Grant, Role
from farelegami.kernel.errors import NotAllowed, NotFound
from farelegami.people.queries.households import (
    history_of,
    household_for,
    households_of,
    members_of,
)
from farelegami.people.rules.households import (
    AlreadyMember,
    HouseholdDissolved,
    HouseholdRole,
    JoinsBeforeBirth,
    JoinsBeforeTheHousehold,
    LeftBeforeJoining,
    NotMember,
    NotYet,
    OtherDistrict,
    StillThere,
)
from farelegami.people.services.households import (
    add_member,
    dissolve_household,
    form_household,
    leave_household,
    rename_household,
)
from farelegami.people.tests.builders import (
    A_DAY,
    A_STRANGER,
    ANNA,
    a_household,
    a_person,
    an_actor,
)
from farelegami.territory.tests.builders import CREMASCO, CREMONESE

pytestmark = pytest.mark.django_db
ADULT, CHILD = HouseholdRole.ADULT, HouseholdRole.CHILD


def test_a_family_is_called_by_its_surname_and_lists_the_oldest_first() -> None:
    child = a_person(given_name="Lina", family_name="Trifoglio", birth_date=date(2021, 5, 1))
    mother = a_person(given_name="Ada", family_name="Trifoglio", birth_date=date(1990, 5, 1))
    home = a_household(ANNA, [(child, CHILD), (mother, ADULT)])
    assert home.name == "famiglia Trifoglio"
    members = members_of([home.pk], date(2026, 4, 30))[home.pk]
    assert [(one.name, one.age, one.may_hold_a_pact) for one in members] == [
        ("Ada Trifoglio", 35, True),
        ("Lina Trifoglio", 4, False),
    ]


def test_a_membership_counts_from_its_first_day_to_its_last() -> None:
    person, other = a_person(), a_person(given_name="Karim")
    home = a_household(ANNA, [(person, ADULT), (other, ADULT)])
    last = A_DAY + timedelta(days=30)
    leave_household(ANNA, home.pk, other.pk, day=last)
    present = {day: len(members_of([home.pk], day).get(home.pk, ())) for day in (A_DAY, last)}
    assert present == {A_DAY: 2, last: 2}
    assert len(members_of([home.pk], last + timedelta(days=1))[home.pk]) == 1
    assert members_of([home.pk], A_DAY - timedelta(days=1)).get(home.pk) is None
    assert len(history_of(home.pk)) == 2


def test_somebody_who_left_may_come_back() -> None:
    person = a_person()
    home = a_household(ANNA, [(person, ADULT)])
    leave_household(ANNA, home.pk, person.pk, day=A_DAY)
    add_member(ANNA, home.pk, person.pk, ADULT, day=A_DAY + timedelta(days=9))
    assert len(history_of(home.pk)) == 2


def test_days_that_cannot_be_are_refused() -> None:
    child = a_person(given_name="Lina", birth_date=A_DAY + timedelta(days=5))
    person, other = a_person(), a_person(given_name="Karim")
    home = a_household(ANNA, [(person, ADULT), (other, ADULT)])
    leave_household(ANNA, home.pk, other.pk, day=A_DAY + timedelta(days=20))
    tomorrow = clock.today() + timedelta(days=1)
    with pytest.raises(NotYet):
        form_household(ANNA, CREMASCO, members=[(child.pk, CHILD)], day=tomorrow)
    with pytest.raises(JoinsBeforeBirth):
        form_household(ANNA, CREMASCO, members=[(child.pk, CHILD)], day=A_DAY)
    for who, day, refusal in (
        (child, A_DAY + timedelta(days=4), JoinsBeforeBirth),
        (child, tomorrow, NotYet),
        (other, A_DAY - timedelta(days=1), JoinsBeforeTheHousehold),
        (other, A_DAY + timedelta(days=20), StillThere),
    ):
        with pytest.raises(refusal):
            add_member(ANNA, home.pk, who.pk, ADULT, day=day)
    with pytest.raises(NotYet):
        leave_household(ANNA, home.pk, person.pk, day=tomorrow)
    with pytest.raises(NotYet):
        dissolve_household(ANNA, home.pk, day=tomorrow)
    add_member(ANNA, home.pk, other.pk, ADULT, day=A_DAY + timedelta(days=21))
    add_member(ANNA, home.pk, child.pk, CHILD, day=A_DAY + timedelta(days=5))


def test_leaving_and_ending_said_twice_of_the_same_day_are_one() -> None:
    person, other = a_person(), a_person(given_name="Karim")
    home = a_household(ANNA, [(person, ADULT), (other, ADULT)])
    for _ in range(2):
        leave_household(ANNA, home.pk, other.pk, day=A_DAY)
    with pytest.raises(NotMember):
        leave_household(ANNA, home.pk, other.pk, day=A_DAY - timedelta(days=1))
    for _ in range(2):
        dissolve_household(ANNA, home.pk, day=A_DAY)
    assert Entry.objects.filter(facts__has_key="dissolved_on", person_id=person.pk).count() == 1


def test_nobody_joins_twice_or_leaves_what_they_are_not_in() -> None:
    person, other = a_person(), a_person(given_name="Karim")
    home = a_household(ANNA, [(person, ADULT)])
    with pytest.raises(AlreadyMember):
        add_member(ANNA, home.pk, person.pk, ADULT, day=A_DAY)
    with pytest.raises(AlreadyMember):
        form_household(ANNA, CREMASCO, members=[(person.pk, ADULT)] * 2, day=A_DAY)
    with pytest.raises(NotMember):
        leave_household(ANNA, home.pk, other.pk, day=A_DAY)
    with pytest.raises(LeftBeforeJoining):
        leave_household(ANNA, home.pk, person.pk, day=A_DAY - timedelta(days=1))


def test_a_dissolved_household_takes_nobody_in() -> None:
    person, other = a_person(), a_person(given_name="Karim")
    home = a_household(ANNA, [(person, ADULT)])
    with pytest.raises(LeftBeforeJoining):
        dissolve_household(ANNA, home.pk, day=A_DAY - timedelta(days=1))
    dissolve_household(ANNA, home.pk, day=A_DAY + timedelta(days=60))
    with pytest.raises(HouseholdDissolved):
        add_member(ANNA, home.pk, other.pk, ADULT, day=A_DAY)
    with pytest.raises(HouseholdDissolved):
        dissolve_household(ANNA, home.pk, day=A_DAY)
    assert members_of([home.pk], A_DAY + timedelta(days=61)) == {}


def test_to_a_stranger_a_household_does_not_exist() -> None:
    person = a_person()
    home = a_household(ANNA, [(person, ADULT)])
    with pytest.raises(NotFound):
        household_for(A_STRANGER, home.pk)
    with pytest.raises(NotFound):
        add_member(A_STRANGER, home.pk, person.pk, ADULT, day=A_DAY)
    with pytest.raises(NotAllowed):
        form_household(A_STRANGER, CREMASCO, members=[], day=A_DAY)
    with pytest.raises(NotFound):
        form_household(ANNA, CREMASCO, members=[(uuid4(), ADULT)], day=A_DAY)


def test_a_household_lies_in_one_district() -> None:
    both = Actor(
        uuid4(),
        "Anna",
        grants=(Grant(Role.SOCIAL_WORKER, CREMASCO), Grant(Role.SOCIAL_WORKER, CREMONESE)),
    )
    here, there = a_person(), a_person(A_STRANGER)
    with pytest.raises(OtherDistrict):
        form_household(both, CREMASCO, members=[(here.pk, ADULT), (there.pk, ADULT)], day=A_DAY)


def test_every_change_of_a_household_is_logged_for_its_people() -> None:
    person = a_person()
    home = a_household(ANNA, [(person, ADULT)])
    rename_household(ANNA, home.pk, "famiglia Belprato Acero")
    rename_household(ANNA, home.pk, "")
    leave_household(ANNA, home.pk, person.pk, day=A_DAY)
    verbs = list(
        LogEntry.objects.filter(object_id=home.pk).order_by("id").values_list("verb", flat=True)
    )
    assert verbs == ["created", "changed", "changed"]
    assert LogEntry.objects.filter(object_id=home.pk, person_id=person.pk).count() == 3


def test_the_homes_of_a_person_come_with_everyone_in_them(
    django_assert_num_queries: object,
) -> None:
    child = a_person(given_name="Adam", birth_date=date(2018, 1, 1))
    mother, father = a_person(), a_person(given_name="Karim", family_name="Acero")
    a_household(ANNA, [(mother, ADULT), (child, CHILD)])
    a_household(ANNA, [(father, ADULT), (child, CHILD)])
    with django_assert_num_queries(2):  # type: ignore[operator]
        homes = households_of(child.pk)
    assert sorted(home.name for home in homes) == ["famiglia Acero", "famiglia Belprato"]
    assert all(len(members) == 2 for members in homes.values())
    assert not households_of(child.pk, A_DAY - timedelta(days=1))
    assert an_actor(Role.DPO).districts(Role.SOCIAL_WORKER) == frozenset()
