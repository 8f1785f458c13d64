"""Before what cannot easily be undone one proves again who one is, unless one has just done so."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from farelegami.access.doors import all_doors
from farelegami.access.models import Account, Invitation
from farelegami.access.tests.builders import PASSWORD, an_actor
from farelegami.kernel.actor import Role
from farelegami.territory.tests.builders import CREMASCO, a_district

pytestmark = pytest.mark.django_db
INVITE = "/accounts/persone/invita/"
OFFER = {
    "name": "Nuova Persona",
    "email": "nuova@example.org",
    "role": "social_worker",
    "district_id": str(CREMASCO),
    "organisation_id": "",
}


@pytest.fixture
def clock():
    with time_machine.travel("2026-03-02 08:00", tick=False) as clock:
        yield clock


@pytest.fixture
def client(clock) -> Client:
    a_district(CREMASCO, "Cremasco")
    actor = an_actor(Role.COORDINATOR, district_id=CREMASCO)
    Account.objects.filter(pk=actor.account_id).update(username="anna")
    client = Client()
    client.post("/accounts/login/", {"login": "anna", "password": PASSWORD})
    return client


def test_who_has_just_come_in_is_not_asked_again(client: Client) -> None:
    assert client.get(INVITE).status_code == 200


def test_later_the_password_is_asked_and_leads_back(client: Client, clock) -> None:
    clock.shift(timedelta(minutes=16))
    answer = client.get(INVITE)
    assert answer["Location"] == f"/accounts/reauthenticate/?next={INVITE.replace('/', '%2F')}"
    asked = client.get(answer["Location"])
    assert "Conferma che sei tu" in asked.content.decode()
    wrong = client.post(answer["Location"], {"password": "sbagliata"})
    assert wrong.status_code == 200
    assert client.get(INVITE).status_code == 302
    assert client.post(answer["Location"], {"password": PASSWORD})["Location"] == INVITE
    assert client.get(INVITE).status_code == 200


def test_what_was_typed_waits_and_is_not_sent_by_itself(client: Client, clock) -> None:
    clock.shift(timedelta(minutes=16))
    answer = client.post(INVITE, OFFER, headers={"referer": f"http://testserver{INVITE}"})
    assert answer["Location"].startswith("/accounts/reauthenticate/")
    client.post(answer["Location"], {"password": PASSWORD})
    assert not Invitation.objects.exists()
    assert "nuova@example.org" in client.get(INVITE).content.decode()
    assert client.post(INVITE, OFFER).status_code == 200
    assert Invitation.objects.count() == 1


def test_pages_that_only_show_ask_nothing(client: Client, clock) -> None:
    clock.shift(timedelta(minutes=30))
    assert client.get(reverse("access:accounts")).status_code == 200


@pytest.mark.parametrize(
    "name",
    [
        "access:invite",
        "access:end_role",
        "access:end_sessions",
        "access:reset_factors",
        "mfa_activate_totp",
        "mfa_deactivate_totp",
        "mfa_add_webauthn",
        "mfa_remove_webauthn",
        "mfa_view_recovery_codes",
        "cases:open_diary",
    ],
)
def test_the_acts_that_ask_for_a_proof_are_these(name: str) -> None:
    assert all_doors()[name].fresh
