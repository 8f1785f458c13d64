"""Making a backup, reading one through, putting one back, letting old ones go."""

import errno
import hashlib
import logging
import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, BinaryIO, Final, TypeAlias
from uuid import UUID

import cryptography.exceptions
from django.db import DatabaseError, connection, transaction

from farelegami.audit.rules import Facts, Verb
from farelegami.audit.services import check_chain, record
from farelegami.backups import schema
from farelegami.backups.archive import END, FILE, HEAD, TABLE, Adding, ArchiveWriter, Entry, entries
from farelegami.backups.lines import plain, rows_of
from farelegami.backups.places import filling, new_place, snapshot
from farelegami.backups.rules import (
    Altered,
    CannotWrite,
    DoesNotAddUp,
    NewerProgram,
    NoRoom,
    NotEmpty,
    OtherFieldKeys,
    too_many,
)
from farelegami.backups.stores.common import Store, Table
from farelegami.documents.services import drop_stored, put_back, read_stored
from farelegami.kernel import clock
from farelegami.kernel.actor import Actor
from farelegami.ledger.queries import verify
from farelegami.privacy.queries import register
from farelegami.privacy.rules.register import Proof
from farelegami.privacy.rules.register import read as read_register
from farelegami.privacy.services.repeating import Repeated, repeat_erasures
from farelegami.search.services import reindex
from farelegami.storage.databases import is_there
from farelegami.storage.fields import blind_index, blind_indexes, seal, unseal
from farelegami.storage.guards import missing

logger = logging.getLogger("farelegami.backups")
KIND: Final = "backups.backup"
_NAME: Final = re.compile(r"farelegami-\d{8}-\d{6}\.backup")
_PROBE: Final = "FareLegami"
_BOUND_TO: Final = "backups.probe"
_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_MOST_NAMED: Final = 5
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
    with _on_disk(target.parent):
        try:
            with _created(beside) as raw:
                _write(raw, key, tell)
            contents = check_backup(beside, key=key, tell=tell)
            beside.replace(target)
            _flush(target.parent)
        finally:
            beside.unlink(missing_ok=True)
    _note(actor, Verb.EXPORTED, target.name, contents)
    return contents


def _note(actor: Actor, verb: Verb, name: str, contents: Contents) -> None:
    facts: Facts = {
        "file": name, "rows": contents.all_rows, "files": contents.files,
        "made_at": contents.made_at.isoformat(), "version": contents.version,
    }  # fmt: skip
    record(actor, verb, kind=KIND, purpose=name, facts=facts)


@contextmanager
def _on_disk(place: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise NoRoom(place=str(place)) from error
        raise CannotWrite(place=str(error.filename or place), why=error.strerror or "") from error


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
        "probe": [seal(_PROBE, _BOUND_TO), blind_index(_PROBE)],
    }


def program_version() -> str:
    """Return the version of the installed program."""
    try:
        return version("farelegami")
    except PackageNotFoundError:
        return "0"


