from datetime import date

import pytest
from django.urls import reverse

from farelegami.audit.models import Entry
from farelegami.desk.tests.builders import a_person, at_work
from farelegami.people.models import Household
from farelegami.people.rules.households import HouseholdRole
from farelegami.people.services.households import form_household
from farelegami.territory.tests.builders import CREMASCO, CREMONESE

pytestmark = pytest.mark.django_db
A_DAY = date(2026, 3, 2)


def a_home(anna, *people):
    members = [(person.pk, HouseholdRole.ADULT) for person in people]
    return form_household(anna, CREMASCO, members=members, day=A_DAY)


def test_a_household_is_formed_around_a_person_and_others_join() -> None:
    browser, anna = at_work()
    person, other = a_person(anna), a_person(anna, "Karim", "Belprato")
    form = reverse("desk:form_household") + f"?persona={person.pk}"
    assert browser.get(form).status_code == 200
    assert browser.post(form, {"role": "adult", "day": "mai"}).status_code == 422
    answer = browser.post(form, {"role": "adult", "day": "2026-03-02", "name": ""})
    home = Household.objects.get()
    assert home.name == "famiglia Belprato"
    assert answer["Location"] == reverse("desk:household", args=[home.pk])
    add = reverse("desk:add_member", args=[home.pk])
    found = browser.get(add, {"testo": "karim"}).content.decode()
    assert str(other.pk) in found
    empty = browser.post(f"{add}?testo=karim", {"role": "adult", "day": "2026-03-02"})
    assert empty.status_code == 422
    joined = {"person_id": str(other.pk), "role": "adult", "day": "2026-03-02"}
    assert browser.post(f"{add}?testo=karim", joined).status_code == 302
    assert browser.post(f"{add}?testo=karim", joined).status_code == 422
    page = browser.get(reverse("desk:person_household", args=[person.pk])).content.decode()
    assert "Karim Belprato" in page


def test_a_person_registered_for_a_household_goes_straight_to_it() -> None:
    browser, anna = at_work()
    home = a_home(anna, a_person(anna))
    url = reverse("desk:register_person") + f"?nucleo={home.pk}"
    assert "famiglia Belprato" in browser.get(url).content.decode()
    answer = browser.post(
        url,
        {
            "given_name": "Adam", "family_name": "Nuovo", "form_of_address": "neutral",
            "preferred_language": "it", "lingue-TOTAL_FORMS": "0", "lingue-INITIAL_FORMS": "0",
        },
    )  # fmt: skip
    assert answer["Location"].startswith(reverse("desk:add_member", args=[home.pk]))
    assert "Adam Nuovo" in browser.get(answer["Location"]).content.decode()


def test_leaving_renaming_and_dissolving_keep_what_has_been() -> None:
    browser, anna = at_work()
    person, other = a_person(anna), a_person(anna, "Karim", "Belprato")
    home = a_home(anna, person, other)
    leave = reverse("desk:leave_household", args=[home.pk, other.pk])
    assert browser.post(leave, {"day": "2026-01-01"}).status_code == 422
    assert browser.post(leave, {"day": "2026-04-01"}).status_code == 302
    rename = reverse("desk:rename_household", args=[home.pk])
    assert browser.post(rename, {"name": "casa di via Po"}).status_code == 302
    page = browser.get(reverse("desk:household", args=[home.pk])).content.decode()
    assert "Casa di via Po" in page
    assert "Chi è passato" in page
    dissolve = reverse("desk:dissolve_household", args=[home.pk])
    assert "Sciogli il nucleo" in browser.get(dissolve).content.decode()
    assert browser.post(dissolve, {"day": "2026-05-01"}).status_code == 302
    assert browser.post(dissolve, {"day": "2026-05-01"}).status_code == 302
    assert browser.post(dissolve, {"day": "2026-06-01"}).status_code == 422


def test_opening_a_household_is_written_down_for_each_of_its_people() -> None:
    browser, anna = at_work()
    person, other = a_person(anna), a_person(anna, "Karim", "Belprato")
    home = a_home(anna, person, other)
    browser.get(reverse("desk:household", args=[home.pk]))
    read = Entry.objects.filter(verb="read", kind="people.household")
    assert {entry.person_id for entry in read} == {person.pk, other.pk}


@pytest.mark.parametrize(
    "name",
    ["desk:household", "desk:add_member", "desk:rename_household", "desk:dissolve_household"],
)
def test_to_a_stranger_a_household_does_not_exist(name) -> None:
    _browser, anna = at_work()
    stranger, _ugo = at_work(district_id=CREMONESE, name="Ugo Altrove")
    person = a_person(anna)
    home = a_home(anna, person)
    assert stranger.get(reverse(name, args=[home.pk])).status_code == 404
    leave = reverse("desk:leave_household", args=[home.pk, person.pk])
    assert stranger.get(leave).status_code == 404
    assert stranger.get(reverse("desk:form_household") + f"?persona={person.pk}").status_code == 404


def test_a_household_costs_the_same_for_one_and_for_25(django_assert_num_queries) -> None:
    browser, anna = at_work()
    small = a_home(anna, a_person(anna))
    large = a_home(anna, *[a_person(anna, f"Nome{n}", f"Altro{n}") for n in range(25)])
    browser.get(reverse("desk:household", args=[small.pk]))
    for home in (small, large):
        with django_assert_num_queries(6):
            browser.get(reverse("desk:household", args=[home.pk]))
