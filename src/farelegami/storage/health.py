"""Whether an installation can do its work now: asked by those who watch over it."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import DatabaseError, InterfaceError

from farelegami.kernel import clock
from farelegami.kernel.faults import Fault, fault_of

_NAME: Final = "salute"
_PROBE: Final = ".salute"
_LASTS_SECONDS: Final = 5.0
_last: dict[str, tuple[float, Sequence[str]]] = {}


def faults() -> Sequence[str]:
    """Return what is wrong, none when all is well: `database.gone`, `disk.full` and the like.

    It really writes, to the database and to the disk, at most once in five seconds.
    """
    at, found = _last.get(_NAME, (0.0, ()))
    if time.monotonic() - at < _LASTS_SECONDS:
        return found
    found = [*_of_database(), *_of_disk()]
    _last[_NAME] = (time.monotonic(), found)
    return found


def _of_database() -> Sequence[str]:
    try:
        # What every sign-in writes; the worker clears it with other sessions that are over.
        Session.objects.update_or_create(
            session_key=_NAME, defaults={"session_data": "", "expire_date": clock.now()}
        )
    except (DatabaseError, InterfaceError) as error:
        return [f"database.{fault_of(error) or Fault.GONE}"]
    return []


def _of_disk() -> Sequence[str]:
    probe = Path(settings.DATA) / f"{_PROBE}-{time.monotonic_ns()}"
    try:
        probe.write_bytes(bytes(4096))
    except OSError as error:
        return [f"disk.{fault_of(error) or Fault.READ_ONLY}"]
    finally:
        probe.unlink(missing_ok=True)
    return []
