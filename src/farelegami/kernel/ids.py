"""Identifiers made by the application and ordered by time, so that no shared counter stands in the
way of splitting the data by district.
"""

import time
from typing import Final
from uuid import UUID

from uuid6 import uuid7

_VERSION: Final = 7
_TIME_SHIFT: Final = 80
_CLOCKS_APART_MS: Final = 120_000


def new_id() -> UUID:
    """Return a fresh UUIDv7: unique without asking the database, later ones sort after earlier."""
    return UUID(int=uuid7().int)


def may_be_ours(given: UUID) -> bool:
    """Return whether an id that came back from a page is of our kind and not from the future.

    Rows are listed in the order of their ids: a chosen one could stay on top of a list for ever.
    """
    now_ms = time.time_ns() // 1_000_000
    return given.version == _VERSION and given.int >> _TIME_SHIFT <= now_ms + _CLOCKS_APART_MS
