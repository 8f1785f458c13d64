"""One request of a program sent several times at the same moment has one effect and one answer."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from farelegami.api.models import Idempotent
from farelegami.api.tests.builders import Program, a_program
from farelegami.kernel.actor import Role
from farelegami.pacts.models import SpendRequest
from farelegami.pacts.rules.money import Spend
from farelegami.pacts.tests.builders import a_pact, a_spend
from tests.races.test_races import another, at_once

pytestmark = pytest.mark.django_db(transaction=True)
BOOKS = {
    "category": "formazione", "title": "Libri", "amount_cents": 1250, "supplier": "Libreria",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _nobody_counted() -> None:
    cache.clear()


def answers(program: Program, times: int, path: str, *sent: Any, **headers: str) -> list[Any]:
    """Send the same request on connections of their own; bodies in turn where several."""

    def send(body: Any) -> Any:
        def act() -> Any:
            hand = Program(program.secret, Client())
            answer = hand.post(path, body, **headers)
            return answer.status_code, answer.content

        return act

    outcomes = at_once(*[send(sent[n % len(sent)]) for n in range(times)])
    assert not [one for one in outcomes if isinstance(one, BaseException)], outcomes
    return outcomes


def test_one_key_sent_by_four_hands_asks_for_one_spend_and_answers_the_same() -> None:
    pact, crew = a_pact()
    program = a_program(crew.worker)
    program.get("/me")
    told = answers(program, 4, f"/pacts/{pact.pk}/spends", BOOKS, Idempotency_Key="one")
    assert len(set(told)) == 1, told
    assert told[0][0] == 201
    assert SpendRequest.objects.count() == Idempotent.objects.count() == 1


def test_one_key_for_two_requests_does_one_of_them() -> None:
    pact, crew = a_pact()
    program = a_program(crew.worker)
    program.get("/me")
    other = BOOKS | {"title": "Quaderni"}
    told = answers(program, 4, f"/pacts/{pact.pk}/spends", BOOKS, other, Idempotency_Key="one")
    assert sorted(status for status, _body in told) == [201, 201, 422, 422]
    assert SpendRequest.objects.count() == 1


def test_two_decisions_on_the_same_state_have_one_winner() -> None:
    pact, crew = a_pact()
    spend = a_spend(crew, pact)
    one = a_program(crew.coordinator)
    two = a_program(another(Role.COORDINATOR, pact))
    tag = one.get(f"/spends/{spend.pk}")["ETag"]
    two.get("/me")

    def decide(program: Program, how: str, sent: Any) -> Any:
        hand = Program(program.secret, Client())
        return lambda: hand.post(f"/spends/{spend.pk}/{how}", sent, If_Match=tag).status_code

    outcomes = at_once(
        decide(one, "approval", None), decide(two, "rejection", {"reason": "Serve altro."})
    )
    assert sorted(outcomes) == [200, 412]
    spend.refresh_from_db()
    assert spend.stage in {Spend.COMMITTED, Spend.REJECTED}
