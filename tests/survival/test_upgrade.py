"""A database of an earlier program is brought up to this one: rows as they were, whenever stopped.

The database was made by `scripts/old_database.py` at the commit at which the first province was
whole, fourteen migrations ago and more, with the keys of the test settings.
"""

from __future__ import annotations

import lzma
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from farelegami.backups.stores.common import Table
from farelegami.backups.stores.lite import SqliteStore
from farelegami.config.settings import test as keys
from tests.postgres import binaries, cluster
from tests.survival.installation import Installation

pytestmark = pytest.mark.drill
OLD = Path(__file__).parent / "old" / "2026-11-22.sqlite3.xz"
SECRETS = {
    "FARELEGAMI_SECRET_KEY": keys.SECRET_KEY,
    "FARELEGAMI_FIELD_KEYS": ",".join(f"{name}:{key}" for name, key in keys.FIELD_KEYS.items()),
    "FARELEGAMI_BLIND_INDEX_KEY": keys.BLIND_INDEX_KEY,
}
# What the program makes itself, or a migration is there to change.
CHANGES = {
    "django_migrations", "django_content_type", "auth_permission", "programmes_programme",
    "people_skill",
    "territory_province", "territory_district", "territory_municipality",
}  # fmt: skip
# Before, nobody could choose: access.0003 says so.
CHANGED_COLUMNS = {("access_account", "language")}


def old_database(folder: Path) -> Path:
    path = folder / "farelegami.sqlite3"
    path.write_bytes(lzma.decompress(OLD.read_bytes()))
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Installation]:
    """An installation whose database is the old one."""
    if request.param == "sqlite":
        found = Installation(tmp_path / "data", **SECRETS)
        old_database(found.folder)
        yield found
        return
    if binaries() is None:
        pytest.skip("PostgreSQL's server programs are not on this machine")
    with cluster() as url:
        found = Installation(tmp_path / "data", url, **SECRETS)
        done = subprocess.run(
            [sys.executable, "-m", "tests.survival.carry", str(old_database(tmp_path))],
            env={**found.env, "DJANGO_SETTINGS_MODULE": "farelegami.config.settings.local"},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr[-2000:]
        yield found


def rows_of(place: Installation, tables: dict[str, Table]) -> dict[str, list[str]]:
    """Return the rows of these tables by these columns, each as one text, in no order."""
    found = {}
    for table in tables.values():
        columns = ", ".join(
            f'"{name}"' for name, kind in zip(table.columns, table.kinds, strict=True)
            if kind not in {"json", "moment", "uuid", "bool", "real"}
            and (table.name, name) not in CHANGED_COLUMNS
        )  # fmt: skip
        if columns:
            rows = place.rows(f'SELECT {columns} FROM "{table.name}"')
            found[table.name] = sorted(str([str(value) for value in row]) for row in rows)
    return found


def old_tables(folder: Path) -> dict[str, Table]:
    folder.mkdir(exist_ok=True)
    store = SqliteStore(old_database(folder))
    tables = {table.name: table for table in store.tables() if table.name not in CHANGES}
    store.close()
    return tables


def test_a_database_of_an_earlier_program_keeps_its_rows(
    place: Installation, tmp_path: Path
) -> None:
    tables = old_tables(tmp_path / "compare")
    before = rows_of(place, tables)
    assert sum(len(rows) for rows in before.values()) > 500
    # Until it is brought up, nothing is served from it.
    assert "altra versione" in place.run("serve", "--port", "8139").stderr
    place.must("migrate")
    after = rows_of(place, tables)
    changed = {name for name in before if not set(before[name]) <= set(after[name])}
    assert changed == set()
    assert {name: len(after[name]) for name in after if name.startswith(("ledger", "pacts"))} == {
        name: len(before[name]) for name in before if name.startswith(("ledger", "pacts"))
    }
    assert "tutto torna" in place.must("check")
    place.must("worker", "--once")
    assert "tutto torna" in place.must("check")


def test_an_upgrade_killed_midway_is_finished_by_the_next(
    place: Installation, tmp_path: Path
) -> None:
    tables = old_tables(tmp_path / "compare")
    before, chance, killed = rows_of(place, tables), random.Random(), 0
    for _round in range(4):
        running = subprocess.Popen(
            [sys.executable, "-m", "farelegami.config.cli", "migrate"],
            env=place.env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        time.sleep(chance.uniform(1.0, 4.0))
        if running.poll() is None:
            running.send_signal(signal.SIGKILL)
            killed += 1
        running.wait()
        if place.url:
            wait_until_alone(place.url)
    place.must("migrate")
    after = rows_of(place, tables)
    assert {name for name in before if not set(before[name]) <= set(after[name])} == set()
    assert "tutto torna" in place.must("check")
    assert killed


def wait_until_alone(url: str) -> None:
    """Wait until the server has noticed that who was killed is gone."""
    with psycopg.connect(url, autocommit=True) as line:
        for _try in range(100):
            others = line.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
            ).fetchone()
            if others == (0,):
                return
            time.sleep(0.1)
