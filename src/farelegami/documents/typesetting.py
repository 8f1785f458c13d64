"""Papers to print, archive and read aloud: the same facts give the same file to the byte."""

import json
import subprocess
import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import segno

from farelegami.documents.glyphs import printable

_PRESS: Final = Path(__file__).parent / "press.py"
_MOST_SECONDS: Final = 60
_NOT_DRAWN: Final = "could not be displayed"


class PaperNotMade(Exception):
    """The engine could not set a paper: a fault of ours, never of what people typed."""


class LetterNotDrawn(PaperNotMade):
    """A letter of a text is in no font that can stand where it is."""


def typeset(template: str, data: Mapping[str, Any], *, made_at: datetime) -> bytes:
    """Return the PDF of `template`, a path inside the package such as "pacts/papers/pact.typ".

    `data` holds only what JSON holds; what our fonts cannot draw is left out or drawn as a point.
    `made_at` is written into the file.

    Raises:
        PaperNotMade: the template is wrong, or the engine took too long.
    """
    seconds = int(made_at.timestamp())
    try:
        return _pressed(template, printable(data), seconds)
    except LetterNotDrawn:
        # Letters of several scripts can be drawn one by one and yet not together.
        return _pressed(template, printable(data, plainly=True), seconds)


def _pressed(template: str, data: Any, seconds: int) -> bytes:
    asked = {"template": template, "data": data, "made_at": seconds}
    try:
        done = subprocess.run(  # noqa: S603
            [sys.executable, "-I", str(_PRESS)],
            input=json.dumps(asked).encode(),
            capture_output=True,
            timeout=_MOST_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise PaperNotMade(template) from error
    if done.returncode:
        complaint = done.stderr.decode(errors="replace")[-2000:]
        fault = LetterNotDrawn if _NOT_DRAWN in complaint else PaperNotMade
        raise fault(template, complaint)
    return done.stdout


def qr_svg(address: str) -> str:
    """Return the square code of an address, as SVG."""
    return str(segno.make(address, error="m").svg_inline(scale=1, border=0))
