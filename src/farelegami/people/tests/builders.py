"""Synthetic people for tests, made through the services."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from farelegami.kernel.actor import Actor, Grant, Role
from farelegami.people.models import Household, Person
from farelegami.people.rules.households import HouseholdRole
from farelegami.people.services.households import form_household
from farelegami.people.services.persons import PersonDraft, register_person
from farelegami.territory.tests.builders import CREMASCO, CREMONESE, a_district

A_DAY = date(2026, 3, 2)


def an_actor(*roles: Role, district_id: int | None = CREMASCO, name: str = "Anna Pioppi") -> Actor:
    """Return somebody with these roles in a district."""
    return Actor(uuid4(), name, grants=tuple(Grant(role, district_id) for role in roles))


ANNA = an_actor(Role.SOCIAL_WORKER)
CARLA = an_actor(Role.COORDINATOR, name="Carla Ontani")
A_STRANGER = an_actor(Role.SOCIAL_WORKER, district_id=CREMONESE, name="Ugo Salici")


def a_draft(**changes: Any) -> PersonDraft:
    """Return a registration, complete enough, with `changes`."""
    return replace(PersonDraft("Samira", "Belprato", birth_date=date(1992, 3, 8)), **changes)


def a_person(actor: Actor = ANNA, **changes: Any) -> Person:
    """Return a registered person of the actor's first district."""
    district_id = next(grant.district_id for grant in actor.grants if grant.district_id)
    a_district(district_id, "Cremasco" if district_id == CREMASCO else "Cremonese")
    return register_person(actor, district_id, a_draft(**changes)).person


def a_household(actor: Actor, members: Sequence[tuple[Person, HouseholdRole]]) -> Household:
    """Return a household of these people since A_DAY."""
    ids: list[tuple[UUID, HouseholdRole]] = [(person.pk, role) for person, role in members]
    return form_household(actor, members[0][0].district_id, members=ids, day=A_DAY)
