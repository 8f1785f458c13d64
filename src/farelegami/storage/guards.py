"""Triggers that hold a rule in the database itself, on SQLite and on PostgreSQL alike.

A room lists its guards in its `AppConfig` as `guards`; they are installed after every migrate and
counted by the system check `storage.E001`.
"""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from django.apps import apps
from django.core.checks import CheckMessage, Error
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper


@dataclass(frozen=True, slots=True)
class Guard:
    """One trigger: fires before `event` on `table` for rows where `when` holds, and refuses.

    `when` speaks of OLD and NEW in SQL that both databases understand; empty means always.
    `sqlite_body` and `postgres_body` replace the refusal where a guard must do more.
    """

    name: str
    table: str
    event: str
    message: str
    when: str = ""
    timing: str = "BEFORE"
    sqlite_body: str = ""
    postgres_body: str = ""
    postgres_only: bool = False
    sqlite_only: bool = False

    def is_for(self, vendor: str) -> bool:
        """Return whether the guard stands on this kind of database."""
        return not (self.postgres_only if vendor == "sqlite" else self.sqlite_only)


def key_taken(table: str, key: str) -> str:
    """Return the SQL condition that a row with the new row's key is there already."""
    return f"EXISTS (SELECT 1 FROM {table} WHERE {key} = NEW.{key})"  # noqa: S608


def append_only(table: str, what: str, *, key: str = "id") -> tuple[Guard, ...]:
    """Return the guards under which rows of `table` are only ever added; `key` is its primary."""
    message = f"{what}: rows are never changed"
    # INSERT OR REPLACE on SQLite deletes the old row without waking any trigger of DELETE.
    taken = f"SELECT RAISE(ABORT, '{message}') WHERE {key_taken(table, key)};"
    return (
        Guard(f"{table}_no_replace", table, "INSERT", message, sqlite_body=taken, sqlite_only=True),
        Guard(f"{table}_no_update", table, "UPDATE", message),
        Guard(f"{table}_no_delete", table, "DELETE", message),
        Guard(f"{table}_no_truncate", table, "TRUNCATE", message, postgres_only=True),
    )


def declared() -> Iterator[Guard]:
    """Yield every guard that an installed room declares."""
    for config in apps.get_app_configs():
        yield from getattr(config, "guards", ())


_SQLITE: Final = (
    "CREATE TRIGGER IF NOT EXISTS {name} {timing} {event} ON {table} {when} BEGIN {body} END"
)
_POSTGRES_FUNCTION: Final = (
    "CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $guard$ "
    "BEGIN {body} END $guard$"
)
_POSTGRES_TRIGGER: Final = (
    "CREATE OR REPLACE TRIGGER {name} {timing} {event} ON {table} "
    "FOR EACH {scope} {when} EXECUTE FUNCTION {name}()"
)

# Named by `lifted` for the transaction it stands in, and for no other.
_LET_THROUGH: Final = (
    "IF (TG_TABLE_NAME || '.' || TG_OP) ="
    " ANY (string_to_array(current_setting('farelegami.lifted', true), ' '))"
    " THEN IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END IF;"
)


def statements(guard: Guard, vendor: str) -> Sequence[str]:
    """Return the SQL that installs `guard`; running it again changes nothing."""
    message = guard.message.replace("'", "''")
    when = f"WHEN ({guard.when})" if guard.when else ""
    facts = {"name": guard.name, "timing": guard.timing, "event": guard.event, "table": guard.table}
    if vendor == "sqlite":
        body = guard.sqlite_body or f"SELECT RAISE(ABORT, '{message}');"
        return [_SQLITE.format(when=when, body=body, **facts)]
    body = guard.postgres_body or (
        f"{_LET_THROUGH} RAISE EXCEPTION '{message.replace('%', '%%')}'"
        " USING ERRCODE = 'integrity_constraint_violation';"
    )
    scope = "STATEMENT" if guard.event == "TRUNCATE" else "ROW"
    return [
        _POSTGRES_FUNCTION.format(name=guard.name, body=body),
        _POSTGRES_TRIGGER.format(when=when, scope=scope, **facts),
    ]


def install(connection: BaseDatabaseWrapper) -> None:
    """Put every declared guard in place, where its table exists."""
    tables = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for guard in declared():
            if guard.table in tables and guard.is_for(connection.vendor):
                for statement in statements(guard, connection.vendor):
                    cursor.execute(statement)


@contextmanager
def lifted(
    connection: BaseDatabaseWrapper, *tables: str, events: Collection[str] = ("UPDATE",)
) -> Iterator[None]:
    """Let rows of some tables be written as they never may, within the present transaction.

    For sealing anew what is sealed and for erasing what an approved list names, and nothing else.
    Nobody outside the transaction is let through: PostgreSQL is told for this transaction alone,
    and SQLite, where the triggers go and come back, has one writer. If it fails they never went.
    """
    own = [guard for guard in declared() if guard.table in tables and guard.event in events]
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            present = [guard for guard in own if guard.is_for("sqlite")]
            for guard in present:
                cursor.execute(f"DROP TRIGGER IF EXISTS {guard.name}")
            yield
            for guard in present:
                for statement in statements(guard, "sqlite"):
                    cursor.execute(statement)
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(current_setting('farelegami.lifted', true), '')")
        before = cursor.fetchone()[0]
        names = " ".join(f"{guard.table}.{guard.event}" for guard in own)
        cursor.execute("SELECT set_config('farelegami.lifted', %s, true)", [names])
        yield
        cursor.execute("SELECT set_config('farelegami.lifted', %s, true)", [before])


def remove(connection: BaseDatabaseWrapper) -> None:
    """Take every declared guard away: only for emptying a test database."""
    present = installed(connection)
    with connection.cursor() as cursor:
        for guard in declared():
            if guard.name in present:
                where = f" ON {guard.table}" if connection.vendor == "postgresql" else ""
                cursor.execute(f"DROP TRIGGER IF EXISTS {guard.name}{where}")


def installed(connection: BaseDatabaseWrapper) -> set[str]:
    """Return the names of the triggers the database has."""
    query = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if connection.vendor == "sqlite"
        else "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
    )
    with connection.cursor() as cursor:
        cursor.execute(query)
        return {name for (name,) in cursor.fetchall()}


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """Return the declared guards that are not in the database."""
    present = installed(connection)
    tables = set(connection.introspection.table_names())
    return [
        guard.name
        for guard in declared()
        if guard.table in tables and guard.name not in present and guard.is_for(connection.vendor)
    ]


def install_after_migrate(*, using: str, **_kwargs: Any) -> None:
    """Receive `post_migrate`: the one signal used, because Django offers no other moment."""
    install(connections[using])


def check_guards(*, databases: Sequence[str] | None = None, **_kwargs: Any) -> list[CheckMessage]:
    """Report guards that are declared and not installed."""
    problems: list[CheckMessage] = []
    for alias in databases or ():
        lost = missing(connections[alias])
        if lost:
            problems.append(
                Error(
                    f"database guards missing: {', '.join(lost)}",
                    hint="run: farelegami migrate",
                    id="storage.E001",
                )
            )
    return problems
