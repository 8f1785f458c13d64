"""Amounts, durations and dates as Italians write them, in every language of the interface.

Spaces inside a figure do not break: "1.234,50 €" stays on one line.
"""

from datetime import date
from typing import Final

from django.utils import dateformat
from django.utils.translation import get_language
from django.utils.translation import gettext as _

SMALLEST_TOLD: Final = 5
NO_BREAK: Final = "\N{NO-BREAK SPACE}"


def grouped(number: int) -> str:
    """A whole number with dots between thousands: 21.340."""
    return f"{number:,}".replace(",", ".")


def euro(cents: int) -> str:
    """Cents as "1.234,50 €"."""
    return f"{amount(cents)}{NO_BREAK}€"


def amount(cents: int) -> str:
    """Cents as "1.234,50", for columns whose unit is said elsewhere."""
    whole, rest = divmod(abs(cents), 100)
    return f"{'-' if cents < 0 else ''}{grouped(whole)},{rest:02d}"


def hours(minutes: int) -> str:
    """Minutes as "3 h 30 min", "31 h" or "45 min"; none is "0 h"."""
    return _spoken(minutes, unit=f"{NO_BREAK}min")


def hours_tight(minutes: int) -> str:
    """Minutes as "34 h 30" or "31 h", for narrow rows."""
    return _spoken(minutes, unit="")


def _spoken(minutes: int, *, unit: str) -> str:
    whole, rest = divmod(abs(minutes), 60)
    sign = "-" if minutes < 0 else ""
    if not rest:
        return f"{sign}{grouped(whole)}{NO_BREAK}h"
    if not whole:
        return f"{sign}{rest}{NO_BREAK}min"
    return f"{sign}{grouped(whole)}{NO_BREAK}h{NO_BREAK}{rest:02d}{unit}"


def told(count: int) -> str:
    """A count of people or pacts that anybody may read: under five it is not said exactly."""
    return _("meno di 5") if 0 < count < SMALLEST_TOLD else grouped(count)


def dmy(day: date) -> str:
    """A day as "12/03/2026"."""
    return f"{day.day:02d}/{day.month:02d}/{day.year:04d}"


def written(moment: date, shape: str) -> str:
    """A day or moment in words, in Django's letters: months and days are small but in English."""
    words = dateformat.format(moment, shape)
    return words if (get_language() or "").startswith("en") else words.lower()


def reason(purpose: str) -> str:
    """Why a file was opened, in the reader's language: the log keeps it in Italian, a page and
    perhaps a reason of the worker's.
    """
    return ", ".join(_(part) for part in purpose.split(", ")) if purpose else ""
