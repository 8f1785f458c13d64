"""Making a backup, letting old ones go."""

import hashlib
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, BinaryIO, Final

from farelegami.audit.rules import Verb
from farelegami.backups import schema
from farelegami.backups.archive import END, FILE, HEAD, TABLE, ArchiveWriter
from farelegami.backups.places import snapshot
from farelegami.backups.rules import (
    too_many,
)
from farelegami.backups.services.reading import (
    BOUND_TO,
    PROBE,
    Contents,
    Tell,
    check_backup,
    note,
    on_disk,
)
from farelegami.backups.stores.common import Store
from farelegami.documents.services import read_stored
from farelegami.kernel import clock
from farelegami.kernel.actor import Actor
from farelegami.storage.fields import blind_index, seal

_NAME: Final = re.compile(r"farelegami-\d{8}-\d{6}\.backup")


def default_name() -> str:
    """Return the name of a backup made now; names sort by time."""
    return f"farelegami-{clock.now():%Y%m%d-%H%M%S}.backup"


def make_backup(actor: Actor, target: Path, *, key: bytes, tell: Tell) -> Contents:
    """Write everything into one sealed file, read it back, and return what it holds.

    `target` is there only once it was read back; people work meanwhile, and see nothing of it.

    Raises:
        NoRoom, CannotWrite: nothing is left behind.
        Altered, CutShort: what was read back is not what was written.
    """
    beside = target.with_name(f"{target.name}.partial")
    with on_disk(target.parent):
        try:
            with _created(beside) as raw:
                _write(raw, key, tell)
            contents = check_backup(beside, key=key, tell=tell)
            beside.replace(target)
            _flush(target.parent)
        finally:
            beside.unlink(missing_ok=True)
    note(actor, Verb.EXPORTED, target.name, contents)
    return contents


@contextmanager
def _created(path: Path) -> Iterator[BinaryIO]:
    path.unlink(missing_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as raw:
        yield raw
        raw.flush()
        os.fsync(raw.fileno())


def _flush(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _write(raw: BinaryIO, key: bytes, tell: Tell) -> None:
    archive = ArchiveWriter(raw, key)
    with snapshot() as store:
        tables = store.tables()
        archive.put(HEAD, _head(store))
        sums: dict[str, list[Any]] = {}
        for number, table in enumerate(tables, 1):
            # Closed whatever happens: a COPY that nobody reads to its end holds the connection.
            with closing(store.lines(table)) as lines:
                came = archive.put(TABLE, table.told(), lines)
            sums[table.name] = [came.lines, came.sha256]
            tell("Tabelle", number, len(tables))
        # After the rows: files are written before their row and never changed, so that of every
        # row in the backup the file is there.
        files = store.ask("SELECT path, sha256 FROM documents_document ORDER BY path")
    total, damaged = _write_files(archive, files, tell)
    archive.put(
        END,
        {"tables": sums, "files": len(files) - len(damaged), "bytes": total, "damaged": damaged},
    )
    archive.finish()


def _write_files(
    archive: ArchiveWriter, files: Sequence[tuple[Any, ...]], tell: Tell
) -> tuple[int, list[str]]:
    total, damaged = 0, []
    for number, (path, sha256) in enumerate(files, 1):
        try:
            content = read_stored(path)
        except FileNotFoundError:
            content = b""
        if hashlib.sha256(content).hexdigest() == sha256:
            total += archive.put(FILE, {"name": path, "sha256": sha256}, [content]).size
        else:
            damaged.append(path)
        tell("Documenti", number, len(files))
    return total, damaged


def _head(store: Store) -> dict[str, Any]:
    return {
        "version": program_version(),
        "vendor": store.vendor,
        "made_at": clock.now().isoformat(),
        "migrations": schema.applied(store.ask("SELECT app, name FROM django_migrations")),
        "probe": [seal(PROBE, BOUND_TO), blind_index(PROBE)],
    }


def program_version() -> str:
    """Return the version of the installed program."""
    try:
        return version("farelegami")
    except PackageNotFoundError:
        return "0"


def let_go(folder: Path, *, keep: int) -> Sequence[str]:
    """Delete the oldest backups of a folder so that `keep` stay; return the names of those gone."""
    names = [path.name for path in folder.iterdir() if _NAME.fullmatch(path.name)]
    gone = too_many(names, keep)
    for name in gone:
        (folder / name).unlink()
    return gone
