"""A list costs the same for one row, for 25 and for 100."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from farelegami.kernel import clock
from farelegami.kernel.actor import system_actor
from farelegami.kernel.ids import new_id
from farelegami.people.tests.builders import ANNA
from farelegami.storage.pages import PAGE_SIZE
from farelegami.volunteering.queries.pages import (
    Who,
    registers_page,
    volunteer_file,
    volunteers_page,
)
from farelegami.volunteering.queries.refunds import refunds_page
from farelegami.volunteering.rules.refunds import ExpenseKind, KindLimit, Manner
from farelegami.volunteering.services import ask_refund, note_service, resolve_refund_kinds
from farelegami.volunteering.tests.builders import (
    MONDAY,
    OPENED,
    a_body,
    a_policy,
    a_volunteer,
    some_facts,
)

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
SESSIONS = system_actor("prova")


def cost(read) -> int:
    with CaptureQueriesContext(connection) as seen:
        read()
    return len(seen)


@pytest.mark.parametrize("how_many", [1, 25, 100])
def test_a_register_is_two_queries(how_many: int) -> None:
    body = a_body()
    a_policy(body)
    for number in range(how_many):
        a_volunteer(body, facts=some_facts(given_name=f"Ada {number:03}"))
    with clock.at(MONDAY + DAY):
        for who in Who:
            assert cost(lambda who=who: volunteers_page(body.register, who=who)) <= 2
        page = volunteers_page(body.register)
        assert len(page.rows) == min(how_many, PAGE_SIZE)
        names = [row.name for row in page.rows]
        while page.next_cursor:
            page = volunteers_page(body.register, cursor=page.next_cursor)
            names += [row.name for row in page.rows]
    assert names == sorted(names)
    assert len(set(names)) == how_many


@pytest.mark.parametrize("how_many", [1, 25, 60])
def test_the_list_of_registers_is_four_queries(how_many: int) -> None:
    for number in range(how_many):
        body = a_body(f"Ente {number:03}")
    a_policy(body)
    a_volunteer(body)
    assert cost(lambda: registers_page(ANNA)) == 4
    assert len(registers_page(ANNA).rows) == min(how_many, PAGE_SIZE)


@pytest.mark.parametrize("how_many", [1, 25])
def test_a_volunteer_and_the_refunds_of_a_body_cost_the_same(how_many: int) -> None:
    body = a_body()
    a_policy(body)
    volunteer = a_volunteer(body)
    with clock.at(MONDAY + 60 * DAY):
        resolve_refund_kinds(
            body.host, body.id, resolution="delibera", resolved_on=OPENED,
            limits={ExpenseKind.TRAVEL: KindLimit(2_000, by_self=True)},
        )  # fmt: skip
        for number in range(1, how_many + 1):
            service = note_service(
                SESSIONS, person_id=volunteer.person_id, organisation_id=body.id,
                day=MONDAY + number * DAY, minutes=60, source_id=new_id(),
            )  # fmt: skip
            ask_refund(
                body.host, body.id, volunteer.person_id, kind=ExpenseKind.TRAVEL,
                manner=Manner.SELF, parts={service.pk: 100},
            )  # fmt: skip
    assert cost(lambda: refunds_page(body.host, body.id)) == 1
    assert cost(lambda: volunteer_file(body.register, volunteer.pk, keeps=True)) == 5
