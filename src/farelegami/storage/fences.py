"""Telling that something outside the database is being written for a row still to come.

No clock is asked: whoever writes is inside the fence until the transaction ends, and whoever would
tidy up looks only where nobody is.
"""

from binascii import crc32

from django.db import connection


def enter(name: str) -> None:
    """Be inside the fence until the present transaction ends, however it does."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [_key(name)])


def is_empty(name: str) -> bool:
    """Return whether nobody is inside, and let nobody in until the present transaction ends."""
    if connection.vendor != "postgresql":
        # SQLite has one writer at a time, and being in a transaction is being it.
        return connection.in_atomic_block
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_key(name)])
        return bool(cursor.fetchone()[0])


def _key(name: str) -> int:
    return crc32(name.encode())
