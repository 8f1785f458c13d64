"""The numbers of districts, the kinds of places of birth and the days on which they existed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from farelegami.kernel.errors import Refusal, gettext_noop

DISTRICTS_IN_PROVINCE: Final = 100


class BirthPlaceKind(StrEnum):
    """Where the letter and three digits of a codice fiscale may point."""

    MUNICIPALITY = "municipality"
    FORMER = "former"
    COUNTRY = "country"


class Basis(StrEnum):
    """On what ground a municipality is counted in a district."""

    LISTED = "listed"
    INFERRED = "inferred"
    PROGRAMME = "programme"


@dataclass(eq=False)
class NoDistrictThere(Refusal):
    code = "territory.no_district_there"
    text = gettext_noop("Questo comune non è in nessun ambito tra quelli seguiti.")
    field = "municipality_id"


@dataclass(eq=False)
class QuarterElsewhere(Refusal):
    code = "territory.quarter_elsewhere"
    text = gettext_noop("Il quartiere non è in questo comune.")
    field = "quarter_id"


def district_number(province_code: str, ordinal: int) -> int:
    """Return the number of a district: its province code times a hundred, plus its ordinal there.

    >>> district_number("019", 1)
    1901
    """
    if not 0 < ordinal < DISTRICTS_IN_PROVINCE:
        message = f"a province numbers its districts from 1 to 99, not {ordinal}"
        raise ValueError(message)
    return int(province_code) * DISTRICTS_IN_PROVINCE + ordinal


def existed_on(day: date, *, valid_from: date | None, valid_to: date | None) -> bool:
    """Return whether a place existed on `day`; both ends count, None is unknown."""
    return (valid_from is None or valid_from <= day) and (valid_to is None or day <= valid_to)


def differences(
    before: Mapping[str, object], after: Mapping[str, object]
) -> dict[str, tuple[object, object]]:
    """Return the fields of `after` whose value is another in `before`, as (before, after)."""
    return {
        name: (before.get(name), value)
        for name, value in after.items()
        if before.get(name) != value
    }
