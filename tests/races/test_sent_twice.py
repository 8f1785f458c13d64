"""One form sent by two clicks at the same moment, through its page, on two real connections."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from farelegami.access.models import Account, Invitation
from farelegami.access.services import accept_invitation
from farelegami.audit.models import Entry
from farelegami.cases.models import Case, DiaryEntry, Referral, TeamMember
from farelegami.cases.tests.builders import (
    TOWNS,
    a_case,
    a_contacted_referral,
    a_programme,
    a_worker,
)
from farelegami.desk.tests.builders import a_person, at_work, rows_of, signed_in
from farelegami.kernel import clock
from farelegami.kernel.actor import Role
from farelegami.kernel.ids import new_id
from farelegami.network.models import Organisation
from farelegami.network.rules import AlreadyRegistered, OrganisationKind
from farelegami.network.services import OrganisationDraft, register_organisation
from farelegami.outbox.models import Event
from farelegami.people.models import (
    Household,
    HouseholdMember,
    MergeRecord,
    NoticeGiven,
    Person,
)
from farelegami.people.services.merging import merge_people
from farelegami.programmes.tests.builders import some_territory
from farelegami.search.models import Entry as Findable
from farelegami.territory.tests.builders import CREMASCO
from tests.races.test_races import at_once, refusals

pytestmark = pytest.mark.django_db(transaction=True)
CLICKS = 4


@pytest.fixture(autouse=True)
def _nobody_counted() -> None:
    cache.clear()


def clicked(browser: Client, url: str, data: dict[str, str]) -> set[Any]:
    """Send one form by several clicks at once and return where they led, each place once."""
    sent = data | {"once": str(new_id())}

    def send() -> Any:
        hand = Client()
        hand.cookies = browser.cookies
        answer = hand.post(url, sent)
        return answer.status_code, answer.headers.get("Location")

    outcomes = at_once(*[send] * CLICKS)
    assert not [one for one in outcomes if isinstance(one, BaseException)], outcomes
    return set(outcomes)


def acts(kind: str) -> int:
    return Entry.objects.filter(kind=kind).exclude(verb="read").count()


def test_a_request_sent_by_four_clicks_is_one_with_one_receipt_and_one_message() -> None:
    some_territory()
    data = {
        "for_whom": "self", "given_name": "Sara", "email": "sara@example.org",
        "municipality": TOWNS[1901], "reason": "Vorrei parlare con qualcuno.",
    }  # fmt: skip
    places = clicked(Client(), reverse("cases:public_referral"), data)
    referral = Referral.objects.get()
    assert places == {(302, reverse("cases:public_receipt", args=[referral.code]))}
    assert Event.objects.count() == acts("cases.referral") == 1
    for _n in range(19):
        other = data | {"once": str(new_id())}
        assert Client().post(reverse("cases:public_referral"), other).status_code == 302
    assert Client().post(reverse("cases:public_referral"), data).status_code == 422


def test_a_person_registered_by_four_clicks_is_one() -> None:
    browser, _anna = at_work()
    data = {
        "given_name": "Mohamed", "family_name": "Youssef", "form_of_address": "neutral",
        "birth_date": "1992-03-08", "phone": "333 1234567", "preferred_language": "it",
        "tax_code": "", **rows_of("lingue", {"language": "ar", "level": "native"}),
    }  # fmt: skip
    places = clicked(browser, reverse("desk:register_person"), data)
    person = Person.objects.get()
    assert places == {(302, reverse("desk:person", args=[person.pk]))}
    assert person.languages.count() == Findable.objects.count() == acts("people.person") == 1


def test_a_family_welcomed_by_four_clicks_is_one_case() -> None:
    anna, programme = a_worker(), a_programme()
    referral = a_contacted_referral(anna)
    data = {
        "person": "", "given_name": "Sara", "family_name": "Prova", "birth_date": "",
        "role": "adult", "language": "it", "programme": str(programme.pk), "notice": "paper",
    }  # fmt: skip
    places = clicked(signed_in(anna), reverse("cases:intake", args=[referral.pk]), data)
    case = Case.objects.get()
    assert places == {(302, reverse("cases:case", args=[case.pk]))}
    counted = (Person, Household, HouseholdMember, NoticeGiven)
    assert [model.objects.count() for model in counted] == [1, 1, 1, 1]


def test_a_note_an_invitation_to_a_team_and_an_organisation_are_one_each() -> None:
    anna, marta = a_worker(), a_worker(name="Marta Prova")
    case, browser = a_case(anna), signed_in(anna)
    today = clock.today().isoformat()
    diary = reverse("cases:diary", args=[case.pk])
    kind = browser.get(diary).context["form"].fields["kind"].choices[0][0]
    note = {"kind": kind, "happened_on": today, "text": "Colloquio."}
    assert clicked(browser, diary, note) == {(302, diary)}
    team = reverse("cases:team", args=[case.pk])
    asked = {"who": str(marta.account_id), "task": "Colloqui", "ends_on": today}
    assert clicked(browser, team, asked) == {(302, team)}
    assert DiaryEntry.objects.count() == TeamMember.objects.count() == 1
    desk, _carla = at_work(Role.COORDINATOR, name="Carla Prova")
    new = {"district_id": str(CREMASCO), "name": "Il Mulino", "kind": "association"}
    assert len(clicked(desk, reverse("desk:register_organisation"), new)) == 1
    made = Organisation.objects.get(name="Il Mulino")
    assert Entry.objects.filter(object_id=made.pk).count() == 1


def test_a_household_is_formed_and_joined_once() -> None:
    browser, anna = at_work()
    one, two = a_person(anna), a_person(anna, "Karim")
    form = reverse("desk:form_household") + f"?persona={one.pk}"
    member = {"role": "adult", "day": "2026-03-02"}
    assert len(clicked(browser, form, member | {"name": ""})) == 1
    home = Household.objects.get()
    joining = reverse("desk:add_member", args=[home.pk]) + f"?persona={two.pk}"
    assert len(clicked(browser, joining, member | {"person_id": str(two.pk)})) == 1
    assert HouseholdMember.objects.count() == 2


def test_an_invitation_taken_up_by_four_clicks_makes_one_account_and_lets_in() -> None:
    browser, _carla = at_work(Role.COORDINATOR, name="Carla Prova")
    data = {
        "name": "Nuova", "email": "n@example.org", "role": "social_worker",
        "district_id": str(CREMASCO), "organisation_id": "", "once": str(new_id()),
    }  # fmt: skip
    link = browser.post(reverse("access:invite"), data).context["link"]
    token = link.rstrip("/").rpartition("/")[2]
    take = lambda: accept_invitation(token, username="nuova", password="una frase lunga")  # noqa: E731
    assert len(set(at_once(*[take] * CLICKS))) == 1
    assert Account.objects.filter(username="nuova").count() == Invitation.objects.count() == 1


def test_two_registrations_are_joined_once() -> None:
    _browser, anna = at_work()
    one, two, once = a_person(anna), a_person(anna, "Samirah"), new_id()
    join = lambda: merge_people(anna, one.pk, two.pk, reason="Stesso documento.", once=once)  # noqa: E731
    assert len({done.pk for done in at_once(*[join] * CLICKS)}) == 1
    assert MergeRecord.objects.count() == 1


def test_one_tax_code_of_two_organisations_written_at_once_is_refused_in_words() -> None:
    _browser, carla = at_work(Role.COORDINATOR, name="Carla Prova")
    drafts = [
        OrganisationDraft(name, OrganisationKind.ASSOCIATION, tax_code="00123450199")
        for name in ("Il Mulino", "Mulino")
    ]
    outcomes = at_once(
        *(lambda draft=draft: register_organisation(carla, CREMASCO, draft) for draft in drafts)
    )
    assert refusals(outcomes, AlreadyRegistered) == 1
