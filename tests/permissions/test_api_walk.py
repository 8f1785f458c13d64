"""Every operation of the API with a token of each role, in the own and in another district."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from farelegami.access.doors import all_doors
from farelegami.access.queries import grants_now
from farelegami.access.tests.builders import an_account
from farelegami.api.permissions import OPERATION_OF, OPERATIONS
from farelegami.api.tests.builders import Program, a_program
from farelegami.api.views.schema import described
from farelegami.documents.services import store
from farelegami.documents.tests.builders import an_upload
from farelegami.giveback.queries.sight import (
    visible_matches,
    visible_offers,
    visible_opportunities,
    visible_sessions,
)
from farelegami.kernel import clock
from farelegami.kernel.actor import Role, system_actor
from farelegami.kernel.ids import new_id
from farelegami.matching.queries.plans import visible_items
from farelegami.pacts.models import Meeting, SpendRequest
from tests.permissions.test_walk import CREMASCO, PAVIA, USER_OF, Things
from tests.world import World

pytestmark = pytest.mark.django_db
TODAY = clock.today().isoformat()
A_SLOT = {"weekday": 1, "starts_minute": 900, "ends_minute": 1020}
AN_OFFER = {"weekly_minutes": 120, "starts_on": TODAY, "ends_on": TODAY, "slots": [A_SLOT]}
A_PLACE = {
    "title": "x", "area": "social", "slots": [A_SLOT], "municipality_id": "019035",
    "starts_on": TODAY,
}  # fmt: skip
# Something an entitled hand could send: what is invisible must be so for good data, too.
SENT: dict[str, dict[str, Any]] = {
    "write_referral": {
        "given_name": "Prova", "phone": "333 1234567", "municipality_id": "019035",
        "source": "self", "channel": "phone", "reason": "Un colloquio.",
    },
    "send_referral": {
        "given_name": "Prova", "phone": "333 1234567", "municipality_id": "019035",
        "reason": "Un colloquio.", "referrer_contact": "333 1234567", "person_informed": True,
    },
    "open_pact": {
        "pact_type_id": str(new_id()), "body_id": str(new_id()), "title": "Prova",
        "starts_on": TODAY, "holder_ids": [str(new_id())],
    },
    "add_goal": {"title": "Una casa"},
    "add_support": {"category": "x", "title": "x", "provider": "x", "amount_cents": 1},
    "add_commitment": {
        "person_id": str(new_id()), "title": "x", "host": "x", "minutes": 60, "ends_on": TODAY,
    },
    "report_hours": {"commitment_key": "a", "done_on": TODAY, "minutes": 60},
    "plan_meeting": {"planned_at": f"{TODAY}T10:00:00+01:00"},
    "hold_meeting": {"held_on": TODAY},
    "ask_spend": {"category": "x", "title": "x", "amount_cents": 1, "supplier": "x"},
    "approve_spend": {},
    "reject_spend": {"reason": "x"},
    "offer_time": {**AN_OFFER, "person_id": str(new_id())},
    "offer_for_commitment": {**AN_OFFER, "commitment_key": "a"},
    "change_time_offer": AN_OFFER,
    "post_opportunity": {**A_PLACE, "organisation_id": str(new_id())},
    "change_opportunity": A_PLACE,
    "propose_match": {"offer_id": str(new_id()), "slot_id": str(new_id())},
    "decline_match": {},
    "complete_match": {},
    "interrupt_match": {"by": "person", "reason": "x"},
    "say_session": {"word": "excused"},
    "settle_session": {"word": "held", "minutes": 60, "settlement": "x"},
    "cancel_session": {"reason": "x"},
    "decline_hosted": {},
    "say_hosted_turn": {"word": "excused"},
    "cancel_hosted_turn": {"reason": "x"},
    "exclude_proposal": {"reason": "x"},
    "set_weights": {"travel": 9},
}  # fmt: skip


# What only who receives people opens.
OF_HOSTS = {"list_hosted", "list_hosted_turns"}


class ApiThings(Things):
    """Objects of one district to put in an address of the API."""

    def __init__(self, district_id: int, username: str, world: World) -> None:
        super().__init__(district_id, username, world)
        user = world.users[username]
        self.worker = user.as_actor(grants_now(user.pk))

    def _here(self, rows: Any) -> Any:
        row = rows.filter(district_id=self.district_id).order_by("pk").first()
        return row.pk if row else new_id()

    def a_offer_id(self) -> Any:
        return self._here(visible_offers(self.worker))

    def a_opportunity_id(self) -> Any:
        return self._here(visible_opportunities(self.worker))

    def a_match_id(self) -> Any:
        return self._here(visible_matches(self.worker).filter(sessions__isnull=False))

    def a_session_id(self) -> Any:
        return self._here(visible_sessions(self.worker))

    def a_item_id(self) -> Any:
        return self._here(visible_items(self.worker))

    def a_spend_id(self) -> Any:
        spends = SpendRequest.objects.filter(district_id=self.district_id).order_by("id")
        return (spends.filter(pact__case__manager=self.case.manager).first() or spends[0]).pk

    def a_meeting_id(self) -> Any:
        meeting, _new = Meeting.objects.get_or_create(
            pact=self.pact,
            district_id=self.district_id,
            held_on=None,
            missed_on=None,
            defaults={"planned_at": clock.now()},
        )
        return meeting.pk

    def a_referral_id(self) -> Any:
        return self._row("referral", "api:")

    def a_document_id(self) -> Any:
        document = store(
            system_actor("prova"), upload=an_upload(), kind="prova",
            district_id=self.district_id, title="Prova", owner_kind="pacts.pact",
            owner_id=self.pact.pk,
        )  # fmt: skip
        return document.pk


def operations() -> Iterator[tuple[str, str, str]]:
    """Yield the name, method and path of each operation."""
    for path, methods in described("it")["paths"].items():
        for method, operation in methods.items():
            yield operation["operationId"], method, path.removeprefix("/api/v1")


def address(path: str, things: Things) -> str:
    return re.sub(r"\{(\w+)\}", lambda found: str(things.get(found[1], "api:")), path)


def asked(program: Program, name: str, method: str, path: str) -> Any:
    """Ask and undo what it did."""
    with transaction.atomic():
        answer = (
            program.get(path)
            if method == "get"
            else program.post(path, SENT.get(name), If_Match="*")
        )
        transaction.set_rollback(True)
    return answer


def test_every_operation_has_a_row_and_every_row_an_operation() -> None:
    assert {name for name, _method, _path in operations()} == set(OPERATION_OF)
    assert {each.name for each in OPERATIONS} <= set(all_doors())


@pytest.mark.parametrize("role", list(Role))
def test_a_token_opens_the_doors_of_its_role_and_no_other(role: Role, world: World) -> None:
    program = a_program(world.users[USER_OF[role]])
    own = ApiThings(CREMASCO, "assistente", world)
    other = ApiThings(PAVIA, "assistente.pavia", world)
    for name, method, path in operations():
        roles = OPERATION_OF[name].roles
        may = not roles or role in roles
        here = asked(program, name, method, address(path, own))
        documented = set(described("it")["paths"][f"/api/v1{path}"][method]["responses"])
        assert str(here.status_code) in documented, (name, here.content)
        if not may:
            assert here.status_code == 404, f"{name} is not for {role}: {here.status_code}"
        if may and method == "get" and role is Role.COORDINATOR:
            assert here.status_code in {200, 404}, (name, here.content)
        if "{" in path:
            there = asked(program, name, method, address(path, other))
            assert there.status_code == 404, f"{name} of another district: {there.status_code}"


def test_a_worker_reads_everything_of_their_own_family(world: World) -> None:
    program = a_program(world.users["assistente"])
    own = ApiThings(CREMASCO, "assistente", world)
    for name, method, path in operations():
        if method == "get" and name not in {"read_draft", "list_sent_referrals", *OF_HOSTS}:
            assert asked(program, name, method, address(path, own)).status_code == 200, name


def test_a_token_without_scopes_for_it_opens_nothing(world: World) -> None:
    own = ApiThings(CREMASCO, "assistente", world)
    user = world.users["assistente"]
    for name, method, path in operations():
        scope = OPERATION_OF[name].scope
        if not scope:
            continue
        others = {each.scope for each in OPERATIONS} - {scope, ""}
        program = a_program(user, *sorted(others))
        answer = asked(program, name, method, address(path, own))
        assert (answer.status_code, answer.json()["facts"]) == (403, {"scope": scope}), name


def test_nobody_gets_in_by_a_session_or_without_a_token(world: World) -> None:
    client = Client()
    client.force_login(world.users["assistente"], "farelegami.access.backends.AccountBackend")
    own = ApiThings(CREMASCO, "assistente", world)
    for name, method, path in operations():
        answer = getattr(client, method)(f"/api/v1{address(path, own)}")
        assert answer.status_code == 401, name


def test_an_account_without_any_role_sees_nothing_of_anybody(world: World) -> None:
    program = a_program(an_account())
    own = ApiThings(CREMASCO, "assistente", world)
    for name, method, path in operations():
        if OPERATION_OF[name].roles:
            answer = asked(program, name, method, address(path, own))
            assert answer.status_code == 404, name
