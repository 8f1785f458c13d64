"""Who works on a case: the team, the substitutes, the handover, the coordinator's opening."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import ClassVar, Final

from farelegami.kernel.errors import Refusal, gettext_noop

LONGEST_INVITATION_DAYS: Final = 366
OPENING_HOURS: Final = 24


class DiaryKind(StrEnum):
    TALK = "talk"
    VISIT = "visit"
    CALL = "call"
    NETWORK = "network"
    NOTE = "note"


DIARY_LABELS: Final[Mapping[DiaryKind, str]] = {
    DiaryKind.TALK: gettext_noop("colloquio"),
    DiaryKind.VISIT: gettext_noop("visita a casa"),
    DiaryKind.CALL: gettext_noop("telefonata"),
    DiaryKind.NETWORK: gettext_noop("incontro di rete"),
    DiaryKind.NOTE: gettext_noop("nota"),
}


class HandoverStage(StrEnum):
    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


HANDOVER_LABELS: Final[Mapping[HandoverStage, str]] = {
    HandoverStage.PROPOSED: gettext_noop("in attesa di risposta"),
    HandoverStage.ACCEPTED: gettext_noop("accettato"),
    HandoverStage.DECLINED: gettext_noop("non accettato"),
    HandoverStage.WITHDRAWN: gettext_noop("ritirato"),
}


@dataclass(eq=False)
class NotASocialWorkerHere(Refusal):
    code: ClassVar[str] = "cases.not_a_social_worker_here"
    text: ClassVar[str] = gettext_noop("Questa persona non è assistente sociale dell’ambito.")
    field: ClassVar[str] = "who"


@dataclass(eq=False)
class InvitationWithoutEnd(Refusal):
    """The last day is before the first, or more than a year away."""

    code: ClassVar[str] = "cases.invitation_without_end"
    text: ClassVar[str] = gettext_noop("Un invito ha una fine, entro un anno da oggi.")
    field: ClassVar[str] = "ends_on"


@dataclass(eq=False)
class AlreadyInTheTeam(Refusal):
    code: ClassVar[str] = "cases.already_in_the_team"
    text: ClassVar[str] = gettext_noop("Questa persona o questo ente fa già parte dell’équipe.")
    field: ClassVar[str] = "who"


@dataclass(eq=False)
class NotInTheNetwork(Refusal):
    """The organisation works elsewhere, has closed, or nobody there has an account to see with."""

    code: ClassVar[str] = "cases.not_in_the_network"
    text: ClassVar[str] = gettext_noop(
        "Questo ente non è nella rete dell’ambito, o nessuno vi ha un accesso."
    )
    field: ClassVar[str] = "who"


@dataclass(eq=False)
class NoWrittenDataRole(Refusal):
    """Nothing in writing says what the organisation may do with people's data (R20)."""

    code: ClassVar[str] = "cases.no_written_data_role"
    text: ClassVar[str] = gettext_noop(
        "Per vedere un percorso un ente ha un ruolo scritto nel trattare i dati: prima va scritto "
        "nella scheda dell’ente."
    )
    field: ClassVar[str] = "who"


@dataclass(eq=False)
class DiaryIsForWorkers(Refusal):
    code: ClassVar[str] = "cases.diary_is_for_workers"
    text: ClassVar[str] = gettext_noop(
        "Il diario è coperto dal segreto professionale: lo legge solo un’assistente sociale "
        "dell’ambito."
    )
    field: ClassVar[str] = "reads_diary"


@dataclass(eq=False)
class HandoverOpen(Refusal):
    code: ClassVar[str] = "cases.handover_open"
    text: ClassVar[str] = gettext_noop("C’è già un passaggio in attesa di risposta.")


@dataclass(eq=False)
class HandoverAnswered(Refusal):
    code: ClassVar[str] = "cases.handover_answered"
    text: ClassVar[str] = gettext_noop("A questo passaggio è già stata data una risposta.")


@dataclass(eq=False)
class HandoverToOneself(Refusal):
    code: ClassVar[str] = "cases.handover_to_oneself"
    text: ClassVar[str] = gettext_noop("Il percorso è già affidato a questa persona.")
    field: ClassVar[str] = "to"


@dataclass(eq=False)
class AlreadyCorrected(Refusal):
    """A note has one correction: the next one corrects that."""

    code: ClassVar[str] = "cases.already_corrected"
    text: ClassVar[str] = gettext_noop(
        "Questa nota è già stata corretta: si corregge il testo più recente."
    )


@dataclass(eq=False)
class DeadlinePassed(Refusal):
    code: ClassVar[str] = "cases.deadline_passed"
    text: ClassVar[str] = gettext_noop("Il termine per rispondere è da oggi in avanti.")
    field: ClassVar[str] = "deadline"


@dataclass(eq=False)
class SameDistrict(Refusal):
    code: ClassVar[str] = "cases.same_district"
    text: ClassVar[str] = gettext_noop("Il percorso è già in questo ambito.")
    field: ClassVar[str] = "to"


def answer_came_first(*, answered_at: datetime, withdrawn_at: datetime | None) -> bool:
    """Return whether an answer was written before the withdrawal that crossed it, if one did.

    Both districts ask this of the same two moments; at the same moment the withdrawal stands.
    """
    return withdrawn_at is None or answered_at < withdrawn_at


def check_invitation(*, starts_on: date, ends_on: date) -> None:
    """Refuse an invitation that never ends.

    Raises:
        InvitationWithoutEnd: as its name says.
    """
    if not starts_on <= ends_on <= starts_on + timedelta(days=LONGEST_INVITATION_DAYS):
        raise InvitationWithoutEnd
