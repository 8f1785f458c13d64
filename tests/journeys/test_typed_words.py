"""The session ends while somebody writes: signing in again, the words stand in the form."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Browser, expect

from farelegami.access.models import Account
from farelegami.access.tests.builders import PASSWORD, an_actor
from farelegami.kernel import clock
from farelegami.kernel.actor import Role
from farelegami.people.models import Person
from farelegami.territory.tests.builders import CREMASCO, a_district
from tests.journeys.screen import Screen
from tests.journeys.site import served

pytestmark = pytest.mark.browser


@pytest.fixture
def screen(browser: Browser, site_database: None, django_db_blocker: Any) -> Iterator[Screen]:
    with served(django_db_blocker) as address:
        a_district(CREMASCO, "Cremasco")
        actor = an_actor(Role.SOCIAL_WORKER, district_id=CREMASCO)
        Account.objects.filter(pk=actor.account_id).update(username="anna")
        screen = Screen(browser, address)
        screen.signs_in("anna", PASSWORD)
        yield screen
        screen.context.close()


def test_words_come_back_after_signing_in_again(screen: Screen) -> None:
    screen.opens("/lavoro/persone/nuova/")
    screen.writes(
        {
            "Nome": "Samira",
            "Cognome": "Belprato <Rossi>",
            "Sesso anagrafico": "femmina",
            "Indirizzo": "via Roma 3",
        }
    )
    Session.objects.update(expire_date=clock.now() - timedelta(hours=1))
    screen.presses("Registra")
    screen.reads("La sessione era finita")
    screen.writes({"Nome utente o e-mail": "anna", "Password": PASSWORD})
    screen.presses("Entra")
    assert screen.page.url.endswith("/lavoro/persone/nuova/")
    expect(screen.field("Sesso anagrafico").first).to_have_value("F")
    expect(screen.page.locator("#id_address")).to_have_value("via Roma 3")
    expect(screen.page.locator("#id_family_name")).to_have_value("Belprato <Rossi>")
    screen.reads("è di nuovo nel modulo")
    expect(screen.page.locator("[data-kept-name]:visible")).to_have_count(0)
    screen.takes_picture("words-come-back")
    assert not Person.objects.exists()
    screen.presses("Registra")
    assert Person.objects.get().family_name == "Belprato <Rossi>"
    assert screen.complaints == []


def test_an_old_form_shows_its_words_and_the_way_to_a_new_one(screen: Screen) -> None:
    screen.opens("/lavoro/persone/nuova/")
    screen.writes({"Nome": "Samira", "Cognome": "Belprato", "Indirizzo": "via Roma 3"})
    screen.context.clear_cookies(name="csrftoken")
    assert screen.presses("Registra") == 403
    screen.reads("Il modulo non vale più", "Quello che avevi scritto")
    expect(screen.field("Indirizzo")).to_have_value("via Roma 3")
    screen.takes_picture("an-old-form")
    with screen.context.expect_page() as opened:
        screen.page.get_by_role("link", name="Riapri il modulo").click()
    expect(opened.value.get_by_role("heading", level=1)).to_have_text("Registra una persona")
    assert screen.complaints == []
