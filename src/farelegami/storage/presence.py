"""Who works with an SQLite file: servers and workers side by side, a restore alone.

A server opens the file at each request and closes it again: between two of them nothing of the file
says that it is in use. A lock beside it does, and goes with the process that holds it.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection


@contextmanager
def at_work() -> Iterator[tuple[int, ...]]:
    """Say that this process works with the file; yield what its children must keep open."""
    handle = _opened()
    if handle is None:
        yield ()
        return
    try:
        fcntl.flock(handle, fcntl.LOCK_SH)
        yield (handle,)
    finally:
        os.close(handle)


@contextmanager
def alone() -> Iterator[None]:
    """Keep everybody else from the file.

    Raises:
        BlockingIOError: somebody works with it.
    """
    handle = _opened()
    if handle is None:
        yield
        return
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(handle)


def _opened() -> int | None:
    name = str(connection.settings_dict["NAME"])
    # Where the file is not, nothing is left behind: the folder may be that of a disk that is away.
    if connection.vendor != "sqlite" or not Path(name).is_file():
        return None
    try:
        return os.open(Path(f"{name}.in-use"), os.O_RDWR | os.O_CREAT, 0o600)
    except OSError:
        # The disk is away or may only be read: whoever looks at the file will say so.
        return None
