from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from farelegami.kernel.errors import NotFound
from farelegami.kernel.ids import new_id
from farelegami.ledger.models import Transfer
from farelegami.ledger.queries import account_ids, balances, statement, verify
from farelegami.ledger.rules import (
    AlreadyReversed,
    BalanceTooLow,
    KeyReused,
    ReversalNotReversible,
    Unit,
    UnitsDiffer,
)
from farelegami.ledger.services import (
    NewAccount,
    Post,
    hold,
    open_account,
    post,
    post_many,
    reverse,
)
from farelegami.ledger.tests.builders import (
    A_DAY,
    ANNA,
    a_source,
    an_account_with,
    kept,
    move,
    some_accounts,
)

pytestmark = pytest.mark.django_db


def test_what_one_account_gives_another_receives():
    source, (available,) = a_source(), some_accounts("available")
    move(source, available, 200_000)
    assert kept(source, available) == {source: -200_000, available: 200_000}


def test_nobody_spends_more_than_is_left():
    available, (committed,) = an_account_with(10_000), some_accounts("committed")
    with pytest.raises(BalanceTooLow) as refusal:
        move(available, committed, 10_001)
    assert refusal.value.facts() == {"asked": 10_001, "left": 10_000}
    assert kept(available, committed) == {available: 10_000, committed: 0}


def test_the_same_act_twice_is_written_once():
    available, (committed,) = an_account_with(10_000), some_accounts("committed")
    assert move(available, committed, 400, key="spesa-1") == move(
        available, committed, 400, key="spesa-1"
    )
    assert kept(committed) == {committed: 400}


def test_a_repeat_is_recognised_even_when_nothing_is_left():
    available, (committed,) = an_account_with(400), some_accounts("committed")
    first = move(available, committed, 400, key="spesa-1")
    assert move(available, committed, 400, key="spesa-1") == first


def test_the_same_key_for_another_amount_is_refused():
    available, (committed,) = an_account_with(10_000), some_accounts("committed")
    move(available, committed, 400, key="spesa-1")
    with pytest.raises(KeyReused):
        move(available, committed, 401, key="spesa-1")


def test_the_same_key_on_other_accounts_is_refused():
    move(an_account_with(500), some_accounts("committed")[0], 400, key="spesa-1")
    with pytest.raises(KeyReused):
        move(an_account_with(500), some_accounts("committed")[0], 400, key="spesa-1")


def test_euro_and_hours_do_not_mix():
    (hours,) = some_accounts("agreed", unit=Unit.MINUTES)
    with pytest.raises(UnitsDiffer):
        move(an_account_with(100), hours, 100)


def test_to_post_on_an_unknown_account_finds_nothing():
    with pytest.raises(NotFound):
        move(an_account_with(100), new_id(), 100)


def test_several_transfers_are_written_all_or_none():
    available, (committed,) = an_account_with(1_000), some_accounts("committed")
    orders = [
        Post(available, committed, 600, A_DAY, "uno", "uno"),
        Post(available, committed, 600, A_DAY, "due", "due"),
    ]
    with pytest.raises(BalanceTooLow):
        post_many(ANNA, orders)
    assert kept(available, committed) == {available: 1_000, committed: 0}


def test_many_transfers_cost_as_many_statements_as_one(django_assert_max_num_queries):
    for how_many in (1, 50):
        source, (available,) = a_source(), some_accounts("available")
        orders = [
            Post(source, available, 10, A_DAY, "quota", str(new_id())) for _ in range(how_many)
        ]
        # Savepoint, lock, insert, release; SQLite looks for repeats before.
        with django_assert_max_num_queries(4 if connection.vendor == "postgresql" else 5):
            post_many(ANNA, orders)


def test_a_transfer_is_undone_by_its_opposite_and_once():
    available, (committed,) = an_account_with(1_000), some_accounts("committed")
    spend = move(available, committed, 300)
    back = reverse(ANNA, spend, happened_on=A_DAY, memo="storno", key="s")
    assert back.reverses_id == spend
    assert kept(available, committed) == {available: 1_000, committed: 0}
    assert reverse(ANNA, spend, happened_on=A_DAY, memo="storno", key="s") == back
    with pytest.raises(AlreadyReversed):
        reverse(ANNA, spend, happened_on=A_DAY, memo="storno", key="t")


