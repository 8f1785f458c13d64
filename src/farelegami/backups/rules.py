"""When a backup cannot be made, read or put back, and which old ones go."""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from farelegami.kernel.errors import Refusal, gettext_noop

_KEY_BYTES: Final = 32


@dataclass(eq=False)
class KeyMissing(Refusal):
    code: ClassVar[str] = "backups.key_missing"
    text: ClassVar[str] = gettext_noop(
        "Manca la chiave delle copie, FARELEGAMI_BACKUP_KEY: 32 byte in base64, da tenere lontano"
        " dalle copie stesse. `farelegami keys new` ne prepara una."
    )


@dataclass(eq=False)
class WrongKey(Refusal):
    code: ClassVar[str] = "backups.wrong_key"
    text: ClassVar[str] = gettext_noop(
        "La copia è stata chiusa con un’altra chiave: metti quella in FARELEGAMI_BACKUP_KEY."
    )


@dataclass(eq=False)
class NotABackup(Refusal):
    code: ClassVar[str] = "backups.not_a_backup"
    text: ClassVar[str] = gettext_noop("Il file non è una copia di FareLegami.")


@dataclass(eq=False)
class CutShort(Refusal):
    code: ClassVar[str] = "backups.cut_short"
    text: ClassVar[str] = gettext_noop(
        "La copia è incompleta: il file finisce prima della fine. Serve un’altra copia."
    )


@dataclass(eq=False)
class Altered(Refusal):
    """One byte is not what was written; `what` says where it was noticed."""

    what: str
    code: ClassVar[str] = "backups.altered"
    text: ClassVar[str] = gettext_noop(
        "La copia è stata alterata o è rovinata (%(what)s). Serve un’altra copia."
    )


@dataclass(eq=False)
class OtherFieldKeys(Refusal):
    code: ClassVar[str] = "backups.other_field_keys"
    text: ClassVar[str] = gettext_noop(
        "Le chiavi dei campi sigillati non sono quelle di quando la copia è stata fatta: diario e"
        " codici fiscali non si leggerebbero. Rimetti quelle in FARELEGAMI_FIELD_KEYS e in"
        " FARELEGAMI_BLIND_INDEX_KEY."
    )


@dataclass(eq=False)
class NewerProgram(Refusal):
    """The backup knows migrations this program does not have."""

    version: str
    code: ClassVar[str] = "backups.newer_program"
    text: ClassVar[str] = gettext_noop(
        "La copia è di una versione più nuova del programma (%(version)s): aggiorna prima questo."
    )


@dataclass(eq=False)
class NotEmpty(Refusal):
    code: ClassVar[str] = "backups.not_empty"
    text: ClassVar[str] = gettext_noop(
        "La base dati non è vuota: niente è stato toccato. Per sostituire quello che contiene,"
        " aggiungi --replace."
    )


@dataclass(eq=False)
class InUse(Refusal):
    code: ClassVar[str] = "backups.in_use"
    text: ClassVar[str] = gettext_noop(
        "Qualcuno usa la base dati: ferma prima `farelegami serve` e `farelegami worker`. Niente è"
        " stato toccato."
    )


@dataclass(eq=False)
class RowsRefused(Refusal):
    """The database does not take the rows of a table; `why` is what it says."""

    table: str
    why: str
    code: ClassVar[str] = "backups.rows_refused"
    text: ClassVar[str] = gettext_noop(
        "La base dati non accetta le righe di %(table)s: %(why)s. Resta quello che c’era."
    )


@dataclass(eq=False)
class DoesNotAddUp(Refusal):
    """What was put back failed its checks; `what` names the first faults."""

    what: str
    code: ClassVar[str] = "backups.does_not_add_up"
    text: ClassVar[str] = gettext_noop(
        "Quello che si è ripreso dalla copia non torna: %(what)s. Resta quello che c’era."
    )


@dataclass(eq=False)
class NoRoom(Refusal):
    place: str
    code: ClassVar[str] = "backups.no_room"
    text: ClassVar[str] = gettext_noop(
        "Il disco di %(place)s è pieno: niente di scritto a metà è rimasto. Libera spazio e riprova."
    )


@dataclass(eq=False)
class CannotWrite(Refusal):
    place: str
    why: str
    code: ClassVar[str] = "backups.cannot_write"
    text: ClassVar[str] = gettext_noop("Non si può usare %(place)s: %(why)s.")


def too_many(names: Sequence[str], keep: int) -> Sequence[str]:
    """Return the names of the backups to delete so that the newest `keep` stay.

    Names carry their moment, so that sorted they are in the order of time.
    """
    return sorted(names)[: max(0, len(names) - keep)] if keep > 0 else []


def key_from(text: str) -> bytes:
    """Return the key of backups as the environment gives it, with or without an id before.

    Raises:
        KeyMissing: there is none, or it is not 32 bytes in base64.
    """
    try:
        key = base64.urlsafe_b64decode(text.rpartition(":")[2].strip())
    except (binascii.Error, ValueError) as error:
        raise KeyMissing from error
    if len(key) != _KEY_BYTES:
        raise KeyMissing
    return key
