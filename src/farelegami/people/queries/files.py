"""The contents of one person's file; `people.services.files` opens it and writes down who did."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import QuerySet

from farelegami.kernel import clock
from farelegami.kernel.periods import full_years
from farelegami.people.models import (
    Consent,
    EcomapSnapshot,
    NoticeGiven,
    Person,
    PersonLanguage,
    PersonSkill,
    Skill,
    Tie,
)
from farelegami.people.queries.households import HouseholdRef, Member, households_of
from farelegami.people.rules.ecomap import EcomapChange, TieDraft, compared
from farelegami.storage.prepared import prepared
from farelegami.territory.queries import place_name_of


@dataclass(frozen=True, slots=True)
class Ecomap:
    """One drawing with its ties, in the order they were drawn."""

    id: UUID
    drawn_on: date
    drawn_with: str
    drawn_by: str
    ties: tuple[Tie, ...]

    def drafts(self) -> list[TieDraft]:
        """The ties as they would be drawn again."""
        return [tie.draft() for tie in self.ties]


@dataclass(frozen=True, slots=True)
class PersonFile:
    """Everything this room knows of a person; `ecomaps` newest first, `households` as of today."""

    person: Person
    age: int | None
    birth_place: str
    languages: Sequence[PersonLanguage]
    households: Mapping[HouseholdRef, Sequence[Member]]
    notices: Sequence[NoticeGiven]
    consents: Sequence[Consent]
    skills: Sequence[PersonSkill]
    ecomaps: Sequence[Ecomap]

    @property
    def ecomap(self) -> Ecomap | None:
        """The newest drawing."""
        return self.ecomaps[0] if self.ecomaps else None

    def change_since(self, earlier: Ecomap) -> EcomapChange:
        """Return how the newest drawing differs from an earlier one."""
        newest = self.ecomap
        return compared(earlier.drafts(), newest.drafts() if newest else [])


def contents_of(person: Person) -> PersonFile:
    """Return the file of a person already found, for rooms that check sight and log themselves."""
    of = {"person_id": person.pk}
    born = person.birth_date
    return PersonFile(
        person=person,
        age=full_years(born, clock.today()) if born else None,
        birth_place=place_name_of(person.birth_place_code, born) if person.birth_place_code else "",
        languages=list(PersonLanguage.objects.filter(**of).order_by("id")),
        households=households_of(person.pk),
        notices=list(NoticeGiven.objects.filter(**of).order_by("-given_at")),
        consents=list(Consent.objects.filter(**of).order_by("-given_at")),
        skills=list(PersonSkill.objects.filter(**of).select_related("skill").order_by("id")),
        ecomaps=ecomaps_of(person.pk),
    )


def ecomaps_of(person_id: UUID) -> Sequence[Ecomap]:
    """Return the drawings of a person, newest first; two queries."""
    drawings = EcomapSnapshot.objects.filter(person_id=person_id).prefetch_related("ties")
    return [
        Ecomap(row.pk, row.drawn_on, row.drawn_with, row.drawn_by_name, tuple(row.ties.all()))
        for row in drawings.order_by("-drawn_on", "-id")
    ]


def notice_given(person_ids: Sequence[UUID]) -> set[UUID]:
    """Return which of these people have been given a privacy notice (R5); one query."""
    return set(_given_notices(list(person_ids)))


@prepared
def _given_notices(person_ids: Sequence[UUID]) -> QuerySet[NoticeGiven, UUID]:
    rows = NoticeGiven.objects.filter(person_id__in=person_ids)
    return rows.values_list("person_id", flat=True)


def skill_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the skill list for a select: (group, [(code, label)]), labels being our draft."""
    skills = list(Skill.objects.all())
    groups = {skill.code: (skill.label, []) for skill in skills if skill.level == 1}  # type: ignore[var-annotated]
    for skill in skills:
        if skill.parent_code in groups:
            groups[skill.parent_code][1].append((skill.code, skill.label))
    return [group for group in groups.values() if group[1]]
