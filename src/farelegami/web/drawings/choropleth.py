"""Maps of a province: shapes from longitude and latitude, tints by district or by count.

Counts under five are hatched and never told, so that nobody can be found on a map.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from farelegami.web.drawings.svg import INK, num, safe
from farelegami.web.formats import SMALLEST_TOLD, grouped, told

WIDTH: Final = 1000
NO_DATA: Final = "#eef2f5"
TINTS: Final = ("#d3e8dd", "#9fcdb7", "#5fa98b", "#0b6e4f")
DISTRICT_TINTS: Final = ("#cfe6da", "#e6efe0", "#fdeec6", "#e8f1f6", "#f4eee2", "#dfe7ee")

Ring = Sequence[tuple[float, float]]
Point = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Area:
    """A municipality: `rings` are (longitude, latitude) pairs, outer and inner alike."""

    code: str
    name: str
    district_id: int | None
    rings: tuple[tuple[tuple[float, float], ...], ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the legend: `ink` is a colour, or "hatch"."""

    ink: str
    label: str


@dataclass(frozen=True, slots=True)
class Drawing:
    svg: SafeString
    legend: tuple[Entry, ...]


def district_map(areas: Sequence[Area], districts: Mapping[int, str], *, text: str) -> Drawing:
    """The areas tinted by district, whose names are written on the map and in the legend."""
    tints = {
        district: DISTRICT_TINTS[i % len(DISTRICT_TINTS)] for i, district in enumerate(districts)
    }
    canvas = Canvas.over(areas)
    fills, titles = {}, {}
    for area in areas:
        district = area.district_id or 0
        fills[area.code] = tints.get(district, NO_DATA)
        titles[area.code] = ", ".join(filter(None, (area.name, districts.get(district))))
    names = "".join(_district_name(canvas, areas, key, name) for key, name in districts.items())
    legend = tuple(Entry(tints[key], name) for key, name in districts.items())
    return Drawing(_svg(canvas, areas, fills, titles, text=text, over=names), legend)


def choropleth(
    areas: Sequence[Area], counts: Mapping[str, int], *, unit: str, text: str
) -> Drawing:
    """The areas tinted by count; areas absent from `counts` are pale, small counts hatched."""
    edges = _edges([n for n in counts.values() if n >= SMALLEST_TOLD])
    canvas = Canvas.over(areas)
    fills, titles = {}, {}
    for area in areas:
        count = counts.get(area.code, 0)
        fills[area.code], said = _tint(count, edges)
        titles[area.code] = f"{area.name}: {said} {unit}" if said else area.name
    legend = [
        Entry(TINTS[i], _("%(from)s–%(to)s") % {"from": grouped(low), "to": grouped(high)})
        if low < high
        else Entry(TINTS[i], grouped(low))
        for i, (low, high) in enumerate(edges)
    ]
    legend.append(Entry("hatch", told(1)))
    legend.append(Entry(NO_DATA, _("nessuno")))
    return Drawing(_svg(canvas, areas, fills, titles, text=text, over=""), tuple(legend))


def _edges(counts: Sequence[int]) -> list[tuple[int, int]]:
    """At most four classes with about as many areas each: their lowest and highest count."""
    values = sorted(set(counts))
    size = max(1, math.ceil(len(values) / len(TINTS)))
    groups = [values[i : i + size] for i in range(0, len(values), size)]
    return [(group[0], group[-1]) for group in groups]


def _tint(count: int, edges: Sequence[tuple[int, int]]) -> tuple[str, str]:
    if count <= 0:
        return NO_DATA, ""
    if count < SMALLEST_TOLD:
        return "hatch", told(count)
    index = next(i for i, (_low, high) in enumerate(edges) if count <= high)
    return TINTS[index], grouped(count)


@dataclass(frozen=True, slots=True)
class Canvas:
    """From degrees to the picture: a plain projection, right enough for one province."""

    west: float
    north: float
    scale: float
    shrink: float
    height: int

    @classmethod
    def over(cls, areas: Iterable[Area]) -> "Canvas":
        points = [point for area in areas for ring in area.rings for point in ring]
        if not points:
            return cls(0, 0, 1, 1, 1)
        west, east = min(p[0] for p in points), max(p[0] for p in points)
        south, north = min(p[1] for p in points), max(p[1] for p in points)
        shrink = math.cos(math.radians((south + north) / 2))
        scale = WIDTH / max(1e-9, (east - west) * shrink)
        return cls(west, north, scale, shrink, max(1, round((north - south) * scale)))

    def point(self, lon: float, lat: float) -> Point:
        x = (lon - self.west) * self.shrink * self.scale
        return round(x), round((self.north - lat) * self.scale)

    def ring(self, ring: Ring) -> list[Point]:
        """The ring on the grid of whole points, without the points that fell together."""
        points: list[Point] = []
        for lon, lat in ring:
            point = self.point(lon, lat)
            if not points or point != points[-1]:
                points.append(point)
        return points


