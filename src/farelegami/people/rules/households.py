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


@dataclass(eq=False)
class NotYet(Refusal):
    code = "people.not_yet"
    text = gettext_noop("Questo giorno non è ancora arrivato: scrivilo quando è successo.")
    field = "day"


@dataclass(eq=False)
class JoinsBeforeBirth(Refusal):
    code = "people.joins_before_birth"
    text = gettext_noop("È prima della nascita di %(name)s, il %(born)s: controlla il giorno.")
    field = "day"
    name: str
    born: date


@dataclass(eq=False)
class JoinsBeforeTheHousehold(Refusal):
    code = "people.joins_before_the_household"
    text = gettext_noop("Il nucleo c’è dal %(since)s: nessuno può entrarci prima.")
    field = "day"
    since: date


@dataclass(eq=False)
class StillThere(Refusal):
    code = "people.still_there"
    text = gettext_noop(
        "Fino al %(until)s faceva già parte del nucleo: il rientro è da un giorno dopo."
    )
    field = "day"
    until: date


def check_happened(day: date, *, today: date) -> None:
    """Check that a day of a household's life is not in the future.

    Raises:
        NotYet: as it says.
    """
    if day > today:
        raise NotYet


def check_joining(
    day: date, *, name: str, born: date | None, formed_on: date, left_on: date | None
) -> None:
    """Check the day a person joins a household they last left on `left_on`, if they ever did.

    Raises:
        JoinsBeforeBirth, JoinsBeforeTheHousehold, StillThere: as they say.
    """
    if born is not None and day < born:
        raise JoinsBeforeBirth(name=name, born=born)
    if day < formed_on:
        raise JoinsBeforeTheHousehold(since=formed_on)
    if left_on is not None and day <= left_on:
        raise StillThere(until=left_on)


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
