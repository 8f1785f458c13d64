"""Who offers time, on what basis, and how much of a week it may take (R9)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from farelegami.kernel.errors import Refusal, gettext_noop
from farelegami.kernel.periods import months_later
from farelegami.kernel.units import Minutes, hours
from farelegami.pacts.rules.terms import Basis
from farelegami.volunteering.rules.days import EndOutside, StartOutside, check_between

MOST_WEEKLY: Final = hours(16)
LEAST_WEEKLY_PUC: Final = hours(8)
MOST_PLACES: Final = 3
_YEAR: Final = 12


BASIS_LABELS: Final[Mapping[Basis, str]] = {
    Basis.VOLUNTARY: gettext_noop("per scelta"),
    Basis.PUC: gettext_noop("progetto utile alla collettività (PUC)"),
}


class OfferStage(StrEnum):
    OPEN = "open"
    PAUSED = "paused"
    CLOSED = "closed"


OFFER_LABELS: Final[Mapping[OfferStage, str]] = {
    OfferStage.OPEN: gettext_noop("disponibile"),
    OfferStage.PAUSED: gettext_noop("in pausa"),
    OfferStage.CLOSED: gettext_noop("chiusa"),
}
# The latest fact that is there names the stage.
OFFER_FACT: Final[Mapping[OfferStage, str]] = {
    OfferStage.CLOSED: "closed_on",
    OfferStage.PAUSED: "paused_on",
}


@dataclass(eq=False)
class TooManyWeeklyHours(Refusal):
    code = "giveback.too_many_weekly_hours"
    text = gettext_noop("Più di %(most_minutes)s a settimana non si possono dare (R9).")
    field = "weekly_minutes"
    most_minutes: int = MOST_WEEKLY


@dataclass(eq=False)
class TooFewPucHours(Refusal):
    code = "giveback.too_few_puc_hours"
    text = gettext_noop("Un PUC prevede almeno %(least_minutes)s a settimana (D.M. 156/2023).")
    field = "weekly_minutes"
    least_minutes: int = LEAST_WEEKLY_PUC


@dataclass(eq=False)
class NoHours(Refusal):
    code = "giveback.no_hours"
    text = gettext_noop("Servono delle ore a settimana, anche poche.")
    field = "weekly_minutes"


@dataclass(eq=False)
class NeverEnds(Refusal):
    code = "giveback.never_ends"
    text = gettext_noop("La restituzione ha una fine: il giorno viene dopo l’inizio (R9).")
    field = "ends_on"


@dataclass(eq=False)
class NoTimeSaid(Refusal):
    code = "giveback.no_time_said"
    text = gettext_noop("Serve almeno una fascia in cui la persona può.")


@dataclass(eq=False)
class TooManyPlaces(Refusal):
    code = "giveback.too_many_places"
    text = gettext_noop("I posti insieme vanno da uno a %(most)s.")
    field = "places"
    most: int = MOST_PLACES


@dataclass(eq=False)
class OfferedAlready(Refusal):
    code = "giveback.offered_already"
    text = gettext_noop("Per questo impegno c’è già una disponibilità aperta.")


@dataclass(eq=False)
class OfferOver(Refusal):
    code = "giveback.offer_over"
    text = gettext_noop("Questa disponibilità è chiusa.")


@dataclass(eq=False)
class StillPlaced(Refusal):
    code = "giveback.still_placed"
    text = gettext_noop("La persona ha ancora un posto: prima si chiude quello.")


def check_hours(basis: Basis, weekly: Minutes) -> None:
    """Refuse weekly hours outside the limits: at most 16, and from 8 for a PUC (R9).

    Raises:
        NoHours, TooManyWeeklyHours, TooFewPucHours: as their names say.

    Source:
        D.M. 156/2023, art. 2 and annex 1; docs/domain/giveback.md.
    """
    if weekly <= 0:
        raise NoHours
    if weekly > MOST_WEEKLY:
        raise TooManyWeeklyHours
    if basis is Basis.PUC and weekly < LEAST_WEEKLY_PUC:
        raise TooFewPucHours


def check_span(starts_on: date, ends_on: date) -> None:
    """Refuse an offer without a real end.

    Raises:
        NeverEnds: it ends before it begins.
    """
    if ends_on < starts_on:
        raise NeverEnds


def check_days(
    starts_on: date, ends_on: date, *, today: date, before: tuple[date, date] | None = None
) -> None:
    """Refuse days that cannot be meant; `before` are the two it has, each of which may stay.

    Raises:
        StartOutside: begun more than a year ago, or more than a year ahead.
        EndOutside: gone already, or more than five years ahead.
    """
    had_start, had_end = before or (None, None)
    if starts_on != had_start:
        first, last = months_later(today, -_YEAR), months_later(today, _YEAR)
        check_between(starts_on, StartOutside, first=first, last=last)
    if ends_on != had_end:
        latest = max(today, starts_on)
        check_between(ends_on, EndOutside, first=latest, last=months_later(latest, 5 * _YEAR))


def check_places(places: int) -> None:
    """Refuse more placements at once than anyone can keep.

    Raises:
        TooManyPlaces: not from one to three.
    """
    if not 1 <= places <= MOST_PLACES:
        raise TooManyPlaces
