"""What a person can do, when, how they get about, and what they would rather not."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Final
from uuid import UUID

from django.db import transaction

from farelegami.audit.rules import Verb
from farelegami.kernel.actor import Actor
from farelegami.people.models import Person, PersonSkill, Skill
from farelegami.people.queries.persons import person_to_change
from farelegami.people.rules.persons import SkillStage, SkillWithoutName, Transport
from farelegami.people.rules.weeks import Week
from farelegami.people.services.entries import changes, facts_of, note

_LEVELS: Final = {"T": {1, 2}, "S": {1, 2}, "L": {1}}
_CONDITIONS: Final = ("limits", "wishes", "transport", "travel_minutes")


@dataclass(frozen=True, slots=True)
class SkillDraft:
    """Something a person can do: a code of the list, their own words, or both."""

    code: str = ""
    words: str = ""
    stage: SkillStage = SkillStage.CAN


@transaction.atomic
def load_skills() -> int:
    """Bring the packaged skill list in and return how many rows it has; again changes nothing."""
    source = files("farelegami.people") / "data" / "esco_skill_groups.csv"
    skills = [
        Skill(
            code=row["code"],
            uri=row["uri"],
            pillar=row["pillar"],
            level=int(row["level"]),
            parent_code=row["parent_code"],
            label_it=row["label_it_draft"] or row["label_en"],
            label_en=row["label_en"],
        )
        for row in csv.DictReader(source.read_text("utf-8").splitlines())
        if int(row["level"]) in _LEVELS.get(row["pillar"], ())
    ]
    Skill.objects.bulk_create(
        skills,
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["uri", "pillar", "level", "parent_code", "label_it", "label_en"],
    )
    return len(skills)


@transaction.atomic
def set_skills(
    actor: Actor, person_id: UUID, drafts: Sequence[SkillDraft]
) -> Sequence[PersonSkill]:
    """Return what the person can do, now exactly `drafts`, in that order.

    Raises:
        NotFound: no such person for the actor.
        Restricted: their data are left as they are.
        SkillWithoutName: neither a code nor words.
    """
    person = person_to_change(actor, person_id)
    if any(not draft.code and not draft.words.strip() for draft in drafts):
        raise SkillWithoutName
    before = [str(row) for row in person.skills.order_by("id")]
    person.skills.all().delete()
    skills = PersonSkill.objects.bulk_create(
        [
            PersonSkill(
                district_id=person.district_id,
                person=person,
                skill_id=draft.code or None,
                words=draft.words.strip(),
                stage=draft.stage.value,
            )
            for draft in drafts
        ]
    )
    after = [str(row) for row in skills]
    if before != after:
        note(actor, Verb.CHANGED, person, {"skills": [", ".join(before), ", ".join(after)]})
    return skills


@transaction.atomic
def set_availability(actor: Actor, person_id: UUID, week: Week) -> Person:
    """Return the person with this usual week.

    Raises:
        NotFound: no such person for the actor.
        Restricted: their data are left as they are.
    """
    person = person_to_change(actor, person_id)
    return _changed(actor, person, {"week_yes": week.yes, "week_maybe": week.maybe})


@transaction.atomic
def set_conditions(
    actor: Actor,
    person_id: UUID,
    *,
    limits: str,
    wishes: str,
    transport: Sequence[Transport],
    travel_minutes: int | None,
) -> Person:
    """Return the person with these limits, wishes and means; `travel_minutes` one way.

    Raises:
        NotFound: no such person for the actor.
        Restricted: their data are left as they are.
    """
    person = person_to_change(actor, person_id)
    values = (limits.strip(), wishes.strip(), [means.value for means in transport], travel_minutes)
    return _changed(actor, person, dict(zip(_CONDITIONS, values, strict=True)))


def _changed(actor: Actor, person: Person, values: dict[str, object]) -> Person:
    before = facts_of(person, values)
    for name, value in values.items():
        setattr(person, name, value)
    differences = changes(before, values)
    if differences:
        person.save(update_fields=list(values))
        note(actor, Verb.CHANGED, person, differences)
    return person
