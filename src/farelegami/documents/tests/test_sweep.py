"""The sweep never takes a file whose row is about to be there, whatever the clocks say."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import pytest
from django.db import connection, transaction

from farelegami.documents import shelf
from farelegami.documents.models import Document
from farelegami.documents.services import discard_orphans, store
from farelegami.documents.tests.builders import A_PDF, ANNA, a_district, an_upload

pytestmark = pytest.mark.django_db(transaction=True)
DAYS = 3 * 86_400


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def age(path: Path) -> None:
    """Make a file as old as it looks to a clock that has jumped ahead."""
    long_ago = time.time() - DAYS
    os.utime(path, (long_ago, long_ago))


def test_a_file_whose_row_is_not_there_to_stay_yet_is_left_alone(tmp_path: Path) -> None:
    district_id, written = a_district().pk, threading.Event()

    def keep_slowly() -> None:
        try:
            with transaction.atomic():
                document = store(
                    ANNA, upload=an_upload(), kind="receipt", district_id=district_id, title="x"
                )
                age(tmp_path / "documents" / document.path)
                written.set()
                time.sleep(1)
        finally:
            connection.close()

    slow = threading.Thread(target=keep_slowly)
    slow.start()
    assert written.wait(20)
    dropped = discard_orphans()
    slow.join(20)
    assert dropped == 0
    assert shelf.get(Document.objects.get().path) == A_PDF
    orphan = shelf.put(b"orphan")
    age(tmp_path / "documents" / orphan)
    assert discard_orphans() == 1
    assert shelf.get(Document.objects.get().path) == A_PDF


def test_a_file_whose_row_was_undone_is_swept(tmp_path: Path) -> None:
    district_id = a_district().pk
    with transaction.atomic():
        document = store(
            ANNA, upload=an_upload(), kind="receipt", district_id=district_id, title="x"
        )
        transaction.set_rollback(True)
    age(tmp_path / "documents" / document.path)
    assert discard_orphans() == 1
