"""What a host is told of a refusal: what concerns the place and the turn, and no more.

Whatever else stood in the way is of the person, and comes in one sentence that is the same for all.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from farelegami.giveback.rules.matches import (
    MatchMovedAlready,
    PlacedThen,
    PlaceTaken,
    ProposalOver,
    ReasonMissing,
    WeekFull,
)
from farelegami.giveback.rules.opportunities import OpportunityOver
from farelegami.giveback.rules.sessions import (
    LengthImpossible,
    NotCovered,
    NotYetHeld,
    SaidAlready,
    SessionSettled,
)
from farelegami.kernel.errors import Refusal, gettext_noop

_SAID: Final = (
    MatchMovedAlready, ReasonMissing, OpportunityOver, LengthImpossible, NotCovered, NotYetHeld,
    SaidAlready, SessionSettled,
)  # fmt: skip


@dataclass(eq=False)
class PlacesAllTaken(Refusal):
    code = "giveback.places_all_taken"
    text = gettext_noop("I posti di questa richiesta sono già tutti presi. Grazie lo stesso!")


@dataclass(eq=False)
class NoLongerThen(Refusal):
    code = "giveback.no_longer_then"
    text = gettext_noop("In quell’orario ora non può più: vi proponiamo un’altra persona.")


@dataclass(eq=False)
class NoLongerProposed(NoLongerThen):
    """The same sentence, of a proposal that closed: whatever closed it is of the person."""

    code = "giveback.no_longer_proposed"


@dataclass(eq=False)
class NotNow(Refusal):
    code = "giveback.not_now"
    text = gettext_noop("Adesso non si può segnare: chi coordina vi scrive.")


_OTHERWISE: Final[Mapping[type[Refusal], type[Refusal]]] = {
    PlaceTaken: PlacesAllTaken,
    PlacedThen: NoLongerThen,
    ProposalOver: NoLongerProposed,
    WeekFull: NoLongerThen,
}


def told_to_host(refusal: Refusal) -> Refusal:
    """Return the refusal as a host may know it."""
    if isinstance(refusal, _SAID):
        return refusal
    return _OTHERWISE.get(type(refusal), NotNow)()
