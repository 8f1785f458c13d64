"""What is written to who asked for a meeting; said in the language they chose."""

from typing import Final

from farelegami.kernel.errors import gettext_noop

RECEIPT_SUBJECT: Final = gettext_noop("La tua richiesta è arrivata")
RECEIPT_BODY: Final = gettext_noop(
    "Ciao %(name)s,\n\nla tua richiesta è arrivata. Il tuo codice è %(code)s: tienilo.\n\n"
    "Ti chiama una persona del servizio sociale.\n\n"
    "Se c’è un pericolo adesso, chiama il 112."
)
# The same in a page, sentence by sentence.
RECEIPT_LINES: Final = (
    gettext_noop("Il tuo codice è"),
    gettext_noop("Tieni il codice. Ti chiama una persona del servizio sociale."),
    gettext_noop("Se c’è un pericolo adesso, chiama il 112."),
)
