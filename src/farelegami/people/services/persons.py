"""Registering people and keeping their registration right."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError, transaction

from farelegami.audit.rules import Verb
from farelegami.kernel import clock
from farelegami.kernel.actor import Actor, Grant, Role
from farelegami.kernel.errors import NotAllowed, SentAlready
from farelegami.kernel.ids import new_id
from farelegami.people.models import Person, PersonLanguage
from farelegami.people.permissions import may_write_registry
from farelegami.people.queries.duplicates import Candidate, duplicate_candidates
from farelegami.people.queries.persons import person_to_change
from farelegami.people.rules.duplicates import sound_key
from farelegami.people.rules.persons import (
    FormOfAddress,
    Level,
    PlaceElsewhere,
    check_person,
    phone_key,
)
from farelegami.people.rules.tax_codes import (
    Born,
    Disagreement,
    TaxCodeKnown,
    checked,
    disagreements,
)
from farelegami.people.services.entries import changes, facts_of, make_findable, note
from farelegami.search.rules import sort_key
from farelegami.storage.fields import blind_index, blind_indexes
from farelegami.storage.once import written_once
from farelegami.territory.queries import quarter_in

_SORT_LENGTH: Final = 170


@dataclass(frozen=True, slots=True)
class PersonDraft:
    """A registration as a form gives it; `tax_code` stays out of representations."""

    given_name: str
    family_name: str
    birth_date: date | None = None
    birth_place_code: str = ""
    sex: str = ""
    form_of_address: FormOfAddress = FormOfAddress.NEUTRAL
    citizenship: str = ""
    preferred_language: str = "it"
    languages: Mapping[str, Level] = field(default_factory=dict)
    tax_code: str = field(default="", repr=False)
    municipality_id: str | None = None
    quarter_id: UUID | None = None
    address: str = ""
    phone: str = ""
    email: str = ""
    preferred_channel: str = ""
    contact_hours: str = ""
    contact_limits: str = ""


@dataclass(frozen=True, slots=True)
class Registered:
    """The person as written, and where a valid codice fiscale says something else (R26)."""

    person: Person
    warnings: Sequence[Disagreement]


_PLAIN: Final = tuple(
    part.name for part in fields(PersonDraft) if part.name not in {"languages", "tax_code"}
)
_KEYS: Final = ("sort_name", "sound_key", "phone_key", "tax_code", "tax_code_index")


@transaction.atomic
def register_person(
    actor: Actor, district_id: int, draft: PersonDraft, *, once: UUID | None = None
) -> Registered:
    """Return a new person of a district; `once` names the act: the same twice registers one.

    Raises:
        NotAllowed: the actor does not keep the registry of the district.
        SentAlready: sent before with other data.
        Refusal: those of `check_person` and `tax_codes.checked`, `TaxCodeKnown`, `PlaceElsewhere`.
    """
    if not may_write_registry(actor, district_id=district_id):
        raise NotAllowed
    person = Person(id=once or new_id(), district_id=district_id, registered_at=clock.now())
    values, warnings = _values(draft)
    for name, value in values.items():
        setattr(person, name, value)
    with _one_a_tax_code(person):
        person, is_new = written_once(person, of="district_id", sent=list(values))
    if not is_new:
        if _levels(person) != _wanted(draft.languages):
            raise SentAlready
        return Registered(person, warnings)
    PersonLanguage.objects.bulk_create(_languages(person, draft.languages))
    make_findable([person])
    note(actor, Verb.CREATED, person, {"name": person.name})
    return Registered(person, warnings)


@transaction.atomic
def change_person(actor: Actor, person_id: UUID, draft: PersonDraft) -> Registered:
    """Return the person with everything as in `draft`, languages included.

    Raises:
        NotFound: none whom the actor may see.
        Restricted: their data are left as they are.
        Refusal: as for `register_person`.
    """
    person = person_to_change(actor, person_id)
    values, warnings = _values(draft)
    before = facts_of(person, (*_PLAIN, *_KEYS))
    for name, value in values.items():
        setattr(person, name, value)
    differences = changes(before, values)
    spoken = _set_languages(person, draft.languages)
    if spoken:
        differences["languages"] = spoken
    if differences:
        with _one_a_tax_code(person), transaction.atomic():
            person.save(update_fields=list(values))
        make_findable([person])
        note(actor, Verb.CHANGED, person, differences)
    return Registered(person, warnings)


@transaction.atomic
def person_of_code(actor: Actor, district_id: int, draft: PersonDraft) -> Person:
    """Return the person of a district who has the tax code of a draft, locked, or a new one.

    For rooms in which somebody who does not keep the registry writes down a person: the caller has
    asked who may, and shows nothing of a person found, nor that they were.

    Raises:
        Refusal: those of `check_person` and `tax_codes.checked`.
    """
    known = _of_code(district_id, draft.tax_code)
    if known is not None:
        return known
    clerk = Actor(actor.account_id, actor.name, grants=(Grant(Role.SOCIAL_WORKER, district_id),))
    try:
        return register_person(clerk, district_id, draft).person
    except TaxCodeKnown:
        # Written down by somebody else in this very moment.
        known = _of_code(district_id, draft.tax_code)
        if known is None:
            raise
        return known


def _of_code(district_id: int, tax_code: str) -> Person | None:
    code = checked(tax_code)
    if not code:
        return None
    rows = Person.objects.select_for_update(of=("self",)).filter(
        district_id=district_id,
        tax_code_index__in=blind_indexes(code),
        merged_into=None,
        erased_at=None,
    )
    return rows.first()


def tax_code_warnings(draft: PersonDraft) -> Sequence[Disagreement]:
    """Return where the code of a draft disagrees with it, for a form that asks before saving.

    Raises:
        Refusal: the code cannot be right (`tax_codes.checked`).
    """
    return disagreements(checked(draft.tax_code), _born(draft))


def lookalikes(
    actor: Actor, district_id: int, draft: PersonDraft, *, once: UUID | None = None
) -> Sequence[Candidate]:
    """Return who in a district may already be the person of a draft, likeliest first.

    Whom the act called `once` has registered is not proposed to itself.

    Raises:
        Refusal: as for `register_person`.
    """
    values, _warnings = _values(draft)
    person = Person(id=once or new_id(), district_id=district_id, **values)
    return duplicate_candidates(actor, person)


def _values(draft: PersonDraft) -> tuple[dict[str, Any], Sequence[Disagreement]]:
    values: dict[str, Any] = {name: _tidy(getattr(draft, name)) for name in _PLAIN}
    given, family = values["given_name"], values["family_name"]
    check_person(given, family, draft.birth_date, day=clock.today())
    if draft.quarter_id and not quarter_in(draft.quarter_id, draft.municipality_id or ""):
        raise PlaceElsewhere
    tax_code = checked(draft.tax_code)
    values |= {
        "form_of_address": draft.form_of_address.value,
        "email": values["email"].lower(),
        "sort_name": sort_key(family, given)[:_SORT_LENGTH],
        "sound_key": sound_key(given, family),
        "phone_key": phone_key(draft.phone),
        "tax_code": tax_code or None,
        "tax_code_index": blind_index(tax_code) if tax_code else None,
    }
    return values, disagreements(tax_code, _born(draft))


def _tidy(value: Any) -> Any:
    return " ".join(value.split()) if isinstance(value, str) else value


def _born(draft: PersonDraft) -> Born:
    return Born(
        draft.family_name, draft.given_name, draft.birth_date, draft.sex, draft.birth_place_code
    )


@contextmanager
def _one_a_tax_code(person: Person) -> Iterator[None]:
    """Write a person whose code nobody else of the district has."""
    taken = person.tax_code_index and (
        Person.objects.filter(
            district_id=person.district_id,
            tax_code_index__in=blind_indexes(person.tax_code or ""),
            merged_into__isnull=True,
        )
        .exclude(pk=person.pk)
        .exists()
    )
    if taken:
        raise TaxCodeKnown
    try:
        yield
    except IntegrityError as error:
        # Two desks may register the same code at the same moment: the constraint decides.
        if person.tax_code_index and "tax_code" in str(error):
            raise TaxCodeKnown from None
        raise


def _languages(person: Person, levels: Mapping[str, Level]) -> list[PersonLanguage]:
    return [
        PersonLanguage(
            district_id=person.district_id, person=person, language=language, level=level.value
        )
        for language, level in levels.items()
    ]


def _levels(person: Person) -> dict[str, str]:
    return {row.language: row.level for row in person.languages.all()}


def _wanted(levels: Mapping[str, Level]) -> dict[str, str]:
    return {language: level.value for language, level in levels.items()}


def _set_languages(person: Person, levels: Mapping[str, Level]) -> list[Any]:
    present, wanted = _levels(person), _wanted(levels)
    if present == wanted:
        return []
    person.languages.all().delete()
    PersonLanguage.objects.bulk_create(_languages(person, levels))
    return [_spoken(present), _spoken(wanted)]


def _spoken(levels: Mapping[str, str]) -> str:
    return ", ".join(f"{language} {level}" for language, level in sorted(levels.items()))
