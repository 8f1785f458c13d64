"""Carry the rows of an SQLite file, tables of its own time, into the empty database of the settings."""

from __future__ import annotations

import sys
from pathlib import Path

import django

django.setup()

from django.db import connection, transaction  # noqa: E402

from farelegami.backups import schema  # noqa: E402
from farelegami.backups.stores.lite import SqliteStore  # noqa: E402
from farelegami.backups.stores.postgres import PostgresStore  # noqa: E402
from farelegami.storage import guards  # noqa: E402


def main(source: Path) -> None:
    old = SqliteStore(source)
    schema.build(schema.applied(old.ask("SELECT app, name FROM django_migrations")))
    with transaction.atomic():
        target = PostgresStore(connection)
        target.empty([table.name for table in target.tables()])
        tables = old.tables()
        for table in tables:
            target.take(table, old.lines(table))
        assert target.settle(tables) == []
    guards.install(connection)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
