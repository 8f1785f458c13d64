"""What counts of who waits and of what is free, in plain values: for pages and for the plan alike.

Nothing heavy is loaded here. `planning` puts the same values into arrays.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from farelegami.giveback.queries.around import Around
from farelegami.giveback.queries.waiting import Free, Waiting
from farelegami.giveback.rules.needs import (
    REQUIREMENT_LABELS,
    Need,
    NeedKind,
    Requirement,
    Weight,
    levels_within,
    skills_within,
)
from farelegami.giveback.rules.slots import Slot
from farelegami.kernel.periods import full_years
from farelegami.matching.rules.conditions import MOST_MORE, PACE, Means
from farelegami.matching.rules.pairs import Hours, Meeting, Offer, Post
from farelegami.matching.rules.parts import MOST_POINTS
from farelegami.matching.rules.words import Chip, Label, Names
from farelegami.pacts.rules.terms import Basis
from farelegami.people.rules.languages import language_label
from farelegami.people.rules.persons import Transport

FAR: Final = 1_000_000
Goes = Waiting | Around
OLDEST: Final = 200
# A paper beside the others that says: gives freely. A place that takes no PUC asks for it.
FREELY: Final = "freely"
_MEANS: Final[Mapping[str, Means]] = {
    Transport.ON_FOOT: Means.ON_FOOT,
    Transport.BICYCLE: Means.BICYCLE,
    Transport.BUS: Means.BUS,
    Transport.TRAIN: Means.TRAIN,
    Transport.CAR: Means.CAR,
    Transport.LIFT: Means.LIFT,
}
# Nobody said how they get about: they walk and take the bus.
_USUAL: Final = frozenset({Means.ON_FOOT, Means.BUS})
_ADULT: Final = 35
_HALF_YEAR: Final = timedelta(days=183)
_EACH_AT_HOST: Final = 25


def hours_of(each: Waiting) -> Sequence[Slot]:
    """Return when somebody can, each moment once: of a date what the hours of every week leave."""
    weekly = sorted(slot for slot in each.slots if slot.on is None)
    dated = [rest for slot in each.slots if slot.on for rest in _outside(slot, weekly)]
    return [*weekly, *dated]


def _outside(slot: Slot, weekly: Sequence[Slot]) -> Iterator[Slot]:
    starts = slot.starts
    for usual in weekly:
        if slot.on is None or usual.weekday != slot.on.weekday() or usual.ends <= starts:
            continue
        if usual.starts >= slot.ends:
            break
        if usual.starts > starts:
            yield replace(slot, starts=starts, ends=usual.starts)
        starts = usual.ends
    if starts < slot.ends:
        yield replace(slot, starts=starts)


def means_of(each: Goes) -> frozenset[Means]:
    """Return how somebody gets about."""
    return frozenset(_MEANS[means] for means in each.transport) or _USUAL


def reach_of(each: Goes) -> int:
    """Return how many metres away somebody can be, whatever the road: by their quickest means."""
    return _reach(means_of(each), each.travel_minutes)


def wide_reach_of(each: Goes) -> int:
    """Return how many metres away something may be that more minutes, or a lift, would open."""
    longer = _reach(means_of(each), each.travel_minutes + MOST_MORE)
    return max(longer, _reach({Means.LIFT}, each.travel_minutes))


def _reach(means: Collection[Means], minutes: int) -> int:
    paces = (PACE[one] for one in means)
    return max(max(0, minutes - lost) * pace // 60 for pace, lost in paces)


def skills_of(each: Waiting) -> frozenset[str]:
    """Return what somebody can do, with all that each skill lies within."""
    return frozenset(held for code in each.skills for held in skills_within(code))


def languages_of(each: Waiting) -> frozenset[tuple[str, str]]:
    """Return what somebody speaks, each language at its level and those before it."""
    spoken = each.languages.items()
    return frozenset((code, within.value) for code, at in spoken for within in levels_within(at))


def papers_of(each: Waiting) -> frozenset[str]:
    """Return the papers somebody has in force, and whether they give freely."""
    freely = {FREELY} if each.basis == Basis.VOLUNTARY else frozenset[str]()
    return frozenset(each.papers) | freely


def asked(need: Need) -> Any:
    """Return what a need asks as it is held: a language with its least level."""
    return (need.code, need.level or "a1") if need.kind is NeedKind.LANGUAGE else need.code


def age_of(each: Waiting, day: date) -> int:
    """Return how old somebody is; of whom no birthday is known, an adult's age."""
    # People look at the proposal anyway.
    return full_years(each.birth_date, day) if each.birth_date else _ADULT


