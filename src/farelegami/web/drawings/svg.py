"""The few things every drawing needs: short numbers, safe text, colours."""

import math
import re
from html import escape
from typing import Final

INK: Final = "#17324d"
SLATE: Final = "#4a6072"
GREEN: Final = "#0b6e4f"
YELLOW: Final = "#f2a900"
RED: Final = "#a9231c"
BLUE: Final = "#2a6f97"
OCHRE: Final = "#9a6200"
WHITE: Final = "#fff"

# Characters XML 1.0 forbids even when escaped: one of them makes the whole picture unreadable.
FORBIDDEN: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)


def num(value: float) -> str:
    """A coordinate with at most two decimals."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text


def safe(text: object) -> str:
    """Text fit for an element or a double-quoted attribute."""
    return escape(FORBIDDEN.sub("", str(text)), quote=True)


def around(radius: float, angle: float, *, centre: tuple[float, float]) -> tuple[float, float]:
    """The point at `angle` degrees, clockwise from twelve o'clock."""
    turn = math.radians(angle)
    return centre[0] + radius * math.sin(turn), centre[1] - radius * math.cos(turn)


def initials(label: str) -> str:
    """One or two letters for a circle: "Scuola Il Mulino" gives SM, "Karim" gives K."""
    words = [word for word in re.split(r"[\s'’\-]+", label) if word[:1].isalnum()]
    if not words:
        return "?"
    ends = words[:1] if len(words) == 1 else [words[0], words[-1]]
    return "".join(word[0].upper() for word in ends)
