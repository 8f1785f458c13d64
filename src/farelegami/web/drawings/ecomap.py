"""The ecomap: the ties around a person, drawn in three rings, with an older drawing beneath.

Width is strength, dashes are a weak tie, a red zigzag a tense one, an arrow goes where help goes.
"""

import math
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from typing import Final, NamedTuple

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from farelegami.web.drawings.svg import BLUE, GREEN, INK, OCHRE, RED, SLATE, initials, num, safe

WIDTH: Final = 980
CENTRE: Final = (490.0, 380.0)
HUB: Final = 56
FAINT: Final = "#93a8b8"


class Ring(StrEnum):
    """How near: in the home, neighbours and friends, services and community."""

    HOME = "home"
    FRIENDS = "friends"
    SERVICES = "services"


class Kind(StrEnum):
    """Who it is, told by colour and by the list."""

    FAMILY = "family"
    FRIEND = "friend"
    COMMUNITY = "community"
    SERVICE = "service"


class Strength(StrEnum):
    STRONG = "strong"
    GOOD = "good"
    WEAK = "weak"
    TENSE = "tense"


class Direction(StrEnum):
    """Where help goes, seen from the person in the middle."""

    MUTUAL = "mutual"
    GIVES = "gives"
    RECEIVES = "receives"


STRENGTHS: Final = {
    Strength.STRONG: gettext_noop("forte"),
    Strength.GOOD: gettext_noop("buono"),
    Strength.WEAK: gettext_noop("debole"),
    Strength.TENSE: gettext_noop("in tensione"),
}
RINGS: Final = {
    Ring.HOME: gettext_noop("in casa"),
    Ring.FRIENDS: gettext_noop("vicini e amici"),
    Ring.SERVICES: gettext_noop("servizi e comunità"),
}
DIRECTIONS: Final = {
    Direction.MUTUAL: gettext_noop("dà e riceve"),
    Direction.GIVES: gettext_noop("dà"),
    Direction.RECEIVES: gettext_noop("riceve"),
}
COLOURS: Final = {
    Kind.FAMILY: GREEN,
    Kind.FRIEND: OCHRE,
    Kind.COMMUNITY: BLUE,
    Kind.SERVICE: "#566a7b",
}


@dataclass(frozen=True, slots=True)
class Node:
    """Someone or something around the person; `key` is the same in every drawing of theirs."""

    key: str
    label: str
    sub: str
    ring: Ring
    kind: Kind


@dataclass(frozen=True, slots=True)
class Tie:
    strength: Strength
    direction: Direction = Direction.MUTUAL


@dataclass(frozen=True, slots=True)
class Ecomap:
    """One dated drawing: the person's name and each node with its tie to the person."""

    centre: str
    bonds: tuple[tuple[Node, Tie], ...] = field(default=())


def ecomap_svg(now: Ecomap, *, earlier: Ecomap | None = None, day: str = "") -> SafeString:
    """The drawing as one SVG element; `earlier` shows beneath in faint ink, on the same places.

    `data-n` is the number of a bond in `now`, as in its table: a script finds by it what belongs
    together.
    """
    known = {node.key for node, _tie in now.bonds}
    gone = tuple((n, t) for n, t in (earlier.bonds if earlier else ()) if n.key not in known)
    places = _places(tuple(node for node, _tie in now.bonds + gone))
    numbers = {node.key: number for number, (node, _tie) in enumerate(now.bonds + gone)}
    used = {node.ring for node, _tie in now.bonds + gone}
    parts = list(_rings(used))
    if earlier:
        parts += [
            f'<g class="tie was" data-n="{numbers[node.key]}">'
            f"{_faint_tie(places[node.key], tie)}</g>"
            for node, tie in earlier.bonds
        ]
        parts += [_faint_node(node, places[node.key], numbers[node.key]) for node, _tie in gone]
    parts += [
        f'<g class="tie" data-n="{numbers[node.key]}" data-tie="{tie.strength} {tie.direction}">'
        f"{_tie_path(node, places[node.key], tie)}</g>"
        for node, tie in now.bonds
    ]
    parts += _ring_names(used, places.values())
    parts += [_node(node, places[node.key], tie, numbers[node.key]) for node, tie in now.bonds]
    top = min([CENTRE[1] - HUB, *(min(s.words.top, s.y - s.r) for s in places.values())]) - 12
    bottom = max([CENTRE[1] + HUB, *(max(s.words.bottom, s.y + s.r) for s in places.values())]) + 12
    return mark_safe(  # noqa: S308
        f'<svg xmlns="http://www.w3.org/2000/svg" class="ecomap"'
        f' viewBox="0 {num(top)} {WIDTH} {num(bottom - top)}"'
        f' role="img" aria-label="{safe(ecomap_text(now, day=day))}">'
        f"{''.join(parts)}{_hub(now.centre)}</svg>"
    )


