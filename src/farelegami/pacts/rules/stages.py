"""The stage of a pact is read from dated facts; it is never set.

`bozza → concordato → autorizzato → firmato → attivo ⇄ sospeso → in verifica finale → chiuso`,
with `ritirato` before the signature and `interrotto` after it (domain.md §7).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from farelegami.kernel.errors import Refusal, gettext_noop


class Stage(StrEnum):
    DRAFT = "draft"
    AGREED = "agreed"
    AUTHORISED = "authorised"
    SIGNED = "signed"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    FINAL_REVIEW = "final_review"
    CLOSED = "closed"
    INTERRUPTED = "interrupted"
    WITHDRAWN = "withdrawn"


STAGE_LABELS: Final[Mapping[Stage, str]] = {
    Stage.DRAFT: gettext_noop("Bozza"),
    Stage.AGREED: gettext_noop("Concordato"),
    Stage.AUTHORISED: gettext_noop("Autorizzato"),
    Stage.SIGNED: gettext_noop("Firmato"),
    Stage.ACTIVE: gettext_noop("Attivo"),
    Stage.SUSPENDED: gettext_noop("Sospeso"),
    Stage.FINAL_REVIEW: gettext_noop("Verifica finale"),
    Stage.CLOSED: gettext_noop("Chiuso"),
    Stage.INTERRUPTED: gettext_noop("Interrotto"),
    Stage.WITHDRAWN: gettext_noop("Ritirato"),
}

STAGE_LINE: Final = (
    Stage.DRAFT,
    Stage.AGREED,
    Stage.AUTHORISED,
    Stage.SIGNED,
    Stage.ACTIVE,
    Stage.FINAL_REVIEW,
    Stage.CLOSED,
)
IN_FORCE: Final = frozenset({Stage.SIGNED, Stage.ACTIVE, Stage.SUSPENDED, Stage.FINAL_REVIEW})
BEFORE_SIGNATURE: Final = frozenset({Stage.DRAFT, Stage.AGREED, Stage.AUTHORISED})
# The first text is written before the signature, an amendment while the pact goes on.
WORDS_LIVE: Final = BEFORE_SIGNATURE | {Stage.SIGNED, Stage.ACTIVE, Stage.SUSPENDED}
OVER: Final = frozenset({Stage.CLOSED, Stage.INTERRUPTED, Stage.WITHDRAWN})

# Read from the last to the first: the latest fact that is there names the stage.
FACT_OF: Final[Mapping[Stage, str]] = {
    Stage.WITHDRAWN: "withdrawn_on",
    Stage.INTERRUPTED: "interrupted_on",
    Stage.CLOSED: "closed_on",
    Stage.FINAL_REVIEW: "final_review_on",
    Stage.SUSPENDED: "suspended_on",
    Stage.ACTIVE: "started_on",
    Stage.SIGNED: "signed_on",
    Stage.AUTHORISED: "authorised_on",
    Stage.AGREED: "agreed_on",
}


class Move(StrEnum):
    """The acts that add or take away a fact."""

    AGREE = "agree"
    REOPEN = "reopen"
    AUTHORISE = "authorise"
    SEND_BACK = "send_back"
    SIGN = "sign"
    START = "start"
    SUSPEND = "suspend"
    RESUME = "resume"
    REVIEW = "review"
    CLOSE = "close"
    INTERRUPT = "interrupt"
    WITHDRAW = "withdraw"


NEXT: Final[Mapping[tuple[Stage, Move], Stage]] = {
    (Stage.DRAFT, Move.AGREE): Stage.AGREED,
    (Stage.DRAFT, Move.WITHDRAW): Stage.WITHDRAWN,
    (Stage.AGREED, Move.REOPEN): Stage.DRAFT,
    (Stage.AGREED, Move.AUTHORISE): Stage.AUTHORISED,
    (Stage.AGREED, Move.SEND_BACK): Stage.DRAFT,
    (Stage.AGREED, Move.WITHDRAW): Stage.WITHDRAWN,
    (Stage.AUTHORISED, Move.SEND_BACK): Stage.DRAFT,
    (Stage.AUTHORISED, Move.SIGN): Stage.SIGNED,
    (Stage.AUTHORISED, Move.WITHDRAW): Stage.WITHDRAWN,
    (Stage.SIGNED, Move.START): Stage.ACTIVE,
    (Stage.SIGNED, Move.INTERRUPT): Stage.INTERRUPTED,
    (Stage.ACTIVE, Move.SUSPEND): Stage.SUSPENDED,
    (Stage.ACTIVE, Move.REVIEW): Stage.FINAL_REVIEW,
    (Stage.ACTIVE, Move.INTERRUPT): Stage.INTERRUPTED,
    (Stage.SUSPENDED, Move.RESUME): Stage.ACTIVE,
    (Stage.SUSPENDED, Move.INTERRUPT): Stage.INTERRUPTED,
    (Stage.FINAL_REVIEW, Move.RESUME): Stage.ACTIVE,
    (Stage.FINAL_REVIEW, Move.CLOSE): Stage.CLOSED,
    (Stage.FINAL_REVIEW, Move.INTERRUPT): Stage.INTERRUPTED,
}


class Outcome(StrEnum):
    """How a goal, and so a pact, ended."""

    REACHED = "reached"
    PARTIAL = "partial"
    NOT_REACHED = "not_reached"


OUTCOME_LABELS: Final[Mapping[Outcome, str]] = {
    Outcome.REACHED: gettext_noop("raggiunto"),
    Outcome.PARTIAL: gettext_noop("raggiunto in parte"),
    Outcome.NOT_REACHED: gettext_noop("non raggiunto"),
}


@dataclass(eq=False)
class WrongStage(Refusal):
    code = "pacts.wrong_stage"
    text = gettext_noop("Il patto è «%(stage_label)s»: questo passo ora non si può fare.")
    stage_label: str
    move: str


def stage_of(facts: Mapping[str, date | None]) -> Stage:
    """Return the stage that the dated facts name; without any, a draft."""
    for stage, fact in FACT_OF.items():
        if facts.get(fact) is not None:
            return stage
    return Stage.DRAFT


def moved(stage: Stage, move: Move) -> Stage:
    """Return the stage after `move`.

    Raises:
        WrongStage: the move is not open in this stage.
    """
    after = NEXT.get((stage, move))
    if after is None:
        raise WrongStage(stage_label=STAGE_LABELS[stage], move=str(move))
    return after


def check_words_live(stage: Stage) -> None:
    """Pass where the words of a pact may be written, agreed, authorised or signed.

    Raises:
        WrongStage: the pact is under final review or over.
    """
    if stage not in WORDS_LIVE:
        raise WrongStage(stage_label=STAGE_LABELS[stage], move="words")


def moves_from(stage: Stage) -> frozenset[Move]:
    """Return the moves open in a stage."""
    return frozenset(move for (start, move) in NEXT if start == stage)
