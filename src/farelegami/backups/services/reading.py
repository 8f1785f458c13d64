"""Reading a backup through, and what it says of itself."""

import errno
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final, TypeAlias
from uuid import UUID

from farelegami.audit.rules import Facts, Verb
from farelegami.audit.services import record
from farelegami.backups import schema
from farelegami.backups.archive import TABLE, Entry, entries
from farelegami.backups.lines import rows_of
from farelegami.backups.rules import (
    Altered,
    CannotWrite,
    NoRoom,
)
from farelegami.backups.stores.common import Table
from farelegami.kernel.actor import Actor
from farelegami.privacy.queries import register

KIND: Final = "backups.backup"
PROBE: Final = "FareLegami"
BOUND_TO: Final = "backups.probe"
_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
Tell: TypeAlias = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Contents:
    """What a backup holds.

    `damaged` are documents that were gone or changed when it was made; `erased` the items of its
    register of erasures.
    """

    made_at: datetime
    version: str
    vendor: str
    migrations: Sequence[schema.Migration]
    probe: tuple[str, str]
    rows: Mapping[str, int]
    digests: Mapping[str, str]
    files: int
    file_bytes: int
    damaged: Sequence[str]
    erased: frozenset[UUID]

    @property
    def all_rows(self) -> int:
        return sum(self.rows.values())


def check_backup(source: Path, *, key: bytes, tell: Tell) -> Contents:
    """Read a backup from end to end and return what it holds.

    Raises:
        NotABackup, WrongKey, CutShort, Altered: it is not to be trusted.
        CannotWrite: it cannot be opened.
    """
    with on_disk(source), source.open("rb") as raw:
        size = source.stat().st_size
        head: Mapping[str, Any] = {}
        sums: dict[str, list[Any]] = {}
        erased: frozenset[UUID] = frozenset()
        files = file_bytes = 0
        for entry in entries(raw, key):
            if entry.kind == TABLE and entry.facts["name"] == register.TABLE:
                erased = _erased_in(entry)
            came = entry.skip()
            match entry.kind:
                case "head":
                    head = entry.facts
                case "table":
                    sums[entry.facts["name"]] = [came.lines, came.sha256]
                case "file":
                    _check_file(entry)
                    files, file_bytes = files + 1, file_bytes + came.size
                case _:
                    _check_end(entry, sums, files, file_bytes)
            tell("Rilettura", raw.tell(), size)
    return _contents(head, entry.facts, erased)


def _erased_in(entry: Entry) -> frozenset[UUID]:
    table = Table(**entry.facts)
    at = table.columns.index(register.KEY)
    return frozenset(UUID(str(row[at])) for row in rows_of(entry.blocks(), table.kinds))


def _check_file(entry: Entry) -> None:
    if entry.skip().sha256 != entry.facts["sha256"]:
        raise Altered(what=entry.facts["name"])


def _check_end(entry: Entry, sums: dict[str, list[Any]], files: int, file_bytes: int) -> None:
    told = entry.facts
    if (told["tables"], told["files"], told["bytes"]) != (sums, files, file_bytes):
        raise Altered(what="indice")


def _contents(head: Mapping[str, Any], end: Mapping[str, Any], erased: frozenset[UUID]) -> Contents:
    return Contents(
        made_at=datetime.fromisoformat(head["made_at"]),
        version=head["version"],
        vendor=head["vendor"],
        migrations=[(app, name) for app, name in head["migrations"]],
        probe=(head["probe"][0], head["probe"][1]),
        rows={name: rows for name, (rows, _sha256) in end["tables"].items()},
        digests={name: sha256 for name, (_rows, sha256) in end["tables"].items()},
        files=end["files"],
        file_bytes=end["bytes"],
        damaged=end["damaged"],
        erased=erased,
    )


def note(actor: Actor, verb: Verb, name: str, contents: Contents) -> None:
    """Write into the log that a backup was made or put back."""
    facts: Facts = {
        "file": name, "rows": contents.all_rows, "files": contents.files,
        "made_at": contents.made_at.isoformat(), "version": contents.version,
    }  # fmt: skip
    record(actor, verb, kind=KIND, purpose=name, facts=facts)


@contextmanager
def on_disk(place: Path) -> Iterator[None]:
    """Turn what a disk refuses in the block into a sentence: NoRoom, or CannotWrite."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise NoRoom(place=str(place)) from error
        raise CannotWrite(place=str(error.filename or place), why=error.strerror or "") from error
