"""A full disk, a database that only reads or is gone, a clock that jumps: said plainly, harmless."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from tests.survival.asking import ask_spend, health, is_said_plainly, is_well_again, open_form
from tests.survival.conftest import Scene, a_scene
from tests.survival.installation import ROOT, Installation
from tests.survival.writers import Noted

pytestmark = pytest.mark.drill
SMALL = 256 * 1024
YEAR = 365 * 86_400


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def one_of_each(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Scene]:
    yield from a_scene(request.param, tmp_path_factory.mktemp("hurt"))


@pytest.fixture
def hurt(one_of_each: Scene) -> Iterator[Scene]:
    """One installation of each kind for the whole module: each test leaves it well again."""
    yield one_of_each
    one_of_each.place.stop()


def test_a_full_disk_is_said_and_passes(hurt: Scene) -> None:
    if hurt.cluster:
        pytest.skip("PostgreSQL's own disk is filled in test_full_server")
    place, noted = hurt.place, Noted()
    place.serve()
    form = open_form(place)
    place.kill("serve")
    place.serve(largest=SMALL)
    statuses = [ask_spend(hurt, noted)[0] for _number in range(60)]
    assert {201, 503} >= set(statuses)
    assert statuses[-1] == 503
    assert noted.spends
    is_said_plainly(hurt, form)
    assert health(place) == (503, ["database.full"])
    place.kill("serve")
    place.serve()
    is_well_again(hurt, noted, form)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root makes a small disk")
def test_a_full_disk_under_everything_is_said_and_passes(tmp_path: Path, hurt: Scene) -> None:
    """A disk of its own, filled up: for SQLite the database's, for PostgreSQL that of the files."""
    small, noted = tmp_path / "small", Noted()
    small.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", small], check=False, capture_output=True
    )
    if made.returncode:
        pytest.skip("this machine lets nobody mount")
    place = Installation(small / "data", hurt.place.url)
    try:
        shutil.copytree(hurt.place.folder, place.folder, dirs_exist_ok=True)
        place.serve()
        form = open_form(place)
        scene = Scene(place, hurt.facts, hurt.cluster)
        with fill(small):
            if place.is_sqlite:
                statuses = [ask_spend(scene, noted)[0] for _number in range(20)]
                assert statuses[-1] == 503
                is_said_plainly(scene, form)
                assert "database.full" in health(place)[1]
            assert "disk.full" in health(place)[1]
            backup = place.run("backup", str(place.folder / "copia"))
            assert backup.returncode == 1
            assert "pieno" in backup.stderr
            assert "Traceback" not in backup.stderr
            assert not list(place.folder.glob("copia*"))
        is_well_again(scene, noted, form)
    finally:
        place.stop()
        subprocess.run(["umount", "-l", small], check=False)


@contextmanager
def fill(folder: Path) -> Iterator[None]:
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            pass
    yield
    ballast.unlink()


def test_a_database_that_only_reads_is_said_and_passes(hurt: Scene) -> None:
    place, noted = hurt.place, Noted()
    place.serve()
    form = open_form(place)
    assert ask_spend(hurt, noted)[0] == 201
    with read_only(hurt):
        is_said_plainly(hurt, form)
        assert health(place) == (503, ["database.read_only"])
        assert place.get("/accessibilita/")[0] == 200
        assert place.run("worker", "--once").returncode == 1
    is_well_again(hurt, noted, form)


@contextmanager
def read_only(scene: Scene) -> Iterator[None]:
    if scene.cluster:
        set_postgres(scene.cluster.url, "on")
        yield
        set_postgres(scene.cluster.url, "off")
        return
    # Root writes whatever the mode says, except to a file that may not be changed at all.
    as_root = os.geteuid() == 0
    if as_root and subprocess.run(["chattr", "+i", scene.place.database], check=False).returncode:
        pytest.skip("this file system keeps nothing from root")
    scene.place.database.chmod(0o444) if not as_root else None
    try:
        yield
    finally:
        if as_root:
            subprocess.run(["chattr", "-i", scene.place.database], check=True)
        else:
            scene.place.database.chmod(0o644)


def set_postgres(url: str, value: str) -> None:
    with psycopg.connect(url, autocommit=True) as line:
        line.execute("SET default_transaction_read_only = off")
        line.execute(f"ALTER DATABASE fl SET default_transaction_read_only = {value}")
        line.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = 'fl' AND pid <> pg_backend_pid()"
        )


