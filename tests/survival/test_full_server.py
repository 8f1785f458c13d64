"""The disk of PostgreSQL's server itself is full: for its tables, then for its log, and it stops."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from tests.survival.asking import health, is_said_plainly, is_well_again, open_form
from tests.survival.cluster import Cluster
from tests.survival.conftest import Scene, a_scene
from tests.survival.reckoning import losses
from tests.survival.small_disk import NoSmallDisk
from tests.survival.writers import Noted, Writer, together

pytestmark = pytest.mark.drill
MEGABYTES = 192


@pytest.fixture
def tight(tmp_path: Path) -> Iterator[Scene]:
    """An installation at work, whose PostgreSQL has a disk of its own that can be filled."""
    small = {"max_wal_size": "8MB", "min_wal_size": "2MB", "autovacuum": "off"}
    try:
        yield from a_scene("postgresql", tmp_path, megabytes=MEGABYTES, **small)
    except NoSmallDisk as error:
        pytest.skip(str(error))


class Everybody:
    """The programs that write, from entry to exit, and what they were told."""

    def __init__(self, scene: Scene) -> None:
        self._ended = threading.Event()
        self._writers = [Writer(scene.place, each, self._ended) for each in scene.facts["writers"]]

    def __enter__(self) -> Everybody:
        for writer in self._writers:
            writer.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._ended.set()
        for writer in self._writers:
            writer.join(timeout=180)
            assert not writer.is_alive()

    @property
    def noted(self) -> Noted:
        return together([writer.noted for writer in self._writers])

    def wait(self, *, more: int) -> None:
        """Wait for so many more acts to be acknowledged."""
        goal = self.noted.acknowledged + more
        until(lambda: self.noted.acknowledged >= goal or self.noted.faults)

    def wait_until_refused(self) -> None:
        """Wait until for two seconds nobody was acknowledged anything."""
        seen, since = -1, time.monotonic()
        while time.monotonic() - since < 2:
            if self.noted.acknowledged != seen:
                seen, since = self.noted.acknowledged, time.monotonic()
            time.sleep(0.05)


def until(holds: Callable[[], object]) -> None:
    end = time.monotonic() + 120
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.05)


def fill_the_log(cluster: Cluster) -> None:
    """Write to PostgreSQL's log until there is no room for it, and its server stops."""
    for _try in range(100):
        try:
            with psycopg.connect(cluster.url, autocommit=True) as line:
                while True:
                    line.execute("SELECT pg_logical_emit_message(false, 'x', repeat('x', 99999))")
        except psycopg.OperationalError:
            time.sleep(0.1)
        if "PANIC" in cluster.log():
            return
    raise AssertionError(cluster.log()[-2000:])


def test_a_full_disk_of_postgresql_loses_nothing_and_passes(tight: Scene) -> None:
    place, cluster = tight.place, tight.cluster
    assert cluster is not None
    assert cluster.disk is not None
    place.serve()
    place.start("worker")
    form, before = open_form(place), open_form(place)
    with Everybody(tight) as everybody:
        everybody.wait(more=12)
        with cluster.disk.full():
            everybody.wait_until_refused()
            acknowledged = everybody.noted.acknowledged
            is_said_plainly(tight, form)
            assert health(place) == (503, ["database.full"])
            assert place.get("/accessibilita/")[0] == 200
            assert "PANIC" not in cluster.log()
        everybody.wait(more=12)
        assert form.send()[0] == 302

        with cluster.disk.full():
            fill_the_log(cluster)
            until(cluster.has_died)
            is_said_plainly(tight, before)
            assert health(place) == (503, ["database.gone"])
        cluster.start()
        everybody.wait(more=12)
    noted = everybody.noted
    print(
        f"\nfull server: {noted.acknowledged} acts acknowledged, {acknowledged} before, "
        f"{noted.asked_again} asked again"
    )
    assert (noted.faults, noted.unsure) == ([], set())
    assert place.processes["worker"].poll() is None
    assert "redo done" in cluster.log()
    assert losses(place, noted) == []
    is_well_again(tight, noted, before)
