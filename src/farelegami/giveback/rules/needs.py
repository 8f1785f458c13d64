"""What an opportunity is about and what it asks of who comes; what a person has to show for it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Final

from farelegami.kernel.errors import Refusal, gettext_noop
from farelegami.kernel.periods import months_later
from farelegami.people.rules.persons import Level
from farelegami.volunteering.rules.days import DayOutside, check_between

_YEAR: Final = 12


class Field(StrEnum):
    """The six fields of useful community projects (D.M. 156/2023, art. 2), used for all give-back."""

    CULTURE = "culture"
    SOCIAL = "social"
    ART = "art"
    ENVIRONMENT = "environment"
    TRAINING = "training"
    COMMONS = "commons"


FIELD_LABELS: Final[Mapping[Field, str]] = {
    Field.CULTURE: gettext_noop("cultura"),
    Field.SOCIAL: gettext_noop("sociale"),
    Field.ART: gettext_noop("arte"),
    Field.ENVIRONMENT: gettext_noop("ambiente"),
    Field.TRAINING: gettext_noop("formazione"),
    Field.COMMONS: gettext_noop("beni comuni"),
}


class Requirement(StrEnum):
    """A paper some tasks ask for; only that it was seen, and until when it holds, is kept."""

    FOOD_HYGIENE = "food_hygiene"
    WORK_WITH_MINORS = "minors"
    FIRST_AID = "first_aid"
    DRIVING_LICENCE = "driving_b"
    FIRE_SAFETY = "fire_safety"


REQUIREMENT_LABELS: Final[Mapping[Requirement, str]] = {
    Requirement.FOOD_HYGIENE: gettext_noop("attestato HACCP"),
    Requirement.WORK_WITH_MINORS: gettext_noop("certificato per il lavoro con i minori"),
    Requirement.FIRST_AID: gettext_noop("corso di primo soccorso"),
    Requirement.DRIVING_LICENCE: gettext_noop("patente B"),
    Requirement.FIRE_SAFETY: gettext_noop("corso antincendio"),
}


class NeedKind(StrEnum):
    SKILL = "skill"
    LANGUAGE = "language"
    REQUIREMENT = "requirement"


class Weight(StrEnum):
    """How much a need counts: every `must` is asked, one `any_of` of its kind, `nice` helps."""

    MUST = "must"
    ANY_OF = "any_of"
    NICE = "nice"


WEIGHT_LABELS: Final[Mapping[Weight, str]] = {
    Weight.MUST: gettext_noop("serve"),
    Weight.ANY_OF: gettext_noop("ne serve una"),
    Weight.NICE: gettext_noop("aiuta"),
}

# A level says all those before it.
LEVELS: Final = (Level.A1, Level.A2, Level.B1, Level.B2, Level.C1, Level.C2, Level.NATIVE)


@dataclass(frozen=True, slots=True)
class Need:
    """One thing an opportunity asks: a skill's code, a language with its least level, a paper."""

    kind: NeedKind
    code: str
    weight: Weight = Weight.MUST
    level: str = ""


@dataclass(eq=False)
class RequirementExpired(Refusal):
    code = "giveback.requirement_expired"
    text = gettext_noop("Questo documento è già scaduto: indica un giorno futuro, o nessuno.")
    field = "expires_on"


@dataclass(eq=False)
class RequirementNotYet(Refusal):
    code = "giveback.requirement_not_yet"
    text = gettext_noop("Il giorno in cui è stato visto non può essere futuro.")
    field = "seen_on"


@dataclass(eq=False)
class PaperMissing(Refusal):
    """Nobody begins a task without the paper it asks for."""

    code = "giveback.paper_missing"
    text = gettext_noop("Per cominciare manca un documento: %(requirement_label)s.")
    requirement: Requirement

    def facts(self) -> dict[str, Any]:
        """Return the paper's name, to be translated."""
        return {"requirement_label": REQUIREMENT_LABELS[self.requirement]}


@dataclass(eq=False)
class NeedUnknown(Refusal):
    code = "giveback.need_unknown"
    text = gettext_noop("Fra ciò che serve c’è una voce che non conosciamo: %(name)s.")
    field = "needs"
    name: str


@dataclass(eq=False)
class NeedTwice(Refusal):
    code = "giveback.need_twice"
    text = gettext_noop("La stessa cosa è chiesta due volte.")
    field = "needs"


class SeenOutside(DayOutside):
    field = "seen_on"


class ExpiryOutside(DayOutside):
    field = "expires_on"


def check_needs(needs: Sequence[Need]) -> None:
    """Refuse a paper that is none of ours, and what is asked twice.

    Raises:
        NeedUnknown, NeedTwice: as their names say.
    """
    for need in needs:
        if need.kind is NeedKind.REQUIREMENT and need.code not in set(Requirement):
            raise NeedUnknown(need.code)
    if len({(need.kind, need.code) for need in needs}) < len(needs):
        raise NeedTwice


def speaks_enough(spoken: str, asked: str) -> bool:
    """Return whether a level is at least the one asked; without one any level does.

    >>> speaks_enough("native", "b2"), speaks_enough("a2", "b1"), speaks_enough("a1", "")
    (True, False, True)
    """
    if not asked:
        return True
    return LEVELS.index(Level(spoken)) >= LEVELS.index(Level(asked))


def levels_within(spoken: str) -> tuple[Level, ...]:
    """Return the levels somebody has who has this one.

    >>> [level.value for level in levels_within("b1")]
    ['a1', 'a2', 'b1']
    """
    return LEVELS[: LEVELS.index(Level(spoken)) + 1]


def levels_from(asked: str) -> tuple[Level, ...]:
    """Return the levels at which a language is spoken well enough; without one, any.

    >>> [level.value for level in levels_from("c1")]
    ['c1', 'c2', 'native']
    """
    return LEVELS[LEVELS.index(Level(asked)) :] if asked else LEVELS


def has_skill(held: str, asked: str) -> bool:
    """Return whether a skill of the list is the one asked or lies within it.

    >>> has_skill("S1.2", "S1"), has_skill("S1", "S1.2"), has_skill("S11", "S1")
    (True, False, False)
    """
    return held == asked or held.startswith(f"{asked}.") or (len(asked) == 1 and held[:1] == asked)


def skills_within(held: str) -> tuple[str, ...]:
    """Return all that somebody can do who has this skill of the list.

    >>> skills_within("S1.2.3")
    ('S', 'S1', 'S1.2', 'S1.2.3')
    """
    parts = held.split(".")
    within = (".".join(parts[: at + 1]) for at in range(len(parts)))
    return tuple(dict.fromkeys((held[:1], *within)))


def check_requirement(seen_on: date, expires_on: date | None, *, today: date) -> None:
    """Refuse a paper seen in the future, or over already.

    Raises:
        RequirementNotYet, RequirementExpired: as their names say.
        SeenOutside, ExpiryOutside: more than ten years ago; more than thirty ahead.
    """
    if seen_on > today:
        raise RequirementNotYet
    check_between(seen_on, SeenOutside, first=months_later(today, -10 * _YEAR), last=today)
    if expires_on is None:
        return
    if expires_on < today:
        raise RequirementExpired
    check_between(expires_on, ExpiryOutside, first=today, last=months_later(today, 30 * _YEAR))
