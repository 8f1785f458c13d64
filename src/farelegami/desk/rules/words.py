"""The plain words in which the desk says what somebody did to what, and why."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from farelegami.kernel.errors import gettext_noop

# What an entry of the log is about, as the object of "ha letto", "ha modificato".
OBJECT_LABELS: Final[Mapping[str, str]] = {
    "people.person": gettext_noop("la scheda della persona"),
    "people.household": gettext_noop("il nucleo"),
    "people.ecomap": gettext_noop("il disegno dei legami"),
    "people.notice": gettext_noop("la consegna dell’informativa"),
    "people.consent": gettext_noop("un consenso"),
    "network.organisation": gettext_noop("la scheda di un ente"),
    "volunteering.register": gettext_noop("il registro dei volontari"),
    "volunteering.service": gettext_noop("un giorno di servizio"),
    "volunteering.refund": gettext_noop("un rimborso"),
    "volunteering.puc": gettext_noop("un PUC"),
    "cases.referral": gettext_noop("una segnalazione"),
    "cases.case": gettext_noop("il percorso della famiglia"),
    "cases.diary": gettext_noop("il diario del percorso"),
    "cases.assessment": gettext_noop("una rilevazione"),
    "cases.team_member": gettext_noop("un invito in équipe"),
    "cases.handover": gettext_noop("un passaggio di mano"),
    "pacts.pact": gettext_noop("il patto"),
    "pacts.version": gettext_noop("il testo del patto"),
    "pacts.spend": gettext_noop("una spesa del patto"),
    "pacts.hours": gettext_noop("le ore restituite"),
    "pacts.plan": gettext_noop("un piano d’impresa"),
    "documents.document": gettext_noop("un documento"),
    "api.token": gettext_noop("un token dell’API"),
    "access.account": gettext_noop("un accesso"),
    "access.session": gettext_noop("una sessione"),
    "access.grant": gettext_noop("un ruolo"),
    "access.invitation": gettext_noop("un invito"),
    "programmes.programme": gettext_noop("un programma"),
    "programmes.codesign_step": gettext_noop("un passo della co-progettazione"),
    "privacy.request": gettext_noop("una richiesta sui dati"),
    "privacy.list": gettext_noop("una lista di scarto"),
    "privacy.erasure": gettext_noop("una cancellazione"),
    "privacy.anomaly": gettext_noop("una lettura insolita"),
    "audit.entry": gettext_noop("registrazioni di chi è stato cancellato"),
    "territory.quarter": gettext_noop("un quartiere"),
    "territory.place": gettext_noop("un luogo"),
}
FIELD_LABELS: Final[Mapping[str, str]] = {
    "name": gettext_noop("nome"),
    "given_name": gettext_noop("nome"),
    "family_name": gettext_noop("cognome"),
    "birth_date": gettext_noop("data di nascita"),
    "birth_place_code": gettext_noop("luogo di nascita"),
    "sex": gettext_noop("sesso"),
    "form_of_address": gettext_noop("come rivolgersi"),
    "citizenship": gettext_noop("cittadinanza"),
    "preferred_language": gettext_noop("lingua preferita"),
    "languages": gettext_noop("lingue"),
    "tax_code_index": gettext_noop("codice fiscale"),
    "municipality_id": gettext_noop("comune"),
    "quarter_id": gettext_noop("quartiere"),
    "address": gettext_noop("indirizzo"),
    "phone": gettext_noop("telefono"),
    "email": gettext_noop("posta elettronica"),
    "preferred_channel": gettext_noop("come contattare"),
    "contact_hours": gettext_noop("quando contattare"),
    "contact_limits": gettext_noop("cautele nei contatti"),
    "week_yes": gettext_noop("disponibilità"),
    "week_maybe": gettext_noop("disponibilità"),
    "limits": gettext_noop("limiti"),
    "wishes": gettext_noop("desideri"),
    "transport": gettext_noop("come si muove"),
    "travel_minutes": gettext_noop("quanto viaggia"),
    "skills": gettext_noop("capacità"),
    "joined": gettext_noop("ingresso nel nucleo"),
    "left": gettext_noop("uscita dal nucleo"),
    "withdrawn": gettext_noop("ritiro"),
    "undone": gettext_noop("unione annullata"),
    "phase": gettext_noop("fase"),
    "contact": gettext_noop("referente"),
    "data_role": gettext_noop("ruolo privacy"),
    "link": gettext_noop("collegamento"),
    "until": gettext_noop("ultimo giorno"),
    "closed_on": gettext_noop("chiusura"),
}
# Why a file is opened: each page has its own reason, to which the worker may add one of these.
WHYS: Final[Mapping[str, str]] = {
    "colloquio": gettext_noop("colloquio con la persona"),
    "equipe": gettext_noop("riunione di équipe"),
    "dati": gettext_noop("verifica dei dati"),
    "richiesta": gettext_noop("richiesta della persona stessa"),
}
_LEAST_TO_JOIN: Final = 2


def purpose_of(page: str, why: str) -> str:
    """Return what is written in the log of an opening: the page, and the reason chosen if any.

    >>> purpose_of("nucleo", "colloquio")
    'nucleo, colloquio con la persona'
    """
    return f"{page}, {WHYS[why]}" if why in WHYS else page


def fields_named(facts: Mapping[str, Any]) -> list[str]:
    """Return the labels of the fields an entry of the log says have changed, each once."""
    return list(dict.fromkeys(FIELD_LABELS[name] for name in facts if name in FIELD_LABELS))


def listed(names: Iterable[str], last: str = "e") -> str:
    """Return names as one says them.

    >>> listed(["Karim", "Adam", "Lina"])
    'Karim, Adam e Lina'
    """
    words = list(names)
    if len(words) < _LEAST_TO_JOIN:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"
