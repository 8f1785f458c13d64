"""What a page costs in queries, session and rights included, against scale.md §1."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from farelegami.cases.models import Case, Referral
from farelegami.cases.rules.referrals import Urgency
from farelegami.kernel import clock
from farelegami.kernel.ids import new_id
from farelegami.pacts.models import Pact, PactMember, SpendRequest
from farelegami.programmes.models import GoalTemplate
from farelegami.territory.models import Municipality
from tests.world import World

pytestmark = pytest.mark.django_db
SAVEPOINTS = ("SAVEPOINT", "RELEASE", "ROLLBACK TO", "BEGIN", "COMMIT")


def cost(client: Client, url: str, data: dict[str, str] | None = None) -> tuple[int, list[str]]:
    """Return how many statements an address costs; the marks of a transaction are not queries."""
    client.get("/lavoro/")
    with CaptureQueriesContext(
        connection,
    ) as seen:
        answer = client.post(url, data) if data is not None else client.get(url)
    assert answer.status_code in {200, 302}, (answer.status_code, answer.content[:2000])
    queries = [q["sql"] for q in seen if not q["sql"].startswith(SAVEPOINTS)]
    return len(queries), queries


@pytest.fixture
def worker(world: World) -> Client:
    client = Client()
    client.force_login(world.users["assistente"], "farelegami.access.backends.AccountBackend")
    return client


@pytest.fixture
def coordinator(world: World) -> Client:
    client = Client()
    client.force_login(world.users["coordinatore"], "farelegami.access.backends.AccountBackend")
    return client


def the_showcase() -> Pact:
    return Pact.objects.get(title="Il patto di Samira e della sua famiglia")


def test_the_pact_page_costs_ten_queries_at_most(worker: Client) -> None:
    """Row 1: with person, goals, budget, hours, rights, read logged."""
    count, queries = cost(worker, reverse("pacts:pact", args=[the_showcase().pk]))
    assert count <= 10, "\n".join(queries)


def test_the_caseload_costs_six_queries_at_most(worker: Client) -> None:
    """Row 3: with two filters, rights and balances."""
    count, queries = cost(worker, reverse("pacts:pacts") + "?fase=active&miei=1")
    assert count <= 6, "\n".join(queries)


def test_a_search_for_a_person_costs_seven_queries_at_most(worker: Client) -> None:
    """Rows 7 and 8; SQLite may ask its index twice, which scale.md allows there alone."""
    count, queries = cost(worker, reverse("desk:search") + "?q=belprat")
    assert count <= 7 + (connection.vendor == "sqlite"), "\n".join(queries)


@pytest.mark.parametrize("asked", ["testo=belprat", "testo=belprat&comune=019036", "testo=mosca"])
def test_a_search_in_the_list_of_people_costs_five_queries_at_most(
    worker: Client, asked: str
) -> None:
    """Row 7; the names of towns and districts are remembered, SQLite may ask its index twice."""
    worker.get(reverse("desk:people"))
    count, queries = cost(worker, reverse("desk:people") + f"?{asked}")
    assert count <= 5 + (connection.vendor == "sqlite"), "\n".join(queries)


def test_the_scrivania_costs_fourteen_queries_at_most(worker: Client) -> None:
    """Row 15."""
    count, queries = cost(worker, reverse("desk:home"))
    assert count <= 14, "\n".join(queries)


def test_asking_for_a_spend_costs_eleven_queries_at_most(worker: Client) -> None:
    """Row 10."""
    pact = the_showcase()
    url = reverse("pacts:ask_spend", args=[pact.pk])
    data = {
        "category": "formazione", "title": "Libri", "amount_cents": "12,50", "route": "supplier",
        "supplier": "Libreria", "reason": "", "support_key": "",
    }  # fmt: skip
    count, queries = cost(worker, url, data)
    assert SpendRequest.objects.filter(title="Libri").exists()
    assert count <= 11, "\n".join(queries)


def test_approving_a_spend_costs_eleven_queries_at_most(coordinator: Client) -> None:
    """Row 10."""
    spend = SpendRequest.objects.get(title="Occhiali per leggere le ricette")
    count, queries = cost(
        coordinator,
        reverse("pacts:approve_spend", args=[spend.pk]),
        {"sure": "on", "confirm": "on"},
    )
    spend.refresh_from_db()
    assert spend.stage == "committed"
    assert count <= 11, "\n".join(queries)


def test_opening_a_pact_from_a_template_costs_fourteen_queries_at_most(worker: Client) -> None:
    """Row 9."""
    case = Case.objects.get(pk=the_showcase().case_id)
    holder = PactMember.objects.filter(pact=the_showcase(), is_holder=True).first()
    assert holder is not None
    pact_type = the_showcase().pact_type
    template = GoalTemplate.objects.filter(pact_type=pact_type).first()
    assert template is not None
    data = {
        "pact_type": str(pact_type.pk), "title": "Un altro patto", "body": str(the_showcase().body_id),
        "starts_on": clock.today().isoformat(), "holders": str(holder.person_id),
        "templates": template.code, "once": str(new_id()),
    }  # fmt: skip
    count, queries = cost(worker, reverse("pacts:new", args=[case.pk]), data)
    assert Pact.objects.filter(title="Un altro patto").exists()
    assert count <= 14, "\n".join(queries)


def test_writing_down_a_referral_costs_fourteen_queries_at_most(worker: Client) -> None:
    """Row 9."""
    town = Municipality.objects.filter(district=the_showcase().district).first()
    assert town is not None
    data = {
        "given_name": "Prova", "family_name": "Contata", "phone": "333 1234567", "email": "",
        "contact_hours": "", "municipality": town.pk, "source": "self", "channel": "phone",
        "urgency": Urgency.ORDINARY, "reason": "Serve un colloquio.", "once": str(new_id()),
    }  # fmt: skip
    count, queries = cost(worker, reverse("cases:new_referral"), data)
    assert Referral.objects.filter(family_name="Contata").exists()
    assert count <= 14, "\n".join(queries)
