"""Tokens: made, used, revoked; each act is in the log."""

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from django.db import transaction

from farelegami.access.models import Account
from farelegami.access.queries import account_by_name
from farelegami.api.models import Token
from farelegami.api.permissions import may_manage_tokens
from farelegami.api.queries import Held
from farelegami.api.rules import (
    LONGEST_TOKEN_DAYS,
    NoSuchAccount,
    TokenTooLong,
    checked_scopes,
    digest,
    new_secret,
)
from farelegami.audit.rules import Verb
from farelegami.audit.services import record
from farelegami.kernel import clock
from farelegami.kernel.actor import Actor
from farelegami.kernel.errors import NotAllowed, NotFound
from farelegami.kernel.ids import new_id
from farelegami.storage.once import written_once

TOKEN = "api.token"  # noqa: S105


@transaction.atomic
def create_token(
    actor: Actor,
    username: str,
    *,
    name: str,
    scopes: Iterable[str],
    days: int,
    once: UUID | None = None,
) -> tuple[Token, str]:
    """Return a new token of an account and its secret, which is never shown again.

    `once` names the act: the same twice is one token, the second time without its secret.

    Raises:
        NotAllowed: not who governs the system.
        NoSuchAccount: no active account has this user name.
        UnknownScope, TokenTooLong: as their names say.
        SentAlready: sent before with other data.
    """
    if not may_manage_tokens(actor):
        raise NotAllowed
    try:
        account: Account = account_by_name(username)
    except NotFound:
        raise NoSuchAccount from None
    if not 1 <= days <= LONGEST_TOKEN_DAYS:
        raise TokenTooLong
    secret, now = new_secret(), clock.now()
    token = Token(
        id=once or new_id(),
        account=account,
        name=name[:80],
        scopes=checked_scopes(scopes),
        digest=digest(secret),
        created_at=now,
        expires_at=now + timedelta(days=days),
    )
    token, is_new = written_once(token, of="account_id", sent=("name", "scopes"))
    if not is_new:
        return token, ""
    _record(actor, token, {"token": token.name, "scopes": list(token.scopes)})
    return token, secret


@transaction.atomic
def revoke_token(actor: Actor, token_id: UUID) -> None:
    """Make a token open nothing from now on; revoked already, it stays so.

    Raises:
        NotAllowed: not who governs the system.
        NotFound: no such token.
    """
    if not may_manage_tokens(actor):
        raise NotAllowed
    token = Token.objects.select_for_update().filter(pk=token_id).first()
    if token is None:
        raise NotFound
    if token.revoked_at is not None:
        return
    token.revoked_at = clock.now()
    token.save(update_fields=["revoked_at"])
    _record(actor, token, {"revoked": token.name})


def note_use(held: Held) -> None:
    """Keep the last day a token was used: one statement a day."""
    today = clock.today()
    if held.last_used_on != today:
        Token.objects.filter(pk=held.token_id).update(last_used_on=today)


def _record(actor: Actor, token: Token, facts: dict[str, object]) -> None:
    record(
        actor,
        Verb.ACCESS,
        kind=TOKEN,
        object_id=token.pk,
        facts={"account": str(token.account_id), **facts},  # type: ignore[dict-item]
    )
