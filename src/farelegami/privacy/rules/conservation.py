"""The conservation plan: terms are data, read from a file."""

from collections.abc import Mapping
from typing import Final

import msgspec

from farelegami.kernel.errors import gettext_noop

# What the plan is about, in the order in which it hangs together: a person outlasts their cases.
REFERRAL_TERM: Final = "referral"
CASE_TERM: Final = "case"
PERSON_TERM: Final = "person"


class Term(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How long something is kept; `ours` where the sources are silent and we chose."""

    said: str
    source: str
    months: int = 0
    ours: bool = False


def read_plan(text: bytes) -> Mapping[str, Term]:
    """Return the terms of a plan by code.

    Raises:
        msgspec.ValidationError: the text is not a plan.
    """
    return msgspec.toml.decode(text, type=dict[str, Term])


# The sentences of the packaged plan, so that they can be told in English too.
PACKAGED: Final = (
    gettext_noop("12 mesi da quando arriva, se non è stata accolta; altrimenti quanto il percorso"),
    gettext_noop("10 anni dalla chiusura del percorso, poi restano solo cifre e date"),
    gettext_noop(
        "finché un percorso o una segnalazione ti nomina; poi, se sono passati 2 anni dalla scheda, si cancella"
    ),
    gettext_noop("finché l’accesso serve; chi ha lavorato qui resta negli atti che ha firmato"),
    gettext_noop(
        "quanto la base dati; ciò che dice di chi è stato cancellato si svuota insieme ai suoi dati"
    ),
    gettext_noop("5 anni dalla risposta"),
    gettext_noop("finché è consegnato"),
    gettext_noop("finché dura la sessione; le parole non ancora inviate, mezz’ora"),
    gettext_noop("un giorno"),
)
