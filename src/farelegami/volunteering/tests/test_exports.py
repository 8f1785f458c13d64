"""What leaves the program: the register as paper and table, the days for INAIL."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from farelegami.audit.models import Entry
from farelegami.documents.models import IssuedPaper
from farelegami.documents.queries import standing_of
from farelegami.documents.services import open_document
from farelegami.kernel import clock
from farelegami.kernel.actor import system_actor
from farelegami.kernel.errors import NotAllowed, NotFound
from farelegami.kernel.ids import new_id
from farelegami.people.tests.builders import A_STRANGER, ANNA
from farelegami.territory.tests.builders import CREMASCO
from farelegami.volunteering.models import PucExport
from farelegami.volunteering.queries import due_exports, worked_in
from farelegami.volunteering.rules.covers import Basis
from farelegami.volunteering.rules.puc import Quarter
from farelegami.volunteering.services import (
    correct_entry,
    export_puc_days,
    leave_register,
    note_service,
    open_puc_position,
    register_paper,
    register_table,
    take_back_service,
)
from farelegami.volunteering.tests.builders import (
    CODES,
    MONDAY,
    a_body,
    a_volunteer,
    some_facts,
    someone,
)

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
SESSIONS = system_actor("prova")
FIRST = Quarter(2026, 1)


@pytest.fixture(autouse=True)
def _shelf(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def where(code: str) -> str:
    return f"http://esempio.it/{code}"


def table_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text), delimiter=";"))


def test_the_table_holds_every_line_with_its_hash_and_no_formula() -> None:
    body = a_body()
    volunteer = a_volunteer(body, facts=some_facts(residence="=HYPERLINK(1)"))
    with clock.at(MONDAY + DAY):
        correct_entry(body.host, body.id, volunteer.person_id, facts=some_facts())
        leave_register(body.host, body.id, volunteer.person_id, left_on=MONDAY + DAY)
    rows = table_of(register_table(body.host, body.id))
    assert [row["Tipo"] for row in rows] == ["iscrizione", "rettifica", "cancellazione"]
    assert rows[0]["Residenza o domicilio"] == "'=HYPERLINK(1)"
    assert rows[1]["Rettifica la riga"] == "1"
    assert [row["Riga prima"] for row in rows][1:] == [row["Impronta"] for row in rows][:-1]
    told = Entry.objects.filter(verb="exported", person_id=volunteer.person_id)
    assert told.count() == 1


def test_only_who_keeps_a_register_takes_it_out() -> None:
    body = a_body()
    a_volunteer(body)
    for take in (register_table, lambda actor, pk: register_paper(actor, pk, address=where)):
        with pytest.raises(NotAllowed):
            take(ANNA, body.id)
        with pytest.raises(NotFound):
            take(A_STRANGER, body.id)


def test_the_paper_is_made_once_for_its_last_line_and_says_up_to_where_it_goes() -> None:
    body = a_body()
    a_volunteer(body)
    paper = register_paper(body.host, body.id, address=where)
    assert register_paper(body.host, body.id, address=where).pk == paper.pk
    _document, content = open_document(body.host, paper.document_id)
    assert content.startswith(b"%PDF-1.7")
    with pytest.raises(NotFound):
        open_document(ANNA, paper.document_id)
    a_volunteer(body, facts=some_facts(given_name="Ada"))
    assert standing_of(paper) == "La carta arriva alla riga 1; oggi il registro è alla riga 2."
    assert register_paper(body.host, body.id, address=where).pk != paper.pk
    IssuedPaper.objects.filter(pk=paper.pk).update(text_hash="f" * 64)
    paper.refresh_from_db()
    assert "non fa fede" in standing_of(paper)


def a_worker(body, code: str, days: int, *, first: date = MONDAY + DAY):
    person = someone(tax_code=code)
    with clock.at(first - DAY):
        open_puc_position(
            ANNA, lead_id=body.id, host_id=body.id, person_id=person.pk, inail_number="PAT 1",
            project="Biblioteca", opened_on=first - DAY, starts_on=first,
            ends_on=first + 200 * DAY, weekly_minutes=600,
        )  # fmt: skip
    with clock.at(date(2026, 12, 31)):
        return [
            note_service(
                SESSIONS, person_id=person.pk, organisation_id=body.id, day=first + n * DAY,
                minutes=180, source_id=new_id(), basis=Basis.PUC,
            )
            for n in range(days)
        ]  # fmt: skip


def test_the_days_of_a_quarter_are_declared_with_their_premium_once_for_each_day() -> None:
    """R11: 1,04 euro a day and one per cent, by the 30th of the month after."""
    body = a_body()
    services = a_worker(body, CODES[0], 40)
    a_worker(body, CODES[1], 2)
    with clock.at(date(2026, 12, 31)):
        # A second service of the same day is not a second day.
        note_service(
            SESSIONS, person_id=services[0].person_id, organisation_id=body.id,
            day=services[0].day, minutes=60, source_id=new_id(), basis=Basis.PUC,
        )  # fmt: skip
    found = worked_in(ANNA, body.id, CREMASCO, FIRST)
    assert sorted(row.days for row in found.rows) == [2, 29]
    assert found.days == 31
    assert found.cents == 3256
    assert not found.is_known
    _found, table = export_puc_days(ANNA, body.id, district_id=CREMASCO, quarter=FIRST)
    assert {row["Codice fiscale"] for row in table_of(table)} == set(CODES[:2])
    with pytest.raises(NotFound):
        export_puc_days(body.host, body.id, district_id=CREMASCO, quarter=FIRST)
    with pytest.raises(NotFound):
        export_puc_days(ANNA, body.id, district_id=CREMASCO, quarter=Quarter(2025, 1))


def test_what_is_due_says_by_when_whether_it_was_done_and_whether_days_changed_since() -> None:
    body = a_body()
    services = a_worker(body, CODES[0], 40)
    second, first = due_exports(ANNA, today=date(2026, 4, 10))
    assert (first.quarter.due_on, first.days, first.people) == (date(2026, 4, 30), 29, 1)
    assert (first.is_over, first.is_late, first.exported) == (True, False, None)
    assert (second.is_over, second.days) == (False, 10)
    assert due_exports(ANNA, today=date(2026, 5, 1))[1].is_late
    export_puc_days(ANNA, body.id, district_id=CREMASCO, quarter=FIRST)
    export_puc_days(ANNA, body.id, district_id=CREMASCO, quarter=FIRST)
    assert PucExport.objects.count() == 1
    done = due_exports(ANNA, today=date(2026, 5, 1))[1]
    assert (done.is_late, done.changed) == (False, False)
    take_back_service(SESSIONS, services[0].source_id, reason="non c’era")
    assert due_exports(ANNA, today=date(2026, 5, 1))[1].changed
    assert due_exports(A_STRANGER, today=date(2026, 5, 1)) == []


def test_who_has_no_tax_code_is_counted_before_inail_does_not_know_them() -> None:
    body = a_body()
    a_worker(body, CODES[0], 2)
    a_worker(body, "", 2)
    (due,) = due_exports(ANNA, today=date(2026, 5, 1))
    assert (due.people, due.without_code) == (2, 1)


def test_as_many_other_days_are_a_change_and_so_are_none() -> None:
    body = a_body()
    services = a_worker(body, CODES[0], 20) + a_worker(body, CODES[1], 2)
    export_puc_days(ANNA, body.id, district_id=CREMASCO, quarter=FIRST)
    with override("en"):
        assert not due_exports(ANNA, today=date(2026, 5, 1))[0].changed
        export_puc_days(ANNA, body.id, district_id=CREMASCO, quarter=FIRST)
    assert PucExport.objects.count() == 1
    moved = services.pop(0)
    take_back_service(SESSIONS, moved.source_id, reason="era l’altra")
    with clock.at(date(2026, 12, 31)):
        services.append(
            note_service(
                SESSIONS, person_id=services[-1].person_id, organisation_id=body.id,
                day=services[-1].day + DAY, minutes=180, source_id=new_id(), basis=Basis.PUC,
            )
        )  # fmt: skip
    (due,) = due_exports(ANNA, today=date(2026, 5, 1))
    assert (due.days, due.changed) == (22, True)
    for service in services:
        take_back_service(SESSIONS, service.source_id, reason="errore")
    (due,) = due_exports(ANNA, today=date(2026, 5, 1))
    assert (due.days, due.people, due.changed) == (0, 0, True)


def test_what_is_due_costs_the_same_for_one_person_and_for_many() -> None:
    body = a_body()
    a_worker(body, CODES[0], 1)
    with CaptureQueriesContext(connection) as few:
        due_exports(ANNA, today=date(2026, 4, 10))
    for code in CODES[1:]:
        a_worker(body, code, 20)
    with CaptureQueriesContext(connection) as many:
        due_exports(ANNA, today=date(2026, 4, 10))
    assert len(few) == len(many)
