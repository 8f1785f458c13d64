"""Reading a pact and writing to it by token, as the pages do."""

from datetime import timedelta

import pytest
from django.core.cache import cache

from farelegami.access.tests.builders import an_actor
from farelegami.api.services.idempotency import forget_old_keys
from farelegami.api.tests.builders import a_program
from farelegami.audit.models import Entry
from farelegami.kernel import clock
from farelegami.kernel.actor import Role
from farelegami.kernel.ids import new_id
from farelegami.pacts.models import Pact, SpendRequest
from farelegami.pacts.rules.money import Spend
from farelegami.pacts.rules.stages import Stage
from farelegami.pacts.tests.builders import a_draft_pact, a_pact, a_spend

pytestmark = pytest.mark.django_db
BOOKS = {
    "category": "formazione", "title": "Libri", "amount_cents": 1250, "supplier": "Libreria",
}  # fmt: skip


@pytest.fixture
def told():
    cache.clear()
    pact, crew = a_pact()
    return pact, crew


def test_a_pact_is_read_whole_and_the_reading_is_in_the_log(told) -> None:
    pact, crew = told
    program = a_program(crew.worker)
    before = Entry.objects.filter(verb="read").count()
    answer = program.get(f"/pacts/{pact.pk}")
    assert answer.status_code == 200, answer.content
    whole = answer.json()
    assert whole["stage"] == "active"
    assert whole["money"]["authorised_cents"] == pact.authorised_cents
    assert whole["goals"][0]["results"][0]["status"] == "to_start"
    assert answer["ETag"].startswith('"')
    assert answer["Cache-Control"] == "private, no-store"
    read = Entry.objects.filter(verb="read").order_by("id")
    assert read.count() == before + len(whole["members"])
    assert read.last().actor_name == "Anna Pioppi (API, prova)"
    assert read.last().account_id == crew.worker.account_id


def test_the_parts_of_a_pact_are_those_of_the_version_in_force(told) -> None:
    pact, crew = told
    program = a_program(crew.worker)
    for part in ("goals", "commitments", "balances", "hours", "spends"):
        answer = program.get(f"/pacts/{pact.pk}/{part}")
        assert answer.status_code == 200, (part, answer.content)
    goals = program.get(f"/pacts/{pact.pk}/goals").json()
    assert goals["version_number"] == 1
    balances = program.get(f"/pacts/{pact.pk}/balances").json()
    assert balances["available_cents"] == pact.authorised_cents
    draft = a_draft_pact(crew)
    assert program.get(f"/pacts/{draft.pk}/goals").status_code == 404


def test_a_stranger_finds_nothing(told) -> None:
    pact, _crew = told
    stranger = a_program(an_actor(Role.SOCIAL_WORKER, district_id=pact.district_id))
    assert stranger.get(f"/pacts/{pact.pk}").status_code == 404
    assert stranger.get("/pacts").json() == {"rows": [], "next": ""}
    assert stranger.post(f"/pacts/{pact.pk}/spends", BOOKS).status_code == 404


def test_a_list_goes_on_after_its_cursor(told) -> None:
    _pact, crew = told
    for _n in range(3):
        a_draft_pact(crew)
    program = a_program(crew.worker)
    first = program.get("/pacts", limit=2).json()
    rest = program.get("/pacts", limit=2, cursor=first["next"]).json()
    assert rest["next"] == ""
    ids = [row["id"] for row in first["rows"] + rest["rows"]]
    assert ids == [str(pk) for pk in Pact.objects.order_by("-id").values_list("id", flat=True)]
    assert len(program.get("/pacts", stage="active").json()["rows"]) == 1
    assert program.get("/pacts", district=1).json()["rows"] == []
    for odd in ({"cursor": "made up"}, {"limit": 101}, {"limit": 0}, {"stage": "odd"}):
        assert program.get("/pacts", **odd).status_code == 422, odd


def test_a_spend_is_asked_by_one_and_approved_by_another(told) -> None:
    pact, crew = told
    worker, coordinator = a_program(crew.worker), a_program(crew.coordinator)
    asked = worker.post(f"/pacts/{pact.pk}/spends", BOOKS)
    assert asked.status_code == 201, asked.content
    spend_id = asked.json()["id"]
    assert asked["Location"] == f"/api/v1/spends/{spend_id}"
    path = f"/spends/{spend_id}/approval"
    assert coordinator.post(path).status_code == 428
    assert coordinator.post(path, If_Match='"other"').status_code == 412
    assert worker.post(path, If_Match=asked["ETag"]).status_code == 404
    done = coordinator.post(path, If_Match=coordinator.get(f"/spends/{spend_id}")["ETag"])
    assert done.status_code == 200, done.content
    assert done.json()["left_cents"] == pact.authorised_cents - 1250
    assert coordinator.post(path, If_Match="*").status_code == 409
    assert coordinator.post(path, If_Match=asked["ETag"]).status_code == 412
    assert coordinator.get(f"/spends/{spend_id}").json()["stage"] == "committed"


