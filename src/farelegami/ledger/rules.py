"""What the ledger refuses, and the two units it counts in."""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from farelegami.kernel.errors import Refusal, gettext_noop


class Unit(StrEnum):
    """What an account counts: whole euro cents or whole minutes, never mixed."""

    CENTS = "EUR"
    MINUTES = "MIN"


@dataclass(eq=False)
class BalanceTooLow(Refusal):
    """The account that gives has less than what is asked; amounts in the account's unit."""

    code: ClassVar[str] = "ledger.balance_too_low"
    text: ClassVar[str] = gettext_noop("La richiesta supera quello che resta sul conto.")
    asked: int
    left: int


@dataclass(eq=False)
class AmountNotPositive(Refusal):
    code: ClassVar[str] = "ledger.amount_not_positive"
    text: ClassVar[str] = gettext_noop("L'importo di un movimento è sempre maggiore di zero.")
    amount: int


@dataclass(eq=False)
class UnitsDiffer(Refusal):
    code: ClassVar[str] = "ledger.units_differ"
    text: ClassVar[str] = gettext_noop("Euro e ore stanno su conti diversi e non si mescolano.")


@dataclass(eq=False)
class SameAccount(Refusal):
    code: ClassVar[str] = "ledger.same_account"
    text: ClassVar[str] = gettext_noop("Un movimento va da un conto a un altro conto.")


@dataclass(eq=False)
class KeyReused(Refusal):
    """The same idempotency key came with a different content."""

    code: ClassVar[str] = "ledger.key_reused"
    text: ClassVar[str] = gettext_noop(
        "Questa operazione risulta già registrata con un contenuto diverso."
    )
    key: str


@dataclass(eq=False)
class AlreadyReversed(Refusal):
    code: ClassVar[str] = "ledger.already_reversed"
    text: ClassVar[str] = gettext_noop("Questo movimento è già stato stornato.")


@dataclass(eq=False)
class ReversalNotReversible(Refusal):
    code: ClassVar[str] = "ledger.reversal_not_reversible"
    text: ClassVar[str] = gettext_noop(
        "Uno storno non si storna: si registra di nuovo il movimento."
    )


def check_transfer(*, amount: int, same_account: bool, same_unit: bool) -> None:
    """Refuse a transfer that no ledger could hold.

    Raises:
        AmountNotPositive, SameAccount, UnitsDiffer: as their names say.
    """
    if amount <= 0:
        raise AmountNotPositive(amount=amount)
    if same_account:
        raise SameAccount
    if not same_unit:
        raise UnitsDiffer


def left_after(asked: int, *, balance: int, floor: int | None) -> int:
    """Return the balance once `asked` has left an account that may not sink below `floor`.

    A floor of None means that the account may go below zero: money enters the ledger from it.

    Raises:
        BalanceTooLow: with what is left above the floor.
    """
    if floor is not None and balance - asked < floor:
        raise BalanceTooLow(asked=asked, left=balance - floor)
    return balance - asked
