"""SQLite, read and filled past Django, which would turn ids and moments into objects and back."""

import sqlite3
from collections.abc import Generator, Iterable, Sequence
from pathlib import Path
from typing import Any, Final

from farelegami.backups.lines import lines_of, rows_of
from farelegami.backups.rules import RowsRefused
from farelegami.backups.stores.common import Table, is_left_out

_KINDS: Final = {
    "char(32)": "uuid", "bool": "bool", "datetime": "moment", "real": "real", "integer": "number",
    "bigint": "number", "smallint": "number", "integer unsigned": "number",
    "smallint unsigned": "number", "bigint unsigned": "number",
}  # fmt: skip
_BATCH: Final = 5_000
_GENERATED: Final = (2, 3)


class SqliteStore:
    vendor = "sqlite"

    def __init__(self, path: Path) -> None:
        self._path = path
        self.raw = sqlite3.connect(path, timeout=20, isolation_level=None)

    def begin(self) -> None:
        """Hold what is there now: writers go on, and what they write is not seen."""
        self.raw.execute("PRAGMA query_only = ON")
        self.raw.execute("BEGIN")
        self.raw.execute("SELECT count(*) FROM sqlite_master").fetchone()

    def close(self) -> None:
        self.raw.close()

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        return self.raw.execute(sql).fetchall()

    def tables(self) -> Sequence[Table]:
        found = self.ask(
            "SELECT name, sql FROM sqlite_master WHERE type = 'table'"
            " AND name NOT LIKE 'sqlite~_%' ESCAPE '~' ORDER BY name"
        )
        return [self._table(name, sql) for name, sql in found if not is_left_out(name)]

    def _table(self, name: str, sql: str) -> Table:
        columns = [
            row for row in self.ask(f'PRAGMA table_xinfo("{name}")') if row[6] not in _GENERATED
        ]
        return Table(
            name,
            [row[1] for row in columns],
            [_kind(row[1], row[2], sql) for row in columns],
            [row[1] for row in sorted(columns, key=lambda row: row[5]) if row[5]],
        )

    def lines(self, table: Table) -> Generator[bytes, None, None]:
        order = ", ".join(f'"{name}"' for name in table.order)
        rows = self.raw.execute(f'SELECT {_names(table)} FROM "{table.name}" ORDER BY {order}')  # noqa: S608
        return lines_of(rows, table.kinds)

    def empty(self, names: Sequence[str]) -> None:
        for name in names:
            self.raw.execute(f'DELETE FROM "{name}"')  # noqa: S608

    def take(self, table: Table, blocks: Iterable[bytes]) -> None:
        marks = ", ".join("?" * len(table.columns))
        insert = f'INSERT INTO "{table.name}" ({_names(table)}) VALUES ({marks})'  # noqa: S608
        held: list[Any] = []
        try:
            for row in rows_of(blocks, table.kinds):
                held.append(row)
                if len(held) >= _BATCH:
                    self.raw.executemany(insert, held)
                    held.clear()
            self.raw.executemany(insert, held)
        except (sqlite3.IntegrityError, sqlite3.DataError, sqlite3.InterfaceError) as error:
            raise RowsRefused(table=table.name, why=str(error)) from error

    def settle(self, tables: Sequence[Table]) -> Sequence[str]:
        del tables
        broken = self.ask("PRAGMA foreign_key_check")
        return [f"{table} {row} → {other}" for table, row, other, _number in broken]


def _names(table: Table) -> str:
    return ", ".join(f'"{name}"' for name in table.columns)


def _kind(column: str, declared: str, sql: str) -> str:
    # How Django says on SQLite that a text is JSON.
    if f'JSON_VALID("{column}")' in sql:
        return "json"
    return _KINDS.get(declared.lower(), "text")
