"""What is kept about who answers for an organisation, why and until when."""

from typing import Final

from farelegami.kernel.errors import gettext_noop as _
from farelegami.storage.keeping import Basis, Declaration, Erase, Kept, NothingPersonal

KEEPING: Final[dict[str, Declaration]] = {
    "network.Organisation": NothingPersonal(
        why=_("Enti e imprese: i recapiti sono quelli della sede."),
        plain=(
            "id",
            "district",
            "name",
            "kind",
            "legal_type",
            "tax_code",
            "runts_number",
            "municipality",
            "address",
            "phone",
            "email",
            "website",
            "sort_name",
            "closed_on",
        ),
    ),
    "network.Contact": Kept(
        what=_("Chi risponde per un ente"),
        why=_("Per sapere a chi scrivere."),
        until="work",
        basis=Basis.TASK,
        erase=Erase.OWN,
        fields={
            "name": _("nome"),
            "role": _("incarico"),
            "phone": _("telefono"),
            "email": _("posta elettronica"),
        },
        stays={"starts_on": _("dal"), "ends_on": _("al")},
        plain=("id", "district", "organisation"),
    ),
    "network.DataRole": NothingPersonal(
        why=_("La parte scritta di ogni ente nel trattare i dati."),
        plain=(
            "id",
            "district",
            "organisation",
            "capacity",
            "subject",
            "document_reference",
            "document_id",
            "starts_on",
            "ends_on",
        ),
    ),
    "network.OrganisationLink": NothingPersonal(
        why=_("Quali enti lavorano insieme."),
        plain=("id", "district", "organisation", "other", "kind", "starts_on", "ends_on"),
    ),
}
