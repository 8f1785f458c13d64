"""Where the bytes lie: random names in the data folder, written and flushed before their row."""

import os
import secrets
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from django.conf import settings

_FOLDER: Final = "documents"
_NAME_BYTES: Final = 20


def _root() -> Path:
    return Path(settings.MEDIA_ROOT) / _FOLDER


def put(content: bytes) -> str:
    """Write the bytes to disk, flushed, under a new random name and return the name."""
    name = secrets.token_hex(_NAME_BYTES)
    path = f"{name[:2]}/{name}"
    target = _root() / path
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return path


def get(path: str) -> bytes:
    """Return the bytes under a name.

    Raises:
        FileNotFoundError: the file is gone.
    """
    return (_root() / path).read_bytes()


def drop(path: str) -> None:
    """Remove a file; one that is gone already is no matter."""
    (_root() / path).unlink(missing_ok=True)


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
