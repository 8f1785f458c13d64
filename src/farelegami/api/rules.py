"""Scopes, secrets, signatures and the ways the API says no, without a database."""

import hashlib
import hmac
import ipaddress
import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import ClassVar, Final
from urllib.parse import urlsplit

from farelegami.kernel.errors import NotFound, Refusal, gettext_noop

SECRET_STARTS: Final = "fl_"  # noqa: S105
KEY_LASTS: Final = timedelta(days=1)
LONGEST_KEY: Final = 200
LARGEST_BODY: Final = 1_000_000
LONGEST_TOKEN_DAYS: Final = 366
HOOK_TOPIC: Final = "api.hook"
_SECRET_BYTES: Final = 32
_TOPIC: Final = re.compile(r"\*|[a-z_]+\.(\*|[a-z_]+\.(\*|[a-z_]+))")


class Scope(StrEnum):
    """What a token is made for; it never gives more than its account has."""

    PEOPLE_READ = "people:read"
    REFERRALS_READ = "referrals:read"
    REFERRALS_WRITE = "referrals:write"
    CASES_READ = "cases:read"
    PACTS_READ = "pacts:read"
    PACTS_WRITE = "pacts:write"
    SPENDS_READ = "spends:read"
    SPENDS_WRITE = "spends:write"
    DOCUMENTS_READ = "documents:read"
    GIVING_READ = "giving:read"
    GIVING_WRITE = "giving:write"
    HOSTING_READ = "hosting:read"
    HOSTING_WRITE = "hosting:write"
    PLANS_READ = "plans:read"
    PLANS_WRITE = "plans:write"


class Unauthorised(Exception):
    """No token, or one that is unknown, expired, revoked, or of a closed account."""


@dataclass(eq=False)
class OutOfScope(Exception):
    """The token was not made for this."""

    scope: str


@dataclass(eq=False)
class TooMany(Exception):
    """The token has asked too often; `seconds` says when to ask again."""

    seconds: int


class Unreadable(Exception):
    """The body is not JSON, or the address holds what no text does."""


class TooLarge(Exception):
    """The body is larger than any act needs."""


class NotJson(Exception):
    """The body says it is something else than JSON."""


class MatchMissing(Exception):
    """A change without saying which state of the object it was decided on."""


class Changed(Exception):
    """The object is not any more what the change was decided on."""


@dataclass(eq=False)
class BadQuestion(Exception):
    """A parameter that cannot be read; `says` is a sentence to translate."""

    name: str
    says: str


@dataclass(eq=False)
class KeyUsedOtherwise(Refusal):
    code: ClassVar[str] = "api.key_used_otherwise"
    text: ClassVar[str] = gettext_noop(
        "Questa Idempotency-Key è già stata usata per una richiesta diversa."
    )


@dataclass(eq=False)
class UnknownScope(Refusal):
    code: ClassVar[str] = "api.unknown_scope"
    text: ClassVar[str] = gettext_noop("Permesso sconosciuto: %(scope)s. Ci sono: %(known)s.")
    scope: str
    known: str


@dataclass(eq=False)
class NoSuchAccount(Refusal, NotFound):
    code: ClassVar[str] = "api.no_such_account"
    text: ClassVar[str] = gettext_noop("Nessun accesso attivo ha questo nome utente.")
    field: ClassVar[str] = "username"


SCOPE_LABELS: Final[Mapping[Scope, str]] = {
    Scope.PEOPLE_READ: gettext_noop("leggere persone e nuclei"),
    Scope.REFERRALS_READ: gettext_noop("leggere segnalazioni"),
    Scope.REFERRALS_WRITE: gettext_noop("scrivere segnalazioni"),
    Scope.CASES_READ: gettext_noop("leggere percorsi"),
    Scope.PACTS_READ: gettext_noop("leggere patti"),
    Scope.PACTS_WRITE: gettext_noop("scrivere patti"),
    Scope.SPENDS_READ: gettext_noop("leggere spese"),
    Scope.SPENDS_WRITE: gettext_noop("chiedere e decidere spese"),
    Scope.DOCUMENTS_READ: gettext_noop("leggere documenti"),
    Scope.GIVING_READ: gettext_noop("leggere disponibilità, opportunità, posti e turni"),
    Scope.GIVING_WRITE: gettext_noop("scrivere disponibilità, opportunità, posti e turni"),
    Scope.HOSTING_READ: gettext_noop("sapere chi viene al proprio ente, e quando"),
    Scope.HOSTING_WRITE: gettext_noop("rispondere e confermare turni per il proprio ente"),
    Scope.PLANS_READ: gettext_noop("leggere i piani della restituzione"),
    Scope.PLANS_WRITE: gettext_noop("calcolare piani e deciderne le proposte"),
}


