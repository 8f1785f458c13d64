"""What an approved list erases is nowhere any more, and what has to hold still holds."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, connection, models, transaction

from farelegami.audit.models import Emptied, Entry
from farelegami.audit.services import check_chain, seal
from farelegami.cases.models import DiaryEntry, Referral
from farelegami.documents.models import Document
from farelegami.ledger.models import Account, Transfer
from farelegami.ledger.queries import verify
from farelegami.pacts.models import PactVersion
from farelegami.pacts.tests.builders import a_crew
from farelegami.privacy.models import Erasure, RetentionItem, RetentionList
from farelegami.privacy.rules.retention import CASE, PERSON, REFERRAL
from farelegami.privacy.services import erasing
from farelegami.privacy.tests.builders import (
    MARK,
    a_dpo,
    a_family_that_is_over,
    an_approved_list,
    an_old_referral,
    eleven_years_later,
    erase_all,
)
from farelegami.storage.guards import lifted, missing

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_shelf(settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def everything_said() -> str:
    """Every value of every table, unsealed, and the words of the index."""

    def lines() -> Iterator[str]:
        for model in apps.get_models():
            names = [field.attname for field in model._meta.concrete_fields]
            for row in models.QuerySet(model).values(*names):
                yield f"{model._meta.label} {json.dumps(row, default=str, ensure_ascii=False)}"
        beside = (
            ("search_folded", "folded")
            if connection.vendor == "sqlite"
            else ("search_word", "word")
        )
        with connection.cursor() as cursor:
            cursor.execute("SELECT {1} FROM {0}".format(*beside))  # noqa: S608
            for (words,) in cursor.fetchall():
                yield f"{beside[0]} {words}"

    return "\n".join(lines())


def left_of(word: str) -> list[str]:
    return [line[:400] for line in everything_said().splitlines() if word.lower() in line.lower()]


def seal_all() -> None:
    while seal():
        pass


def test_of_a_family_that_is_over_no_word_is_left_anywhere() -> None:
    family = a_family_that_is_over()
    seal_all()
    assert len({line.split(" ")[0] for line in left_of(MARK)}) > 10
    for root in (CASE, PERSON):
        an_approved_list(family.dpo, family.crew, root)
        erase_all()
    seal_all()
    assert left_of(MARK) == []
    assert not DiaryEntry.objects.exists()
    assert family.person.name == "Dati cancellati"


def test_figures_and_accounts_stay_and_everything_still_adds_up() -> None:
    family = a_family_that_is_over()
    before = dict(Account.objects.values_list("pk", "balance")), Transfer.objects.count()
    an_approved_list(family.dpo, family.crew, CASE)
    erase_all()
    assert (dict(Account.objects.values_list("pk", "balance")), Transfer.objects.count()) == before
    assert list(verify()) == []
    pact = family.pact
    pact.refresh_from_db()
    assert pact.code
    assert pact.stage == "interrupted"
    assert pact.authorised_cents > 0
    assert pact.hours.get().minutes == 90
    version = PactVersion.objects.get(pact=pact, number=1)
    assert version.terms.goals == ()
    assert version.text_hash


def test_the_log_stays_chained_and_says_what_was_emptied() -> None:
    family = a_family_that_is_over()
    seal_all()
    entries = Entry.objects.count()
    an_approved_list(family.dpo, family.crew, CASE)
    erase_all()
    seal_all()
    assert Entry.objects.count() > entries
    assert Emptied.objects.exists()
    report = check_chain()
    assert report.faults == []
    assert report.waiting == 0


def test_an_entry_emptied_by_hand_is_found_even_if_the_register_is_forged_too() -> None:
    family = a_family_that_is_over()
    seal_all()
    an_approved_list(family.dpo, family.crew, CASE)
    erase_all()
    seal_all()
    act = Emptied.objects.values_list("act_id", flat=True).first()
    entry = Entry.objects.exclude(pk__in=Emptied.objects.values("pk")).exclude(facts={}).first()
    with transaction.atomic(), lifted(connection, "audit_entry"):
        Entry.objects.filter(pk=entry.pk).update(facts={}, purpose="")
    assert any("stata cambiata" in fault for fault in check_chain().faults)
    Emptied.objects.create(entry_id=entry.pk, act_id=act, emptied_at=entry.at)
    assert any(f"atto {act}" in fault for fault in check_chain().faults)


def test_files_leave_the_disk(django_capture_on_commit_callbacks) -> None:
    family = a_family_that_is_over()
    shelf = Path(settings.MEDIA_ROOT) / "documents"
    files = [path for path in shelf.rglob("*") if path.is_file()]
    assert len(files) == Document.objects.count() > 0
    an_approved_list(family.dpo, family.crew, CASE)
    with django_capture_on_commit_callbacks(execute=True):
        erase_all()
    assert not Document.objects.exists()
    assert [path for path in shelf.rglob("*") if path.is_file()] == []


def test_the_register_says_what_was_erased_who_decided_and_no_name() -> None:
    family = a_family_that_is_over()
    found = an_approved_list(family.dpo, family.crew, CASE)
    erase_all()
    proof = Erasure.objects.get()
    assert proof.object_id == family.case.pk
    assert (proof.proposed_by_name, proof.approved_by_name) == ("Dora Lucchetti", "Carla Ontani")
    assert proof.counts["cases.DiaryEntry"] == 1
    assert len(proof.ids["documents.Document"]) == proof.counts["documents.Document"] > 0
    assert len(proof.seal) == 64
    assert proof.log_entries > 10
    found.refresh_from_db()
    assert found.done_at is not None


@pytest.mark.parametrize("act", ["update", "delete"])
def test_the_register_is_never_changed(act: str) -> None:
    family = a_family_that_is_over()
    an_approved_list(family.dpo, family.crew, CASE)
    erase_all()
    rows = Erasure.objects.all()
    with pytest.raises(DatabaseError), transaction.atomic():
        rows.update(label="altro") if act == "update" else rows._raw_delete(rows.db)


def test_the_database_lets_nothing_be_called_erased_without_an_approved_list() -> None:
    crew = a_crew()
    an_old_referral(crew)
    dpo = a_dpo(crew.district_id)
    from_list = erasing.RetentionList.objects
    an_approved_list(dpo, crew, REFERRAL)
    item = RetentionItem.objects.get()
    assert from_list.count() == 1
    RetentionItem.objects.filter(pk=item.pk).update(tries=1)
    other = RetentionList.objects.create(
        district_id=crew.district_id, root=CASE, drawn_at=item.list.drawn_at
    )
    with pytest.raises(DatabaseError), transaction.atomic():
        RetentionItem.objects.filter(pk=item.pk).update(list=other, erased_at=other.drawn_at)


def test_the_words_of_a_withdrawn_referral_go_too() -> None:
    crew = a_crew()
    referral = an_old_referral(crew)
    Referral.objects.filter(pk=referral.pk).update(stage="withdrawn")
    an_approved_list(a_dpo(crew.district_id), crew, REFERRAL)
    erase_all()
    referral.refresh_from_db()
    assert referral.erased_at is not None
    assert referral.code
    assert left_of(MARK) == []


def test_what_comes_back_to_life_after_the_approval_is_left_alone() -> None:
    crew = a_crew()
    referral = an_old_referral(crew)
    found = an_approved_list(a_dpo(crew.district_id), crew, REFERRAL)
    Referral.objects.filter(pk=referral.pk).update(stage="accepted")
    erase_all()
    referral.refresh_from_db()
    assert referral.given_name == MARK
    assert found.items.get().taken_out_at is not None
    assert not Erasure.objects.exists()


def test_a_crash_in_the_middle_leaves_an_item_whole_and_the_next_run_goes_on(monkeypatch) -> None:
    family = a_family_that_is_over()
    an_approved_list(family.dpo, family.crew, CASE)
    real = erasing.erase_documents

    def dies(*_args: object) -> None:
        message = "il disco è pieno"
        raise OSError(message)

    monkeypatch.setattr(erasing, "erase_documents", dies)
    with eleven_years_later():
        assert erasing.erase_next()
    item = RetentionItem.objects.get()
    assert (item.tries, item.erased_at) == (1, None)
    assert "il disco" in item.last_error
    assert DiaryEntry.objects.exists()
    assert missing(connection) == []
    monkeypatch.setattr(erasing, "erase_documents", real)
    erase_all()
    assert Erasure.objects.count() == 1
    assert not DiaryEntry.objects.exists()


def test_a_person_that_a_case_still_names_is_never_proposed() -> None:
    family = a_family_that_is_over()
    an_approved_list(family.dpo, family.crew, CASE)
    assert not RetentionList.objects.filter(root=PERSON).exists()
