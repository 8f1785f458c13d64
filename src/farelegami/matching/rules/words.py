"""What is said of a proposal and of what is missing: sentences with their facts, not yet shown.

A `Chip` is translated by whoever shows it: its `text`, and those of its values that are `Label`s.
Chips of kind PACT are for those who follow the person: a host never learns that there is a pact.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, Final

from farelegami.kernel.errors import gettext_noop
from farelegami.matching.rules.conditions import (
    MEANS_LABELS,
    OBSTACLE_LABELS,
    SPAN_LABELS,
    Means,
    Obstacle,
    Span,
)
from farelegami.matching.rules.parts import MOST_POINTS
from farelegami.people.rules.weeks import DAY_LABELS

_HOUR: Final = 60
_KM: Final = 1_000
_STEPS_AWAY: Final = 2  # minutes
_MUCH: Final = 60  # points from which urgency, need and waiting are worth a word


class Label(str):
    """A value that is translated itself, too."""

    __slots__ = ()


class ChipKind(StrEnum):
    """What a chip is about: its drawing."""

    SKILL = "skill"
    LANGUAGE = "language"
    PAPER = "paper"
    TIME = "time"
    TRAVEL = "travel"
    WISH = "wish"
    HOST = "host"
    PACT = "pact"
    WARN = "warn"
    MAYBE = "maybe"


@dataclass(frozen=True, slots=True)
class Chip:
    """One fact in a few words; `text` takes `values` by name."""

    kind: ChipKind
    text: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Names:
    """What the bits of the masks are called; on a page, what its own names of skills are."""

    skill: Callable[[Any], str]
    language: Callable[[Any], str]
    paper: Callable[[Any], str]


@dataclass(frozen=True, slots=True)
class Facts:
    """All that counted in one proposal. Rows are those of the territory."""

    giver: int
    place: int
    giver_slot: int
    place_slot: int
    weekday: int
    date: int  # ordinal, 0 for every week
    start: int  # minutes of the day: when both can
    end: int
    needed: int  # minutes one must stay
    certain: bool
    minutes: int  # of travel one way
    means: Means
    road_m: int
    skills_must: tuple[Any, ...]  # bits
    skills_nice: tuple[Any, ...]  # bits, those held
    languages_must: tuple[Any, ...]  # bits
    languages_any: tuple[Any, ...]  # bits, those held
    papers_must: tuple[Any, ...]  # bits
    wished: bool
    knows_host: bool
    urgency: int
    waiting: int
    need: int
    host_fairness: int
    points: tuple[int, ...]  # in the order of Part
    score: int


def hour(minutes: int) -> str:
    """Return a minute of the day as it is said: 15, 15:30."""
    whole, rest = divmod(minutes, _HOUR)
    return f"{whole}:{rest:02d}" if rest else str(whole)


def chips(facts: Facts, names: Names) -> list[Chip]:
    """Return why this proposal, what is asked first."""
    return [*_asked(facts, names), *_when(facts), *_beside(facts)]


def against(broken: Obstacle) -> list[Chip]:
    """Return what stands against a placement that somebody decided all the same."""
    return [Chip(ChipKind.WARN, OBSTACLE_LABELS[one]) for one in broken]


def _asked(facts: Facts, names: Names) -> Iterator[Chip]:
    for bit in facts.languages_must:
        yield Chip(
            ChipKind.LANGUAGE,
            gettext_noop("parla %(language)s: richiesto"),
            {"language": names.language(bit)},
        )
    for bit in facts.languages_any:
        yield Chip(
            ChipKind.LANGUAGE,
            gettext_noop("parla %(language)s, una delle lingue cercate"),
            {"language": names.language(bit)},
        )
    for bit in facts.skills_must:
        yield Chip(
            ChipKind.SKILL, gettext_noop("%(skill)s: richiesto"), {"skill": names.skill(bit)}
        )
    for bit in facts.skills_nice:
        yield Chip(ChipKind.SKILL, gettext_noop("%(skill)s: gradito"), {"skill": names.skill(bit)})
    for bit in facts.papers_must:
        yield Chip(ChipKind.PAPER, gettext_noop("%(paper)s in regola"), {"paper": names.paper(bit)})


def _when(facts: Facts) -> Iterator[Chip]:
    hours = {"start": hour(facts.start), "end": hour(facts.end)}
    if facts.date:
        day: dict[str, Any] = {"date": date.fromordinal(facts.date)}
        yield Chip(ChipKind.TIME, gettext_noop("%(date)s, %(start)s–%(end)s"), day | hours)
    else:
        day = {"day": Label(DAY_LABELS[facts.weekday])}
        yield Chip(ChipKind.TIME, gettext_noop("%(day)s %(start)s–%(end)s"), day | hours)
    if not facts.certain:
        yield Chip(ChipKind.MAYBE, gettext_noop("orario da confermare"))
    if facts.minutes <= _STEPS_AWAY:
        yield Chip(ChipKind.TRAVEL, gettext_noop("a due passi"))
        return
    yield Chip(
        ChipKind.TRAVEL,
        gettext_noop("%(minutes)s min %(means)s"),
        {"minutes": facts.minutes, "means": Label(MEANS_LABELS[facts.means])},
    )


def _beside(facts: Facts) -> Iterator[Chip]:
    if facts.wished:
        yield Chip(ChipKind.WISH, gettext_noop("è il campo che desidera"))
    if facts.knows_host:
        yield Chip(ChipKind.HOST, gettext_noop("conosce già l'ente"))
    if facts.urgency >= _MUCH:
        yield Chip(ChipKind.PACT, gettext_noop("il patto finisce presto"))
    if facts.waiting >= _MUCH:
        yield Chip(ChipKind.PACT, gettext_noop("aspetta da tempo"))
    if facts.need >= _MUCH:
        yield Chip(ChipKind.HOST, gettext_noop("l'ente ne ha molto bisogno"))
    if facts.host_fairness == MOST_POINTS:
        yield Chip(ChipKind.HOST, gettext_noop("l'ente non ha ancora avuto nessuno"))


@dataclass(frozen=True, slots=True)
class Opening:
    """One condition that, relaxed alone and by so much, opens so many.

    `bit` is the skill, language or paper in question; -1 with LANGUAGES: any of those asked.
    For TRAVEL `minutes` and `metres` are how much more both limits must be, or `means` what one
    would need. For HOURS `minutes` is how many more a week. For TIME `weekday`, `date` and `span`.
    """

    obstacle: Obstacle
    opens: int  # free places for a giver, people for a place
    rows: tuple[int, ...]  # places for a giver, givers for a place
    bit: int = -1
    minutes: int = -1
    metres: int = -1
    weekday: int = -1
    date: int = 0
    span: Span | None = None
    means: Means | None = None


_PLAIN: Final[Mapping[Obstacle, tuple[ChipKind, str]]] = {
    Obstacle.LANGUAGES: (ChipKind.LANGUAGE, gettext_noop("senza chiedere quelle lingue")),
    Obstacle.AGE: (ChipKind.HOST, gettext_noop("se l'ente accogliesse altre età")),
    Obstacle.COVER: (ChipKind.HOST, gettext_noop("con l'assicurazione dell'ente in corso")),
    Obstacle.EXCLUDED: (ChipKind.HOST, gettext_noop("togliendo l'esclusione")),
    Obstacle.HOURS: (ChipKind.TIME, gettext_noop("con meno ore a settimana")),
    Obstacle.TRAVEL: (ChipKind.TRAVEL, gettext_noop("con un altro modo di arrivare")),
}


def condition(opening: Opening, names: Names, *, of_giver: bool = False) -> Chip:
    """Return what would have to change for this opening; how many it opens is said beside it.

    `of_giver` is said of a person, otherwise it is said of a place.
    """
    if opening.obstacle is Obstacle.TIME:
        return _another_time(opening, of_giver=of_giver)
    if opening.obstacle is Obstacle.TRAVEL and opening.minutes >= 0:
        return _longer_way(opening)
    if opening.obstacle is Obstacle.TRAVEL and opening.means is Means.LIFT:
        return Chip(ChipKind.TRAVEL, gettext_noop("con un passaggio"))
    if opening.obstacle is Obstacle.HOURS and opening.minutes >= 0:
        text = gettext_noop("con %(minutes)s minuti in più a settimana")
        return Chip(ChipKind.TIME, text, {"minutes": opening.minutes})
    if opening.bit >= 0:
        kind, name = {
            Obstacle.SKILLS: (ChipKind.SKILL, names.skill),
            Obstacle.LANGUAGES: (ChipKind.LANGUAGE, names.language),
            Obstacle.PAPERS: (ChipKind.PAPER, names.paper),
        }[opening.obstacle]
        return Chip(kind, gettext_noop("con %(name)s"), {"name": name(opening.bit)})
    return Chip(*_PLAIN[opening.obstacle])


def _longer_way(opening: Opening) -> Chip:
    if opening.minutes == 0:
        text = gettext_noop("con %(km)s km in più")
    elif opening.metres == 0:
        text = gettext_noop("con %(minutes)s minuti di viaggio in più")
    else:
        text = gettext_noop("con %(minutes)s minuti e %(km)s km in più")
    km = -(-opening.metres // _KM)
    return Chip(ChipKind.TRAVEL, text, {"minutes": opening.minutes, "km": km})


def _another_time(opening: Opening, *, of_giver: bool) -> Chip:
    span = Label(SPAN_LABELS[opening.span or Span.MORNING])
    if opening.date:
        values: dict[str, Any] = {"date": date.fromordinal(opening.date), "span": span}
        text = (
            gettext_noop("se la persona potesse di %(span)s, il %(date)s")
            if of_giver
            else gettext_noop("se l’orario fosse di %(span)s, il %(date)s")
        )
        return Chip(ChipKind.TIME, text, values)
    text = (
        gettext_noop("se la persona potesse %(day)s %(span)s")
        if of_giver
        else gettext_noop("se l’orario fosse %(day)s %(span)s")
    )
    return Chip(ChipKind.TIME, text, {"day": Label(DAY_LABELS[opening.weekday]), "span": span})
