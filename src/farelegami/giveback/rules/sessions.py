"""One turn of a match: planned, then what the person says of it and what the host says.

The hours count once both say the same, or once who follows the person has settled it. A turn that
was missed costs nothing: it is noted, and the next one comes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from farelegami.kernel.errors import Refusal, gettext_noop
from farelegami.kernel.units import MINUTES_IN_HOUR, NO_MINUTES, Minutes

# Who is silent for two weeks after the other spoke is taken to agree.
SILENCE: Final = timedelta(days=14)
LONGEST: Final = Minutes(12 * MINUTES_IN_HOUR)


class SessionStage(StrEnum):
    PLANNED = "planned"
    HELD = "held"
    EXCUSED = "excused"
    ABSENT = "absent"
    CANCELLED = "cancelled"


SESSION_LABELS: Final[Mapping[SessionStage, str]] = {
    SessionStage.PLANNED: gettext_noop("pianificato"),
    SessionStage.HELD: gettext_noop("svolto"),
    SessionStage.EXCUSED: gettext_noop("assenza giustificata"),
    SessionStage.ABSENT: gettext_noop("assenza"),
    SessionStage.CANCELLED: gettext_noop("annullato"),
}
SESSION_FACT: Final[Mapping[SessionStage, str]] = {
    SessionStage.CANCELLED: "cancelled_at",
    SessionStage.HELD: "held_at",
    SessionStage.EXCUSED: "excused_at",
    SessionStage.ABSENT: "absent_at",
}


class Word(StrEnum):
    """What one side says of a turn."""

    HELD = "held"
    EXCUSED = "excused"
    ABSENT = "absent"


WORD_LABELS: Final[Mapping[Word, str]] = {
    Word.HELD: gettext_noop("svolto"),
    Word.EXCUSED: gettext_noop("assenza giustificata"),
    Word.ABSENT: gettext_noop("assenza"),
}


@dataclass(frozen=True, slots=True)
class Said:
    """One side's word and, of a turn held, how long it was."""

    word: Word
    minutes: Minutes = NO_MINUTES


class Verdict(StrEnum):
    WAITS = "waits"
    AGREED = "agreed"
    DISPUTED = "disputed"


@dataclass(eq=False)
class NotYetHeld(Refusal):
    code = "giveback.not_yet_held"
    text = gettext_noop("Questo turno è il %(day)s: si segna quando comincia, non prima.")
    day: date


@dataclass(eq=False)
class SessionSettled(Refusal):
    code = "giveback.session_settled"
    text = gettext_noop("Questo turno è già chiuso.")


@dataclass(eq=False)
class SaidAlready(Refusal):
    code = "giveback.said_already"
    text = gettext_noop("Su questo turno una parola diversa c’è già.")


@dataclass(eq=False)
class LengthImpossible(Refusal):
    code = "giveback.length_impossible"
    text = gettext_noop("Un turno dura da un minuto a %(most_minutes)s.")
    field = "minutes"
    most_minutes: int = LONGEST


@dataclass(eq=False)
class NotCovered(Refusal):
    """R10: nobody begins without insurance in force on that day."""

    code = "giveback.not_covered"
    text = gettext_noop("Il %(day)s l’assicurazione non copre: il turno non può cominciare.")
    day: date


@dataclass(eq=False)
class HoursConfirmedOnPact(Refusal):
    code = "giveback.hours_confirmed_on_pact"
    text = gettext_noop(
        "Sul patto le ore di questo turno sono già confermate: %(confirmed_minutes)s. Il turno si"
        " chiude con quelle."
    )
    field = "minutes"
    confirmed_minutes: int


@dataclass(eq=False)
class NotDisputed(Refusal):
    code = "giveback.not_disputed"
    text = gettext_noop("Su questo turno non ci sono due parole diverse.")


def check_said(said: Said) -> None:
    """Refuse a length that no turn has.

    Raises:
        LengthImpossible: a turn held for no time, or for more than half a day.
    """
    if said.word is Word.HELD and not 0 < said.minutes <= LONGEST:
        raise LengthImpossible


def verdict(person: Said | None, host: Said | None) -> Verdict:
    """Return what two words come to: agreed where they are the same, disputed where they differ.

    An absence is excused by whoever says why: one side's "excused" is enough against "absent".
    """
    if person is None or host is None:
        return Verdict.WAITS
    if person.word is Word.HELD or host.word is Word.HELD:
        return Verdict.AGREED if person == host else Verdict.DISPUTED
    return Verdict.AGREED


def agreed_word(person: Said, host: Said) -> Said:
    """Return what both words say together."""
    if person.word is Word.HELD:
        return person
    excused = Word.EXCUSED in {person.word, host.word}
    return Said(Word.EXCUSED if excused else Word.ABSENT)
