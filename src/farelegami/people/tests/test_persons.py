import logging
from dataclasses import replace
from datetime import date

import pytest
from django.db import connection
from stdnum.it.codicefiscale import calc_check_digit

from farelegami.audit.models import Entry as LogEntry
from farelegami.kernel import clock
from farelegami.kernel.actor import Role
from farelegami.kernel.errors import NotAllowed, NotFound
from farelegami.people.models import Person
from farelegami.people.queries.persons import (
    PeopleFilters,
    people_page,
    person_for,
    person_refs,
    visible_people,
)
from farelegami.people.rules.households import HouseholdRole
from farelegami.people.rules.persons import Level, PlaceElsewhere
from farelegami.people.rules.tax_codes import Part, TaxCodeCheck, TaxCodeKnown
from farelegami.people.services.files import person_file
from farelegami.people.services.persons import change_person, register_person, tax_code_warnings
from farelegami.people.tests.builders import (
    A_STRANGER,
    ANNA,
    CARLA,
    a_draft,
    a_household,
    a_person,
    an_actor,
)
from farelegami.territory.services import name_quarter
from farelegami.territory.tests.builders import CREMASCO, CREMONESE, a_municipality

pytestmark = pytest.mark.django_db
CODE = "BLPSMR92C48D142C"


def the_code() -> str:
    return CODE[:-1] + calc_check_digit(CODE[:-1])


def test_the_registry_is_seen_by_those_who_keep_it_and_by_nobody_else() -> None:
    person = a_person()
    assert person_for(ANNA, person.pk) == person_for(CARLA, person.pk) == person
    for role in set(Role) - {Role.SOCIAL_WORKER, Role.COORDINATOR}:
        assert not visible_people(an_actor(role)).exists()


def test_to_a_stranger_the_person_does_not_exist() -> None:
    person = a_person()
    with pytest.raises(NotFound):
        person_for(A_STRANGER, person.pk)
    with pytest.raises(NotFound):
        person_file(A_STRANGER, person.pk, purpose="curiosità")
    with pytest.raises(NotFound):
        change_person(A_STRANGER, person.pk, a_draft())
    assert people_page(A_STRANGER).rows == []
    assert people_page(A_STRANGER, PeopleFilters(text="Belprato")).rows == []


def test_nobody_registers_people_of_another_district() -> None:
    a_municipality()
    with pytest.raises(NotAllowed):
        register_person(A_STRANGER, CREMASCO, a_draft())
    with pytest.raises(NotAllowed):
        register_person(an_actor(Role.CLERK), CREMASCO, a_draft())


def test_a_registration_is_logged_and_found() -> None:
    person = a_person()
    entry = LogEntry.objects.get(object_id=person.pk)
    assert (entry.verb, entry.person_id, entry.district_id) == ("created", person.pk, CREMASCO)
    rows = people_page(ANNA, PeopleFilters(text="bellprado samira")).rows
    assert [row.id for row in rows] == [person.pk]


def test_a_change_is_logged_field_by_field_and_found_under_the_new_name() -> None:
    person = a_person(languages={"ar": Level.NATIVE})
    crema = a_municipality()
    draft = a_draft(
        family_name="Ginestra",
        municipality_id=crema.pk,
        languages={"ar": Level.NATIVE, "it": Level.A2},
    )
    change_person(ANNA, person.pk, draft)
    facts = LogEntry.objects.filter(object_id=person.pk, verb="changed").get().facts
    assert facts == {
        "family_name": ["Belprato", "Ginestra"],
        "municipality_id": [None, "019035"],
        "languages": ["ar native", "ar native, it a2"],
    }
    assert people_page(ANNA, PeopleFilters(text="ginestra crema")).rows[0].town == "Crema"
    assert people_page(ANNA, PeopleFilters(text="belprato")).rows == []


def test_a_change_that_changes_nothing_leaves_no_trace() -> None:
    person = a_person(languages={"ar": Level.NATIVE})
    change_person(ANNA, person.pk, a_draft(languages={"ar": Level.NATIVE}))
    assert not LogEntry.objects.filter(verb="changed").exists()


def test_a_wrong_check_character_blocks_a_mismatch_only_warns() -> None:
    a_municipality()
    with pytest.raises(TaxCodeCheck):
        register_person(ANNA, CREMASCO, a_draft(tax_code="BLPSMR92C48D142Z"))
    registered = register_person(
        ANNA, CREMASCO, a_draft(tax_code=the_code(), family_name="Ginestra", sex="M")
    )
    assert [one.part for one in registered.warnings] == [Part.SURNAME, Part.SEX]
    assert tax_code_warnings(a_draft(tax_code=the_code())) == []


def test_a_tax_code_belongs_to_one_person_of_a_district() -> None:
    a_person(tax_code=the_code())
    with pytest.raises(TaxCodeKnown):
        a_person(tax_code=the_code().lower(), given_name="Sami")
    a_municipality("019036", "Cremona", "D150", CREMONESE)
    assert a_person(A_STRANGER, tax_code=the_code()).district_id == CREMONESE


