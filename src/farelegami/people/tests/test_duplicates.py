from datetime import date
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from farelegami.audit.models import Entry as LogEntry
from farelegami.kernel.actor import Actor, Grant, Role
from farelegami.kernel.errors import NotFound
from farelegami.outbox.models import Event
from farelegami.people.models import Person
from farelegami.people.queries.duplicates import duplicate_candidates, merges_of
from farelegami.people.queries.persons import (
    PeopleFilters,
    ids_of,
    people_page,
    person_for,
    person_refs,
)
from farelegami.people.rules.duplicates import (
    MergeAcrossDistricts,
    MergedOnwards,
    MergedWithThemselves,
    MergeUndone,
    MergeWithoutReason,
    Reason,
)
from farelegami.people.rules.ecomap import Circle, Strength, TieDraft
from farelegami.people.rules.households import HouseholdRole
from farelegami.people.rules.persons import Level
from farelegami.people.rules.privacy import ConsentPurpose, Manner
from farelegami.people.services.capabilities import SkillDraft, set_skills
from farelegami.people.services.ecomaps import draw_ecomap
from farelegami.people.services.files import person_file
from farelegami.people.services.merging import merge_people, person_columns, unmerge
from farelegami.people.services.persons import change_person
from farelegami.people.services.privacy import record_consent, record_notice
from farelegami.people.tests.builders import (
    A_DAY,
    A_STRANGER,
    ANNA,
    a_draft,
    a_household,
    a_person,
    an_actor,
)
from farelegami.territory.tests.builders import CREMASCO, CREMONESE

pytestmark = pytest.mark.django_db
BORN = date(1980, 5, 4)


def test_a_person_registered_twice_is_proposed_with_reasons_and_not_merged() -> None:
    one = a_person(
        given_name="Mohamed", family_name="Youssef", birth_date=BORN, phone="333 1234567"
    )
    two = a_person(
        given_name="Yusuf",
        family_name="Muhammad",
        birth_date=date(1980, 4, 5),
        phone="+393331234567",
    )
    a_person(given_name="Maria", family_name="Youssef", birth_date=date(2001, 1, 1))
    (found,) = duplicate_candidates(ANNA, one)
    assert found.person == two
    assert found.reasons == (Reason.NAMES_ALIKE, Reason.BIRTH_ALIKE, Reason.SAME_PHONE)
    assert Person.objects.filter(merged_into__isnull=False).count() == 0


def test_the_same_name_elsewhere_is_nobodys_business() -> None:
    one = a_person()
    a_person(A_STRANGER)
    assert duplicate_candidates(ANNA, one) == []


@pytest.mark.parametrize("how_many", [1, 40])
def test_looking_for_duplicates_costs_a_constant_number_of_queries(
    how_many: int, django_assert_max_num_queries: object
) -> None:
    people = [a_person(given_name=f"Samira{'a' * (n % 3)}") for n in range(how_many)]
    with django_assert_max_num_queries(4):  # type: ignore[operator]
        duplicate_candidates(ANNA, people[0])


def a_full_pair() -> tuple[Person, Person]:
    keep = a_person(languages={"ar": Level.NATIVE})
    gone = a_person(
        given_name="Samirah", languages={"ar": Level.C2, "it": Level.A2}, phone="333 1234567"
    )
    a_household(ANNA, [(gone, HouseholdRole.ADULT)])
    record_notice(ANNA, gone.pk, language="it", how=Manner.PAPER)
    record_consent(ANNA, gone.pk, ConsentPurpose.STORY, how=Manner.PAPER)
    set_skills(ANNA, gone.pk, [SkillDraft(words="Ricamo")])
    draw_ecomap(ANNA, gone.pk, [TieDraft("Teresa", Circle.FRIENDS, Strength.GOOD)], day=A_DAY)
    return keep, gone


def everything(person: Person) -> dict[str, object]:
    file = person_file(ANNA, person.pk, purpose="prova")
    return {
        "fields": {
            field.attname: getattr(file.person, field.attname) for field in Person._meta.fields
        },
        "languages": {(row.pk, row.level) for row in file.languages},
        "homes": {home.name for home in file.households},
        "notices": {row.pk for row in file.notices},
        "consents": {row.pk for row in file.consents},
        "skills": {row.pk for row in file.skills},
        "ecomaps": {row.id for row in file.ecomaps},
    }


def test_a_merge_brings_everything_to_the_one_kept() -> None:
    keep, gone = a_full_pair()
    merge_people(ANNA, keep.pk, gone.pk, reason="stessa persona, lo dice lei")
    file = person_file(ANNA, keep.pk, purpose="prova")
    assert file.person.phone == "333 1234567"
    assert {(row.language, row.level) for row in file.languages} == {("ar", "native"), ("it", "a2")}
    assert (len(file.households), len(file.notices), len(file.consents)) == (1, 1, 1)
    assert (len(file.skills), len(file.ecomaps)) == (1, 1)


