"""What may be told of small counts, and how far a result is on its way (R24)."""

from collections.abc import Collection, Hashable, Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import Final, TypeVar

from farelegami.kernel.errors import gettext_noop

SMALLEST_TOLD: Final = 5
_HUNDRED: Final = 100
KeyT = TypeVar("KeyT", bound=Hashable)


class Pace(StrEnum):
    AHEAD = "ahead"
    ON_TIME = "on_time"
    BEHIND = "behind"


PACE_LABELS: Final[Mapping[Pace, str]] = {
    Pace.AHEAD: gettext_noop("avanti"),
    Pace.ON_TIME: gettext_noop("in linea"),
    Pace.BEHIND: gettext_noop("indietro"),
}
_CLOSE: Final = 5


def disclosed(counts: Mapping[KeyT, int]) -> Mapping[KeyT, int | None]:
    """Return the cells of a row whose total is told: None where a cell must not be read.

    Cells from 1 to 4 are hidden. If only one is, the total would give it away, so the smallest of
    the others goes with it, one above zero if there is any.

    >>> disclosed({"Crema": 3, "Cremona": 40, "Casalmaggiore": 12})
    {'Crema': None, 'Cremona': 40, 'Casalmaggiore': None}
    """
    hidden = {key for key, count in counts.items() if 0 < count < SMALLEST_TOLD}
    others = [key for key in counts if key not in hidden]
    if len(hidden) == 1 and others:
        hidden.add(min(others, key=lambda key: (counts[key] == 0, counts[key])))
    return {key: None if key in hidden else count for key, count in counts.items()}


def unsaid(counts: Mapping[KeyT, int], lines: Sequence[Collection[KeyT]]) -> frozenset[KeyT]:
    """Return which cells must not be read, where each of `lines` is a total and its parts.

    Cells from 1 to 4 are hidden. Where a line has one hidden, its total included, the others would
    give it away: the smallest of them goes with it, until no line has just one.

    >>> sorted(unsaid({"all": 55, "a": 3, "b": 40, "c": 12}, [("all", "a", "b", "c")]))
    ['a', 'c']
    """
    hidden = {key for key, count in counts.items() if 0 < count < SMALLEST_TOLD}
    alone = True
    while alone:
        alone = False
        for line in lines:
            others = [key for key in line if key not in hidden]
            if others and len(line) - len(others) == 1:
                hidden.add(min(others, key=lambda key: (counts[key] == 0, counts[key])))
                alone = True
    return frozenset(hidden)


def percent(result: int, target: int) -> int:
    """Return how much of a target is reached, in whole hundredths, never rounded up to 100.

    >>> percent(249, 250)
    99
    """
    return result * _HUNDRED // target if target > 0 else 0


def elapsed(starts_on: date, ends_on: date, day: date) -> int:
    """Return how much of a programme's time has gone by on `day`, in whole hundredths, 0 to 100."""
    whole = (ends_on - starts_on).days + 1
    return min(_HUNDRED, max(0, percent((day - starts_on).days + 1, whole)))


def pace(result: int, target: int, gone: int) -> Pace:
    """Return how a result stands where `gone` hundredths of the time are gone, five of grace.

    >>> pace(158, 250, 63)
    <Pace.ON_TIME: 'on_time'>
    """
    ahead = percent(result, target) - gone
    if ahead > _CLOSE or result >= target:
        return Pace.AHEAD
    return Pace.ON_TIME if ahead >= -_CLOSE else Pace.BEHIND
