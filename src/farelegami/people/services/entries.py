"""What every act on people leaves behind: a line in the log, an up-to-date entry in the search."""

from collections.abc import Iterable, Mapping
from typing import Any, Final
from uuid import UUID

from farelegami.audit.rules import Verb
from farelegami.audit.services import record
from farelegami.kernel.actor import Actor
from farelegami.people.models import Person
from farelegami.people.queries.persons import PERSON
from farelegami.search.services import Draft, put_many

# Made from other fields, or sealed: the log says that they changed, never what they hold.
_UNSAID: Final = frozenset({"sort_name", "sound_key", "phone_key", "tax_code", "tax_code_index"})


def facts_of(person: Person, names: Iterable[str]) -> dict[str, Any]:
    """Return the values of some fields as they stand, to be compared later."""
    return {name: getattr(person, name) for name in names}


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """Return the differences as [old, new] by field, in words that may be logged."""
    return {
        name: [_said(name, before[name]), _said(name, value)]
        for name, value in after.items()
        if before[name] != value and (name not in _UNSAID or name == "tax_code_index")
    }


def _said(name: str, value: Any) -> Any:
    if name in _UNSAID:
        return bool(value)
    return value if isinstance(value, str | int | bool | list) or value is None else str(value)


def note(
    actor: Actor,
    verb: Verb,
    person: Person,
    facts: Mapping[str, Any],
    *,
    kind: str = PERSON,
    object_id: UUID | None = None,
) -> None:
    """Write an act on one person into the log."""
    record(
        actor,
        verb,
        kind=kind,
        object_id=object_id or person.pk,
        district_id=person.district_id,
        person_ids=(person.pk,),
        facts=dict(facts),
    )


def make_findable(people: Iterable[Person]) -> None:
    """Keep what the search knows of these people; their `municipality` is read."""
    put_many([_draft(person) for person in people])


def _draft(person: Person) -> Draft:
    town = person.municipality.name if person.municipality else ""
    year = str(person.birth_date.year) if person.birth_date else ""
    return Draft(
        PERSON,
        person.pk,
        person.district_id,
        person.name,
        f"{person.name} {town}",
        ", ".join(part for part in (town, year) if part),
    )
