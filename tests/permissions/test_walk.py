"""Every address as every role, in the own and in another district."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from farelegami.access.doors import Sight, all_doors
from farelegami.access.models import RoleGrant
from farelegami.access.tests.builders import an_account
from farelegami.cases.models import Case
from farelegami.kernel.actor import Role
from farelegami.kernel.ids import new_id
from farelegami.pacts.models import Pact
from farelegami.volunteering.models import PaidLink, Volunteer
from tests.world import World

pytestmark = pytest.mark.django_db
CREMASCO, PAVIA = 1902, 1802
USER_OF = {
    Role.SOCIAL_WORKER: "assistente",
    Role.COORDINATOR: "coordinatore",
    Role.CLERK: "amministrativo",
    Role.COMMUNITY_MAKER: "maker",
    Role.HOST: "ente",
    Role.PANEL: "commissione",
    Role.PROGRAMME_MANAGER: "programma",
    Role.EVALUATOR: "valutatore",
    Role.DPO: "dpo",
    Role.SYSTEM_ADMIN: "sistema",
}
# Words in an address that are not objects of anybody.
WORDS: dict[str, str | int] = {
    "step": "obiettivi", "which": "first", "moment": "T0", "instrument": "mappa_delle_risorse",
    "number": 1, "months": 3, "token": "no-such-token", "uidb36": "1", "code": "AAAAAA",
    "template_code": "mestiere", "purpose": "photo", "kind": "testo", "pk": 0, "session": 0,
    "year": 2026, "quarter": 3,
}  # fmt: skip
# Their own pages answer these themselves; the sign-in library's need no object of ours.
NOT_OURS = {
    "account_reset_password_from_key",
    "portal:leave",  # Who leaves walks no further; its own test sends it.
}
LIBRARY = ("account_", "mfa_")


def every_address() -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield each name with the names of what its address needs."""

    def walk(resolver: URLResolver, prefix: str, held: tuple[str, ...]):
        for entry in resolver.url_patterns:
            names = (*held, *entry.pattern.converters)
            names += tuple(getattr(entry.pattern.regex, "groupindex", ()))
            if isinstance(entry, URLResolver):
                space = f"{prefix}{entry.namespace}:" if entry.namespace else prefix
                yield from walk(entry, space, names)
            elif isinstance(entry, URLPattern) and entry.name:
                yield f"{prefix}{entry.name}", tuple(dict.fromkeys(names))

    yield from walk(get_resolver(), "", ())


ADDRESSES = sorted(set(every_address()))


def test_every_address_has_a_row_in_the_table() -> None:
    ours = {name for name, _ in ADDRESSES if ":" in name or name in all_doors()}
    assert ours - set(all_doors()) == set(), "name it in its room's DOORS"


def test_every_row_of_the_table_has_an_address() -> None:
    # An operation of the API that shares its address with another is walked in test_api_walk.
    rows = {name for name in all_doors() if not name.startswith("api:")}
    assert rows - {name for name, _ in ADDRESSES} == set()


def test_an_address_of_the_library_without_a_row_is_closed(client: Client) -> None:
    closed = [name for name, needs in ADDRESSES if name not in all_doors() and not needs]
    assert closed
    for name in closed:
        assert client.get(reverse(name)).status_code == 404, name


class Things:
    """Objects of one district to put in an address; of the given worker's cases where it can be."""

    def __init__(self, district_id: int, username: str, world: World) -> None:
        self.district_id = district_id
        worker = world.users[username]
        pacts = Pact.objects.filter(district_id=district_id, case__manager=worker)
        self.pact = pacts.order_by("code").filter(stage="active").first() or pacts[0]
        self.case = Case.objects.get(pk=self.pact.case_id)

    def get(self, need: str, name: str) -> Any:
        if need in WORDS:
            return WORDS[need]
        finder: Callable[[], Any] | None = getattr(self, f"a_{need}", None)
        if finder is not None:
            return finder()
        if need.endswith("_id"):
            return self._row(need[:-3], name)
        raise AssertionError(f"{name}: say in tests/permissions what <{need}> is")

    def a_pact_id(self):
        return self.pact.pk

    def a_case_id(self):
        return self.case.pk

    def a_person_id(self):
        return self.case.contact_id

    def a_household_id(self):
        return self.case.household_id

    def a_account_id(self):
        grants = RoleGrant.objects.filter(district_id=self.district_id, role=Role.SOCIAL_WORKER)
        return grants.first().account_id

    def a_key(self):
        return self.pact.versions.first().terms.goals[0].results[0].key

    def a_commitment_key(self):
        commitments = self.pact.versions.first().terms.commitments
        return commitments[0].key if commitments else "none"

    def a_goal_key(self):
        return self.pact.versions.first().terms.goals[0].key

    def a_district_id(self):
        return self.district_id

    def a_body_id(self):
        stays = Volunteer.objects.filter(district_id=self.district_id).select_related("register")
        return stays.order_by("pk")[0].register.organisation_id

    def a_link_id(self):
        return (
            PaidLink.objects.filter(district_id=self.district_id)
            .values_list("pk", flat=True)[:1]
            .get()
        )

    def _row(self, what: str, name: str) -> Any:
        """Any row of the district whose model's name ends like the need."""
        room = name.partition(":")[0]
        folded = what.replace("_", "")
        models = [
            model
            for model in apps.get_models()
            if model.__module__.startswith("farelegami.")
            and model.__name__.lower().endswith(folded)
        ]
        models.sort(key=lambda model: model._meta.app_label != room)
        for model in models:
            fields = {field.name for field in model._meta.fields}
            rows = model.objects.all()
            if "case" in fields and model.objects.filter(case_id=self.case.pk).exists():
                rows = rows.filter(case_id=self.case.pk)
            elif "pact" in fields:
                mine = rows.filter(pact_id=self.pact.pk)
                rows = mine if mine.exists() else rows.filter(pact__district_id=self.district_id)
            elif "district" in fields:
                rows = rows.filter(district_id=self.district_id)
            row = rows.first()
            if row is not None:
                return row.pk
        return new_id()


