"""A passkey, from the first day to signing in with nothing else; the browser's own is a virtual one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from farelegami.access.models import Account
from farelegami.access.tests.builders import PASSWORD, an_actor
from farelegami.kernel.actor import Role
from farelegami.territory.tests.builders import CREMASCO, a_district
from tests.journeys.screen import DESK, PHONE, Screen
from tests.journeys.site import served

pytestmark = pytest.mark.browser
# A phone with a fingerprint reader, and whose finger is always the right one.
READER = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def screen(
    browser: Browser, site_database: None, django_db_blocker: Any, settings: Any
) -> Iterator[Screen]:
    settings.SECOND_FACTOR_REQUIRED = True
    with served(django_db_blocker) as address:
        a_district(CREMASCO, "Cremasco")
        actor = an_actor(Role.SOCIAL_WORKER, district_id=CREMASCO)
        Account.objects.filter(pk=actor.account_id).update(username="anna")
        # Browsers keep passkeys by name of host, never by number.
        screen = Screen(browser, address.replace("127.0.0.1", "localhost"))
        reader = screen.context.new_cdp_session(screen.page)
        reader.send("WebAuthn.enable")
        reader.send("WebAuthn.addVirtualAuthenticator", {"options": READER})
        yield screen
        screen.context.close()


def is_sound(screen: Screen) -> None:
    """See that the page is whole for everybody, on a desk and in a hand."""
    for size in (DESK, PHONE):
        screen.turns_to(size)
        assert Axe().run(screen.page).response["violations"] == []
        assert screen.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    screen.turns_to(DESK)


def comes_in_by_password(screen: Screen) -> None:
    screen.opens("/accounts/login/")
    screen.writes({"Nome utente o e-mail": "anna", "Password": PASSWORD})
    screen.presses("Entra")


def test_from_the_first_day_to_nothing_but_a_finger(screen: Screen) -> None:
    comes_in_by_password(screen)
    screen.reads("la password da sola non basta")
    is_sound(screen)
    screen.opens("/lavoro/persone/")
    screen.reads("la password da sola non basta")

    screen.follows("Uso una passkey")
    is_sound(screen)
    screen.writes({"Come la chiami": "Il mio telefono"})
    screen.chooses("Voglio entrare con questa chiave da sola, senza nome utente e password")
    screen.presses("Aggiungi")
    expect(screen.field("Codici non utilizzati")).to_be_visible()
    is_sound(screen)
    screen.opens("/accounts/2fa/webauthn/")
    screen.reads("Il mio telefono", "entra da sola")
    is_sound(screen)
    screen.takes_picture("passkey-kept")

    screen.opens("/lavoro/")
    screen.page.get_by_role("button", name="Esci").first.click()
    screen.opens("/accounts/login/")
    with screen.page.expect_navigation(url="**/lavoro/"):
        screen.page.get_by_role("button", name="Entra con una passkey").click()
    assert screen.opens("/lavoro/persone/") == 200
    assert screen.complaints == []


def test_as_a_second_factor_after_the_password_and_gone_once_taken_away(screen: Screen) -> None:
    comes_in_by_password(screen)
    screen.follows("Uso una passkey")
    screen.presses("Aggiungi")
    screen.opens("/lavoro/")
    screen.page.get_by_role("button", name="Esci").first.click()

    comes_in_by_password(screen)
    assert "/2fa/authenticate/" in screen.page.url
    is_sound(screen)
    with screen.page.expect_navigation(url="**/lavoro/"):
        screen.page.get_by_role("button", name="Usa una chiave di sicurezza").click()

    screen.opens("/accounts/2fa/webauthn/")
    screen.follows("Togli: Chiave principale")
    screen.presses("Rimuovi")
    assert not Authenticator.objects.exists()
    screen.opens("/lavoro/persone/")
    screen.reads("la password da sola non basta")
    assert screen.complaints == []
