"""Registrations whose term may be over, for the lists that people decide on (R25)."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from uuid import UUID

from django.db.models import QuerySet

from farelegami.people.models import HouseholdMember, Person
from farelegami.search.queries import find


def registered_before(district_id: int, day: date) -> QuerySet[Person]:
    """Return the registrations of a district made before a day, not merged, erased nor restricted.

    What names them on other floors is for who asks to leave out.
    """
    return Person.objects.filter(
        district_id=district_id,
        merged_into=None,
        erased_at=None,
        restricted_on=None,
        registered_at__date__lt=day,
    ).only("id", "registered_at", "district_id")


def is_erasable(person_id: UUID) -> bool:
    """Return whether a registration is there, not merged, erased nor restricted."""
    there = people_by_id([person_id])
    return there.filter(merged_into=None, erased_at=None, restricted_on=None).exists()


def people_by_id(person_ids: Collection[UUID]) -> QuerySet[Person]:
    """Return registrations by id, whoever asks: for lists that show no name."""
    return Person.objects.filter(pk__in=person_ids)


def contacts_of(person_ids: Collection[UUID]) -> Sequence[str]:
    """Return the addresses by which these persons are written to. One query."""
    rows = Person.objects.filter(pk__in=person_ids).exclude(email="")
    return list(rows.values_list("email", flat=True))


def surnames_of(person_ids: Collection[UUID]) -> Mapping[UUID, str]:
    """Return the surnames of persons, for rules that look at who reads whom. One query."""
    rows = Person.objects.filter(pk__in=person_ids)
    return dict(rows.values_list("pk", "family_name"))


def housemates_of(person_ids: Collection[UUID]) -> Mapping[UUID, frozenset[UUID]]:
    """Return with whom each person lives or lived. One query."""
    found: dict[UUID, set[UUID]] = {each: set() for each in person_ids}
    pairs = HouseholdMember.objects.filter(person_id__in=person_ids).values_list(
        "person_id", "household__members__person_id"
    )
    for person_id, other in pairs:
        if other is not None and other != person_id:
            found[person_id].add(other)
    return {each: frozenset(others) for each, others in found.items()}


def matches_for(district_id: int, text: str, *, most: int = 8) -> Sequence[Person]:
    """Return who may be meant by a name or a fiscal code, best first, for a request to find its file.

    The caller has asked who may, and logs it. Two queries.
    """
    hits = find(text, kinds=["people.person"], district_ids=[district_id], limit=most)
    rows = Person.objects.filter(
        pk__in=[hit.object_id for hit in hits], merged_into=None, erased_at=None
    )
    place = {hit.object_id: place for place, hit in enumerate(hits)}
    found = rows.select_related("municipality").defer("tax_code")
    return sorted(found, key=lambda person: place[person.pk])
