"""The difference between two versions, in words: for the page and for the paper."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from farelegami.pacts.rules.changes import DAY, EURO, TIME, Change
from farelegami.web.formats import dmy, euro, hours


@dataclass(frozen=True, slots=True)
class ChangeShown:
    what: str
    before: str
    after: str


def changes_shown(changes: Iterable[Change]) -> list[ChangeShown]:
    """Return differences as words: amounts, hours and days spelled out."""
    return [
        ChangeShown(
            f"{_(each.what)} {each.name}".strip(),
            _spelled(each.unit, each.before),
            _spelled(each.unit, each.after),
        )
        for each in changes
    ]


def _spelled(unit: str, value: object) -> str:
    if value is None:
        return ""
    if unit == EURO and isinstance(value, int):
        return euro(value)
    if unit == TIME and isinstance(value, int):
        return hours(value)
    if unit == DAY and isinstance(value, date):
        return dmy(value)
    return str(value)
