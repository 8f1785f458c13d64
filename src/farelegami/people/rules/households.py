"""Who lives with whom, since when: roles, dates, the name a family goes by."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from farelegami.kernel.errors import Refusal, gettext_noop
from farelegami.kernel.periods import full_years

ADULT_AGE: Final = 18
ELDER_AGE: Final = 65


class HouseholdRole(StrEnum):
    ADULT = "adult"
    CHILD = "child"
    ELDER = "elder"
    RELATIVE = "relative"
    CARER = "carer"
    GUEST = "guest"


ROLE_LABELS: Final[Mapping[HouseholdRole, str]] = {
    HouseholdRole.ADULT: gettext_noop("persona adulta"),
    HouseholdRole.CHILD: gettext_noop("minore"),
    HouseholdRole.ELDER: gettext_noop("persona anziana"),
    HouseholdRole.RELATIVE: gettext_noop("altro familiare"),
    HouseholdRole.CARER: gettext_noop("chi assiste"),
    HouseholdRole.GUEST: gettext_noop("ospite"),
}
MAY_HOLD_A_PACT: Final = frozenset({HouseholdRole.ADULT, HouseholdRole.ELDER})


@dataclass(eq=False)
class AlreadyMember(Refusal):
    code = "people.already_member"
    text = gettext_noop("Questa persona fa già parte del nucleo.")
    field = "person_id"


@dataclass(eq=False)
class NotMember(Refusal):
    code = "people.not_member"
    text = gettext_noop("Questa persona non fa parte del nucleo in quel giorno.")
    field = "person_id"


@dataclass(eq=False)
class LeftBeforeJoining(Refusal):
    code = "people.left_before_joining"
    text = gettext_noop("L’uscita dal nucleo viene prima dell’ingresso.")
    field = "day"


@dataclass(eq=False)
class HouseholdDissolved(Refusal):
    code = "people.household_dissolved"
    text = gettext_noop("Il nucleo non esiste più dal %(since)s.")
    field = "household_id"
    since: date


@dataclass(eq=False)
class OtherDistrict(Refusal):
    code = "people.other_district"
    text = gettext_noop("La persona e il nucleo sono di due ambiti diversi.")
    field = "person_id"


def role_at(birth_date: date | None, day: date) -> HouseholdRole:
    """Return the role an age suggests: child under 18, elder from 65, adult where unknown."""
    if birth_date is None:
        return HouseholdRole.ADULT
    years = full_years(birth_date, day)
    if years < ADULT_AGE:
        return HouseholdRole.CHILD
    return HouseholdRole.ELDER if years >= ELDER_AGE else HouseholdRole.ADULT


def household_name(family_names: Sequence[str]) -> str:
    """Return what a family goes by: the surname most members bear, the first where they draw.

    >>> household_name(["Trifoglio", "Acero", "Trifoglio"])
    'famiglia Trifoglio'
    """
    if not family_names:
        return ""
    first_and_most = max(
        family_names, key=lambda name: (family_names.count(name), -family_names.index(name))
    )
    return f"famiglia {first_and_most}"
