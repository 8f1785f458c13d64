"""What keeps us from writing, told from the error it came as: not a bug of ours, and it passes."""

import errno
import sqlite3
from collections.abc import Iterator
from enum import StrEnum
from typing import Final


class Fault(StrEnum):
    FULL = "full"
    READ_ONLY = "read_only"
    GONE = "gone"


_OF_ERRNO: Final = {
    errno.ENOSPC: Fault.FULL,
    errno.EDQUOT: Fault.FULL,
    errno.EFBIG: Fault.FULL,
    errno.EROFS: Fault.READ_ONLY,
    errno.ENODEV: Fault.GONE,
}
_OF_SQLITE: Final = {
    sqlite3.SQLITE_FULL: Fault.FULL,
    sqlite3.SQLITE_IOERR: Fault.FULL,
    sqlite3.SQLITE_READONLY: Fault.READ_ONLY,
    sqlite3.SQLITE_CANTOPEN: Fault.GONE,
    sqlite3.SQLITE_BUSY: Fault.GONE,
    sqlite3.SQLITE_CORRUPT: Fault.GONE,
    sqlite3.SQLITE_NOTADB: Fault.GONE,
}
# By the classes of PostgreSQL's states: connection, resources, the operator's doing, the system's.
_OF_POSTGRES: Final = {
    "25006": Fault.READ_ONLY,
    "53100": Fault.FULL,
    "08": Fault.GONE,
    "53": Fault.GONE,
    "57P": Fault.GONE,
    "58": Fault.FULL,
}
_WITHOUT_SERVER: Final = frozenset({"OperationalError", "InterfaceError", "ConnectionTimeout"})
_PRIMARY: Final = 0xFF


def fault_of(error: BaseException | None) -> Fault | None:
    """Return why nothing can be written now, or None where the error is of another kind."""
    for each in _chain(error):
        fault = _one(each)
        if fault is not None:
            return fault
    return None


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def _one(error: BaseException) -> Fault | None:
    if isinstance(error, sqlite3.Error):
        return _OF_SQLITE.get(getattr(error, "sqlite_errorcode", 0) & _PRIMARY)
    if isinstance(error, OSError):
        return _OF_ERRNO.get(error.errno or 0)
    if hasattr(error, "sqlstate"):
        return _of_state(error.sqlstate, type(error).__name__)
    return None


def _of_state(state: str | None, name: str) -> Fault | None:
    """Return the fault of an error of PostgreSQL; without a state there was no server to name one."""
    if state is None:
        return Fault.GONE if name in _WITHOUT_SERVER else None
    for start in (state, state[:3], state[:2]):
        if start in _OF_POSTGRES:
            return _OF_POSTGRES[start]
    return None
