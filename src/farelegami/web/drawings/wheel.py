"""The wheel: a pact's reciprocity in one picture.

The box is 200 × 200, angles run clockwise from twelve o'clock. *Riceve* climbs the left side of
the rim from the bottom, *restituisce* the right one; they meet at the top when the pact is done.
Solid is proven, light is promised. One spoke a goal, one segment an expected result.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Final

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from farelegami.web.drawings.svg import around, num, safe
from farelegami.web.formats import euro, hours

CENTRE: Final = (100.0, 100.0)
GAP_BETWEEN_RESULTS: Final = 2.4


class Result(StrEnum):
    """How far an expected result is."""

    TODO = "todo"
    UNDERWAY = "underway"
    REACHED = "reached"


@dataclass(frozen=True, slots=True)
class WheelFacts:
    """What a wheel shows: euro cents, minutes, and for each goal the states of its results."""

    authorised_cents: int
    committed_cents: int
    documented_cents: int
    agreed_minutes: int
    done_minutes: int
    confirmed_minutes: int
    spokes: tuple[tuple[Result, ...], ...] = ()

    @property
    def results(self) -> int:
        return sum(map(len, self.spokes))

    @property
    def reached(self) -> int:
        return sum(spoke.count(Result.REACHED) for spoke in self.spokes)


@dataclass(frozen=True, slots=True)
class Shape:
    """The measures of one size, in units of the box."""

    pixels: int
    tyre: tuple[float, float]
    rim: tuple[float, float]
    inner: float | None
    tick: float
    spoke: tuple[float, float, float]
    hub: float
    hub_text: float | None

    @property
    def numbered(self) -> bool:
        """Only the large one has room for the numbers of the goals."""
        return self is SHAPES["L"]


MOST_NUMBERED: Final = 20
SHAPES: Final[dict[str, Shape]] = {
    "L": Shape(340, (97, 2.5), (86, 13), 77.5, 3.2, (29, 60, 7), 25, 19),
    "M": Shape(168, (97, 3.5), (84, 16), 74, 3.2, (34, 68, 10), 30, 25),
    "S": Shape(60, (96, 6), (80, 24), None, 5, (22, 62, 14), 13, None),
}


@dataclass(frozen=True, slots=True)
class Inks:
    line: str
    ground: str
    receives: tuple[str, str, str]
    returns: tuple[str, str, str]
    results: dict[Result, str]


ON_WHITE: Final = Inks(
    line="#17324d",
    ground="#fff",
    receives=("#d5e9df", "#84c2a6", "#0b6e4f"),
    returns=("#fdeec6", "#f9d27a", "#f2a900"),
    results={Result.REACHED: "#17324d", Result.UNDERWAY: "#9db2c2", Result.TODO: "#dde6ec"},
)
ON_INK: Final = Inks(
    line="#fff",
    ground="#17324d",
    receives=("#2c4d66", "#4a907d", "#6fd0a5"),
    returns=("#4a4f45", "#a57d26", "#f2a900"),
    results={Result.REACHED: "#fff", Result.UNDERWAY: "#8fa6b8", Result.TODO: "#3a546c"},
)


def wheel_svg(
    facts: WheelFacts,
    size: str = "L",
    *,
    pixels: int | None = None,
    on_ink: bool = False,
    mirrored: bool = False,
) -> SafeString:
    """The wheel as one SVG element named by `wheel_text`.

    Sizes are L (the pact's page), M and S (lists); `mirrored` swaps the two sides of the rim for
    right-to-left pages.
    """
    return _drawn(facts, size, pixels, on_ink=on_ink, mirrored=mirrored, _language=get_language())


@lru_cache(maxsize=2_000)
def _drawn(
    facts: WheelFacts,
    size: str,
    pixels: int | None,
    *,
    on_ink: bool,
    mirrored: bool,
    _language: str | None,
) -> SafeString:
    # A list shows the wheels it showed a moment ago; most of a page's drawing was theirs.
    shape, inks = SHAPES[size], ON_INK if on_ink else ON_WHITE
    side = pixels or shape.pixels
    text = wheel_text(facts) if size != "S" else wheel_text_short(facts)
    body = "".join((*_frame(shape, inks), *_rim(facts, shape, inks, mirrored=mirrored)))
    body += _CROSSED[inks.line] if shape.numbered else ""
    draw = _proportions if size == "S" else _segments
    body += "".join(draw(facts, shape, inks)) + _hub(facts, shape, inks)
    return mark_safe(  # noqa: S308
        f'<svg xmlns="http://www.w3.org/2000/svg" class="wheel wheel-{size}"'
        f' viewBox="0 0 200 200" width="{side:d}" height="{side:d}" role="img"'
        f' aria-label="{safe(text)}">{body}</svg>'
    )


def wheel_text(facts: WheelFacts) -> str:
    """The three values of the wheel in sentences."""
    results = ngettext(
        "Ruota del patto: %(reached)d risultato raggiunto su %(total)d.",
        "Ruota del patto: %(reached)d risultati raggiunti su %(total)d.",
        facts.reached,
    ) % {"reached": facts.reached, "total": facts.results}
    if facts.authorised_cents > 0:
        receives = _(
            "Riceve %(documented)s documentati e %(committed)s impegnati su %(authorised)s."
        ) % {
            "documented": euro(facts.documented_cents),
            "committed": euro(facts.committed_cents),
            "authorised": euro(facts.authorised_cents),
        }
    else:
        receives = _("Riceve: nessuna spesa autorizzata.")
    if facts.agreed_minutes > 0:
        returns = _("Restituisce %(confirmed)s confermate e %(done)s fatte su %(agreed)s.") % {
            "confirmed": hours(facts.confirmed_minutes),
            "done": hours(facts.done_minutes),
            "agreed": hours(facts.agreed_minutes),
        }
    else:
        returns = _("Restituisce: nessuna ora concordata.")
    return f"{results} {receives} {returns}"


def wheel_text_short(facts: WheelFacts) -> str:
    """The same in one line, for lists."""
    parts = [
        _("%(reached)d di %(total)d risultati raggiunti")
        % {"reached": facts.reached, "total": facts.results}
    ]
    if facts.authorised_cents > 0:
        done = _percent(facts.documented_cents, facts.authorised_cents)
        parts.append(_("riceve %(percent)d per cento") % {"percent": done})
    else:
        parts.append(_("nessuna spesa autorizzata"))
    if facts.agreed_minutes > 0:
        done = _percent(facts.confirmed_minutes, facts.agreed_minutes)
        parts.append(_("restituisce %(percent)d per cento") % {"percent": done})
    else:
        parts.append(_("nessuna ora concordata"))
    return ", ".join(parts)


def share(part: int, whole: int) -> float:
    """`part` of `whole` between 0 and 1; nothing of nothing is 0."""
    return min(1.0, max(0.0, part / whole)) if whole > 0 else 0.0


def receives_angle(t: float) -> float:
    return 185 + 170 * t


def returns_angle(t: float) -> float:
    return 175 - 170 * t


def _percent(part: int, whole: int) -> int:
    return round(100 * share(part, whole))


def _at(radius: float, angle: float) -> str:
    x, y = around(radius, angle, centre=CENTRE)
    return f"{num(x)} {num(y)}"


def _line(angle: float, start: float, end: float, width: float, ink: str) -> str:
    return (
        f'<path d="M{_at(start, angle)}L{_at(end, angle)}" stroke="{ink}"'
        f' stroke-width="{num(width)}"/>'
    )


def _frame(shape: Shape, inks: Inks) -> Iterator[str]:
    rings = [shape.tyre] if shape.inner is None else [shape.tyre, (shape.inner, 1.2)]
    for radius, width in rings:
        yield (
            f'<circle cx="100" cy="100" r="{num(radius)}" fill="none" stroke="{inks.line}"'
            f' stroke-width="{num(width)}"/>'
        )


def _rim(facts: WheelFacts, shape: Shape, inks: Inks, *, mirrored: bool) -> Iterator[str]:
    money = (
        share(facts.documented_cents, facts.authorised_cents),
        share(facts.committed_cents, facts.authorised_cents),
    )
    time = (
        share(facts.confirmed_minutes, facts.agreed_minutes),
        share(facts.done_minutes, facts.agreed_minutes),
    )
    left, right = (inks.receives, money), (inks.returns, time)
    if mirrored:
        left, right = right, left
    yield from _band(*left, shape, inks, clockwise=True)
    yield from _band(*right, shape, inks, clockwise=False)


def _band(
    colours: tuple[str, str, str],
    levels: tuple[float, float],
    shape: Shape,
    inks: Inks,
    *,
    clockwise: bool,
) -> Iterator[str]:
    radius, width = shape.rim
    solid, light = levels
    bed_ink, light_ink, solid_ink = colours
    angle = receives_angle if clockwise else returns_angle

    def arc(start: float, end: float, ink: str) -> str:
        r = num(radius)
        return (
            f'<path d="M{_at(radius, angle(start))}A{r} {r} 0 0 {clockwise:d}'
            f' {_at(radius, angle(end))}" fill="none" stroke="{ink}" stroke-width="{num(width)}"/>'
        )

    yield arc(0, 1, bed_ink)
    if light > solid:
        yield arc(solid, light, light_ink)
    if solid > 0:
        yield arc(0, solid, solid_ink)
        # The valve: reading never rests on yellow against white.
        reach = width / 2 if shape.hub_text is None else width / 2 + 1
        yield _line(angle(solid), radius - reach, radius + reach, shape.tick, inks.line)


def _spoke_angles(facts: WheelFacts) -> Iterator[tuple[int, float, tuple[Result, ...]]]:
    for i, results in enumerate(facts.spokes):
        yield i + 1, (i + 0.5) * 360 / len(facts.spokes), results


def _spoke_width(facts: WheelFacts, start: float, width: float) -> float:
    """The width of a spoke, thinner when the goals are so many that they would touch."""
    return min(width, 0.7 * 2 * 3.1416 * start / max(1, len(facts.spokes)))


def _segments(facts: WheelFacts, shape: Shape, inks: Inks) -> Iterator[str]:
    start, end, full_width = shape.spoke
    width = _spoke_width(facts, start, full_width)
    for number, angle, results in _spoke_angles(facts):
        states = sorted(results, key=_FROM_HUB.__getitem__) or [Result.TODO]
        gap = min(GAP_BETWEEN_RESULTS, (end - start) / (3 * len(states)))
        length = (end - start + gap) / len(states)
        for i, state in enumerate(states):
            first = start + i * length
            yield _line(angle, first, first + length - gap, width, inks.results[state])
        if shape.numbered and len(facts.spokes) <= MOST_NUMBERED:
            full = bool(results) and all(state == Result.REACHED for state in results)
            yield _numbered_disc(number, angle, inks, full=full)


_FROM_HUB: Final = {Result.REACHED: 0, Result.UNDERWAY: 1, Result.TODO: 2}


def _proportions(facts: WheelFacts, shape: Shape, inks: Inks) -> Iterator[str]:
    start, end, full_width = shape.spoke
    width = _spoke_width(facts, start, full_width)
    for _number, angle, results in _spoke_angles(facts):
        yield _line(angle, start, end, width, inks.results[Result.TODO])
        reached = share(results.count(Result.REACHED), len(results))
        if reached:
            stop = start + (end - start) * reached
            yield _line(angle, start, stop, width, inks.results[Result.REACHED])


def _numbered_disc(number: int, angle: float, inks: Inks, *, full: bool) -> str:
    x, y = around(66.5, angle, centre=CENTRE)
    fill, ink = (inks.line, inks.ground) if full else (inks.ground, inks.line)
    return (
        f'<circle cx="{num(x)}" cy="{num(y)}" r="8" fill="{fill}" stroke="{inks.line}"'
        f' stroke-width="1.6"/><text x="{num(x)}" y="{num(y + 3.6)}" text-anchor="middle"'
        f' font-size="10.5" font-weight="700" fill="{ink}">{number:d}</text>'
    )


def _hub(facts: WheelFacts, shape: Shape, inks: Inks) -> str:
    if shape.hub_text is None:
        return f'<circle cx="100" cy="100" r="{num(shape.hub)}" fill="{inks.line}"/>'
    label = f"{facts.reached:d}/{facts.results:d}"
    size = shape.hub_text * min(1, 4.2 / len(label))
    return (
        f'<circle cx="100" cy="100" r="{num(shape.hub)}" fill="{inks.ground}"'
        f' stroke="{inks.line}" stroke-width="2.6"/><text x="100" y="{num(100 + size * 0.342)}"'
        f' text-anchor="middle" font-size="{num(size)}" font-weight="700"'
        f' fill="{inks.line}">{label}</text>'
    )


def _crossed(ink: str) -> str:
    """Thirty-six crossed spokes, as in a real wheel: each pair shares its point on the rim."""
    lines = (
        f"M{_at(24, turn + lean)}L{_at(77, turn)}"
        for turn in range(0, 360, 20)
        for lean in (38, -38)
    )
    return (
        f'<path d="{"".join(lines)}" fill="none" stroke="{ink}" stroke-width=".7" opacity=".17"/>'
    )


_CROSSED: Final = {inks.line: _crossed(inks.line) for inks in (ON_WHITE, ON_INK)}
