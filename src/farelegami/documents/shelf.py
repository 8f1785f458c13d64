"""Where the bytes lie: random names in the data folder, written and flushed before their row."""

import errno
import os
import re
import secrets
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from django.conf import settings

_FOLDER: Final = "documents"
_NAME_BYTES: Final = 20
_OUR_NAME: Final = re.compile(r"([0-9a-f]{2})/\1[0-9a-f]{38}")


def _root() -> Path:
    return Path(settings.MEDIA_ROOT) / _FOLDER


class Gone(OSError):
    """The folder of documents is not there, and is not made in passing: its disk may be away."""


def is_there() -> bool:
    """Return whether there is a folder of documents."""
    return _root().is_dir()


def make() -> None:
    """Make the folder of documents, before the first of them."""
    _root().mkdir(parents=True, exist_ok=True, mode=0o700)


def put(content: bytes) -> str:
    """Write the bytes to disk, flushed, under a new random name and return the name.

    Raises:
        Gone: there is no folder of documents.
    """
    if not is_there():
        raise Gone(errno.ENODEV, os.strerror(errno.ENODEV), str(_root()))
    name = secrets.token_hex(_NAME_BYTES)
    path = f"{name[:2]}/{name}"
    target = _root() / path
    target.parent.mkdir(exist_ok=True, mode=0o700)
    _write(target, content)
    _flush(target.parent)
    return path


def put_back(path: str, content: bytes) -> bool:
    """Put a file where it was; return whether it was missing, or not what it should be."""
    if not _OUR_NAME.fullmatch(path):
        raise ValueError(path)
    target = _root() / path
    if target.is_file() and target.read_bytes() == content:
        return False
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    beside = target.with_name(f"{target.name}.restoring")
    beside.unlink(missing_ok=True)
    try:
        _write(beside, content)
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)
    _flush(target.parent)
    return True


def _write(target: Path, content: bytes) -> None:
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        # Half a file of a full disk is room somebody else needs.
        target.unlink(missing_ok=True)
        raise


def _flush(path: Path) -> None:
    folder = os.open(path, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def get(path: str) -> bytes:
    """Return the bytes under a name.

    Raises:
        FileNotFoundError: the file is gone.
    """
    return (_root() / path).read_bytes()


def drop(path: str) -> None:
    """Remove a file; one that is gone already is no matter."""
    (_root() / path).unlink(missing_ok=True)


def share(path: str, other: str) -> None:
    """Give the bytes under a name a second one."""
    (_root() / other).unlink(missing_ok=True)
    os.link(_root() / path, _root() / other)


def older_than(seconds: int) -> Iterator[list[str]]:
    """Yield the names of files written before that long ago, folder by folder."""
    root = _root()
    limit = time.time() - seconds
    for folder in sorted(root.iterdir()) if root.is_dir() else ():
        names = [
            f"{folder.name}/{file.name}"
            for file in folder.iterdir()
            if file.stat().st_mtime < limit
        ]
        if names:
            yield names
