"""The numbers of districts, the kinds of places of birth and the days on which they existed."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Final

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


def district_number(province_code: str, ordinal: int) -> int:
    """Return the number of a district: province code times a hundred, plus its place in the province.

    >>> district_number("019", 1)
    1901
    """
    if not 0 < ordinal < DISTRICTS_IN_PROVINCE:
        message = f"a province numbers its districts from 1 to 99, not {ordinal}"
        raise ValueError(message)
    return int(province_code) * DISTRICTS_IN_PROVINCE + ordinal


def existed_on(day: date, *, valid_from: date | None, valid_to: date | None) -> bool:
    """Return whether a place with these ends (both included, None where unknown) existed on `day`."""
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
