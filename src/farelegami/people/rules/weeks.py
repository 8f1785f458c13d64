"""When somebody can: seven days by four bands, kept as two numbers so that the database can match.

Bit `day * 4 + band` of `yes` (or `maybe`) says that the person can (perhaps can) in that band;
days run from Monday, 0, to Sunday, 6.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Final

from farelegami.kernel.errors import gettext_noop

DAYS: Final = 7


class Band(IntEnum):
    MORNING = 0
    EARLY_AFTERNOON = 1
    AFTERNOON = 2
    EVENING = 3


BAND_LABELS: Final[Mapping[Band, str]] = {
    Band.MORNING: gettext_noop("Mattina"),
    Band.EARLY_AFTERNOON: gettext_noop("Primo pomeriggio"),
    Band.AFTERNOON: gettext_noop("Pomeriggio"),
    Band.EVENING: gettext_noop("Sera"),
}
BAND_HOURS: Final[Mapping[Band, tuple[int, int]]] = {
    Band.MORNING: (9, 12),
    Band.EARLY_AFTERNOON: (13, 15),
    Band.AFTERNOON: (15, 17),
    Band.EVENING: (18, 21),
}
DAY_LABELS: Final = (
    gettext_noop("lunedì"),
    gettext_noop("martedì"),
    gettext_noop("mercoledì"),
    gettext_noop("giovedì"),
    gettext_noop("venerdì"),
    gettext_noop("sabato"),
    gettext_noop("domenica"),
)


class Answer(StrEnum):
    YES = "yes"
    MAYBE = "maybe"
    NO = "no"


def _bit(day: int, band: Band) -> int:
    if not 0 <= day < DAYS:
        message = f"a week has days 0 to 6, not {day}"
        raise ValueError(message)
    return 1 << (day * len(Band) + band)


@dataclass(frozen=True, slots=True)
class Week:
    """A person's usual week; a slot is never both certain and perhaps."""

    yes: int = 0
    maybe: int = 0

    def answer(self, day: int, band: Band) -> Answer:
        """Return whether the person can on that day, in that band."""
        bit = _bit(day, band)
        if self.yes & bit:
            return Answer.YES
        return Answer.MAYBE if self.maybe & bit else Answer.NO

    def rows(self) -> Iterator[tuple[Band, tuple[Answer, ...]]]:
        """Yield each band with its seven answers, as the table on the page is drawn."""
        for band in Band:
            yield band, tuple(self.answer(day, band) for day in range(DAYS))

    def common(self, other: "Week") -> int:
        """Return in how many slots both can, perhaps included."""
        return ((self.yes | self.maybe) & (other.yes | other.maybe)).bit_count()


def week_of(answers: Iterable[tuple[int, Band, Answer]]) -> Week:
    """Return the week with these answers; of two for one slot the later counts.

    Raises:
        ValueError: a day outside 0 to 6.
    """
    yes = maybe = 0
    for day, band, answer in answers:
        bit = _bit(day, band)
        yes, maybe = yes & ~bit, maybe & ~bit
        if answer is Answer.YES:
            yes |= bit
        elif answer is Answer.MAYBE:
            maybe |= bit
    return Week(yes, maybe)
