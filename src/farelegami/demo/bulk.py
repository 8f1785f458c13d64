"""Writing rows by the million: guards, foreign keys and indexes stand aside until they are in.

All of it is one transaction: if it fails, the database is as it was.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection

from farelegami.demo.forms import rows_in
from farelegami.storage import guards

_CONSTRAINTS: Final = (
    "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
    " WHERE contype = 'f' AND conrelid::regclass::text = ANY(%s)"
)
_INDEXES: Final = (
    "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index"
    " WHERE NOT indisunique AND indrelid::regclass::text = ANY(%s)"
)


@dataclass(frozen=True, slots=True)
class Table:
    """A table and those of its columns that are written."""

    name: str
    columns: tuple[str, ...]

    def quoted_columns(self) -> str:
        """Return the columns as SQL."""
        return ", ".join(f'"{column}"' for column in self.columns)


def read(table: Table, where: str = "", arguments: Sequence[Any] = ()) -> list[list[str | None]]:
    """Return rows as texts, as the database itself writes them, oldest id first."""
    # An expression has no declared type: nothing on the way makes a date or a truth of it.
    cast = "::text" if connection.vendor == "postgresql" else " || ''"
    columns = ", ".join(f'"{column}"{cast}' for column in table.columns)
    tail = f" WHERE {where}" if where else ""
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT {columns} FROM "{table.name}"{tail} ORDER BY 1', arguments)  # noqa: S608
        return [[None if v is None else str(v) for v in row] for row in cursor.fetchall()]


def write(table: Table, text: str) -> None:
    """Add the rows of a filled form."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            copy = f'COPY "{table.name}" ({table.quoted_columns()}) FROM STDIN'
            with cursor.copy(copy) as stream:
                stream.write(text + "\n")
            return
        marks = ", ".join(["%s"] * len(table.columns))
        cursor.executemany(
            f'INSERT INTO "{table.name}" ({table.quoted_columns()}) VALUES ({marks})',  # noqa: S608
            list(rows_in(text)),
        )


def statement(sql: str, arguments: Sequence[Any] = ()) -> None:
    """Run one statement."""
    with connection.cursor() as cursor:
        cursor.execute(sql, arguments)


@contextmanager
def unhindered(tables: Sequence[str]) -> Iterator[None]:
    """Take guards, foreign keys and plain indexes of `tables` away, and put them back after."""
    if connection.vendor != "postgresql":
        guards.remove(connection)
        yield
        guards.install(connection)
        return
    with connection.cursor() as cursor:
        # What was written before in this transaction is checked now: a table waiting cannot change.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(_CONSTRAINTS, [list(tables)])
        constraints = cursor.fetchall()
        cursor.execute(_INDEXES, [list(tables)])
        indexes = cursor.fetchall()
        guards.remove(connection)
        for table, name, _definition in constraints:
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        for name, _definition in indexes:
            cursor.execute(f"DROP INDEX {name}")
        yield
        cursor.execute("SET LOCAL maintenance_work_mem = '512MB'")
        for _name, definition in indexes:
            cursor.execute(definition)
        for table, name, definition in constraints:
            cursor.execute(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}')
    guards.install(connection)