def ecomap_text(now: Ecomap, *, day: str = "") -> str:
    """How many ties, how many strong and tense, in one sentence."""
    strong = sum(tie.strength == Strength.STRONG for _node, tie in now.bonds)
    tense = sum(tie.strength == Strength.TENSE for _node, tie in now.bonds)
    whose = _("Ecomappa di %(name)s") % {"name": now.centre}
    when = _(" al %(day)s") % {"day": day} if day else ""
    ties = ngettext("%(n)d legame", "%(n)d legami", len(now.bonds)) % {"n": len(now.bonds)}
    strongs = ngettext("%(n)d forte", "%(n)d forti", strong) % {"n": strong}
    tenses = _("%(n)d in tensione") % {"n": tense}
    table = _("La tabella che segue dice le stesse cose.")
    return f"{whose}{when}: {ties}, {strongs}, {tenses}. {table}"


# ---- where the nodes go


class Box(NamedTuple):
    left: float
    top: float
    right: float
    bottom: float


class Spot(NamedTuple):
    """The centre and radius of a node, and the box of its words."""

    x: float
    y: float
    r: float
    words: Box


OVALS: Final = {Ring.HOME: (192, 148), Ring.FRIENDS: (322, 224), Ring.SERVICES: (424, 300)}
# How much of the turn a node needs, so that no line to an outer ring runs through it.
ROOM: Final = {Ring.HOME: 1.7, Ring.FRIENDS: 1.1, Ring.SERVICES: 0.9}
FULL_RADIUS: Final = {Ring.HOME: 36, Ring.FRIENDS: 31, Ring.SERVICES: 31}
COMFORTABLE: Final = 18
LONGEST_LABEL: Final = 24
SWEEPS: Final = 4
TURNS: Final = 8
PHASES: Final = ((0.0, 0.0), (0.5, 0.25), (0.25, 0.5), (0.5, 0.75))


@lru_cache(maxsize=256)
def _places(nodes: tuple[Node, ...]) -> dict[str, Spot]:
    """A place for each node: rings interleaved around the turn, then nudged apart."""
    best: dict[str, float] = {}
    lowest = math.inf
    for phases in PHASES:
        order = _interleaved(nodes, phases)
        step = 360 / max(1.0, sum(ROOM[node.ring] for node in order))
        for turn in range(TURNS):
            angles, angle = {}, turn * 360 / TURNS / 2
            for node in order:
                half = ROOM[node.ring] * step / 2
                angles[node.key] = angle + half
                angle += 2 * half
            cost = _total({node.key: _spot(node, angles[node.key], len(nodes)) for node in nodes})
            if cost < lowest:
                best, lowest = angles, cost
    return _nudged(nodes, best)


def _interleaved(nodes: Sequence[Node], phases: tuple[float, float]) -> list[Node]:
    """The nodes around the turn, each ring spread evenly among the others."""
    placed: list[tuple[float, Node]] = []
    for ring, phase in zip(Ring, (0.0, *phases), strict=True):
        here = [node for node in nodes if node.ring == ring]
        placed += [((i + phase) / len(here), node) for i, node in enumerate(here)]
    return [node for _position, node in sorted(placed, key=lambda one: one[0])]


