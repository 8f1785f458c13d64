"""A receipt photographed where there is no line: it waits on the phone and arrives once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Browser, expect

from farelegami.documents.tests.builders import a_picture
from farelegami.pacts.models import FamilyMessage, Pact, PactMember
from farelegami.pacts.tests.builders import a_pact
from farelegami.portal.services import issue_card
from farelegami.territory.services import load_reference
from tests.journeys.screen import PHONE, Screen
from tests.journeys.site import served

pytestmark = [pytest.mark.browser]
PIN = "481927"
TAKEN = "La foto è arrivata. Se manca qualcosa ti scriviamo."
WAITING = """() => new Promise((done, failed) => {
  const asked = indexedDB.open("mio", 1);
  asked.onupgradeneeded = () => asked.result.createObjectStore("waiting", { autoIncrement: true });
  asked.onerror = () => failed(asked.error);
  asked.onsuccess = () => {
    const count = asked.result.transaction("waiting").objectStore("waiting").count();
    count.onsuccess = () => done(count.result);
  };
})"""


@dataclass(frozen=True)
class Place:
    url: str
    pact: Pact
    code: str


@pytest.fixture
def place(site_database: None, django_db_blocker: Any) -> Iterator[Place]:
    with served(django_db_blocker) as url:
        load_reference()
        pact, crew = a_pact()
        holder = PactMember.objects.get(pact=pact, is_holder=True)
        _card, code = issue_card(crew.worker, pact.pk, holder.person_id)
        yield Place(url, pact, code)


def comes_in(mother: Screen, place: Place, *, first: bool) -> None:
    mother.opens("/mio/entra/")
    mother.writes({"Il codice sul foglio": place.code})
    mother.presses("Avanti")
    mother.page.locator("[name=pin]").fill(PIN)
    if first:
        mother.page.locator("[name=again]").fill(PIN)
    mother.presses("Entra")
    mother.reads("Cosa ricevo")


def photographs_without_a_line(mother: Screen, place: Place, photo: Path) -> None:
    """Take the photo on the bus: the page was open, the line goes, the button is pressed."""
    mother.page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    mother.opens(f"/mio/{place.pact.pk}/scontrino/")
    mother.context.set_offline(True)
    mother.page.locator("input[type=file]").set_input_files(photo)
    mother.page.get_by_role("button", name="Manda la foto").click()
    mother.reads("Manca la linea", "Le foto che hai già fatto aspettano sul telefono")
    assert mother.page.evaluate(WAITING) == 1
    assert not FamilyMessage.objects.exists()


@pytest.fixture
def mother(browser: Browser, place: Place) -> Screen:
    screen = Screen(browser, place.url, PHONE)
    comes_in(screen, place, first=True)
    return screen


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    file = tmp_path / "foto.jpg"
    file.write_bytes(a_picture(size=(2400, 1800)))
    return file


def test_it_leaves_when_the_line_is_back_and_arrives_once(
    mother: Screen, place: Place, photo: Path
) -> None:
    photographs_without_a_line(mother, place, photo)
    mother.context.set_offline(False)
    mother.opens("/mio/")
    mother.is_told(TAKEN)
    kept = FamilyMessage.objects.get().document
    assert kept is not None
    assert mother.page.evaluate(WAITING) == 0
    mother.opens("/mio/")
    mother.reads("Cosa ricevo")
    assert FamilyMessage.objects.count() == 1


def test_it_waits_for_who_took_it_where_the_session_ended_meanwhile(
    mother: Screen, place: Place, photo: Path
) -> None:
    photographs_without_a_line(mother, place, photo)
    Session.objects.all().delete()
    mother.context.set_offline(False)
    with mother.page.expect_response(lambda answer: answer.url.endswith("/scontrino/")):
        mother.opens("/mio/")
    mother.reads("Scrivi il codice del foglio")
    assert mother.page.evaluate(WAITING) == 1
    assert not FamilyMessage.objects.exists()
    comes_in(mother, place, first=False)
    mother.is_told(TAKEN)
    assert FamilyMessage.objects.count() == 1
    assert mother.page.evaluate(WAITING) == 0


def test_what_is_refused_is_said_and_does_not_try_for_ever(
    mother: Screen, place: Place, tmp_path: Path
) -> None:
    broken = tmp_path / "foto.jpg"
    broken.write_bytes(b"MZ\x00\x01 not a picture at all")
    photographs_without_a_line(mother, place, broken)
    mother.context.set_offline(False)
    mother.opens("/mio/")
    mother.is_told("Questo tipo di file non si può caricare.")
    expect(mother.page.get_by_role("link", name="Rifai la foto")).to_have_count(1)
    mother.takes_picture("scontrino-rifiutato")
    assert mother.page.evaluate(WAITING) == 0
    assert not FamilyMessage.objects.exists()
    mother.page.get_by_role("link", name="Rifai la foto").click()
    expect(mother.page.get_by_role("heading", level=1)).to_have_text("Ecco lo scontrino")
