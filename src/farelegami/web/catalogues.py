"""Translations ready for use without gettext: `.po` files are kept, `.mo` files are made."""

import os
from pathlib import Path
from typing import Final

import polib

LOCALE: Final = Path(__file__).resolve().parent / "locale"


def compile_catalogues() -> int:
    """Write every `.mo` that is older than its `.po` and return how many were written."""
    written = 0
    for po in LOCALE.glob("*/LC_MESSAGES/*.po"):
        mo = po.with_suffix(".mo")
        if mo.is_file() and mo.stat().st_mtime_ns >= po.stat().st_mtime_ns:
            continue
        made = mo.with_suffix(f".{os.getpid()}")
        polib.pofile(str(po)).save_as_mofile(str(made))
        # Whoever starts beside us reads a whole catalogue or none.
        made.replace(mo)
        written += 1
    return written
