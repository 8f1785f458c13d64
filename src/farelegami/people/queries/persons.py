"""Persons: who may be seen, lists, short references for other rooms."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.db.models import F, QuerySet

from farelegami.kernel import clock
from farelegami.kernel.actor import Actor
from farelegami.kernel.errors import NotFound
from farelegami.kernel.periods import full_years
from farelegami.people.models import HouseholdMember, Person
from farelegami.people.permissions import registry_districts
from farelegami.people.rules.privacy import check_unrestricted
from farelegami.search.queries import find
from farelegami.storage.pages import PAGE_SIZE, KeyPage, key_page
from farelegami.storage.prepared import prepared

PERSON: Final = "people.person"
_FOUND: Final = 50
_OF_A_ROW: Final = (
    "given_name", "family_name", "sort_name", "district_id", "birth_date",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PersonRef:
    """As much of a person as other rooms show once they know the actor may see it."""

    id: UUID
    name: str
    initials: str
    district_id: int
    birth_date: date | None
    municipality_id: str | None
    preferred_language: str
    form_of_address: str


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One line of the list of people."""

    id: UUID
    name: str
    initials: str
    district_id: int
    age: int | None
    town: str
    quarter: str
    households: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PeopleFilters:
    """What narrows the list; empty means all."""

    text: str = ""
    municipality_id: str = ""
    district_id: int | None = None


def visible_people(actor: Actor) -> QuerySet[Person]:
    """The only door to the registry: the districts where one is social worker or coordinator.

    The sealed codice fiscale is not loaded; `person_file` brings it.
    """
    return Person.objects.filter(
        district_id__in=registry_districts(actor), merged_into__isnull=True, erased_at__isnull=True
    ).defer("tax_code")


@prepared
def seen_people(actor: Actor, person_ids: Collection[UUID]) -> QuerySet[Person, UUID]:
    """Return which of these people the actor may see. One query."""
    return visible_people(actor).filter(pk__in=person_ids).values_list("pk", flat=True)


def person_for(actor: Actor, person_id: UUID, *, for_update: bool = False) -> Person:
    """Return a person, locked if asked.

    Raises:
        NotFound: none whom the actor may see.
    """
    rows = visible_people(actor)
    if for_update:
        rows = rows.select_for_update(of=("self",))
    person = rows.filter(pk=person_id).first()
    if person is None:
        raise NotFound
    return person


def person_to_change(actor: Actor, person_id: UUID) -> Person:
    """Return a person, locked, whose file may be changed.

    Raises:
        NotFound: none whom the actor may see.
        Restricted: their data are left as they are.
    """
    person = person_for(actor, person_id, for_update=True)
    check_unrestricted(person.name, person.restricted_on)
    return person


def people_page(
    actor: Actor, filters: PeopleFilters | None = None, cursor: str = "", *, size: int = PAGE_SIZE
) -> KeyPage[PersonRow]:
    """Return a page of people by surname, or those who answer a search, nearest first.

    Two queries, or three with a search, however many rows. A search has one page of fifty.
    """
    asked = filters or PeopleFilters()
    if asked.text.strip():
        page = KeyPage(_found(actor, asked))
    else:
        page = key_page(
            _narrowed(actor, asked.district_id, asked.municipality_id or None),
            order=("sort_name", "id"), cursor=cursor, size=size,
        )  # fmt: skip
    houses = household_names([person.pk for person in page.rows])
    day = clock.today()
    rows = [_row(person, houses.get(person.pk, ()), day) for person in page.rows]
    return KeyPage(rows, page.next_cursor, page.cursor)


def _narrowed(
    actor: Actor, district_id: int | None, municipality_id: str | None
) -> QuerySet[Person]:
    # The names beside them as they are: two objects more for each row would cost more than it.
    people = (
        visible_people(actor)
        .only(*_OF_A_ROW)
        .annotate(town=F("municipality__name"), quarter_name=F("quarter__name"))
    )
    if district_id is not None:
        people = people.filter(district_id=district_id)
    if municipality_id is not None:
        people = people.filter(municipality_id=municipality_id)
    return people


def _found(actor: Actor, asked: PeopleFilters) -> Sequence[Person]:
    here = registry_districts(actor)
    hits = find(asked.text, kinds=[PERSON], district_ids=here, limit=_FOUND, everywhere=False)
    wanted = [hit.object_id for hit in hits]
    people = _among(actor, asked.district_id, asked.municipality_id or None, wanted)
    found = {person.pk: person for person in people}
    return [found[hit.object_id] for hit in hits if hit.object_id in found]


@prepared
def _among(
    actor: Actor, district_id: int | None, municipality_id: str | None, person_ids: Sequence[UUID]
) -> QuerySet[Person]:
    return _narrowed(actor, district_id, municipality_id).filter(pk__in=person_ids)


def _row(person: Any, households: tuple[str, ...], day: date) -> PersonRow:
    return PersonRow(
        id=person.pk,
        name=person.name,
        initials=person.initials,
        district_id=person.district_id,
        age=full_years(person.birth_date, day) if person.birth_date else None,
        town=person.town or "",
        quarter=person.quarter_name or "",
        households=households,
    )


def household_names(
    person_ids: Collection[UUID], day: date | None = None
) -> Mapping[UUID, tuple[str, ...]]:
    """Return the names of the households each person lives in today, or on `day`; one query."""
    names: dict[UUID, tuple[str, ...]] = {}
    for person_id, name in _homes_of(list(person_ids), day or clock.today()):
        names[person_id] = (*names.get(person_id, ()), name)
    return names


@prepared
def _homes_of(
    person_ids: Collection[UUID], day: date
) -> QuerySet[HouseholdMember, tuple[UUID, str]]:
    return (
        HouseholdMember.objects.filter(person_id__in=person_ids, starts_on__lte=day)
        .exclude(ends_on__lt=day)
        .order_by("starts_on", "id")
        .values_list("person_id", "household__name")
    )


def person_refs(person_ids: Collection[UUID]) -> Mapping[UUID, PersonRef]:
    """Return short references by id, for rooms that have already asked who may see; one query.

    A person merged away answers under their old id with the data of the one kept.
    """
    refs: dict[UUID, PersonRef] = {}
    people = (
        Person.objects.filter(pk__in=person_ids)
        .select_related("merged_into")
        .defer("tax_code", "merged_into__tax_code")
    )
    for person in people:
        shown = person.merged_into or person
        refs[person.pk] = PersonRef(
            id=shown.pk,
            name=shown.name,
            initials=shown.initials,
            district_id=shown.district_id,
            birth_date=shown.birth_date,
            municipality_id=shown.municipality_id,
            preferred_language=shown.preferred_language,
            form_of_address=shown.form_of_address,
        )
    return refs


def ids_of(person_id: UUID) -> list[UUID]:
    """Return a person's id and those of the registrations merged into it, as the log needs them.

    One query, and one more for each time that a registration was merged onwards.
    """
    found = [person_id]
    last = found
    while last:
        gone = Person.objects.filter(merged_into_id__in=last)
        last = list(gone.order_by("pk").values_list("pk", flat=True))
        found = [*found, *last]
    return found