def test_who_was_merged_away_is_not_seen_but_still_known_by_the_old_id() -> None:
    keep, gone = a_full_pair()
    merge_people(ANNA, keep.pk, gone.pk, reason="stessa persona")
    with pytest.raises(NotFound):
        person_for(ANNA, gone.pk)
    assert [row.id for row in people_page(ANNA, PeopleFilters(text="samira")).rows] == [keep.pk]
    assert person_refs([gone.pk])[gone.pk].id == keep.pk
    assert ids_of(keep.pk) == [keep.pk, gone.pk]


def test_a_merge_is_logged_for_both_and_told_to_the_rooms_above() -> None:
    keep, gone = a_full_pair()
    merge_people(ANNA, keep.pk, gone.pk, reason="stessa persona")
    logged = LogEntry.objects.filter(verb="merged").values_list("person_id", flat=True)
    assert set(logged) == {keep.pk, gone.pk}
    assert Event.objects.get(topic="people.merged").payload == {
        "kept": str(keep.pk),
        "gone": str(gone.pk),
    }


def test_a_merge_undone_leaves_everything_as_before() -> None:
    keep, gone = a_full_pair()
    before = everything(keep), everything(gone)
    merge_people(ANNA, keep.pk, gone.pk, reason="stessa persona")
    (record,) = merges_of(ANNA, keep.pk)
    unmerge(ANNA, record.pk)
    assert (everything(keep), everything(gone)) == before
    assert merges_of(ANNA, keep.pk) == []
    assert len(people_page(ANNA, PeopleFilters(text="samira")).rows) == 2
    with pytest.raises(MergeUndone):
        unmerge(ANNA, record.pk)


CODE = "RSSMRA85T10A562S"


def test_a_tax_code_moves_with_a_merge_and_back_without_being_written_anywhere() -> None:
    keep, gone = a_person(), a_person(given_name="Samirah", tax_code=CODE)
    record = merge_people(ANNA, keep.pk, gone.pk, reason="stessa persona")
    assert person_file(ANNA, keep.pk, purpose="prova").person.tax_code == CODE
    assert CODE not in str(record.filled)
    unmerge(ANNA, record.pk)
    assert person_file(ANNA, gone.pk, purpose="prova").person.tax_code == CODE
    assert person_file(ANNA, keep.pk, purpose="prova").person.tax_code is None


def test_what_was_corrected_after_a_merge_stays_with_the_one_kept() -> None:
    keep, gone = a_full_pair()
    record = merge_people(ANNA, keep.pk, gone.pk, reason="stessa persona")
    change_person(ANNA, keep.pk, a_draft(phone="320 7654321", languages={"fr": Level.B1}))
    unmerge(ANNA, record.pk)
    assert person_for(ANNA, keep.pk).phone == "320 7654321"
    assert person_for(ANNA, gone.pk).phone == "333 1234567"


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.booleans(), min_size=2, max_size=4))
def test_merges_and_their_undoing_can_follow_each_other(order: list[bool]) -> None:
    one, two = a_full_pair()
    before = everything(one), everything(two)
    for straight in order:
        keep, gone = (one, two) if straight else (two, one)
        unmerge(ANNA, merge_people(ANNA, keep.pk, gone.pk, reason="prova").pk)
    assert (everything(one), everything(two)) == before


def test_a_chain_of_merges_is_undone_from_its_end() -> None:
    one, two, three = (a_person(given_name=name) for name in ("Ada", "Adele", "Adelina"))
    first = merge_people(ANNA, two.pk, one.pk, reason="prova")
    second = merge_people(ANNA, three.pk, two.pk, reason="prova")
    with pytest.raises(MergedOnwards):
        unmerge(ANNA, first.pk)
    unmerge(ANNA, second.pk)
    assert unmerge(ANNA, first.pk) == one


def test_a_merge_needs_two_people_of_one_district_a_reason_and_the_right_to_see_both() -> None:
    keep, other = a_person(), a_person(A_STRANGER)
    with pytest.raises(MergedWithThemselves):
        merge_people(ANNA, keep.pk, keep.pk, reason="x")
    with pytest.raises(MergeWithoutReason):
        merge_people(ANNA, keep.pk, other.pk, reason=" ")
    with pytest.raises(NotFound):
        merge_people(ANNA, keep.pk, other.pk, reason="x")
    both = Actor(
        uuid4(), "Anna", grants=tuple(Grant(Role.SOCIAL_WORKER, d) for d in (CREMASCO, CREMONESE))
    )
    with pytest.raises(MergeAcrossDistricts):
        merge_people(both, keep.pk, other.pk, reason="x")
    record = merge_people(ANNA, keep.pk, a_person(given_name="Samirah").pk, reason="x")
    with pytest.raises(NotFound):
        unmerge(A_STRANGER, record.pk)
    with pytest.raises(NotFound):
        unmerge(an_actor(Role.DPO), record.pk)


def test_the_columns_that_follow_a_person_exist() -> None:
    for _, model, column in person_columns():
        assert model._meta.get_field(column).related_model is Person
