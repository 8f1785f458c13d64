"""The pages, as a body's referent, a social worker and a clerk press through them."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from farelegami.access.models import Account
from farelegami.access.tests.builders import an_actor
from farelegami.audit.models import Entry
from farelegami.kernel import clock
from farelegami.kernel.actor import Actor, Role, system_actor
from farelegami.kernel.ids import new_id
from farelegami.network.tests.builders import an_organisation
from farelegami.people.tests.builders import CARLA
from farelegami.territory.tests.builders import CREMASCO, CREMONESE, a_district
from farelegami.volunteering.models import (
    PaidLink,
    Policy,
    PucPosition,
    Refund,
    Register,
    RegisterEntry,
    Volunteer,
)
from farelegami.volunteering.rules.covers import Basis, Risk
from farelegami.volunteering.services import enter_volunteer, note_service
from farelegami.volunteering.tests.builders import CODES, some_facts, someone

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
SESSIONS = system_actor("prova")
FACTS = {
    "given_name": "Lidia", "family_name": "Fontana", "birth_place": "Crema",
    "birth_date": "1960-05-04", "residence": "via dei Pioppi 4, Crema",
}  # fmt: skip
ALL_RISKS = [risk.value for risk in Risk]


@pytest.fixture(autouse=True)
def _own_shelf(settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def desk_of(actor: Actor) -> Client:
    client = Client()
    account = Account.objects.get(pk=actor.account_id)
    client.force_login(account, "farelegami.access.backends.AccountBackend")
    return client


def url(name: str, *args: object) -> str:
    return reverse(f"volunteering:{name}", args=args)


def told(response) -> str:
    """The words of a page without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


class Body:
    """An organisation whose referents press the buttons, from the first on."""

    def __init__(self, name: str = "Circolo Il Mulino") -> None:
        a_district()
        self.id = an_organisation(CARLA, name=name).pk
        self.host = an_actor(Role.HOST, organisation_id=self.id, name="Ines Lavagna")
        self.desk = desk_of(self.host)

    def opened(self) -> Body:
        typed = {"organisation_id": str(self.id), "opened_on": str(clock.today() - 100 * DAY)}
        assert self.desk.post(url("open_register"), typed).status_code == 302
        return self

    def insured(self, **changes: object) -> Body:
        today = clock.today()
        typed = {
            "insurer": "Mutua", "number": "P 1", "risks": ALL_RISKS,
            "starts_on": str(today - 100 * DAY), "ends_on": str(today + 100 * DAY),
        } | changes  # fmt: skip
        assert self.desk.post(url("add_policy", self.id), typed).status_code == 302
        return self

    def entered(self, **changes: object) -> Volunteer:
        """Return somebody entered twenty days ago, before the referent had this role."""
        occasional = bool(changes.pop("occasional", False))
        day = clock.today() - 20 * DAY
        with clock.at(day):
            return enter_volunteer(
                self.host,
                self.id,
                facts=some_facts(**changes),
                entered_on=day,
                occasional=occasional,
            )

    def other_hand(self) -> Client:
        return desk_of(an_actor(Role.HOST, organisation_id=self.id, name="Rita Sambuco"))


def test_a_body_opens_its_register_insures_and_enters_somebody() -> None:
    body = Body()
    page = told(body.desk.get(url("registers")))
    assert "Qui ci saranno i registri" in page
    typed = {"organisation_id": str(body.id), "opened_on": str(clock.today() - 100 * DAY)}
    assert body.desk.get(url("open_register")).status_code == 200
    assert body.desk.post(url("open_register"), typed | {"opened_on": ""}).status_code == 422
    answer = body.desk.post(url("open_register"), typed, follow=True)
    assert "Oggi nessuno è assicurato." in told(answer)
    again = body.desk.post(url("open_register"), typed)
    assert "già aperto" in told(again)
    body.insured()
    assert body.desk.get(url("enter", body.id)).status_code == 200
    wrong = body.desk.post(
        url("enter", body.id), FACTS | {"entered_on": str(clock.today()), "birth_place": ""}
    )
    assert wrong.status_code == 422
    assert "codice fiscale, oppure luogo e data di nascita" in told(wrong)
    answer = body.desk.post(
        url("enter", body.id), FACTS | {"entered_on": str(clock.today())}, follow=True
    )
    page = told(answer)
    assert "Lidia Fontana è nel registro." in page
    assert "oggi non è coperto" in page
    page = told(body.desk.get(url("register", body.id)))
    assert f"dal {clock.today() + DAY:%d/%m/%Y}" in page
    body.entered(given_name="Ada", birth_date=date(1970, 1, 1))
    assert "sì, fino al" in told(body.desk.get(url("register", body.id)))


