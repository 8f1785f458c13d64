"""What is asked: the rows of the table, each by somebody who may, on their own data."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, Final
from urllib.parse import quote

from django.conf import settings
from django.db import connection
from django.db.models import Count, QuerySet
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from farelegami.access.models import Account, RoleGrant
from farelegami.access.services import create_account, grant_role
from farelegami.api.rules import Scope
from farelegami.api.services.tokens import create_token
from farelegami.cases.models import Case
from farelegami.kernel import clock
from farelegami.kernel.actor import Role, system_actor
from farelegami.kernel.ids import new_id
from farelegami.ledger.models import Account as Purse
from farelegami.pacts.models import Pact, PactMember
from farelegami.people.models import Person
from farelegami.programmes.models import GoalTemplate, SupportCategory
from farelegami.territory.models import District, Municipality
from tests.bench.load import Ask

_BACKEND: Final = "farelegami.access.backends.AccountBackend"
_SYSTEM: Final = system_actor("Misure")
_MARKS: Final = ("SAVEPOINT", "RELEASE", "ROLLBACK TO", "BEGIN", "COMMIT")
_FAMILIES: Final = 60
_MANY_DISTRICTS: Final = 15
_DIFFERENT: Final = 200


@dataclass(frozen=True, slots=True)
class Operation:
    """A row of the table. `ratio` is never passed; writes bring as many asks as they are told."""

    name: str
    kind: str
    queries: int
    ratio: float
    asks: Callable[[int], Sequence[Ask]]
    writes: bool = False
    # SQLite looks for near words without an index of them: it may be slower, and asks once more.
    fuzzy: bool = False


class Somebody:
    """An account that asks by page and by token."""

    def __init__(self, account: Account) -> None:
        self.account = account
        browser = Client()
        browser.force_login(account, _BACKEND)
        cookie = browser.cookies[settings.SESSION_COOKIE_NAME].value
        # As a browser that was here before: it has the cookie of forms, too.
        forms = f"{settings.CSRF_COOKIE_NAME}={'a' * 32}"
        self._page = (("Cookie", f"{settings.SESSION_COOKIE_NAME}={cookie}; {forms}"),)
        scopes = tuple(str(scope) for scope in Scope)
        _token, secret = create_token(
            _SYSTEM, account.username, name="misure", scopes=scopes, days=1
        )
        self._token = (("Authorization", f"Bearer {secret}"),)

    def page(self, path: str) -> Ask:
        return Ask(path, self._page)

    def read(self, path: str) -> Ask:
        return Ask(f"/api/v1{path}", self._token)

    def send(self, path: str, sent: Any, **more: str) -> Ask:
        headers = (*self._token, ("Content-Type", "application/json"))
        key = (("Idempotency-Key", str(new_id())),)
        extra = tuple((name.replace("_", "-"), value) for name, value in more.items())
        body = json.dumps(sent) if sent is not None else ""
        return Ask(f"/api/v1{path}", headers + key + extra, "POST", body)

    def get(self, path: str) -> Any:
        return answer(self.read(path))


def answer(ask: Ask) -> Any:
    """Return the answer to a request, asked in this process."""
    return Client().generic(
        ask.method, ask.path, ask.body, "application/json", headers=dict(ask.headers)
    )


def queries_of(ask: Ask) -> list[str]:
    """Return the statements of a request, the marks of its transaction left out."""
    with CaptureQueriesContext(connection) as seen:
        told = answer(ask)
    if told.status_code not in {200, 201}:
        message = f"{ask.method} {ask.path}: {told.status_code} {told.content[:500]!r}"
        raise RuntimeError(message)
    return [each["sql"] for each in seen if not each["sql"].startswith(_MARKS)]


@dataclass(frozen=True, slots=True)
class Cast:
    """Who asks: a worker with about sixty families, their coordinator, one of many districts; and
    another worker and coordinator, who write.
    """

    worker: Somebody
    coordinator: Somebody
    of_many: Somebody
    writer: Somebody
    approver: Somebody
    district_id: int
    writes_in: int
    random: Random


def cast() -> Cast:
    """Choose who asks. Who reads and who writes are two: what is written makes no page longer."""
    loads = (
        Case.objects.filter(closed_on=None)
        .values("manager_id")
        .annotate(families=Count("id"))
        .order_by("manager_id")
    )
    far = {each["manager_id"]: abs(each["families"] - _FAMILIES) for each in loads}
    fitting = [pk for pk, distance in far.items() if distance == min(far.values())]
    reader, writer = (
        Account.objects.get(pk=pk) for pk in (fitting[len(fitting) // 2], fitting[-1])
    )
    many = create_account(_SYSTEM, username=f"molti-{new_id().hex[-8:]}", name="Di molti ambiti")
    for place in District.objects.order_by("-id")[:_MANY_DISTRICTS]:
        grant_role(_SYSTEM, many.pk, Role.COORDINATOR, district_id=place.pk)
    return Cast(
        worker=Somebody(reader),
        coordinator=Somebody(_coordinator_of(_district_of(reader))),
        of_many=Somebody(many),
        writer=Somebody(writer),
        approver=Somebody(_coordinator_of(_district_of(writer))),
        district_id=_district_of(reader),
        writes_in=_district_of(writer),
        random=Random(7),
    )


def _district_of(worker: Account) -> int:
    grant = RoleGrant.objects.filter(account=worker, role=Role.SOCIAL_WORKER).first()
    assert grant is not None
    assert grant.district_id is not None
    return grant.district_id


def _coordinator_of(district_id: int) -> Account:
    grant = RoleGrant.objects.filter(role=Role.COORDINATOR, district_id=district_id).first()
    assert grant is not None
    return grant.account


def operations(who: Cast) -> list[Operation]:
    """Return what is measured."""
    homes = list(_pacts_of(who.worker).values_list("pk", flat=True))
    mine = list(_pacts_of(who.writer))
    deep = _cursor_at(who.coordinator, "/pacts?stage=closed&limit=100", 0.9)
    filters = f"stage=active&district={who.district_id}"
    return [
        Operation("1 pact, page", "read", 10, 12,
                  _each(homes, lambda pk: who.worker.page(reverse("pacts:pact", args=[pk])))),
        Operation("2 pact, API", "read", 9, 10,
                  _each(homes, lambda pk: who.worker.read(f"/pacts/{pk}"))),
        Operation("3 caseload, page", "read", 6, 14,
                  _same(who.worker.page(reverse("pacts:pacts") + "?fase=active&miei=1"))),
        Operation("3 caseload of a district, page", "read", 6, 14,
                  _same(who.coordinator.page(reverse("pacts:pacts") + "?fase=active&testo=casa"))),
        Operation("4 caseload, API", "read", 6, 10,
                  _same(who.coordinator.read(f"/pacts?limit=25&{filters}"))),
        Operation("5 caseload at 90 %, API", "read", 6, 11,
                  _same(who.coordinator.read(f"/pacts?limit=25&stage=closed&cursor={deep}"))),
        Operation("6 caseload of 15 districts, API", "read", 7, 13,
                  _same(who.of_many.read("/pacts?limit=25&stage=active&text=casa"))),
        Operation("7 person misspelt, page", "read", 5, 12,
                  _each(_misspelt(who), lambda name: who.coordinator.page(
                      reverse("desk:people") + f"?testo={name}")), fuzzy=True),
        Operation("7 person misspelt, API", "read", 5, 12,
                  _each(_misspelt(who), lambda name: who.coordinator.read(f"/people?text={name}")),
                  fuzzy=True),
        Operation("8 search box", "read", 7, 20,
                  _each(_misspelt(who), lambda name: who.coordinator.page(
                      reverse("desk:search") + f"?q={name}")), fuzzy=True),
        Operation("9 write a referral", "write", 14, 15, _referrals(who), writes=True),
        Operation("9 open a pact", "write", 14, 15, _new_pacts(who, mine), writes=True),
        Operation("10 ask for a spend", "write", 11, 13, _spends(who, mine), writes=True),
        Operation("10 approve a spend", "write", 11, 13, _approvals(who, mine), writes=True),
        Operation("10 report hours", "write", 11, 13, _hours(who, mine), writes=True),
        Operation("15 Scrivania", "read", 14, 20, _same(who.worker.page(reverse("desk:home")))),
    ]  # fmt: skip


def _pacts_of(worker: Somebody) -> QuerySet[Pact]:
    return Pact.objects.filter(case__manager=worker.account, case__closed_on=None)


def _same(ask: Ask) -> Callable[[int], Sequence[Ask]]:
    return lambda _how_many: [ask]


def _each(values: Sequence[Any], make: Callable[[Any], Ask]) -> Callable[[int], Sequence[Ask]]:
    return lambda _how_many: [make(value) for value in values[:_DIFFERENT]]


def _cursor_at(who: Somebody, path: str, part: float) -> str:
    """Return the cursor of a list nine tenths down."""
    cursors, cursor = [""], ""
    while True:
        cursor = who.get(f"{path}&cursor={cursor}").json()["next"]
        if not cursor:
            return cursors[int(part * (len(cursors) - 1))]
        cursors.append(cursor)


def _misspelt(who: Cast) -> list[str]:
    """Return surnames of the district with one letter gone, or one doubled."""
    people = Person.objects.filter(district_id=who.district_id).order_by("id")[:2_000]
    names = sorted({person.family_name for person in people if len(person.family_name) > 5})
    chosen = who.random.sample(names, min(_DIFFERENT, len(names)))
    return [
        quote(name[:3] + name[4:] if number % 2 else name[:3] + name[2:])
        for number, name in enumerate(chosen)
    ]


def _referrals(who: Cast) -> Callable[[int], Sequence[Ask]]:
    town = Municipality.objects.filter(district_id=who.writes_in).first()
    assert town is not None
    sent = {
        "given_name": "Prova", "family_name": "Misurata", "phone": "000 1234567",
        "municipality_id": town.pk, "source": "self", "channel": "phone", "reason": "Una misura.",
    }  # fmt: skip
    return lambda how_many: [who.writer.send("/referrals", sent) for _ in range(how_many)]


def _new_pacts(who: Cast, mine: Sequence[Pact]) -> Callable[[int], Sequence[Ask]]:
    asks = []
    for pact in mine:
        holder = PactMember.objects.filter(pact=pact, is_holder=True).first()
        template = GoalTemplate.objects.filter(pact_type_id=pact.pact_type_id).first()
        if holder and template and pact.stage == "active":
            asks.append((f"/cases/{pact.case_id}/pacts", {
                "pact_type_id": str(pact.pact_type_id), "body_id": str(pact.body_id),
                "title": "Un patto misurato", "starts_on": clock.today().isoformat(),
                "holder_ids": [str(holder.person_id)], "template_codes": [template.code],
            }))  # fmt: skip
    return lambda how_many: [who.writer.send(*asks[n % len(asks)]) for n in range(how_many)]


def _with_money(mine: Sequence[Pact]) -> list[Pact]:
    rich = set(
        Purse.objects.filter(
            owner_id__in=[pact.pk for pact in mine], kind="available", balance__gte=20_000
        ).values_list("owner_id", flat=True)
    )
    return [pact for pact in mine if pact.pk in rich and pact.stage == "active"]


def _spends(who: Cast, mine: Sequence[Pact]) -> Callable[[int], Sequence[Ask]]:
    rich = _with_money(mine)
    codes = dict(SupportCategory.objects.filter(limit_cents=None).values_list("programme", "code"))
    sent = {"title": "Un libro", "amount_cents": 5, "supplier": "Misure"}
    asks = [
        (f"/pacts/{pact.pk}/spends", sent | {"category": codes[pact.programme_id]}) for pact in rich
    ]
    return lambda how_many: [who.writer.send(*asks[n % len(asks)]) for n in range(how_many)]


def _approvals(who: Cast, mine: Sequence[Pact]) -> Callable[[int], Sequence[Ask]]:
    def asks(how_many: int) -> Sequence[Ask]:
        found = []
        for asked in _spends(who, mine)(how_many):
            spend = answer(asked).json()
            tag = who.approver.get(f"/spends/{spend['id']}")["ETag"]
            path = f"/spends/{spend['id']}/approval"
            found.append(who.approver.send(path, None, If_Match=tag))
        return found

    return asks


def _hours(who: Cast, mine: Sequence[Pact]) -> Callable[[int], Sequence[Ask]]:
    keys = []
    for pact in mine:
        if pact.stage == "active":
            rows = who.writer.get(f"/pacts/{pact.pk}/commitments").json()["rows"]
            keys += [(pact.pk, row["key"]) for row in rows]
    sent = {"done_on": clock.today().isoformat(), "minutes": 1}
    return lambda how_many: [
        who.writer.send(f"/pacts/{keys[n % len(keys)][0]}/hours",
                        sent | {"commitment_key": keys[n % len(keys)][1]})
        for n in range(how_many)
    ]  # fmt: skip
