"""A form of the desk sent twice writes once; with other data it says so."""

from datetime import date

import pytest
from django.urls import reverse

from farelegami.access.models import Account, Invitation
from farelegami.access.services import accept_invitation
from farelegami.audit.models import Entry
from farelegami.desk.tests.builders import a_person, at_work, rows_of
from farelegami.kernel.actor import Role
from farelegami.kernel.errors import NotFound, SentAlready
from farelegami.kernel.ids import new_id
from farelegami.network.models import Contact, DataRole, Organisation, OrganisationLink
from farelegami.network.rules import OrganisationKind
from farelegami.network.services import OrganisationDraft, register_organisation
from farelegami.outbox.models import Event
from farelegami.people.models import (
    Consent,
    EcomapSnapshot,
    Household,
    HouseholdMember,
    MergeRecord,
    NoticeGiven,
    Person,
    PersonLanguage,
    Tie,
)
from farelegami.people.rules.households import HouseholdRole
from farelegami.people.rules.persons import Level
from farelegami.people.services.households import form_household
from farelegami.people.services.persons import PersonDraft, register_person
from farelegami.search.models import Entry as Findable
from farelegami.territory.tests.builders import CREMASCO

pytestmark = pytest.mark.django_db
ALREADY = "era già stato inviato con altri dati"
A_DAY = date(2026, 3, 2)
COUNTED = (
    Person, PersonLanguage, Household, HouseholdMember, NoticeGiven, Consent, EcomapSnapshot, Tie,
    MergeRecord, Organisation, Contact, DataRole, OrganisationLink, Invitation, Event, Findable,
)  # fmt: skip


def rows():
    counted = {model.__name__: model.objects.count() for model in COUNTED}
    return counted | {"acts": Entry.objects.exclude(verb="read").count()}


def twice(browser, url, data, other, *, refused=422):
    data = data | {"once": str(new_id())}
    before, first = rows(), browser.post(url, data)
    assert first.status_code == 302, first.content.decode()
    written = rows()
    assert written != before
    again = browser.post(url, data)
    assert (again.status_code, again.headers.get("Location")) == (302, first["Location"])
    assert rows() == written
    changed = browser.post(url, data | other)
    assert changed.status_code == refused
    assert ALREADY in changed.content.decode()
    assert rows() == written


NEW = {
    "given_name": "Mohamed", "family_name": "Youssef", "form_of_address": "neutral",
    "preferred_language": "it", **rows_of("lingue", {"language": "ar", "level": "native"}),
}  # fmt: skip


@pytest.mark.parametrize(
    "other",
    [
        {"phone": "0372 000009", "anyway": "1"},
        {"tax_code": "RSSMRA85T10A562S", "anyway": "1", "seen": "birth_date"},
        {"lingue-0-language": "fr"},
    ],
)
def test_a_person_registered_twice_is_one(other) -> None:
    browser, anna = at_work()
    if "tax_code" in other:
        once = new_id()
        draft = PersonDraft("Mohamed", "Youssef", tax_code="RSSMRA85T10A562S")
        first = register_person(anna, CREMASCO, draft, once=once)
        assert register_person(anna, CREMASCO, draft, once=once) == first
        with pytest.raises(SentAlready):
            register_person(anna, CREMASCO, PersonDraft("Mohamed", "Youssef"), once=once)
        return
    twice(browser, reverse("desk:register_person"), NEW, other)


def test_a_person_is_not_proposed_as_their_own_double_when_the_form_comes_again() -> None:
    browser, _anna = at_work()
    new = NEW | {"birth_date": "1992-03-08", "phone": "333 1234567"}
    data = new | {"once": str(new_id())}
    for _again in range(2):
        assert browser.post(reverse("desk:register_person"), data).status_code == 302
    other = browser.post(reverse("desk:register_person"), new | {"once": str(new_id())})
    assert "Forse è già qui" in other.content.decode()


def test_the_name_of_an_act_of_another_district_is_taken() -> None:
    _browser, anna = at_work()
    _other, ugo = at_work(district_id=1901, name="Ugo Altrove")
    once, draft = new_id(), PersonDraft("Samira", "Belprato", languages={"it": Level.NATIVE})
    register_person(anna, CREMASCO, draft, once=once)
    with pytest.raises(NotFound):
        register_person(ugo, 1901, draft, once=once)


def test_what_a_person_was_told_and_allows_is_written_once() -> None:
    browser, anna = at_work()
    person = a_person(anna)
    notice = reverse("desk:give_notice", args=[person.pk])
    twice(browser, notice, {"language": "it", "how": "paper"}, {"how": "screen"})
    consent = reverse("desk:give_consent", args=[person.pk])
    twice(browser, consent, {"purpose": "photo", "how": "paper"}, {"how": "screen"})
    fresh = {"purpose": "photo", "how": "paper", "once": str(new_id())}
    assert browser.post(consent, fresh).status_code == 422


def test_ties_drawn_twice_are_one_drawing() -> None:
    browser, anna = at_work()
    person = a_person(anna)
    tie = {"label": "Sorella", "circle": "friends", "strength": "good", "direction": "both"}
    data = {"day": "2026-03-02", "drawn_with": "Samira", **rows_of("legami", tie)}
    url = reverse("desk:draw_ecomap", args=[person.pk])
    twice(browser, url, data, {"legami-0-strength": "strong"})
    assert Tie.objects.count() == 1


