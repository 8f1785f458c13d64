"""The hard conditions: what no plan breaks, whatever the score."""

from collections.abc import Mapping
from enum import IntEnum, IntFlag
from typing import Final

from farelegami.kernel.errors import gettext_noop


class Obstacle(IntFlag):
    """Why somebody cannot give in a place; arrays hold these bits as uint16."""

    SKILLS = 1
    LANGUAGES = 2
    PAPERS = 4
    TRAVEL = 8
    AGE = 16
    COVER = 32
    EXCLUDED = 64
    EMPLOYEE = 128
    TIME = 256
    HOURS = 512


# What belongs to two people's slots; the rest belongs to the two themselves.
OF_SLOTS: Final = Obstacle.TIME | Obstacle.HOURS

OBSTACLE_LABELS: Final[Mapping[Obstacle, str]] = {
    Obstacle.SKILLS: gettext_noop("manca una competenza richiesta"),
    Obstacle.LANGUAGES: gettext_noop("manca una lingua richiesta"),
    Obstacle.PAPERS: gettext_noop("manca un attestato o è scaduto"),
    Obstacle.TRAVEL: gettext_noop("troppo lontano"),
    Obstacle.AGE: gettext_noop("fuori dall'età prevista"),
    Obstacle.COVER: gettext_noop("l'ente non ha un'assicurazione in corso"),
    Obstacle.EXCLUDED: gettext_noop("abbinamento escluso"),
    Obstacle.EMPLOYEE: gettext_noop("lavora per lo stesso ente"),
    Obstacle.TIME: gettext_noop("gli orari non si incontrano"),
    Obstacle.HOURS: gettext_noop("servono più ore di quelle che può dare"),
}


class Means(IntEnum):
    """How somebody gets about; the number is the bit in arrays (`1 << means`)."""

    ON_FOOT = 0
    BICYCLE = 1
    BUS = 2
    TRAIN = 3
    CAR = 4
    LIFT = 5


MEANS_LABELS: Final[Mapping[Means, str]] = {
    Means.ON_FOOT: gettext_noop("a piedi"),
    Means.BICYCLE: gettext_noop("in bicicletta"),
    Means.BUS: gettext_noop("in autobus"),
    Means.TRAIN: gettext_noop("in treno"),
    Means.CAR: gettext_noop("in auto"),
    Means.LIFT: gettext_noop("con un passaggio"),
}
# Metres an hour, and minutes lost before leaving and after arriving.
PACE: Final[Mapping[Means, tuple[int, int]]] = {
    Means.ON_FOOT: (5_000, 0),
    Means.BICYCLE: (14_000, 0),
    Means.BUS: (22_000, 10),
    Means.TRAIN: (45_000, 15),
    Means.CAR: (45_000, 5),
    Means.LIFT: (45_000, 5),
}
PUBLIC: Final = frozenset({Means.BUS, Means.TRAIN})
# Roads are longer than the straight line, in thousandths.
ROAD: Final = 1_300


# Minutes more of travel, as people think of them.
STEPS: Final = (5, 10, 15, 20, 30, 45, 60)
MOST_MORE: Final = STEPS[-1]


def minutes_by(means: Means, road_m: int) -> int:
    """Return the minutes one way for that many metres of road, rounded up."""
    pace, lost = PACE[means]
    return lost - (-road_m * 60 // pace)


class Span(IntEnum):
    """A part of the day, told by when a slot starts: before 13, before 18, later."""

    MORNING = 0
    AFTERNOON = 1
    EVENING = 2


SPAN_LABELS: Final[Mapping[Span, str]] = {
    Span.MORNING: gettext_noop("mattina"),
    Span.AFTERNOON: gettext_noop("pomeriggio"),
    Span.EVENING: gettext_noop("sera"),
}
_AFTERNOON: Final = 13 * 60
_EVENING: Final = 18 * 60


def span_of(start: int) -> Span:
    """Return the part of the day of a slot that starts at this minute of the day."""
    if start < _AFTERNOON:
        return Span.MORNING
    return Span.AFTERNOON if start < _EVENING else Span.EVENING
