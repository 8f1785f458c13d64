"""When a pact is looked at together again: terms that alert and never punish (R7)."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from farelegami.kernel.errors import Refusal, gettext_noop
from farelegami.kernel.periods import months_later
from farelegami.kernel.units import Minutes, hours

FOLLOW_UP_MONTHS: Final = (3, 6, 12)
PLANNED_BEFORE: Final = timedelta(days=60)
PLANNED_AFTER: Final = timedelta(days=400)
MOST_WORKED: Final = hours(24)


@dataclass(eq=False)
class MeetingSettled(Refusal):
    code = "pacts.meeting_settled"
    text = gettext_noop("Questo incontro è già stato segnato.")


@dataclass(eq=False)
class MeetingInFuture(Refusal):
    code = "pacts.meeting_in_future"
    text = gettext_noop("Un incontro si segna dopo che c’è stato.")
    field = "held_on"


@dataclass(eq=False)
class MeetingBeforePact(Refusal):
    code = "pacts.meeting_before_pact"
    text = gettext_noop("Il patto comincia il %(starts)s: l’incontro non può essere prima.")
    field = "held_on"
    starts: date


@dataclass(eq=False)
class MeetingOutsidePact(Refusal):
    code = "pacts.meeting_outside_pact"
    text = gettext_noop("Per questo patto un incontro si fissa dal %(first)s al %(last)s.")
    field = "day"
    first: date
    last: date


@dataclass(eq=False)
class WorkImpossible(Refusal):
    code = "pacts.work_impossible"
    text = gettext_noop(
        "Per un incontro il tempo di chi accompagna va da 1 minuto a %(most_minutes)s."
    )
    field = "worked_minutes"
    most_minutes: int


def check_worked(minutes: Minutes | None) -> None:
    """Pass where those who accompany a family may have worked so long for one meeting, all together.

    Raises:
        WorkImpossible: nothing, or more than 24 hours.
    """
    if minutes is not None and not 0 < minutes <= MOST_WORKED:
        raise WorkImpossible(MOST_WORKED)


def check_held_on(held_on: date, *, starts_on: date, today: date) -> None:
    """Pass where a meeting about the pact may have been held on a day.

    Raises:
        MeetingInFuture: the day has not come.
        MeetingBeforePact: the pact began later.
    """
    if held_on > today:
        raise MeetingInFuture
    if held_on < starts_on:
        raise MeetingBeforePact(starts=starts_on)


def check_planned_on(day: date, *, starts_on: date, ends_on: date) -> None:
    """Pass where a meeting about the pact may be planned: around its days, the follow-ups included.

    Raises:
        MeetingOutsidePact: more than 60 days before the start or 400 after the end.
    """
    first, last = starts_on - PLANNED_BEFORE, ends_on + PLANNED_AFTER
    if not first <= day <= last:
        raise MeetingOutsidePact(first=first, last=last)


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
