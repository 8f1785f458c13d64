"""How a pact ended, from how its goals did."""

from collections.abc import Sequence
from dataclasses import dataclass

from farelegami.kernel.errors import Refusal, gettext_noop
from farelegami.pacts.rules.stages import Outcome


@dataclass(eq=False)
class OutcomeMissing(Refusal):
    code = "pacts.outcome_missing"
    text = gettext_noop("Ogni obiettivo ha bisogno del suo esito: anche «non raggiunto» va detto.")


def whole_outcome(outcomes: Sequence[Outcome]) -> Outcome:
    """Return the outcome of a pact: reached if all goals are, not reached if none is even in part."""
    if all(outcome == Outcome.REACHED for outcome in outcomes):
        return Outcome.REACHED
    if all(outcome == Outcome.NOT_REACHED for outcome in outcomes):
        return Outcome.NOT_REACHED
    return Outcome.PARTIAL
