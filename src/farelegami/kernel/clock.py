"""The only place that asks what time it is, so that tests and the demonstration can answer."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time
from typing import Final
from zoneinfo import ZoneInfo

ROME: Final = ZoneInfo("Europe/Rome")
_set_to: ContextVar[datetime | None] = ContextVar("clock", default=None)


def now() -> datetime:
    """Return the present moment, aware, in UTC."""
    return _set_to.get() or datetime.now(UTC)  # noqa: TID251


def today() -> date:
    """Return the present day in Italy."""
    return now().astimezone(ROME).date()


@contextmanager
def at(moment: datetime | date) -> Iterator[None]:
    """Make it `moment` inside the block; a bare date means ten in the morning in Italy."""
    if not isinstance(moment, datetime):
        moment = datetime.combine(moment, time(10), tzinfo=ROME)
    token = _set_to.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _set_to.reset(token)
