"""How often a form may be sent from one place, and what who is too quick reads."""

import pytest
from django.test import Client
from django.urls import reverse

from farelegami.access.tests.builders import PASSWORD, an_account

pytestmark = pytest.mark.django_db
SLOWLY = "Troppo in fretta"


def test_a_password_cannot_be_guessed_one_after_the_other() -> None:
    an_account(username="anna")
    client = Client()
    for guess in range(5):
        client.post("/accounts/login/", {"login": "anna", "password": f"tentativo {guess}"})
    answer = client.post("/accounts/login/", {"login": "anna", "password": PASSWORD})
    assert answer.status_code == 200
    assert "Troppi tentativi" in answer.content.decode()


def test_other_people_come_in_while_one_name_is_being_guessed() -> None:
    an_account(username="anna")
    an_account(username="bruno")
    for guess in range(6):
        Client().post("/accounts/login/", {"login": "anna", "password": f"tentativo {guess}"})
    answer = Client().post("/accounts/login/", {"login": "bruno", "password": PASSWORD})
    assert answer.status_code == 302


def test_sign_in_from_one_address_has_a_limit_of_its_own() -> None:
    client = Client()
    answers = [
        client.post("/accounts/login/", {"login": f"nome{n}", "password": "x"}) for n in range(31)
    ]
    assert answers[-1].status_code == 429
    assert SLOWLY in answers[-1].content.decode()


def test_public_forms_have_a_limit_and_reading_them_has_none() -> None:
    client = Client()
    statuses = [client.post("/chiedi-un-incontro/", {}).status_code for _ in range(61)]
    assert 429 not in statuses[:60]
    assert statuses[60] == 429
    assert client.get("/chiedi-un-incontro/").status_code == 200


def test_people_behind_the_same_proxy_are_counted_apart(settings) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    client = Client()
    for _ in range(61):
        client.post("/chiedi-un-incontro/", {}, headers={"x-forwarded-for": "198.51.100.7"})
    one = client.post("/chiedi-un-incontro/", {}, headers={"x-forwarded-for": "198.51.100.7"})
    other = client.post("/chiedi-un-incontro/", {}, headers={"x-forwarded-for": "198.51.100.8"})
    assert (one.status_code, other.status_code == 429) == (429, False)


def test_codes_on_paper_cannot_be_guessed_one_after_the_other() -> None:
    client = Client()
    url = reverse("portal:enter")
    statuses = [client.post(url, {"code": f"AAAA-{n:04}"}).status_code for n in range(31)]
    assert 429 not in statuses[:30]
    assert statuses[30] == 429
