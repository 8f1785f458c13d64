"""The life of a referral, from its arrival to an answer."""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import ClassVar, Final

from farelegami.kernel.errors import Refusal, gettext_noop

ATTEMPTS_BEFORE_GIVING_UP: Final = 3
# R7 counts both terms from the arrival of the referral until somebody has met the family.
CONTACT_TARGET_DAYS: Final = 60
CONTACT_LIMIT_DAYS: Final = 120
_CODE_SIGNS: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


class ReferralStage(StrEnum):
    RECEIVED = "received"
    CONTACTED = "contacted"
    ACCEPTED = "accepted"
    DIRECTED = "directed"
    RENOUNCED = "renounced"
    UNREACHABLE = "unreachable"
    WITHDRAWN = "withdrawn"


STAGE_LABELS: Final[Mapping[ReferralStage, str]] = {
    ReferralStage.RECEIVED: gettext_noop("ricevuta"),
    ReferralStage.CONTACTED: gettext_noop("contattata"),
    ReferralStage.ACCEPTED: gettext_noop("accolta"),
    ReferralStage.DIRECTED: gettext_noop("orientata altrove"),
    ReferralStage.RENOUNCED: gettext_noop("rinunciata"),
    ReferralStage.UNREACHABLE: gettext_noop("irreperibile"),
    ReferralStage.WITHDRAWN: gettext_noop("ritirata"),
}
OPEN: Final = frozenset({ReferralStage.RECEIVED, ReferralStage.CONTACTED})
NEVER_ACCEPTED: Final = frozenset(ReferralStage) - {ReferralStage.ACCEPTED}


class ReferralMove(StrEnum):
    REACH = "reach"
    ACCEPT = "accept"
    DIRECT = "direct"
    RENOUNCE = "renounce"
    GIVE_UP = "give_up"
    RECALL = "recall"


NEXT: Final[Mapping[tuple[ReferralStage, ReferralMove], ReferralStage]] = {
    (ReferralStage.RECEIVED, ReferralMove.REACH): ReferralStage.CONTACTED,
    (ReferralStage.RECEIVED, ReferralMove.GIVE_UP): ReferralStage.UNREACHABLE,
    (ReferralStage.CONTACTED, ReferralMove.REACH): ReferralStage.CONTACTED,
    (ReferralStage.CONTACTED, ReferralMove.ACCEPT): ReferralStage.ACCEPTED,
    (ReferralStage.CONTACTED, ReferralMove.DIRECT): ReferralStage.DIRECTED,
    (ReferralStage.CONTACTED, ReferralMove.RENOUNCE): ReferralStage.RENOUNCED,
    (ReferralStage.CONTACTED, ReferralMove.GIVE_UP): ReferralStage.UNREACHABLE,
    # Somebody who could not be found calls back.
    (ReferralStage.UNREACHABLE, ReferralMove.REACH): ReferralStage.CONTACTED,
    # The district that sent it keeps the family.
    (ReferralStage.RECEIVED, ReferralMove.RECALL): ReferralStage.WITHDRAWN,
    (ReferralStage.CONTACTED, ReferralMove.RECALL): ReferralStage.WITHDRAWN,
}


class Source(StrEnum):
    """Who gives notice."""

    SELF = "self"
    FAMILY = "family"
    NEIGHBOUR = "neighbour"
    PARISH = "parish"
    SCHOOL = "school"
    DOCTOR = "doctor"
    LAB = "lab"
    ORGANISATION = "organisation"
    SERVICE = "service"
    DISTRICT = "district"
    OTHER = "other"


SOURCE_LABELS: Final[Mapping[Source, str]] = {
    Source.SELF: gettext_noop("la persona stessa"),
    Source.FAMILY: gettext_noop("un familiare"),
    Source.NEIGHBOUR: gettext_noop("un vicino o un conoscente"),
    Source.PARISH: gettext_noop("una parrocchia"),
    Source.SCHOOL: gettext_noop("una scuola"),
    Source.DOCTOR: gettext_noop("il medico o il pediatra"),
    Source.LAB: gettext_noop("un laboratorio di comunità"),
    Source.ORGANISATION: gettext_noop("un’associazione o un altro ente"),
    Source.SERVICE: gettext_noop("un servizio pubblico"),
    Source.DISTRICT: gettext_noop("un altro ambito"),
    Source.OTHER: gettext_noop("altro"),
}


class Channel(StrEnum):
    """Which way a word comes or goes."""

    FORM = "form"
    DESK = "desk"
    PHONE = "phone"
    EMAIL = "email"
    VISIT = "visit"
    ORGANISATION = "organisation"
    DISTRICT = "district"


CHANNEL_LABELS: Final[Mapping[Channel, str]] = {
    Channel.FORM: gettext_noop("modulo in rete"),
    Channel.DESK: gettext_noop("sportello"),
    Channel.PHONE: gettext_noop("telefono"),
    Channel.EMAIL: gettext_noop("posta elettronica"),
    Channel.VISIT: gettext_noop("visita a casa"),
    Channel.ORGANISATION: gettext_noop("modulo degli enti"),
    Channel.DISTRICT: gettext_noop("altro ambito"),
}