def check_backup(source: Path, *, key: bytes, tell: Tell) -> Contents:
    """Read a backup from end to end and return what it holds.

    Raises:
        NotABackup, WrongKey, CutShort, Altered: it is not to be trusted.
        CannotWrite: it cannot be opened.
    """
    with _on_disk(source), source.open("rb") as raw:
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


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put back, and which erasures made since were made again.

    `register_read` says whether a register newer than the backup's was there to repeat them from.
    """

    contents: Contents
    repeated: Repeated
    register_read: bool


def restore_backup(
    actor: Actor,
    source: Path,
    *,
    key: bytes,
    replace: bool,
    tell: Tell,
    erasures: Path | None = None,
) -> Restored:
    """Put a backup back, whichever database it was of, and return what became of it.

    It is read through first, put into a new place, brought to this program's version and checked
    there; only then does it take the place of what was. Sessions are over. What was erased after
    the backup is erased again, by the register of the database that is replaced and by the file
    `erasures`.

    Raises:
        NotABackup, WrongKey, CutShort, Altered, NewerProgram, OtherFieldKeys: the backup is not fit.
        NotARegister: the file of erasures is not.
        NotEmpty, InUse: the place is not; `replace` lets a place be that is not empty.
        RowsRefused, DoesNotAddUp, NoRoom, CannotWrite: what was there is there still.
    """
    contents = check_backup(source, key=key, tell=tell)
    if schema.unknown(contents.migrations):
        raise NewerProgram(version=contents.version)
    _check_field_keys(contents)
    if not replace and is_occupied():
        raise NotEmpty
    proofs, register_read = _newer_erasures(contents, erasures)
    added: list[str] = []
    try:
        with _on_disk(source), new_place():
            schema.build(contents.migrations)
            with source.open("rb") as raw:
                _fill(raw, key, contents, added, tell)
            schema.bring_up()
            reindex()
            # One transaction: files of what is erased leave the disk once all is checked.
            with transaction.atomic():
                repeated = repeat_erasures(actor, proofs)
                _check_all()
                _note(actor, Verb.CHANGED, source.name, contents)
    except BaseException:
        for path in added:
            drop_stored(path)
        raise
    return Restored(contents, repeated, register_read)


def _newer_erasures(contents: Contents, file: Path | None) -> tuple[Sequence[Proof], bool]:
    """Return the erasures the backup does not know, and whether anything told of them."""
    told: list[Proof] = []
    if file is not None:
        with _on_disk(file):
            told += read_register(file.read_bytes())
    there = _register_there(contents.erased)
    return [*told, *(there or ())], file is not None or there is not None


def _register_there(known: frozenset[UUID]) -> Sequence[Proof] | None:
    """Return what the database that is replaced erased since, None where it cannot be asked."""
    try:
        return register.register(but=known) if is_occupied() else None
    except DatabaseError:
        logger.warning("the register of erasures of the database in place cannot be read")
        return None


def _check_field_keys(contents: Contents) -> None:
    sealed, index = contents.probe
    try:
        same = unseal(sealed, _BOUND_TO) == _PROBE
    except (KeyError, cryptography.exceptions.InvalidTag):
        same = False
    if not same or index not in blind_indexes(_PROBE):
        raise OtherFieldKeys


def is_occupied() -> bool:
    """Return whether somebody's data are in the database; what `migrate` loads is nobody's."""
    if not is_there(connection):
        return False
    there = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for table in ("access_account", "people_person", "documents_document"):
            if table in there:
                cursor.execute(f"SELECT 1 FROM {table} LIMIT 1")  # noqa: S608
                if cursor.fetchone():
                    return True
    return False


def _fill(raw: BinaryIO, key: bytes, contents: Contents, added: list[str], tell: Tell) -> None:
    with filling() as store:
        own = store.tables()
        store.empty([table.name for table in own])
        done: list[Table] = []
        digests = dict(contents.digests)
        for entry in entries(raw, key):
            if entry.kind == TABLE:
                table = Table(**entry.facts)
                if store.vendor == contents.vendor:
                    store.take(table, entry.blocks())
                else:
                    digests[table.name] = _taken_elsewhere(store, table, entry)
                done.append(table)
                tell("Tabelle", len(done), len(contents.rows))
            elif entry.kind == FILE:
                name = entry.facts["name"]
                if put_back(name, b"".join(entry.blocks())):
                    added.append(name)
                tell("Documenti", len(added), contents.files)
        faults = list(store.settle(done)) or _differences(store, done, contents, digests)
    if faults:
        raise DoesNotAddUp(what="; ".join(faults[:_MOST_NAMED]))


def _taken_elsewhere(store: Store, table: Table, entry: Entry) -> str:
    """Take rows of the other kind of database and return their digest in the common spelling."""
    adding = Adding()
    store.take(table, adding.over(plain(entry.blocks(), table.kinds)))
    return adding.sum().sha256


def _differences(
    store: Store, tables: Sequence[Table], contents: Contents, digests: Mapping[str, str]
) -> list[str]:
    """Return the tables that, read again, are not those of the backup."""
    faults = []
    for table in tables:
        adding = Adding()
        lines: Iterator[bytes] = store.lines(table)
        if store.vendor != contents.vendor:
            lines = plain(lines, table.kinds)
        for _block in adding.over(lines):
            pass
        if adding.sum().sha256 != digests[table.name]:
            faults.append(f"{table.name}: {adding.sum().lines} / {contents.rows[table.name]}")
    return faults


def _check_all() -> None:
    faults = [f"guardia mancante: {name}" for name in missing(connection)]
    faults += [f"libro mastro, {each.what} {each.object_id}" for each in verify()]
    faults += check_chain().faults
    try:
        connection.check_constraints()
    except DatabaseError as error:
        faults.append(str(error))
    if faults:
        raise DoesNotAddUp(what="; ".join(faults[:_MOST_NAMED]))


def let_go(folder: Path, *, keep: int) -> Sequence[str]:
    """Delete the oldest backups of a folder so that `keep` stay; return the names of those gone."""
    names = [path.name for path in folder.iterdir() if _NAME.fullmatch(path.name)]
    gone = too_many(names, keep)
    for name in gone:
        (folder / name).unlink()
    return gone
