"""Small worlds for the ledger's tests."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from farelegami.kernel.actor import Actor
from farelegami.kernel.ids import new_id
from farelegami.ledger.models import Account
from farelegami.ledger.rules import Unit
from farelegami.ledger.services import NewAccount, open_accounts, post

A_DAY = date(2026, 5, 4)
ANNA = Actor(account_id=new_id(), name="Anna")


def some_accounts(*kinds: str, unit: Unit = Unit.CENTS, floor: int | None = 0) -> list[UUID]:
    """Return freshly opened accounts of one owner, one for each kind."""
    owner = new_id()
    opened = open_accounts(NewAccount(owner, kind, unit, None, floor) for kind in kinds)
    return [opened[owner, kind] for kind in kinds]


def a_source() -> UUID:
    """Return an account that may go below zero."""
    return some_accounts("funds", floor=None)[0]


def an_account_with(cents: int) -> UUID:
    """Return an account that received `cents`."""
    (account,) = some_accounts("available")
    if cents:
        move(a_source(), account, cents)
    return account


def move(debit: UUID, credit: UUID, amount: int, key: str = "") -> UUID:
    """Post a transfer of a day in May and return its id."""
    return post(
        ANNA,
        debit_id=debit,
        credit_id=credit,
        amount=amount,
        happened_on=A_DAY,
        memo="corso di cucina",
        key=key or str(new_id()),
    ).pk


def kept(*accounts: UUID) -> Mapping[UUID, int]:
    """Return the balances the accounts keep."""
    rows = Account.objects.filter(pk__in=accounts).values_list("pk", "balance")
    return dict(rows)
