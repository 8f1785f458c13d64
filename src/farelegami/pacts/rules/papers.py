"""The papers of a pact: which there are, and from when each can be made."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Final

from farelegami.kernel.errors import Refusal, gettext_noop
from farelegami.kernel.languages import SPOKEN
from farelegami.pacts.rules.stages import IN_FORCE, Stage

# The family's languages a pact is read in beside the Italian, each under its own name.
LANGUAGES: Final[Mapping[str, str]] = {code: name for code, name in SPOKEN.items() if code != "it"}


class PaperKind(StrEnum):
    """The kinds of paper; a text is the pact or one of its amendments, a letter is of one spend."""

    TEXT = "testo"
    AUTHORISATION = "autorizzazione"
    LETTER = "lettera"
    REVIEW = "verifica"
    CLOSING = "chiusura"
    ATTESTATION = "attestazione"
    ATTENDANCE = "presenze"


PAPER_LABELS: Final[Mapping[PaperKind, str]] = {
    PaperKind.TEXT: gettext_noop("Patto"),
    PaperKind.AUTHORISATION: gettext_noop("Autorizzazione del budget"),
    PaperKind.LETTER: gettext_noop("Lettera al fornitore"),
    PaperKind.REVIEW: gettext_noop("Verifica"),
    PaperKind.CLOSING: gettext_noop("Relazione di chiusura"),
    PaperKind.ATTESTATION: gettext_noop("Attestazione delle ore restituite"),
    PaperKind.ATTENDANCE: gettext_noop("Foglio delle presenze"),
}


@dataclass(eq=False)
class PaperTooEarly(Refusal):
    """The facts a paper tells are not there yet."""

    code: ClassVar[str] = "pacts.paper_too_early"
    text: ClassVar[str] = gettext_noop("Questo documento non si può ancora fare: %(why_label)s.")
    why_label: str


NOT_APPROVED: Final = gettext_noop("la spesa non è approvata")
_SIGNED: Final = IN_FORCE | {Stage.SIGNED, Stage.FINAL_REVIEW, Stage.CLOSED, Stage.INTERRUPTED}
_FROM: Final[Mapping[PaperKind, tuple[frozenset[Stage], str]]] = {
    PaperKind.REVIEW: (_SIGNED - {Stage.SIGNED}, gettext_noop("il patto non è cominciato")),
    PaperKind.CLOSING: (
        frozenset({Stage.CLOSED, Stage.INTERRUPTED}),
        gettext_noop("il patto non è finito"),
    ),
    PaperKind.ATTENDANCE: (_SIGNED, gettext_noop("il patto non è firmato")),
}


def too_early(
    kind: PaperKind, *, stage: Stage, authorised: bool, minutes_confirmed: int, has_giving: bool
) -> str:
    """Return why a paper cannot be made yet, as a sentence to translate; empty if it can."""
    if kind is PaperKind.AUTHORISATION:
        return "" if authorised else gettext_noop("il budget non è autorizzato")
    if kind is PaperKind.ATTESTATION:
        return "" if minutes_confirmed else gettext_noop("nessuna ora è ancora confermata")
    if kind is PaperKind.ATTENDANCE and not has_giving:
        return gettext_noop("il patto non prevede ore da restituire")
    stages, why = _FROM.get(kind, (frozenset(Stage), ""))
    return "" if stage in stages else why
