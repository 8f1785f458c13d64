"""Opening accounts, posting transfers, reversing them; nothing is ever changed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from farelegami.kernel.actor import Actor
from farelegami.kernel.errors import NotFound
from farelegami.ledger.models import Account, Transfer
from farelegami.ledger.rules import (
    AlreadyReversed,
    KeyReused,
    ReversalNotReversible,
    Unit,
    check_transfer,
    left_after,
)
from farelegami.storage.inserts import insert
from farelegami.storage.prepared import prepared


@dataclass(frozen=True, slots=True)
class NewAccount:
    """An account to open; `floor` None lets it go below zero."""

    owner_id: UUID
    kind: str
    unit: Unit
    district_id: int | None
    floor: int | None = 0


@dataclass(frozen=True, slots=True)
class Post:
    """A transfer to write: `amount` of `debit_id`'s unit goes from `debit_id` to `credit_id`.

    `key` names the act: the same key with the same content is the same transfer.
    """

    debit_id: UUID
    credit_id: UUID
    amount: int
    happened_on: date
    memo: str
    key: str


def open_accounts(accounts: Iterable[NewAccount]) -> Mapping[tuple[UUID, str], UUID]:
    """Open accounts and return their ids by owner and kind. One insert for all.

    Raises:
        IntegrityError: the owner has an account of this kind already.
    """
    opened = [
        Account(
            owner_id=new.owner_id,
            kind=new.kind,
            unit=new.unit,
            district_id=new.district_id,
            floor=new.floor,
        )
        for new in accounts
    ]
    insert(opened)
    return {(account.owner_id, account.kind): account.id for account in opened}


def open_account(account: NewAccount) -> UUID:
    """Open one account and return its id."""
    return next(iter(open_accounts([account]).values()))


def post(
    actor: Actor,
    *,
    debit_id: UUID,
    credit_id: UUID,
    amount: int,
    happened_on: date,
    memo: str,
    key: str,
) -> Transfer:
    """Move `amount` from one account to another and return the transfer, the first one on a repeat.

    Raises:
        BalanceTooLow: the giving account would sink below its floor.
        KeyReused: `key` is taken by another content.
        AmountNotPositive, SameAccount, UnitsDiffer: no ledger could hold it.
        NotFound: an account does not exist.
    """
    order = Post(debit_id, credit_id, amount, happened_on, memo, key)
    return post_many(actor, [order])[0]


@transaction.atomic
def post_many(actor: Actor, orders: Sequence[Post]) -> Sequence[Transfer]:
    """Write several transfers, all or none, and return them in the order given.

    Four statements however many: lock the accounts, look for repeats, insert.

    Raises:
        As `post`.
    """
    accounts = _locked(orders)
    done = {
        transfer.idempotency_key: transfer for transfer in _posted([order.key for order in orders])
    }
    left = {account.id: account.balance for account in accounts.values()}
    fresh: list[Transfer] = []
    for order in orders:
        before = done.get(order.key)
        if before is not None:
            _check_repeat(before, order)
            continue
        done[order.key] = _transfer(actor, order, accounts, left)
        fresh.append(done[order.key])
    _insert(fresh)
    return [done[order.key] for order in orders]


def _locked(orders: Sequence[Post]) -> Mapping[UUID, Account]:
    # In the order of the ids, like the trigger: two opposite transfers cannot wait for each other.
    ids = {order.debit_id for order in orders} | {order.credit_id for order in orders}
    accounts = {account.id: account for account in _lock(sorted(ids))}
    if len(accounts) < len(ids):
        raise NotFound
    return accounts


@prepared
def _lock(account_ids: Sequence[UUID]) -> QuerySet[Account]:
    accounts = Account.objects.select_for_update(no_key=True)
    return accounts.filter(pk__in=account_ids).order_by("pk")


@prepared
def _posted(keys: Sequence[str]) -> QuerySet[Transfer]:
    return Transfer.objects.filter(idempotency_key__in=keys)


def _transfer(
    actor: Actor, order: Post, accounts: Mapping[UUID, Account], left: dict[UUID, int]
) -> Transfer:
    debit, credit = accounts[order.debit_id], accounts[order.credit_id]
    check_transfer(
        amount=order.amount,
        same_account=debit.id == credit.id,
        same_unit=debit.unit == credit.unit,
    )
    left[debit.id] = left_after(order.amount, balance=left[debit.id], floor=debit.floor)
    left[credit.id] += order.amount
    return Transfer(
        district_id=debit.district_id or credit.district_id,
        debit_id=debit.id,
        credit_id=credit.id,
        amount=order.amount,
        happened_on=order.happened_on,
        memo=order.memo[:200],
        idempotency_key=order.key,
        actor_id=actor.account_id,
    )


def _check_repeat(before: Transfer, order: Post) -> None:
    same = (before.debit_id, before.credit_id, before.amount, before.happened_on) == (
        order.debit_id,
        order.credit_id,
        order.amount,
        order.happened_on,
    )
    if not same:
        raise KeyReused(key=order.key)


def _insert(fresh: Sequence[Transfer]) -> None:
    if not fresh:
        return
    try:
        insert(fresh)
    except IntegrityError as error:
        # The accounts are locked, so only a key taken meanwhile between other accounts is left.
        if "idempotency_key" in str(error):
            raise KeyReused(key=fresh[0].idempotency_key) from error
        raise


@transaction.atomic
def reverse(actor: Actor, transfer_id: UUID, *, happened_on: date, memo: str, key: str) -> Transfer:
    """Write the opposite of a transfer and return it, the first one on a repeat.

    Raises:
        AlreadyReversed: by another act.
        ReversalNotReversible: it is itself a reversal.
        BalanceTooLow: what was given has been spent meanwhile.
        NotFound: no such transfer.
    """
    first = Transfer.objects.filter(pk=transfer_id).first()
    if first is None:
        raise NotFound
    if first.reverses_id is not None:
        raise ReversalNotReversible
    order = Post(first.credit_id, first.debit_id, first.amount, happened_on, memo, key)
    accounts = _locked([order])
    before = Transfer.objects.filter(reverses_id=transfer_id).first()
    if before is not None:
        if before.idempotency_key == key:
            return before
        raise AlreadyReversed
    left = {account.id: account.balance for account in accounts.values()}
    back = _transfer(actor, order, accounts, left)
    back.reverses_id = transfer_id
    _insert([back])
    return back
