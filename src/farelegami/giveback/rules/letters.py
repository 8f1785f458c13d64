"""What is written to who gives: in their language, saying *tu*."""

from typing import Final

from farelegami.kernel.errors import gettext_noop

TO_PERSON: Final = {
    "proposed": (
        gettext_noop("Un posto per te"),
        gettext_noop(
            "Ciao %(name)s,\n\nabbiamo pensato a un posto dove puoi dare una mano: %(title)s.\n"
            "Guarda qui e dicci se ti va: %(address)s\n\nSe non ti va, basta dirlo."
        ),
    ),
    "started": (
        gettext_noop("Si comincia"),
        gettext_noop(
            "Ciao %(name)s,\n\nci vediamo: %(title)s.\nI giorni e gli orari sono qui: %(address)s"
        ),
    ),
    "declined": (
        gettext_noop("Cerchiamo un altro posto"),
        gettext_noop(
            "Ciao %(name)s,\n\nquesta volta %(title)s non si può fare. Cerchiamo un altro posto"
            " per te: %(address)s"
        ),
    ),
}