def urgency_of(each: Waiting, day: date) -> int:
    """Return 0 with half a year of the pact left, or none, to 100 on its last day."""
    if each.pact_ends_on is None:
        return 0
    left = max(0, (each.pact_ends_on - day).days)
    return max(0, MOST_POINTS - MOST_POINTS * left // _HALF_YEAR.days)


def waiting_points(each: Waiting, day: date) -> int:
    """Return a point for each day somebody waits, at most 100."""
    return _points((day - each.offered_at.date()).days)


def need_points(place: Free, day: date) -> int:
    """Return a point for each day a place waits, at most 100."""
    return _points((day - place.posted_at.date()).days)


def host_points(place: Free) -> int:
    """Return 100 for a host with nobody, less for each it has."""
    return max(0, MOST_POINTS - _EACH_AT_HOST * place.at_host)


def _points(days: int) -> int:
    return min(MOST_POINTS, max(0, days))


def least(minutes: int) -> int:
    """Return how long one must stay, a minute at least."""
    return max(1, minutes)


def offer_of(each: Waiting, day: date) -> Offer:
    """Return somebody who waits as one person among some places."""
    return Offer(
        key=0,
        lat=each.latitude,
        lon=each.longitude,
        limit_minutes=each.travel_minutes,
        limit_m=FAR,
        means=means_of(each),
        skills=skills_of(each),
        languages=languages_of(each),
        papers=papers_of(each),
        wishes=frozenset(each.fields),
        age=age_of(each, day),
        weekly_minutes=each.weekly_minutes,
        places=each.places,
        employer=each.employer_id,
        urgency=urgency_of(each, day),
        waiting=waiting_points(each, day),
        hours=tuple(Hours(*_when(slot), slot.is_certain) for slot in hours_of(each)),
    )


def post_of(place: Free, key: int, day: date, *, insured: Collection[UUID]) -> Post:
    """Return a free place as one among some; `key` orders those that are worth the same."""
    held: dict[tuple[NeedKind, Weight], set[Any]] = {}
    for need in place.needs:
        held.setdefault((need.kind, need.weight), set()).add(asked(need))

    def those(kind: NeedKind, weight: Weight) -> frozenset[Any]:
        return frozenset(held.get((kind, weight), ()))

    papers = those(NeedKind.REQUIREMENT, Weight.MUST)
    return Post(
        key=key,
        organisation=place.organisation_id,
        lat=place.latitude,
        lon=place.longitude,
        skills_must=those(NeedKind.SKILL, Weight.MUST),
        skills_nice=those(NeedKind.SKILL, Weight.NICE),
        languages_must=those(NeedKind.LANGUAGE, Weight.MUST),
        languages_any=those(NeedKind.LANGUAGE, Weight.ANY_OF),
        papers_must=papers if place.takes_puc else papers | {FREELY},
        field=place.field,
        min_age=place.min_age,
        max_age=place.max_age or OLDEST,
        capacity=place.free,
        by_bus=place.by_bus,
        covered=place.organisation_id in insured,
        need=need_points(place, day),
        host_fairness=host_points(place),
        meetings=tuple(
            Meeting(*_when(slot.slot), slot.free, least(slot.least_minutes)) for slot in place.slots
        ),
    )


def _when(slot: Slot) -> tuple[int, int, int, int]:
    if slot.on is None:
        return slot.weekday, 0, slot.starts, slot.ends
    return slot.on.weekday(), slot.on.toordinal(), slot.starts, slot.ends


# What skills, languages and papers are called, each to be translated; skills by their code.
NAMES: Final = Names(
    skill=lambda code: Label(f"skill:{code}"),
    language=lambda key: Label(language_label(key[0])),
    paper=lambda code: Label(REQUIREMENT_LABELS[Requirement(code)]),
)


def kept(chip: Chip) -> dict[str, Any]:
    """Return a chip as it is kept: values that are translated themselves are named."""
    values = {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in chip.values.items()
    }
    labels = [name for name, value in chip.values.items() if isinstance(value, Label)]
    return {"kind": chip.kind.value, "text": chip.text, "values": values, "labels": labels}
