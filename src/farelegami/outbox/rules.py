"""When a delivery is tried again."""

from datetime import datetime, timedelta
from typing import Final

LEASE: Final = timedelta(minutes=5)
MOST_ATTEMPTS: Final = 12
LONGEST_PAUSE: Final = timedelta(hours=6)


def pause_after(attempts: int) -> timedelta:
    """Return how long to wait after the given number of failures: 10 s doubling, at most 6 h."""
    return min(timedelta(seconds=10 * 2 ** min(attempts, 20)), LONGEST_PAUSE)


def never_waits_past(now: datetime) -> datetime:
    """Return the moment after which nothing can rightly be due: the clock was ahead when it was set."""
    return now + LONGEST_PAUSE + LEASE
