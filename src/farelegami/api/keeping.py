"""Keys of programs: they are of accounts, and of nobody met by the services."""

from typing import Final

from farelegami.kernel.errors import gettext_noop as _
from farelegami.storage.keeping import Basis, Declaration, Erase, Kept, NothingPersonal

KEEPING: Final[dict[str, Declaration]] = {
    "api.Token": NothingPersonal(
        why=_("Le chiavi con cui un programma agisce per chi lavora: solo l’impronta."),
        plain=(
            "id",
            "account",
            "name",
            "scopes",
            "digest",
            "created_at",
            "expires_at",
            "revoked_at",
            "last_used_on",
        ),
    ),
    "api.Idempotent": Kept(
        what=_("La risposta data a un programma"),
        why=_("Perché un atto mandato due volte si faccia una volta; si butta dopo un giorno."),
        until="day",
        basis=Basis.TASK,
        erase=Erase.OWN,
        others={"answer": _("la risposta, sigillata")},
        plain=("id", "token", "key", "request_hash", "created_at"),
    ),
    "api.Hook": NothingPersonal(
        why=_("Quali programmi sono avvisati degli atti: numeri, mai nomi."),
        plain=(
            "id",
            "url",
            "topics",
            "secret",
            "is_private",
            "told_up_to",
            "created_by",
            "created_at",
            "ended_at",
        ),
    ),
}
