"""Whether the file of an embedded database is there, and making it, which only some commands do."""

from pathlib import Path

from django.db.backends.base.base import BaseDatabaseWrapper


def is_there(connection: BaseDatabaseWrapper) -> bool:
    """Return whether there is a file to open; a server is asked by whoever connects to it."""
    return connection.vendor != "sqlite" or Path(connection.settings_dict["NAME"]).exists()


def make_if_missing(connection: BaseDatabaseWrapper) -> None:
    """Make an empty file where there is none, for `migrate` and its like to fill."""
    if not is_there(connection):
        Path(connection.settings_dict["NAME"]).touch()
