"""Real connections that want the same money at the same moment."""

import os
import subprocess
import sys
import textwrap
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections

from farelegami.ledger.queries import verify
from farelegami.ledger.rules import BalanceTooLow
from farelegami.ledger.tests.builders import an_account_with, kept, move, some_accounts

HANDS = 8


def _in_threads(act, how_many=HANDS):
    def once(number):
        try:
            return act(number)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(how_many) as pool:
        return list(pool.map(once, range(how_many)))


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_eight_hands_on_the_last_money_never_overspend():
    available, (committed,) = an_account_with(1_000), some_accounts("committed")

    def spend(_number):
        won = 0
        for _ in range(5):
            try:
                move(available, committed, 100)
            except BalanceTooLow:
                continue
            won += 1
        return won

    assert sum(_in_threads(spend)) == 10
    assert kept(available, committed) == {available: 0, committed: 1_000}
    assert list(verify()) == []


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_opposite_transfers_do_not_wait_for_each_other():
    one, two = an_account_with(10_000), an_account_with(10_000)

    def swap(number):
        for _ in range(20):
            move(*((one, two) if number % 2 else (two, one)), 10)

    _in_threads(swap)
    assert sum(kept(one, two).values()) == 20_000


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_the_same_act_sent_eight_times_at_once_is_written_once():
    available, (committed,) = an_account_with(1_000), some_accounts("committed")
    transfers = _in_threads(lambda _number: move(available, committed, 100, key="una volta"))
    assert len(set(transfers)) == 1
    assert kept(available) == {available: 900}


SCRIPT = textwrap.dedent("""
    import sys
    from concurrent.futures import ThreadPoolExecutor
    import django
    django.setup()
    from django.db import connection, connections
    from farelegami.ledger.models import Account, Transfer
    from farelegami.ledger.queries import verify
    from farelegami.ledger.rules import BalanceTooLow
    from farelegami.ledger.tests.builders import an_account_with, kept, move, some_accounts
    from farelegami.storage import guards
    from farelegami.storage.databases import make_if_missing
    make_if_missing(connection)
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA foreign_keys=OFF")
        cursor.execute("PRAGMA synchronous=OFF")
    with connection.schema_editor() as editor:
        editor.create_model(Account)
        editor.create_model(Transfer)
    guards.install(connection)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE territory_district (id integer primary key)")
    available, (committed,) = an_account_with(1_000), some_accounts("committed")
    def spend(number):
        won = 0
        try:
            for _ in range(5):
                try:
                    move(available, committed, 100)
                except BalanceTooLow:
                    continue
                won += 1
            return won
        finally:
            connections.close_all()
    with ThreadPoolExecutor(8) as pool:
        won = sum(pool.map(spend, range(8)))
    assert won == 10, won
    assert kept(available, committed) == {available: 0, committed: 1_000}
    assert list(verify()) == []
    print("ten")
""")


def test_on_one_file_eight_hands_never_overspend(tmp_path):
    if connection.vendor != "sqlite":
        pytest.skip("about the embedded database")
    environment = {
        **os.environ,
        "FARELEGAMI_DATA": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "farelegami.config.settings.local",
        "PYTHONPATH": os.pathsep.join(["src", *filter(None, sys.path)]),
    }
    run = subprocess.run(  # noqa: S603
        [sys.executable, "-c", SCRIPT],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert run.stdout.strip() == "ten", run.stderr[-2000:]
