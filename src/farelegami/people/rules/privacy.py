"""Notices, consents (R20), and data that a person has asked to leave as they are (GDPR art. 18)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from farelegami.kernel.errors import Refusal, gettext_noop

CURRENT_NOTICE: Final = "2026-01"


class ConsentPurpose(StrEnum):
    """Help rests on a public task and needs no consent; only these three do."""

    PHOTO = "photo"
    STORY = "story"
    NEWSLETTER = "newsletter"


PURPOSE_LABELS: Final[Mapping[ConsentPurpose, str]] = {
    ConsentPurpose.PHOTO: gettext_noop("fotografie e video"),
    ConsentPurpose.STORY: gettext_noop("raccontare la sua storia"),
    ConsentPurpose.NEWSLETTER: gettext_noop("ricevere la newsletter"),
}


class Manner(StrEnum):
    """How a notice was given or a consent expressed."""

    PAPER = "paper"
    SCREEN = "screen"
    READ_ALOUD = "read_aloud"
    ONLINE = "online"


MANNER_LABELS: Final[Mapping[Manner, str]] = {
    Manner.PAPER: gettext_noop("su carta"),
    Manner.SCREEN: gettext_noop("sullo schermo"),
    Manner.READ_ALOUD: gettext_noop("letta a voce"),
    Manner.ONLINE: gettext_noop("in rete"),
}


@dataclass(eq=False)
class ConsentInForce(Refusal):
    code = "people.consent_in_force"
    text = gettext_noop("Questo consenso c’è già.")
    field = "purpose"


@dataclass(eq=False)
class NoConsent(Refusal):
    code = "people.no_consent"
    text = gettext_noop("Non c’è un consenso da ritirare.")
    field = "purpose"


@dataclass(eq=False)
class Restricted(Refusal):
    """The person asked that their data be left as they are, and it was granted."""

    code = "people.restricted"
    text = gettext_noop(
        "Il trattamento dei dati di %(name)s è limitato dal %(since)s: la scheda non si modifica senza il DPO."
    )
    name: str
    since: date


@dataclass(eq=False)
class NotRestricted(Refusal):
    code = "people.not_restricted"
    text = gettext_noop("Il trattamento di questi dati non è limitato.")


@dataclass(eq=False)
class LiftedWithoutReason(Refusal):
    code = "people.lifted_without_reason"
    text = gettext_noop("Scrivi perché la limitazione finisce.")
    field = "reason"


def check_unrestricted(name: str, restricted_on: date | None) -> None:
    """Pass where nobody asked that the data of this person be left as they are.

    Raises:
        Restricted: somebody did.
    """
    if restricted_on is not None:
        raise Restricted(name=name, since=restricted_on)
