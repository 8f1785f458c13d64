"""What a PDF holds, read in a process apart: one made to hang or to fill the memory stops that."""

import subprocess
import sys
from enum import StrEnum
from pathlib import Path
from typing import Final

# The library that reads them is heavy: it is loaded there alone, never by who serves pages.
_PROGRAM: Final = Path(__file__).with_name("pdf_reading.py")
_MOST_SECONDS: Final = 8


class Verdict(StrEnum):
    SOUND = "sound"
    ACTIVE = "active"
    LOCKED = "locked"
    UNREADABLE = "unreadable"
    TANGLED = "tangled"


def read_apart(content: bytes) -> Verdict:
    """Return what `pdf_reading.read` finds, within limits of memory and time."""
    try:
        done = subprocess.run(  # noqa: S603
            [sys.executable, "-I", str(_PROGRAM)],
            input=content,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=_MOST_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Verdict.TANGLED
    word = done.stdout.decode("ascii", "replace")
    # Stopped by a limit, or fallen over the file: either way nobody has seen all of it.
    return Verdict(word) if done.returncode == 0 and word in set(Verdict) else Verdict.TANGLED
