"""The emblem: two linked chain plates that close into a wheel."""

from functools import cache

from django.utils.safestring import SafeString, mark_safe


@cache
def emblem_svg(pixels: int = 46, *, on_ink: bool = False) -> SafeString:
    """The emblem for light ground, or for ink; decorative, its name is written beside it."""
    green, ground, hub = (
        ("#6fd0a5", "#17324d", "#fff") if on_ink else ("#0b6e4f", "#fff", "#17324d")
    )
    return mark_safe(  # noqa: S308
        '<svg xmlns="http://www.w3.org/2000/svg" class="emblem" viewBox="0 0 100 100"'
        f' width="{pixels:d}" height="{pixels:d}" aria-hidden="true" focusable="false">'
        '<path d="M29.35 79.49A36 36 0 0 1 70.65 20.51" fill="none" stroke="#f2a900"'
        ' stroke-width="11"/>'
        '<circle cx="29.35" cy="79.49" r="12.5" fill="#f2a900"/>'
        '<circle cx="70.65" cy="20.51" r="12.5" fill="#f2a900"/>'
        f'<path d="M72.16 21.63A36 36 0 0 1 30.92 80.53" fill="none" stroke="{ground}"'
        ' stroke-width="16"/>'
        f'<path d="M70.65 20.51A36 36 0 0 1 29.35 79.49" fill="none" stroke="{green}"'
        ' stroke-width="11"/>'
        f'<circle cx="70.65" cy="20.51" r="12.5" fill="{green}"/>'
        f'<circle cx="29.35" cy="79.49" r="15" fill="{ground}"/>'
        '<path d="M35.93 83.14A36 36 0 0 1 21.63 72.16" fill="none" stroke="#f2a900"'
        ' stroke-width="11"/>'
        '<circle cx="29.35" cy="79.49" r="12.5" fill="#f2a900"/>'
        f'<circle cx="70.65" cy="20.51" r="5" fill="{ground}"/>'
        f'<circle cx="29.35" cy="79.49" r="5" fill="{ground}"/>'
        f'<circle cx="50" cy="50" r="9" fill="{hub}"/></svg>'
    )
