"""One person and some places, without arrays: for a page, which must not load the solver.

The same conditions and points as in `matching.solver`; a test holds the two together.
"""

from collections.abc import Collection, Hashable, Iterable, Iterator
from dataclasses import dataclass
from heapq import nsmallest
from typing import Any, Final

from farelegami.kernel.points import Point, metres_between
from farelegami.matching.rules.conditions import PUBLIC, ROAD, Means, Obstacle, minutes_by
from farelegami.matching.rules.parts import MOST_POINTS, Part, Weights
from farelegami.matching.rules.words import Facts

NEUTRAL: Final = MOST_POINTS // 2
Held = frozenset[Hashable]


@dataclass(frozen=True, slots=True)
class Hours:
    """A stretch of a weekday (0 Monday), of every week where `date` (an ordinal) is 0."""

    weekday: int
    date: int
    start: int  # minutes of the day
    end: int  # excluded
    certain: bool = True


@dataclass(frozen=True, slots=True)
class Meeting:
    """Hours of a place: how many people it still takes at a time, how long one must stay."""

    weekday: int
    date: int
    start: int
    end: int
    capacity: int
    needed: int  # minutes


@dataclass(frozen=True, slots=True)
class Offer:
    """What one person can give. Skills with their ancestors, languages with lower levels."""

    key: int
    lat: float
    lon: float
    limit_minutes: int  # one way
    limit_m: int  # of road, one way
    means: frozenset[Means]
    skills: Held
    languages: Held
    papers: Held
    wishes: Held
    age: int
    weekly_minutes: int
    places: int
    employer: Hashable | None
    urgency: int
    waiting: int
    hours: tuple[Hours, ...]


@dataclass(frozen=True, slots=True)
class Post:
    """What one place wants."""

    key: int
    organisation: Hashable
    lat: float
    lon: float
    skills_must: Held
    skills_nice: Held
    languages_must: Held
    languages_any: Held
    papers_must: Held
    field: Hashable
    min_age: int
    max_age: int
    capacity: int
    by_bus: bool
    covered: bool
    need: int
    host_fairness: int
    meetings: tuple[Meeting, ...]


@dataclass(frozen=True, slots=True)
class Proposal:
    """A placement that breaks no condition, at its best hours."""

    offer: Offer
    post: Post
    hours: Hours
    meeting: Meeting
    road_m: int
    minutes: int
    means: Means
    points: tuple[int, ...]
    score: int


def road_m(offer: Offer, post: Post) -> int:
    """Return the metres of road: the straight line times the road factor."""
    straight = metres_between(Point(offer.lat, offer.lon), Point(post.lat, post.lon))
    return round(straight * ROAD / 1000)


def quickest(offer: Offer, post: Post, metres: int) -> tuple[int, Means] | None:
    """Return the fewest minutes one way and by what; None where none of their means goes."""
    ways = [
        (minutes_by(means, metres), means)
        for means in offer.means
        if post.by_bus or means not in PUBLIC
    ]
    return min(ways, default=None)


def overlap(hours: Hours, meeting: Meeting) -> int:
    """Return the minutes that both share; 0 where they are not of the same day."""
    if hours.weekday != meeting.weekday or hours.date not in {0, meeting.date}:
        return 0
    return max(0, min(hours.end, meeting.end) - max(hours.start, meeting.start))


def obstacles(offer: Offer, post: Post, *, excluded: bool = False) -> Obstacle:
    """Return all that stands between the two, at the hours that come nearest."""
    found = Obstacle(0)
    for obstacle in _held_back(offer, post, excluded=excluded):
        found |= obstacle
    metres = road_m(offer, post)
    way = quickest(offer, post, metres)
    if way is None or way[0] > offer.limit_minutes or metres > offer.limit_m:
        found |= Obstacle.TRAVEL
    return found | _of_hours(offer, post)


def _held_back(offer: Offer, post: Post, *, excluded: bool) -> Iterator[Obstacle]:
    """Yield what stands between the two but way and hours, the cheapest to tell first."""
    if excluded:
        yield Obstacle.EXCLUDED
    if not post.covered:
        yield Obstacle.COVER
    if not post.skills_must <= offer.skills:
        yield Obstacle.SKILLS
    if not post.languages_must <= offer.languages or (
        post.languages_any and post.languages_any.isdisjoint(offer.languages)
    ):
        yield Obstacle.LANGUAGES
    if not post.papers_must <= offer.papers:
        yield Obstacle.PAPERS
    if not post.min_age <= offer.age <= post.max_age:
        yield Obstacle.AGE
    if offer.employer is not None and offer.employer == post.organisation:
        yield Obstacle.EMPLOYEE


def _of_hours(offer: Offer, post: Post) -> Obstacle:
    limit = offer.weekly_minutes // max(offer.places, 1)
    nearest = Obstacle.TIME
    many = None
    for meeting in post.meetings:
        for hours in offer.hours:
            found = Obstacle(0)
            shared = overlap(hours, meeting)
            if shared < meeting.needed:
                found |= Obstacle.TIME
            if meeting.needed > limit:
                found |= Obstacle.HOURS
            far = (found.bit_count(), meeting.needed - shared)
            if many is None or far < many:
                nearest, many = found, far
    return nearest


