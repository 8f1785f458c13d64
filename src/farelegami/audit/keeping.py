"""The log stays, chained; what it says of who was erased is emptied, and the chain still holds."""

from typing import Final

from farelegami.kernel.errors import gettext_noop as _
from farelegami.storage.keeping import Basis, Declaration, Erase, Kept, NothingPersonal

KEEPING: Final[dict[str, Declaration]] = {
    "audit.Entry": Kept(
        what=_("Chi ha letto o cambiato che cosa"),
        why=_(
            "Perché tu possa sapere chi ha aperto la tua scheda, e nessuno lo faccia di nascosto."
        ),
        until="log",
        basis=Basis.SECURITY,
        erase=Erase.OWN,
        owned=("object_id",),
        stays={"at": _("quando"), "verb": _("che cosa ha fatto"), "kind": _("su che cosa")},
        fields={"purpose": _("perché")},
        others={"facts": _("le differenze")},
        staff=("account_id", "actor_name"),
        plain=("id", "object_id", "district_id", "person_id", "digest"),
    ),
    "audit.Link": NothingPersonal(
        why=_("Gli anelli della catena: numeri e impronte."),
        plain=("number", "entry_id", "hash", "sealed_at"),
    ),
    "audit.Emptied": NothingPersonal(
        why=_("Quali registrazioni sono state svuotate, e con quale atto."),
        plain=("entry_id", "act_id", "emptied_at"),
    ),
}
