"""Balances, statements, and the re-adding of everything."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from django.db.models import F, Q, QuerySet, Sum

from farelegami.ledger.models import Account, Transfer
from farelegami.storage.pages import PAGE_SIZE, KeyPage, read_id, write_cursor
from farelegami.storage.prepared import prepared

_BATCH: Final = 2_000
_FIRST: Final = UUID(int=0)


def balances(owner_ids: Iterable[UUID]) -> Mapping[UUID, Mapping[str, int]]:
    """Return the balance of every account of these owners by kind, in the account's unit.

    Owners without accounts map to nothing at all. One query, however many owners.
    """
    found: dict[UUID, dict[str, int]] = {owner_id: {} for owner_id in owner_ids}
    for owner_id, kind, _account_id, balance in _of_owners(list(found)):
        found[owner_id][kind] = balance
    return found


@prepared
def _of_owners(owner_ids: Collection[UUID]) -> QuerySet[Account, tuple[UUID, str, UUID, int]]:
    rows = Account.objects.filter(owner_id__in=owner_ids)
    return rows.values_list("owner_id", "kind", "id", "balance")


def account_ids(owner_ids: Iterable[UUID]) -> Mapping[tuple[UUID, str], UUID]:
    """Return the ids of the accounts of these owners by owner and kind. One query."""
    return {
        (owner_id, kind): account_id
        for owner_id, kind, account_id, _balance in _of_owners(list(owner_ids))
    }


@dataclass(frozen=True, slots=True)
class StatementRow:
    """One movement as the account sees it: `amount` is negative when the account gave."""

    transfer_id: UUID
    happened_on: date
    memo: str
    amount: int
    other_account_id: UUID
    reverses_id: UUID | None


def statement(
    account_id: UUID, *, cursor: str = "", size: int = PAGE_SIZE
) -> KeyPage[StatementRow]:
    """Return the movements of an account, latest first. Two queries, each along one index."""
    last = read_id(cursor)
    before = Q(id__lt=last) if last else Q()
    given = Transfer.objects.filter(before, debit_id=account_id).order_by("-id")[: size + 1]
    received = Transfer.objects.filter(before, credit_id=account_id).order_by("-id")[: size + 1]
    merged = sorted([*given, *received], key=lambda transfer: transfer.id, reverse=True)
    rows = [
        StatementRow(
            transfer_id=transfer.id,
            happened_on=transfer.happened_on,
            memo=transfer.memo,
            amount=-transfer.amount if transfer.debit_id == account_id else transfer.amount,
            other_account_id=(
                transfer.credit_id if transfer.debit_id == account_id else transfer.debit_id
            ),
            reverses_id=transfer.reverses_id,
        )
        for transfer in merged[:size]
    ]
    more = write_cursor([rows[-1].transfer_id]) if len(merged) > size else ""
    return KeyPage(rows, more, cursor)


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """Something in the ledger that does not add up."""

    what: str
    object_id: UUID
    kept: int
    added: int


def verify(progress: Callable[[int], None] | None = None) -> Iterator[Discrepancy]:
    """Yield every balance that differs from its transfers, and every transfer across units.

    Streams over the accounts in batches, so memory does not grow with the ledger; `progress` is
    told how many accounts have been re-added.
    """
    seen, last = 0, _FIRST
    while batch := _accounts_after(last):
        first, last = last, batch[-1][0]
        span = {"gt": first, "lte": last}
        received = _sums("credit_id", span)
        given = _sums("debit_id", span)
        for account_id, balance, floor in batch:
            added = received.get(account_id, 0) - given.get(account_id, 0)
            if added != balance:
                yield Discrepancy("balance", account_id, balance, added)
            if floor is not None and added < floor:
                yield Discrepancy("floor", account_id, floor, added)
        seen += len(batch)
        if progress:
            progress(seen)
    yield from _odd_transfers()


def _accounts_after(last: UUID) -> Sequence[tuple[UUID, int, int | None]]:
    rows = Account.objects.filter(id__gt=last).order_by("id")
    return list(rows.values_list("id", "balance", "floor")[:_BATCH])


def _sums(side: str, span: Mapping[str, UUID]) -> Mapping[UUID, int]:
    rows = Transfer.objects.filter(**{f"{side}__{edge}": key for edge, key in span.items()})
    return dict(rows.order_by().values_list(side).annotate(Sum("amount")))


def _odd_transfers() -> Iterator[Discrepancy]:
    across = Transfer.objects.exclude(debit__unit=F("credit__unit"))
    for transfer_id, amount in across.values_list("id", "amount").iterator():
        yield Discrepancy("unit", transfer_id, amount, 0)
    crooked = Transfer.objects.filter(reverses__isnull=False).exclude(
        debit_id=F("reverses__credit_id"),
        credit_id=F("reverses__debit_id"),
        amount=F("reverses__amount"),
    )
    for transfer_id, amount, reversed_amount in crooked.values_list(
        "id", "amount", "reverses__amount"
    ).iterator():
        yield Discrepancy("reversal", transfer_id, amount, reversed_amount)
