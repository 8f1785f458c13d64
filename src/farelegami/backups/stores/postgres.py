"""PostgreSQL by COPY on the application's own connection: its client programs need not be there."""

from collections.abc import Generator, Iterable, Sequence
from typing import Any, Final, cast

import psycopg
from django.db.backends.base.base import BaseDatabaseWrapper

from farelegami.backups.rules import RowsRefused
from farelegami.backups.stores.common import Table, is_left_out

_KINDS: Final = {
    "uuid": "uuid", "bool": "bool", "timestamptz": "moment", "float8": "real", "jsonb": "json",
    "int2": "number", "int4": "number", "int8": "number",
}  # fmt: skip
_TABLES: Final = """
SELECT c.relname FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace
ORDER BY c.relname COLLATE "C"
"""
_COLUMNS: Final = """
SELECT c.relname, a.attname, t.typname, a.attidentity <> '' OR EXISTS (
         SELECT 1 FROM pg_attrdef d WHERE d.adrelid = c.oid AND d.adnum = a.attnum
         AND pg_get_expr(d.adbin, d.adrelid) LIKE 'nextval%'),
       coalesce(array_position(i.indkey::int2[], a.attnum), -1)
FROM pg_class c
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
JOIN pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace
ORDER BY c.relname COLLATE "C", a.attnum
"""
_SET_COUNTER: Final = """
SELECT setval(pg_get_serial_sequence('"{table}"', '{column}'), coalesce(max("{column}"), 1),
              max("{column}") IS NOT NULL)
FROM "{table}"
"""


class PostgresStore:
    vendor = "postgresql"

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        connection.ensure_connection()
        self.raw = cast("psycopg.Connection[Any]", connection.connection)
        self._counted: dict[str, str] = {}

    def begin(self) -> None:
        """Hold what is there now, for the transaction that was just begun."""
        self._do("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")

    def _do(self, sql: str) -> psycopg.Cursor[Any]:
        cursor = self.raw.cursor()
        cursor.execute(sql)
        return cursor

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        return self._do(sql).fetchall()

    def tables(self) -> Sequence[Table]:
        self._spell()
        rows: dict[str, list[tuple[Any, ...]]] = {}
        for table, *rest in self.ask(_COLUMNS):
            rows.setdefault(table, []).append(tuple(rest))
            if rest[2]:
                self._counted[table] = rest[0]
        found = []
        for (name,) in self.ask(_TABLES):
            if is_left_out(name):
                continue
            found.append(
                Table(
                    name,
                    [row[0] for row in rows[name]],
                    [_KINDS.get(row[1], "text") for row in rows[name]],
                    [row[0] for row in sorted(rows[name], key=lambda row: row[3]) if row[3] >= 0],
                )
            )
        return found

    def _spell(self) -> None:
        """Have values spelled in the one way that lines know."""
        self._do("SET LOCAL TimeZone = 'UTC'")
        self._do("SET LOCAL DateStyle = 'ISO, YMD'")
        self._do("SET LOCAL extra_float_digits = 1")

    def lines(self, table: Table) -> Generator[bytes, None, None]:
        kinds = dict(zip(table.columns, table.kinds, strict=True))
        # Texts in the order of their bytes, as on SQLite.
        order = ", ".join(
            f'"{name}" COLLATE "C"' if kinds[name] == "text" else f'"{name}"'
            for name in table.order
        )
        select = f'SELECT {_names(table)} FROM "{table.name}" ORDER BY {order}'  # noqa: S608
        with self.raw.cursor() as cursor:
            copying = f"COPY ({select}) TO STDOUT"
            with cursor.copy(copying) as copy:
                for block in copy:
                    yield bytes(block)

    def empty(self, names: Sequence[str]) -> None:
        quoted = ", ".join(f'"{name}"' for name in names)
        # Those that are left out of a backup point at some of these, and are empty.
        self._do(f"TRUNCATE {quoted} CASCADE")
        # Migrations leave them immediate; rows come in the order of the alphabet.
        self._do("SET CONSTRAINTS ALL DEFERRED")

    def take(self, table: Table, blocks: Iterable[bytes]) -> None:
        into = f'COPY "{table.name}" ({_names(table)}) FROM STDIN'
        try:
            with self.raw.cursor() as cursor, cursor.copy(into) as copy:
                for block in blocks:
                    copy.write(block)
        except (psycopg.IntegrityError, psycopg.DataError) as error:
            why = str(error).partition("\n")[0]
            raise RowsRefused(table=table.name, why=why) from error

    def settle(self, tables: Sequence[Table]) -> Sequence[str]:
        for table in tables:
            column = self._counted.get(table.name)
            if column:
                self._do(_SET_COUNTER.format(table=table.name, column=column))
        try:
            self._do("SET CONSTRAINTS ALL IMMEDIATE")
        except psycopg.IntegrityError as error:
            return [str(error).partition("\n")[0]]
        return []


def _names(table: Table) -> str:
    return ", ".join(f'"{name}"' for name in table.columns)
