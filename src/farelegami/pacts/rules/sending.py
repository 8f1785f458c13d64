"""What is refused to an act that was sent before."""

from dataclasses import dataclass

from farelegami.kernel.errors import Refusal, gettext_noop


@dataclass(eq=False)
class SentAlready(Refusal):
    code = "pacts.sent_already"
    text = gettext_noop(
        "Questo modulo era già stato inviato con altri dati: riapri la pagina per inviarne uno nuovo."
    )
