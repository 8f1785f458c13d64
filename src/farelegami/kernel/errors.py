"""The kinds of no: a refused situation, an invisible object, a forbidden act."""

from dataclasses import asdict, dataclass, is_dataclass
from typing import Any, ClassVar


def gettext_noop(message: str) -> str:
    """Mark a sentence for translation; the web floor translates it when it is shown."""
    return message


class Refusal(Exception):
    """A situation in which the act asked for cannot be done, named as a fact.

    Subclasses are dataclasses (`eq=False`); their fields are the facts, usable in `text` as
    `%(name)s`. `field` names the form field the sentence belongs to, if one.
    """

    code: ClassVar[str] = "refused"
    text: ClassVar[str] = gettext_noop("Non si può fare adesso.")
    field: ClassVar[str] = ""

    def facts(self) -> dict[str, Any]:
        """Return the facts by name."""
        return asdict(self) if is_dataclass(self) else {}

    def __str__(self) -> str:
        return f"{self.code} {self.facts()}"


@dataclass(eq=False)
class SentAlready(Refusal):
    """An act that names itself came before, with other data."""

    code: ClassVar[str] = "sent_already"
    text: ClassVar[str] = gettext_noop(
        "Questo modulo era già stato inviato con altri dati: riapri la pagina per inviarne uno nuovo."
    )


class NotFound(Exception):
    """What was asked for does not exist, or not for this actor: the two look the same."""


class NotAllowed(Exception):
    """The actor sees the object but may not do this to it."""
