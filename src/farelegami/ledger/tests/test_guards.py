"""The database itself refuses, whoever writes."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import DatabaseError

from farelegami.kernel.ids import new_id
from farelegami.ledger.models import Account, Transfer
from farelegami.ledger.queries import verify
from farelegami.ledger.rules import Unit
from farelegami.ledger.tests.builders import (
    A_DAY,
    a_source,
    an_account_with,
    kept,
    move,
    some_accounts,
)
from farelegami.storage import guards

pytestmark = pytest.mark.django_db


def insert(debit, credit, amount, **more):
    return Transfer.objects.create(
        debit_id=debit,
        credit_id=credit,
        amount=amount,
        happened_on=A_DAY,
        memo="a mano",
        **{"idempotency_key": str(new_id()), **more},
    )


def refused(act):
    with pytest.raises(DatabaseError), transaction.atomic():
        act()


def test_a_transfer_is_never_changed_nor_deleted():
    spend = move(an_account_with(1_000), some_accounts("committed")[0], 300)
    refused(lambda: Transfer.objects.filter(pk=spend).update(amount=1))
    refused(lambda: Transfer.objects.filter(pk=spend).delete())


def test_a_balance_is_not_moved_by_hand():
    available = an_account_with(1_000)
    refused(lambda: Account.objects.filter(pk=available).update(balance=2_000))
    refused(lambda: Account.objects.filter(pk=available).update(balance=2_000, moved_by=new_id()))
    assert kept(available) == {available: 1_000}


def test_the_last_transfer_is_not_counted_twice_by_hand():
    source, (available,) = a_source(), some_accounts("available")
    first = move(source, available, 500)
    refused(lambda: Account.objects.filter(pk=available).update(balance=1_000, moved_by=first))
    last = move(source, available, 500)
    refused(lambda: Account.objects.filter(pk=available).update(balance=1_500, moved_by=last))
    refused(lambda: Account.objects.filter(pk=available).update(balance=500, moved_by=first))
    refused(lambda: Account.objects.filter(pk=available).update(moved_by=None))


def test_an_account_keeps_its_floor_its_unit_and_its_owner():
    available = an_account_with(1_000)
    for change in ({"floor": None}, {"unit": "MIN"}, {"owner_id": new_id()}, {"kind": "paid"}):
        refused(lambda change=change: Account.objects.filter(pk=available).update(**change))


def test_an_account_is_opened_empty_and_never_deleted():
    refused(
        lambda: Account.objects.create(
            owner_id=new_id(), kind="available", unit=Unit.CENTS, balance=5
        )
    )
    available = an_account_with(0)
    refused(lambda: Account.objects.filter(pk=available).delete())


def test_raw_inserts_obey_the_same_rules():
    available, (committed,) = an_account_with(1_000), some_accounts("committed")
    (hours,) = some_accounts("agreed", unit=Unit.MINUTES)
    refused(lambda: insert(available, committed, 1_001))
    refused(lambda: insert(available, committed, 0))
    refused(lambda: insert(available, committed, -5))
    refused(lambda: insert(available, available, 5))
    refused(lambda: insert(available, hours, 5))
    insert(available, committed, 1_000)
    assert kept(available, committed) == {available: 0, committed: 1_000}


def test_a_bulk_insert_does_not_overspend():
    available, (committed,) = an_account_with(1_000), some_accounts("committed")
    rows = [
        Transfer(
            debit_id=available,
            credit_id=committed,
            amount=600,
            happened_on=A_DAY,
            idempotency_key=str(n),
        )
        for n in range(2)
    ]
    refused(lambda: Transfer.objects.bulk_create(rows))
    assert kept(available) == {available: 1_000}


def test_a_reversal_mirrors_what_it_reverses():
    available, (committed,) = an_account_with(1_000), some_accounts("committed")
    spend = move(available, committed, 300)
    refused(lambda: insert(committed, available, 299, reverses_id=spend))
    refused(lambda: insert(available, committed, 300, reverses_id=spend))
    insert(committed, available, 300, reverses_id=spend)
    refused(lambda: insert(available, committed, 300, reverses_id=spend))


def test_a_row_is_not_replaced_by_another():
    if connection.vendor != "sqlite":
        pytest.skip("only SQLite replaces rows in silence")
    spend = move(an_account_with(1_000), some_accounts("committed")[0], 300)

    def replace(table, changed):
        columns = [field.column for field in table._meta.fields]
        chosen = ", ".join(changed.get(column, column) for column in columns)
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT OR REPLACE INTO {0} ({1}) SELECT {2} FROM {0}".format(  # noqa: S608
                    table._meta.db_table, ", ".join(columns), chosen
                )
            )

    refused(lambda: replace(Transfer, {"amount": "amount + 1"}))
    refused(lambda: replace(Account, {"balance": "0", "moved_by": "NULL"}))
    assert Transfer.objects.get(pk=spend).amount == 300


def test_tampering_without_guards_is_found():
    source, available = a_source(), an_account_with(1_000)
    guards.remove(connection)
    try:
        Account.objects.filter(pk=available).update(balance=1_100)
        Account.objects.filter(pk=source).update(moved_by=None)
    finally:
        guards.install(connection)
    (found,) = verify()
    assert (found.what, found.object_id, found.kept, found.added) == (
        "balance",
        available,
        1_100,
        1_000,
    )


def test_all_guards_are_installed():
    assert guards.missing(connection) == []


def test_an_unknown_reversal_does_not_pass():
    available, (committed,) = an_account_with(1_000), some_accounts("committed")
    with pytest.raises(IntegrityError), transaction.atomic():
        insert(available, committed, 10, reverses_id=new_id())
