"""Tags and filters of every page; the ones met in loops are plain string work."""

from collections.abc import Iterable, Sequence
from datetime import date
from functools import cache
from typing import Any

from django import template
from django.forms import BoundField
from django.template import Context
from django.templatetags.static import static
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from farelegami.web import formats
from farelegami.web.drawings.bars import resource_bars_svg, stock_bar_svg
from farelegami.web.drawings.choropleth import Entry
from farelegami.web.drawings.ecomap import (
    DIRECTIONS,
    RINGS,
    STRENGTHS,
    Ecomap,
    Strength,
    ecomap_svg,
)
from farelegami.web.drawings.emblem import emblem_svg
from farelegami.web.drawings.svg import initials as initials_of
from farelegami.web.drawings.wheel import WheelFacts, wheel_svg
from farelegami.web.parts import PageLinks, Stage

register = template.Library()

ALERT_ICONS = {
    "info": "it-info-circle",
    "warn": "it-warning-circle",
    "bad": "it-error",
    "good": "it-check-circle",
}
ALERT_CLASSES = {"info": "alertf-b", "warn": "", "bad": "alertf-r", "good": "alertf-g"}
MESSAGE_TONES = {"success": "good", "error": "bad", "warning": "warn"}


# ---- words and figures


@register.filter
def euro(cents: int | None) -> str:
    """Cents as "1.234,50 €"; nothing when there is none."""
    return "" if cents is None else formats.euro(cents)


@register.filter
def amount(cents: int | None) -> str:
    """Cents as "1.234,50", under a column that names the unit."""
    return "" if cents is None else formats.amount(cents)


@register.filter
def hours(minutes: int | None) -> str:
    return "" if minutes is None else formats.hours(minutes)


@register.filter
def hours_tight(minutes: int | None) -> str:
    return "" if minutes is None else formats.hours_tight(minutes)


@register.filter
def dmy(day: date | None) -> str:
    return "" if day is None else formats.dmy(day)


@register.filter(expects_localtime=True)
def written(moment: date | None, shape: str) -> str:
    """A day or moment in words, as "l j F": "lunedì 23 novembre", "Monday 23 November"."""
    return "" if moment is None else formats.written(moment, shape)


@register.filter
def reason(purpose: str) -> str:
    return formats.reason(purpose)


@register.filter
def grouped(number: int | None) -> str:
    """A whole number with dots between thousands."""
    return "" if number is None else formats.grouped(number)


@register.filter
def told(count: int) -> str:
    """A count that anybody may read: "meno di 5" when it is small."""
    return formats.told(count)