def test_a_household_formed_twice_and_joined_twice_is_one() -> None:
    browser, anna = at_work()
    one, two = a_person(anna), a_person(anna, "Karim")
    url = reverse("desk:form_household") + f"?persona={one.pk}"
    twice(browser, url, {"name": "", "role": "adult", "day": "2026-03-02"}, {"role": "child"})
    home = Household.objects.get()
    joining = reverse("desk:add_member", args=[home.pk]) + f"?persona={two.pk}"
    data = {"person_id": str(two.pk), "role": "adult", "day": "2026-03-02"}
    twice(browser, joining, data, {"role": "child"})
    again = browser.post(joining, data | {"once": str(new_id())})
    assert again.status_code == 422
    assert ALREADY not in again.content.decode()


def test_two_registrations_joined_twice_are_joined_once() -> None:
    browser, anna = at_work()
    one, two = a_person(anna), a_person(anna, "Samirah")
    url = reverse("desk:merge_people", args=[one.pk]) + f"?con={two.pk}"
    data = {"keep": str(one.pk), "reason": "Stesso documento."}
    twice(browser, url, data, {"reason": "Altro."}, refused=409)


def test_an_organisation_and_what_is_written_of_it_sent_twice_is_written_once() -> None:
    browser, carla = at_work(Role.COORDINATOR, name="Carla Prova")
    data = {"district_id": str(CREMASCO), "name": "Circolo Il Mulino", "kind": "association"}
    twice(browser, reverse("desk:register_organisation"), data, {"name": "Circolo"})
    body = Organisation.objects.get()
    twice(
        browser,
        reverse("desk:add_contact", args=[body.pk]),
        {"name": "Ines Prova", "role": "presidente", "day": "2026-03-02"},
        {"role": "segretaria"},
    )
    role = {
        "capacity": "processor", "subject": "patti", "document_reference": "Accordo 12",
        "starts_on": "2026-03-02", "ends_on": "",
    }  # fmt: skip
    url = reverse("desk:write_role", args=[body.pk])
    twice(browser, url, role, {"subject": "altro"})
    draft = OrganisationDraft(name="Consorzio", kind=OrganisationKind.ASSOCIATION)
    other = register_organisation(carla, CREMASCO, draft)
    link = reverse("desk:link_organisations", args=[body.pk])
    kind = browser.get(link).context["form"].fields["kind"].choices[0][0]
    data = {"kind": kind, "other": str(other.pk), "day": "2026-03-02"}
    twice(browser, link, data, {"day": "2026-03-01"})
    assert browser.post(link, data | {"once": str(new_id())}).status_code == 422


def test_an_invitation_sent_twice_is_one_with_one_link_and_one_message() -> None:
    browser, _carla = at_work(Role.COORDINATOR, name="Carla Prova")
    data = {
        "name": "Nuova Prova", "email": "nuova@example.org", "role": "social_worker",
        "district_id": str(CREMASCO), "organisation_id": "", "once": str(new_id()),
    }  # fmt: skip
    url = reverse("access:invite")
    links = [browser.post(url, data).context["link"] for _again in range(2)]
    assert links[0] == links[1] != ""
    assert Invitation.objects.count() == Event.objects.count() == 1
    other = browser.post(url, data | {"email": "altra@example.org"})
    assert ALREADY in other.content.decode()
    browser.post(url, data | {"once": str(new_id())})
    assert Invitation.objects.values("token_hash").distinct().count() == 2


def test_an_invitation_taken_up_by_a_double_click_lets_in() -> None:
    browser, _carla = at_work(Role.COORDINATOR, name="Carla Prova")
    data = {
        "name": "Nuova", "email": "n@example.org", "role": "social_worker",
        "district_id": str(CREMASCO), "organisation_id": "",
    }  # fmt: skip
    link = browser.post(reverse("access:invite"), data).context["link"]
    browser.logout()
    phrase = "una frase molto lunga"
    chosen = {"username": "nuova", "password": phrase, "again": phrase}
    for _again in range(2):
        assert browser.post(link, chosen)["Location"] == reverse("desk:home")
    assert Account.objects.filter(username="nuova").count() == 1
    token = link.rstrip("/").rpartition("/")[2]
    for wrong in ({"username": "altra"}, {"password": "un’altra frase lunga"}):
        with pytest.raises(NotFound):
            accept_invitation(token, **{"username": "nuova", "password": phrase} | wrong)
    browser.logout()
    wrong = chosen | {"password": "un’altra frase lunga", "again": "un’altra frase lunga"}
    assert browser.post(link, wrong).status_code == 404


def test_a_household_formed_again_with_somebody_else_is_refused() -> None:
    _browser, anna = at_work()
    one, two, once = a_person(anna), a_person(anna, "Karim"), new_id()
    members = [(one.pk, HouseholdRole.ADULT)]
    home = form_household(anna, CREMASCO, members=members, day=A_DAY, once=once)
    assert form_household(anna, CREMASCO, members=members, day=A_DAY, once=once) == home
    with pytest.raises(SentAlready):
        other = [(two.pk, HouseholdRole.ADULT)]
        form_household(anna, CREMASCO, members=other, day=A_DAY, once=once)
