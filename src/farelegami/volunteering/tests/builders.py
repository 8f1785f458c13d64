"""Registers, policies and volunteers for tests, made through the services."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from farelegami.kernel import clock
from farelegami.kernel.actor import Actor, Grant, Role
from farelegami.network.models import Organisation
from farelegami.network.tests.builders import an_organisation
from farelegami.people.models import Person
from farelegami.people.tests.builders import ANNA, a_person
from farelegami.territory.tests.builders import CREMASCO, a_district, a_municipality
from farelegami.volunteering.models import Policy, Register, Volunteer
from farelegami.volunteering.rules.covers import Risk
from farelegami.volunteering.rules.registers import Facts
from farelegami.volunteering.services import add_policy, enter_volunteer, open_register

OPENED = date(2026, 1, 1)
MONDAY = date(2026, 3, 2)
CODES = ("BLPSMR92C48Z330Y", "RSSMRA85T10A562S", "VRDLGI70A01D142U")


@dataclass(frozen=True)
class Body:
    """An organisation with its referent and its register."""

    organisation: Organisation
    host: Actor
    register: Register

    @property
    def id(self) -> UUID:
        return self.organisation.pk


def a_host(organisation_id: UUID, name: str = "Ines Lavagna") -> Actor:
    return Actor(uuid4(), name, grants=(Grant(Role.HOST, organisation_id=organisation_id),))


def a_body(name: str = "Circolo Il Mulino", **changes: Any) -> Body:
    """Return an organisation that opened its register on the first day of 2026."""
    organisation = an_organisation(name=name, **changes)
    host = a_host(organisation.pk)
    with clock.at(OPENED):
        register = open_register(host, organisation.pk, district_id=CREMASCO)
    return Body(organisation, host, register)


def some_facts(**changes: Any) -> Facts:
    """Return whole facts of a volunteer, without tax code, with `changes`."""
    facts = Facts(
        "Lidia", "Fontana", birth_place="Crema", birth_date=date(1960, 5, 4),
        residence="via dei Pioppi 4, Crema",
    )  # fmt: skip
    return replace(facts, **changes)


def a_policy(body: Body, *, at: date = OPENED, **changes: Any) -> Policy:
    """Return a policy of 2026 with all three risks, with `changes`."""
    said: dict[str, Any] = {
        "insurer": "Mutua di prova", "number": "P-1", "risks": tuple(Risk),
        "starts_on": date(2026, 1, 1), "ends_on": date(2026, 12, 31),
    }  # fmt: skip
    with clock.at(at):
        return add_policy(body.host, body.id, **(said | changes))


def a_volunteer(body: Body, *, on: date = MONDAY, **changes: Any) -> Volunteer:
    """Return somebody whom the body entered on a day, that day."""
    with clock.at(on):
        facts = changes.pop("facts", None) or some_facts()
        return enter_volunteer(body.host, body.id, facts=facts, entered_on=on, **changes)


def someone(**changes: Any) -> Person:
    """Return a person of the registry whose file has all that a register asks."""
    a_district()
    a_municipality()
    said = {"municipality_id": "019035", "address": "via Piave 2", "tax_code": CODES[0]}
    return a_person(ANNA, **(said | changes))
