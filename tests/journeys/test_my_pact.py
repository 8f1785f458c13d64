"""A mother who reads Arabic, on a phone: comes in by the paper, reads, tells, sends, signs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils.translation import gettext, override
from playwright.sync_api import Browser, expect

from farelegami.documents.tests.builders import a_picture
from farelegami.kernel.actor import Actor
from farelegami.pacts.models import FamilyMessage, HoursEntry, Pact, PactMember, PactVersion
from farelegami.pacts.rules.family import MessageKind
from farelegami.pacts.services.agreeing import agree
from farelegami.pacts.services.deciding import authorise
from farelegami.pacts.services.family import answer_message
from farelegami.pacts.tests.builders import a_pact, an_amendment
from farelegami.people.models import Person
from farelegami.portal.services import issue_card
from farelegami.territory.services import load_reference
from tests.journeys.screen import PHONE, Screen
from tests.journeys.site import served

pytestmark = [pytest.mark.browser]
PIN = "481927"
RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}}


@dataclass(frozen=True)
class Place:
    url: str
    pact: Pact
    code: str
    worker: Actor


@pytest.fixture(scope="module")
def place(site_database: None, django_db_blocker: Any) -> Iterator[Place]:
    with served(django_db_blocker) as url:
        load_reference()
        pact, crew = a_pact()
        holder = PactMember.objects.get(pact=pact, is_holder=True)
        Person.objects.filter(pk=holder.person_id).update(preferred_language="ar")
        an_amendment(crew, pact)
        agree(crew.worker, pact.pk)
        authorise(crew.coordinator, pact.pk)
        _card, code = issue_card(crew.worker, pact.pk, holder.person_id)
        yield Place(url, pact, code, crew.worker)


def arabic(sentence: str) -> str:
    with override("ar"):
        return gettext(sentence)


def is_sound(mother: Screen) -> None:
    """Nothing wider than the phone, everything from the right, nothing that axe would mend."""
    page = mother.page
    assert page.evaluate("document.documentElement.dir") == "rtl", page.url
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0], page.url
    found = Axe().run(page, options=RULES).response["violations"]
    assert found == [], [(each["id"], each["nodes"][0]["html"][:200]) for each in found]


def says_no_and_is_answered(mother: Screen, place: Place) -> None:
    """Dispute the proposed text in her own words; who follows the pact answers."""
    mother.takes_picture("proposta")
    mother.follows(arabic("Non va bene, o non ho capito"))
    is_sound(mother)
    mother.page.locator("[name=text]").fill("لا أستطيع العمل يوم السبت")
    mother.takes_picture("non-va-bene")
    mother.presses(arabic("Manda"))
    mother.reads(arabic("Grazie. Chi ti segue legge e ti risponde: intanto nessuno firma."))
    disputed = FamilyMessage.objects.get(pact=place.pact, kind=MessageKind.DISPUTE)
    answer_message(place.worker, disputed.pk, text="Va bene: il sabato non serve.")
    mother.opens("/mio/")
    mother.reads(arabic("Ti hanno risposto"), "Va bene: il sabato non serve.")
    is_sound(mother)
    mother.takes_picture("risposta")
    mother.follows(arabic("Leggi e firma"))
    is_sound(mother)
    mother.takes_picture("proposta-risposta")


def test_a_mother_carries_her_pact_in_her_pocket(
    browser: Browser, place: Place, tmp_path: Path
) -> None:
    mother = Screen(browser, place.url, PHONE)
    mother.opens("/mio/")
    mother.writes({"Il codice sul foglio": place.code})
    mother.presses("Avanti")
    expect(mother.page.get_by_role("heading", level=1)).to_have_text(arabic("Scegli un PIN"))
    is_sound(mother)
    mother.page.get_by_label(arabic("Il tuo PIN")).fill(PIN)
    mother.page.get_by_label(arabic("Scrivilo un’altra volta")).fill(PIN)
    mother.presses(arabic("Entra"))

    mother.reads(arabic("Cosa ricevo"), arabic("Cosa do"), arabic("C’è un testo da firmare"))
    is_sound(mother)

    mother.follows(arabic("Ho fatto la mia attività"))
    is_sound(mother)
    mother.page.get_by_role("radio").first.check()
    mother.page.locator("[name=minutes]").fill("2")
    mother.presses(arabic("Segna le ore"))
    mother.reads(arabic("Grazie! Le ore sono segnate. Chi ti ha ospitato le conferma."))
    assert HoursEntry.objects.get(pact=place.pact).minutes == 120

    mother.follows(arabic("Ecco lo scontrino"))
    is_sound(mother)
    photo = tmp_path / "foto.jpg"
    photo.write_bytes(a_picture(size=(2400, 1800)))
    mother.page.locator("input[type=file]").set_input_files(photo)
    mother.presses(arabic("Manda la foto"))
    mother.reads(arabic("La foto è arrivata. Se manca qualcosa ti scriviamo."))
    kept = FamilyMessage.objects.get(pact=place.pact, kind=MessageKind.RECEIPT).document
    assert kept is not None

    mother.follows(arabic("Leggi e firma"))
    mother.reads(arabic("OBIETTIVI"), "Babysitter al sabato")
    is_sound(mother)
    says_no_and_is_answered(mother, place)
    mother.presses(arabic("Adesso va bene"))
    mother.reads(arabic("Hai detto che va bene."))
    is_sound(mother)
    mother.draws(mother.page.locator("canvas"))
    mother.page.locator("[name=has_read]").check()
    mother.presses(arabic("Firmo"))
    mother.reads(arabic("Hai firmato. Grazie!"))
    version = PactVersion.objects.get(pact=place.pact, number=2)
    assert version.signatures.get().person_id is not None
    assert mother.complaints == []
