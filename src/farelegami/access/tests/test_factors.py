"""The second factor: an app's codes, recovery codes, who must have one, what a database shows."""

import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.test import Client
from django.urls import reverse

from farelegami.access.models import Account
from farelegami.access.services import reset_factors
from farelegami.access.tests.builders import PASSWORD, an_account, an_actor
from farelegami.kernel.actor import Actor, Role
from farelegami.kernel.errors import NotAllowed
from farelegami.territory.tests.builders import CREMASCO, a_district

pytestmark = pytest.mark.django_db
LOGIN = {"login": "anna", "password": PASSWORD}
STAFF_PAGE = "/accounts/chi-puo-fare-cosa/"


def code_of(secret: str, *, steps: int = 0) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


@pytest.fixture
def anna() -> Account:
    a_district(CREMASCO, "Cremasco")
    actor = an_actor(Role.SOCIAL_WORKER, district_id=CREMASCO)
    Account.objects.filter(pk=actor.account_id).update(username="anna")
    return Account.objects.get(pk=actor.account_id)


def come_in() -> Client:
    client = Client()
    client.post("/accounts/login/", LOGIN)
    return client


def with_app(client: Client) -> str:
    """Connect an app as a person does and return its secret."""
    page = client.get(reverse("mfa_activate_totp"))
    secret: str = page.context["form"].secret
    assert "data:image/svg+xml" in page.content.decode()
    answer = client.post(reverse("mfa_activate_totp"), {"code": code_of(secret)})
    assert answer.status_code == 302, answer.content
    return secret


def test_staff_without_a_second_factor_are_led_to_one_before_anything_else(
    anna: Account, settings
) -> None:
    settings.SECOND_FACTOR_REQUIRED = True
    client = come_in()
    for url in ("/lavoro/", STAFF_PAGE, reverse("access:own_security")):
        assert client.get(url)["Location"] == reverse("access:first_factor"), url
    assert client.get(reverse("access:first_factor")).status_code == 200
    with_app(client)
    assert client.get(STAFF_PAGE).status_code == 200


def test_the_password_alone_opens_nothing_once_there_is_an_app(anna: Account) -> None:
    secret = with_app(come_in())
    client = come_in()
    assert client.get(STAFF_PAGE).status_code == 302
    wrong = client.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert "non è giusto" in wrong.content.decode()
    assert client.get(STAFF_PAGE).status_code == 302
    client.post(reverse("mfa_authenticate"), {"code": code_of(secret, steps=1)})
    assert client.get(STAFF_PAGE).status_code == 200


def test_a_code_of_the_app_works_once(anna: Account) -> None:
    secret = with_app(come_in())
    code = code_of(secret, steps=1)
    first, second = come_in(), come_in()
    first.post(reverse("mfa_authenticate"), {"code": code})
    second.post(reverse("mfa_authenticate"), {"code": code})
    assert [each.get(STAFF_PAGE).status_code for each in (first, second)] == [200, 302]


def test_a_recovery_code_works_once(anna: Account) -> None:
    with_app(come_in())
    codes = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()
    first, second = come_in(), come_in()
    first.post(reverse("mfa_authenticate"), {"code": codes[0]})
    second.post(reverse("mfa_authenticate"), {"code": codes[0]})
    assert [each.get(STAFF_PAGE).status_code for each in (first, second)] == [200, 302]


def test_the_database_shows_no_secret(anna: Account) -> None:
    secret = with_app(come_in())
    codes = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()
    kept = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in kept
    assert codes[0] not in kept


def test_codes_cannot_be_guessed_one_after_the_other(anna: Account) -> None:
    secret = with_app(come_in())
    client = come_in()
    for guess in range(5):
        client.post(reverse("mfa_authenticate"), {"code": f"{guess:06}"})
    answer = client.post(reverse("mfa_authenticate"), {"code": code_of(secret, steps=1)})
    assert "Troppi tentativi" in answer.content.decode()


def test_an_account_without_roles_needs_no_second_factor(settings) -> None:
    settings.SECOND_FACTOR_REQUIRED = True
    an_account(username="anna")
    assert come_in().get(reverse("access:own_security")).status_code == 200


def test_who_lost_everything_begins_again_with_the_password(anna: Account) -> None:
    client = come_in()
    with_app(client)
    with pytest.raises(NotAllowed):
        reset_factors(Actor(account_id=anna.pk, name=anna.name), anna.pk)
    reset_factors(an_actor(Role.SYSTEM_ADMIN), anna.pk)
    assert client.get(STAFF_PAGE).status_code == 302
    assert come_in().get(STAFF_PAGE).status_code == 200
