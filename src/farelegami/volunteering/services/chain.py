"""Adding an entry to a register that is locked."""

from datetime import date
from typing import Any
from uuid import UUID

from farelegami.audit.rules import Verb
from farelegami.audit.services import record
from farelegami.kernel import clock
from farelegami.kernel.actor import Actor
from farelegami.storage.inserts import change, insert
from farelegami.volunteering.models import Register, RegisterEntry
from farelegami.volunteering.queries.registers import REGISTER
from farelegami.volunteering.rules.registers import (
    EntryKind,
    Facts,
    digest_of_facts,
    new_salt,
    written,
)


def append(
    actor: Actor,
    register: Register,
    kind: EntryKind,
    *,
    person_id: UUID,
    day: date,
    facts: Facts,
    occasional: bool,
    corrects_id: UUID | None = None,
) -> RegisterEntry:
    """Write the next entry of a register locked by the caller, and the log with it."""
    sealed = written(facts, new_salt())
    entry = RegisterEntry(
        district_id=register.district_id,
        register=register,
        number=register.last_number + 1,
        kind=kind.value,
        person_id=person_id,
        day=day,
        occasional=occasional,
        facts=sealed,
        facts_digest=digest_of_facts(sealed),
        corrects_id=corrects_id,
        recorded_at=clock.now(),
        recorded_by_id=actor.account_id,
        recorded_by_name=actor.name[:160],
        previous=register.last_hash,
    )
    entry.hash = entry.computed_hash()
    insert([entry])
    register.last_number, register.last_hash = entry.number, entry.hash
    change(register, "last_number", "last_hash")
    note(
        actor, Verb.CREATED, register, person_ids=(person_id,),
        facts={"entry": entry.number, "kind": kind.value, "day": day.isoformat()},
    )  # fmt: skip
    return entry


def note(
    actor: Actor, verb: Verb, register: Register, *, facts: dict[str, Any],
    person_ids: tuple[UUID, ...] = (),
) -> None:  # fmt: skip
    """Add what was done to a register to the log."""
    record(
        actor, verb, kind=REGISTER, object_id=register.pk, district_id=register.district_id,
        person_ids=person_ids, facts=facts,
    )  # fmt: skip
