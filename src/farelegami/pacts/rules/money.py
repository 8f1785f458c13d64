"""What may be spent, when, by whose hand (R1–R4)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from farelegami.kernel.errors import Refusal, gettext_noop
from farelegami.kernel.units import Cents
from farelegami.pacts.rules.stages import Stage

_RUN: Final = re.compile(r"[^\W_]+")


class Purse(StrEnum):
    """The ledger accounts of a pact: money moves from one to the next and never back uphill, so
    paid ≤ documented ≤ committed ≤ authorised holds by construction (R1). Time goes from what may
    be given (no floor: nobody is stopped from giving more) to done, to confirmed.
    """

    AVAILABLE = "available"
    COMMITTED = "committed"
    DOCUMENTED = "documented"
    PAID = "paid"
    RECONCILED = "reconciled"
    GIVING = "giving"
    DONE = "done"
    CONFIRMED = "confirmed"


class Spend(StrEnum):
    REQUESTED = "requested"
    REJECTED = "rejected"
    COMMITTED = "committed"
    DOCUMENTED = "documented"
    PAID = "paid"
    RECONCILED = "reconciled"
    RELEASED = "released"


SPEND_LABELS: Final[Mapping[Spend, str]] = {
    Spend.REQUESTED: gettext_noop("da approvare"),
    Spend.REJECTED: gettext_noop("non approvata"),
    Spend.COMMITTED: gettext_noop("impegnata"),
    Spend.DOCUMENTED: gettext_noop("documentata"),
    Spend.PAID: gettext_noop("pagata"),
    Spend.RECONCILED: gettext_noop("riconciliata"),
    Spend.RELEASED: gettext_noop("svincolata"),
}
OPEN_SPENDS: Final = frozenset({Spend.REQUESTED, Spend.COMMITTED, Spend.DOCUMENTED, Spend.PAID})


class SpendMove(StrEnum):
    APPROVE = "approve"
    REJECT = "reject"
    DOCUMENT = "document"
    PAY = "pay"
    RECONCILE = "reconcile"
    RELEASE = "release"


NEXT_SPEND: Final[Mapping[tuple[Spend, SpendMove], Spend]] = {
    (Spend.REQUESTED, SpendMove.APPROVE): Spend.COMMITTED,
    (Spend.REQUESTED, SpendMove.REJECT): Spend.REJECTED,
    (Spend.COMMITTED, SpendMove.DOCUMENT): Spend.DOCUMENTED,
    (Spend.COMMITTED, SpendMove.RELEASE): Spend.RELEASED,
    (Spend.DOCUMENTED, SpendMove.PAY): Spend.PAID,
    (Spend.PAID, SpendMove.RECONCILE): Spend.RECONCILED,
}

SPEND_FACT: Final[Mapping[Spend, str]] = {
    Spend.RELEASED: "released_at",
    Spend.RECONCILED: "reconciled_at",
    Spend.PAID: "paid_at",
    Spend.DOCUMENTED: "documented_at",
    Spend.COMMITTED: "approved_at",
    Spend.REJECTED: "rejected_at",
}


class Route(StrEnum):
    """The four ways money reaches what it is for."""

    SUPPLIER = "supplier"
    REIMBURSEMENT = "reimbursement"
    ADVANCE = "advance"
    VOUCHER = "voucher"


ROUTE_LABELS: Final[Mapping[Route, str]] = {
    Route.SUPPLIER: gettext_noop("pagamento diretto al fornitore"),
    Route.REIMBURSEMENT: gettext_noop("rimborso su scontrino"),
    Route.ADVANCE: gettext_noop("anticipo da giustificare"),
    Route.VOUCHER: gettext_noop("buono"),
}


@dataclass(eq=False)
class SpendMovedAlready(Refusal):
    code = "pacts.spend_moved"
    text = gettext_noop("La spesa è già «%(stage_label)s».")
    stage_label: str


@dataclass(eq=False)
class PactNotInForce(Refusal):
    code = "pacts.not_in_force"
    text = gettext_noop("Si spende solo con il patto firmato, non sospeso e dentro le sue date.")


@dataclass(eq=False)
class BudgetExceeded(Refusal):
    code = "pacts.budget_exceeded"
    text = gettext_noop("Hai chiesto %(asked_cents)s, ma del budget restano %(left_cents)s.")
    field = "amount_cents"
    asked_cents: Cents
    left_cents: Cents


@dataclass(eq=False)
class CategoryExceeded(Refusal):
    code = "pacts.category_exceeded"
    text = gettext_noop(
        "Nella voce «%(category)s» restano %(left_cents)s: %(asked_cents)s sono troppi."
    )
    field = "amount_cents"
    category: str
    asked_cents: Cents
    left_cents: Cents


@dataclass(eq=False)
class SameHands(Refusal):
    code = "pacts.same_hands"
    text = gettext_noop("Chi chiede, chi approva e chi paga devono essere tre persone diverse.")


@dataclass(eq=False)
class OwnHousehold(Refusal):
    code = "pacts.own_household"
    text = gettext_noop("Nessuno approva o paga per la propria famiglia.")


@dataclass(eq=False)
class DocumentUsedTwice(Refusal):
    code = "pacts.document_used_twice"
    text = gettext_noop("Questo documento è già stato usato per un’altra spesa.")
    field = "document_number"


@dataclass(eq=False)
class DocumentNumberMissing(Refusal):
    code = "pacts.document_number_missing"
    text = gettext_noop("Il numero del documento ha almeno una lettera o una cifra.")
    field = "document_number"


@dataclass(eq=False)
class PaidInFuture(Refusal):
    code = "pacts.paid_in_future"
    text = gettext_noop("Il pagamento si segna dopo averlo fatto.")
    field = "paid_on"


@dataclass(eq=False)
class PaidBeforeDocument(Refusal):
    code = "pacts.paid_before_document"
    text = gettext_noop("Il pagamento non può essere prima del documento, che è del %(dated)s.")
    field = "paid_on"
    dated: date


@dataclass(eq=False)
class DocumentOutOfDates(Refusal):
    code = "pacts.document_out_of_dates"
    text = gettext_noop("La data del documento è fuori dal patto (dal %(starts)s al %(ends)s).")
    field = "document_date"
    starts: str
    ends: str


@dataclass(eq=False)
class DocumentInFuture(Refusal):
    code = "pacts.document_in_future"
    text = gettext_noop(
        "La data del documento è futura: controlla il giorno scritto sul documento."
    )
    field = "document_date"


@dataclass(eq=False)
class DocumentLate(Refusal):
    code = "pacts.document_late"
    text = gettext_noop("Il termine per presentare i documenti era il %(by)s.")
    by: str


@dataclass(eq=False)
class DocumentTooHigh(Refusal):
    code = "pacts.document_too_high"
    text = gettext_noop(
        "Il documento (%(asked_cents)s) supera la spesa approvata (%(committed_cents)s)."
    )
    field = "document_cents"
    asked_cents: Cents
    committed_cents: Cents


def spend_moved(stage: Spend, move: SpendMove) -> Spend:
    """Return the stage of a spend after `move`.

    Raises:
        SpendMovedAlready: the move is not open in this stage.
    """
    after = NEXT_SPEND.get((stage, move))
    if after is None:
        raise SpendMovedAlready(SPEND_LABELS[stage])
    return after


def left_after(asked: Cents, *, left: Cents) -> Cents:
    """Return the cents still free once `asked` (above zero) are committed: whole or not at all.

    Raises:
        BudgetExceeded: more than what is left.

    Source:
        docs/domain/pacts.md, R1.
    """
    if asked > left:
        raise BudgetExceeded(asked_cents=asked, left_cents=left)
    return Cents(left - asked)


def check_in_force(stage: Stage, *, day: date, starts_on: date, ends_on: date) -> None:
    """Pass where a commitment may be made on `day` (R3).

    Raises:
        PactNotInForce: not active, or `day` before the start or after the end.
    """
    if stage != Stage.ACTIVE or not starts_on <= day <= ends_on:
        raise PactNotInForce


def check_category(asked: Cents, *, used: Cents, limit: Cents | None, label: str) -> None:
    """Pass where a category with a ceiling still holds `asked`.

    Raises:
        CategoryExceeded: the category would pass its ceiling.
    """
    if limit is not None and used + asked > limit:
        raise CategoryExceeded(
            category=label, asked_cents=asked, left_cents=Cents(max(0, limit - used))
        )


def check_document_dates(
    dated_on: date, *, presented_on: date, starts_on: date, ends_on: date, days_to_present: int
) -> None:
    """Pass where a document is dated within the pact and presented in time (R3).

    Raises:
        DocumentInFuture: dated after the day it is presented.
        DocumentOutOfDates: dated before the start or after the end.
        DocumentLate: presented more than `days_to_present` after the end.
    """
    if dated_on > presented_on:
        raise DocumentInFuture
    if not starts_on <= dated_on <= ends_on:
        raise DocumentOutOfDates(starts=f"{starts_on:%d/%m/%Y}", ends=f"{ends_on:%d/%m/%Y}")
    last_day = ends_on + timedelta(days=days_to_present)
    if presented_on > last_day:
        raise DocumentLate(by=f"{last_day:%d/%m/%Y}")


def check_paid_on(paid_on: date, *, dated_on: date | None, today: date) -> None:
    """Pass where a documented spend may have been paid on a day.

    Raises:
        PaidInFuture: the day has not come.
        PaidBeforeDocument: the paper bears a later date.
    """
    if paid_on > today:
        raise PaidInFuture
    if dated_on is not None and paid_on < dated_on:
        raise PaidBeforeDocument(dated=dated_on)


def supplier_key(name: str) -> str:
    """Return a supplier's name as it is compared: letters and digits alone."""
    return "".join(sign for sign in name.casefold() if sign.isalnum())


def paper_key(number: str) -> str:
    """Return a document's number as it is compared: its runs of letters and digits, in order.

    Raises:
        DocumentNumberMissing: it has none.
    """
    key = "-".join(_RUN.findall(number.casefold()))
    if not key:
        raise DocumentNumberMissing
    return key