def visit(client: Client, method: str, url: str) -> int:
    return getattr(client, method)(url).status_code


@pytest.mark.parametrize("role", list(Role))
def test_a_role_opens_its_doors_and_no_other(role: Role, world: World) -> None:
    client = Client()
    client.force_login(world.users[USER_OF[role]], "farelegami.access.backends.AccountBackend")
    own = Things(CREMASCO, "assistente", world)
    other = Things(PAVIA, "assistente.pavia", world)
    for name, needs in ADDRESSES:
        door = all_doors().get(name)
        if door is None or door.by_token or name in NOT_OURS or name.startswith(LIBRARY):
            continue
        here = reverse(name, kwargs={need: own.get(need, name) for need in needs})
        there = reverse(name, kwargs={need: other.get(need, name) for need in needs})
        may = door.public or not door.roles or role in door.roles
        for method in ("get", "post"):
            status = visit(client, method, here)
            assert status < 500, f"{method} {name} as {role}: {status}"
            if not may:
                assert status == 404, f"{method} {name} is not for {role}: {status}"
            objects = any(need.endswith("_id") for need in needs)
            if may and method == "get" and role is Role.COORDINATOR and objects:
                assert status in {200, 302, 403, 404, 405, 409}, f"{name}: {status}"
            # The system administrator lets people in everywhere; that is the one role without place.
            everywhere = role is Role.SYSTEM_ADMIN and name.startswith("access:")
            if objects and not door.public and door.sight is not Sight.ALL and not everywhere:
                status = visit(client, method, there)
                assert status in {404, 405}, f"{method} {name} of another district: {status}"


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_visitor_meets_sign_in_or_what_is_public(method: str, world: World) -> None:
    client = Client()
    own = Things(CREMASCO, "assistente", world)
    for name, needs in ADDRESSES:
        door = all_doors().get(name)
        if door is None or door.by_token or name in NOT_OURS:
            continue
        url = reverse(name, kwargs={need: own.get(need, name) for need in needs})
        answer = getattr(client, method)(url)
        if door.public:
            assert answer.status_code < 500, name
        else:
            assert answer.status_code == 302, name
            entrance = reverse(door.entrance) if door.entrance else "/accounts/login/"
            assert entrance in answer["Location"], name


def test_a_worker_opens_everything_of_their_own_family(world: World) -> None:
    client = Client()
    client.force_login(world.users["assistente"], "farelegami.access.backends.AccountBackend")
    own = Things(CREMASCO, "assistente", world)
    for name in ("pacts:pact", "cases:case", "desk:person", "cases:diary", "pacts:print"):
        needs = dict(ADDRESSES)[name]
        url = reverse(name, kwargs={need: own.get(need, name) for need in needs})
        assert client.get(url).status_code == 200, name


def test_a_colleague_of_the_same_district_does_not_open_another_s_family(world: World) -> None:
    client = Client()
    client.force_login(world.users["assistente"], "farelegami.access.backends.AccountBackend")
    foreign = (
        Case.objects.filter(district_id=CREMASCO).exclude(manager=world.users["assistente"]).first()
    )
    pact = Pact.objects.filter(case=foreign).first()
    assert client.get(reverse("cases:case", args=[foreign.pk])).status_code == 404
    assert client.get(reverse("pacts:pact", args=[pact.pk])).status_code == 404


def test_an_account_without_any_role_sees_nothing_of_anybody(world: World) -> None:
    client = Client()
    client.force_login(an_account(), "farelegami.access.backends.AccountBackend")
    own = Things(CREMASCO, "assistente", world)
    for name, needs in ADDRESSES:
        door = all_doors().get(name)
        if door is None or door.public or door.by_token or name.startswith(LIBRARY):
            continue
        url = reverse(name, kwargs={need: own.get(need, name) for need in needs})
        status = client.get(url).status_code
        if any(need.endswith("_id") for need in needs) or door.roles:
            assert status == 404, name
        else:
            assert status < 500, name
