"""The phases of a case, what leads from one to the next, and what is missing to move on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import ClassVar, Final

from farelegami.kernel.errors import Refusal, gettext_noop


class Phase(StrEnum):
    INTAKE = "intake"
    FIRST_ANALYSIS = "first_analysis"
    DEEP_ANALYSIS = "deep_analysis"
    CODESIGN = "codesign"
    IN_PACT = "in_pact"
    FOLLOW_UP = "follow_up"
    CLOSED = "closed"


PHASE_LABELS: Final[Mapping[Phase, str]] = {
    Phase.INTAKE: gettext_noop("accoglienza"),
    Phase.FIRST_ANALYSIS: gettext_noop("analisi preliminare"),
    Phase.DEEP_ANALYSIS: gettext_noop("quadro di analisi"),
    Phase.CODESIGN: gettext_noop("co-progettazione"),
    Phase.IN_PACT: gettext_noop("in patto"),
    Phase.FOLLOW_UP: gettext_noop("follow-up"),
    Phase.CLOSED: gettext_noop("chiuso"),
}
ORDER: Final = tuple(Phase)
OPEN_PHASES: Final = tuple(phase for phase in Phase if phase is not Phase.CLOSED)


class PhaseMove(StrEnum):
    START_ANALYSIS = "start_analysis"
    DEEPEN = "deepen"
    START_CODESIGN = "start_codesign"
    SIGN_PACT = "sign_pact"
    END_PACT = "end_pact"
    REDESIGN = "redesign"
    CLOSE = "close"


MOVE_LABELS: Final[Mapping[PhaseMove, str]] = {
    PhaseMove.START_ANALYSIS: gettext_noop("Inizia l’analisi preliminare"),
    PhaseMove.DEEPEN: gettext_noop("Apri il quadro di analisi"),
    PhaseMove.START_CODESIGN: gettext_noop("Passa alla co-progettazione"),
    PhaseMove.SIGN_PACT: gettext_noop("Patto firmato"),
    PhaseMove.END_PACT: gettext_noop("Patto concluso"),
    PhaseMove.REDESIGN: gettext_noop("Torna alla co-progettazione"),
    PhaseMove.CLOSE: gettext_noop("Chiudi il percorso"),
}
# The pact moves the case by itself: nobody presses these.
MADE_BY_THE_PACT: Final = frozenset({PhaseMove.SIGN_PACT, PhaseMove.END_PACT})

NEXT: Final[Mapping[tuple[Phase, PhaseMove], Phase]] = {
    (Phase.INTAKE, PhaseMove.START_ANALYSIS): Phase.FIRST_ANALYSIS,
    (Phase.FIRST_ANALYSIS, PhaseMove.DEEPEN): Phase.DEEP_ANALYSIS,
    (Phase.FIRST_ANALYSIS, PhaseMove.START_CODESIGN): Phase.CODESIGN,
    (Phase.DEEP_ANALYSIS, PhaseMove.START_CODESIGN): Phase.CODESIGN,
    (Phase.CODESIGN, PhaseMove.SIGN_PACT): Phase.IN_PACT,
    (Phase.IN_PACT, PhaseMove.END_PACT): Phase.FOLLOW_UP,
    (Phase.FOLLOW_UP, PhaseMove.REDESIGN): Phase.CODESIGN,
    (Phase.INTAKE, PhaseMove.CLOSE): Phase.CLOSED,
    (Phase.FIRST_ANALYSIS, PhaseMove.CLOSE): Phase.CLOSED,
    (Phase.DEEP_ANALYSIS, PhaseMove.CLOSE): Phase.CLOSED,
    (Phase.CODESIGN, PhaseMove.CLOSE): Phase.CLOSED,
    (Phase.FOLLOW_UP, PhaseMove.CLOSE): Phase.CLOSED,
}


class FindingKind(StrEnum):
    """What a first analysis gathers."""

    NEED = "need"
    RESOURCE = "resource"
    NETWORK = "network"


FINDING_LABELS: Final[Mapping[FindingKind, str]] = {
    FindingKind.NEED: gettext_noop("bisogno"),
    FindingKind.RESOURCE: gettext_noop("risorsa"),
    FindingKind.NETWORK: gettext_noop("chi c’è intorno"),
}


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """What a case has, as far as its phases ask."""

    adults: int
    notices_given: int
    first_meeting_on: date | None
    needs: int
    resources: int
    first_map_confirmed: bool
    deep_analysis_on: date | None


class Missing(StrEnum):
    """One thing that is not there yet; the sentence is shown with it."""

    ADULT = "adult"
    NOTICE = "notice"
    MEETING = "meeting"
    NEED = "need"
    RESOURCE = "resource"
    MAP = "map"
    DEEP_ANALYSIS = "deep_analysis"


MISSING_SENTENCES: Final[Mapping[Missing, str]] = {
    Missing.ADULT: gettext_noop("manca una persona adulta nel nucleo"),
    Missing.NOTICE: gettext_noop("manca l’informativa privacy consegnata a una persona adulta"),
    Missing.MEETING: gettext_noop("manca il primo incontro"),
    Missing.NEED: gettext_noop("manca almeno un bisogno letto insieme"),
    Missing.RESOURCE: gettext_noop("manca almeno una risorsa letta insieme"),
    Missing.MAP: gettext_noop("manca la Mappa delle risorse all’inizio (T0), confermata"),
    Missing.DEEP_ANALYSIS: gettext_noop("manca la data del quadro di analisi"),
}


@dataclass(eq=False)
class PhaseRefused(Refusal):
    code: ClassVar[str] = "cases.phase_refused"
    text: ClassVar[str] = gettext_noop("Da questa fase non si può fare questo passo.")
    phase: str
    move: str


@dataclass(eq=False)
class StillMissing(Refusal):
    code: ClassVar[str] = "cases.still_missing"
    text: ClassVar[str] = gettext_noop(
        "Mancano ancora alcune cose per andare avanti: sono elencate nella pagina."
    )
    missing: tuple[str, ...]


@dataclass(eq=False)
class CaseClosed(Refusal):
    code: ClassVar[str] = "cases.case_closed"
    text: ClassVar[str] = gettext_noop("Il percorso è chiuso: non si può più scrivere.")


@dataclass(eq=False)
class AlreadyInCharge(Refusal):
    code: ClassVar[str] = "cases.already_in_charge"
    text: ClassVar[str] = gettext_noop("Questa famiglia ha già un percorso aperto.")


@dataclass(eq=False)
class MeetingInTheFuture(Refusal):
    code: ClassVar[str] = "cases.meeting_in_the_future"
    text: ClassVar[str] = gettext_noop("Si segna un incontro che c’è stato, non uno futuro.")
    field: ClassVar[str] = "day"


@dataclass(eq=False)
class BeforeTheCase(Refusal):
    code: ClassVar[str] = "cases.before_the_case"
    text: ClassVar[str] = gettext_noop(
        "Il percorso si è aperto il %(opened_on)s: il giorno non può essere prima."
    )
    field: ClassVar[str] = "day"
    opened_on: date


def check_meeting_day(day: date, *, opened_on: date, today: date) -> None:
    """Refuse a day on which a family in charge since `opened_on` cannot have been met.

    Raises:
        MeetingInTheFuture, BeforeTheCase: as their names say.
    """
    if day > today:
        raise MeetingInTheFuture
    if day < opened_on:
        raise BeforeTheCase(opened_on=opened_on)


@dataclass(eq=False)
class NoteInTheFuture(Refusal):
    code: ClassVar[str] = "cases.note_in_the_future"
    text: ClassVar[str] = gettext_noop(
        "Nel diario si scrive quello che è successo: il giorno è futuro."
    )
    field: ClassVar[str] = "happened_on"


@dataclass(eq=False)
class NoteBeforeTheReferral(Refusal):
    code: ClassVar[str] = "cases.note_before_the_referral"
    text: ClassVar[str] = gettext_noop(
        "Questa famiglia è qui dal %(since)s: il giorno non può essere prima."
    )
    field: ClassVar[str] = "happened_on"
    since: date


def check_noted_day(day: date, *, since: date, today: date) -> None:
    """Pass where something may have happened with a family known since a day.

    Raises:
        NoteInTheFuture, NoteBeforeTheReferral: as their names say.
    """
    if day > today:
        raise NoteInTheFuture
    if day < since:
        raise NoteBeforeTheReferral(since=since)


def moved(phase: Phase, move: PhaseMove) -> Phase:
    """Return the phase after a move.

    Raises:
        PhaseRefused: no such way out of this phase.
    """
    after = NEXT.get((phase, move))
    if after is None:
        raise PhaseRefused(phase=phase, move=move)
    return after


def moves_from(phase: Phase) -> Sequence[PhaseMove]:
    """Return the moves a person may make in a phase, in the order of the phases they lead to."""
    found = [move for (at, move) in NEXT if at is phase and move not in MADE_BY_THE_PACT]
    return sorted(found, key=lambda move: ORDER.index(NEXT[phase, move]))


def what_is_missing(phase: Phase, facts: CaseFacts) -> Sequence[Missing]:
    """Return what keeps a case in its phase, in the order in which one would do it.

    Empty means that the next phase is open; closing never needs anything.
    """
    wanted: Mapping[Phase, Mapping[Missing, bool]] = {
        Phase.INTAKE: {
            Missing.ADULT: facts.adults > 0,
            Missing.NOTICE: facts.notices_given > 0,
        },
        Phase.FIRST_ANALYSIS: {
            Missing.MEETING: facts.first_meeting_on is not None,
            Missing.NEED: facts.needs > 0,
            Missing.RESOURCE: facts.resources > 0,
            Missing.MAP: facts.first_map_confirmed,
        },
        Phase.DEEP_ANALYSIS: {Missing.DEEP_ANALYSIS: facts.deep_analysis_on is not None},
    }
    return [missing for missing, present in wanted.get(phase, {}).items() if not present]


def check_ready(phase: Phase, move: PhaseMove, facts: CaseFacts) -> None:
    """Refuse a step forward while something is missing; closing and deepening are always open.

    Raises:
        StillMissing: with the list.
    """
    if move in {PhaseMove.CLOSE, PhaseMove.DEEPEN, PhaseMove.REDESIGN}:
        return
    missing = what_is_missing(phase, facts)
    if missing:
        raise StillMissing(missing=tuple(str(one) for one in missing))


def first_meeting_terms(opened_on: date, *, target_days: int, limit_days: int) -> tuple[date, date]:
    """Return the day by which to meet a family for the first time, and the last one (R7)."""
    return opened_on + timedelta(days=target_days), opened_on + timedelta(days=limit_days)
