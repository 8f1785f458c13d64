"""One act is one transaction: its parts have no savepoints, and fall with it."""

from __future__ import annotations

import pytest
from django.db import connection, transaction
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext

from farelegami.storage.acts import one_act
from farelegami.storage.inserts import change, insert, insert_new
from farelegami.territory.models import Province

pytestmark = pytest.mark.django_db


def written(code: str) -> Province:
    province = Province(code=code, name=code, sigla=code[1:])
    insert([province])
    return province


@one_act
def part(code: str, *, fails: bool = False) -> None:
    written(code)
    if fails:
        raise ValueError


def there() -> set[str]:
    return set(Province.objects.filter(code__in=["XA1", "XB2"]).values_list("code", flat=True))


def test_a_part_adds_no_savepoint() -> None:
    with CaptureQueriesContext(connection) as asked, one_act:
        part("XA1")
        part("XB2")
    savepoints = [each["sql"] for each in asked if each["sql"].startswith("SAVEPOINT")]
    # The one of the whole is within the transaction of the test.
    assert len(savepoints) == 1
    assert there() == {"XA1", "XB2"}


def test_what_a_part_raises_undoes_the_whole() -> None:
    with pytest.raises(ValueError), one_act:  # noqa: PT011
        part("XA1")
        part("XB2", fails=True)
    assert there() == set()
    part("XA1")
    assert there() == {"XA1"}


def test_nothing_is_written_after_a_part_was_caught() -> None:
    with pytest.raises(TransactionManagementError), one_act:
        part("XA1")
        with pytest.raises(ValueError):  # noqa: PT011
            part("XB2", fails=True)
        there()
    assert there() == set()


def test_a_plain_transaction_between_them_stands_alone() -> None:
    with one_act:
        part("XA1")
        with pytest.raises(ValueError), transaction.atomic():  # noqa: PT011
            part("XB2", fails=True)
        assert there() == {"XA1"}
    assert there() == {"XA1"}


def test_what_somebody_has_is_not_written_again() -> None:
    written("XA1")
    rows = [Province(code=code, name="altro", sigla=code[:2]) for code in ("XA1", "XB2")]
    assert insert_new(rows, unique="code") == 1
    assert there() == {"XA1", "XB2"}
    assert Province.objects.get(code="XA1").name == "XA1"


def test_a_row_is_written_over_and_changed_in_some_fields() -> None:
    written("XA1")
    province = Province(code="XA1", name="Nuova", sigla="XN")
    insert([province], instead_of="code")
    province.name, province.sigla = "Altra", "XZ"
    change(province, "name")
    kept = Province.objects.get(code="XA1")
    assert (kept.name, kept.sigla) == ("Altra", "XN")
