"""Write docs/domain/keeping.md from the declarations; `--check` fails where it is out of date."""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "domain" / "keeping.md"


def main() -> int:
    """Return 1 where the page does not say what the declarations say."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "farelegami.config.settings.test")
    sys.path.insert(0, str(ROOT / "src"))
    from farelegami.config import wsgi  # noqa: F401, PLC0415
    from farelegami.privacy.queries.plan import kept_as_text  # noqa: PLC0415

    text = kept_as_text()
    if "--check" in sys.argv:
        if PAGE.read_text(encoding="utf-8") != text:
            print("docs/domain/keeping.md is out of date: python scripts/keeping.py")
            return 1
        return 0
    PAGE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
