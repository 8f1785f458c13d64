"""A small demonstration province for tests that walk through pages: one pact of each fate."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from farelegami.access.models import Account
from farelegami.demo.services import build_province
from farelegami.territory.services import load_reference

SMALL = 24
SMALL_PAVIA = 11


@dataclass(frozen=True)
class World:
    data: Path
    users: dict[str, Account]


def build_world(data: Path) -> World:
    """Build the small province in the test database and return its sign-ins by user name."""
    data.mkdir(parents=True, exist_ok=True)
    load_reference()
    build_province(data, pacts=SMALL, pavia_pacts=SMALL_PAVIA)
    rows = json.loads((data / "demo-users.json").read_text(encoding="utf-8"))
    names = [row["username"] for row in rows if row.get("username")]
    return World(data, {a.username: a for a in Account.objects.filter(username__in=names)})
