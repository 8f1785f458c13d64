import pytest
from django.urls import reverse

from farelegami.desk.tests.builders import a_person, at_work, signed_in
from farelegami.kernel.actor import Role
from farelegami.network.rules import OrganisationKind
from farelegami.network.services import OrganisationDraft, register_organisation
from farelegami.pacts.tests.builders import a_crew, a_draft_pact
from farelegami.territory.tests.builders import CREMASCO, CREMONESE

pytestmark = pytest.mark.django_db


def found(browser, text: str) -> str:
    return browser.get(reverse("desk:search"), {"q": text}).content.decode()


def test_one_box_finds_people_and_organisations_by_how_they_sound() -> None:
    browser, anna = at_work()
    person = a_person(anna, "Mohamed", "Youssef")
    register_organisation(
        anna, CREMASCO, OrganisationDraft("Circolo Youssef", OrganisationKind.ASSOCIATION)
    )
    page = found(browser, "iussef")
    assert reverse("desk:person", args=[person.pk]) in page
    assert "Circolo Youssef" in page


@pytest.mark.parametrize("role", [Role.CLERK, Role.COMMUNITY_MAKER, Role.DPO, Role.SYSTEM_ADMIN])
def test_who_does_not_read_the_registry_finds_nobody(role) -> None:
    _browser, anna = at_work()
    other, _actor = at_work(role, name="Altra Persona")
    a_person(anna, "Mohamed", "Youssef")
    assert "Mohamed" not in found(other, "mohamed youssef").replace("mohamed", "")


def test_nothing_of_another_district_is_found() -> None:
    browser, _anna = at_work()
    _other, ugo = at_work(Role.COORDINATOR, district_id=CREMONESE, name="Ugo Altrove")
    a_person(ugo, "Segreta", "Lontana")
    register_organisation(
        ugo, CREMONESE, OrganisationDraft("Bottega Lontana", OrganisationKind.COMPANY)
    )
    page = found(browser, "lontana")
    assert "Segreta" not in page
    assert "Bottega" not in page


def test_a_pact_is_found_by_who_follows_it_and_by_no_colleague() -> None:
    crew = a_crew()
    pact = a_draft_pact(crew)
    url = reverse("pacts:pact", args=[pact.pk])
    assert url in found(signed_in(crew.worker), pact.code)
    assert url in found(signed_in(crew.coordinator), pact.code)
    colleague, _actor = at_work(district_id=pact.district_id, name="Una Collega")
    assert url not in found(colleague, pact.code)


def test_typing_nothing_helps_and_finding_nothing_says_so() -> None:
    browser, _anna = at_work()
    assert "scrivi nella casella in alto" in browser.get(reverse("desk:search")).content.decode()
    assert "Nessuno risponde a «zzqq»" in found(browser, "zzqq")


@pytest.mark.parametrize("many", [1, 25])
def test_the_box_asks_seven_questions_at_most(many, django_assert_max_num_queries) -> None:
    browser, anna = at_work()
    for number in range(many):
        a_person(anna, f"Persona{number}", "Famosa")
    browser.get(reverse("desk:search"))
    with django_assert_max_num_queries(7):
        found(browser, "famosa")
