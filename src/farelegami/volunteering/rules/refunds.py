"""Refunds of what volunteers really spent, within what the body resolved beforehand (R14).

Source: D.Lgs. 117/2017 art. 17 commas 3 and 4: no lump sums; by self-certification at most 10 euro a
day and 150 a month, for the kinds of expense and the activities that the body resolved on.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from farelegami.kernel.errors import Refusal, gettext_noop
from farelegami.kernel.units import Cents, euros

SELF_A_DAY: Final = euros(10)
SELF_A_MONTH: Final = euros(150)


class ExpenseKind(StrEnum):
    TRAVEL = "travel"
    PARKING = "parking"
    MEALS = "meals"
    MATERIALS = "materials"
    TELEPHONE = "telephone"
    OTHER = "other"


EXPENSE_LABELS: Final[Mapping[ExpenseKind, str]] = {
    ExpenseKind.TRAVEL: gettext_noop("viaggio"),
    ExpenseKind.PARKING: gettext_noop("parcheggio e pedaggi"),
    ExpenseKind.MEALS: gettext_noop("pasto"),
    ExpenseKind.MATERIALS: gettext_noop("materiale"),
    ExpenseKind.TELEPHONE: gettext_noop("telefono"),
    ExpenseKind.OTHER: gettext_noop("altra spesa"),
}


class Manner(StrEnum):
    """How an expense is shown."""

    RECEIPT = "receipt"
    SELF = "self"


MANNER_LABELS: Final[Mapping[Manner, str]] = {
    Manner.RECEIPT: gettext_noop("con scontrino, biglietto o fattura"),
    Manner.SELF: gettext_noop("con autocertificazione"),
}


class RefundStage(StrEnum):
    REQUESTED = "requested"
    APPROVED = "approved"
    PAID = "paid"
    REFUSED = "refused"


REFUND_LABELS: Final[Mapping[RefundStage, str]] = {
    RefundStage.REQUESTED: gettext_noop("chiesto"),
    RefundStage.APPROVED: gettext_noop("approvato"),
    RefundStage.PAID: gettext_noop("pagato"),
    RefundStage.REFUSED: gettext_noop("non approvato"),
}


@dataclass(frozen=True, slots=True)
class KindLimit:
    """What a body resolved on a kind of expense: at most so much for each day of service.

    `by_self` says whether it may be shown by self-certification.
    """

    day_cents: Cents
    by_self: bool = False


@dataclass(eq=False)
class NoRefundRule(Refusal):
    code = "volunteering.no_refund_rule"
    text = gettext_noop("L’ente non ha ancora deliberato quali spese rimborsa.")


@dataclass(eq=False)
class NothingResolved(Refusal):
    code = "volunteering.nothing_resolved"
    text = gettext_noop("Indica la delibera e almeno un tipo di spesa con il suo limite.")
    field = "resolution"


@dataclass(eq=False)
class ResolvedInTheFuture(Refusal):
    code = "volunteering.resolved_in_the_future"
    text = gettext_noop("Il giorno della delibera non può essere futuro.")
    field = "resolved_on"


@dataclass(eq=False)
class KindNotResolved(Refusal):
    code = "volunteering.kind_not_resolved"
    text = gettext_noop("La delibera %(resolution)s non prevede il rimborso di: %(kind_label)s.")
    field = "kind"
    resolution: str
    kind_label: str


@dataclass(eq=False)
class SelfNotResolved(Refusal):
    code = "volunteering.self_not_resolved"
    text = gettext_noop(
        "Per questa spesa la delibera %(resolution)s non ammette l’autocertificazione: serve una ricevuta."
    )
    field = "manner"
    resolution: str


@dataclass(eq=False)
class KindLimitExceeded(Refusal):
    code = "volunteering.kind_limit_exceeded"
    text = gettext_noop(
        "Per il %(day)s l’ente rimborsa al massimo %(limit_cents)s di questa spesa; già chiesti"
        " %(asked_cents)s."
    )
    field = "amount"
    day: str
    limit_cents: Cents
    asked_cents: Cents


@dataclass(eq=False)
class SelfDayExceeded(Refusal):
    code = "volunteering.self_day_exceeded"
    text = gettext_noop(
        "Con autocertificazione si rimborsano al massimo 10,00 € al giorno: per il %(day)s restano"
        " %(left_cents)s."
    )
    field = "amount"
    day: str
    left_cents: Cents


@dataclass(eq=False)
class SelfMonthExceeded(Refusal):
    code = "volunteering.self_month_exceeded"
    text = gettext_noop(
        "Con autocertificazione si rimborsano al massimo 150,00 € al mese: a %(month)s restano"
        " %(left_cents)s."
    )
    field = "amount"
    month: str
    left_cents: Cents


@dataclass(eq=False)
class TwoResolutions(Refusal):
    code = "volunteering.two_resolutions"
    text = gettext_noop(
        "Questi giorni stanno sotto due delibere (%(one)s, %(other)s): chiedi un rimborso per ognuna."
    )
    one: str
    other: str


@dataclass(eq=False)
class ReceiptBeside(Refusal):
    code = "volunteering.receipt_beside"
    text = gettext_noop(
        "Hai allegato una ricevuta: scegli «con scontrino, biglietto o fattura», o toglila."
    )
    field = "manner"


@dataclass(eq=False)
class ServiceNotDone(Refusal):
    code = "volunteering.service_not_done"
    text = gettext_noop(
        "Un rimborso riguarda giorni di servizio annotati: niente importi fissi. Scegli i giorni."
    )


@dataclass(eq=False)
class NothingAsked(Refusal):
    code = "volunteering.nothing_asked"
    text = gettext_noop("Scrivi l’importo di almeno un giorno.")


@dataclass(eq=False)
class ReceiptMissing(Refusal):
    code = "volunteering.receipt_missing"
    text = gettext_noop("Allega la ricevuta, oppure scegli l’autocertificazione.")
    field = "receipt"


@dataclass(eq=False)
class ReceiptUsedTwice(Refusal):
    code = "volunteering.receipt_used_twice"
    text = gettext_noop("Questa ricevuta è già allegata a un’altra richiesta di rimborso.")
    field = "receipt"


@dataclass(eq=False)
class RefundMovedOn(Refusal):
    code = "volunteering.refund_moved_on"
    text = gettext_noop("Intanto la richiesta è cambiata: ora è %(stage_label)s.")
    stage_label: str


@dataclass(eq=False)
class OwnRefund(Refusal):
    code = "volunteering.own_refund"
    text = gettext_noop("Un rimborso lo approva chi non l’ha chiesto e non lo riceve.")


@dataclass(eq=False)
class ReasonMissing(Refusal):
    code = "volunteering.reason_missing"
    text = gettext_noop("Di’ perché.")
    field = "reason"


@dataclass(eq=False)
class PaidInTheFuture(Refusal):
    code = "volunteering.paid_in_the_future"
    text = gettext_noop("Il giorno del pagamento non può essere futuro.")
    field = "paid_on"


@dataclass(eq=False)
class PaidBeforeApproval(Refusal):
    code = "volunteering.paid_before_approval"
    text = gettext_noop("È stato approvato il %(approved)s: non può essere pagato prima.")
    field = "paid_on"
    approved: date


@dataclass(frozen=True, slots=True)
class Used:
    """What was asked before of a volunteer, by day, not counting what was refused.

    `self_by_day` by self-certification, whatever the kind; `kind_by_day` of the kind asked for now.
    """

    self_by_day: Mapping[date, int]
    kind_by_day: Mapping[date, int]


def check_limits(
    parts: Collection[tuple[date, Cents]],
    *,
    limit: KindLimit,
    manner: Manner,
    used: Used,
) -> None:
    """Check what is asked for some days against the resolution and the law.

    `used.self_by_day` holds every day of the months touched.

    Raises:
        KindLimitExceeded, SelfDayExceeded, SelfMonthExceeded: as they say.
    """
    asked = _by_day(parts)
    for day, cents in asked.items():
        before = used.kind_by_day.get(day, 0)
        if before + cents > limit.day_cents:
            raise KindLimitExceeded(
                day=f"{day:%d/%m/%Y}", limit_cents=limit.day_cents, asked_cents=Cents(before)
            )
    if manner is Manner.SELF:
        _check_self(asked, used.self_by_day)


def _by_day(parts: Collection[tuple[date, Cents]]) -> dict[date, int]:
    asked: dict[date, int] = {}
    for day, cents in parts:
        asked[day] = asked.get(day, 0) + cents
    return asked


def _check_self(asked: Mapping[date, int], before: Mapping[date, int]) -> None:
    for day, cents in asked.items():
        left = SELF_A_DAY - before.get(day, 0)
        if cents > left:
            raise SelfDayExceeded(day=f"{day:%d/%m/%Y}", left_cents=Cents(max(0, left)))
    for year, month in {(day.year, day.month) for day in asked}:
        used = sum(cents for day, cents in before.items() if (day.year, day.month) == (year, month))
        now = sum(cents for day, cents in asked.items() if (day.year, day.month) == (year, month))
        if used + now > SELF_A_MONTH:
            left = Cents(max(0, SELF_A_MONTH - used))
            raise SelfMonthExceeded(month=f"{month:02d}/{year}", left_cents=left)
