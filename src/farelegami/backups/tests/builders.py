"""A small world through the services, and databases to put it into again."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from django.db import connection

from farelegami.audit.services import seal
from farelegami.backups.places import snapshot
from farelegami.backups.schema import bring_up
from farelegami.documents.services import store
from farelegami.documents.tests.builders import A_PDF, an_upload
from farelegami.outbox.services import queue_mail
from farelegami.pacts.tests.builders import a_pact

KEY: Final = bytes(range(32))
OTHER_KEY: Final = bytes(32)


def silent(_what: str, _done: int, _of: int) -> None:
    """Nobody watches."""


def a_small_world() -> Any:
    """Make a pact with all that leads to it, two files, a sealed log and a message; return the pact."""
    pact, crew = a_pact()
    for title in ("Una carta\tcon tabulazioni", "Un'altra\ncon \\N e \\t"):
        store(crew.worker, upload=an_upload(A_PDF), kind="prova", district_id=1902, title=title)
    seal()
    queue_mail("qualcuno@example.org", "Oggetto", "Testo\r\nsu più righe \\ fine", key="prova")
    return pact


def everything() -> dict[str, bytes]:
    """Return every row of every table that a backup keeps, as lines."""
    with snapshot() as held:
        return {table.name: b"".join(held.lines(table)) for table in held.tables()}


@contextmanager
def another_database(folder: Path) -> Iterator[None]:
    """Be in a new, empty database of the same kind for the length of the block."""
    old = connection.settings_dict["NAME"]
    fresh = str(folder / "altra.sqlite3")
    if connection.vendor == "postgresql":
        fresh = f"{old}_altra"
        with connection.cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{fresh}"')
            cursor.execute(f'CREATE DATABASE "{fresh}" TEMPLATE template0')
    connection.close()
    connection.settings_dict["NAME"] = fresh
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = old
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(f'DROP DATABASE "{fresh}"')


def prepare_empty() -> None:
    """Do in an empty database what `farelegami migrate` does first."""
    bring_up()
