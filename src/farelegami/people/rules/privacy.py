"""Notices given and consents: what a consent may be for, and how it was expressed (R20)."""

from collections.abc import Mapping
from dataclasses import dataclass
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
