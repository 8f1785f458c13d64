"""`farelegami worker`: what is done outside of any request, for ever or once."""

import argparse
import logging
import time
from collections.abc import Callable, Iterable
from datetime import date
from typing import Final

from django.db import DatabaseError, InterfaceError, close_old_connections

from farelegami.access.kept import sweep_sessions
from farelegami.api.services.hooks import queue_hooks
from farelegami.api.services.idempotency import forget_old_keys
from farelegami.audit.services import seal
from farelegami.config.retaining import draw_up_past_terms, look_at_readings
from farelegami.documents.services import discard_orphans
from farelegami.giveback.services.daily import JOBS as GIVEBACK_JOBS
from farelegami.kernel import clock
from farelegami.kernel.faults import fault_of
from farelegami.outbox.services import deliver_one
from farelegami.privacy.services.erasing import erase_next
from farelegami.storage.presence import at_work
from farelegami.volunteering.services import join_doubled_stays

logger = logging.getLogger("farelegami.worker")
_PAUSE_SECONDS: Final = 2.0
_LONG_PAUSE_SECONDS: Final = 5.0


def worker(options: argparse.Namespace) -> int:
    """Deliver what waits, seal the log and, once a day, sweep; the database may come and go.

    Return 1 where it was to be done once and a daily job failed.
    """
    with at_work():
        return _until_stopped(once=options.once)


def _until_stopped(*, once: bool) -> int:
    swept_on: date | None = None
    failed: list[str] = []
    while True:
        pause = _PAUSE_SECONDS
        try:
            if swept_on != clock.today():
                failed = sweep(DAILY)
                swept_on = clock.today()
            _work()
        except (DatabaseError, InterfaceError, OSError) as error:
            fault = fault_of(error)
            if fault is None or once:
                raise
            logger.warning("nothing can be written now (%s): trying again", fault)
            pause = _LONG_PAUSE_SECONDS
        if once:
            return 1 if failed else 0
        close_old_connections()
        time.sleep(pause)


def _work() -> None:
    while seal():
        pass
    queue_hooks()
    while deliver_one():
        pass
    while erase_next():
        pass


def _seal_everything() -> None:
    # What was written while the clock was wrong lies outside of the hour that is usually looked at.
    while seal(everything=True):
        pass


DAILY: Final[tuple[Callable[[], object], ...]] = (
    discard_orphans,
    forget_old_keys,
    draw_up_past_terms,
    look_at_readings,
    sweep_sessions,
    *GIVEBACK_JOBS,
    join_doubled_stays,
    _seal_everything,
)


def sweep(jobs: Iterable[Callable[[], object]]) -> list[str]:
    """Do the jobs of a day and return the names of those that failed; the next sweep tries again.

    One that fails stops no other, nor the worker: the log has the whole error.

    Raises:
        DatabaseError, InterfaceError, OSError: nothing can be written now, which is no job's fault.
    """
    failed = []
    for job in jobs:
        name = f"{job.__module__}.{job.__qualname__}"
        try:
            job()
        except Exception as error:
            if fault_of(error) is not None:
                raise
            logger.exception("the daily job %s failed: the others go on", name)
            failed.append(name)
    return failed
