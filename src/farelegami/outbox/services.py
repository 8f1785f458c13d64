"""Queueing events in a transaction and delivering them outside of any."""

import logging
from collections.abc import Callable, Mapping
from typing import Any, Final

from django.core.mail import EmailMessage
from django.db import connection, transaction

from farelegami.kernel import clock
from farelegami.outbox.models import Event
from farelegami.outbox.rules import LEASE, MOST_ATTEMPTS, pause_after

logger = logging.getLogger("farelegami.outbox")
Handler = Callable[[Mapping[str, Any]], None]
MAIL: Final = "mail"


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


def queue_mail(to: str, subject: str, body: str, *, key: str) -> None:
    """Write a message to be sent once the transaction is there to stay."""
    emit(MAIL, {"to": to, "subject": subject, "body": body}, key=key)


def send_mail(payload: Mapping[str, Any]) -> None:
    """Hand a queued message to the configured mail backend."""
    EmailMessage(payload["subject"], payload["body"], to=[payload["to"]]).send()


_handlers: Final[dict[str, Handler]] = {MAIL: send_mail}


def deliver_one() -> bool:
    """Deliver the event that has waited longest and return whether there was one.

    The event is leased before it is delivered, not locked: a handler may be slow, and a worker
    that dies leaves an event that is due again when the lease ends.
    """
    with transaction.atomic():
        now = clock.now()
        waiting = Event.objects.filter(delivered_at=None, gave_up_at=None, due_at__lte=now)
        if connection.features.has_select_for_update_skip_locked:
            waiting = waiting.select_for_update(skip_locked=True)
        event = waiting.order_by("due_at").first()
        if event is None:
            return False
        event.due_at, event.attempts = now + LEASE, event.attempts + 1
        event.save(update_fields=["due_at", "attempts"])
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
    event.delivered_at = clock.now()
    event.save(update_fields=["delivered_at"])
    return True
