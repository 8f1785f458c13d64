"""The register of erasures as it travels: from the database that is replaced, or in a file."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

import msgspec

from farelegami.kernel.errors import Refusal, gettext_noop


class Proof(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One row of the register; the fields are those of `privacy.Erasure`."""

    id: UUID
    district_id: int
    item_id: UUID
    list_id: UUID
    root: str
    object_id: UUID
    label: str
    counts: dict[str, int]
    ids: dict[str, list[str]]
    log_entries: int
    seal: str
    proposed_by_name: str
    approved_by_id: UUID
    approved_by_name: str
    approved_at: datetime
    erased_at: datetime


class _Register(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    written_at: datetime
    proofs: list[Proof]


@dataclass(eq=False)
class NotARegister(Refusal):
    code: ClassVar[str] = "privacy.not_a_register"
    text: ClassVar[str] = gettext_noop(
        "Il file non è un registro delle cancellazioni intero, come lo scrive `farelegami retention"
        " register`. Niente è stato toccato."
    )


def written(proofs: Sequence[Proof], *, at: datetime) -> bytes:
    """Return the register as the text of a file, whose end shows whether it is whole."""
    return msgspec.json.encode(_Register(at, list(proofs)))


def read(text: bytes) -> Sequence[Proof]:
    """Return the register a file holds.

    Raises:
        NotARegister: it is something else, or cut short.
    """
    try:
        return msgspec.json.decode(text, type=_Register).proofs
    except msgspec.DecodeError as error:
        raise NotARegister from error
