"""Entering somebody because a body accepted them: the act is the body's, by its signed answer."""

from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from farelegami.kernel.actor import Actor
from farelegami.kernel.errors import NotFound
from farelegami.people.models import Person
from farelegami.people.queries.retention import people_by_id
from farelegami.territory.queries import place_name_of
from farelegami.volunteering.queries.covers import earliest_cover
from farelegami.volunteering.rules.covers import Basis, NoPolicyInForce, NoPucPosition
from farelegami.volunteering.rules.registers import (
    EntryOnHold,
    Facts,
    FactsMissing,
    missing_facts,
)
from farelegami.volunteering.services.registers import enter, register_of


@transaction.atomic
def enter_for_placement(
    actor: Actor,
    *,
    organisation_id: UUID,
    person_id: UUID,
    day: date,
    basis: Basis = Basis.VOLUNTARY,
    occasional: bool = False,
) -> date:
    """Return the first day under cover of somebody whom a body has accepted, from `day` on.

    They are written into the body's register, unless they are in it; for a PUC nothing is written,
    there has to be a position. The caller has asked who may: `actor` is named in the register, so
    it is who answered for the body.

    Raises:
        NotFound: there is no such person.
        NoRegister, NoPolicyInForce, NoPucPosition: the body cannot take anybody yet.
        FactsMissing, EmployeeOfTheBody, EnteredTooEarly, EntryOnHold: as they say.
    """
    if basis is Basis.PUC:
        first = earliest_cover(person_id, organisation_id, entered_on=day, basis=basis)
        if first is None:
            raise NoPucPosition
        return first
    register = register_of(organisation_id)
    # Whoever erases or merges them now is waited for.
    person = _person(people_by_id([person_id]).select_for_update(of=("self",)))
    if earliest_cover(person.pk, organisation_id, entered_on=day) is None:
        raise NoPolicyInForce
    if person.restricted_on is not None:
        raise EntryOnHold
    facts = _facts_of(person)
    if missing := missing_facts(facts):
        raise FactsMissing(missing_label=", ".join(_(each) for each in missing))
    enter(
        actor, register, person_id=person.pk, facts=facts.tidy(), entered_on=day,
        occasional=occasional,
    )  # fmt: skip
    first = earliest_cover(person.pk, organisation_id, entered_on=day)
    if first is None:
        raise NoPolicyInForce
    return first


def facts_lacking(person_id: UUID) -> tuple[str, ...]:
    """Return what a person's file lacks to be written into a register, in words to translate.

    Raises:
        NotFound: there is no such person.
    """
    return missing_facts(_facts_of(_person(people_by_id([person_id]))))


def _person(rows: QuerySet[Person]) -> Person:
    person = rows.select_related("municipality").first()
    if person is None or person.erased_at is not None:
        raise NotFound
    if person.merged_into_id is not None:
        return _person(people_by_id([person.merged_into_id]))
    return person


def _facts_of(person: Person) -> Facts:
    born = person.birth_date
    town = person.municipality.name if person.municipality else ""
    return Facts(
        given_name=person.given_name,
        family_name=person.family_name,
        tax_code=person.tax_code or "",
        birth_place=place_name_of(person.birth_place_code, born) if person.birth_place_code else "",
        birth_date=born,
        residence=", ".join(part for part in (person.address, town) if part),
    )
