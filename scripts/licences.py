"""Fail where a dependency's licence is not one the project may build on."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
FREE: Final = (
    "MIT", "BSD", "Apache", "ISC", "PSF", "Python Software Foundation", "MPL", "Mozilla", "LGPL",
    "Lesser General Public", "HPND", "Unlicense", "CC0", "Artistic", "EUPL", "0BSD", "Zlib",
)  # fmt: skip


def main() -> int:
    """Return 1 and name the packages whose licence is strong copyleft or unknown."""
    wanted = {
        line.split("==")[0].lower()
        for line in (ROOT / "requirements" / "base.txt").read_text().splitlines()
        if "==" in line and not line.startswith(" ")
    }
    tool = Path(sys.executable).with_name("pip-licenses")
    found = subprocess.run(
        [tool, "--format=json", "--from=mixed", "--python", sys.executable],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    bad = [
        f"{row['Name']}: {row['License']}"
        for row in json.loads(found.stdout)
        if row["Name"].lower() in wanted and not any(name in row["License"] for name in FREE)
    ]
    for line in bad:
        print(line)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
