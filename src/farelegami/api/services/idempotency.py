"""An act that names itself is done once, and answers the same whenever it is sent again."""

from collections.abc import Callable
from uuid import UUID

import msgspec
from django.db.models import QuerySet

from farelegami.api.models import Idempotent
from farelegami.api.rules import KEY_LASTS, Answer, KeyUsedOtherwise
from farelegami.kernel import clock
from farelegami.storage.acts import one_act
from farelegami.storage.inserts import insert_new


class _DoneBefore(Exception):
    """The key is taken: what was done now is undone."""


def done_once(token_id: UUID, key: str, request_hash: str, act: Callable[[], Answer]) -> Answer:
    """Return the answer of `act`, or the one it gave to this very request within a day.

    The answer is written under its key in the transaction of the act, in one statement. A request
    sent again does the act again and loses it there, waiting for the first where that is not done
    yet; what it is refused meanwhile gives way to the first answer. A refused act leaves its key
    free.

    Raises:
        KeyUsedOtherwise: the key named another request.
        And whatever `act` raises; nothing is written then.
    """
    if not key:
        with one_act:
            return act()
    for _try in range(2):
        try:
            with one_act:
                answer = act()
                _keep(token_id, key, request_hash, answer)
        except Exception as error:
            before = _kept(token_id, key)
            if before is not None:
                return _given_before(before, request_hash)
            if not isinstance(error, _DoneBefore):
                raise
            _old().filter(token_id=token_id, key=key).delete()
        else:
            return answer
    # Older than a day, and taken by another hand between its going and this act.
    raise KeyUsedOtherwise


def _keep(token_id: UUID, key: str, request_hash: str, answer: Answer) -> None:
    row = Idempotent(
        token_id=token_id,
        key=key,
        request_hash=request_hash,
        answer=msgspec.json.encode(answer).decode(),
        created_at=clock.now(),
    )
    if not insert_new([row], unique="token key"):
        raise _DoneBefore


def _kept(token_id: UUID, key: str) -> Idempotent | None:
    rows = Idempotent.objects.filter(token_id=token_id, key=key)
    return rows.filter(created_at__gte=clock.now() - KEY_LASTS).first()


def _old() -> QuerySet[Idempotent]:
    return Idempotent.objects.filter(created_at__lt=clock.now() - KEY_LASTS)


def _given_before(row: Idempotent, request_hash: str) -> Answer:
    if row.request_hash != request_hash:
        raise KeyUsedOtherwise
    return msgspec.json.decode(row.answer, type=Answer)


def forget_old_keys() -> int:
    """Delete the answers kept longer than a day and return how many; the worker calls it."""
    return _old().delete()[0]