def _nudged(nodes: Sequence[Node], angles: dict[str, float]) -> dict[str, Spot]:
    spots = {node.key: _spot(node, angles[node.key], len(nodes)) for node in nodes}
    for _sweep in range(SWEEPS):
        calm = True
        for node in nodes:
            cost = _cost(node.key, spots)
            if cost <= 0:
                continue
            start = angles[node.key]
            for lean in (-3, 3, -7, 7, -12, 12, -20, 20):
                moved = _spot(node, start + lean, len(nodes))
                other = _cost(node.key, {**spots, node.key: moved})
                if other < cost:
                    cost, calm = other, False
                    spots[node.key], angles[node.key] = moved, start + lean
        if calm:
            break
    return spots


def _on_oval(ring: Ring, angle: float) -> tuple[float, float]:
    """The point of a ring seen from the middle at `angle`, anticlockwise from the right."""
    wide, high = OVALS[ring]
    turn = math.radians(angle)
    far = wide * high / math.hypot(high * math.cos(turn), wide * math.sin(turn))
    return CENTRE[0] + far * math.cos(turn), CENTRE[1] - far * math.sin(turn)


def _spot(node: Node, angle: float, crowd: int) -> Spot:
    x, y = _on_oval(node.ring, angle)
    r = FULL_RADIUS[node.ring] * min(1.0, max(0.6, COMFORTABLE / max(1, crowd)))
    half = max(len(_shortened(node.label)) * 4.3, len(_shortened(node.sub)) * 3.5) + 4
    tall = 36 if node.sub else 20
    # Words go on the outer side of the node, away from the lines that come from the middle.
    top = y - r - 6 - tall if y < CENTRE[1] else y + r + 6
    middle = min(max(x, half), WIDTH - half)
    return Spot(x, y, r, Box(middle - half, top, middle + half, top + tall))


def _total(spots: dict[str, Spot]) -> float:
    return sum(_cost(key, spots) for key in spots)


def _cost(key: str, spots: dict[str, Spot]) -> float:
    """How badly this node sits: overlaps of circles and words, lines that cross words."""
    mine = spots[key]
    body = _body(mine)
    cost = 3 * _overlap(mine.words, HUB_BOX)
    for other, theirs in spots.items():
        if other == key:
            continue
        frame = _body(theirs)
        cost += 3 * _overlap(mine.words, theirs.words) + 6 * _overlap(body, frame)
        cost += 3 * (_overlap(mine.words, frame) + _overlap(body, theirs.words))
        cost += 150 * (_crosses(mine, frame) + _crosses(theirs, body))
        cost += 50 * (_crosses(mine, theirs.words) + _crosses(theirs, mine.words))
    return cost


def _body(spot: Spot) -> Box:
    pad = spot.r + 5
    return Box(spot.x - pad, spot.y - pad, spot.x + pad, spot.y + pad)


HUB_BOX: Final = Box(
    CENTRE[0] - HUB - 6, CENTRE[1] - HUB - 6, CENTRE[0] + HUB + 6, CENTRE[1] + HUB + 6
)


def _overlap(a: Box, b: Box) -> float:
    """The shared surface, in units of 100 square points."""
    wide = min(a.right, b.right) - max(a.left, b.left)
    high = min(a.bottom, b.bottom) - max(a.top, b.top)
    return wide * high / 100 + 5 if wide > 0 and high > 0 else 0.0


def _crosses(spot: Spot, box: Box) -> bool:
    """Whether the line from the middle to the node's edge runs through the box."""
    dx, dy = spot.x - CENTRE[0], spot.y - CENTRE[1]
    first, last = 0.0, 1 - spot.r / math.hypot(dx, dy)
    for start, delta, low, high in (
        (CENTRE[0], dx, box.left, box.right),
        (CENTRE[1], dy, box.top, box.bottom),
    ):
        if abs(delta) < 1e-9:  # noqa: PLR2004
            if not low <= start <= high:
                return False
            continue
        enter, leave = sorted(((low - start) / delta, (high - start) / delta))
        first, last = max(first, enter), min(last, leave)
    return first < last


