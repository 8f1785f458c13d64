"""Cards and PINs: what they look like, how long they last, how many mistakes are forgiven."""

import re
import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import ClassVar, Final

from farelegami.kernel.errors import Refusal, gettext_noop

CARD_MONTHS: Final = 12
PIN_LENGTH: Final = 6
MOST_WRONG_PINS: Final = 5
LOCKED: Final = timedelta(minutes=15)
# Digits alone: they are the same on every keyboard and in every alphabet.
CODE_LENGTH: Final = 12


# Why a file is opened, as the log writes it: the family reads these in its language.
PURPOSES: Final = (
    gettext_noop("pagina del patto"),
    gettext_noop("testo del patto"),
    gettext_noop("testo da firmare"),
    gettext_noop("testo da autorizzare"),
    gettext_noop("confronto dei testi"),
    gettext_noop("messaggi della famiglia"),
    gettext_noop("documenti del patto"),
    gettext_noop("scrittura del patto"),
    gettext_noop("nuovo patto"),
    gettext_noop("segnalazione"),
    gettext_noop("diario sociale"),
    gettext_noop("équipe"),
    gettext_noop("nucleo"),
    gettext_noop("sintesi della scheda"),
    gettext_noop("legami e risorse"),
    gettext_noop("patti"),
    gettext_noop("chi ha aperto la scheda"),
    gettext_noop("correzione dei dati"),
    gettext_noop("confronto fra due schede"),
    gettext_noop("disegno dei legami"),
    gettext_noop("capacità e disponibilità"),
    gettext_noop("colloquio con la persona"),
    gettext_noop("riunione di équipe"),
    gettext_noop("verifica dei dati"),
    gettext_noop("richiesta della persona stessa"),
    gettext_noop("domande fatte insieme"),
    gettext_noop("i propri dati"),
    gettext_noop("ricerca per una richiesta sui dati"),
)


@dataclass(eq=False)
class CardUnknown(Refusal):
    code: ClassVar[str] = "portal.card_unknown"
    text: ClassVar[str] = gettext_noop(
        "Questo codice non va. Ricontrolla i numeri, o chiedi un foglio nuovo a chi ti segue."
    )
    field: ClassVar[str] = "code"


@dataclass(eq=False)
class HasAnEntranceAlready(Refusal):
    """The person works here: a paper would open everything their roles do."""

    code: ClassVar[str] = "portal.has_an_entrance_already"
    text: ClassVar[str] = gettext_noop(
        "Questa persona ha già un accesso suo: vede il suo patto entrando con quello."
    )


@dataclass(eq=False)
class CardLocked(Refusal):
    code: ClassVar[str] = "portal.card_locked"
    text: ClassVar[str] = gettext_noop("Troppi tentativi: riprova fra un quarto d’ora.")
    field: ClassVar[str] = "pin"


@dataclass(eq=False)
class PinWrong(Refusal):
    code: ClassVar[str] = "portal.pin_wrong"
    text: ClassVar[str] = gettext_noop("Il PIN non è questo. Riprova con calma.")
    field: ClassVar[str] = "pin"


@dataclass(eq=False)
class PinTooEasy(Refusal):
    code: ClassVar[str] = "portal.pin_too_easy"
    text: ClassVar[str] = gettext_noop(
        "Scegli sei numeri meno facili: non tutti uguali né in fila."
    )
    field: ClassVar[str] = "pin"


def new_code() -> str:
    """Return a code nobody can guess: twelve digits."""
    return "".join(secrets.choice("0123456789") for _ in range(CODE_LENGTH))


def written_code(code: str) -> str:
    """Return a code as it is printed: 1234 5678 9012."""
    return " ".join(code[at : at + 4] for at in range(0, len(code), 4))


def plain_digits(typed: str) -> str:
    """Return the digits of what was typed, in any alphabet's figures.

    >>> plain_digits("١٢٣٤ 5678-9012")
    '123456789012'
    """
    return "".join(str(int(sign)) for sign in typed[:60] if sign.isdecimal())


def check_pin(pin: str) -> None:
    """Refuse a PIN that anybody would try first.

    Raises:
        PinTooEasy: not six digits, all equal, or in a row.
    """
    if not re.fullmatch(rf"[0-9]{{{PIN_LENGTH}}}", pin):
        raise PinTooEasy
    steps = {int(after) - int(before) for before, after in pairwise(pin)}
    if steps in ({0}, {1}, {-1}):
        raise PinTooEasy


def holds(*, expires_on: date, revoked: bool, today: date) -> bool:
    """Return whether a card still opens."""
    return not revoked and today <= expires_on


def is_locked(locked_until: datetime | None, *, now: datetime) -> bool:
    """Return whether a card is closed for its mistakes."""
    return locked_until is not None and now < locked_until
