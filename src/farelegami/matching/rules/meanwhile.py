"""What may have changed between a plan and its confirmation."""

from dataclasses import dataclass
from typing import ClassVar, Final

from farelegami.kernel.errors import Refusal, gettext_noop

OFFER_GONE: Final = gettext_noop("la persona non cerca più un posto o lo ha già")
PLACE_GONE: Final = gettext_noop("il posto non è più libero")
TIME_GONE: Final = gettext_noop("in quell’orario non c’è più posto")
SAID_NO: Final = gettext_noop("la persona ha già detto di no a questo posto")
LEFT_OUT: Final = gettext_noop("questo posto è stato escluso per lei")


@dataclass(eq=False)
class PlanOutdated(Refusal):
    """The world changed since the plan was made: what it proposed cannot be any more."""

    code: ClassVar[str] = "matching.plan_outdated"
    text: ClassVar[str] = gettext_noop("Intanto è cambiato qualcosa: %(why_label)s.")
    why_label: str


@dataclass(eq=False)
class SomebodyElses(Refusal):
    """Who confirms sees the person and does not follow them."""

    code: ClassVar[str] = "matching.somebody_elses"
    text: ClassVar[str] = gettext_noop("La segue un’altra persona: tocca a lei proporlo.")


@dataclass(eq=False)
class ProposalGone(Refusal):
    """The proposal is not there, or not for who asks."""

    code: ClassVar[str] = "matching.proposal_gone"
    text: ClassVar[str] = gettext_noop("La proposta non c’è più.")