def test_the_list_says_who_is_covered_and_finds_by_name() -> None:
    body = Body().opened()
    body.insured(ends_on=str(clock.today() - DAY))
    body.entered()
    body.entered(given_name="Ada", occasional="on")
    page = told(body.desk.get(url("registers")))
    assert "Circolo Il Mulino" in page
    assert "finita il" in page
    assert "Circolo" in told(body.desk.get(url("registers"), {"testo": "mulino"}))
    assert "Nessun registro" in told(body.desk.get(url("registers"), {"testo": "zzz"}))
    there = url("register", body.id)
    assert "Ada Fontana" in told(body.desk.get(there, {"stato": "scoperti"}))
    assert "Lidia" not in told(body.desk.get(there, {"stato": "occasionali"}))
    assert "Nessuno risponde" in told(body.desk.get(there, {"stato": "usciti"}))
    assert "Ada Fontana" in told(body.desk.get(there, {"testo": "fontana ada"}))
    assert body.desk.get(there, {"stato": "altro", "dopo": "x"}).status_code == 200


def test_a_volunteer_is_corrected_leaves_and_is_paid() -> None:
    body = Body().opened().insured()
    stay = body.entered()
    there = url("volunteer", body.id, stay.pk)
    page = told(body.desk.get(there))
    assert "via dei Pioppi 4, Crema" in page
    assert "1, iscrizione" in page
    assert Entry.objects.filter(verb="read", person_id=stay.person_id).count() == 1
    assert "via dei Pioppi" in body.desk.get(url("correct", body.id, stay.pk)).content.decode()
    same = body.desk.post(url("correct", body.id, stay.pk), FACTS)
    assert "Non è cambiato niente" in told(same)
    changed = FACTS | {"residence": "Offanengo"}
    answer = body.desk.post(url("correct", body.id, stay.pk), changed, follow=True)
    assert "2, rettifica" in told(answer)
    paid = {"kind": "employee", "starts_on": str(clock.today() + DAY)}
    assert "prima si cancella" in told(body.desk.post(url("paid_link", body.id, stay.pk), paid))
    assert body.desk.get(url("leave", body.id, stay.pk)).status_code == 200
    answer = body.desk.post(
        url("leave", body.id, stay.pk), {"left_on": str(clock.today())}, follow=True
    )
    assert "3, cancellazione" in told(answer)
    assert body.desk.post(url("paid_link", body.id, stay.pk), paid).status_code == 302
    page = told(body.desk.get(url("register", body.id)))
    assert "Lavorano per l’ente" in page
    link = PaidLink.objects.get()
    ended = {"day": str(clock.today() + 5 * DAY)}
    assert body.desk.get(url("end_paid_link", body.id, link.pk)).status_code == 200
    assert body.desk.post(url("end_paid_link", body.id, link.pk), ended).status_code == 302
    link.refresh_from_db()
    assert link.ends_on == clock.today() + 5 * DAY


def test_who_works_for_the_body_is_not_entered() -> None:
    """R15."""
    body = Body().opened().insured()
    there = url("paid_somebody", body.id)
    assert body.desk.get(there).status_code == 200
    typed = {
        "given_name": "Lidia", "family_name": "Fontana", "tax_code": CODES[1],
        "kind": "employee", "starts_on": str(clock.today() - DAY),
    }  # fmt: skip
    assert body.desk.post(there, typed | {"tax_code": ""}).status_code == 422
    assert body.desk.post(there, typed).status_code == 302
    assert "Lidia Fontana" in told(body.desk.get(url("register", body.id)))
    entered = FACTS | {"tax_code": CODES[1], "entered_on": str(clock.today())}
    refused = body.desk.post(url("enter", body.id), entered)
    assert refused.status_code == 422
    assert "non può esserne volontario" in told(refused)
    assert not Volunteer.objects.exists()


