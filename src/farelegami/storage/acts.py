"""One act is one transaction, however many services it goes through."""

from contextlib import ContextDecorator
from contextvars import ContextVar
from types import TracebackType
from typing import Final

from django.db import DEFAULT_DB_ALIAS
from django.db.transaction import Atomic

_depth: Final[ContextVar[int]] = ContextVar("depth of the act", default=0)
_WHOLE: Final = Atomic(DEFAULT_DB_ALIAS, savepoint=True, durable=False)
_PART: Final = Atomic(DEFAULT_DB_ALIAS, savepoint=False, durable=False)


class _OneAct(ContextDecorator):
    """A transaction; within another act a part of it, without a savepoint of its own.

    What a part raises undoes the whole: nothing may be written after it was caught, unless a
    plain `transaction.atomic` stands between.
    """

    def __enter__(self) -> None:
        depth = _depth.get()
        (_PART if depth else _WHOLE).__enter__()
        _depth.set(depth + 1)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        depth = _depth.get() - 1
        _depth.set(depth)
        (_PART if depth else _WHOLE).__exit__(kind, error, trace)


one_act: Final = _OneAct()