@register.filter
def whole_hours(minutes: int) -> str:
    """The whole hours in these minutes, with dots between thousands."""
    return formats.grouped(minutes // 60)


@register.filter
def initials(name: str) -> str:
    return initials_of(str(name))


# ---- small signs


@cache
def _sprite() -> str:
    return static("web/vendor/sprites.svg")


@register.simple_tag
def icon(name: str, classes: str = "") -> SafeString:
    """A sign of the Bootstrap Italia sprite, decorative: its meaning is in the words beside it."""
    extra = f" {classes}" if classes else ""
    return mark_safe(  # noqa: S308
        f'<svg class="ic{extra}" aria-hidden="true" focusable="false">'
        f'<use href="{_sprite()}#{name}"></use></svg>'
    )


@register.simple_tag
def chip(text: str, tone: str = "", icon_name: str = "") -> SafeString:
    """A reason in two to six words; tones are ok, note, no, blue, line."""
    sign = icon(icon_name) if icon_name else ""
    kind = f" fchip-{tone}" if tone else ""
    return mark_safe(  # noqa: S308
        f'<span class="fchip{kind}">{sign}{conditional_escape(text)}</span>'
    )


@register.simple_tag
def avatar(name: object, tone: str = "", size: str = "") -> SafeString:
    """The initials in a circle; tones are y, b, i, sizes s and l."""
    classes = "".join(f" ava-{one}" for one in (tone, size) if one)
    return mark_safe(  # noqa: S308
        f'<span class="ava{classes}" aria-hidden="true">'
        f"{conditional_escape(initials_of(str(name)))}</span>"
    )


@register.simple_tag
def emblem(pixels: int = 46, *, on_ink: bool = False) -> SafeString:
    return emblem_svg(pixels, on_ink=on_ink)


# ---- drawings


@register.simple_tag
def wheel(
    facts: WheelFacts,
    size: str = "L",
    pixels: int | None = None,
    *,
    on_ink: bool = False,
    mirrored: bool = False,
) -> SafeString:
    """The pact's wheel, L for its page, M and S for lists."""
    return wheel_svg(facts, size, pixels=pixels, on_ink=on_ink, mirrored=mirrored)


@register.simple_tag
def bar(tone: str, total: int, *levels: int, label: str = "") -> SafeString:
    """A bar of `total`: tone green, yellow or ink; cumulative levels, the surest first."""
    return stock_bar_svg(total, levels, tone=tone, text=label)


@register.simple_tag
def resource_bars(label: str, levels: Sequence[int | None]) -> SafeString:
    """One area of the Mappa delle risorse at its times."""
    return resource_bars_svg(label, levels)


@register.inclusion_tag("web/resource_map.html")
def resource_map(
    rows: Iterable[tuple[str, Sequence[int | None]]], times: Sequence[str] = ()
) -> dict[str, Any]:
    """The eight rows of the Mappa delle risorse; `times` names each column in the legend."""
    shown = [(label, levels, [one for one in levels if one is not None]) for label, levels in rows]
    return {"rows": shown, "times": times}


@register.inclusion_tag("web/ecomap.html")
def ecomap(now: Ecomap, earlier: Ecomap | None = None, day: str = "") -> dict[str, Any]:
    """The drawing, its legend, the list for phones and the table that says the same."""
    rows = [
        {
            "number": number,
            "node": node,
            "tone": "tense" if tie.strength == Strength.TENSE else str(node.kind),
            "ring": RINGS[node.ring],
            "strength": STRENGTHS[tie.strength],
            "direction": DIRECTIONS[tie.direction],
        }
        for number, (node, tie) in enumerate(now.bonds)
    ]
    return {
        "svg": ecomap_svg(now, earlier=earlier, day=day),
        "rows": rows,
        "has_earlier": earlier is not None,
    }


@register.inclusion_tag("web/map_legend.html")
def map_legend(entries: Sequence[Entry]) -> dict[str, Any]:
    """The legend of a map; hatched entries borrow the pattern of the map on the same page."""
    shown = [("url(#fl-hatch)" if one.ink == "hatch" else one.ink, one.label) for one in entries]
    return {"entries": shown}


# ---- components


@register.inclusion_tag("web/stage_line.html")
def stage_line(stages: Sequence[Stage], label: str = "") -> dict[str, Any]:
    return {"stages": stages, "label": label}


@register.inclusion_tag("web/alert.html")
def alert(title: str, text: str = "", tone: str = "warn") -> dict[str, Any]:
    """What happened, in bold, then what to do; tones are info, warn, bad, good."""
    return {
        "title": title,
        "text": text,
        "icon_name": ALERT_ICONS[tone],
        "classes": ALERT_CLASSES[tone],
    }


@register.inclusion_tag("web/alert.html")
def notice(message: Any) -> dict[str, Any]:
    """A message of Django's framework as an alert."""
    tone = MESSAGE_TONES.get(message.level_tag, "info")
    return {
        "title": "",
        "text": message,
        "icon_name": ALERT_ICONS[tone],
        "classes": ALERT_CLASSES[tone],
    }


@register.inclusion_tag("web/empty_state.html")
def empty_state(title: str, text: str = "", url: str = "", action: str = "") -> dict[str, str]:
    """What will arrive here, and the first thing one can do."""
    return {"title": title, "text": text, "url": url, "action": action}


@register.inclusion_tag("web/figure.html")
def figure(value: object, label: str, note: str = "") -> dict[str, Any]:
    """A figure tile: the number, what it is, one line of context."""
    return {"value": value, "label": label, "note": note}


@register.inclusion_tag("web/pager.html", takes_context=True)
def pager(context: Context, page: Any) -> dict[str, Any]:
    """Links to the next rows and to the beginning.

    `page` is a `PageLinks`, or has a `cursor` and a `next_cursor`.
    """
    if isinstance(page, PageLinks):
        return {"page": page}
    links = PageLinks.of(context["request"], next_cursor=page.next_cursor, cursor=page.cursor)
    return {"page": links}


# ---- forms


@register.filter
def is_choice(field: BoundField) -> bool:
    """Whether the field is a single tick, whose label follows it."""
    return getattr(field.field.widget, "input_type", "") == "checkbox" and not field.use_fieldset


@register.filter
def all_errors(form: Any) -> list[tuple[str, str, str]]:
    """Every error of a form as (id of its field, label, sentence), for the summary."""
    listed = [("", "", str(error)) for error in form.non_field_errors()]
    for field in form.visible_fields():
        listed += [(field.auto_id, str(field.label), str(error)) for error in field.errors]
    for field in form.hidden_fields():
        listed += [("", "", said) for said in _said_of_hidden(field)]
    return list(dict.fromkeys(listed))


def _said_of_hidden(field: BoundField) -> list[str]:
    """Sentences about a field nobody sees: there is nothing to correct in it but the page."""
    if field.field.label:
        return [f"{field.field.label}: {error}" for error in field.errors]
    # An error with a code is the field's own; without, it is a sentence somebody wrote for people.
    return [
        gettext(
            "A questa pagina manca una parte che si invia da sola: "
            "conviene ricaricarla e rifare l’invio."
        )
        if error.code
        else " ".join(error.messages)
        for error in field.errors.as_data()
    ]