def test_a_spend_is_rejected_with_a_reason(told) -> None:
    pact, crew = told
    spend = a_spend(crew, pact)
    coordinator = a_program(crew.coordinator)
    path = f"/spends/{spend.pk}/rejection"
    assert coordinator.post(path, {"reason": " "}, If_Match="*").status_code == 422
    assert coordinator.post(path, {"reason": "Serve altro."}, If_Match="*").status_code == 200
    assert coordinator.get(f"/spends/{spend.pk}").json()["decision_reason"] == "Serve altro."


def test_who_only_pays_reads_no_story(told) -> None:
    pact, crew = told
    spend = a_spend(crew, pact, Spend.COMMITTED)
    clerk = a_program(crew.clerk)
    told = clerk.get(f"/spends/{spend.pk}").json()
    assert told["title"] is None
    assert told["reason"] is None
    assert [row["title"] for row in clerk.get("/spends").json()["rows"]] == [None]
    assert clerk.get(f"/pacts/{pact.pk}").status_code == 404


def test_a_refused_act_is_told_with_its_code_its_facts_and_a_sentence(told) -> None:
    pact, crew = told
    program = a_program(crew.worker)
    much = BOOKS | {"amount_cents": 90_000_000}
    for language, word in (("it", "budget"), ("en", "budget")):
        answer = program.post(f"/pacts/{pact.pk}/spends", much, Accept_Language=language)
        problem = answer.json()
        assert answer.status_code == 409
        assert problem["code"].startswith("pacts.")
        assert problem["facts"]
        assert word in problem["detail"].lower() or problem["detail"]


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        ("{", "application/json", 400),
        ('{"title": "\\ud83d"}', "application/json", 400),
        (b"\xff\xfe", "application/json", 400),
        ("{}", "text/plain", 415),
        ("{}", "application/json", 422),
        ('{"title": "a\\u0000b"}', "application/json", 422),
        (" " * 1_100_000, "application/json", 413),
        ("{}", "application/json; charset=latin-1", 400),
    ],
)
def test_a_body_that_is_not_one_is_told_so(told, body, kind, status) -> None:
    pact, crew = told
    program = a_program(crew.worker)
    answer = program.client.post(
        f"/api/v1/pacts/{pact.pk}/spends", body, content_type=kind, headers=program.headers()
    )
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"


def test_the_same_key_does_an_act_once(told) -> None:
    pact, crew = told
    program, path = a_program(crew.worker), f"/pacts/{pact.pk}/spends"
    key = {"Idempotency_Key": str(new_id())}
    first, again = program.post(path, BOOKS, **key), program.post(path, BOOKS, **key)
    assert (first.status_code, first.content) == (again.status_code, again.content)
    assert first["ETag"] == again["ETag"]
    assert SpendRequest.objects.count() == 1
    other = program.post(path, BOOKS | {"amount_cents": 1}, **key)
    assert (other.status_code, other.json()["code"]) == (422, "api.key_used_otherwise")
    # The key of another program is another key.
    assert a_program(crew.worker).post(path, BOOKS, **key).status_code == 201
    assert SpendRequest.objects.count() == 2
    with clock.at(clock.today() + timedelta(days=2)):
        assert forget_old_keys() == 2
        assert program.post(path, BOOKS, **key).status_code == 201


def test_a_refused_act_leaves_its_key_free(told) -> None:
    pact, crew = told
    program, path = a_program(crew.worker), f"/pacts/{pact.pk}/spends"
    key = {"Idempotency_Key": "mine"}
    assert program.post(path, BOOKS | {"category": "odd"}, **key).status_code == 409
    assert program.post(path, BOOKS, **key).status_code == 201


def test_a_pact_is_opened_for_a_case(told) -> None:
    _pact, crew = told
    draft = a_draft_pact(crew)
    program = a_program(crew.worker)
    holder = draft.members.get(is_holder=True)
    sent = {
        "pact_type_id": str(draft.pact_type_id), "body_id": str(draft.body_id), "title": "Nuovo",
        "starts_on": clock.today().isoformat(), "holder_ids": [str(holder.person_id)],
    }  # fmt: skip
    answer = program.post(f"/cases/{draft.case_id}/pacts", sent)
    assert answer.status_code == 201, answer.content
    assert Pact.objects.get(pk=answer.json()["id"]).stage_now is Stage.DRAFT
    stranger = a_program(crew.coordinator)
    assert stranger.post(f"/cases/{draft.case_id}/pacts", sent).status_code == 403
