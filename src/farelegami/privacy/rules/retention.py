"""Lists of what is past its term: drawn up, proposed, approved by somebody else, erased."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Final

from farelegami.kernel.errors import Refusal, gettext_noop

# The names of `storage.keeping.ROOTS`, which rules cannot import.
REFERRAL: Final = "cases.Referral"
CASE: Final = "cases.Case"
PERSON: Final = "people.Person"
MOST_ITEMS: Final = 200
MOST_TRIES: Final = 5
ROOT_LABELS: Final[Mapping[str, str]] = {
    REFERRAL: gettext_noop("segnalazioni mai accolte"),
    CASE: gettext_noop("percorsi chiusi, con i loro patti"),
    PERSON: gettext_noop("schede di persone che niente nomina più"),
}
ROOT_ONE: Final[Mapping[str, str]] = {
    REFERRAL: gettext_noop("segnalazione"),
    CASE: gettext_noop("percorso"),
    PERSON: gettext_noop("scheda"),
}


class ListStage(StrEnum):
    DRAWN = "drawn"
    PROPOSED = "proposed"
    APPROVED = "approved"
    DONE = "done"
    DROPPED = "dropped"


LIST_LABELS: Final[Mapping[ListStage, str]] = {
    ListStage.DRAWN: gettext_noop("da esaminare"),
    ListStage.PROPOSED: gettext_noop("da autorizzare"),
    ListStage.APPROVED: gettext_noop("in cancellazione"),
    ListStage.DONE: gettext_noop("cancellata"),
    ListStage.DROPPED: gettext_noop("lasciata"),
}


@dataclass(eq=False)
class ListMovedOn(Refusal):
    code: ClassVar[str] = "privacy.list_moved_on"
    text: ClassVar[str] = gettext_noop("Questa lista è già %(stage)s.")
    stage: str


@dataclass(eq=False)
class SameHands(Refusal):
    code: ClassVar[str] = "privacy.same_hands"
    text: ClassVar[str] = gettext_noop(
        "Chi propone una cancellazione non la autorizza: serve un’altra persona."
    )


@dataclass(eq=False)
class ReasonMissing(Refusal):
    code: ClassVar[str] = "privacy.reason_missing"
    text: ClassVar[str] = gettext_noop("Scrivi il motivo.")


@dataclass(eq=False)
class NothingLeft(Refusal):
    code: ClassVar[str] = "privacy.nothing_left"
    text: ClassVar[str] = gettext_noop("Nella lista non è rimasto niente: lasciala.")


@dataclass(eq=False)
class InAListAlready(Refusal):
    code: ClassVar[str] = "privacy.in_a_list_already"
    text: ClassVar[str] = gettext_noop("Questa scheda è già in una lista di scarto.")


@dataclass(eq=False)
class StillNamed(Refusal):
    code: ClassVar[str] = "privacy.still_named"
    text: ClassVar[str] = gettext_noop(
        "Un percorso, un patto o una segnalazione nomina ancora questa persona:"
        " prima vengono i loro termini."
    )


def check_stage(now: ListStage, wanted: ListStage, said: str) -> None:
    """Check that a list is where an act finds it.

    Raises:
        ListMovedOn: it is elsewhere; `said` is its stage in words.
    """
    if now is not wanted:
        raise ListMovedOn(stage=said)


def check_hands(proposed_by: object, approved_by: object) -> None:
    """Check that two people decide.

    Raises:
        SameHands: one did both.
    """
    if proposed_by == approved_by:
        raise SameHands