@dataclass(eq=False)
class TokenTooLong(Refusal):
    code: ClassVar[str] = "api.token_too_long"
    text: ClassVar[str] = gettext_noop("Un token vale da 1 a %(most)s giorni.")
    most: int = LONGEST_TOKEN_DAYS


@dataclass(eq=False)
class HookAddressRefused(Refusal):
    code: ClassVar[str] = "api.hook_address_refused"
    text: ClassVar[str] = gettext_noop(
        "Questo indirizzo non si può avvisare: serve https verso una rete pubblica."
    )


@dataclass(eq=False)
class UnknownTopic(Refusal):
    code: ClassVar[str] = "api.unknown_topic"
    text: ClassVar[str] = gettext_noop(
        "Argomento non valido: %(topic)s. Per esempio: pacts.pact.created, pacts.spend.*, *"
    )
    topic: str


def new_secret() -> str:
    """Return the secret of a new token: 256 bits, so that a plain digest of it is enough."""
    return SECRET_STARTS + secrets.token_urlsafe(_SECRET_BYTES)


def digest(secret: str) -> str:
    """Return what is kept of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def checked_scopes(names: Iterable[str]) -> list[str]:
    """Return the scopes named, each once.

    Raises:
        UnknownScope: one is not ours, or none is named.
    """
    known = {str(scope) for scope in Scope}
    wanted = list(dict.fromkeys(names))
    for name in wanted or [""]:
        if name not in known:
            raise UnknownScope(scope=name, known=", ".join(sorted(known)))
    return wanted


def checked_topics(topics: Iterable[str]) -> list[str]:
    """Return the topics of a hook, each once: `room.thing.verb`, `*` for any of the last parts.

    Raises:
        UnknownTopic: not of that shape, or none is named.
    """
    wanted = list(dict.fromkeys(topics))
    for topic in wanted or [""]:
        if not _TOPIC.fullmatch(topic):
            raise UnknownTopic(topic=topic)
    return wanted


def is_about(topic: str, topics: Iterable[str]) -> bool:
    """Return whether a hook of these topics is told of `topic`."""
    return any(
        topic == each or (each.endswith("*") and topic.startswith(each[:-1])) for each in topics
    )


def signature(secret: str, moment: int, body: bytes) -> str:
    """Return the header that proves a message and its moment: `t=…,v1=…` (HMAC-SHA256)."""
    signed = hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256)
    return f"t={moment},v1={signed.hexdigest()}"


def is_public(address: str) -> bool:
    """Return whether an IP address is of the public network."""
    found = ipaddress.ip_address(address)
    mapped = getattr(found, "ipv4_mapped", None) or found
    return mapped.is_global and not mapped.is_multicast


def checked_address(url: str, *, private: bool) -> tuple[str, str, int, str]:
    """Return scheme, host, port and path of an address to tell things to.

    Raises:
        HookAddressRefused: not https, unless a private one is explicitly wanted, or not whole.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise HookAddressRefused from error
    allowed = {"https", "http"} if private else {"https"}
    if parts.scheme not in allowed or not parts.hostname or parts.username or parts.password:
        raise HookAddressRefused
    path = parts.path or "/"
    return (
        parts.scheme,
        parts.hostname,
        port or (443 if parts.scheme == "https" else 80),
        f"{path}?{parts.query}" if parts.query else path,
    )


@dataclass(frozen=True, slots=True)
class Answer:
    """What an act answered, whole, so that it can be given again."""

    status: int
    body: str
    headers: Mapping[str, str]


def etag_of(body: str) -> str:
    """Return the tag of a representation: two that differ in anything differ in it."""
    return f'"{hashlib.sha256(body.encode()).hexdigest()[:32]}"'


def matches(header: str, etag: str) -> bool:
    """Return whether an If-Match header names the present state."""
    # A server in front that compresses answers marks their tags as weak: they are still ours.
    named = [each.strip().removeprefix("W/") for each in header.split(",")]
    return "*" in named or etag in named
