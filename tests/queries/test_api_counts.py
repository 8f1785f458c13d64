"""What an operation of the API costs in queries, token and rights included (scale.md §1)."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from farelegami.api.tests.builders import Program, a_program
from farelegami.cases.models import Referral
from farelegami.giveback.queries.sight import visible_sessions
from farelegami.kernel import clock
from farelegami.pacts.models import Pact, PactMember, SpendRequest
from farelegami.programmes.models import GoalTemplate
from farelegami.territory.models import Municipality
from tests.permissions.test_api_walk import ApiThings, address, operations
from tests.permissions.test_walk import CREMASCO
from tests.queries.test_constancy import grow
from tests.queries.test_counts import SAVEPOINTS, the_showcase
from tests.world import World

pytestmark = pytest.mark.django_db
KEY = {"Idempotency_Key": "counted"}


def queries_of(program: Program, act) -> list[str]:
    """Return the statements of an act; the first use of a token in a day is not counted."""
    program.get("/me")
    with CaptureQueriesContext(connection) as seen:
        answer = act()
    assert answer.status_code in {200, 201}, answer.content
    return [each["sql"] for each in seen if not each["sql"].startswith(SAVEPOINTS)]


@pytest.fixture
def worker(world: World) -> Program:
    return a_program(world.users["assistente"])


@pytest.fixture
def coordinator(world: World) -> Program:
    return a_program(world.users["coordinatore"])


def test_a_pact_costs_nine_queries_at_most(worker: Program) -> None:
    """Row 2."""
    path = f"/pacts/{the_showcase().pk}"
    asked = queries_of(worker, lambda: worker.get(path))
    assert len(asked) <= 9, "\n".join(asked)


def test_a_caseload_costs_six_queries_at_most_also_deep_down(coordinator: Program) -> None:
    """Rows 4 and 5."""
    first = coordinator.get("/pacts", limit=5).json()
    deep = coordinator.get("/pacts", limit=5, cursor=first["next"]).json()["next"]
    for cursor in ("", first["next"], deep):
        asked = queries_of(
            coordinator,
            lambda cursor=cursor: coordinator.get(
                "/pacts", limit=5, district=CREMASCO, text="a", cursor=cursor
            ),
        )
        assert len(asked) <= 6, "\n".join(asked)


def test_asking_for_a_spend_costs_nine_queries_at_most(worker: Program) -> None:
    """Row 10; the key that names the act included."""
    sent = {"category": "formazione", "title": "Libri", "amount_cents": 1250, "supplier": "Prova"}
    path = f"/pacts/{the_showcase().pk}/spends"
    asked = queries_of(worker, lambda: worker.post(path, sent, **KEY))
    assert len(asked) <= 9, "\n".join(asked)


def test_approving_a_spend_costs_ten_queries_at_most(coordinator: Program) -> None:
    """Row 10."""
    spend = SpendRequest.objects.get(title="Occhiali per leggere le ricette")
    tag = coordinator.get(f"/spends/{spend.pk}")["ETag"]
    path = f"/spends/{spend.pk}/approval"
    asked = queries_of(coordinator, lambda: coordinator.post(path, If_Match=tag, **KEY))
    assert len(asked) <= 10, "\n".join(asked)


def test_reporting_hours_costs_ten_queries_at_most(worker: Program) -> None:
    """Row 10."""
    pact = the_showcase()
    commitment = worker.get(f"/pacts/{pact.pk}/commitments").json()["rows"][0]["key"]
    sent = {"commitment_key": commitment, "done_on": clock.today().isoformat(), "minutes": 30}
    asked = queries_of(worker, lambda: worker.post(f"/pacts/{pact.pk}/hours", sent, **KEY))
    assert len(asked) <= 10, "\n".join(asked)


def test_opening_a_pact_costs_fourteen_queries_at_most(worker: Program) -> None:
    """Row 9."""
    pact = the_showcase()
    holder = PactMember.objects.filter(pact=pact, is_holder=True).first()
    template = GoalTemplate.objects.filter(pact_type_id=pact.pact_type_id).first()
    sent = {
        "pact_type_id": str(pact.pact_type_id), "body_id": str(pact.body_id),
        "title": "Un altro patto", "starts_on": clock.today().isoformat(),
        "holder_ids": [str(holder.person_id)], "template_codes": [template.code],
    }  # fmt: skip
    asked = queries_of(worker, lambda: worker.post(f"/cases/{pact.case_id}/pacts", sent))
    assert Pact.objects.filter(title="Un altro patto").exists()
    assert len(asked) <= 14, "\n".join(asked)


def test_writing_a_referral_costs_seven_queries_at_most(worker: Program) -> None:
    """Row 9."""
    town = Municipality.objects.filter(district=the_showcase().district).first()
    sent = {
        "given_name": "Prova", "family_name": "Contata", "phone": "333 1234567",
        "municipality_id": town.pk, "source": "self", "channel": "phone", "reason": "Un colloquio.",
    }  # fmt: skip
    asked = queries_of(worker, lambda: worker.post("/referrals", sent, **KEY))
    assert Referral.objects.filter(family_name="Contata").exists()
    assert len(asked) <= 7, "\n".join(asked)


def test_lists_of_the_give_back_cost_six_queries_at_most(coordinator: Program) -> None:
    for path in ("/offers", "/opportunities", "/matches"):
        asked = queries_of(
            coordinator, lambda path=path: coordinator.get(path, limit=50, district=CREMASCO)
        )
        assert len(asked) <= 6, "\n".join(asked)


def test_a_word_on_a_turn_costs_twelve_queries_at_most(world: World, worker: Program) -> None:
    things = ApiThings(CREMASCO, "assistente", world)
    turns = visible_sessions(things.worker).filter(stage="planned", person_word="", host_word="")
    turn = turns.filter(day__gt=clock.today()).order_by("day")[0]
    path = f"/sessions/{turn.pk}/word"
    asked = queries_of(worker, lambda: worker.post(path, {"word": "excused"}, **KEY))
    assert len(asked) <= 12, "\n".join(asked)


def costs(program: Program, things: ApiThings) -> dict[str, int]:
    found = {}
    for name, method, path in operations():
        url = address(path, things)
        if method == "get" and program.get(url).status_code == 200:
            found[name] = len(queries_of(program, lambda url=url: program.get(url)))
    return found


def test_every_reading_costs_the_same_for_one_row_for_25_and_for_100(
    world: World, worker: Program
) -> None:
    things = ApiThings(CREMASCO, "assistente", world)
    one = costs(worker, things)
    grown = grow(things, 24)
    assert {"pacts.SpendRequest", "pacts.Meeting", "people.Person"} <= grown
    few = costs(worker, things)
    grow(things, 75)
    many = costs(worker, things)
    assert len(one) > 25
    assert {"giveback.Offer", "giveback.Session"} <= grown
    assert one == few == many
