"""The backend Django loads; its name is Django's, so that whoever asks which one it is knows it."""

from pathlib import Path
from typing import Any

from django.db.backends.sqlite3 import base


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection to a file that is there already; `storage.databases.make_if_missing` makes one.

    SQLite makes an empty one where the file was moved or its disk is not mounted: people would go
    on, and when the file comes back, what its log still held is deleted as not of its own.
    """

    def get_connection_params(self) -> dict[str, Any]:
        """Return what `sqlite3.connect` is called with."""
        params: dict[str, Any] = super().get_connection_params()
        there = Path(self.settings_dict["NAME"]).absolute().as_uri()
        return {**params, "database": f"{there}?mode=rw"}
