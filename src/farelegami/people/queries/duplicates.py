"""Who may be registered twice."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db.models import Q, QuerySet

from farelegami.kernel.actor import Actor
from farelegami.people.models import MergeRecord, Person
from farelegami.people.permissions import registry_districts
from farelegami.people.queries.persons import PERSON, visible_people
from farelegami.people.rules.duplicates import Known, Reason, likeness
from farelegami.search.queries import find

_LOOKED_AT: Final = 200
_BY_NAME: Final = 25


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who may be the same person, with what speaks for it; `score` out of a hundred."""

    person: Person
    score: int
    reasons: tuple[Reason, ...]


def known(person: Person) -> Known:
    """Return what a person is compared by."""
    return Known(
        id=person.pk,
        given_name=person.given_name,
        family_name=person.family_name,
        birth_date=person.birth_date,
        phone_key=person.phone_key,
        email=person.email,
        tax_code_index=person.tax_code_index or "",
        municipality_id=person.municipality_id or "",
    )


def duplicate_candidates(actor: Actor, person: Person, *, limit: int = 10) -> Sequence[Candidate]:
    """Return who in the same district may be `person`, saved or not yet, likeliest first.

    Five keys (code, sound, birth, telephone, e-mail) and the search box bring those to compare; at
    most four queries however many people the district has.
    """
    near = find(person.name, kinds=[PERSON], district_ids=[person.district_id], limit=_BY_NAME)
    keys = Q(pk__in=[hit.object_id for hit in near]) | _same_key(person)
    rows = (
        visible_people(actor)
        .filter(district_id=person.district_id)
        .filter(keys)
        .exclude(pk=person.pk)
        .select_related("municipality")[:_LOOKED_AT]
    )
    me = known(person)
    judged = [(row, likeness(me, known(row))) for row in rows]
    found = [Candidate(row, like.score, like.reasons) for row, like in judged if like.proposed]
    return sorted(found, key=lambda one: -one.score)[:limit]


def _same_key(person: Person) -> Q:
    same = Q(sound_key=person.sound_key)
    if person.birth_date:
        same |= Q(birth_date=person.birth_date)
    for name in ("tax_code_index", "phone_key", "email"):
        value = getattr(person, name)
        if value:
            same |= Q(**{name: value})
    return same


def visible_merges(actor: Actor) -> QuerySet[MergeRecord]:
    """The merges made in the districts whose registry the actor reads."""
    return MergeRecord.objects.filter(district_id__in=registry_districts(actor)).select_related(
        "kept", "gone"
    )


def merges_of(actor: Actor, person_id: UUID) -> Sequence[MergeRecord]:
    """Return the merges still in force into a person, newest first."""
    return list(
        visible_merges(actor).filter(kept_id=person_id, undone_at__isnull=True).order_by("-id")
    )
