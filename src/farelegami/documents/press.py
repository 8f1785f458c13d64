"""Setting a paper in type, run as a program of its own: the fonts and the engine take 120 MB.

It reads one JSON object from its input (`template`, `data`, `made_at` in seconds) and writes a PDF
that is both PDF/A-2a and PDF/UA-1. Text of people arrives as data and never becomes source.
"""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import typst

HOUSE: Final = Path(__file__).resolve().parents[1]
FONTS: Final = Path(__file__).resolve().parent / "fonts"
STANDARDS: Final = ("a-2a", "ua-1")


def main() -> int:
    """Return 0, or 1 with the engine's complaint on the error stream."""
    asked = json.load(sys.stdin)
    try:
        paper = typst.compile(
            HOUSE / asked["template"],
            root=HOUSE,
            font_paths=[FONTS],
            ignore_system_fonts=True,
            format="pdf",
            sys_inputs={"data": json.dumps(asked["data"])},
            pdf_standards=list(STANDARDS),
            timestamp=datetime.fromtimestamp(asked["made_at"], UTC),
        )
    except typst.TypstError as error:
        sys.stderr.write(str(error))
        return 1
    sys.stdout.buffer.write(paper)
    return 0


if __name__ == "__main__":
    sys.exit(main())
