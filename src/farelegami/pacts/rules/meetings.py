"""When a pact is looked at together again: terms that alert and never punish (R7)."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from farelegami.kernel.errors import Refusal, gettext_noop
from farelegami.kernel.periods import months_later

FOLLOW_UP_MONTHS: Final = (3, 6, 12)


@dataclass(eq=False)
class MeetingSettled(Refusal):
    code = "pacts.meeting_settled"
    text = gettext_noop("Questo incontro è già stato segnato.")


@dataclass(eq=False)
class MeetingInFuture(Refusal):
    code = "pacts.meeting_in_future"
    text = gettext_noop("Un incontro si segna dopo che c’è stato.")
    field = "held_on"


def next_meeting_by(
    *, started_on: date, last_held_on: date | None, interval_days: int, suspended_days: int = 0
) -> date:
    """Return the day by which the next meeting is due: the interval after the last one held, or
    after the start; days of suspension do not count.
    """
    since = max(last_held_on, started_on) if last_held_on else started_on
    return since + timedelta(days=interval_days + suspended_days)


def follow_up_days(closed_on: date) -> tuple[tuple[int, date], ...]:
    """Return the months and days at which a family is asked how it goes, after the closing (R8)."""
    return tuple((months, months_later(closed_on, months)) for months in FOLLOW_UP_MONTHS)