class Urgency(StrEnum):
    ORDINARY = "ordinary"
    SOON = "soon"
    AT_ONCE = "at_once"


URGENCY_LABELS: Final[Mapping[Urgency, str]] = {
    Urgency.ORDINARY: gettext_noop("ordinaria"),
    Urgency.SOON: gettext_noop("presto"),
    Urgency.AT_ONCE: gettext_noop("subito"),
}


@dataclass(eq=False)
class ReferralAlreadyAnswered(Refusal):
    code: ClassVar[str] = "cases.referral_already_answered"
    text: ClassVar[str] = gettext_noop(
        "Questo passo non si può fare adesso: la segnalazione è già in un altro stato."
    )
    stage: str


@dataclass(eq=False)
class ContactFirst(Refusal):
    code: ClassVar[str] = "cases.contact_first"
    text: ClassVar[str] = gettext_noop("Prima di rispondere bisogna aver parlato con la persona.")


@dataclass(eq=False)
class TooFewAttempts(Refusal):
    code: ClassVar[str] = "cases.too_few_attempts"
    text: ClassVar[str] = gettext_noop(
        "Per dirla irreperibile servono %(needed)s tentativi senza risposta: finora sono %(made)s."
    )
    made: int
    needed: int = ATTEMPTS_BEFORE_GIVING_UP


@dataclass(eq=False)
class NoWayToAnswer(Refusal):
    code: ClassVar[str] = "cases.no_way_to_answer"
    text: ClassVar[str] = gettext_noop(
        "Serve un telefono o un indirizzo di posta: altrimenti non si può richiamare."
    )
    field: ClassVar[str] = "phone"


@dataclass(eq=False)
class PlaceNotServed(Refusal):
    code: ClassVar[str] = "cases.place_not_served"
    text: ClassVar[str] = gettext_noop(
        "Questo comune non è ancora servito. Il servizio sociale del Comune saprà a chi rivolgersi."
    )
    field: ClassVar[str] = "municipality"


@dataclass(eq=False)
class ReasonNeeded(Refusal):
    code: ClassVar[str] = "cases.reason_needed"
    text: ClassVar[str] = gettext_noop("Serve una ragione, anche in poche parole.")
    field: ClassVar[str] = "reason"


@dataclass(eq=False)
class TooManyReferrals(Refusal):
    code: ClassVar[str] = "cases.too_many_referrals"
    text: ClassVar[str] = gettext_noop(
        "Da questa connessione sono già arrivate molte richieste. Si può riprovare fra un’ora "
        "o telefonare al Comune."
    )


def moved(stage: ReferralStage, move: ReferralMove, *, failed_attempts: int = 0) -> ReferralStage:
    """Return the stage after a move.

    Raises:
        ContactFirst: an answer before anyone has spoken with the person.
        TooFewAttempts: fewer than three attempts without answer.
        ReferralAlreadyAnswered: no such way out of this stage.

    Source:
        docs/domain/cases.md.
    """
    after = NEXT.get((stage, move))
    if after is None:
        if stage is ReferralStage.RECEIVED:
            raise ContactFirst
        raise ReferralAlreadyAnswered(stage=stage)
    if move is ReferralMove.GIVE_UP and failed_attempts < ATTEMPTS_BEFORE_GIVING_UP:
        raise TooFewAttempts(made=failed_attempts)
    return after


def moves_from(stage: ReferralStage, *, failed_attempts: int = 0) -> frozenset[ReferralMove]:
    """Return what can be done in a stage."""
    found = {move for (at, move) in NEXT if at is stage and move is not ReferralMove.RECALL}
    if failed_attempts < ATTEMPTS_BEFORE_GIVING_UP:
        found.discard(ReferralMove.GIVE_UP)
    return frozenset(found)


def receipt_code() -> str:
    """Return a fresh code to quote on the phone, without signs that look alike: "FL-7K3M-Q9XZ"."""
    signs = "".join(secrets.choice(_CODE_SIGNS) for _ in range(8))
    return f"FL-{signs[:4]}-{signs[4:]}"


def is_receipt_code(text: str) -> bool:
    """Return whether a text has the shape of our codes."""
    return re.fullmatch(f"FL-[{_CODE_SIGNS}]{{4}}-[{_CODE_SIGNS}]{{4}}", text) is not None


def checked_contact(phone: str, email: str) -> tuple[str, str]:
    """Return phone and e-mail trimmed; one of the two must be usable.

    Raises:
        NoWayToAnswer: neither six digits nor an address.
    """
    phone, email = phone.strip(), email.strip()
    if len(re.sub(r"\D", "", phone)) < 6 and "@" not in email:  # noqa: PLR2004
        raise NoWayToAnswer
    return phone, email


def contact_terms(received_on: date) -> tuple[date, date]:
    """Return the day by which to have called, and the last one (R7)."""
    return (
        received_on + timedelta(days=CONTACT_TARGET_DAYS),
        received_on + timedelta(days=CONTACT_LIMIT_DAYS),
    )
