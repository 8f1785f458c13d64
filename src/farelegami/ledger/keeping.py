"""The accounts are public: sums and days stay for ever, words about people go."""

from typing import Final

from farelegami.kernel.errors import gettext_noop as _
from farelegami.storage.keeping import Basis, Declaration, Erase, Kept, NothingPersonal

KEEPING: Final[dict[str, Declaration]] = {
    "ledger.Account": NothingPersonal(
        why=_("I conti di patti e programmi: il numero dell’intestatario, mai il nome."),
        plain=("id", "unit", "kind", "owner_id", "district", "floor", "balance", "moved_by"),
    ),
    "ledger.Transfer": Kept(
        what=_("I movimenti di denaro e di ore"),
        why=_("I conti pubblici tornano anche dopo anni: restano gli importi, va via la causale."),
        until="case",
        basis=Basis.LAW,
        erase=Erase.BLANK,
        owned=("debit__owner_id", "credit__owner_id"),
        fields={"memo": _("causale")},
        stays={"amount": _("importo"), "happened_on": _("data")},
        staff=("actor_id",),
        plain=("id", "district", "debit", "credit", "idempotency_key", "reverses", "recorded_at"),
    ),
}