@pytest.fixture
def lite(tmp_path: Path) -> Iterator[Scene]:
    yield from a_scene("sqlite", tmp_path)


@contextmanager
def moved_away(place: Installation, aside: Path) -> Iterator[list[Path]]:
    """Take away the file of the database with its log; yields what must not come up in its place."""
    aside.mkdir()
    names = [
        place.database.with_name(f"{place.database.name}{end}") for end in ("", "-wal", "-shm")
    ]
    there = [each for each in names if each.exists()]
    for each in there:
        each.rename(aside / each.name)
    yield names
    for each in there:
        (aside / each.name).rename(each)


@contextmanager
def unmounted(place: Installation, aside: Path) -> Iterator[list[Path]]:
    """Leave the data folder empty, as where a disk was."""
    place.folder.rename(aside)
    place.folder.mkdir()
    yield [place.database, place.folder / "files"]
    place.folder.rmdir()
    aside.rename(place.folder)


@pytest.mark.parametrize("taken", [moved_away, unmounted])
def test_a_database_file_that_is_gone_is_said_and_none_is_made_in_its_place(
    lite: Scene, tmp_path: Path, taken
) -> None:
    place, noted = lite.place, Noted()
    place.serve()
    place.start("worker")
    form = open_form(place)
    assert ask_spend(lite, noted)[0] == 201
    with taken(place, tmp_path / "altrove") as missing:
        is_said_plainly(lite, form)
        assert health(place) == (503, ["database.gone"])
        assert place.get("/accessibilita/")[0] == 200
        time.sleep(6)
        assert place.processes["worker"].poll() is None
        assert [each for each in missing if each.exists()] == []
    is_well_again(lite, noted, form)
    assert place.processes["worker"].poll() is None


def test_a_database_that_is_gone_is_said_and_passes(hurt: Scene) -> None:
    if hurt.cluster is None:
        pytest.skip("SQLite's database is where the program is")
    place, noted = hurt.place, Noted()
    place.serve()
    place.start("worker")
    form = open_form(place)
    assert ask_spend(hurt, noted)[0] == 201
    hurt.cluster.stop_at_once()
    is_said_plainly(hurt, form)
    assert health(place) == (503, ["database.gone"])
    time.sleep(3)
    assert place.processes["worker"].poll() is None
    assert "non risponde" in place.run("check").stderr
    hurt.cluster.start()
    is_well_again(hurt, noted, form)
    assert place.processes["worker"].poll() is None


def shifted(place: Installation, seconds: int) -> Installation:
    """Return the same installation with the clock of its processes set ahead, or back."""
    other = Installation(place.folder, place.url, SHIFTED=str(seconds))
    other.env["PYTHONPATH"] = f"{ROOT / 'tests/survival/shifted'}:{other.env['PYTHONPATH']}"
    return other


@pytest.mark.parametrize("seconds", [10 * YEAR, -2 * YEAR])
def test_a_clock_that_jumps_and_is_put_right_loses_nothing(hurt: Scene, seconds: int) -> None:
    place, noted = hurt.place, Noted()
    odd = shifted(place, seconds)
    odd.serve()
    for _number in range(3):
        assert open_form(odd).send()[0] == 302
    odd.must("worker", "--once")
    assert open_form(odd).send()[0] == 302
    # A pact over for years, or a role that has not begun, are refused as on any other day.
    assert ask_spend(Scene(odd, hurt.facts, None), noted)[0] in {401, 404, 409}
    odd.stop()

    place.serve()
    assert [ask_spend(hurt, noted)[0] for _number in range(3)] == [201] * 3
    form = open_form(place)
    is_well_again(hurt, noted, form)
    place.must("worker", "--once")
    # Everything is sealed, of whichever time it says it is, and no message waits for years.
    assert " 0 in attesa" in place.must("check", "audit")
    assert place.rows("SELECT count(*) FROM outbox_event WHERE delivered_at IS NULL") == [(0,)]
    listed = place.get(
        "/api/v1/spends?limit=100",
        {"Authorization": f"Bearer {hurt.facts['writers'][0]['asks']}"},
    )
    assert listed[0] == 200
