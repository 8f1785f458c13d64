import hashlib
import os
import time
from pathlib import Path

import pytest

from farelegami.audit.models import Entry
from farelegami.documents import shelf
from farelegami.documents.models import Document
from farelegami.documents.queries import document_for, documents_of, register_owner
from farelegami.documents.rules.files import MOST_BYTES, FileTooLarge, FileUnreadable
from farelegami.documents.services import (
    attach,
    discard_orphans,
    open_document,
    store,
    store_content,
)
from farelegami.documents.tests.builders import (
    A_PDF,
    A_STRANGER,
    ANNA,
    a_district,
    a_picture,
    an_upload,
)
from farelegami.kernel.errors import NotFound
from farelegami.kernel.faults import Fault, fault_of
from farelegami.kernel.ids import new_id

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def _boats():
    register_owner("tests.boat", lambda actor, _owner: actor == ANNA)


def a_document(**more):
    return store(
        ANNA,
        upload=an_upload(),
        kind="receipt",
        district_id=a_district().pk,
        title="Scontrino",
        **more,
    )


def test_a_stored_file_is_hashed_and_kept_apart_from_its_name(tmp_path):
    document = a_document()
    assert document.sha256 == hashlib.sha256(A_PDF).hexdigest()
    assert (document.content_type, document.name) == ("application/pdf", "scontrino.pdf")
    kept = tmp_path / "documents" / document.path
    assert kept.read_bytes() == A_PDF
    assert "scontrino" not in document.path
    assert kept.stat().st_mode & 0o077 == 0


def test_a_file_said_to_be_large_is_not_even_read():
    upload = an_upload()
    upload.size = MOST_BYTES + 1
    with pytest.raises(FileTooLarge):
        store(ANNA, upload=upload, kind="receipt", district_id=a_district().pk, title="x")
    assert Document.objects.count() == 0


@pytest.mark.usefixtures("_boats")
def test_the_room_that_owns_a_document_says_who_opens_it():
    boat = new_id()
    document = a_document(owner_kind="tests.boat", owner_id=boat)
    assert document_for(ANNA, document.pk) == document
    with pytest.raises(NotFound):
        document_for(A_STRANGER, document.pk)
    assert documents_of("tests.boat", [boat], district_id=1901)[boat] == [document]


def test_a_document_of_an_unknown_kind_of_owner_stays_closed():
    document = a_document(owner_kind="tests.unknown", owner_id=new_id())
    with pytest.raises(NotFound):
        document_for(ANNA, document.pk)


@pytest.mark.usefixtures("_boats")
def test_a_document_belongs_to_who_brought_it_until_it_is_tied_once():
    document = a_document()
    assert document_for(ANNA, document.pk) == document
    with pytest.raises(NotFound):
        document_for(A_STRANGER, document.pk)
    with pytest.raises(NotFound):
        attach(A_STRANGER, document.pk, owner_kind="tests.boat", owner_id=new_id())
    attach(ANNA, document.pk, owner_kind="tests.boat", owner_id=new_id())
    with pytest.raises(NotFound):
        attach(ANNA, document.pk, owner_kind="tests.boat", owner_id=new_id())


def test_opening_is_written_in_the_log_for_each_person():
    sara, marco = new_id(), new_id()
    document = a_document(person_ids=[sara, marco])
    found, content = open_document(ANNA, document.pk)
    assert (found, content) == (document, A_PDF)
    reads = Entry.objects.filter(object_id=document.pk, verb="read")
    assert set(reads.values_list("person_id", flat=True)) == {sara, marco}


def test_a_file_changed_on_disk_is_not_handed_out(tmp_path):
    document = a_document()
    Path(tmp_path / "documents" / document.path).write_bytes(b"altro")
    with pytest.raises(FileUnreadable):
        open_document(ANNA, document.pk)
    shelf.drop(document.path)
    with pytest.raises(FileUnreadable):
        open_document(ANNA, document.pk)


def test_a_folder_of_documents_whose_disk_is_away_is_not_made_anew(tmp_path, settings, client):
    settings.MEDIA_ROOT = tmp_path / "mounted"
    kept = a_document()
    settings.MEDIA_ROOT.rename(tmp_path / "away")
    settings.MEDIA_ROOT.mkdir()
    with pytest.raises(OSError, match="documents") as caught:
        a_document()
    assert fault_of(caught.value) is Fault.GONE
    assert list(settings.MEDIA_ROOT.iterdir()) == []
    assert Document.objects.get() == kept
    answer = client.get("/salute/")
    assert (answer.status_code, answer.json()["faults"]) == (503, ["disk.gone"])
    settings.MEDIA_ROOT.rmdir()
    (tmp_path / "away").rename(settings.MEDIA_ROOT)
    a_document()
    assert client.get("/salute/").status_code == 200


def test_files_that_no_row_names_are_swept_once_old(tmp_path):
    kept = a_document()
    orphan, young = shelf.put(b"orphan"), shelf.put(b"young")
    yesterday = time.time() - 100_000
    for path in (kept.path, orphan):
        os.utime(tmp_path / "documents" / path, (yesterday, yesterday))
    assert discard_orphans() == 1
    assert shelf.get(kept.path) == A_PDF
    assert shelf.get(young) == b"young"
    assert discard_orphans() == 0


def test_a_document_made_here_is_kept_like_any_other():
    document = store_content(
        ANNA,
        content=a_picture("PNG"),
        name="firma.png",
        kind="signature",
        district_id=a_district().pk,
        title="Firma",
    )
    assert (document.content_type, document.name) == ("image/png", "firma.png")
