"""The whole life of a pact, from a teacher's worry to the closing, played by five people.

A teacher, a social worker, a coordinator, a clerk and a data protection officer, each in a
browser of their own. They read and press what is on the pages; nothing is done behind them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from farelegami.access.services import create_account, grant_role
from farelegami.demo.staff import BUILDER, PASSWORD, hire
from farelegami.documents.tests.builders import A_PDF
from farelegami.kernel import clock
from farelegami.kernel.actor import Role
from farelegami.kernel.periods import months_later
from farelegami.programmes.services import load_programme, packaged
from farelegami.territory.services import load_reference
from tests.journeys.screen import DESK, PHONE, TABLET, Screen
from tests.journeys.site import served

pytestmark = pytest.mark.browser

CREMASCO = 1902
MOTHER, FATHER, CHILD, FAMILY = "Zahira", "Oreste", "Nives", "Lunaviola"
WORRY = "È sola tutto il giorno con la bambina, cucina benissimo e vorrebbe lavorare."
BODY = "Comune di Crema"


@pytest.fixture(scope="module")
def site(site_database: None, django_db_blocker: Any) -> Iterator[str]:
    with served(django_db_blocker) as url:
        a_district_at_work()
        yield url


def a_district_at_work() -> None:
    """Load the reference data and the programmes, and hire those who sign in."""
    load_reference()
    begins = months_later(clock.today(), -6).replace(day=1)
    with clock.at(begins):
        for file in packaged():
            load_programme(BUILDER, file, starts_on=begins)
        hire([CREMASCO])
        officer = create_account(BUILDER, username="dpo", name="Dora Lucchetto", password=PASSWORD)
        grant_role(BUILDER, officer.pk, Role.DPO, district_id=CREMASCO)


@dataclass
class Cast:
    """Who plays, and the two addresses they all speak of."""

    teacher: Screen
    worker: Screen
    coordinator: Screen
    clerk: Screen
    officer: Screen
    case: str = ""
    pact: str = ""
    code: str = ""

    def everyone(self) -> tuple[Screen, ...]:
        return (self.teacher, self.worker, self.coordinator, self.clerk, self.officer)


def dmy(day: date) -> str:
    return f"{day:%d/%m/%Y}"


def test_five_people_carry_a_pact_from_the_first_worry_to_its_closing(
    browser: Browser, site: str
) -> None:
    cast = Cast(
        teacher=Screen(browser, site, PHONE),
        worker=Screen(browser, site),
        coordinator=Screen(browser, site),
        clerk=Screen(browser, site),
        officer=Screen(browser, site),
    )
    cast.worker.signs_in("assistente", PASSWORD)
    cast.coordinator.signs_in("coordinatore", PASSWORD)
    cast.clerk.signs_in("amministrativo", PASSWORD)
    cast.officer.signs_in("dpo", PASSWORD)

    receipt = a_teacher_asks_for_a_mother(cast.teacher)
    the_worker_welcomes_the_family(cast, receipt)
    they_read_the_situation_together(cast)
    they_write_the_pact_on_a_tablet(cast)
    the_coordinator_sends_it_back_once_then_authorises(cast)
    four_signatures_put_it_in_force(cast)
    the_budget_is_spent_under_control(cast)
    the_clerk_pays_without_knowing_whom(cast)
    the_family_gives_back_and_tells(cast)
    an_amendment_is_written_compared_and_signed(cast)
    the_pact_stands_still_and_goes_on(cast)
    it_is_reviewed_and_closed(cast)
    the_officer_finds_who_read_the_file(cast)
    for one in cast.everyone():
        assert one.complaints == []
        one.context.close()


# ---- from the worry to the case


def a_teacher_asks_for_a_mother(teacher: Screen) -> str:
    teacher.opens("/")
    teacher.follows("Chiedi un incontro")
    teacher.chooses(re.compile("per un’altra persona"))
    teacher.writes({"Nome": MOTHER, "Cognome": FAMILY, "Comune": "Crema"})
    teacher.writes({"Di che cosa c’è bisogno?": WORRY})
    teacher.writes({"Chi sei per questa persona?": "una scuola", "Il tuo nome": "Ines Lavagna"})
    assert teacher.presses("Invia la richiesta") == 422, "nobody is written about unknowingly"
    teacher.reads("Prima di scrivere per un’altra persona bisogna dirglielo.")
    expect(teacher.field("Di che cosa c’è bisogno?")).to_have_value(WORRY)
    teacher.chooses(re.compile("La persona sa che sto scrivendo"))
    teacher.writes({"Telefono": "0373 000 000"})
    teacher.takes_picture("01-richiesta")
    assert teacher.presses("Invia la richiesta") == 200
    teacher.reads("La tua richiesta è arrivata", "Il tuo codice è")
    teacher.takes_picture("02-ricevuta")
    return teacher.page.url.rstrip("/").rsplit("/", 1)[-1]


def the_worker_welcomes_the_family(cast: Cast, receipt: str) -> None:
    worker = cast.worker
    worker.opens("/lavoro/")
    worker.reads("Segnalazioni nuove")
    worker.takes_picture("03-scrivania")
    worker.follows("Leggi")
    worker.follows(f"{MOTHER} {FAMILY}")
    worker.reads(WORRY, receipt, "Nessuno ha ancora chiamato.")
    worker.chooses(re.compile("sì, abbiamo parlato"))
    worker.writes({"Nota": "Volentieri, dopo le nove."})
    worker.presses("Segna il tentativo")
    worker.reads("abbiamo parlato", "Volentieri, dopo le nove.")
    worker.takes_picture("04-segnalazione")
    worker.follows("Accogli la famiglia")
    worker.writes({"Data di nascita": "1994-05-01", "Informativa privacy": "su carta"})
    worker.writes({"Programma": "FareLegami", "Lingua preferita": "arabo"})
    worker.takes_picture("05-accoglienza")
    worker.presses("Apri il percorso")
    cast.case = worker.page.url
    worker.sees_stage("accoglienza", "Fasi del percorso")
    worker.reads("dal " + dmy(clock.today()), "segue Anna Pioppi")
    joins_the_household(worker, cast.case, FATHER, "1990-03-02", "persona adulta")
    joins_the_household(worker, cast.case, CHILD, "2020-09-10", "minore")
    worker.opens(cast.case)
    worker.reads(f"{FATHER} {FAMILY}", f"{CHILD} {FAMILY}")
    # Whoever signs has been told how their data are kept.
    worker.opens(cast.case)
    worker.follows(re.compile("^Vedi e aggiungi"))
    worker.follows(f"{FATHER} {FAMILY}")
    worker.reads("Informativa da dare")
    worker.opens(f"{worker.page.url}informativa/")
    worker.chooses("letta a voce")
    worker.presses("Segna l’informativa")
    worker.is_told("L’informativa è segnata.")
    expect(worker.page.get_by_text("Informativa da dare")).to_have_count(0)


def joins_the_household(worker: Screen, case: str, name: str, born: str, role: str) -> None:
    worker.opens(case)
    worker.follows(re.compile("^Vedi e aggiungi"))
    worker.follows("Aggiungi una persona")
    worker.follows("Registra una persona nuova")
    worker.writes({"Nome": name, "Cognome": FAMILY, "Data di nascita": born})
    worker.presses("Registra")
    worker.writes({"Che parte ha nel nucleo": role})
    worker.presses("Aggiungi al nucleo")
    worker.is_told("Ora fa parte del nucleo.")


def they_read_the_situation_together(cast: Cast) -> None:
    worker = cast.worker
    worker.opens(cast.case)
    worker.presses("Inizia l’analisi preliminare")
    worker.sees_stage("analisi preliminare", "Fasi del percorso")
    worker.reads("Per andare avanti mancano 4 cose", "manca il primo incontro")
    assert worker.presses("Passa alla co-progettazione") == 422
    worker.reads("Mancano ancora alcune cose per andare avanti")
    worker.writes({"Giorno": clock.today().isoformat()})
    worker.presses("Segna il primo incontro")
    for kind, area, text in (
        ("bisogno", "Lavoro", "Un lavoro che lasci i pomeriggi."),
        ("risorsa", "Cosa so fare", "Cucina per venti persone senza scomporsi."),
    ):
        worker.writes({"Che cosa": kind, "Ambito di vita": area, "In parole semplici": text})
        worker.presses("Aggiungi")
        worker.reads(text)
    fills_in_the_map(worker, "T0", "2 · in salita")
    worker.takes_picture("06-percorso")
    expect(worker.page.get_by_text("Per andare avanti")).to_have_count(0)
    worker.presses("Passa alla co-progettazione")
    worker.sees_stage("co-progettazione", "Fasi del percorso")


def fills_in_the_map(worker: Screen, moment: str, level: str) -> None:
    worker.follows(f"{moment}: Mappa delle risorse")
    worker.writes({"Di chi parliamo": f"{MOTHER} {FAMILY}", "Chi risponde": "insieme"})
    questions = worker.page.get_by_role("radio", name=level)
    expect(questions).to_have_count(8)
    for radio in questions.all():
        radio.check()
    worker.takes_picture(f"mappa-{moment}")
    worker.presses("Salva e conferma")
    worker.is_told("Rilevazione salvata.")


# ---- writing, deciding, signing


def they_write_the_pact_on_a_tablet(cast: Cast) -> None:
    worker = cast.worker
    worker.turns_to(TABLET)
    worker.opens(cast.case)
    worker.follows("Scrivi il patto")
    worker.chooses(re.compile("Inclusione Sociale"), of=re.compile("^Che patto è"))
    worker.writes({"Titolo": "Lavorare in una cucina", "Ente che firma": BODY})
    for holder in (MOTHER, FATHER):
        worker.chooses(re.compile(holder), of=re.compile("^Chi firma"))
    worker.chooses(re.compile(CHILD), of=re.compile("^Chi altro riguarda"))
    worker.takes_picture("07-nuovo-patto")
    worker.presses("Apri il patto")
    worker.reads("Da dove si parte", "informativa data")
    expect(worker.page.get_by_text("manca l’informativa")).to_have_count(0)
    worker.takes_picture("08-risorse")
    worker.follows("Avanti: obiettivi")
    they_write_goals(worker)
    worker.follows("Avanti: sostegni")
    they_write_supports(worker)
    worker.follows("Avanti: restituzione")
    they_write_what_is_given_back(worker)
    worker.follows("Avanti: rileggiamo")
    worker.reads("Rileggiamo tutto, insieme", "Corso da aiuto cuoca", "Scuola Il Mulino")
    worker.takes_picture("12-rilettura")
    worker.presses("È concordato")
    worker.is_told("Il testo è concordato: ora lo legge un coordinatore.")
    cast.pact = worker.page.url.split("/scrivere/")[0] + "/"
    worker.opens(cast.pact)
    worker.sees_stage("Concordato")
    worker.reads(f"Il patto di {MOTHER}, {FATHER} e della loro famiglia", "1.260,00 €")
    crumbs = worker.page.get_by_role("navigation", name="Percorso").inner_text()
    cast.code = crumbs.rsplit("Patto ", 1)[-1].strip()


def they_write_goals(worker: Screen) -> None:
    worker.presses("Prendi Imparare un mestiere che mi somiglia")
    worker.reads("1. Imparare un mestiere che mi somiglia", "Finire il corso")
    worker.writes({"Obiettivo": "Avere un pomeriggio per noi"})
    worker.presses("Aggiungi l’obiettivo")
    worker.reads("Da che cosa si vedrà? Manca un risultato atteso.")
    due = clock.today() + timedelta(days=90)
    second = worker.page.locator("section", has=worker.page.get_by_role("heading", name="2. Avere"))
    worker.writes(
        {"Risultato atteso": "Due pomeriggi liberi al mese", "Entro il": due.isoformat()}, second
    )
    worker.presses("Aggiungi", second)
    worker.reads("Due pomeriggi liberi al mese", f"entro il {dmy(due)}")
    worker.takes_picture("09-obiettivi")


def they_write_supports(worker: Screen) -> None:
    worker.reads("restano 2.000,00 €")
    for category, title, provider, amount, left in (
        ("Formazione", "Corso da aiuto cuoca", "Scuola dei mestieri", "640", "1.360,00"),
        ("Cura dei bambini", "Babysitter", "Cooperativa La Filanda", "480", "880,00"),
        ("Salute e sostegno psicologico", "Sostegno psicologico", "Consultorio", "0", "880,00"),
        ("Trasporto (al massimo 600,00 €)", "Autobus", "Autoguidovie", "140", "740,00"),
    ):
        field = worker.field("Voce")
        field.select_option(label=category.replace(" €", "\xa0€"))
        worker.writes({"Sostegno": title, "Chi lo dà": provider, "Quanto costa": amount})
        worker.presses("Aggiungi")
        worker.reads(title, f"restano {left} €")
    worker.takes_picture("10-sostegni")


def they_write_what_is_given_back(worker: Screen) -> None:
    worker.chooses(re.compile(MOTHER), of=re.compile("^Chi si impegna"))
    worker.writes({"Che cosa fa": "traduce al corso di italiano", "Presso chi": "Scuola Il Mulino"})
    worker.writes({"Ore in tutto": "40", "Ore a settimana": "2", "Quando": "martedì 15–17"})
    worker.presses("Aggiungi")
    worker.reads("40 h in tutto")
    worker.takes_picture("11-restituzione")


def the_coordinator_sends_it_back_once_then_authorises(cast: Cast) -> None:
    worker, coordinator = cast.worker, cast.coordinator
    coordinator.opens("/lavoro/da-decidere/")
    coordinator.reads("Lavorare in una cucina", cast.code, "1.260,00 €", "40 h")
    coordinator.takes_picture("13-da-decidere")
    coordinator.follows(re.compile("^Leggi e decidi"))
    coordinator.takes_picture("14-autorizzare")
    coordinator.follows("Rimanda con un motivo")
    reason = "Dopo il corso chi aiuta a cercare? Manca l’orientamento."
    assert coordinator.presses("Rimanda") == 422, "a text goes back with a reason"
    coordinator.writes({"Perché": reason})
    coordinator.presses("Rimanda")
    coordinator.is_told("Il testo è tornato a chi lo ha scritto, con il motivo.")
    coordinator.reads("Nessun testo in attesa.")

    worker.opens(cast.pact)
    worker.sees_stage("Bozza")
    worker.reads(reason)
    worker.opens(f"{cast.pact}scrivere/sostegni/")
    worker.reads("Il coordinatore l’ha rimandato.", reason)
    worker.writes({"Voce": "Orientamento e lavoro", "Sostegno": "Orientamento al lavoro"})
    worker.writes({"Chi lo dà": "Sportello lavoro", "Quanto costa": "240,00"})
    worker.presses("Aggiungi")
    worker.reads("restano 500,00 €")
    worker.opens(f"{cast.pact}scrivere/rilettura/")
    worker.presses("È concordato")

    coordinator.opens("/lavoro/da-decidere/")
    coordinator.reads("1.500,00 €")
    coordinator.follows(re.compile("^Leggi e decidi"))
    coordinator.reads("Orientamento al lavoro", "Comune di Crema")
    coordinator.presses("Autorizza")
    coordinator.is_told("è autorizzato: ora si firma.")


def four_signatures_put_it_in_force(cast: Cast) -> None:
    worker = cast.worker
    worker.opens(cast.pact)
    worker.sees_stage("Autorizzato")
    worker.reads("Per essere firmato mancano 4 firme", f"la firma di {FATHER} {FAMILY}")
    worker.follows("Vai alle firme")
    signs_everywhere(worker)
    worker.turns_to(DESK)
    worker.opens(cast.pact)
    worker.sees_stage("Attivo")
    worker.sees_wheel(
        "0 risultati raggiunti su 4",
        "Riceve 0,00 € documentati e 0,00 € impegnati su 1.500,00 €",
        "Restituisce 0 h confermate e 0 h fatte su 40 h",
    )
    worker.opens(cast.case)
    worker.sees_stage("in patto", "Fasi del percorso")


def signs_everywhere(worker: Screen) -> None:
    for left, who in enumerate((BODY, "Anna Pioppi", FATHER, MOTHER)[::-1]):
        missing = 4 - left
        worker.reads(f"Mancano {missing} firme" if missing > 1 else "Manca una firma")
        heading = worker.page.get_by_role("heading", level=2, name=re.compile(who))
        form = worker.page.get_by_role("main").locator("form", has=heading)
        if not left:
            assert worker.presses(re.compile("^Raccogli la firma"), form) == 422
            worker.reads("Serve una firma nel riquadro, oppure la foto del foglio firmato.")
        if who == BODY:
            worker.writes({"Nome di chi firma per l’ente": "Sindaca Vera Ponte"}, form)
        worker.draws(form.locator("canvas"))
        worker.takes_picture(f"15-firme-{left}")
        assert worker.presses(re.compile("^Raccogli la firma"), form) == 200
        last = who == BODY
        worker.is_told("Firmato da tutti" if last else "La firma è stata raccolta.")


# ---- money


def asks(worker: Screen, pact: str, title: str, amount: str, supplier: str) -> int:
    worker.opens(f"{pact}spese/nuova/")
    worker.chooses(re.compile("nessuno di questi"))
    worker.writes({"Voce": "Formazione", "Per che cosa": title})
    worker.writes({"Importo": amount, "Fornitore": supplier})
    return worker.presses("Chiedi la spesa")


def the_budget_is_spent_under_control(cast: Cast) -> None:
    worker, coordinator = cast.worker, cast.coordinator
    worker.opens(cast.pact)
    worker.follows("Chiedi una spesa")
    worker.reads("Restano 1.500,00 € di 1.500,00 €.")
    worker.chooses(re.compile("^Corso da aiuto cuoca"), of=re.compile("^Per quale sostegno"))
    worker.writes({"Voce": "Formazione", "Per che cosa": "Iscrizione al corso", "Importo": "640"})
    worker.writes({"Fornitore": "Scuola dei mestieri", "Perché serve": "Si comincia lunedì."})
    worker.takes_picture("16-chiedere-spesa")
    assert worker.presses("Chiedi la spesa") == 200
    worker.is_told("La richiesta è arrivata a chi decide.")
    worker.reads("da approvare")

    coordinator.opens("/lavoro/")
    coordinator.reads("Iscrizione al corso, 640,00 €")
    coordinator.opens("/lavoro/da-decidere/")
    coordinator.reads("Iscrizione al corso", "restano 1.500,00 €, dopo 860,00 €")
    coordinator.takes_picture("17-spesa-da-approvare")
    coordinator.page.locator("summary", has_text="Approva").click()
    coordinator.presses("Sì, approva")
    coordinator.is_told("La spesa è approvata e impegnata.")

    assert asks(worker, cast.pact, "Cucina intera", "1.400", "Bottega del cuoco") == 422
    worker.reads("Hai chiesto 1.400,00 €, ma del budget restano 860,00 €.")
    expect(worker.field("Per che cosa")).to_have_value("Cucina intera")
    expect(worker.field("Fornitore")).to_have_value("Bottega del cuoco")
    expect(worker.field("Importo")).to_have_value(re.compile(r"^1\.?400"))
    worker.takes_picture("18-spesa-oltre")

    assert asks(worker, cast.pact, "Divisa e coltelli", "90", "Bottega del cuoco") == 200
    coordinator.opens("/lavoro/da-decidere/")
    coordinator.follows(re.compile("^Non approvare"))
    coordinator.writes({"Perché": "La divisa la dà la scuola."})
    coordinator.presses("Non approvare")
    coordinator.reads("Nessuna spesa in attesa.")
    worker.opens(cast.pact)
    worker.follows("Divisa e coltelli")
    worker.reads("Non approvata", "La divisa la dà la scuola.")

    worker.opens(cast.pact)
    worker.sees_wheel("Riceve 0,00 € documentati e 640,00 € impegnati su 1.500,00 €")
    worker.follows("Iscrizione al corso")
    worker.follows("Carica il documento")
    worker.page.locator("input[type=file]").set_input_files(
        {"name": "fattura.pdf", "mimeType": "application/pdf", "buffer": A_PDF}
    )
    worker.writes({"Numero": "12/2026", "Data del documento": clock.today().isoformat()})
    worker.writes({"Importo del documento": "600,00"})
    worker.presses("Carica il documento")
    worker.is_told("Il documento è stato caricato.")
    worker.reads("Documentata per 600,00 €", "apri il documento")
    worker.takes_picture("19-spesa-documentata")


def the_clerk_pays_without_knowing_whom(cast: Cast) -> None:
    clerk = cast.clerk
    names = (MOTHER, FATHER, CHILD, FAMILY, "Lavorare in una cucina", "Iscrizione al corso")
    clerk.opens("/lavoro/")
    clerk.does_not_read(*names)
    clerk.opens("/lavoro/pagamenti/")
    clerk.reads(cast.code, "Scuola dei mestieri", "600,00 €")
    clerk.does_not_read(*names)
    clerk.takes_picture("20-pagamenti")
    clerk.follows("Scuola dei mestieri")
    clerk.reads(f"patto {cast.code}", "Documentata per 600,00 €")
    clerk.does_not_read(*names)
    clerk.follows("Segna il pagamento")
    clerk.does_not_read(*names)
    clerk.writes({"Riferimento del pagamento": "mandato 7"})
    clerk.takes_picture("21-pagare")
    clerk.presses("Segna il pagamento")
    clerk.is_told("Il pagamento è segnato.")
    clerk.follows("Da riconciliare")
    clerk.follows(re.compile("^Riconcilia"))
    clerk.does_not_read(*names)
    clerk.writes({"Riga dell’estratto conto": "estratto di oggi, riga 3"})
    clerk.presses("Riconcilia")
    clerk.is_told("Il pagamento è riconciliato.")
    clerk.follows("Chiuse")
    clerk.reads(cast.code)
    clerk.does_not_read(*names)
    for closed in (cast.pact, cast.case, f"{cast.pact}testi/1/"):
        assert clerk.opens(closed) == 404
        clerk.does_not_read(*names)
    cast.worker.opens(cast.pact)
    cast.worker.sees_wheel("Riceve 600,00 € documentati e 600,00 € impegnati su 1.500,00 €")
    cast.worker.reads("riconciliata")


# ---- living


def the_family_gives_back_and_tells(cast: Cast) -> None:
    worker = cast.worker
    worker.opens(cast.pact)
    worker.follows("Segna ore")
    worker.chooses(re.compile("traduce al corso di italiano"))
    worker.writes({"Quanto tempo": "3 h 30"})
    worker.presses("Segna le ore")
    worker.is_told("Le ore sono segnate")
    worker.sees_wheel("Restituisce 0 h confermate e 3 h 30 min fatte su 40 h")
    worker.follows("Conferma", worker.page.locator("#ore"))
    worker.writes({"Chi conferma": "Lucia, Scuola Il Mulino"})
    worker.writes({"Che cosa è cambiato per altri": "Nessuna ha più saltato una lezione."})
    worker.presses("Conferma")
    worker.sees_wheel("Restituisce 3 h 30 min confermate e 3 h 30 min fatte su 40 h")
    worker.reads("«Nessuna ha più saltato una lezione.»")

    worker.follows("Segna uno già fatto")
    worker.writes({"A che punto siamo": "Il corso è cominciato."})
    worker.writes({"Che cosa è cambiato per la famiglia": "La sera raccontiamo noi a lei."})
    worker.presses("Segna l’incontro")
    worker.reads("«La sera raccontiamo noi a lei.»")

    goals = worker.page.locator("#obiettivi")
    goals.locator("summary").first.click()
    worker.writes({"Finire il corso": "raggiunto"}, goals)
    worker.presses("Salva: Finire il corso", goals)
    worker.sees_wheel("1 risultato raggiunto su 4")
    worker.reads(f"raggiunto {dmy(clock.today())}")
    worker.takes_picture("22-patto")
    worker.turns_to(PHONE)
    worker.takes_picture("22-patto")
    worker.turns_to(DESK)


def an_amendment_is_written_compared_and_signed(cast: Cast) -> None:
    worker, coordinator = cast.worker, cast.coordinator
    worker.opens(cast.pact)
    worker.page.get_by_text("Altri passi sul patto").click()
    worker.follows("Modifica o proroga")
    worker.writes({"Perché": "Le lezioni sono anche di sabato."})
    worker.presses("Comincia la modifica")
    worker.opens(f"{cast.pact}scrivere/sostegni/")
    worker.follows("Cambia Babysitter")
    worker.writes({"Quanto costa": "580"})
    worker.presses("Salva")
    worker.reads("restano 400,00 €")
    worker.opens(f"{cast.pact}testi/2/confronto/")
    worker.reads("Dal testo 1 al testo 2", "Le lezioni sono anche di sabato.")
    budget = worker.page.get_by_role("row", name=re.compile("^Budget"))
    expect(budget.locator("del")).to_contain_text("1.500,00 €")
    expect(budget.locator("ins")).to_contain_text("1.600,00 €")
    support = worker.page.get_by_role("row", name=re.compile("Babysitter"))
    expect(support.locator("ins")).to_contain_text("580,00 €")
    worker.takes_picture("23-confronto")
    worker.opens(cast.pact)
    worker.sees_wheel("impegnati su 1.500,00 €")
    worker.opens(f"{cast.pact}scrivere/rilettura/")
    worker.presses("È concordato")

    coordinator.opens("/lavoro/da-decidere/")
    coordinator.follows(re.compile("^Leggi e decidi"))
    coordinator.reads("Che cosa cambia", "1.600,00 €", "Le lezioni sono anche di sabato.")
    coordinator.presses("Autorizza")
    worker.opens(cast.pact)
    worker.sees_stage("Attivo")
    worker.follows("Raccogli le firme")
    signs_everywhere(worker)
    worker.opens(cast.pact)
    worker.sees_wheel("Riceve 600,00 € documentati e 600,00 € impegnati su 1.600,00 €")
    worker.reads("in vigore")


def the_pact_stands_still_and_goes_on(cast: Cast) -> None:
    worker = cast.worker
    worker.page.get_by_text("Altri passi sul patto").click()
    worker.follows("Sospendi")
    worker.writes({"Perché": "La bambina è in ospedale."})
    worker.presses("Sospendi")
    worker.is_told("Il patto è sospeso: i termini si fermano.")
    worker.sees_stage("Sospeso")
    worker.reads("Il patto è sospeso: non si impegnano spese")
    expect(worker.page.get_by_role("link", name="Chiedi una spesa")).to_have_count(0)
    worker.takes_picture("24-sospeso")
    # Somebody else's page was open, or an address was kept: the service refuses all the same.
    assert asks(worker, cast.pact, "Divisa", "50", "Bottega del cuoco") == 422
    worker.reads("Si spende solo con il patto firmato, non sospeso e dentro le sue date.")
    expect(worker.field("Per che cosa")).to_have_value("Divisa")
    worker.opens(cast.pact)
    worker.follows("Riprendi")
    worker.presses("Riprendi")
    worker.is_told("Il patto è di nuovo attivo.")
    worker.sees_stage("Attivo")


def it_is_reviewed_and_closed(cast: Cast) -> None:
    worker = cast.worker
    worker.follows("Comincia la verifica finale")
    worker.presses("Comincia la verifica")
    worker.sees_stage("Verifica finale")
    worker.reads("proporre la Mappa delle risorse finale (T2)")
    worker.follows(re.compile("^Apri il percorso"))
    fills_in_the_map(worker, "T2", "4 · si pedala")
    worker.takes_picture("25-mappa-finale")
    worker.opens(cast.pact)
    worker.follows("Scrivi la chiusura")
    assert worker.presses("Chiudi il patto") == 422, "each goal is told how it ended"
    worker.chooses("raggiunto in parte", of=re.compile("^1. Imparare"))
    worker.chooses("raggiunto", of=re.compile("^2. Avere"))
    worker.writes({"Com’è andata in tutto": "Cerca lavoro con un mestiere in mano."})
    worker.writes({"E adesso": "Resta con il corso di italiano."})
    worker.takes_picture("26-chiudere")
    assert worker.presses("Chiudi il patto") == 200
    worker.is_told("Il patto è chiuso. Ci si risente dopo 3, 6 e 12 mesi.")
    worker.sees_stage("Chiuso")
    worker.reads(f"Chiuso il {dmy(clock.today())}", "Cerca lavoro con un mestiere in mano.")
    for months in (3, 6, 12):
        worker.reads(f"A {months} mesi", f"dal {dmy(months_later(clock.today(), months))}")
    worker.takes_picture("27-chiuso")
    worker.opens(cast.case)
    worker.sees_stage("follow-up", "Fasi del percorso")


def the_officer_finds_who_read_the_file(cast: Cast) -> None:
    officer = cast.officer
    assert officer.opens(cast.pact) == 404, "the log is read without the file"
    officer.opens("/lavoro/registro/")
    officer.writes({"Chi": "Carla", "Che cosa ha fatto": "ha letto", "Su che cosa": "il patto"})
    officer.presses("Filtra")
    officer.reads("Carla Argine", "testo da autorizzare")
    expect(officer.page.locator("tbody")).not_to_contain_text("Anna Pioppi")
    officer.does_not_read(MOTHER, FATHER, CHILD, FAMILY)
    officer.takes_picture("28-registro")
    officer.follows("Mostra tutto")
    officer.writes({"Chi": "Anna", "Su che cosa": "la scheda della persona"})
    officer.presses("Filtra")
    officer.reads("Anna Pioppi", "ha letto la scheda della persona")
    officer.does_not_read(MOTHER, FATHER, CHILD, FAMILY)
