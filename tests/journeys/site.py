"""The application served to a browser, over the real test database and nobody's transaction."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management import call_command
from django.db import connection
from pytest_django.live_server_helper import LiveServer

from farelegami.storage import guards


@contextmanager
def served(django_db_blocker: Any) -> Iterator[str]:
    """Yield the address of the application; what was written is gone afterwards.

    Server and test have each a connection of their own, so what one writes is committed before
    the other reads it, as in a house where people work.
    """
    with django_db_blocker.unblock():
        server = LiveServer("127.0.0.1")
        try:
            yield server.url
        finally:
            server.stop()
            guards.remove(connection)
            call_command("flush", verbosity=0, interactive=False, reset_sequences=False)
            guards.install(connection)
            connection.close()
