"""`farelegami worker`: what is done outside of any request, for ever or once."""

import argparse
import logging
import time
from datetime import date
from typing import Final

from django.db import DatabaseError, InterfaceError, close_old_connections

from farelegami.api.services.hooks import queue_hooks
from farelegami.api.services.idempotency import forget_old_keys
from farelegami.audit.services import seal
from farelegami.config.retaining import once_a_day
from farelegami.documents.services import discard_orphans
from farelegami.giveback.services.daily import each_day
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
    """Deliver what waits, seal the log and, once a day, sweep; the database may come and go."""
    with at_work():
        return _until_stopped(once=options.once)


def _until_stopped(*, once: bool) -> int:
    swept_on: date | None = None
    while True:
        pause = _PAUSE_SECONDS
        try:
            if swept_on != clock.today():
                _sweep()
                swept_on = clock.today()
            _work()
        except (DatabaseError, InterfaceError, OSError) as error:
            fault = fault_of(error)
            if fault is None or once:
                raise
            logger.warning("nothing can be written now (%s): trying again", fault)
            pause = _LONG_PAUSE_SECONDS
        if once:
            return 0
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


def _sweep() -> None:
    discard_orphans()
    forget_old_keys()
    once_a_day()
    each_day()
    join_doubled_stays()
    # What was written while the clock was wrong lies outside of the hour that is usually looked at.
    while seal(everything=True):
        pass
