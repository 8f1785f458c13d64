from datetime import date

import pytest
from django.urls import reverse

from farelegami.audit.models import Entry
from farelegami.desk.tests.builders import at_work
from farelegami.kernel.actor import Role
from farelegami.network.models import Contact, DataRole, Organisation
from farelegami.network.rules import LinkKind, OrganisationKind
from farelegami.network.services import (
    OrganisationDraft,
    link_organisations,
    register_organisation,
)
from farelegami.territory.tests.builders import CREMASCO, CREMONESE

pytestmark = pytest.mark.django_db


def a_body(actor, name: str = "Circolo Il Mulino", district_id: int | None = CREMASCO):
    return register_organisation(
        actor, district_id, OrganisationDraft(name, OrganisationKind.ASSOCIATION)
    )


def test_an_organisation_is_registered_corrected_and_closed() -> None:
    browser, _carla = at_work(Role.COORDINATOR)
    url = reverse("desk:register_organisation")
    data = {"district_id": str(CREMASCO), "name": "Orto di tutti", "kind": "informal_group"}
    refused = browser.post(url, data | {"tax_code": "00743110157"})
    assert refused.status_code == 422
    assert "Un gruppo informale non ha codice fiscale" in refused.content.decode()
    assert 'value="Orto di tutti"' in refused.content.decode()
    assert browser.post(url, data).status_code == 302
    body = Organisation.objects.get()
    change = reverse("desk:change_organisation", args=[body.pk])
    assert browser.post(change, data | {"name": "Orto di quartiere"}).status_code == 302
    close = reverse("desk:close_organisation", args=[body.pk])
    assert "non sarà più proposto" in browser.get(close).content.decode()
    early = browser.post(close, {"day": "2099-03-02"})
    assert early.status_code == 422
    assert "Questo giorno non è ancora arrivato" in early.content.decode()
    assert browser.post(close, {"day": "2026-03-02"}).status_code == 302
    assert browser.post(close, {"day": "2026-03-05"}).status_code == 302
    page = browser.get(reverse("desk:organisation", args=[body.pk])).content.decode()
    assert "Orto di quartiere" in page
    assert "chiuso dal 02/03/2026" in page


def test_contacts_roles_and_links_are_written_on_the_page() -> None:
    browser, carla = at_work(Role.COORDINATOR)
    body, other = a_body(carla), a_body(carla, "Scuola Il Mulino")
    page = reverse("desk:organisation", args=[body.pk])
    add = reverse("desk:add_contact", args=[body.pk])
    assert browser.post(add, {"name": "", "day": "2026-03-02"}).status_code == 422
    browser.post(add, {"name": "Rosa Referente", "day": "2026-03-02", "phone": "0373 1"})
    role = reverse("desk:write_role", args=[body.pk])
    written = {"capacity": "processor", "subject": "patti", "starts_on": "2026-03-02"}
    assert browser.post(role, written | {"document_reference": ""}).status_code == 422
    browser.post(role, written | {"document_reference": "Accordo 12/2026"})
    link = reverse("desk:link_organisations", args=[body.pk])
    browser.post(link, {"kind": "works_with", "other": str(other.pk), "day": "2026-03-02"})
    shown = browser.get(page).content.decode()
    for words in ("Rosa Referente", "Accordo 12/2026", "Scuola Il Mulino", "collabora con"):
        assert words in shown
    contact = Contact.objects.get()
    end = reverse("desk:end_contact", args=[body.pk, contact.pk])
    assert browser.post(end, {"day": "2026-03-01"}).status_code == 422
    assert browser.post(end, {"day": "2026-03-03"}).status_code == 302


def test_a_link_is_ended_from_either_side_and_stays_written() -> None:
    browser, carla = at_work(Role.COORDINATOR)
    body, other, third = a_body(carla), a_body(carla, "Scuola"), a_body(carla, "Oratorio")
    link = link_organisations(carla, body.pk, other.pk, LinkKind.WORKS_WITH, day=date(2026, 3, 2))
    page = reverse("desk:organisation", args=[other.pk])
    end = reverse("desk:end_link", args=[other.pk, link.pk])
    assert end in browser.get(page).content.decode()
    assert "Circolo Il Mulino collabora con Scuola" in browser.get(end).content.decode()
    before = browser.post(end, {"day": "2026-03-01"})
    assert before.status_code == 422
    assert "La fine viene prima dell’inizio." in before.content.decode()
    assert browser.post(end, {"day": "2026-03-04"}).status_code == 302
    assert browser.post(end, {"day": "2026-03-09"}).status_code == 302
    shown = browser.get(page).content.decode()
    assert end not in shown
    assert "Collegamenti finiti" in shown
    assert "dal 02/03/2026 al 04/03/2026" in shown
    ended = Entry.objects.filter(object_id=other.pk, facts__has_key="until")
    assert ended.count() == 1
    of_others = reverse("desk:end_link", args=[third.pk, link.pk])
    assert browser.get(of_others).status_code == 404
    assert browser.post(of_others, {"day": "2026-03-09"}).status_code == 404


def test_a_worker_reads_a_body_of_the_province_and_does_not_write_it() -> None:
    browser, _anna = at_work()
    _other, carla = at_work(Role.COORDINATOR, name="Carla Prova")
    body = a_body(carla, district_id=None)
    assert browser.get(reverse("desk:organisation", args=[body.pk])).status_code == 200
    assert browser.get(reverse("desk:change_organisation", args=[body.pk])).status_code == 403
    assert browser.get(reverse("desk:write_role", args=[body.pk])).status_code == 404
    assert not DataRole.objects.exists()


def test_a_host_sees_bodies_and_not_their_people() -> None:
    _browser, carla = at_work(Role.COORDINATOR)
    body = a_body(carla)
    host, _ines = at_work(Role.HOST, district_id=None, name="Ines Ospite", organisation_id=body.pk)
    shown = host.get(reverse("desk:organisation", args=[body.pk]))
    assert shown.status_code == 200
    assert "Referenti" not in shown.content.decode()
    assert host.get(reverse("desk:register_organisation")).status_code == 404


def test_to_a_stranger_a_body_of_another_district_does_not_exist() -> None:
    _browser, carla = at_work(Role.COORDINATOR)
    stranger, _ugo = at_work(Role.COORDINATOR, district_id=CREMONESE, name="Ugo Altrove")
    body = a_body(carla)
    for name in ("organisation", "change_organisation", "close_organisation", "add_contact",
                 "write_role", "link_organisations"):  # fmt: skip
        assert stranger.get(reverse(f"desk:{name}", args=[body.pk])).status_code == 404, name


def test_the_list_is_narrowed_by_kind_and_costs_the_same(django_assert_num_queries) -> None:
    browser, carla = at_work(Role.COORDINATOR)
    spent = None
    for many in (1, 25):
        for number in range(many):
            a_body(carla, f"Ente {many} {number}")
        browser.get(reverse("desk:organisations"))
        with django_assert_num_queries(spent or 3):
            browser.get(reverse("desk:organisations"))
    empty = browser.get(reverse("desk:organisations"), {"tipo": "school"}).content.decode()
    assert "Nessun ente risponde" in empty
