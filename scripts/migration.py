"""Write the migration of a changed model: `scripts/migration.py ROOM [NAME]`.

Django makes a table first and adds each index and rule as an act of its own, and at each act
renders the models around it again: half of all the time an empty database takes to fill with
tables. Here a table is made with its indexes and rules, as decision 0020 says.
"""

import inspect
import os
import sys
from pathlib import Path

import django
from django.core.management import call_command
from django.db.migrations import Migration
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import AddConstraint, AddField, AddIndex, CreateModel
from django.db.migrations.operations.base import Operation
from django.db.migrations.writer import MigrationWriter


def in_one_act(operations: list[Operation], room: str) -> list[Operation]:
    """Return these operations, each index and rule in the act that makes its table, where it can.

    It cannot where it speaks of a field that is added after the table.
    """
    folded: list[Operation] = []
    for operation in operations:
        made = _its_table(operation, folded)
        if made is None:
            folded.append(operation)
        else:
            [folded[made]] = folded[made].reduce(operation, room)
    return folded


def _its_table(operation: Operation, before: list[Operation]) -> int | None:
    if not isinstance(operation, AddIndex | AddConstraint):
        return None
    model = operation.model_name_lower
    what = operation.index if isinstance(operation, AddIndex) else operation.constraint
    said = repr(what.deconstruct())
    for each in before:
        if isinstance(each, AddField) and each.model_name_lower == model and each.name in said:
            return None
    return next(
        (
            place
            for place, each in enumerate(before)
            if isinstance(each, CreateModel) and each.name_lower == model
        ),
        None,
    )


def main(room: str, name: str | None = None) -> None:
    """Let Django write what changed, then say each new table in one act."""
    known = set(MigrationLoader(None).disk_migrations)
    call_command("makemigrations", room, name=name)
    for (app, title), migration in MigrationLoader(None).disk_migrations.items():
        if (app, title) not in known:
            _write_again(migration, app)


def _write_again(migration: Migration, room: str) -> None:
    operations = in_one_act(list(migration.operations), room)
    if len(operations) < len(migration.operations):
        migration.operations = operations
        Path(inspect.getfile(type(migration))).write_text(MigrationWriter(migration).as_string())


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "farelegami.config.settings.test")
    django.setup()
    main(*sys.argv[1:])
