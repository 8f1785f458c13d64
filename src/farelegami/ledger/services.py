"""Opening accounts, posting transfers, reversing them; nothing is ever changed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from farelegami.kernel.actor import Actor
from farelegami.kernel.errors import NotFound, Refusal
from farelegami.ledger.models import Account, Transfer
from farelegami.ledger.rules import (
    AlreadyReversed,
    KeyReused,
    ReversalNotReversible,
    Unit,
    check_transfer,
    left_after,
)
from farelegami.storage.acts import one_act
from farelegami.storage.inserts import insert, insert_new
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
    held: Mapping[UUID, Account] | None = None,
) -> Transfer:
    """Move `amount` from one account to another and return the transfer, the first one on a repeat.

    `held` are accounts that the caller has locked in the same act, both of these among them.

    Raises:
        BalanceTooLow: the giving account would sink below its floor.
        KeyReused: `key` is taken by another content.
        AmountNotPositive, SameAccount, UnitsDiffer: no ledger could hold it.
        NotFound: an account does not exist.
    """
    order = Post(debit_id, credit_id, amount, happened_on, memo, key)
    return post_many(actor, [order], held=held)[0]


@one_act
def post_many(
    actor: Actor, orders: Sequence[Post], *, held: Mapping[UUID, Account] | None = None
) -> Sequence[Transfer]:
    """Write several transfers, all or none, and return them in the order given.

    Two statements however many, the accounts locked and the transfers inserted; one where the
    accounts are `held` already, one more where a key comes again.

    Raises:
        As `post`.
    """
    accounts = held or _locked(orders)
    _check_known(orders, accounts)
    try:
        fresh = _transfers(actor, orders, accounts, {})
    except Refusal:
        # What came before asks for nothing now: it was paid for then.
        fresh = []
    if len(fresh) == len(orders) and _inserted(fresh) == len(fresh):
        return fresh
    keys = [order.key for order in orders]
    done = {transfer.idempotency_key: transfer for transfer in _posted(keys)}
    for order in orders:
        if order.key in done:
            _check_repeat(done[order.key], order)
    missing = _transfers(actor, orders, accounts, done)
    if _inserted(missing) < len(missing):
        # The accounts are locked, so only a key taken meanwhile between other accounts is left.
        raise KeyReused(key=missing[0].idempotency_key)
    done |= {transfer.idempotency_key: transfer for transfer in missing}
    return [done[order.key] for order in orders]


def _transfers(
    actor: Actor,
    orders: Sequence[Post],
    accounts: Mapping[UUID, Account],
    done: Mapping[str, Transfer],
) -> list[Transfer]:
    """Return the transfers of orders not done yet, one for each key."""
    left = {account.id: account.balance for account in accounts.values()}
    fresh: dict[str, Transfer] = {}
    for order in orders:
        if order.key in fresh:
            _check_repeat(fresh[order.key], order)
        elif order.key not in done:
            fresh[order.key] = _transfer(actor, order, accounts, left)
    return list(fresh.values())


def hold(owner_id: UUID, *kinds: str) -> Mapping[str, Account]:
    """Lock these accounts of an owner within an act and return them by kind, as they are now.

    One query, in the order of the ids: who holds some and posts between them waits for nobody.

    Raises:
        NotFound: the owner has no account of one of these kinds.
    """
    accounts = {account.kind: account for account in _hold(owner_id, kinds)}
    if len(accounts) < len(set(kinds)):
        raise NotFound
    return accounts


@prepared
def _hold(owner_id: UUID, kinds: Sequence[str]) -> QuerySet[Account]:
    accounts = Account.objects.select_for_update(no_key=True)
    return accounts.filter(owner_id=owner_id, kind__in=kinds).order_by("pk")


def _locked(orders: Sequence[Post]) -> Mapping[UUID, Account]:
    # In the order of the ids, like the trigger: two opposite transfers cannot wait for each other.
    ids = {order.debit_id for order in orders} | {order.credit_id for order in orders}
    return {account.id: account for account in _lock(sorted(ids))}


def _check_known(orders: Sequence[Post], accounts: Mapping[UUID, Account]) -> None:
    if any(order.debit_id not in accounts or order.credit_id not in accounts for order in orders):
        raise NotFound


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


def _inserted(fresh: Sequence[Transfer]) -> int:
    """Write those whose key is free and return how many they were."""
    if not fresh:
        return 0
    if connection.vendor == "postgresql":
        return insert_new(fresh, unique="idempotency_key")
    # A guard of SQLite stops a key that is taken before any conflict can be told.
    taken = _posted([transfer.idempotency_key for transfer in fresh])
    if taken:
        return 0
    insert(fresh)
    return len(fresh)


@one_act
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
    _check_known([order], accounts)
    before = Transfer.objects.filter(reverses_id=transfer_id).first()
    if before is not None:
        if before.idempotency_key == key:
            return before
        raise AlreadyReversed
    left = {account.id: account.balance for account in accounts.values()}
    back = _transfer(actor, order, accounts, left)
    back.reverses_id = transfer_id
    if not _inserted([back]):
        raise KeyReused(key=key)
    return back
