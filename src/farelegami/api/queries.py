"""Who holds a token."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from django.db.models import QuerySet

from farelegami.access.queries import grants_now
from farelegami.api.models import Hook, Token
from farelegami.api.rules import Unauthorised, digest
from farelegami.kernel import clock
from farelegami.kernel.actor import Actor
from farelegami.kernel.errors import NotFound
from farelegami.storage.prepared import prepared


@dataclass(frozen=True, slots=True)
class Held:
    """A token that holds, and the actor its account is now."""

    token_id: UUID
    name: str
    holder: str
    scopes: frozenset[str]
    expires_on: date
    last_used_on: date | None
    actor: Actor


def holder_of(secret: str) -> Held:
    """Return what a secret opens. Two queries.

    Raises:
        Unauthorised: unknown, expired, revoked, or of an account that is closed.
    """
    found = _in_force(digest(secret))
    if not found:
        raise Unauthorised
    token = found[0]
    return Held(
        token_id=token.pk,
        name=token.name,
        holder=token.account.name,
        scopes=frozenset(token.scopes),
        expires_on=token.expires_at.astimezone(clock.ROME).date(),
        last_used_on=token.last_used_on,
        actor=_actor_of(token),
    )


@prepared
def _in_force(secret_digest: str) -> QuerySet[Token]:
    return Token.objects.select_related("account").filter(
        digest=secret_digest,
        revoked_at=None,
        expires_at__gt=clock.now(),
        account__is_active=True,
    )


def _actor_of(token: Token) -> Actor:
    actor = token.account.as_actor(grants_now(token.account_id))
    # The log says who answers for an act, and that it was a program that did it.
    return replace(actor, name=f"{actor.name} (API, {token.name})")


def tokens_of(username: str = "") -> Sequence[Token]:
    """Return the tokens that hold, of one account or of all, newest first. One query."""
    tokens = Token.objects.filter(revoked_at=None, expires_at__gt=clock.now())
    if username:
        tokens = tokens.filter(account__username__iexact=username)
    return list(tokens.select_related("account").order_by("-id"))


def token_for(token_id: UUID) -> Token:
    """Return a token, revoked ones too, with its account. One query.

    Raises:
        NotFound: there is none.
    """
    token = Token.objects.select_related("account").filter(pk=token_id).first()
    if token is None:
        raise NotFound
    return token


def open_hooks() -> Sequence[Hook]:
    """Return the hooks that are told. One query."""
    return list(Hook.objects.filter(ended_at=None).order_by("id"))