def test_a_reversal_is_not_reversed():
    spend = move(an_account_with(1_000), some_accounts("committed")[0], 300)
    back = reverse(ANNA, spend, happened_on=A_DAY, memo="storno", key="s")
    with pytest.raises(ReversalNotReversible):
        reverse(ANNA, back.pk, happened_on=A_DAY, memo="storno", key="t")


def test_what_has_gone_further_does_not_come_back():
    available, (committed, paid) = an_account_with(1_000), some_accounts("committed", "paid")
    spend = move(available, committed, 300)
    move(committed, paid, 200)
    with pytest.raises(BalanceTooLow):
        reverse(ANNA, spend, happened_on=A_DAY, memo="storno", key="s")


def test_to_reverse_what_is_not_there_finds_nothing():
    with pytest.raises(NotFound):
        reverse(ANNA, new_id(), happened_on=A_DAY, memo="", key="s")


def test_an_owner_has_one_account_of_a_kind():
    owner = new_id()
    open_account(NewAccount(owner, "available", Unit.CENTS, None))
    with pytest.raises(IntegrityError):
        open_account(NewAccount(owner, "available", Unit.CENTS, None))


@pytest.mark.parametrize("how_many", [1, 20])
def test_balances_of_many_owners_cost_one_query(how_many, django_assert_num_queries):
    owners = [new_id() for _ in range(how_many)]
    for owner in owners:
        open_account(NewAccount(owner, "available", Unit.CENTS, None))
    stranger = new_id()
    with django_assert_num_queries(1):
        found = balances([*owners, stranger])
    assert found[owners[0]] == {"available": 0}
    assert found[stranger] == {}


def test_accounts_of_an_owner_come_by_kind():
    owner = new_id()
    account = open_account(NewAccount(owner, "agreed", Unit.MINUTES, None))
    assert account_ids([owner]) == {(owner, "agreed"): account}


def test_accounts_are_held_by_kind_and_all_or_none():
    owner = new_id()
    account = open_account(NewAccount(owner, "agreed", Unit.MINUTES, None))
    with transaction.atomic():
        assert hold(owner, "agreed")["agreed"].pk == account
        with pytest.raises(NotFound):
            hold(owner, "agreed", "done")


def test_of_several_transfers_those_that_came_before_are_not_written_again():
    source, (available,) = a_source(), some_accounts("available")
    old, new = (Post(source, available, 10, A_DAY, "quota", str(new_id())) for _ in "ab")
    (first,) = post_many(ANNA, [old])
    written = post_many(ANNA, [new, old, new])
    assert [transfer.pk for transfer in written][1] == first.pk
    assert written[0].pk == written[2].pk
    assert Transfer.objects.filter(credit_id=available).count() == 2
    assert not list(verify())


def test_a_statement_goes_back_page_by_page_without_losing_a_row():
    source, (available,) = a_source(), some_accounts("available")
    given = [move(source, available, 100 + n) for n in range(5)]
    given.append(move(available, source, 7))
    seen, cursor = [], ""
    while True:
        page = statement(available, cursor=cursor, size=2)
        seen += page.rows
        cursor = page.next_cursor
        if not cursor:
            break
    assert [row.transfer_id for row in seen] == given[::-1]
    assert [row.amount for row in seen] == [-7, 104, 103, 102, 101, 100]


def test_a_sound_ledger_verifies():
    spend = move(an_account_with(1_000), some_accounts("committed")[0], 300)
    reverse(ANNA, spend, happened_on=A_DAY, memo="storno", key="s")
    assert list(verify()) == []


def test_a_transfer_keeps_who_and_when():
    spend = Transfer.objects.get(pk=move(a_source(), some_accounts("available")[0], 5))
    assert spend.actor_id == ANNA.account_id
    assert spend.happened_on == A_DAY
    with pytest.raises(KeyReused):
        post(
            ANNA,
            debit_id=spend.debit_id,
            credit_id=spend.credit_id,
            amount=5,
            happened_on=A_DAY + timedelta(days=1),
            memo="",
            key=spend.idempotency_key,
        )
