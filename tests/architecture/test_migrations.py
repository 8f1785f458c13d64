"""How migrations are written: decision 0020."""

from __future__ import annotations

import runpy
from pathlib import Path

from django.db.migrations.loader import MigrationLoader

ROOT = Path(__file__).resolve().parents[2]


def test_a_table_is_made_with_its_indexes_and_rules() -> None:
    in_one_act = runpy.run_path(str(ROOT / "scripts" / "migration.py"))["in_one_act"]
    apart = [
        f"{room}.{name}"
        for (room, name), migration in MigrationLoader(None).disk_migrations.items()
        if type(migration).__module__.startswith("farelegami.")
        and len(in_one_act(migration.operations, room)) < len(migration.operations)
    ]
    assert apart == [], "make migration ROOM=… writes them so"
