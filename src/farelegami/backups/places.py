"""Where a backup is taken from and where it is put back: beside what is there, in its place at the end."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from django.db import connection, transaction

from farelegami.backups.rules import InUse
from farelegami.backups.stores.common import Store
from farelegami.backups.stores.lite import SqliteStore
from farelegami.backups.stores.postgres import PostgresStore
from farelegami.storage.databases import make_if_missing
from farelegami.storage.presence import alone

_BEFORE: Final = "farelegami_before"


@contextmanager
def snapshot() -> Iterator[Store]:
    """Give the rows as they are at this moment, however long they are read; writers go on."""
    if connection.vendor == "sqlite":
        # The connection of the application keeps the log open that a second one looks through.
        connection.ensure_connection()
        store = SqliteStore(Path(connection.settings_dict["NAME"]))
        try:
            store.begin()
            yield store
        finally:
            store.close()
        return
    with transaction.atomic():
        held = PostgresStore(connection)
        held.begin()
        yield held


@contextmanager
def new_place() -> Iterator[None]:
    """Let everything in the block happen in an empty database, which then takes the old one's place.

    If the block fails, or the machine stops in it, the old one is as it was.

    Raises:
        InUse: somebody has the old one open, or a server or a worker runs on it.
    """
    try:
        with alone(), _new_file() if connection.vendor == "sqlite" else _new_schema():
            yield
    except BlockingIOError as error:
        raise InUse from error


@contextmanager
def _new_file() -> Iterator[None]:
    """A file beside the old one, moved over it in one step of the file system."""
    connection.close()
    old = connection.settings_dict["NAME"]
    target = Path(old)
    fresh = target.with_name(f"{target.name}.restoring")
    _forget(fresh)
    target.parent.mkdir(parents=True, exist_ok=True)
    _let_go(target)
    connection.settings_dict["NAME"] = str(fresh)
    try:
        make_if_missing(connection)
        yield
        connection.close()
        _let_go(fresh)
        _flush(fresh)
        # Once more: who came meanwhile would go on writing to a file that has no name any more.
        _let_go(target)
        # The log of a file so damaged that it could not be folded in is not to be read into this.
        _forget_logs(target)
        fresh.replace(target)
        _flush(target.parent)
    finally:
        connection.close()
        connection.settings_dict["NAME"] = old
        _forget(fresh)


def _let_go(path: Path) -> None:
    """Fold the log into the file, which only who is alone with it can do.

    Raises:
        InUse: somebody else has it open.
    """
    if not path.exists():
        return
    raw = sqlite3.connect(path, timeout=1)
    try:
        raw.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.OperationalError as error:
        raise InUse from error
    except sqlite3.DatabaseError:
        # No database any more: nobody works with it, and it is what is to be replaced.
        return
    finally:
        raw.close()


def _forget(path: Path) -> None:
    path.unlink(missing_ok=True)
    _forget_logs(path)


def _forget_logs(path: Path) -> None:
    for end in ("-wal", "-shm", "-journal"):
        path.with_name(path.name + end).unlink(missing_ok=True)


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _new_schema() -> Iterator[None]:
    """A schema in the same transaction: the old one is renamed, and goes when all is well."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
        if cursor.fetchone()[0]:
            raise InUse
        cursor.execute("SELECT current_schema()")
        here = cursor.fetchone()[0]
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", [here])
        for (table,) in cursor.fetchall():
            # Who comes meanwhile waits: what they wrote to the old rows would go with them.
            cursor.execute(f'LOCK TABLE "{here}"."{table}" IN ACCESS EXCLUSIVE MODE')
        cursor.execute(
            "SELECT extname FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace"
            " WHERE nspname = %s",
            [here],
        )
        extensions = [name for (name,) in cursor.fetchall()]
        cursor.execute(f'ALTER SCHEMA "{here}" RENAME TO {_BEFORE}')
        cursor.execute(f'CREATE SCHEMA "{here}"')
        for name in extensions:
            cursor.execute(f'ALTER EXTENSION "{name}" SET SCHEMA "{here}"')
        yield
        cursor.execute(f"DROP SCHEMA {_BEFORE} CASCADE")


@contextmanager
def filling() -> Iterator[Store]:
    """Give the store of the present place to fill, all or nothing, and to read again."""
    if connection.vendor == "postgresql":
        yield PostgresStore(connection)
        return
    connection.close()
    store = SqliteStore(Path(connection.settings_dict["NAME"]))
    try:
        # The place is thrown away if anything fails, and flushed before it is used.
        store.raw.execute("PRAGMA synchronous = OFF")
        store.raw.execute("PRAGMA foreign_keys = OFF")
        store.raw.execute("BEGIN IMMEDIATE")
        yield store
        store.raw.execute("COMMIT")
    finally:
        store.close()
