"""The tables of an older program, and the way from them to those of this one."""

from collections.abc import Sequence
from typing import TypeAlias

from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

Migration: TypeAlias = tuple[str, str]


def applied(rows: Sequence[tuple[str, str]]) -> list[Migration]:
    """Return the migrations of a database in an order that never changes."""
    return sorted((app, name) for app, name in rows)


def unknown(migrations: Sequence[Migration]) -> list[Migration]:
    """Return those of these migrations that this program does not have."""
    known = set(MigrationLoader(None).disk_migrations)
    return [each for each in migrations if each not in known]


def build(migrations: Sequence[Migration]) -> None:
    """Make the tables as they were after exactly these migrations, in an empty database."""
    executor = MigrationExecutor(connection)
    graph, wanted = executor.loader.graph, set(migrations)
    ends = [
        each
        for each in wanted
        if not any(child.key in wanted and child.key[0] == each[0] for child in graph.node_map[each].children)
    ]  # fmt: skip
    executor.migrate(sorted(ends))


def bring_up() -> None:
    """Bring the tables to this program's version, with the guards and what is made by itself."""
    ContentType.objects.clear_cache()
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
