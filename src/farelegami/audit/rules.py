"""What an entry says and how entries are chained, without a database."""

import hashlib
import json
from collections.abc import Mapping
from enum import StrEnum
from typing import Final, TypeAlias
from uuid import UUID

from farelegami.kernel.errors import gettext_noop

Json: TypeAlias = str | int | bool | list["Json"] | dict[str, "Json"] | None
Facts: TypeAlias = Mapping[str, Json]

CHAIN_STARTS_WITH: Final = "0" * 64
# What an entry is about that says which others were emptied.
EMPTYING: Final = "audit.entry"


class Verb(StrEnum):
    CREATED = "created"
    CHANGED = "changed"
    DELETED = "deleted"
    READ = "read"
    EXPORTED = "exported"
    DECIDED = "decided"
    SIGNED = "signed"
    MERGED = "merged"
    ACCESS = "access"


VERB_LABELS: Final = {
    Verb.CREATED: gettext_noop("ha creato"),
    Verb.CHANGED: gettext_noop("ha modificato"),
    Verb.DELETED: gettext_noop("ha eliminato"),
    Verb.READ: gettext_noop("ha letto"),
    Verb.EXPORTED: gettext_noop("ha esportato"),
    Verb.DECIDED: gettext_noop("ha deciso"),
    Verb.SIGNED: gettext_noop("ha firmato"),
    Verb.MERGED: gettext_noop("ha unito"),
    Verb.ACCESS: gettext_noop("è entrato"),
}


def digest_of(content: Mapping[str, Json]) -> str:
    """Return the SHA-256 of an entry's content, the same whatever the order of its fields."""
    plain = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(plain.encode()).hexdigest()


def link_hash(previous: str, digest: str) -> str:
    """Return the hash of a link: it holds the entry and everything before it."""
    return hashlib.sha256(f"{previous}{digest}".encode()).hexdigest()


def sum_of(digests: Mapping[UUID, str]) -> str:
    """Return the SHA-256 of some entries' ids and digests, the same whatever their order."""
    lines = "\n".join(f"{entry_id} {digests[entry_id]}" for entry_id in sorted(digests))
    return hashlib.sha256(lines.encode()).hexdigest()