def test_a_policy_has_its_paper_and_can_end_early() -> None:
    body = Body().opened()
    assert "Nessuna polizza" in told(body.desk.get(url("policies", body.id)))
    missing = body.desk.post(
        url("add_policy", body.id),
        {
            "insurer": "Mutua", "number": "1", "risks": ["accident"], "starts_on": "2026-01-01",
            "ends_on": "2026-12-31",
        },
    )  # fmt: skip
    assert missing.status_code == 422
    assert "malattia" in told(missing)
    paper = SimpleUploadedFile("polizza.txt", b"polizza", "text/plain")
    body.insured(document=paper)
    policy = Policy.objects.get()
    page = body.desk.get(url("policies", body.id)).content.decode()
    assert reverse("documents:open", args=[policy.document_id]) in page
    assert body.desk.get(reverse("documents:open", args=[policy.document_id])).status_code == 200
    there = url("end_policy", body.id, policy.pk)
    assert body.desk.get(there).status_code == 200
    typed = {"day": str(clock.today() + 10 * DAY), "reason": "disdetta"}
    assert "disdetta" in told(body.desk.post(there, typed, follow=True))
    body.insured(number="P 2", starts_on=str(clock.today() + 20 * DAY))
    assert "nessuno è assicurato" in told(body.desk.get(url("policies", body.id)))
    assert "giorni scoperti" in told(body.desk.get(url("register", body.id)))
    there = url("withdraw_policy", body.id, policy.pk)
    assert body.desk.get(there).status_code == 200
    page = told(body.desk.post(there, {"reason": "date sbagliate"}, follow=True))
    assert "La polizza è tolta." in page
    assert "P 1" not in page


def test_a_refund_is_asked_by_one_and_approved_by_another() -> None:
    body = Body().opened().insured()
    stay = body.entered()
    there = url("ask_refund", body.id, stay.pk)
    assert "non ci sono giorni di servizio" in told(body.desk.get(there))
    service = note_service(
        SESSIONS, person_id=stay.person_id, organisation_id=body.id,
        day=clock.today() - 2 * DAY, minutes=120, source_id=new_id(),
    )  # fmt: skip
    assert "non l’ha ancora deliberato" in told(body.desk.get(url("refunds", body.id)))
    assert body.desk.get(url("resolve", body.id)).status_code == 200
    empty = {"resolution": "delibera 3", "resolved_on": str(clock.today() - 30 * DAY)}
    assert body.desk.post(url("resolve", body.id), empty).status_code == 422
    resolved = empty | {"most_travel": "15,00", "self_travel": "on", "most_materials": "40"}
    assert body.desk.post(url("resolve", body.id), resolved).status_code == 302
    assert "15,00 € al giorno" in told(body.desk.get(url("refunds", body.id)))
    typed = {"kind": "travel", "manner": "self", f"amount-{service.pk}": "10,01"}
    refused = body.desk.post(there, typed)
    assert refused.status_code == 422
    assert "10,00 €" in told(refused)
    assert "Scrivi l’importo" in told(body.desk.post(there, {"kind": "travel", "manner": "self"}))
    answer = body.desk.post(there, typed | {f"amount-{service.pk}": "4,60"}, follow=True)
    assert "Lo approva un’altra persona" in told(answer)
    refund = Refund.objects.get()
    assert body.desk.post(url("approve_refund", body.id, refund.pk)).status_code == 409
    other = body.other_hand()
    assert "Approva" in told(other.get(url("refund", body.id, refund.pk)))
    answer = other.post(url("approve_refund", body.id, refund.pk), follow=True)
    assert "Il rimborso è approvato." in told(answer)
    assert other.get(url("refuse_refund", body.id, refund.pk)).status_code == 200
    assert "ora è" in told(
        other.post(url("refuse_refund", body.id, refund.pk), {"reason": "tardi"})
    )
    assert other.get(url("pay_refund", body.id, refund.pk)).status_code == 200
    paid = {"paid_on": str(clock.today())}
    assert other.post(url("pay_refund", body.id, refund.pk), paid).status_code == 302
    page = told(body.desk.get(url("refunds", body.id), {"stato": "paid"}))
    assert "Lidia Fontana" in page
    assert "Niente in questa lista" in told(
        body.desk.get(url("refunds", body.id), {"stato": "requested"})
    )


