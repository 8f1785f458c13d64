"""What a family does with its own pact, from its own phone."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Final

from farelegami.kernel.errors import Refusal, gettext_noop

LONGEST_WORDS: Final = 2_000


class MessageKind(StrEnum):
    """What a family tells; a dispute is "this is not so", accepted is "yes" to a proposed text."""

    WORDS = "words"
    ABSENCE = "absence"
    RECEIPT = "receipt"
    DISPUTE = "dispute"
    ACCEPTED = "accepted"


MESSAGE_LABELS: Final[Mapping[MessageKind, str]] = {
    MessageKind.WORDS: gettext_noop("messaggio"),
    MessageKind.ABSENCE: gettext_noop("non può venire"),
    MessageKind.RECEIPT: gettext_noop("scontrino"),
    MessageKind.DISPUTE: gettext_noop("non è d’accordo"),
    MessageKind.ACCEPTED: gettext_noop("è d’accordo con il testo"),
}


@dataclass(eq=False)
class NothingSaid(Refusal):
    code: ClassVar[str] = "pacts.nothing_said"
    text: ClassVar[str] = gettext_noop("Scrivi qualche parola, così sappiamo che cosa serve.")
    field: ClassVar[str] = "text"


@dataclass(eq=False)
class NoReceipt(Refusal):
    code: ClassVar[str] = "pacts.no_receipt"
    text: ClassVar[str] = gettext_noop("Aggiungi la foto dello scontrino.")
    field: ClassVar[str] = "photo"


@dataclass(eq=False)
class DisputeOpen(Refusal):
    """Somebody of the family disputes the text that would be signed."""

    code: ClassVar[str] = "pacts.dispute_open"
    text: ClassVar[str] = gettext_noop(
        "Qualcuno della famiglia non è d’accordo con questo testo: prima di firmare si risponde."
    )


@dataclass(eq=False)
class SigningWaits(Refusal):
    """Something is missing that is not the family's to bring."""

    code: ClassVar[str] = "pacts.signing_waits"
    text: ClassVar[str] = gettext_noop(
        "Adesso non si può ancora firmare: manca una cosa che prepara chi ti segue. "
        "Tu non devi fare niente."
    )


@dataclass(eq=False)
class SignedInPart(Refusal):
    """A text under which somebody has signed does not change any more."""

    code: ClassVar[str] = "pacts.signed_in_part"
    text: ClassVar[str] = gettext_noop(
        "Qualcuno ha già firmato questo testo: non si cambia più. Si può lasciarlo e "
        "scriverne un altro."
    )


def check_said(kind: MessageKind, text: str, *, has_photo: bool) -> None:
    """Refuse a message that says nothing: an absence needs no reason, a receipt no words.

    Raises:
        NothingSaid, NoReceipt: as their names say.
    """
    if kind is MessageKind.RECEIPT and not has_photo:
        raise NoReceipt
    if kind in {MessageKind.WORDS, MessageKind.DISPUTE} and not text.strip():
        raise NothingSaid
