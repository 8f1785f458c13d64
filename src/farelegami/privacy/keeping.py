"""What this room itself keeps, and what lies outside of the tables."""

from dataclasses import dataclass
from typing import Any, Final

from farelegami.kernel.errors import gettext_noop as _
from farelegami.storage.keeping import (
    PERSON,
    Basis,
    Declaration,
    Erase,
    Kept,
    NothingPersonal,
)


def _erased_reason(request: Any) -> str:
    # That there was a reason stays, as the table asks; which one goes.
    return "–" if request.includes_diary else ""


KEEPING: Final[dict[str, Declaration]] = {
    "privacy.DataRequest": Kept(
        what=_("Quello che hai chiesto dei tuoi dati"),
        why=_("Per risponderti entro un mese e poterlo dimostrare."),
        until="request",
        basis=Basis.LAW,
        erase=Erase.BLANK,
        under={PERSON: ("person",)},
        person=("person",),
        fields={
            "name": _("chi chiede"),
            "contact": _("dove rispondere"),
            "text": _("con quali parole"),
            "extension_reason": _("perché serve più tempo"),
            "answer": _("risposta"),
            "diary_reason": _("perché il diario"),
        },
        stays={
            "kind": _("che cosa chiede"),
            "received_on": _("ricevuta il"),
            "due_on": _("rispondere entro"),
            "answered_at": _("risposto il"),
            "outcome": _("esito"),
        },
        staff=("answered_by_id", "answered_by_name", "registered_by_id", "registered_by_name"),
        plain=(
            "id",
            "district",
            "person",
            "extended_at",
            "includes_diary",
            "copied_at",
            "registered_at",
        ),
        values={"diary_reason": _erased_reason},
    ),
    "privacy.RetentionList": NothingPersonal(
        why=_("Che cosa è oltre il termine, e chi ha deciso: numeri, mai nomi."),
        plain=(
            "id",
            "district",
            "root",
            "drawn_at",
            "request",
            "proposed_at",
            "proposed_by_id",
            "proposed_by_name",
            "approved_at",
            "approved_by_id",
            "approved_by_name",
            "done_at",
            "dropped_at",
            "dropped_by_name",
            "dropped_reason",
        ),
    ),
    "privacy.RetentionItem": NothingPersonal(
        why=_("Il numero di ciò che si cancella, mai il nome."),
        plain=(
            "id",
            "district",
            "list",
            "root",
            "object_id",
            "label",
            "since",
            "taken_out_at",
            "taken_out_by_name",
            "taken_out_reason",
            "erased_at",
            "tries",
            "last_error",
        ),
    ),
    "privacy.Erasure": NothingPersonal(
        why=_("La prova della cancellazione: quante righe e quali numeri, mai che cosa dicevano."),
        plain=(
            "id",
            "district",
            "item_id",
            "list_id",
            "root",
            "object_id",
            "label",
            "counts",
            "ids",
            "log_entries",
            "seal",
            "proposed_by_name",
            "approved_by_id",
            "approved_by_name",
            "approved_at",
            "erased_at",
        ),
    ),
    "privacy.Anomaly": Kept(
        what=_("Le letture insolite di chi lavora"),
        why=_("Perché nessuno apra schede per curiosità."),
        until="log",
        basis=Basis.SECURITY,
        erase=Erase.OWN,
        fields={"facts": _("quante e quando"), "note": _("che cosa ne è")},
        staff=("account_id", "account_name", "seen_by_id", "seen_by_name"),
        plain=("id", "district", "day", "rule", "mark", "found_at", "seen_at"),
    ),
}


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Somewhere that is no table, where words about people also lie."""

    what: str
    why: str
    until: str


ELSEWHERE: Final = (
    Elsewhere(
        _("I file dei documenti, sul disco"),
        _("Hanno nomi a caso; senza la loro riga non si sa di chi sono."),
        _("spariscono con la loro riga, al più tardi il giorno dopo"),
    ),
    Elsewhere(
        _("L’indice della ricerca"),
        _("Le stesse parole della scheda, per trovarle anche scritte male."),
        _("sparisce con la scheda"),
    ),
    Elsewhere(
        _("Quante richieste arrivano dallo stesso indirizzo di rete"),
        _("Per fermare chi ne manda troppe; l’indirizzo è reso illeggibile."),
        _("un’ora"),
    ),
    Elsewhere(
        _("Le copie di sicurezza"),
        _("Per ricominciare dopo un guasto: sono cifrate e nessuno le legge."),
        _("finché sono sostituite; una copia rimessa in uso ripete le cancellazioni del registro"),
    ),
)
