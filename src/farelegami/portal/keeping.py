"""The paper by which a family comes in."""

from typing import Final

from farelegami.kernel.errors import gettext_noop as _
from farelegami.storage.keeping import PERSON, Basis, Declaration, Kept

KEEPING: Final[dict[str, Declaration]] = {
    "portal.EntryCard": Kept(
        what=_("Il foglio con il codice per entrare"),
        why=_("Per entrare nella tua pagina senza posta elettronica."),
        until="person",
        basis=Basis.SECURITY,
        under={PERSON: ("person",)},
        person=("person",),
        fields={
            "issued_at": _("dato il"),
            "expires_on": _("vale fino al"),
            "first_used_at": _("usato dal"),
            "revoked_at": _("ritirato il"),
        },
        staff=("issued_by",),
        plain=("id", "district", "person", "account", "code_hash", "wrong_pins", "locked_until"),
    ),
}