# ---- ink


def _rings(used: Container[Ring]) -> Iterator[str]:
    yield '<g fill="none" stroke="#cfdbe3" stroke-dasharray="1 8" stroke-linecap="round"'
    yield ' stroke-width="2.4">'
    for ring in Ring:
        if ring in used:
            wide, high = OVALS[ring]
            yield f'<ellipse cx="490" cy="380" rx="{wide}" ry="{high}"/>'
    yield "</g>"


NAME_ANGLES: Final = (90, 75, 105, 60, 120, 270, 255, 285, 45, 135, 300, 240, 0, 180)


def _ring_names(used: Container[Ring], spots: Iterable[Spot]) -> Iterator[str]:
    """The name of each ring written on it, where the fewest things are in the way."""
    taken = [box for spot in spots for box in (_body(spot), spot.words)]
    for ring in Ring:
        if ring not in used:
            continue
        places = []
        for angle in NAME_ANGLES:
            x, y = _on_oval(ring, angle)
            box = Box(x - 62, y - 9, x + 62, y + 9)
            places.append((sum(_overlap(box, other) for other in taken), x, y, box))
        _cost_here, x, y, box = min(places, key=lambda place: place[0])
        taken.append(box)
        yield _words(x, y, _(RINGS[ring]), size=14, ink=SLATE, weight=400)


def _words(x: float, y: float, text: str, *, size: float, ink: str, weight: int) -> str:
    return (
        f'<text class="lb" x="{num(x)}" y="{num(y)}" dominant-baseline="central"'
        f' text-anchor="middle" font-size="{num(size)}" font-weight="{weight}" fill="{ink}"'
        ' stroke="#fff" stroke-width="6" stroke-linejoin="round" paint-order="stroke">'
        f"{safe(text)}</text>"
    )


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST_LABEL else f"{text[: LONGEST_LABEL - 1].rstrip()}…"


def _hub(name: str) -> str:
    x, y = CENTRE
    short = _shortened(name)
    size = min(18.0, 2 * (HUB - 6) / (0.56 * max(1, len(short))))
    return (
        f'<circle class="mid" cx="{num(x)}" cy="{num(y)}" r="{HUB}" fill="{INK}"/><text class="hub"'
        f' x="{num(x)}" y="{num(y)}" dominant-baseline="central" text-anchor="middle"'
        f' font-size="{num(size)}" font-weight="700" fill="#fff">{safe(short)}</text>'
    )


def _ink(node: Node, tie: Tie) -> str:
    return RED if tie.strength == Strength.TENSE else COLOURS[node.kind]


def _node(node: Node, spot: Spot, tie: Tie, number: int) -> str:
    ink = _ink(node, tie)
    middle = (spot.words.left + spot.words.right) / 2
    said = ", ".join(filter(None, (node.label, node.sub, _(STRENGTHS[tie.strength]))))
    parts = [
        f'<g class="node" data-n="{number}"><title>{safe(said)}</title>',
        f'<circle cx="{num(spot.x)}" cy="{num(spot.y)}" r="{num(spot.r)}" fill="#fff"'
        f' stroke="{ink}" stroke-width="3"/>',
        f'<text class="ini" x="{num(spot.x)}" y="{num(spot.y)}" dominant-baseline="central"'
        f' text-anchor="middle" font-size="18" font-weight="700" fill="{ink}">'
        f"{safe(initials(node.label))}</text>",
        _words(middle, spot.words.top + 10, _shortened(node.label), size=16.5, ink=INK, weight=600),
    ]
    if node.sub:
        below = spot.words.top + 27
        parts.append(_words(middle, below, _shortened(node.sub), size=14.5, ink=SLATE, weight=400))
    return "".join((*parts, "</g>"))


WIDTHS: Final = {Strength.STRONG: 7.0, Strength.GOOD: 4.0, Strength.WEAK: 2.4, Strength.TENSE: 2.6}


