"""The pages on which tokens are made, shown once and revoked."""

import pytest
from django.test import Client
from django.urls import reverse

from farelegami.access.models import Account
from farelegami.access.tests.builders import SYSTEM, an_actor
from farelegami.api.models import Token
from farelegami.api.queries import holder_of
from farelegami.api.services.tokens import create_token, revoke_token
from farelegami.audit.models import Entry
from farelegami.kernel.actor import Actor, Role
from farelegami.kernel.errors import NotAllowed
from farelegami.kernel.ids import new_id
from farelegami.territory.tests.builders import a_district

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin() -> Actor:
    return an_actor(Role.SYSTEM_ADMIN, name="Sara Sistema")


@pytest.fixture
def browser(admin: Actor, client: Client) -> Client:
    account = Account.objects.get(pk=admin.account_id)
    client.force_login(account, "farelegami.access.backends.AccountBackend")
    return client


@pytest.fixture
def anna() -> Account:
    actor = an_actor(Role.SOCIAL_WORKER, district_id=a_district().pk, name="Anna Pioppi")
    return Account.objects.get(pk=actor.account_id)


def asked(anna: Account, **changes: object) -> dict[str, object]:
    return {
        "once": str(new_id()), "username": anna.username, "name": "Gestionale",
        "scopes": ["pacts:read"], "days": "90", **changes,
    }  # fmt: skip


def test_a_token_is_shown_once_and_made_once(browser: Client, anna: Account) -> None:
    data = asked(anna)
    for _ in range(2):
        assert browser.post(reverse("tokens:new"), data)["Location"] == reverse("tokens:list")
    token = Token.objects.get()
    page = browser.get(reverse("tokens:list"))
    secret = page.context["secret"]
    assert holder_of(secret).token_id == token.pk
    assert secret in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    again = browser.get(reverse("tokens:list")).content.decode()
    assert secret not in again
    assert "Gestionale" in again
    assert "leggere patti" in again


def test_what_is_missing_stays_on_the_form(browser: Client, anna: Account) -> None:
    for change in ({"scopes": []}, {"username": "nessuno"}, {"days": "9999"}, {"name": ""}):
        assert browser.post(reverse("tokens:new"), asked(anna, **change)).status_code == 422
    assert not Token.objects.exists()


def test_a_token_is_revoked_after_asking_and_stays_so(browser: Client, anna: Account) -> None:
    token, _secret = create_token(
        SYSTEM, anna.username, name="Gestionale", scopes=["pacts:read"], days=30
    )
    url = reverse("tokens:revoke", args=[token.pk])
    assert "Non si torna indietro" in browser.get(url).content.decode()
    token.refresh_from_db()
    assert token.revoked_at is None
    for _ in range(2):
        assert browser.post(url).status_code == 302
    assert Entry.objects.filter(kind="api.token", facts__revoked="Gestionale").count() == 1
    assert "Gestionale" not in browser.get(reverse("tokens:list")).content.decode()
    assert browser.get(reverse("tokens:revoke", args=[new_id()])).status_code == 404


def test_only_who_governs_the_system_makes_or_revokes_tokens(anna: Account) -> None:
    worker = anna.as_actor([])
    with pytest.raises(NotAllowed):
        create_token(worker, anna.username, name="x", scopes=["pacts:read"], days=1)
    with pytest.raises(NotAllowed):
        revoke_token(worker, new_id())
