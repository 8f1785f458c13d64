"""Backups as somebody types them: killed midway, damaged, full disks, and from one database to the other."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.postgres import binaries, cluster
from tests.survival.conftest import Scene
from tests.survival.installation import Installation
from tests.survival.test_upgrade import wait_until_alone

pytestmark = pytest.mark.drill
OTHER_KEY = "ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8="
TABLES = ("people_person", "pacts_pact", "pacts_pactversion", "ledger_transfer", "audit_link")


@pytest.fixture
def saved(scene: Scene, tmp_path: Path) -> tuple[Scene, Path]:
    folder = tmp_path / "copie"
    folder.mkdir()
    scene.place.must("backup", str(folder))
    return scene, next(folder.iterdir())


def counts(place: Installation) -> dict[str, object]:
    return {table: place.rows(f"SELECT count(*) FROM {table}") for table in TABLES}


def refused(place: Installation, *arguments: str, **more: str) -> str:
    """Return the sentence of a command that must end with one, and with nothing else."""
    done = place.run(*arguments, **more)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    return done.stderr


def test_damaged_backups_and_wrong_keys_are_told_in_a_sentence(saved) -> None:
    scene, source = saved
    place, whole = scene.place, source.read_bytes()
    place.must("backup", "--check", str(source))
    assert "altra chiave" in refused(
        place, "backup", "--check", str(source), FARELEGAMI_BACKUP_KEY=OTHER_KEY
    )
    assert "Manca la chiave" in refused(place, "backup", "x", FARELEGAMI_BACKUP_KEY="")
    before = counts(place)
    damaged = source.with_name("rovinata")
    damaged.write_bytes(whole[: len(whole) * 2 // 3])
    assert "incompleta" in refused(place, "restore", str(damaged), "--replace")
    changed = bytearray(whole)
    changed[len(whole) // 2] ^= 1
    damaged.write_bytes(changed)
    assert "alterata" in refused(place, "restore", str(damaged), "--replace")
    damaged.write_text("una lettera", encoding="utf-8")
    assert "non è una copia" in refused(place, "restore", str(damaged), "--replace")
    assert "non si può usare" in refused(place, "restore", str(damaged) + "x").lower()
    assert "non è vuota" in refused(place, "restore", str(source))
    assert counts(place) == before
    small = [sys.executable, "-c", LIMITED, sys.executable, "-m", "farelegami.config.cli"]
    done = subprocess.run(
        [*small, "backup", str(source.parent)],
        env=place.env, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, "è pieno" in done.stderr) == (1, True)
    assert {each.name for each in source.parent.iterdir()} == {source.name, damaged.name}


LIMITED = (
    "import os, resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000));"
    " os.execv(sys.argv[1], sys.argv[1:])"
)


def test_a_restore_killed_at_any_moment_leaves_the_old_or_the_new(saved) -> None:
    scene, source = saved
    place, chance, killed = scene.place, random.Random(), 0
    # What came after the backup tells the old from the new.
    place.do("UPDATE access_account SET name = 'Dopo la copia'")
    before, everybody = counts(place), place.rows("SELECT count(*) FROM access_account")
    for _round in range(4):
        running = subprocess.Popen(
            [sys.executable, "-m", "farelegami.config.cli", "restore", str(source), "--replace"],
            env=place.env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        time.sleep(chance.uniform(2.0, 6.0))
        if running.poll() is None:
            os.kill(running.pid, signal.SIGKILL)
            killed += 1
        running.wait()
        if place.url:
            wait_until_alone(place.url)
        assert counts(place) == before
        assert place.rows("SELECT count(*) FROM access_account WHERE name <> 'Dopo la copia'") in (
            [(0,)],
            everybody,
        )
        assert "tutto torna" in place.must("check")
    assert killed
    place.must("restore", str(source), "--replace")
    assert place.rows("SELECT count(*) FROM access_account WHERE name = 'Dopo la copia'") == [(0,)]
    assert counts(place) == before
    assert not list(place.folder.glob("*.restoring*"))
    place.serve()


def test_an_association_moves_to_postgresql_and_back(tmp_path: Path) -> None:
    if binaries() is None:
        pytest.skip("PostgreSQL's server programs are not on this machine")
    small = Installation(tmp_path / "small")
    small.prepare()
    small.must("backup", str(tmp_path / "una"))
    secrets = dict(
        line.split("=", 1) for line in (small.folder / "secrets.env").read_text().splitlines()
    )
    with cluster() as url:
        large = Installation(tmp_path / "large", url, **secrets)
        assert "nessun registro" in large.must("restore", str(tmp_path / "una"))
        register = tmp_path / "cancellazioni.json"
        register.write_text(small.must("retention", "register"))
        told = ("restore", str(tmp_path / "una"), "--replace", "--erasures", str(register))
        assert "ripetute: 0" in large.must(*told)
        register.write_text("{}")
        assert "registro delle cancellazioni" in refused(large, *told)
        assert "tutto torna" in large.must("check")
        assert counts(large) == counts(small)
        large.must("migrate")
        large.must("backup", str(tmp_path / "due"))
        again = Installation(tmp_path / "again", **secrets)
        again.must("restore", str(tmp_path / "due"))
        assert counts(again) == counts(small)
    for table in ("people_person", "pacts_pactversion", "ledger_transfer"):
        question = f"SELECT * FROM {table} ORDER BY id"
        plain = [[_plain(value) for value in row] for row in small.rows(question)]
        assert [[_plain(value) for value in row] for row in again.rows(question)] == plain
    papers = {p.name: p.read_bytes() for p in (small.folder / "files").rglob("*") if p.is_file()}
    there = {p.name: p.read_bytes() for p in (again.folder / "files").rglob("*") if p.is_file()}
    assert there == papers


def _plain(value: object) -> object:
    """Return a value with the letters of a JSON text in order: PostgreSQL keeps no order of names."""
    is_json = isinstance(value, str) and value[:1] in {"{", "["}
    return sorted(str(value).replace(" ", "")) if is_json else value
