"""Every catalogue compiles, and English is complete."""

import subprocess
import sys
from pathlib import Path

import polib
import pytest

from farelegami.web.catalogues import LOCALE

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("path", sorted(LOCALE.glob("*/LC_MESSAGES/*.po")), ids=str)
def test_a_catalogue_compiles(path: Path) -> None:
    assert polib.pofile(str(path)).to_binary()


def test_every_sentence_has_its_english_with_the_same_placeholders() -> None:
    script = ROOT / "scripts" / "catalogue.py"
    found = subprocess.run(
        [sys.executable, str(script), "--check"], capture_output=True, text=True, check=False
    )
    assert found.stdout == ""
    assert found.returncode == 0
