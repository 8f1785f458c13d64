"""Putting a backup back, and erasing again what was erased since."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final
from uuid import UUID

import cryptography.exceptions
from django.db import DatabaseError, connection, transaction

from farelegami.audit.rules import Verb
from farelegami.audit.services import check_chain
from farelegami.backups import schema
from farelegami.backups.archive import FILE, TABLE, Adding, Entry, entries
from farelegami.backups.lines import plain
from farelegami.backups.places import filling, new_place
from farelegami.backups.rules import (
    DoesNotAddUp,
    NewerProgram,
    NotEmpty,
    OtherFieldKeys,
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
from farelegami.backups.stores.common import Store, Table
from farelegami.documents.services import drop_stored, put_back
from farelegami.kernel.actor import Actor
from farelegami.ledger.queries import verify
from farelegami.privacy.queries import register
from farelegami.privacy.rules.register import Proof
from farelegami.privacy.rules.register import read as read_register
from farelegami.privacy.services.repeating import Repeated, repeat_erasures
from farelegami.search.services import reindex
from farelegami.storage.databases import is_there
from farelegami.storage.fields import blind_indexes, unseal
from farelegami.storage.guards import missing

logger = logging.getLogger("farelegami.backups")
_MOST_NAMED: Final = 5


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
        with on_disk(source), new_place():
            schema.build(contents.migrations)
            with source.open("rb") as raw:
                _fill(raw, key, contents, added, tell)
            schema.bring_up()
            reindex()
            # One transaction: files of what is erased leave the disk once all is checked.
            with transaction.atomic():
                repeated = repeat_erasures(actor, proofs)
                _check_all()
                note(actor, Verb.CHANGED, source.name, contents)
    except BaseException:
        for path in added:
            drop_stored(path)
        raise
    return Restored(contents, repeated, register_read)


def _newer_erasures(contents: Contents, file: Path | None) -> tuple[Sequence[Proof], bool]:
    """Return the erasures the backup does not know, and whether anything told of them."""
    told: list[Proof] = []
    if file is not None:
        with on_disk(file):
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
        same = unseal(sealed, BOUND_TO) == PROBE
    except (KeyError, cryptography.exceptions.InvalidTag):
        same = False
    if not same or index not in blind_indexes(PROBE):
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
