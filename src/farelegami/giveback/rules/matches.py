"""The life of a match, read from dated facts.

`proposto → accettato da entrambi → attivo → completato | interrotto`; before both have accepted it
may be declined by either, and declining is ordinary (domain.md §7).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from farelegami.giveback.rules.offers import MOST_WEEKLY
from farelegami.kernel.errors import Refusal, gettext_noop


class MatchStage(StrEnum):
    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    ACTIVE = "active"
    COMPLETED = "completed"
    INTERRUPTED = "interrupted"
    DECLINED = "declined"


MATCH_LABELS: Final[Mapping[MatchStage, str]] = {
    MatchStage.PROPOSED: gettext_noop("proposto"),
    MatchStage.ACCEPTED: gettext_noop("accettato da entrambi"),
    MatchStage.ACTIVE: gettext_noop("attivo"),
    MatchStage.COMPLETED: gettext_noop("completato"),
    MatchStage.INTERRUPTED: gettext_noop("interrotto"),
    MatchStage.DECLINED: gettext_noop("non accettato"),
}
MATCH_FACT: Final[Mapping[MatchStage, str]] = {
    MatchStage.DECLINED: "declined_at",
    MatchStage.INTERRUPTED: "interrupted_on",
    MatchStage.COMPLETED: "completed_on",
    MatchStage.ACTIVE: "started_on",
    MatchStage.ACCEPTED: "accepted_at",
}
OPEN: Final = frozenset({MatchStage.PROPOSED, MatchStage.ACCEPTED, MatchStage.ACTIVE})
SEATED: Final = frozenset({MatchStage.ACCEPTED, MatchStage.ACTIVE})


class Side(StrEnum):
    """Who says yes or no: who gives, who hosts, or who proposed it and takes it back."""

    PERSON = "person"
    HOST = "host"
    STAFF = "staff"


SIDE_LABELS: Final[Mapping[Side, str]] = {
    Side.PERSON: gettext_noop("la persona"),
    Side.HOST: gettext_noop("l’ente"),
    Side.STAFF: gettext_noop("chi segue"),
}


class MatchMove(StrEnum):
    ACCEPT = "accept"
    DECLINE = "decline"
    START = "start"
    COMPLETE = "complete"
    INTERRUPT = "interrupt"


NEXT: Final[Mapping[tuple[MatchStage, MatchMove], MatchStage]] = {
    (MatchStage.PROPOSED, MatchMove.ACCEPT): MatchStage.ACCEPTED,
    (MatchStage.PROPOSED, MatchMove.DECLINE): MatchStage.DECLINED,
    (MatchStage.ACCEPTED, MatchMove.START): MatchStage.ACTIVE,
    (MatchStage.ACCEPTED, MatchMove.INTERRUPT): MatchStage.INTERRUPTED,
    (MatchStage.ACTIVE, MatchMove.COMPLETE): MatchStage.COMPLETED,
    (MatchStage.ACTIVE, MatchMove.INTERRUPT): MatchStage.INTERRUPTED,
}


@dataclass(eq=False)
class MatchMovedAlready(Refusal):
    code = "giveback.match_moved"
    text = gettext_noop("L’abbinamento è «%(stage_label)s»: questo passo ora non si può fare.")
    stage_label: str


@dataclass(eq=False)
class PlaceTaken(Refusal):
    """Said to who comes second: the place has gone, and it is nobody's fault."""

    code = "giveback.place_taken"
    text = gettext_noop(
        "Grazie! Intanto il posto è stato preso da un’altra persona. Ne cerchiamo un altro per te."
    )


@dataclass(eq=False)
class ProposalOver(Refusal):
    code = "giveback.proposal_over"
    text = gettext_noop("Intanto questa proposta non vale più: si cerca un altro posto.")


@dataclass(eq=False)
class PlacedThen(Refusal):
    code = "giveback.placed_then"
    text = gettext_noop("In quell’orario la persona ha già un altro posto.")


@dataclass(eq=False)
class WeekFull(Refusal):
    code = "giveback.week_full"
    text = gettext_noop(
        "Con questo posto farebbe %(sum_minutes)s a settimana: il limite è %(most_minutes)s."
    )
    sum_minutes: int
    most_minutes: int


def check_week(*, of_offer: int, offered: int, of_pacts: int) -> None:
    """Refuse more weekly minutes than an offer has, or than anybody may give for pacts (R9).

    `of_pacts` are those of all places the person has for pacts, 0 where this one is for none.

    Raises:
        WeekFull: as its name says.
    """
    if of_offer > offered:
        raise WeekFull(of_offer, offered)
    if of_pacts > MOST_WEEKLY:
        raise WeekFull(of_pacts, MOST_WEEKLY)


@dataclass(eq=False)
class ProposedAlready(Refusal):
    code = "giveback.proposed_already"
    text = gettext_noop("Questo posto le è già stato proposto.")


@dataclass(eq=False)
class NotOpen(Refusal):
    code = "giveback.not_open"
    text = gettext_noop("La disponibilità o l’opportunità non è aperta.")


@dataclass(eq=False)
class ReasonMissing(Refusal):
    code = "giveback.reason_missing"
    text = gettext_noop("Scrivi in due parole perché.")
    field = "reason"


@dataclass(eq=False)
class StillToSettle(Refusal):
    code = "giveback.still_to_settle"
    text = gettext_noop("Ci sono ancora %(count)s turni da confermare: prima si chiudono quelli.")
    count: int


def match_moved(stage: MatchStage, move: MatchMove) -> MatchStage:
    """Return the stage after `move`.

    Raises:
        MatchMovedAlready: the move is not open in this stage.
    """
    after = NEXT.get((stage, move))
    if after is None:
        raise MatchMovedAlready(MATCH_LABELS[stage])
    return after
