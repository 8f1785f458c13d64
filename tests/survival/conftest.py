"""Installations to be hurt: one on SQLite, one on a PostgreSQL of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.postgres import binaries
from tests.survival.cluster import Cluster
from tests.survival.installation import Installation


@dataclass
class Scene:
    """An installation with pacts and tokens, and its PostgreSQL server if it has one."""

    place: Installation
    facts: dict[str, Any]
    cluster: Cluster | None


@pytest.fixture(params=["sqlite", "postgresql"])
def scene(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Scene]:
    yield from a_scene(request.param, tmp_path)


def a_scene(kind: str, folder: Path, *, megabytes: int = 0, **settings: str) -> Iterator[Scene]:
    if kind == "postgresql" and binaries() is None:
        pytest.skip("PostgreSQL's server programs are not on this machine")
    cluster = Cluster(megabytes, **settings) if kind == "postgresql" else None
    place = Installation(folder / "data", cluster.url if cluster else "")
    try:
        yield Scene(place, place.prepare(), cluster)
    finally:
        place.stop()
        if cluster:
            cluster.close()
