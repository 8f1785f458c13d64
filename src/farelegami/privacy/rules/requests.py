"""What people ask of their data, and the month in which they are answered (GDPR arts. 12, 15-21)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import ClassVar, Final

from farelegami.kernel.errors import Refusal, gettext_noop
from farelegami.kernel.periods import months_later

ANSWER_MONTHS: Final = 1
MORE_MONTHS: Final = 2


class RequestKind(StrEnum):
    ACCESS = "access"
    RECTIFICATION = "rectification"
    RESTRICTION = "restriction"
    OBJECTION = "objection"
    ERASURE = "erasure"


KIND_LABELS: Final[Mapping[RequestKind, str]] = {
    RequestKind.ACCESS: gettext_noop("accesso: avere una copia"),
    RequestKind.RECTIFICATION: gettext_noop("rettifica: correggere"),
    RequestKind.RESTRICTION: gettext_noop("limitazione: fermare l’uso"),
    RequestKind.OBJECTION: gettext_noop("opposizione: dire di no"),
    RequestKind.ERASURE: gettext_noop("cancellazione"),
}


class Outcome(StrEnum):
    GRANTED = "granted"
    PARTLY = "partly"
    REFUSED = "refused"


OUTCOME_LABELS: Final[Mapping[Outcome, str]] = {
    Outcome.GRANTED: gettext_noop("accolta per intero"),
    Outcome.PARTLY: gettext_noop("accolta in parte"),
    Outcome.REFUSED: gettext_noop("non accolta"),
}


@dataclass(eq=False)
class AnsweredAlready(Refusal):
    code: ClassVar[str] = "privacy.answered_already"
    text: ClassVar[str] = gettext_noop("A questa richiesta è già stato risposto.")


@dataclass(eq=False)
class ExtendedAlready(Refusal):
    code: ClassVar[str] = "privacy.extended_already"
    text: ClassVar[str] = gettext_noop("Il termine si proroga una volta sola, di due mesi.")


@dataclass(eq=False)
class TooLateToExtend(Refusal):
    code: ClassVar[str] = "privacy.too_late_to_extend"
    text: ClassVar[str] = gettext_noop(
        "La proroga si comunica entro il termine, che era il %(due_on)s."
    )
    due_on: date


@dataclass(eq=False)
class NotReceivedYet(Refusal):
    code: ClassVar[str] = "privacy.not_received_yet"
    text: ClassVar[str] = gettext_noop("Una richiesta arriva oggi o è arrivata prima.")
    field: ClassVar[str] = "received_on"


@dataclass(eq=False)
class NobodyLinked(Refusal):
    code: ClassVar[str] = "privacy.nobody_linked"
    text: ClassVar[str] = gettext_noop("Prima collega la richiesta alla scheda della persona.")


@dataclass(eq=False)
class DiaryNeedsReason(Refusal):
    code: ClassVar[str] = "privacy.diary_needs_reason"
    text: ClassVar[str] = gettext_noop(
        "Il diario è coperto dal segreto professionale: scrivi perché va nella copia."
    )
    field: ClassVar[str] = "diary_reason"


def due_from(received_on: date) -> date:
    """Return the day by which a request is answered: a month later.

    >>> due_from(date(2026, 1, 31))
    datetime.date(2026, 2, 28)
    """
    return months_later(received_on, ANSWER_MONTHS)


def extended_from(received_on: date) -> date:
    """Return the day by which it is answered once extended: two months more, told within the first."""
    return months_later(received_on, ANSWER_MONTHS + MORE_MONTHS)
