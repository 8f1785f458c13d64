"""The days worked for the collectivity, told to INAIL each quarter, and what they cost (R11).

Source: 1.04 euro a day in 2024, one per cent more; days declared by the 30th of the month after the
quarter (domain.md note 14). Figures are data of the year, in `data/puc_premium.toml`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import msgspec

from farelegami.kernel.units import Cents

QUARTERS: Final = (1, 2, 3, 4)
_THOUSAND: Final = 1_000
_DUE_DAY: Final = 30


class Premium(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a day costs in a year; `more_permille` is added on top; `source` says who fixed it."""

    day_cents: int
    more_permille: int
    source: str


@dataclass(frozen=True, slots=True, order=True)
class Quarter:
    year: int
    number: int

    @property
    def said(self) -> str:
        """The quarter as one writes it."""
        return f"{self.number}/{self.year}"

    @property
    def starts_on(self) -> date:
        """Its first day."""
        return date(self.year, 3 * self.number - 2, 1)

    @property
    def ends_on(self) -> date:
        """Its last day."""
        following = self.following
        return following.starts_on - timedelta(days=1)

    @property
    def due_on(self) -> date:
        """By when its days are declared."""
        return self.following.starts_on.replace(day=_DUE_DAY)

    @property
    def following(self) -> "Quarter":
        """The quarter after it."""
        if self.number == QUARTERS[-1]:
            return Quarter(self.year + 1, QUARTERS[0])
        return Quarter(self.year, self.number + 1)

    @property
    def before(self) -> "Quarter":
        """The quarter before it."""
        if self.number == QUARTERS[0]:
            return Quarter(self.year - 1, QUARTERS[-1])
        return Quarter(self.year, self.number - 1)


def quarter_of(day: date) -> Quarter:
    """Return the quarter of a day."""
    return Quarter(day.year, (day.month - 1) // 3 + 1)


def read_premiums(text: bytes) -> Mapping[int, Premium]:
    """Return the premiums by year.

    Raises:
        msgspec.ValidationError: the text is no such list.
    """
    found = msgspec.toml.decode(text, type=dict[str, Premium])
    return {int(year): premium for year, premium in found.items()}


def premium_of(premiums: Mapping[int, Premium], year: int) -> tuple[Premium, bool]:
    """Return the premium of a year, and whether it is known: else the last one before it.

    Raises:
        KeyError: there is none as old as that.
    """
    known = [each for each in premiums if each <= year]
    if not known:
        raise KeyError(year)
    return premiums[max(known)], year in premiums


def cost_of(days: int, premium: Premium) -> Cents:
    """Return what some days cost, rounded to the nearest cent, halves up."""
    exact = days * premium.day_cents * (_THOUSAND + premium.more_permille)
    return Cents((2 * exact + _THOUSAND) // (2 * _THOUSAND))
