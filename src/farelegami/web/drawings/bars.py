"""Bars: a stock and its parts, and the eight rows of the Mappa delle risorse."""

from collections.abc import Sequence
from typing import Final

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from farelegami.web.drawings.svg import num, safe
from farelegami.web.drawings.wheel import share

# Darkest first: the part that is proven, then what is only promised; the last is the bed.
TONES: Final = {
    "green": (("#0b6e4f", "#3f9a78", "#a9d5c0"), "#e4efe9"),
    "yellow": (("#f2a900", "#f9d27a", "#fbe3ab"), "#fdf1d2"),
    "ink": (("#17324d", "#9db2c2", "#c8d4dd"), "#e4ebf0"),
}
TIMES: Final = ("#b6c6d2", "#0b6e4f", "#17324d")
HIGHEST_LEVEL: Final = 5


def stock_bar_svg(total: int, levels: Sequence[int], *, tone: str, text: str) -> SafeString:
    """A bar of `total` filled by cumulative `levels`, smallest and surest first.

    Paid 780, documented 920 and committed 1340 of 1800 are `(780, 920, 1340)`.
    """
    inks, bed = TONES[tone]
    parts = [f'<rect width="1000" height="14" fill="{bed}"/>']
    start = 0.0
    for ink, level in zip(inks, levels, strict=False):
        end = max(start, 1000 * share(level, total))
        if end > start:
            gap = 4 if start else 0
            parts.append(
                f'<rect x="{num(start + gap)}" width="{num(max(1, end - start - gap))}"'
                f' height="14" fill="{ink}"/>'
            )
        start = end
    if tone == "yellow" and (sure := 1000 * share(levels[0] if levels else 0, total)):
        # Yellow is never read against white alone: ink closes the part that is sure.
        parts.append(f'<rect x="{num(max(0, sure - 6))}" width="6" height="14" fill="#17324d"/>')
    named = f'role="img" aria-label="{safe(text)}"' if text else 'aria-hidden="true"'
    return mark_safe(  # noqa: S308
        '<svg xmlns="http://www.w3.org/2000/svg" class="bar" viewBox="0 0 1000 14" height="14"'
        f' preserveAspectRatio="none" {named}>{"".join(parts)}</svg>'
    )


def resource_bars_svg(label: str, levels: Sequence[int | None]) -> SafeString:
    """One row of the Mappa delle risorse: a bar for each time, levels from 1 to 5.

    A time without a level leaves its place empty.
    """
    thick = 11 if len(levels) <= 2 else 9  # noqa: PLR2004
    step = thick + 3
    height = step * max(1, len(levels)) + 1
    grid = "".join(
        f'<rect x="{200 * i - 4}" width="4" height="{height}" fill="#dbe4ea"/>' for i in range(1, 6)
    )
    bars = "".join(
        f'<rect x="0" y="{2 + i * step}" width="{200 * level}" height="{thick}" fill="{TIMES[i]}"/>'
        for i, level in enumerate(levels)
        if level is not None
    )
    said = ", ".join(
        _("T%(time)d %(level)d su 5") % {"time": i, "level": level}
        for i, level in enumerate(levels)
        if level is not None
    )
    text = f"{label}: {said or _('non ancora chiesto')}"
    return mark_safe(  # noqa: S308
        f'<svg xmlns="http://www.w3.org/2000/svg" class="tr" viewBox="0 0 1000 {height}"'
        f' height="{height}" preserveAspectRatio="none" role="img" aria-label="{safe(text)}">'
        f"{grid}{bars}</svg>"
    )
