"""The hard conditions, pair by pair: the one place where the solver knows them."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from farelegami.kernel.points import EARTH_M
from farelegami.matching.rules.conditions import PACE, PUBLIC, ROAD, Means, Obstacle
from farelegami.matching.solver.arrays import Bits, Flags, Floats, Ints, Rows32, Territory

NEVER: Final = 1 << 20  # minutes, for who cannot get there at all


@dataclass(frozen=True, slots=True)
class Way:
    """How each pair meets: metres of road, the fewest minutes one way, and by what."""

    road_m: Ints  # (k,)
    minutes: Ints  # (k,), NEVER where no means of theirs goes there
    means: Ints  # (k,) Means, the first of the quickest


def way(territory: Territory, giver: Ints, place: Ints) -> Way:
    """Return how the givers (k,) get to the places (k,): straight line times the road factor."""
    g, p = territory.givers, territory.places
    road_m = _road_m(g.lat[giver], g.lon[giver], p.lat[place], p.lon[place])
    owned, by_bus = g.means[giver], p.by_bus[place]
    best = np.full(len(road_m), NEVER, dtype=np.int64)
    means = np.zeros(len(road_m), dtype=np.int64)
    for each in Means:
        pace, lost = PACE[each]
        usable = (owned >> each & 1).astype(bool)
        if each in PUBLIC:
            usable &= by_bus
        minutes = np.where(usable, lost - (-road_m * 60 // pace), NEVER)
        means[minutes < best] = each
        np.minimum(best, minutes, out=best)
    return Way(road_m, best, means)


def _road_m(lat: Floats, lon: Floats, to_lat: Floats, to_lon: Floats) -> Ints:
    lat, lon, to_lat, to_lon = (np.radians(each) for each in (lat, lon, to_lat, to_lon))
    half = np.sin((to_lat - lat) / 2) ** 2
    half += np.cos(lat) * np.cos(to_lat) * np.sin((to_lon - lon) / 2) ** 2
    straight = 2 * EARTH_M * np.arcsin(np.sqrt(np.minimum(half, 1.0)))
    metres: Ints = np.rint(straight * ROAD / 1000).astype(np.int64)
    return metres


def too_far(territory: Territory, giver: Ints, gone: Way) -> Flags:
    """Return for which pairs the way is longer than the giver's limit of minutes or metres."""
    g = territory.givers
    far: Flags = (gone.minutes > g.limit_minutes[giver]) | (gone.road_m > g.limit_m[giver])
    return far


def pair_obstacles(territory: Territory, giver: Ints, place: Ints, gone: Way) -> Ints:
    """Return (k,) bits of Obstacle that stand between the two, whatever their slots."""
    g, p = territory.givers, territory.places
    age = g.age[giver]
    some = p.languages_any[place]
    facts = (
        (Obstacle.SKILLS, _missing(p.skills_must[place], g.skills[giver])),
        (Obstacle.LANGUAGES, _missing(p.languages_must[place], g.languages[giver])),
        (Obstacle.LANGUAGES, any_bit(some) & ~any_bit(some & g.languages[giver])),
        (Obstacle.PAPERS, _missing(p.papers_must[place], g.papers[giver])),
        (Obstacle.TRAVEL, too_far(territory, giver, gone)),
        (Obstacle.AGE, (age < p.min_age[place]) | (age > p.max_age[place])),
        (Obstacle.COVER, ~p.covered[place]),
        (Obstacle.EXCLUDED, is_excluded(territory, giver, place)),
        (Obstacle.EMPLOYEE, is_employee(territory, giver, place)),
    )
    bits = np.zeros(len(giver), dtype=np.int64)
    for obstacle, stands in facts:
        bits |= np.where(stands, int(obstacle), 0)
    return bits


def _missing(must: Bits, held: Bits) -> Flags:
    return any_bit(must & ~held)


def any_bit(masks: Bits) -> Flags:
    """Return which masks (k, words) have a bit."""
    some: Flags = np.logical_or.reduce(masks != 0, axis=1)
    return some


def is_excluded(territory: Territory, giver: Ints, place: Ints) -> Flags:
    """Return which pairs somebody excluded."""
    return among(territory.excluded_codes, giver * len(territory.places) + place)


def is_employee(territory: Territory, giver: Ints, place: Ints) -> Flags:
    """Return which givers are staff of the host: not volunteers there (R15)."""
    employer = territory.givers.employer[giver]
    staff: Flags = (employer >= 0) & (employer == territory.places.organisation[place])
    return staff


def knows_host(territory: Territory, giver: Ints, place: Ints) -> Flags:
    """Return which givers have given to the host before."""
    organisation = territory.places.organisation[place].astype(np.int64)
    return among(territory.known_codes, giver * territory.organisations + organisation)


def among(codes: Ints, asked: Ints) -> Flags:
    """Return which of those asked are among the codes, which are sorted."""
    if not len(codes):
        return np.zeros(len(asked), dtype=bool)
    at = np.minimum(np.searchsorted(codes, asked), len(codes) - 1)
    found: Flags = codes[at] == asked
    return found


def overlap(territory: Territory, giver_slot: Ints, place_slot: Ints) -> Ints:
    """Return (k,) minutes that both slots share; 0 where they are not of the same day.

    A slot of every week meets a dated one of its weekday; a dated slot of a giver meets only
    its own date.
    """
    s, t = territory.giver_slots, territory.place_slots
    date = s.date[giver_slot]
    day = (s.weekday[giver_slot] == t.weekday[place_slot]) & (
        (date == 0) | (date == t.date[place_slot])
    )
    shared = np.minimum(s.end[giver_slot], t.end[place_slot]) - np.maximum(
        s.start[giver_slot], t.start[place_slot]
    )
    return np.where(day, np.maximum(shared, 0), 0).astype(np.int64)


def hours_limit(territory: Territory) -> Rows32:
    """Return (n,) minutes a week that one placement of each giver may take."""
    g = territory.givers
    return (g.weekly_minutes // np.maximum(g.places, 1)).astype(np.int32)


def slot_obstacles(territory: Territory, giver_slot: Ints, place_slot: Ints) -> Ints:
    """Return (k,) bits of Obstacle that stand between two slots."""
    needed = territory.place_slots.needed[place_slot]
    giver = territory.giver_slots.giver[giver_slot]
    bits = np.where(overlap(territory, giver_slot, place_slot) < needed, int(Obstacle.TIME), 0)
    bits |= np.where(needed > hours_limit(territory)[giver], int(Obstacle.HOURS), 0)
    return bits.astype(np.int64)


def slot_pairs(territory: Territory, giver: Ints, place: Ints) -> tuple[Ints, Ints, Ints]:
    """Return every pair of slots of the pairs (k,): row of the pair, giver slot, place slot."""
    first_s, first_t = territory.first_giver_slot, territory.first_place_slot
    wide = first_t[place + 1] - first_t[place]
    many = (first_s[giver + 1] - first_s[giver]) * wide
    row = np.repeat(np.arange(len(giver)), many)
    within = np.arange(len(row)) - np.repeat(np.cumsum(many) - many, many)
    down, across = np.divmod(within, np.maximum(wide, 1)[row])
    return row, first_s[giver][row] + down, first_t[place][row] + across
