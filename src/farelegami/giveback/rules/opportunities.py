"""Opportunities: open, paused, closed; and the nudge to say that they are still needed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from farelegami.kernel.errors import Refusal, gettext_noop
from farelegami.kernel.periods import months_later
from farelegami.kernel.points import Point, metres_between
from farelegami.volunteering.rules.days import EndOutside, StartOutside, check_between

# After two months of silence a host is asked whether the need is still there.
ASK_AGAIN_AFTER: Final = timedelta(days=60)
MOST_SEATS: Final = 50
LONGEST_TASKS: Final = 4000
_YEAR: Final = 12
# Wide enough for the largest municipalities; more is a slip of town or of digits.
WIDEST_M: Final = 35_000


class OpportunityStage(StrEnum):
    OPEN = "open"
    PAUSED = "paused"
    CLOSED = "closed"


OPPORTUNITY_LABELS: Final[Mapping[OpportunityStage, str]] = {
    OpportunityStage.OPEN: gettext_noop("aperta"),
    OpportunityStage.PAUSED: gettext_noop("in pausa"),
    OpportunityStage.CLOSED: gettext_noop("chiusa"),
}
OPPORTUNITY_FACT: Final[Mapping[OpportunityStage, str]] = {
    OpportunityStage.CLOSED: "closed_on",
    OpportunityStage.PAUSED: "paused_on",
}


@dataclass(eq=False)
class TitleMissing(Refusal):
    code = "giveback.title_missing"
    text = gettext_noop("Serve un titolo: che cosa c’è da fare?")
    field = "title"


@dataclass(eq=False)
class NoSlots(Refusal):
    code = "giveback.no_slots"
    text = gettext_noop("Serve almeno un giorno con un orario.")


@dataclass(eq=False)
class SeatsImpossible(Refusal):
    code = "giveback.seats_impossible"
    text = gettext_noop("I posti vanno da uno a %(most)s.")
    field = "seats"
    most: int = MOST_SEATS


@dataclass(eq=False)
class SeatsTaken(Refusal):
    code = "giveback.seats_taken"
    text = gettext_noop("Qui lavorano già %(taken)s persone: i posti non possono essere meno.")
    field = "seats"
    taken: int


@dataclass(eq=False)
class SlotInUse(Refusal):
    code = "giveback.slot_in_use"
    text = gettext_noop("In un orario tolto c’è già qualcuno: prima si chiude il suo posto.")


@dataclass(eq=False)
class AgesImpossible(Refusal):
    code = "giveback.ages_impossible"
    text = gettext_noop("L’età minima supera la massima.")
    field = "max_age"


@dataclass(eq=False)
class OpportunityOver(Refusal):
    code = "giveback.opportunity_over"
    text = gettext_noop("Questa opportunità è chiusa: se serve ancora, copiala.")


@dataclass(eq=False)
class AnotherDistrict(Refusal):
    """Who works there, its register and its rights are of the district it was posted in."""

    code = "giveback.another_district"
    text = gettext_noop(
        "%(town)s è in un altro distretto: per quel comune serve una richiesta nuova. Copia questa."
    )
    field = "municipality_id"
    town: str


@dataclass(eq=False)
class EndsInThePast(Refusal):
    code = "giveback.ends_in_the_past"
    text = gettext_noop("Il giorno di fine è già passato.")
    field = "ends_on"


@dataclass(eq=False)
class PointElsewhere(Refusal):
    code = "giveback.point_elsewhere"
    text = gettext_noop(
        "Il punto dista %(km)s km da %(town)s: scegli il comune giusto, o togli il punto."
    )
    field = "point"
    town: str
    km: int


def check_point(point: Point, *, town: str, centre: Point) -> None:
    """Refuse a point too far from the municipality it is said to be in.

    Raises:
        PointElsewhere: further from the centre than any municipality is wide.
    """
    metres = metres_between(point, centre)
    if metres > WIDEST_M:
        raise PointElsewhere(town, round(metres / 1000))


def check_shape(*, title: str, seats: int, min_age: int, max_age: int | None) -> None:
    """Refuse an opportunity that nobody could read or fill.

    Raises:
        TitleMissing, SeatsImpossible, AgesImpossible: as their names say.
    """
    if not title.strip():
        raise TitleMissing
    if not 1 <= seats <= MOST_SEATS:
        raise SeatsImpossible
    if max_age is not None and min_age > max_age:
        raise AgesImpossible


def check_days(
    starts_on: date, ends_on: date | None, *, today: date, before: date | None = None
) -> None:
    """Refuse days that cannot be meant; `before` is the start it has, which may stay.

    Raises:
        EndsInThePast: as its name says.
        StartOutside: begun more than a year ago, or more than two ahead.
        EndOutside: before the start, or more than five years ahead.
    """
    if starts_on != before:
        first, last = months_later(today, -_YEAR), months_later(today, 2 * _YEAR)
        check_between(starts_on, StartOutside, first=first, last=last)
    if ends_on is None:
        return
    latest = max(today, starts_on)
    if ends_on < today:
        raise EndsInThePast
    check_between(ends_on, EndOutside, first=latest, last=months_later(latest, 5 * _YEAR))


def wants_asking(confirmed_on: date, *, today: date) -> bool:
    """Return whether it is time to ask the host if the need is still there."""
    return today - confirmed_on >= ASK_AGAIN_AFTER
