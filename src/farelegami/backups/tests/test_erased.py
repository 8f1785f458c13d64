"""A backup put back does not bring back who was erased since it was made."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import connection

from farelegami.audit.models import Entry
from farelegami.audit.services import check_chain, seal
from farelegami.backups.services.making import default_name, make_backup
from farelegami.backups.services.restoring import Restored, restore_backup
from farelegami.backups.tests.builders import KEY, another_database, silent
from farelegami.cases.models import DiaryEntry
from farelegami.documents.models import Document
from farelegami.kernel import clock
from farelegami.kernel.actor import system_actor
from farelegami.privacy.models import Erasure, RetentionItem
from farelegami.privacy.queries.register import register
from farelegami.privacy.rules.register import NotARegister, written
from farelegami.privacy.rules.retention import CASE, PERSON
from farelegami.privacy.services import repeating
from farelegami.privacy.tests.builders import (
    MARK,
    Family,
    a_family_that_is_over,
    an_approved_list,
    eleven_years_later,
    erase_all,
)
from farelegami.privacy.tests.test_erasing import left_of

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = system_actor("prova")


@pytest.fixture(autouse=True)
def _own_shelf(settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"


def saved(folder: Path) -> Path:
    target = folder / default_name()
    make_backup(ROOT, target, key=KEY, tell=silent)
    return target


def put_back(source: Path, *, erasures: Path | None = None, replace: bool = True) -> Restored:
    return restore_backup(ROOT, source, key=KEY, replace=replace, tell=silent, erasures=erasures)


def erase(family: Family) -> None:
    for root in (CASE, PERSON):
        an_approved_list(family.dpo, family.crew, root)
        erase_all()


def on_disk(folder: Path) -> int:
    return sum(path.is_file() for path in (folder / "files").rglob("*"))


def test_who_was_erased_after_the_backup_stays_erased(tmp_path: Path) -> None:
    family = a_family_that_is_over()
    while seal():
        pass
    source = saved(tmp_path)
    assert on_disk(tmp_path) > 0
    erase(family)
    proofs = register()
    assert len(proofs) > 1
    restored = put_back(source)
    assert (len(restored.repeated.done), restored.repeated.left) == (len(proofs), [])
    assert restored.register_read
    assert left_of(MARK) == []
    assert not DiaryEntry.objects.exists()
    assert not Document.objects.exists()
    assert on_disk(tmp_path) == 0
    assert family.person.name == "Dati cancellati"
    # The register is the one of before, to the letter, and the log says that it was done twice.
    assert register() == proofs
    assert Entry.objects.filter(kind=repeating.KIND).count() == len(proofs)
    while seal():
        pass
    assert check_chain().faults == []
    # Nothing is left to do, and put back once more it is the same.
    assert erase_all() == 0
    assert len(put_back(source).repeated.done) == len(proofs)
    assert left_of(MARK) == []


def test_a_list_that_waited_when_the_backup_was_made_has_nothing_left_to_erase(
    tmp_path: Path,
) -> None:
    family = a_family_that_is_over()
    an_approved_list(family.dpo, family.crew, CASE)
    source = saved(tmp_path)
    erase_all()
    put_back(source)
    item = RetentionItem.objects.get(root=CASE)
    assert item.erased_at == Erasure.objects.get().erased_at
    erase_all()
    assert Erasure.objects.count() == 1


def test_on_another_machine_the_register_comes_in_a_file(tmp_path: Path) -> None:
    family = a_family_that_is_over()
    source = saved(tmp_path)
    erase(family)
    file = tmp_path / "cancellazioni.json"
    file.write_bytes(written(register(), at=clock.now()))
    proofs = register()
    with another_database(tmp_path):
        restored = put_back(source, replace=False)
        assert not restored.register_read
        assert left_of(MARK) != []
        restored = put_back(source, erasures=file)
        assert (len(restored.repeated.done), restored.register_read) == (len(proofs), True)
        assert left_of(MARK) == []
        file.write_bytes(file.read_bytes()[:-40])
        with pytest.raises(NotARegister):
            put_back(source, erasures=file)


def test_an_erasure_that_cannot_be_repeated_is_named_and_stops_no_other(
    tmp_path: Path, monkeypatch
) -> None:
    family = a_family_that_is_over()
    source = saved(tmp_path)
    erase(family)
    first, *others = sorted(register(), key=lambda each: each.erased_at)
    real = repeating.erase_all_of

    def fails_once(root: str, object_id, **more):
        if object_id == first.object_id:
            raise ValueError
        return real(root, object_id, **more)

    monkeypatch.setattr(repeating, "erase_all_of", fails_once)
    restored = put_back(source)
    assert restored.repeated.left == [first]
    assert [each.item_id for each in restored.repeated.done] == [each.item_id for each in others]
    assert DiaryEntry.objects.exists()


def test_a_register_that_cannot_be_read_is_said_and_the_rest_comes_back(tmp_path: Path) -> None:
    family = a_family_that_is_over()
    source = saved(tmp_path)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE privacy_erasure RENAME TO altro")
    assert not put_back(source).register_read
    assert family.person.family_name == MARK


def test_a_database_that_is_damaged_is_replaced(tmp_path: Path) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL's files are its own")
    family = a_family_that_is_over()
    source = saved(tmp_path)
    with another_database(tmp_path):
        file = Path(connection.settings_dict["NAME"])
        file.write_bytes(b"non una base" * 9999)
        file.with_name(f"{file.name}-wal").write_bytes(b"di un altro")
        assert not put_back(source).register_read
        assert family.person.family_name == MARK
        with eleven_years_later():
            assert an_approved_list(family.dpo, family.crew, CASE).items.exists()