class Line(NamedTuple):
    """A tie's line without its ends: where it starts, its unit vector, its length."""

    x: float
    y: float
    ux: float
    uy: float
    length: float

    def at(self, along: float, aside: float = 0) -> tuple[float, float]:
        return (
            self.x + self.ux * along - self.uy * aside,
            self.y + self.uy * along + self.ux * aside,
        )


def _line(spot: Spot) -> Line:
    dx, dy = spot.x - CENTRE[0], spot.y - CENTRE[1]
    far = math.hypot(dx, dy)
    ux, uy = dx / far, dy / far
    start = HUB + 5.0
    return Line(
        CENTRE[0] + ux * start, CENTRE[1] + uy * start, ux, uy, max(8.0, far - start - spot.r - 6)
    )


def _tie_path(node: Node, spot: Spot, tie: Tie) -> str:
    line, ink = _line(spot), _ink(node, tie)
    width = WIDTHS[tie.strength]
    head = 11 + width
    start = head - 2 if tie.direction == Direction.RECEIVES else 0.0
    end = line.length - (head - 2 if tie.direction == Direction.GIVES else 0.0)
    stroke = f'fill="none" stroke="{ink}" stroke-width="{num(width)}"'
    if tie.strength == Strength.TENSE:
        parts = [f'<path d="{_zigzag(line, start, end)}" {stroke} stroke-linejoin="round"/>']
    else:
        dash = ' stroke-dasharray="7 7"' if tie.strength == Strength.WEAK else ""
        cap = "round" if tie.direction == Direction.MUTUAL and not dash else "butt"
        path = f"M{_pair(line.at(start))}L{_pair(line.at(end))}"
        parts = [f'<path d="{path}" {stroke}{dash} stroke-linecap="{cap}"/>']
    if tie.direction == Direction.RECEIVES:
        parts.append(_arrow(line, 0, head, ink))
    elif tie.direction == Direction.GIVES:
        parts.append(_arrow(line, line.length, -head, ink))
    return "".join(parts)


def _pair(point: tuple[float, float]) -> str:
    return f"{num(point[0])} {num(point[1])}"


def _arrow(line: Line, tip: float, back: float, ink: str) -> str:
    half = abs(back) * 0.5
    corners = (line.at(tip), line.at(tip + back, half), line.at(tip + back, -half))
    return f'<path d="M{"L".join(map(_pair, corners))}z" fill="{ink}"/>'


def _zigzag(line: Line, start: float, end: float) -> str:
    turns = max(2, round((end - start) / 11))
    step = (end - start) / turns
    points = [line.at(start)]
    points += [line.at(start + (i + 0.5) * step, 8 if i % 2 else -8) for i in range(turns)]
    points.append(line.at(end))
    return "M" + "L".join(map(_pair, points))


def _faint_tie(spot: Spot, tie: Tie) -> str:
    """An older tie: a broad faint line beneath, dashed if it was weak or tense."""
    line = _line(spot)
    dash = ' stroke-dasharray="3 9"' if tie.strength in {Strength.WEAK, Strength.TENSE} else ""
    width = WIDTHS[tie.strength] + 6
    return (
        f'<path d="M{_pair(line.at(0, 7))}L{_pair(line.at(line.length, 7))}" fill="none"'
        f' stroke="{FAINT}" stroke-width="{num(width)}" opacity=".38"{dash}/>'
    )


def _faint_node(node: Node, spot: Spot, number: int) -> str:
    middle = (spot.words.left + spot.words.right) / 2
    label = _shortened(node.label)
    words = _words(middle, spot.words.top + 10, label, size=15, ink=SLATE, weight=400)
    return (
        f'<g class="node" data-n="{number}"><title>{safe(node.label)}</title>'
        f'<circle cx="{num(spot.x)}" cy="{num(spot.y)}" r="{num(spot.r)}" fill="#fff"'
        f' stroke="{FAINT}" stroke-width="2" stroke-dasharray="4 5"/><text class="ini"'
        f' x="{num(spot.x)}" y="{num(spot.y)}" dominant-baseline="central" text-anchor="middle"'
        f' font-size="18" fill="{SLATE}">{safe(initials(node.label))}</text>'
        f"{words}</g>"
    )
