"""`python -m tests.bench`: what each operation costs beside the floor (docs/performance.md)."""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.postgres import VARIABLE, cluster


def main() -> int:
    """Build if asked, measure, write a file and a table; return 1 where a limit is missed."""
    parser = argparse.ArgumentParser(prog="tests.bench")
    parser.add_argument("--scale", type=int, default=10_000, help="people (10 000)")
    parser.add_argument("--db", choices=["sqlite", "postgres"], default="sqlite")
    parser.add_argument("--data", default="", help="a province built before; its database by URL")
    parser.add_argument("--out", default="var/bench.json")
    parser.add_argument("--seconds", type=float, default=2.0, help="of each reading, each round")
    parser.add_argument("--writes", type=int, default=120, help="of each kind, each round")
    parser.add_argument("--matcher", type=int, default=20_000, help="offers to match, 0 for none")
    parser.add_argument("--only", default="", help="operations whose name has this in it")
    options = parser.parse_args()
    with _province(options) as data:
        os.environ["FARELEGAMI_DATA"] = str(data)
        os.environ["DJANGO_SETTINGS_MODULE"] = "tests.bench.settings"
        import django  # noqa: PLC0415

        django.setup()
        from tests.bench import district, matcher, measure  # noqa: PLC0415

        rows = measure.all_of(options)
    if options.matcher and options.only in "matcher":
        rows += matcher.apart(options.matcher)
        rows += district.apart(options.matcher, options.db)
    out = Path(options.out)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(rows, indent=1), encoding="utf-8")
    print("\n" + measure.table(rows))
    return 0 if all(row["ok"] for row in rows) else 1


@contextmanager
def _province(options: argparse.Namespace) -> Iterator[Path]:
    """Yield the folder of a province of that many people, built where it is not there yet.

    On PostgreSQL the server is a throwaway one, so the province is, too.
    """
    if options.data:
        yield Path(options.data)
        return
    data = Path("var") / f"bench-{options.db}-{options.scale}"
    built = data / ".built"
    if options.db == "sqlite":
        if not built.exists():
            _build(data, options.scale)
            built.touch()
        yield data
        return
    with cluster() as url:
        os.environ[VARIABLE] = url
        _build(data, options.scale)
        yield data


def _build(data: Path, people: int) -> None:
    env = {**os.environ, "FARELEGAMI_DATA": str(data)}
    command = [sys.executable, "-m", "farelegami.config.cli", "demo", "--rebuild"]
    subprocess.run([*command, "--scale", str(people)], check=True, env=env)


if __name__ == "__main__":
    sys.exit(main())
