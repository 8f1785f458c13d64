"""Which days can be meant, of those that can be typed: a slip of a year is asked again.

Source: registers of volunteers since D.M. 14/2/1992; refunds under D.Lgs. 117/2017, in force since
3/8/2017; hours for the collectivity as they are since D.M. 156/2023, from 1/1/2024.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from farelegami.kernel.errors import Refusal, gettext_noop
from farelegami.kernel.periods import months_later

_REGISTERS_SINCE: Final = date(1992, 2, 14)
_CODE_SINCE: Final = date(2017, 8, 3)
_PUC_SINCE: Final = date(2024, 1, 1)
_YEAR: Final = 12
_A_DAY: Final = timedelta(days=1)


@dataclass(eq=False)
class DayOutside(Refusal):
    """A day that cannot be meant; each kind of it names its field."""

    code = "volunteering.day_outside"
    text = gettext_noop("Scrivi un giorno fra il %(first)s e il %(last)s.")
    first: date
    last: date


class StartOutside(DayOutside):
    field = "starts_on"


class EndOutside(DayOutside):
    field = "ends_on"


class OpeningOutside(DayOutside):
    field = "opened_on"


class EntryOutside(DayOutside):
    field = "entered_on"


class ResolutionOutside(DayOutside):
    field = "resolved_on"


class EndingOutside(DayOutside):
    field = "ended_on"


class LastDayOutside(DayOutside):
    field = "day"


def check_between(day: date, refusal: type[DayOutside], *, first: date, last: date) -> None:
    """Refuse a day before `first` or after `last`.

    Raises:
        DayOutside: the kind given.
    """
    if not first <= day <= last:
        raise refusal(first, last)


def check_opening(opened_on: date, *, today: date) -> None:
    """Refuse a register opened in the future, or before bodies had one (`OpeningOutside`)."""
    check_between(opened_on, OpeningOutside, first=_REGISTERS_SINCE, last=today)


def check_entry(entered_on: date, *, opened_on: date, today: date) -> None:
    """Refuse an entry for a day more than a year ahead (`EntryOutside`)."""
    check_between(entered_on, EntryOutside, first=opened_on, last=months_later(today, _YEAR))


def check_policy(starts_on: date, ends_on: date, *, today: date) -> None:
    """Refuse a policy of other times, or of more than ten years (`StartOutside`, `EndOutside`)."""
    check_between(
        starts_on, StartOutside, first=months_later(today, -10 * _YEAR),
        last=months_later(today, 3 * _YEAR),
    )  # fmt: skip
    check_between(ends_on, EndOutside, first=starts_on, last=months_later(starts_on, 10 * _YEAR))


def check_work(starts_on: date, ends_on: date | None, *, today: date) -> None:
    """Refuse paid work of no working life (`StartOutside`, `EndOutside`)."""
    check_between(
        starts_on, StartOutside, first=months_later(today, -70 * _YEAR),
        last=months_later(today, _YEAR),
    )  # fmt: skip
    if ends_on is not None:
        last = months_later(max(today, starts_on), 10 * _YEAR)
        check_between(ends_on, EndOutside, first=starts_on, last=last)


def check_work_end(day: date, *, starts_on: date, today: date) -> None:
    """Refuse an end of paid work that cannot be known yet (`LastDayOutside`)."""
    last = months_later(max(today, starts_on), 10 * _YEAR)
    check_between(day, LastDayOutside, first=starts_on, last=last)


def check_project(opened_on: date, starts_on: date, ends_on: date, *, today: date) -> None:
    """Refuse hours for the collectivity of before they were, or of more than three years.

    Raises:
        OpeningOutside, StartOutside, EndOutside: as their names say (R11).
    """
    check_between(opened_on, OpeningOutside, first=_PUC_SINCE, last=today)
    first = opened_on + _A_DAY
    check_between(starts_on, StartOutside, first=first, last=months_later(today, _YEAR))
    check_between(ends_on, EndOutside, first=starts_on, last=months_later(starts_on, 3 * _YEAR))


def check_ending(ended_on: date, *, starts_on: date, ends_on: date) -> None:
    """Refuse an end outside of a position's days; before it began, it is the day before.

    Raises:
        EndingOutside: as its name says.
    """
    check_between(ended_on, EndingOutside, first=starts_on - _A_DAY, last=ends_on)


def check_resolution(resolved_on: date, *, today: date) -> None:
    """Refuse a resolution of before the law that asks for it (`ResolutionOutside`)."""
    check_between(resolved_on, ResolutionOutside, first=_CODE_SINCE, last=today)