def test_a_receipt_goes_with_the_request() -> None:
    body = Body().opened().insured()
    stay = body.entered()
    service = note_service(
        SESSIONS, person_id=stay.person_id, organisation_id=body.id,
        day=clock.today() - 2 * DAY, minutes=120, source_id=new_id(),
    )  # fmt: skip
    body.desk.post(
        url("resolve", body.id),
        {"resolution": "d", "resolved_on": str(clock.today() - 30 * DAY), "most_materials": "40"},
    )
    receipt = SimpleUploadedFile("scontrino.txt", b"colla 12,50", "text/plain")
    typed = {
        "kind": "materials", "manner": "receipt", "receipt": receipt,
        f"amount-{service.pk}": "12,50",
    }  # fmt: skip
    page = body.desk.post(url("ask_refund", body.id, stay.pk), typed, follow=True)
    refund = Refund.objects.get()
    assert reverse("documents:open", args=[refund.receipt_id]) in page.content.decode()
    answer = body.other_hand().post(
        url("refuse_refund", body.id, refund.pk), {"reason": "non serviva"}, follow=True
    )
    assert "non serviva" in told(answer)


def test_a_register_is_checked_and_taken_out() -> None:
    body = Body().opened().insured()
    body.entered()
    page = told(body.desk.get(url("check", body.id)))
    assert "Il registro è com’è stato scritto." in page
    assert Register.objects.get().last_hash in page
    table = body.desk.get(url("table", body.id))
    assert table["Content-Type"] == "text/csv; charset=utf-8"
    assert "Fontana" in table.content.decode("utf-8-sig")
    paper = body.desk.get(url("paper", body.id), follow=True)
    assert paper["Content-Type"] == "application/pdf"
    Register.objects.update(last_number=9)
    assert "Il registro non torna." in told(body.desk.get(url("check", body.id)))


def test_the_staff_read_without_the_facts_until_they_are_delegated() -> None:
    body = Body().opened().insured()
    stay = body.entered()
    worker = an_actor(Role.SOCIAL_WORKER, district_id=CREMASCO)
    desk = desk_of(worker)
    page = told(desk.get(url("volunteer", body.id, stay.pk)))
    assert "Lidia Fontana" in page
    assert "via dei Pioppi" not in page
    assert desk.get(url("enter", body.id)).status_code == 403
    assert desk.get(url("table", body.id)).status_code == 403
    assert body.desk.get(url("delegate", body.id)).status_code == 200
    typed = {"delegation": "delibera del 3 marzo"}
    assert body.desk.post(url("delegate", body.id), typed).status_code == 302
    assert "via dei Pioppi" in told(desk.get(url("volunteer", body.id, stay.pk)))
    assert desk.get(url("enter", body.id)).status_code == 200
    assert "delibera del 3 marzo" in told(desk.get(url("register", body.id)))
    assert body.desk.post(url("end_delegation", body.id)).status_code == 302
    assert desk.get(url("enter", body.id)).status_code == 403


def test_the_staff_open_a_register_by_a_written_delegation() -> None:
    body = Body()
    desk = desk_of(an_actor(Role.COORDINATOR, district_id=CREMASCO))
    typed = {"organisation_id": str(body.id), "opened_on": str(clock.today())}
    assert "con quale delega" in told(desk.post(url("open_register"), typed))
    answer = desk.post(url("open_register"), typed | {"delegation": "lettera"}, follow=True)
    assert "tenuto per delega" in told(answer)


