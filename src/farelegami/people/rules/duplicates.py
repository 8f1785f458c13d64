"""When two registrations may be one person, and why; nobody is ever merged by a rule."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final
from uuid import UUID

from rapidfuzz import fuzz

from farelegami.kernel.errors import Refusal, gettext_noop
from farelegami.search.rules import bones, sounds, words

_LONGEST_KEY: Final = 80
_ALIKE: Final = 0.86
_PROPOSED: Final = 60


class Reason(StrEnum):
    SAME_TAX_CODE = "same_tax_code"
    SAME_NAME = "same_name"
    SWAPPED_NAMES = "swapped_names"
    NAMES_ALIKE = "names_alike"
    SAME_BIRTH = "same_birth"
    BIRTH_ALIKE = "birth_alike"
    SAME_PHONE = "same_phone"
    SAME_EMAIL = "same_email"
    SAME_TOWN = "same_town"


REASON_LABELS: Final[Mapping[Reason, str]] = {
    Reason.SAME_TAX_CODE: gettext_noop("stesso codice fiscale"),
    Reason.SAME_NAME: gettext_noop("stesso nome"),
    Reason.SWAPPED_NAMES: gettext_noop("nome e cognome scambiati"),
    Reason.NAMES_ALIKE: gettext_noop("nome che suona simile"),
    Reason.SAME_BIRTH: gettext_noop("stessa data di nascita"),
    Reason.BIRTH_ALIKE: gettext_noop("data di nascita che differisce di poco"),
    Reason.SAME_PHONE: gettext_noop("stesso telefono"),
    Reason.SAME_EMAIL: gettext_noop("stessa posta elettronica"),
    Reason.SAME_TOWN: gettext_noop("stesso comune"),
}
# Two sisters share town, phone and surname: without a name alike these alone do not reach 60.
WEIGHTS: Final[Mapping[Reason, int]] = {
    Reason.SAME_TAX_CODE: 100,
    Reason.SAME_NAME: 45,
    Reason.SWAPPED_NAMES: 42,
    Reason.NAMES_ALIKE: 35,
    Reason.SAME_BIRTH: 35,
    Reason.BIRTH_ALIKE: 25,
    Reason.SAME_PHONE: 25,
    Reason.SAME_EMAIL: 25,
    Reason.SAME_TOWN: 5,
}
_OTHER_BIRTH: Final = 25


@dataclass(frozen=True, slots=True)
class Known:
    """What duplicates are judged by."""

    id: UUID
    given_name: str
    family_name: str
    birth_date: date | None = None
    phone_key: str = ""
    email: str = ""
    tax_code_index: str = ""
    municipality_id: str = ""


@dataclass(frozen=True, slots=True)
class Likeness:
    """How much speaks for one person, out of a hundred and over, and what."""

    score: int
    reasons: tuple[Reason, ...]

    @property
    def proposed(self) -> bool:
        """Whether it is worth showing to somebody who decides."""
        return self.score >= _PROPOSED


@dataclass(eq=False)
class MergedWithThemselves(Refusal):
    code = "people.merged_with_themselves"
    text = gettext_noop("Servono due schede diverse.")


@dataclass(eq=False)
class MergeAcrossDistricts(Refusal):
    code = "people.merge_across_districts"
    text = gettext_noop("Le due schede sono di ambiti diversi: non si uniscono.")


@dataclass(eq=False)
class MergeWithoutReason(Refusal):
    code = "people.merge_without_reason"
    text = gettext_noop("Scrivi perché sono la stessa persona.")
    field = "reason"


@dataclass(eq=False)
class MergeUndone(Refusal):
    code = "people.merge_undone"
    text = gettext_noop("Questa unione è già stata annullata.")


@dataclass(eq=False)
class MergedOnwards(Refusal):
    code = "people.merged_onwards"
    text = gettext_noop("La scheda rimasta è stata unita a un’altra: annulla prima quella unione.")


def sound_key(given_name: str, family_name: str) -> str:
    """Return one key for all spellings and orders of a name, by its consonants.

    >>> sound_key("Mohamed", "Youssef") == sound_key("Yusuf", "Muhammad")
    True
    """
    keys = sorted(bones(word) or sounds(word)[0] for word in words(f"{given_name} {family_name}"))
    return " ".join(keys)[:_LONGEST_KEY]


def likeness(one: Known, other: Known) -> Likeness:
    """Return what speaks for `one` and `other` being the same person.

    Example:
        Same sound (35), same birth (35), same town (5): 75, proposed. Same phone and town only: 30.
    """
    reasons = [
        reason
        for reason in (_name_reason(one, other), _birth_reason(one, other))
        if reason is not None
    ]
    for reason, mine, theirs in (
        (Reason.SAME_TAX_CODE, one.tax_code_index, other.tax_code_index),
        (Reason.SAME_PHONE, one.phone_key, other.phone_key),
        (Reason.SAME_EMAIL, one.email.casefold(), other.email.casefold()),
        (Reason.SAME_TOWN, one.municipality_id, other.municipality_id),
    ):
        if mine and mine == theirs:
            reasons.append(reason)
    score = sum(WEIGHTS[reason] for reason in reasons)
    if _born_apart(one, other, reasons):
        score -= _OTHER_BIRTH
    return Likeness(max(score, 0), tuple(sorted(reasons, key=lambda reason: -WEIGHTS[reason])))


def _born_apart(one: Known, other: Known, reasons: list[Reason]) -> bool:
    known = one.birth_date is not None and other.birth_date is not None
    return known and not {Reason.SAME_BIRTH, Reason.BIRTH_ALIKE}.intersection(reasons)


def _heard(name: str) -> str:
    return " ".join(sounds(word)[0] for word in words(name))


def _name_reason(one: Known, other: Known) -> Reason | None:
    mine = (_heard(one.given_name), _heard(one.family_name))
    theirs = (_heard(other.given_name), _heard(other.family_name))
    if mine == theirs:
        return Reason.SAME_NAME
    if mine == theirs[::-1]:
        return Reason.SWAPPED_NAMES
    same_bones = sound_key(one.given_name, one.family_name) == sound_key(
        other.given_name, other.family_name
    )
    # Given name and surname each: a brother has the same surname and is somebody else.
    straight = min(_ratio(mine[0], theirs[0]), _ratio(mine[1], theirs[1]))
    crossed = min(_ratio(mine[0], theirs[1]), _ratio(mine[1], theirs[0]))
    return Reason.NAMES_ALIKE if same_bones or max(straight, crossed) >= _ALIKE else None


def _ratio(one: str, other: str) -> float:
    return fuzz.token_sort_ratio(one, other) / 100


def _birth_reason(one: Known, other: Known) -> Reason | None:
    mine, theirs = one.birth_date, other.birth_date
    if mine is None or theirs is None:
        return None
    if mine == theirs:
        return Reason.SAME_BIRTH
    swapped = (mine.year, mine.month, mine.day) == (theirs.year, theirs.day, theirs.month)
    differing = sum(a != b for a, b in zip(mine.isoformat(), theirs.isoformat(), strict=True))
    return Reason.BIRTH_ALIKE if swapped or differing == 1 else None
