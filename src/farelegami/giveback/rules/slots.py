"""Stretches of time on a day of the week, or on one date, in minutes from midnight."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Final

from farelegami.kernel.errors import Refusal, gettext_noop
from farelegami.kernel.units import MINUTES_IN_HOUR, Minutes
from farelegami.people.rules.weeks import BAND_HOURS, DAYS, Answer, Band, Week

DAY_MINUTES: Final = 24 * MINUTES_IN_HOUR
SHORTEST: Final = 15
MOST_SLOTS: Final = 42


@dataclass(eq=False)
class SlotTooShort(Refusal):
    code = "giveback.slot_too_short"
    text = gettext_noop("La fascia finisce prima di cominciare, o dura meno di un quarto d’ora.")
    field = "ends"


@dataclass(eq=False)
class SlotsOverlap(Refusal):
    code = "giveback.slots_overlap"
    text = gettext_noop("Due fasce si sovrappongono: lo stesso momento si dice una volta sola.")


@dataclass(eq=False)
class SlotInThePast(Refusal):
    code = "giveback.slot_in_the_past"
    text = gettext_noop("Il %(day)s è già passato: scegli un giorno da oggi in poi.")
    day: date


@dataclass(eq=False)
class SlotOutside(Refusal):
    code = "giveback.slot_outside"
    text = gettext_noop("Il %(day)s è fuori dai giorni indicati: prima dell’inizio o dopo la fine.")
    day: date


@dataclass(frozen=True, slots=True, order=True)
class Slot:
    """A stretch that comes back every week, or happens `on` one date.

    `weekday` runs from Monday, 0; `starts` and `ends` are minutes from midnight.
    """

    weekday: int
    starts: int
    ends: int
    on: date | None = None
    is_certain: bool = True

    @property
    def minutes(self) -> Minutes:
        return Minutes(self.ends - self.starts)

    def falls_on(self, day: date) -> bool:
        """Return whether the stretch is on that day."""
        return self.on == day if self.on is not None else self.weekday == day.weekday()

    def fits(self, asked: "Slot") -> bool:
        """Return whether who is free here is free on every day of `asked`."""
        if self.on is not None:
            return self.on == asked.on
        return self.weekday == asked.weekday

    def overlap(self, asked: "Slot") -> Minutes:
        """Return the minutes both have in common on the days of `asked`."""
        if not self.fits(asked):
            return Minutes(0)
        return Minutes(max(0, min(self.ends, asked.ends) - max(self.starts, asked.starts)))


def checked(slots: Sequence[Slot]) -> tuple[Slot, ...]:
    """Return the stretches in order, once it is sure that they can be.

    Raises:
        SlotTooShort, SlotsOverlap: as their names say.
    """
    for slot in slots:
        if not 0 <= slot.weekday < DAYS or slot.ends - slot.starts < SHORTEST:
            raise SlotTooShort
        if not 0 <= slot.starts < slot.ends <= DAY_MINUTES:
            raise SlotTooShort
    ordered = sorted(slots, key=lambda slot: (slot.on or date.min, slot.weekday, slot.starts))
    for one, next_ in pairwise(ordered):
        same_day = one.on == next_.on and one.weekday == next_.weekday
        if same_day and next_.starts < one.ends:
            raise SlotsOverlap
    return tuple(ordered)


def check_dates(
    slots: Iterable[Slot],
    *,
    starts_on: date,
    ends_on: date | None,
    today: date,
    kept: Collection[date | None] = (),
) -> None:
    """Refuse a stretch of one day that has gone or lies outside; days `kept` were said before.

    Raises:
        SlotInThePast, SlotOutside: as their names say.
    """
    for day in sorted({slot.on for slot in slots if slot.on is not None}):
        if day < today and day in kept:
            continue
        if day < today:
            raise SlotInThePast(day)
        if day < starts_on or (ends_on is not None and day > ends_on):
            raise SlotOutside(day)


def slots_of(week: Week) -> tuple[Slot, ...]:
    """Return a person's usual week as stretches: bands that touch are one, if equally certain."""
    return tuple(_stretches(week))


def _stretches(week: Week) -> Iterator[Slot]:
    for day in range(DAYS):
        last: Slot | None = None
        for band in Band:
            answer = week.answer(day, band)
            if answer is Answer.NO:
                continue
            first, end = (hour * MINUTES_IN_HOUR for hour in BAND_HOURS[band])
            certain = answer is Answer.YES
            if last is not None and last.ends == first and last.is_certain == certain:
                last = Slot(day, last.starts, end, is_certain=certain)
                continue
            if last is not None:
                yield last
            last = Slot(day, first, end, is_certain=certain)
        if last is not None:
            yield last


def days_of(slot: Slot, *, first: date, last: date) -> Iterator[date]:
    """Yield the days of a stretch from `first` to `last`, both included."""
    if slot.on is not None:
        if first <= slot.on <= last:
            yield slot.on
        return
    day = first + timedelta(days=(slot.weekday - first.weekday()) % DAYS)
    while day <= last:
        yield day
        day += timedelta(days=DAYS)


def clock_face(minutes: int) -> str:
    """Return a minute of the day as one reads it off a clock.

    >>> clock_face(15 * 60), clock_face(17 * 60 + 30)
    ('15', '17.30')
    """
    hour, rest = divmod(minutes, MINUTES_IN_HOUR)
    return f"{hour}.{rest:02d}" if rest else f"{hour}"
