"""What may follow when a pact ends and somebody still has the place they took for it."""

from dataclasses import dataclass

from farelegami.kernel.errors import Refusal, gettext_noop


@dataclass(eq=False)
class PactGoesOn(Refusal):
    code = "giveback.pact_goes_on"
    text = gettext_noop("Qui non c’è un patto finito: il posto va avanti com’è.")
