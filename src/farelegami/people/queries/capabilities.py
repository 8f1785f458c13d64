"""What people can do and speak, for rooms that have already asked who may see them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from farelegami.people.models import PersonLanguage, PersonSkill
from farelegami.people.rules.persons import SkillStage


@dataclass(slots=True)
class Capabilities:
    """Codes of the skill list, and the level at which each language is spoken."""

    skills: set[str] = field(default_factory=set)
    languages: dict[str, str] = field(default_factory=dict)


def capabilities_of(
    district_id: int, person_ids: Collection[UUID] | None = None
) -> Mapping[UUID, Capabilities]:
    """Return what people of a district, or these of them, can do and speak. Two queries.

    What somebody is still learning, and skills said in own words alone, are left out.
    """
    found: dict[UUID, Capabilities] = {}
    # Of some people all rows are found by who they are: the district beside it misleads SQLite.
    whose: dict[str, Any] = {"district_id": district_id}
    if person_ids is not None:
        whose = {"person_id__in": person_ids}
    skills = PersonSkill.objects.filter(stage=SkillStage.CAN.value, skill__isnull=False, **whose)
    for person_id, code in skills.values_list("person_id", "skill_id"):
        found.setdefault(person_id, Capabilities()).skills.add(code)
    languages = PersonLanguage.objects.filter(**whose)
    for person_id, code, level in languages.values_list("person_id", "language", "level"):
        found.setdefault(person_id, Capabilities()).languages[code] = level
    return found
