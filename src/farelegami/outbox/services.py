"""Queueing events in a transaction and delivering them outside of any.

A message is queued as Italian sentences and what fills them in; it is put into the language of who
receives it when it leaves, so that no act depends on the language of who does it.
"""

import json
import logging
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from django.core.mail import EmailMultiAlternatives
from django.db import connection, transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.utils.translation import override

from farelegami.kernel import clock
from farelegami.outbox.letters import spoken
from farelegami.outbox.models import Event
from farelegami.outbox.rules import LEASE, MOST_ATTEMPTS, never_waits_past, pause_after

logger = logging.getLogger("farelegami.outbox")
Handler = Callable[[Mapping[str, Any]], None]
MAIL: Final = "mail"
_WORKER_DIED: Final = "the worker ended before it could say what happened, each time"
_ID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def register(topic: str, handler: Handler) -> None:
    """Let `handler` receive the events of `topic`; rooms call it in `AppConfig.ready`.

    A handler may be called twice with the same payload (a worker may die after delivering), so it
    must do nothing the second time.
    """
    _handlers[topic] = handler


def emit(
    topic: str, payload: Mapping[str, Any], *, key: str, district_id: int | None = None
) -> None:
    """Write an event with the act that causes it; the same `key` again is the same event."""
    now = clock.now()
    Event.objects.bulk_create(
        [
            Event(
                topic=topic,
                key=key,
                payload=dict(payload),
                district_id=district_id,
                created_at=now,
                due_at=now,
            )
        ],
        ignore_conflicts=True,
    )


def queue_mail(
    to: str,
    subject: str,
    body: str,
    *,
    key: str,
    facts: Mapping[str, str] | None = None,
    language: str = "it",
) -> None:
    """Write a message to be sent once the transaction is there to stay.

    `subject` and `body` are Italian sentences of the catalogue, filled in with `facts` after they
    are put into `language`, that of who receives it.
    """
    letter = {"subject": subject, "body": body, "facts": dict(facts or {}), "language": language}
    emit(MAIL, {"to": to, **letter}, key=key)


def send_mail(payload: Mapping[str, Any]) -> None:
    """Hand a queued message to the configured mail backend: plain, and as a page beside it.

    In a language of the family's the Italian stands below, for who helps to read.
    """
    language, facts = payload.get("language") or "it", payload.get("facts") or {}
    said = spoken(payload["subject"], payload["body"], facts, language)
    parts = (
        [said]
        if language in _ALONE
        else [said, spoken(payload["subject"], payload["body"], facts, "it")]
    )
    message = EmailMultiAlternatives(
        said.subject, "\n\n---\n\n".join(part.body for part in parts), to=[payload["to"]]
    )
    with override(language):
        page = render_to_string("outbox/mail.html", {"parts": parts, "said": said})
    message.attach_alternative(page, "text/html")
    message.send()


_ALONE: Final = frozenset({"it", "en"})
_handlers: Final[dict[str, Handler]] = {MAIL: send_mail}


def deliver_one() -> bool:
    """Deliver the event that has waited longest and return whether there was one.

    The event is leased before it is delivered, not locked: a handler may be slow, and a worker
    that dies leaves an event that is due again when the lease ends.
    """
    with transaction.atomic():
        now = clock.now()
        due = Q(due_at__lte=now) | Q(due_at__gt=never_waits_past(now))
        waiting = Event.objects.filter(due, delivered_at=None, gave_up_at=None)
        if connection.features.has_select_for_update_skip_locked:
            waiting = waiting.select_for_update(skip_locked=True)
        event = waiting.order_by("due_at").first()
        if event is None:
            return False
        event.due_at, event.attempts = now + LEASE, event.attempts + 1
        if event.attempts > MOST_ATTEMPTS:
            # No error was ever written: whoever took it up died of it, or was killed, each time.
            event.gave_up_at, event.last_error = now, _WORKER_DIED
        event.save(update_fields=["due_at", "attempts", "gave_up_at", "last_error"])
    if event.gave_up_at:
        return True
    try:
        handler = _handlers[event.topic]
        handler(event.payload)
    except Exception as error:
        logger.exception("event %s of %s not delivered", event.id, event.topic)
        event.last_error = f"{type(error).__name__}: {error}"[:500]
        event.due_at = clock.now() + pause_after(event.attempts)
        if event.attempts >= MOST_ATTEMPTS:
            event.gave_up_at = clock.now()
        event.save(update_fields=["last_error", "due_at", "gave_up_at"])
        return True
    # What has arrived is kept where it arrived: here only that it left.
    event.delivered_at, event.payload = clock.now(), {}
    event.save(update_fields=["delivered_at", "payload"])
    return True


def forget(object_ids: Collection[UUID], addresses: Collection[str] = ()) -> Sequence[UUID]:
    """Empty the messages that name these objects or go to these addresses; return their ids.

    One that still waits does not leave. Call it inside the transaction.
    """
    wanted = {str(each) for each in object_ids}
    to = {address.casefold() for address in addresses if address}
    named = [
        event
        for event in Event.objects.exclude(payload={}).iterator(chunk_size=2000)
        if str(event.payload.get("to", "")).casefold() in to
        or wanted & set(_ID.findall(f"{event.key} {json.dumps(event.payload)}"))
    ]
    for event in named:
        event.payload, event.last_error = {}, ""
        if event.delivered_at is None and event.gave_up_at is None:
            event.gave_up_at = clock.now()
    Event.objects.bulk_update(named, ["payload", "last_error", "gave_up_at"], batch_size=200)
    return [event.pk for event in named]
