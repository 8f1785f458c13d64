"""The search index follows what it lists: it goes in the same instant."""

from typing import Final

from farelegami.kernel.errors import gettext_noop as _
from farelegami.storage.keeping import Basis, Declaration, Erase, Kept

KEEPING: Final[dict[str, Declaration]] = {
    "search.Entry": Kept(
        what=_("Le parole con cui ti si trova"),
        why=_("Per arrivare alla tua scheda senza scorrere elenchi."),
        until="person",
        basis=Basis.TASK,
        erase=Erase.OWN,
        owned=("object_id",),
        others={
            "title": _("nome"),
            "subtitle": _("riga sotto il nome"),
            "folded": _("parole cercabili"),
        },
        plain=("id", "object_id", "kind", "district_id"),
    ),
}
