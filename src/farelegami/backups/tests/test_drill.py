"""The drill: a world is saved, put back into another database, and compared to the last byte."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.db import connection

from farelegami.audit.models import Entry
from farelegami.backups.rules import InUse, NewerProgram, NotEmpty, OtherFieldKeys, RowsRefused
from farelegami.backups.services.making import default_name, let_go, make_backup
from farelegami.backups.services.reading import check_backup
from farelegami.backups.services.restoring import Restored, restore_backup
from farelegami.backups.stores.common import LEFT_OUT, is_left_out
from farelegami.backups.tests.builders import (
    KEY,
    a_small_world,
    another_database,
    everything,
    prepare_empty,
    silent,
)
from farelegami.documents.models import Document
from farelegami.documents.services import read_stored
from farelegami.kernel.actor import system_actor
from farelegami.ledger.queries import verify
from farelegami.pacts.models import Pact
from farelegami.search.models import Entry as Known
from farelegami.search.queries import find
from farelegami.storage.guards import missing
from farelegami.storage.presence import at_work

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = system_actor("prova")
LOG = "audit_entry"


@pytest.fixture
def files(settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "files"
    return settings.MEDIA_ROOT


def saved(folder: Path) -> tuple[Path, dict[str, bytes], dict[str, bytes]]:
    a_small_world()
    rows = everything()
    papers = {path: read_stored(path) for path in Document.objects.values_list("path", flat=True)}
    target = folder / default_name()
    make_backup(ROOT, target, key=KEY, tell=silent)
    return target, rows, papers


def put_back(source: Path, *, replace: bool = False, erasures: Path | None = None) -> Restored:
    return restore_backup(ROOT, source, key=KEY, replace=replace, tell=silent, erasures=erasures)


def test_every_table_and_every_file_come_back_to_the_last_byte(files: Path, tmp_path: Path) -> None:
    source, rows, papers = saved(tmp_path)
    assert len(rows) > 80
    assert sum(text.count(b"\n") for text in rows.values()) > 300
    shutil.rmtree(files)
    with another_database(tmp_path):
        put_back(source)
        again = everything()
        for name, text in rows.items():
            if name != LOG:
                assert again[name] == text, name
        # The log alone has grown, by the entry that says so.
        assert again[LOG].startswith(rows[LOG])
        assert again[LOG].count(b"\n") == rows[LOG].count(b"\n") + 1
        assert Entry.objects.order_by("-id")[0].kind == "backups.backup"
        assert {path: read_stored(path) for path in papers} == papers
        assert (missing(connection), list(verify())) == ([], [])
        assert Pact.objects.get().stage == "active"


def test_what_is_put_back_is_found_by_its_words_and_takes_new_rows(
    files: Path, tmp_path: Path
) -> None:
    source, _rows, _papers = saved(tmp_path)
    known = Known.objects.filter(district_id=1902).order_by("-pk")[0]
    asked = {"kinds": [known.kind], "district_ids": [1902]}
    expected = {hit.object_id for hit in find(known.title, **asked)}
    assert known.object_id in expected
    with another_database(tmp_path):
        prepare_empty()
        put_back(source)
        assert {hit.object_id for hit in find(known.title, **asked)} == expected
        a_second = a_small_world()
        assert Pact.objects.filter(pk=a_second.pk).exists()


def test_a_database_with_people_in_it_is_not_touched_unless_one_says_so(
    files: Path, tmp_path: Path
) -> None:
    source, _rows, _papers = saved(tmp_path)
    before = everything()
    with pytest.raises(NotEmpty):
        put_back(source)
    assert everything() == before
    put_back(source, replace=True)
    assert everything()[LOG].count(b"\n") == before[LOG].count(b"\n")


def test_a_restore_that_fails_midway_leaves_the_old_rows_and_files(
    files: Path, tmp_path: Path
) -> None:
    source, _rows, papers = saved(tmp_path)
    a_small_world()
    before = everything()
    lost = next(iter(papers))
    (files / "documents" / lost).unlink()

    class Stopped(Exception):
        pass

    for moment in ("Tabelle", "Documenti"):

        def stop(what: str, done: int, _of: int, moment: str = moment) -> None:
            if what == moment and done:
                raise Stopped

        with pytest.raises(Stopped):
            restore_backup(ROOT, source, key=KEY, replace=True, tell=stop)
        assert everything() == before
        assert missing(connection) == []
        assert not (files / "documents" / lost).exists()
    assert [path.name for path in tmp_path.glob("*.restoring*")] == []


def test_a_database_somebody_else_has_open_is_not_replaced(files: Path, tmp_path: Path) -> None:
    source, _rows, _papers = saved(tmp_path)
    before = everything()
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pacts_pact")
            cursor.fetchone()
        with pytest.raises(InUse):
            put_back(source, replace=True)
    finally:
        other.close()
    assert everything() == before


@pytest.mark.skipif(connection.vendor != "sqlite", reason="a file that is opened at each request")
def test_nothing_is_restored_over_a_file_a_server_runs_on_between_two_requests(
    files: Path, tmp_path: Path
) -> None:
    source, _rows, _papers = saved(tmp_path)
    before = everything()
    with at_work(), pytest.raises(InUse):
        put_back(source, replace=True)
    assert everything() == before
    put_back(source, replace=True)


def test_other_keys_of_sealed_fields_are_noticed_before_anything_is_done(
    files: Path, tmp_path: Path, settings
) -> None:
    source, _rows, _papers = saved(tmp_path)
    settings.FIELD_KEYS = {"b": django_settings.BLIND_INDEX_KEY}
    with pytest.raises(OtherFieldKeys):
        put_back(source, replace=True)


def test_a_backup_of_a_newer_program_is_refused(files: Path, tmp_path: Path) -> None:
    a_small_world()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO django_migrations (app, name, applied)"
            " VALUES ('pacts', '9999_later', '2030-01-01 00:00:00+00:00')"
        )
        source = tmp_path / default_name()
        make_backup(ROOT, source, key=KEY, tell=silent)
        with pytest.raises(NewerProgram):
            put_back(source, replace=True)
        cursor.execute("DELETE FROM django_migrations WHERE name = '9999_later'")


def test_a_row_the_database_does_not_take_is_named_with_its_table(
    files: Path, tmp_path: Path
) -> None:
    a_small_world()
    with connection.cursor() as cursor:
        twice = (
            'INSERT INTO audit_link SELECT 99, entry_id, "hash", sealed_at FROM audit_link LIMIT 1'
        )
        # A unique index that was lost lets in what the true table refuses.
        drop = (
            "ALTER TABLE audit_link DROP CONSTRAINT audit_link_entry_id_key"
            if connection.vendor == "postgresql"
            else None
        )
        if drop is None:
            pytest.skip("on SQLite a unique column cannot lose its index")
        cursor.execute(drop)
        cursor.execute(twice)
    source = tmp_path / default_name()
    try:
        make_backup(ROOT, source, key=KEY, tell=silent)
        with another_database(tmp_path), pytest.raises(RowsRefused) as refused:
            put_back(source)
        assert refused.value.table == "audit_link"
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE audit_link DISABLE TRIGGER USER")
            cursor.execute("DELETE FROM audit_link WHERE number = 99")
            cursor.execute("ALTER TABLE audit_link ENABLE TRIGGER USER")
            cursor.execute(
                "ALTER TABLE audit_link ADD CONSTRAINT audit_link_entry_id_key UNIQUE (entry_id)"
            )


def test_a_document_that_was_lost_is_told_and_the_rest_is_saved(
    files: Path, tmp_path: Path
) -> None:
    a_small_world()
    first, second = Document.objects.order_by("path").values_list("path", flat=True)[:2]
    (files / "documents" / first).unlink()
    (files / "documents" / second).write_bytes(b"altro")
    target = tmp_path / default_name()
    made = make_backup(ROOT, target, key=KEY, tell=silent)
    assert set(made.damaged) == {first, second}
    assert made.files == Document.objects.count() - 2
    assert check_backup(target, key=KEY, tell=silent) == made


def test_every_table_is_saved_or_left_out_for_a_reason() -> None:
    there = set(connection.introspection.table_names())
    kept = set(everything())
    assert there - kept == {name for name in there if is_left_out(name)}
    assert {name for name in there if is_left_out(name)} <= {
        name for name in there if name in LEFT_OUT or name.startswith("search_folded")
    }


def test_the_oldest_go_and_other_files_stay(tmp_path: Path) -> None:
    names = [f"farelegami-2026010{day}-120000.backup" for day in range(1, 6)]
    for name in (*names, "lettera.txt"):
        (tmp_path / name).touch()
    assert list(let_go(tmp_path, keep=2)) == names[:3]
    assert {path.name for path in tmp_path.iterdir()} == {*names[3:], "lettera.txt"}
    assert list(let_go(tmp_path, keep=0)) == []
