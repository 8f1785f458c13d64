"""Telling other programs of acts: ids and kinds, signed, tried again until they listen.

The sealed log is what is told: it has every act, once and in an order that never changes. The
worker turns what was sealed since the last time into events of the outbox, which delivers them.
"""

import http.client
import json
import secrets
import socket
import ssl
from collections.abc import Iterable, Mapping
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from farelegami.api.models import Hook
from farelegami.api.queries import open_hooks
from farelegami.api.rules import (
    HOOK_TOPIC,
    HookAddressRefused,
    checked_address,
    checked_topics,
    is_about,
    is_public,
    signature,
)
from farelegami.audit.models import Entry
from farelegami.audit.queries import last_link, sealed_after
from farelegami.audit.rules import Verb
from farelegami.audit.services import record
from farelegami.kernel import clock
from farelegami.kernel.actor import Actor, Role
from farelegami.kernel.errors import NotAllowed, NotFound
from farelegami.outbox.services import emit

HOOK: Final = "api.hook"
_SECONDS: Final = 5.0
_LISTENED: Final = range(200, 300)
# Who read what, and who came in, is for the DPO alone.
_NEVER_TOLD: Final = frozenset({Verb.READ, Verb.ACCESS, Verb.EXPORTED})


class NotListened(Exception):
    """The other program did not take the message; it will be tried again."""


@transaction.atomic
def create_hook(
    actor: Actor, url: str, *, topics: Iterable[str], private: bool = False
) -> tuple[Hook, str]:
    """Return a new hook and the secret its messages are signed with, shown this once.

    It is told of what is sealed from now on. `private` allows an address of our own network.

    Raises:
        NotAllowed: the actor is neither the system nor its administrator.
        HookAddressRefused, UnknownTopic: as their names say.
    """
    _check_admin(actor)
    _addresses_of(url, private=private)
    last, secret = last_link(), secrets.token_urlsafe(32)
    hook = Hook.objects.create(
        url=url,
        topics=checked_topics(topics),
        secret=secret,
        is_private=private,
        told_up_to=last.number if last else 0,
        created_by_id=actor.account_id,
        created_at=clock.now(),
    )
    record(actor, Verb.ACCESS, kind=HOOK, object_id=hook.pk, facts={"topics": list(hook.topics)})
    return hook, secret


@transaction.atomic
def end_hook(actor: Actor, hook_id: UUID) -> None:
    """Tell an address nothing more.

    Raises:
        NotAllowed: as `create_hook`.
        NotFound: no such hook, or ended already.
    """
    _check_admin(actor)
    if not Hook.objects.filter(pk=hook_id, ended_at=None).update(ended_at=clock.now()):
        raise NotFound
    record(actor, Verb.ACCESS, kind=HOOK, object_id=hook_id, facts={"ended": True})


def _check_admin(actor: Actor) -> None:
    if not actor.system and not actor.holds(Role.SYSTEM_ADMIN):
        raise NotAllowed


def queue_hooks() -> int:
    """Queue what was sealed since the last time for the hooks it concerns; return how many.

    The worker calls it after sealing.
    """
    queued = 0
    for hook in open_hooks():
        while found := _queue_for(hook):
            queued += found[0]
    return queued


@transaction.atomic
def _queue_for(hook: Hook) -> tuple[int] | None:
    """Queue one batch for a hook and return how many messages; None where nothing was sealed."""
    sealed = sealed_after(hook.told_up_to)
    if not sealed:
        return None
    queued = 0
    for number, entry in sealed:
        topic = f"{entry.kind}.{entry.verb}"
        if Verb(entry.verb) in _NEVER_TOLD or not is_about(topic, hook.topics):
            continue
        told = _message(number, topic, entry)
        emit(HOOK_TOPIC, {"hook": str(hook.pk), "message": told}, key=f"hook:{hook.pk}:{number}")
        queued += 1
    hook.told_up_to = sealed[-1][0]
    hook.save(update_fields=["told_up_to"])
    return (queued,)


def _message(number: int, topic: str, entry: Entry) -> dict[str, Any]:
    return {
        "number": number,
        "topic": topic,
        "kind": entry.kind,
        "verb": str(entry.verb),
        "object_id": str(entry.object_id) if entry.object_id else None,
        "district_id": entry.district_id,
        "at": entry.at.isoformat(),
    }


def deliver(payload: Mapping[str, Any]) -> None:
    """Send a message to its hook; twice is harmless, since its number says which one it is.

    Raises:
        NotListened: not taken; the outbox tries again.
        HookAddressRefused: the name leads to a private network by now.
    """
    hook = Hook.objects.filter(pk=payload["hook"], ended_at=None).first()
    if hook is None:
        return
    body = json.dumps(payload["message"], separators=(",", ":")).encode()
    moment = int(clock.now().timestamp())
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "FareLegami",
        "FareLegami-Signature": signature(hook.secret, moment, body),
        "FareLegami-Topic": str(payload["message"]["topic"]),
    }
    status = _posted(hook, body, headers)
    if status not in _LISTENED:
        message = f"answered {status}"
        raise NotListened(message)


def _addresses_of(url: str, *, private: bool) -> list[str]:
    """Return the IP addresses of a host, all of the public network unless a private one is wanted.

    Raises:
        HookAddressRefused: one is not, or the name is unknown.
    """
    _scheme, host, port, _path = checked_address(url, private=private)
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise HookAddressRefused from error
    addresses = list(dict.fromkeys(str(each[4][0]) for each in found))
    if not addresses or not (private or all(is_public(each) for each in addresses)):
        raise HookAddressRefused
    return addresses


def _posted(hook: Hook, body: bytes, headers: Mapping[str, str]) -> int:
    """Send to the very address that was looked at, so that the name cannot change meanwhile.

    A redirection is an answer like another: it is not followed.
    """
    scheme, host, port, path = checked_address(hook.url, private=hook.is_private)
    address = _addresses_of(hook.url, private=hook.is_private)[0]
    connection = http.client.HTTPConnection(host, port, timeout=_SECONDS)
    try:
        plain = socket.create_connection((address, port), timeout=_SECONDS)
        connection.sock = (
            ssl.create_default_context().wrap_socket(plain, server_hostname=host)
            if scheme == "https"
            else plain
        )
        connection.request("POST", path, body=body, headers=dict(headers))
        return connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        raise NotListened(type(error).__name__) from error
    finally:
        connection.close()
