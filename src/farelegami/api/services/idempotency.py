"""An act that names itself is done once, and answers the same whenever it is sent again."""

from collections.abc import Callable
from uuid import UUID

import msgspec
from django.db import IntegrityError, transaction

from farelegami.api.models import Idempotent
from farelegami.api.rules import KEY_LASTS, Answer, KeyUsedOtherwise
from farelegami.kernel import clock
from farelegami.storage.inserts import insert


def done_once(token_id: UUID, key: str, request_hash: str, act: Callable[[], Answer]) -> Answer:
    """Return the answer of `act`, or the one it gave to this very request within a day.

    The key is taken first and its answer written last, in the transaction of the act: a second
    request waits for the first, and a refused act leaves its key free.

    Raises:
        KeyUsedOtherwise: the key named another request.
        And whatever `act` raises; nothing is written then.
    """
    if not key:
        with transaction.atomic():
            return act()
    with transaction.atomic():
        taken = _taken(token_id, key, request_hash)
        if taken is None:
            return _given_before(token_id, key, request_hash)
        answer = act()
        taken.answer = msgspec.json.encode(answer).decode()
        taken.save(update_fields=["answer"])
        return answer


def _taken(token_id: UUID, key: str, request_hash: str) -> Idempotent | None:
    row = Idempotent(token_id=token_id, key=key, request_hash=request_hash, created_at=clock.now())
    for _try in range(2):
        try:
            with transaction.atomic():
                insert([row])
        except IntegrityError:
            old = Idempotent.objects.filter(
                token_id=token_id, key=key, created_at__lt=clock.now() - KEY_LASTS
            )
            if not old.delete()[0]:
                return None
        else:
            return row
    return None


def _given_before(token_id: UUID, key: str, request_hash: str) -> Answer:
    row = Idempotent.objects.get(token_id=token_id, key=key)
    if row.request_hash != request_hash:
        raise KeyUsedOtherwise
    return msgspec.json.decode(row.answer, type=Answer)


def forget_old_keys() -> int:
    """Delete the answers kept longer than a day and return how many; the worker calls it."""
    return Idempotent.objects.filter(created_at__lt=clock.now() - KEY_LASTS).delete()[0]