def test_a_tax_code_is_sealed_and_never_written_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG, logger="farelegami")
    draft = a_draft(tax_code=the_code())
    person = a_person(tax_code=the_code())
    change_person(ANNA, person.pk, replace(draft, tax_code=""))
    change_person(ANNA, person.pk, draft)
    with connection.cursor() as cursor:
        cursor.execute("SELECT tax_code, tax_code_index FROM people_person")
        stored = str(cursor.fetchall())
    facts = [entry.facts for entry in LogEntry.objects.all()]
    assert the_code() not in stored + str(facts) + repr(draft) + caplog.text
    assert facts[-1] == {"tax_code_index": [False, True]}
    assert person_file(ANNA, person.pk, purpose="colloquio").person.tax_code == the_code()


def test_a_quarter_lies_in_the_persons_town() -> None:
    crema = a_municipality()
    quarter = name_quarter(ANNA, municipality_id=crema.pk, name="San Bernardino")
    person = a_person(municipality_id=crema.pk, quarter_id=quarter.pk)
    assert people_page(ANNA).rows[0].quarter == "San Bernardino"
    with pytest.raises(PlaceElsewhere):
        change_person(ANNA, person.pk, a_draft(municipality_id=None, quarter_id=quarter.pk))


def test_opening_a_file_is_logged_with_its_purpose() -> None:
    person = a_person()
    person_file(ANNA, person.pk, purpose="colloquio del 3 marzo")
    entry = LogEntry.objects.get(verb="read")
    assert (entry.person_id, entry.purpose, entry.actor_name) == (
        person.pk,
        "colloquio del 3 marzo",
        ANNA.name,
    )


def many(how_many: int) -> None:
    crema = a_municipality()
    for number in range(how_many):
        person = a_person(given_name=f"Ada{number}", family_name="Acero", municipality_id=crema.pk)
        a_household(ANNA, [(person, HouseholdRole.ADULT)])


@pytest.mark.parametrize("how_many", [1, 25, 100])
def test_the_list_costs_two_queries_and_a_search_three(
    how_many: int, django_assert_num_queries: object, django_assert_max_num_queries: object
) -> None:
    many(how_many)
    with django_assert_num_queries(2):  # type: ignore[operator]
        page = people_page(ANNA)
    assert len(page.rows) == min(how_many, 25)
    assert page.rows[0].households == ("famiglia Acero",)
    # On SQLite a name borne by few is looked for a second time, by its trigrams.
    with django_assert_max_num_queries(4 if connection.vendor == "sqlite" else 3):  # type: ignore[operator]
        assert people_page(ANNA, PeopleFilters(text="acero")).rows


@pytest.mark.parametrize("how_many", [1, 25])
def test_a_file_costs_eleven_queries_however_large_the_family(
    how_many: int, django_assert_max_num_queries: object
) -> None:
    people = [a_person(given_name=f"Ada{number}") for number in range(how_many)]
    a_household(ANNA, [(person, HouseholdRole.ADULT) for person in people])
    with django_assert_max_num_queries(11):  # type: ignore[operator]
        file = person_file(ANNA, people[0].pk, purpose="colloquio")
    assert [len(members) for members in file.households.values()] == [how_many]


def test_an_age_is_that_of_the_day() -> None:
    person = a_person(birth_date=date(1992, 3, 8))
    with clock.at(date(2026, 3, 7)):
        assert person_file(ANNA, person.pk, purpose="colloquio").age == 33
    with clock.at(date(2026, 3, 8)):
        assert people_page(ANNA).rows[0].age == 34


def test_pages_follow_each_other_without_gaps_or_repeats() -> None:
    many(60)
    seen, cursor = [], ""
    while True:
        page = people_page(ANNA, cursor=cursor)
        seen += [row.id for row in page.rows]
        cursor = page.next_cursor
        if not cursor:
            break
    assert len(seen) == len(set(seen)) == 60


def test_the_list_can_be_narrowed_to_a_town_or_a_district() -> None:
    crema, soncino = a_municipality(), a_municipality("019097", "Soncino", "I827")
    a_person(municipality_id=crema.pk)
    other = a_person(given_name="Ada", municipality_id=soncino.pk)
    assert [
        row.id for row in people_page(ANNA, PeopleFilters(municipality_id=soncino.pk)).rows
    ] == [other.pk]
    assert people_page(ANNA, PeopleFilters(district_id=CREMONESE)).rows == []


def test_other_rooms_get_names_for_many_ids_at_once(django_assert_num_queries: object) -> None:
    people = [a_person(given_name=name) for name in ("Ada", "Bea", "Cleo")]
    with django_assert_num_queries(1):  # type: ignore[operator]
        refs = person_refs([person.pk for person in people])
    assert [refs[person.pk].name for person in people] == [
        "Ada Belprato",
        "Bea Belprato",
        "Cleo Belprato",
    ]
    assert Person.objects.count() == 3
