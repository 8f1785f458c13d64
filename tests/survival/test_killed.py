"""Killed at random while programs write: nothing acknowledged is lost, nothing is done twice."""

from __future__ import annotations

import os
import random
import threading
import time
from pathlib import Path

import pytest

from tests.survival.conftest import Scene, a_scene
from tests.survival.listener import Listener
from tests.survival.reckoning import contradictions, losses
from tests.survival.writers import Noted, Writer, together

pytestmark = pytest.mark.drill
ROUNDS = int(os.environ.get("ROUNDS", "2"))
OF_SQLITE = ("server", "one", "worker", "both")
OF_POSTGRES = ("server", "backend", "worker", "cluster", "both", "one")


def crash(scene: Scene, victim: str, chance: random.Random) -> None:
    place = scene.place
    if victim == "one":
        # The server starts another by itself.
        place.kill_one_server_process(chance.randrange(9))
    if victim in {"server", "both"}:
        place.kill("serve")
    if victim in {"worker", "both"}:
        place.kill("worker")
    if scene.cluster and victim == "backend":
        scene.cluster.kill_a_backend()
    if scene.cluster and victim == "cluster":
        scene.cluster.stop_at_once()
        time.sleep(chance.random())
        scene.cluster.start()


def bring_back(scene: Scene) -> None:
    """Do what the service manager of the machine does: start again what is not there."""
    place = scene.place
    for what in ("serve", "worker"):
        process = place.processes.get(what)
        if process is None or process.poll() is not None:
            place.kill(what)
            if what == "serve":
                place.serve()
            else:
                place.start("worker")


def write_through(scene: Scene, rounds: int, victims: tuple[str, ...]) -> Noted:
    """Let everybody write while one thing after another is killed, and return what was noted."""
    chance, ended = random.Random(os.urandom(8)), threading.Event()
    bring_back(scene)
    writers = [Writer(scene.place, facts, ended) for facts in scene.facts["writers"]]
    for writer in writers:
        writer.start()
    for number in range(rounds):
        time.sleep(chance.uniform(0.5, 2.0))
        crash(scene, victims[number % len(victims)], chance)
        bring_back(scene)
    let_everybody_write(writers, more=4)
    ended.set()
    for writer in writers:
        writer.join(timeout=180)
        assert not writer.is_alive()
    return together([writer.noted for writer in writers])


def let_everybody_write(writers: list[Writer], *, more: int) -> None:
    """Wait until each writer has had so many more answers, however busy the machine is."""
    goals = [writer.noted.acknowledged + more for writer in writers]
    end = time.monotonic() + 120
    while time.monotonic() < end and any(
        writer.is_alive() and writer.noted.acknowledged < goal
        for writer, goal in zip(writers, goals, strict=True)
    ):
        time.sleep(0.1)


def test_nothing_acknowledged_is_lost_when_anything_is_killed(scene: Scene) -> None:
    place, listener = scene.place, Listener()
    try:
        place.must("hook", "create", listener.url, "--topic", "pacts.spend.created", "--private")
        victims = OF_POSTGRES if scene.cluster else OF_SQLITE
        noted = write_through(scene, ROUNDS, victims)
        place.kill("serve")
        place.kill("worker")
        print(
            f"\n{'PostgreSQL' if scene.cluster else 'SQLite'}: {ROUNDS} rounds,"
            f" {noted.acknowledged} acts acknowledged, {noted.asked_again} asked again"
        )
        assert (noted.faults, noted.unsure) == ([], set())
        assert noted.acknowledged > 5 * ROUNDS
        assert losses(place, noted) == []
        later(scene)
        place.must("worker", "--once")
        assert contradictions(place) == []
        assert everything_was_delivered(scene)
        assert set(noted.spends.values()) <= set(listener.told)
    finally:
        listener.close()


def later(scene: Scene) -> None:
    """Let the five minutes pass after which what a dead worker held is taken up by the next."""
    scene.place.do("UPDATE outbox_event SET due_at = created_at WHERE delivered_at IS NULL")


def everything_was_delivered(scene: Scene) -> bool:
    """Return whether no event is left; a listener that was deaf is told again."""
    for _try in range(10):
        later(scene)
        scene.place.must("worker", "--once")
        if scene.place.rows("SELECT count(*) FROM outbox_event WHERE delivered_at IS NULL") == [
            (0,)
        ]:
            return True
    return False


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_the_reckoning_sees_a_write_that_was_lost_or_done_twice(kind: str, tmp_path: Path) -> None:
    for scene in a_scene(kind, tmp_path):
        place = scene.place
        noted = write_through(scene, 0, ())
        place.stop()
        assert losses(place, noted) == []
        first, second = sorted(noted.hours.items())[:2]
        place.do(
            f"DELETE FROM pacts_hoursentry WHERE note = '{first[0]}'",
            f"UPDATE pacts_hoursentry SET note = '{second[0]}' WHERE note LIKE 'w5-%'",
        )
        told = " ".join(losses(place, noted))
        assert first[0] in told
        assert second[0] in told


def test_a_postgresql_that_promises_too_early_is_found_out(tmp_path: Path) -> None:
    """The control: with commits acknowledged before they are written, killing it loses some."""
    for scene in a_scene("postgresql", tmp_path, synchronous_commit="off", wal_writer_delay="10s"):
        assert scene.cluster is not None
        noted = write_through(scene, 3, ("cluster",))
        scene.place.stop()
        assert noted.faults + losses(scene.place, noted)