def best_posts(
    offer: Offer,
    posts: Iterable[Post],
    *,
    weights: Weights,
    k: int = 5,
    excluded: Collection[int] = (),
    known: Collection[Hashable] = (),
) -> list[Proposal]:
    """Return the k places that suit best, each once at its best hours, the best first.

    `excluded` are keys of places, `known` organisations where they have given before.
    """
    if offer.places < 1:
        return []
    found = (
        proposal
        for post in posts
        if post.capacity > 0 and post.key not in excluded
        for proposal in [proposed(offer, post, weights, known=post.organisation in known)]
        if proposal is not None
    )
    return nsmallest(k, found, key=lambda each: (-each.score, each.post.key))


def best_offers(
    post: Post,
    offers: Iterable[Offer],
    *,
    weights: Weights,
    k: int = 5,
    excluded: Collection[int] = (),
    known: Collection[int] = (),
) -> list[Proposal]:
    """Return the k people who suit best, each once at their best hours, the best first.

    `excluded` and `known` are keys of offers: who must not come, who has given there before.
    """
    if post.capacity < 1:
        return []
    found = (
        proposal
        for offer in offers
        if offer.places > 0 and offer.key not in excluded
        for proposal in [proposed(offer, post, weights, known=offer.key in known)]
        if proposal is not None
    )
    return nsmallest(k, found, key=lambda each: (-each.score, each.offer.key))


def proposed(offer: Offer, post: Post, weights: Weights, *, known: bool) -> Proposal | None:
    """Return the placement at its best hours, None where a condition stands between."""
    if next(_held_back(offer, post, excluded=False), None) is not None:
        return None
    limit = offer.weekly_minutes // max(offer.places, 1)
    can = [
        (hours, meeting, shared)
        for meeting in post.meetings
        if meeting.capacity > 0 and meeting.needed <= limit
        for hours in offer.hours
        if (shared := overlap(hours, meeting)) >= meeting.needed
    ]
    if not can:
        return None
    metres = road_m(offer, post)
    way = quickest(offer, post, metres)
    if way is None or way[0] > offer.limit_minutes or metres > offer.limit_m:
        return None
    hours, meeting, shared = max(can, key=lambda each: _time(*each))
    points = _points(offer, post, _time(hours, meeting, shared), way[0], known=known)
    return Proposal(offer, post, hours, meeting, metres, *way, points, weights.score(points))


def facts_of(proposal: Proposal) -> Facts:
    """Return all that counted, to be told in chips; rows of a territory are -1."""
    offer, post = proposal.offer, proposal.post
    hours, meeting = proposal.hours, proposal.meeting
    return Facts(
        giver=-1,
        place=-1,
        giver_slot=-1,
        place_slot=-1,
        weekday=meeting.weekday,
        date=meeting.date,
        start=max(hours.start, meeting.start),
        end=min(hours.end, meeting.end),
        needed=meeting.needed,
        certain=hours.certain,
        minutes=proposal.minutes,
        means=proposal.means,
        road_m=proposal.road_m,
        skills_must=_sorted(post.skills_must),
        skills_nice=_sorted(post.skills_nice & offer.skills - post.skills_must),
        languages_must=_sorted(post.languages_must),
        languages_any=_sorted(post.languages_any & offer.languages),
        papers_must=_sorted(post.papers_must),
        wished=post.field in offer.wishes,
        knows_host=proposal.points[Part.CONTINUITY] > 0,
        urgency=offer.urgency,
        waiting=offer.waiting,
        need=post.need,
        host_fairness=post.host_fairness,
        points=proposal.points,
        score=proposal.score,
    )


def _sorted(held: Held) -> tuple[Any, ...]:
    return tuple(sorted(held, key=str))


def _time(hours: Hours, meeting: Meeting, shared: int) -> int:
    sure = MOST_POINTS if hours.certain else NEUTRAL
    return sure * shared // (meeting.end - meeting.start)


def _points(offer: Offer, post: Post, time: int, minutes: int, *, known: bool) -> tuple[int, ...]:
    wanted = post.skills_must | post.skills_nice
    tongues = len(post.languages_must) + bool(post.languages_any)
    asked = len(wanted) + tongues
    held = len(wanted & offer.skills) + tongues
    wish = MOST_POINTS if post.field in offer.wishes else 0
    return (
        MOST_POINTS,
        MOST_POINTS * held // asked if asked else NEUTRAL,
        wish if offer.wishes else NEUTRAL,
        time,
        MOST_POINTS - MOST_POINTS * minutes // max(offer.limit_minutes, 1),
        offer.urgency,
        post.need,
        MOST_POINTS if known else 0,
        offer.waiting,
        post.host_fairness,
    )