def test_nobody_of_another_body_or_district_opens_a_register() -> None:
    body = Body().opened().insured()
    stay = body.entered()
    other = Body("Auser di prova")
    a_district(CREMONESE, "Cremonese")
    stranger = desk_of(an_actor(Role.SOCIAL_WORKER, district_id=CREMONESE))
    for desk in (other.desk, stranger):
        for name in ("register", "policies", "refunds", "check", "enter", "paper", "table"):
            assert desk.get(url(name, body.id)).status_code == 404, name
        assert desk.get(url("volunteer", body.id, stay.pk)).status_code == 404
        assert desk.post(url("leave", body.id, stay.pk), {}).status_code == 404


def test_a_puc_is_opened_for_somebody_found_and_its_days_are_taken_out() -> None:
    body = Body()
    person = someone()
    desk = desk_of(an_actor(Role.SOCIAL_WORKER, district_id=CREMASCO))
    assert desk.get(url("open_puc")).status_code == 200
    found = desk.get(url("open_puc"), {"testo": "Belprato"}).content.decode()
    assert f"?persona={person.pk}" in found
    there = f"{url('open_puc')}?persona={person.pk}"
    assert desk.get(there).status_code == 200
    assert desk.get(f"{url('open_puc')}?persona=nessuno").status_code == 404
    start = clock.today() - 120 * DAY
    typed = {
        "lead_id": str(body.id), "host_id": str(body.id), "inail_number": "PAT 1",
        "project": "Biblioteca", "opened_on": str(start), "starts_on": str(start),
        "ends_on": str(clock.today() + 30 * DAY), "weekly_minutes": "8 h",
    }  # fmt: skip
    assert "entro il giorno prima" in told(desk.post(there, typed))
    answer = desk.post(there, typed | {"starts_on": str(start + DAY)}, follow=True)
    assert "La posizione è scritta." in told(answer)
    note_service(
        SESSIONS, person_id=person.pk, organisation_id=body.id, day=start + DAY, minutes=240,
        source_id=new_id(), basis=Basis.PUC,
    )  # fmt: skip
    clerk = desk_of(an_actor(Role.CLERK, district_id=CREMASCO))
    page = clerk.get(url("pucs"))
    assert "Biblioteca" in told(page)
    download = re.search(r'href="([^"]+\.csv)"', page.content.decode())[1]
    table = clerk.get(download)
    assert "BLPSMR92C48Z330Y" in table.content.decode()
    assert clerk.get(download.replace(".csv", "9.csv")).status_code == 404
    assert clerk.get(url("open_puc")).status_code == 404
    position = PucPosition.objects.get()
    assert desk.get(url("end_puc", position.pk)).status_code == 200
    ended = {"ended_on": str(clock.today()), "reason": "lavoro trovato"}
    assert "finito prima" in told(desk.post(url("end_puc", position.pk), ended, follow=True))
    assert "Biblioteca" not in told(body.desk.get(url("registers")))
    assert body.desk.get(url("pucs")).status_code == 404


def test_lines_of_the_register_are_written_in_the_name_of_who_pressed() -> None:
    body = Body().opened().insured()
    body.entered()
    assert RegisterEntry.objects.get().recorded_by_name == "Ines Lavagna"


def test_a_day_that_cannot_be_meant_is_asked_again_and_what_was_typed_stays() -> None:
    body = Body().opened().insured()
    today = clock.today()
    entry = FACTS | {"entered_on": "2099-01-01"}
    policy = {
        "insurer": "Mutua Nuova", "number": "P 2", "risks": ALL_RISKS,
        "starts_on": str(today), "ends_on": "2099-01-01",
    }  # fmt: skip
    paid = {
        "given_name": "Bianca", "family_name": "Moro", "tax_code": CODES[0], "kind": "employee",
        "starts_on": "1900-01-01",
    }  # fmt: skip
    rules = {"resolution": "delibera 1", "resolved_on": "1900-01-01", "most_travel": "10"}
    for name, typed, kept in (
        ("enter", entry, "via dei Pioppi 4"),
        ("add_policy", policy, "Mutua Nuova"),
        ("paid_somebody", paid, "Bianca"),
        ("resolve", rules, "delibera 1"),
    ):
        answer = body.desk.post(url(name, body.id), typed)
        assert answer.status_code == 422, name
        assert "Scrivi un giorno fra il" in told(answer), name
        assert kept in answer.content.decode(), name
    assert not Volunteer.objects.exists()
