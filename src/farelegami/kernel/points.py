"""Points of the earth by latitude and longitude, in degrees."""

from math import asin, cos, radians, sin, sqrt
from typing import Final, NamedTuple

# The mean radius of the earth.
EARTH_M: Final = 6_371_008.8


class Point(NamedTuple):
    latitude: float
    longitude: float


def metres_between(one: Point, other: Point) -> float:
    """Return the metres of the great circle between two points, by the haversine."""
    lat, to_lat = radians(one.latitude), radians(other.latitude)
    half = sin((to_lat - lat) / 2) ** 2
    half += cos(lat) * cos(to_lat) * sin(radians(other.longitude - one.longitude) / 2) ** 2
    return 2 * EARTH_M * asin(sqrt(min(half, 1.0)))
