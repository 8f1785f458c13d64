"""What somebody's time changed for others, as whoever received it tells it, once."""

from dataclasses import dataclass
from typing import Final

from farelegami.kernel.errors import Refusal, gettext_noop

MOST_REACHED: Final = 5_000


@dataclass(eq=False)
class ReachImpossible(Refusal):
    code = "giveback.reach_impossible"
    text = gettext_noop("Le persone a cui è servito vanno da 0 a %(most)s.")
    field = "reached_people"
    most: int = MOST_REACHED


@dataclass(frozen=True, slots=True)
class Change:
    """What changed, and about how many people it reached; either may stay unsaid."""

    words: str = ""
    reached_people: int | None = None

    def __bool__(self) -> bool:
        return bool(self.words.strip()) or self.reached_people is not None


def check_reach(people: int | None) -> None:
    """Refuse a number of people nobody meets in one place.

    Raises:
        ReachImpossible: below nought, or above 5,000.
    """
    if people is not None and not 0 <= people <= MOST_REACHED:
        raise ReachImpossible
