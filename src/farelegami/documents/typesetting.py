"""Papers to print, archive and read aloud: the same facts give the same file to the byte."""

import json
import subprocess
import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import segno

_PRESS: Final = Path(__file__).parent / "press.py"
_MOST_SECONDS: Final = 60


class PaperNotMade(Exception):
    """The engine could not set a paper: a fault of ours, never of what people typed."""


def typeset(template: str, data: Mapping[str, Any], *, made_at: datetime) -> bytes:
    """Return the PDF of `template`, a path inside the package such as "pacts/papers/pact.typ".

    `data` holds only what JSON holds; `made_at` is written into the file.

    Raises:
        PaperNotMade: the template is wrong, or the engine took too long.
    """
    asked = {"template": template, "data": data, "made_at": int(made_at.timestamp())}
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
        raise PaperNotMade(template, complaint)
    return done.stdout


def qr_svg(address: str) -> str:
    """Return the square code of an address, as SVG."""
    return str(segno.make(address, error="m").svg_inline(scale=1, border=0))
