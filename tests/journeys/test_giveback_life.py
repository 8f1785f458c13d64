"""A need is posted on a phone, the right person is found, two turns are given; one is disputed.

A host with an account, a social worker, a mother on her phone, and the host's tutor, who has no
account and only opens the address in a letter. Days pass between the acts: the clock of the whole
process is moved.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

import pytest
import time_machine
from playwright.sync_api import Browser, expect

from farelegami.access.services import create_account, grant_role
from farelegami.demo.staff import BUILDER, PASSWORD, hire
from farelegami.giveback.models import Match, Session
from farelegami.giveback.tests.builders import insure, with_what_a_register_asks
from farelegami.kernel import clock
from farelegami.kernel.actor import Role
from farelegami.ledger.queries import balances
from farelegami.network.models import Organisation
from farelegami.network.rules import OrganisationKind
from farelegami.network.services import OrganisationDraft, register_organisation
from farelegami.outbox.models import Event
from farelegami.pacts.models import Pact
from farelegami.pacts.rules.money import Purse
from farelegami.pacts.tests.builders import Crew, a_pact
from farelegami.people.models import PersonLanguage
from farelegami.people.rules.weeks import Answer, Band, week_of
from farelegami.people.services.capabilities import set_availability
from farelegami.territory.services import load_reference
from farelegami.volunteering.services import open_register
from tests.journeys.screen import PHONE, Screen
from tests.journeys.site import served

pytestmark = pytest.mark.browser
CREMASCO = 1902
NEED = "Mediatrice al corso di italiano"


@dataclass(frozen=True)
class Place:
    url: str
    pact: Pact
    worker_id: Any


@pytest.fixture(scope="module")
def place(site_database: None, django_db_blocker: Any) -> Iterator[Place]:
    with served(django_db_blocker) as url:
        load_reference()
        office = hire([CREMASCO]).offices[CREMASCO]
        worker = office.workers[0]
        crew = Crew(worker, office.coordinator, office.clerk, office.coordinator, CREMASCO)
        pact, _crew = a_pact(crew=crew)
        mother = with_what_a_register_asks(pact.case.contact)
        PersonLanguage.objects.update_or_create(
            person=mother, language="ar", defaults={"level": "native", "district_id": CREMASCO}
        )
        afternoons = [(1, Band.EARLY_AFTERNOON, Answer.YES), (1, Band.AFTERNOON, Answer.YES)]
        set_availability(worker, mother.pk, week_of(afternoons))
        body = a_school(office.coordinator)
        account = create_account(BUILDER, username="ente", name="Ines Lavagna", password=PASSWORD)
        grant_role(BUILDER, account.pk, Role.HOST, organisation_id=body.pk)
        create_account(
            BUILDER, username="madre", name=mother.name, password=PASSWORD, person_id=mother.pk
        )
        yield Place(url, pact, worker.account_id)


def a_school(coordinator: Any) -> Organisation:
    draft = OrganisationDraft("Scuola Il Mulino", OrganisationKind.SCHOOL, municipality_id="019035")
    body = register_organisation(coordinator, CREMASCO, draft)
    open_register(
        coordinator, body.pk, district_id=CREMASCO, delegation="lettera della preside, prot. 3"
    )
    insure(body)
    return body


def test_a_need_finds_its_person_and_two_turns_are_counted(browser: Browser, place: Place) -> None:
    host = Screen(browser, place.url, PHONE)
    worker = Screen(browser, place.url)
    host.signs_in("ente", PASSWORD)
    worker.signs_in("assistente", PASSWORD)

    the_host_posts_a_need_on_a_phone(host)
    the_worker_seeks_a_place(worker, place)
    the_plan_proposes_the_right_person_and_says_why(worker)
    mother = Screen(browser, place.url, PHONE)
    tutor = both_accept(browser, place, mother)
    turns = list(Session.objects.order_by("day"))
    with a_later_day(turns[0]):
        one_turn_is_confirmed_without_an_account(mother, tutor)
    with a_later_day(turns[1]):
        worker.signs_in("assistente", PASSWORD)
        the_other_is_disputed_and_settled(mother, worker, tutor)
        hours_are_on_the_ledger_and_on_the_wheel(worker, place)
    for one in (host, worker, mother, tutor):
        assert one.complaints == []
        one.context.close()


def the_host_posts_a_need_on_a_phone(host: Screen) -> None:
    host.opens("/ente/")
    host.follows("Ci serve una mano")
    host.takes_picture("g1-richiesta")
    host.writes({"Che cosa serve?": NEED, "Campo": "formazione"})
    first = host.page.get_by_role("group", name="Orario 1")
    host.writes({"Quando": "martedì", "Dalle": "15:00", "Alle": "17:00"}, first)
    host.writes({"Chi accoglie le persone?": "Luca Prova"})
    host.writes({"Posta elettronica": "luca@example.org"})
    host.page.get_by_text("Altro, se serve").click()
    language = host.page.get_by_role("group", name="Lingua 1")
    host.writes({"Lingua": "arabo", "Almeno": "B1"}, language)
    assert host.presses("Salva la richiesta") == 200
    host.reads(NEED, "martedì 15–17")
    host.takes_picture("g2-pubblicata")


def the_worker_seeks_a_place(worker: Screen, place: Place) -> None:
    worker.opens(f"/lavoro/patti/{place.pact.pk}/")
    worker.follows(re.compile(r"^Cerca un posto.*traduce al corso"))
    worker.takes_picture("g3-disponibilita")
    worker.presses("Salva")
    worker.takes_picture("g4-offerta")


def the_plan_proposes_the_right_person_and_says_why(worker: Screen) -> None:
    worker.opens("/lavoro/restituzione/")
    worker.presses("Calcola il piano")
    worker.reads(NEED, "parla arabo: richiesto", "martedì 15–17")
    worker.takes_picture("g5-piano")
    worker.presses(re.compile(r"^\s*Proponi"))
    worker.is_told("Proposta fatta: adesso tocca alla persona. L’ente lo saprà dopo il suo sì.")


def comes_in(mother: Screen) -> None:
    mother.opens("/accounts/login/")
    mother.writes({"Nome utente o e-mail": "madre", "Password": PASSWORD})
    mother.presses("Entra")
    mother.opens("/mio/")


def both_accept(browser: Browser, place: Place, mother: Screen) -> Screen:
    match = Match.objects.get()
    assert not letters_to_the_tutor(), "the host is told after the person's yes"
    comes_in(mother)
    mother.reads("Un posto per te", NEED, "Puoi dire di no: non perdi niente.")
    mother.takes_picture("g6-un-posto-per-te")
    mother.presses("Sì, mi va")
    (letter,) = letters_to_the_tutor()
    address = re.search(r"/ente/\S+", letter["facts"]["address"])
    assert address
    tutor = Screen(browser, place.url, PHONE)
    assert tutor.opens(address.group()) == 200
    tutor.does_not_read("patto", "assistente")
    tutor.takes_picture("g7-ente-senza-password")
    tutor.presses(re.compile("^Va bene"))
    match.refresh_from_db()
    assert match.stage == "active", match.held_up
    return tutor


def letters_to_the_tutor() -> list[dict[str, Any]]:
    return [
        event.payload
        for event in Event.objects.filter(topic="mail", key__startswith="giveback:proposed")
        if event.payload.get("to") == "luca@example.org"
    ]


def a_later_day(turn: Session) -> Any:
    moment = datetime.combine(turn.day, time(18), tzinfo=clock.ROME)
    return time_machine.travel(moment, tick=True)


def one_turn_is_confirmed_without_an_account(mother: Screen, tutor: Screen) -> None:
    says_two_hours(mother)
    tutor.page.reload()
    tutor.reads("Un turno da confermare", "Ha segnato 2 h.")
    tutor.takes_picture("g8-da-confermare")
    tutor.presses(re.compile("^Sì, 2 h"))
    assert Session.objects.filter(stage="held").count() == 1


def says_two_hours(mother: Screen) -> None:
    comes_in(mother)
    mother.follows(re.compile("^Ho fatto la mia attività"))
    mother.takes_picture("g8-ho-fatto")
    mother.presses("Segna le ore")


def the_other_is_disputed_and_settled(mother: Screen, worker: Screen, tutor: Screen) -> None:
    says_two_hours(mother)
    tutor.page.reload()
    tutor.follows(re.compile("^È andata diversamente"))
    tutor.chooses("c’è stata, il turno è svolto")
    tutor.writes({"Quanto è durato?": "1"})
    tutor.presses("Segna")
    worker.opens("/lavoro/")
    worker.reads(NEED)
    worker.takes_picture("g9-da-chiarire")
    worker.opens(f"/lavoro/restituzione/abbinamenti/{Match.objects.get().pk}/")
    worker.follows(re.compile("^Chiarisci"))
    worker.chooses("c’è stata, il turno è svolto")
    worker.writes(
        {"Quanto è durato?": "1:30", "Che cosa si è chiarito, e con chi": "Al telefono, con tutti"}
    )
    worker.presses("Segna com’è andata")
    assert Session.objects.filter(stage="held").count() == 2


def hours_are_on_the_ledger_and_on_the_wheel(worker: Screen, place: Place) -> None:
    purses = balances([place.pact.pk])[place.pact.pk]
    assert purses[Purse.CONFIRMED] == 210
    assert purses[Purse.DONE] == 0
    worker.opens(f"/lavoro/patti/{place.pact.pk}/")
    worker.reads("3 h 30 min")
    expect(worker.page.get_by_role("img", name=re.compile("3 h 30 min")).first).to_be_visible()
    worker.takes_picture("g10-ruota")
    assert timedelta(minutes=purses[Purse.CONFIRMED]) == timedelta(hours=3, minutes=30)
