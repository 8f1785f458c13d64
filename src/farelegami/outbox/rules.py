"""When a delivery is tried again."""

from datetime import timedelta
from typing import Final

LEASE: Final = timedelta(minutes=5)
MOST_ATTEMPTS: Final = 12


def pause_after(attempts: int) -> timedelta:
    """Return how long to wait after the given number of failures: 10 s doubling, at most 6 h."""
    return min(timedelta(seconds=10 * 2 ** min(attempts, 20)), timedelta(hours=6))
