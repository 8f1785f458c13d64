"""Registers: who sees which, who is in them, whether they are as they were written."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from django.db.models import Q, QuerySet

from farelegami.kernel.actor import Actor, Role
from farelegami.kernel.errors import NotFound
from farelegami.people.queries.retention import people_by_id
from farelegami.volunteering.models import Register, RegisterEntry, Volunteer
from farelegami.volunteering.permissions import may_keep, reading_districts
from farelegami.volunteering.rules.registers import CHAIN_STARTS_WITH

REGISTER: Final = "volunteering.register"
_BATCH: Final = 1_000


@dataclass(frozen=True, slots=True)
class RegisterFault:
    """An entry that is not as it was written, and what is wrong with it."""

    number: int
    what: str


@dataclass(frozen=True, slots=True)
class RegisterReport:
    """What a check of a register found; `emptied` are entries whose words were erased by an act."""

    entries: int
    emptied: int
    head: str
    faults: Sequence[RegisterFault]

    @property
    def sound(self) -> bool:
        """Whether all is as it was written."""
        return not self.faults


def visible_registers(actor: Actor) -> QuerySet[Register]:
    """Those of the bodies one answers for and of the districts one works in."""
    mine = Q(organisation_id__in=actor.organisations(Role.HOST))
    return Register.objects.filter(mine | Q(district_id__in=reading_districts(actor)))


def register_for(actor: Actor, organisation_id: UUID, *, for_update: bool = False) -> Register:
    """Return the register of an organisation, locked if asked.

    Raises:
        NotFound: none the actor may see.
    """
    rows = visible_registers(actor).select_related("organisation")
    if for_update:
        rows = rows.select_for_update(of=("self",))
    register = rows.filter(organisation_id=organisation_id).first()
    if register is None:
        raise NotFound
    return register


def may_open_paper(actor: Actor, register_id: UUID) -> bool:
    """Return whether the papers of a register open to the actor: who keeps it. Two queries at most."""
    register = visible_registers(actor).filter(pk=register_id).first()
    return register is not None and may_keep(actor, register)


def bodies_with_register() -> frozenset[UUID]:
    """Return the organisations that have a register. One query."""
    return frozenset(Register.objects.values_list("organisation_id", flat=True))


def is_in_register(person_id: UUID, organisation_id: UUID) -> bool:
    """Return whether somebody is among the volunteers of an organisation. One query."""
    return Volunteer.objects.filter(
        register__organisation_id=organisation_id, person_id=person_id, left_on=None
    ).exists()


def entered_between(since: date, until: date) -> QuerySet[Volunteer]:
    """Return who entered a register between two days, for the rooms above to count."""
    return Volunteer.objects.filter(entered_on__range=(since, until))


def verify_register(register_id: UUID) -> RegisterReport:
    """Recompute the chain of a register, a thousand entries at a time, and return what is wrong."""
    register = Register.objects.get(pk=register_id)
    faults: list[RegisterFault] = []
    previous, number, emptied = CHAIN_STARTS_WITH, 0, 0
    for entry, is_erased in _entries(register_id):
        number += 1
        if entry.number != number:
            faults.append(RegisterFault(number, "manca"))
            number = entry.number
        if entry.previous != previous or entry.computed_hash() != entry.hash:
            faults.append(RegisterFault(number, "la catena non torna"))
        if not entry.facts and is_erased:
            emptied += 1
        elif not entry.facts_are_whole():
            faults.append(RegisterFault(number, "i dati della persona sono stati cambiati"))
        previous = entry.hash
    if (register.last_number, register.last_hash) != (number, previous):
        faults.append(RegisterFault(number + 1, "mancano le ultime"))
    return RegisterReport(number, emptied, previous, faults)


def verify_registers() -> Iterator[tuple[str, RegisterReport]]:
    """Yield the name of each body that has a register, and what a check of it found."""
    rows = Register.objects.order_by("id").values_list("id", "organisation__name")
    for register_id, name in list(rows):
        yield name, verify_register(register_id)


def _entries(register_id: UUID) -> Iterator[tuple[RegisterEntry, bool]]:
    """Yield the entries in order, each with whether its person was erased by an approved act."""
    after = 0
    while True:
        rows = RegisterEntry.objects.filter(register_id=register_id, number__gt=after)
        batch = list(rows.order_by("number")[:_BATCH])
        if not batch:
            return
        people = people_by_id({entry.person_id for entry in batch})
        erased = set(people.exclude(erased_at=None).values_list("pk", flat=True))
        for entry in batch:
            yield entry, entry.person_id in erased
        after = batch[-1].number
