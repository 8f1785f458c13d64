"""Whatever a program of any role sends, the API answers as its schema says, and never breaks."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, Phase, given, seed
from hypothesis import settings as patience
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from farelegami.api.tests.builders import a_program
from farelegami.api.views.schema import described
from farelegami.kernel.actor import Role
from farelegami.pacts.models import Pact
from tests.permissions.test_api_walk import ApiThings
from tests.permissions.test_walk import CREMASCO, USER_OF
from tests.world import World

pytestmark = pytest.mark.django_db
LOOKED_AT = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
# Who may do most is asked most; the others meet closed doors nearly everywhere.
NEEDS = (
    "person_id", "household_id", "referral_id", "case_id", "pact_id", "meeting_id", "spend_id",
    "document_id", "offer_id", "opportunity_id", "match_id", "session_id", "item_id",
    "district_id",
)  # fmt: skip
# By hand, API_EXAMPLES=10 asks ten times as much.
TIMES = int(os.environ.get("API_EXAMPLES", "1"))
EXAMPLES = {Role.SOCIAL_WORKER: 10, Role.COORDINATOR: 6, Role.CLERK: 3}


@pytest.fixture(scope="module")
def schema() -> Any:
    return schemathesis.openapi.from_dict(dict(described("it")))


@pytest.fixture(autouse=True)
def _one_connection() -> Iterator[None]:
    """Keep the connection of the test between requests, as Django's own test client does."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def operations(schema: Any) -> Iterator[Any]:
    for found in schema.get_all_operations():
        yield found.ok()


@pytest.mark.parametrize("role", list(Role))
def test_no_request_breaks_the_api_nor_surprises_its_reader(
    role: Role, world: World, schema: Any, settings: Any
) -> None:
    settings.API_REQUESTS_A_MINUTE = 1_000_000
    secret = a_program(world.users[USER_OF[role]]).secret
    things = ApiThings(CREMASCO, "assistente", world)
    own = {need: str(things.get(need, "api:")) for need in NEEDS}
    draft = Pact.objects.filter(case__manager=world.users["assistente"], stage="draft").first()
    app = get_wsgi_application()
    for operation in operations(schema):
        about = own | ({"pact_id": str(draft.pk)} if draft and "draft" in operation.path else {})
        for mode in GenerationMode:
            fuzz(app, operation, mode, role=role, secret=secret, own=about)


def fuzz(
    app: Any, operation: Any, mode: Any, *, role: Role, secret: str, own: dict[str, str]
) -> None:
    """Send what the schema allows, or what it does not, about objects that are there."""

    @seed(1)
    @patience(
        max_examples=TIMES * EXAMPLES.get(role, 1),
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case: Any) -> None:
        for need in case.path_parameters or {}:
            case.path_parameters[need] = own[need]
        if "If-Match" in (case.headers or {}):
            case.headers["If-Match"] = "*"
        with transaction.atomic():
            response = case.call(app=app, headers={"Authorization": f"Bearer {secret}"})
            transaction.set_rollback(True)
        case.validate_response(response, checks=LOOKED_AT)

    ask()
