"""Files go with the object they belong to, from the table and from the disk."""

from typing import Final

from farelegami.kernel.errors import gettext_noop as _
from farelegami.storage.keeping import Basis, Declaration, Erase, Kept

KEEPING: Final[dict[str, Declaration]] = {
    "documents.Document": Kept(
        what=_("Documenti, ricevute, foto di scontrini"),
        why=_("Per documentare le spese e conservare le carte firmate."),
        until="case",
        basis=Basis.LAW,
        erase=Erase.OWN,
        owned=("owner_id",),
        fields={
            "title": _("titolo"),
            "name": _("nome del file"),
            "kind": _("tipo"),
            "uploaded_at": _("caricato il"),
        },
        others={"person_ids": _("le schede delle persone che nomina")},
        staff=("uploaded_by",),
        plain=(
            "id",
            "district",
            "content_type",
            "size",
            "sha256",
            "path",
            "owner_kind",
            "owner_id",
            "retention_until",
        ),
    ),
    "documents.IssuedPaper": Kept(
        what=_("Le carte stampate dal programma"),
        why=_("Perché chiunque le riceva possa controllare che sono autentiche."),
        until="case",
        basis=Basis.TASK,
        erase=Erase.OWN,
        owned=("owner_id",),
        fields={"title": _("titolo"), "made_at": _("fatta il")},
        staff=("made_by",),
        plain=(
            "id",
            "district",
            "code",
            "kind",
            "issuer",
            "owner_kind",
            "owner_id",
            "read_beside",
            "facts_hash",
            "text_hash",
            "document",
        ),
    ),
}
