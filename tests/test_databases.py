"""A file that is not there is not made by looking."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import OperationalError
from django.db.utils import ConnectionHandler

from farelegami.config.settings.base import _database
from farelegami.kernel.faults import Fault, fault_of
from farelegami.storage.databases import is_there, make_if_missing


@pytest.mark.django_db
def test_the_embedded_database_is_made_only_by_whoever_says_so(tmp_path: Path) -> None:
    file = tmp_path / "un nome, con 100% di segni?.sqlite3"
    line = ConnectionHandler({"default": _database("") | {"NAME": file}})["default"]
    assert not is_there(line)
    with pytest.raises(OperationalError) as caught:
        line.ensure_connection()
    assert fault_of(caught.value) is Fault.GONE
    assert list(tmp_path.iterdir()) == []
    make_if_missing(line)
    with line.cursor() as cursor:
        cursor.execute("CREATE TABLE a (b)")
    line.close()
    assert is_there(line)
    size = file.stat().st_size
    make_if_missing(line)
    assert [each.name for each in tmp_path.iterdir()] == [file.name]
    assert file.stat().st_size == size > 0
