"""Every page costs the same queries with one row of each thing, with 25 and with 100."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, models, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from farelegami.access.doors import all_doors
from farelegami.kernel.actor import Role
from farelegami.kernel.ids import new_id
from farelegami.storage.models import Row
from tests.permissions.test_walk import ADDRESSES, CREMASCO, NOT_OURS, USER_OF, Things
from tests.world import World

pytestmark = pytest.mark.django_db
SAVEPOINTS = ("SAVEPOINT", "RELEASE", "ROLLBACK TO", "BEGIN", "COMMIT")
# Rows of which the database itself allows one, or which other rows must come with.
ALONE = {"access.Account", "access.RoleGrant", "ledger.Account", "ledger.Transfer"}


def owners_of(model: type[models.Model], things: Things) -> dict[str, Any] | None:
    """What says that a row is of the family, or at least of the district, looked at."""
    fields = {field.name for field in model._meta.fields}
    mine = {
        "pact": things.pact.pk, "case": things.case.pk, "household": things.case.household_id,
        "person": things.case.contact_id,
    }  # fmt: skip
    for name, pk in mine.items():
        if name in fields and model.objects.filter(**{name: pk}).exists():
            return {name: pk}
    if "district" in fields:
        return {"district_id": things.district_id}
    return None


def copies(row: models.Model, times: int) -> Iterator[models.Model]:
    """Yield rows like `row` whose unique values are their own."""
    meta = row._meta
    single = {field.name for field in meta.fields if field.unique}
    for constraint in meta.constraints:
        if isinstance(constraint, models.UniqueConstraint):
            single |= set(constraint.fields)
    for number in range(1, times + 1):
        values = {}
        for field in meta.concrete_fields:
            if field.generated:
                continue
            value = getattr(row, field.attname)
            if field.primary_key:
                value = new_id()
            elif field.name in single and value is not None:
                value = another(field, value, number)
            values[field.attname] = value
        yield type(row)(**values)


def another(field: models.Field[Any, Any], value: Any, number: int) -> Any:
    if field.is_relation:
        return value
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        return value + number
    if isinstance(value, date):
        return value + timedelta(days=number)
    if isinstance(field, models.UUIDField):
        return new_id()
    kept = str(value)[: (field.max_length or 40) - 5]
    return f"{kept}~{number}"


def grow(things: Things, times: int) -> set[str]:
    """Give each row of the family `times` rows like it, and return the kinds that grew."""
    grown = set()
    for model in apps.get_models():
        if not issubclass(model, Row) or model._meta.label in ALONE:
            continue
        mine = owners_of(model, things)
        row = mine and model.objects.filter(**mine).order_by("pk").first()
        if not row:
            continue
        try:
            with transaction.atomic():
                model.objects.bulk_create(copies(row, times))
        except DatabaseError:
            continue
        grown.add(model._meta.label)
    return grown


def costs(world: World, things: Things) -> dict[str, list[str]]:
    """Return what each page costs to somebody who may open it."""
    found: dict[str, list[str]] = {}
    browsers: dict[Role, Client] = {}
    for name, needs in ADDRESSES:
        door = all_doors().get(name)
        if door is None or name in NOT_OURS or name.startswith("account_"):
            continue
        url = reverse(name, kwargs={need: things.get(need, name) for need in needs})
        for role in [role for role in Role if role in door.roles] or [Role.SOCIAL_WORKER]:
            if role not in browsers:
                browsers[role] = Client()
                browsers[role].force_login(
                    world.users[USER_OF[role]], "farelegami.access.backends.AccountBackend"
                )
            # The first visit may fill what a process remembers.
            if browsers[role].get(url).status_code != 200:
                continue
            with CaptureQueriesContext(connection) as seen:
                browsers[role].get(url)
            asked = [each["sql"] for each in seen if not each["sql"].startswith(SAVEPOINTS)]
            found[f"{name} as {role}"] = asked
            break
    return found


def test_every_page_costs_the_same_for_one_row_for_25_and_for_100(world: World) -> None:
    things = Things(CREMASCO, "assistente", world)
    one = costs(world, things)
    grown = grow(things, 24)
    assert {"pacts.SpendRequest", "pacts.Meeting", "cases.Finding", "people.Person"} <= grown
    few = costs(world, things)
    grow(things, 75)
    many = costs(world, things)
    assert set(one) == set(few) == set(many)
    assert len(one) > 60
    differing = [
        f"{page}: {len(one[page])}, {len(few[page])}, {len(many[page])}"
        for page in one
        if not len(one[page]) == len(few[page]) == len(many[page])
    ]
    assert differing == []