def _svg(
    canvas: Canvas,
    areas: Sequence[Area],
    fills: Mapping[str, str],
    titles: Mapping[str, str],
    *,
    text: str,
    over: str,
) -> SafeString:
    drawn = {area.code: [canvas.ring(ring) for ring in area.rings] for area in areas}
    shapes: dict[str, list[str]] = defaultdict(list)
    for area in areas:
        path = "".join(_closed(ring) for ring in drawn[area.code])
        fill = fills[area.code]
        shapes["url(#fl-hatch)" if fill == "hatch" else fill].append(
            f'<path d="{path}"><title>{safe(titles[area.code])}</title></path>'
        )
    groups = "".join(f'<g fill="{fill}">{"".join(paths)}</g>' for fill, paths in shapes.items())
    inner, outer = _borders((area.district_id, drawn[area.code]) for area in areas)
    return mark_safe(  # noqa: S308
        '<svg xmlns="http://www.w3.org/2000/svg" class="provmap"'
        f' viewBox="-8 -8 {WIDTH + 16} {canvas.height + 16}" role="img"'
        f' aria-label="{safe(text)}"><defs><pattern id="fl-hatch" width="9" height="9"'
        ' patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        '<rect width="9" height="9" fill="#f3f5f6"/>'
        '<path d="M0 0V9" stroke="#93a8b8" stroke-width="3"/></pattern></defs>'
        f'<g stroke="#fff" stroke-width="1.6" stroke-linejoin="round">{groups}</g>'
        f'<g fill="none" stroke="{INK}" stroke-linejoin="round" stroke-linecap="round">'
        f'<path d="{outer}" stroke-width="2.4"/>'
        f'<path d="{inner}" stroke-width="3" stroke-dasharray="1 7"/></g>{over}</svg>'
    )


def _closed(ring: Sequence[Point]) -> str:
    if len(ring) < 3:  # noqa: PLR2004
        return ""
    steps = [f"M{ring[0][0]} {ring[0][1]}l"]
    x, y = ring[0]
    moves = []
    for nx, ny in ring[1:]:
        moves.append(f"{nx - x} {ny - y}")
        x, y = nx, ny
    return steps[0] + " ".join(moves).replace(" -", "-") + "z"


Edge = tuple[Point, Point]


def _borders(shapes: Iterable[tuple[int | None, Sequence[Sequence[Point]]]]) -> tuple[str, str]:
    """The lines between districts and the outline: edges shared by two districts, or by none."""
    owners: dict[Edge, list[int | None]] = defaultdict(list)
    for district, rings in shapes:
        for ring in rings:
            for a, b in zip(ring, [*ring[1:], ring[0]], strict=True):
                if a != b:
                    owners[(a, b) if a < b else (b, a)].append(district)
    inner = [edge for edge, ids in owners.items() if len(set(ids)) > 1]
    outer = [edge for edge, ids in owners.items() if len(ids) == 1]
    return _chained(inner), _chained(outer)


def _chained(edges: Iterable[Edge]) -> str:
    """The edges as few long strokes: a dotted line needs them whole."""
    beside: dict[Point, list[Point]] = defaultdict(list)
    for a, b in edges:
        beside[a].append(b)
        beside[b].append(a)
    strokes = []
    # Open ends first, so that a line is walked from its tip and not from its middle.
    for start in sorted(beside, key=lambda point: (len(beside[point]) % 2 == 0, point)):
        while beside[start]:
            strokes.append(_stroke(start, beside))
    return "".join(strokes)


def _stroke(start: Point, beside: dict[Point, list[Point]]) -> str:
    path, here = [f"M{start[0]} {start[1]}"], start
    while beside[here]:
        there = beside[here].pop()
        beside[there].remove(here)
        path.append(f"l{there[0] - here[0]} {there[1] - here[1]}")
        here = there
    return "".join(path)


def _district_name(canvas: Canvas, areas: Sequence[Area], district_id: int, name: str) -> str:
    points = [
        canvas.point(*point)
        for area in areas
        if area.district_id == district_id
        for ring in area.rings
        for point in ring
    ]
    if not points:
        return ""
    x = sum(p[0] for p in points) / len(points)
    y = sum(p[1] for p in points) / len(points)
    return (
        f'<text x="{num(x)}" y="{num(y)}" text-anchor="middle" font-size="34" font-weight="700"'
        f' fill="{INK}" stroke="#fff" stroke-width="8" stroke-linejoin="round"'
        f' paint-order="stroke">{safe(name)}</text>'
    )
