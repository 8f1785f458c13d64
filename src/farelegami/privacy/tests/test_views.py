"""The pages, as the DPO and the coordinator press through them."""

from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from django.test import Client
from django.urls import reverse

from farelegami.access.models import Account
from farelegami.kernel import clock
from farelegami.kernel.actor import Actor
from farelegami.pacts.tests.builders import a_crew
from farelegami.people.services.entries import make_findable
from farelegami.people.services.restricting import restrict_person
from farelegami.privacy.models import Anomaly, DataRequest, RetentionItem, RetentionList
from farelegami.privacy.rules.requests import RequestKind
from farelegami.privacy.rules.retention import CASE, PERSON, ListStage
from farelegami.privacy.services.requests import RequestDraft, link_person, register_request
from farelegami.privacy.services.retention import draw_up_lists
from farelegami.privacy.tests.builders import (
    MARK,
    a_dpo,
    a_family_that_is_over,
    an_approved_list,
    an_old_referral,
    erase_all,
)
from farelegami.storage.pages import write_cursor

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_shelf(settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def desk_of(actor: Actor) -> Client:
    client = Client()
    account = Account.objects.get(pk=actor.account_id)
    client.force_login(account, "farelegami.access.backends.AccountBackend")
    return client


def url(name: str, *args: object) -> str:
    return reverse(f"privacy:{name}", args=args)


def test_a_request_goes_from_the_letter_to_the_copy() -> None:
    family = a_family_that_is_over()
    make_findable([family.person])
    desk = desk_of(family.dpo)
    typed = {"district": 1901, "kind": "access", "name": "Sara Prova", "contact": "via posta",
             "received_on": clock.today().isoformat(), "text": "Vorrei vedere tutto."}  # fmt: skip
    assert desk.post(url("register_request"), typed | {"name": ""}).status_code == 422
    there = desk.post(url("register_request"), typed)["Location"]
    request = DataRequest.objects.get()
    page = desk.get(there, {"testo": family.person.name}).content.decode()
    assert "È questa" in page
    desk.post(url("link_request", request.pk), {"person": str(family.case.contact_id)})
    assert desk.post(url("answer_request", request.pk), {"outcome": "granted"}).status_code == 422
    desk.post(url("answer_request", request.pk), {"outcome": "granted", "answer": "Ecco."})
    answer = desk.post(url("copy", request.pk))
    with ZipFile(BytesIO(b"".join(answer.streaming_content))) as archive:
        assert {"dati.json", "leggimi.html"} <= set(archive.namelist())
    assert "accolta" in desk.get(there).content.decode()


def test_a_restriction_stands_on_the_file_until_it_is_lifted() -> None:
    family = a_family_that_is_over()
    person_id = family.case.contact_id
    desk, worker = desk_of(family.dpo), desk_of(family.crew.worker)
    draft = RequestDraft(RequestKind.RESTRICTION, "Sara Prova", "via posta", clock.today())
    request = register_request(family.dpo, 1901, draft)
    link_person(family.dpo, request.pk, person_id)
    assert "non si modifica più" in desk.get(url("answer_request", request.pk)).content.decode()
    desk.post(url("answer_request", request.pk), {"outcome": "partly", "answer": "Va bene."})
    file = reverse("desk:person", args=[person_id])
    said = f"Trattamento limitato dal {clock.today():%d/%m/%Y}"
    page = worker.get(file).content.decode()
    assert said in page
    assert reverse("desk:change_person", args=[person_id]) not in page
    assert "Togli la limitazione" not in page
    lift = reverse("desk:lift_restriction", args=[person_id])
    assert worker.post(lift, {"reason": "Serve."}).status_code == 404
    coordinator = desk_of(family.crew.coordinator)
    assert lift in coordinator.get(file).content.decode()
    assert coordinator.get(lift).status_code == 200
    assert coordinator.post(lift, {"reason": " "}).status_code == 422
    assert coordinator.post(lift, {"reason": "I dati sono corretti."}).status_code == 302
    assert said not in worker.get(file).content.decode()
    restrict_person(family.dpo, person_id)
    assert "trattamento limitato dal" in desk.get(url("request", request.pk)).content.decode()
    assert desk.get(url("lift_restriction", request.pk)).status_code == 200
    desk.post(url("lift_restriction", request.pk), {"reason": "Lo chiede la persona."})
    assert family.person.restricted_on is None


def test_a_list_goes_from_the_dpo_to_the_coordinator() -> None:
    crew = a_crew()
    an_old_referral(crew)
    an_old_referral(crew, months=15)
    dpo = a_dpo(crew.district_id)
    (found,) = draw_up_lists(dpo, [crew.district_id])
    desk, other = desk_of(dpo), desk_of(crew.coordinator)
    item = RetentionItem.objects.first()
    assert "Autorizza" not in desk.get(url("list", found.pk)).content.decode()
    taken = desk.post(url("take_out", found.pk, item.pk), {"reason": "Una causa in corso."})
    assert taken.status_code == 302
    desk.post(url("propose_list", found.pk))
    assert "Autorizza la cancellazione" in other.get(url("list", found.pk)).content.decode()
    assert other.post(url("propose_list", found.pk)).status_code == 404
    other.post(url("approve_list", found.pk))
    assert RetentionList.objects.get().stage is ListStage.APPROVED
    assert "Una causa in corso." in other.get(url("list", found.pk)).content.decode()


def test_an_unusual_reading_is_opened_in_the_log_and_noted() -> None:
    crew = a_crew()
    dpo = a_dpo(crew.district_id)
    found = Anomaly.objects.create(
        district_id=crew.district_id, account_id=crew.worker.account_id, account_name="Anna",
        day=clock.today(), rule="night", mark="x", facts={"night": 4, "first": "23:10"},
        found_at=clock.now(),
    )  # fmt: skip
    desk = desk_of(dpo)
    page = desk.get(url("anomaly", found.pk)).content.decode()
    log = (
        f"{reverse('desk:log')}?conto={crew.worker.account_id}&amp;giorno={clock.today():%Y-%m-%d}"
    )
    assert log in page
    assert desk.get(log.replace("&amp;", "&")).status_code == 200
    assert desk.post(url("anomaly", found.pk), {"note": ""}).status_code == 422
    desk.post(url("anomaly", found.pk), {"note": "Era di turno."})
    assert "Era di turno." in desk.get(url("anomalies") + "?viste=1").content.decode()


def test_anyone_reads_what_is_kept(client: Client) -> None:
    page = client.get(url("public_kept")).content.decode()
    assert "Il diario sociale" in page
    assert "scrivi" not in page


def test_what_is_left_of_an_erased_family_still_opens() -> None:
    family = a_family_that_is_over()
    for root in (CASE, PERSON):
        an_approved_list(family.dpo, family.crew, root)
        erase_all()
    desk = desk_of(family.crew.coordinator)
    pact, case = family.pact.pk, family.case.pk
    for there in (
        reverse("pacts:pact", args=[pact]),
        reverse("pacts:pacts"),
        reverse("cases:case", args=[case]),
        reverse("cases:cases"),
        reverse("desk:people"),
        reverse("desk:household", args=[family.case.household_id]),
    ):
        answer = desk.get(there)
        assert answer.status_code == 200, there
        assert MARK not in answer.content.decode(), there
    assert desk.get(reverse("desk:person", args=[family.case.contact_id])).status_code == 404


@pytest.mark.parametrize("key", ["rossi sara", 7, None])
def test_the_word_of_another_list_leads_to_the_first_page(key: str | int | None) -> None:
    crew = a_crew()
    desk = desk_of(a_dpo(1901))
    for keys in ([key], [key, "2026-01-01"]):
        for name in ("requests", "lists", "erasures", "anomalies"):
            answer = desk.get(url(name), {"dopo": write_cursor(keys)})
            assert answer.status_code == 200, (name, keys)
    answer = desk_of(crew.worker).get(reverse("pacts:pacts"), {"dopo": write_cursor([key])})
    assert answer.status_code == 200
