"""The doors of the desk's own pages."""

from typing import Final

from farelegami.access.doors import DESK, STAFF, Door, Sight
from farelegami.kernel.actor import Role
from farelegami.kernel.errors import gettext_noop as _
from farelegami.network.permissions import WRITERS

_BODIES: Final = frozenset(WRITERS)
_PRIVACY: Final = frozenset({Role.COORDINATOR, Role.DPO, Role.PROGRAMME_MANAGER})
_RESULTS: Final = frozenset({Role.COORDINATOR, Role.PROGRAMME_MANAGER, Role.EVALUATOR})


def _people(name: str, does: str) -> Door:
    return Door(f"desk:{name}", does, DESK, sight=Sight.DISTRICT)


def _bodies(name: str, does: str, roles: frozenset[Role] = _BODIES) -> Door:
    return Door(f"desk:{name}", does, roles, sight=Sight.DISTRICT)


DOORS = (
    Door("desk:home", _("vedere la propria Scrivania"), sight=Sight.OWN),
    Door("desk:search", _("cercare fra ciò che si può vedere"), STAFF, sight=Sight.OWN),
    _people("people", _("vedere l’elenco delle persone")),
    _people("register_person", _("registrare una persona")),
    Door("desk:birth_places", _("cercare un luogo di nascita"), DESK),
    _people("person", _("aprire la scheda di una persona")),
    _people("person_household", _("vedere con chi vive una persona")),
    _people("person_ties", _("vedere legami e risorse di una persona")),
    _people("person_pacts", _("vedere i patti di una persona")),
    _people("person_access", _("vedere chi ha aperto la scheda di una persona")),
    _people("change_person", _("correggere i dati di una persona")),
    _people("draw_ecomap", _("disegnare i legami con una persona")),
    _people("person_skills", _("scrivere che cosa una persona sa fare")),
    _people("person_week", _("scrivere quando una persona è disponibile")),
    _people("person_conditions", _("scrivere limiti, desideri e spostamenti")),
    _people("give_notice", _("segnare che l’informativa è stata data")),
    _people("give_consent", _("registrare un consenso")),
    _people("withdraw_consent", _("registrare il ritiro di un consenso")),
    Door("desk:lift_restriction", _("togliere la limitazione del trattamento"),
         frozenset({Role.COORDINATOR}), sight=Sight.DISTRICT),
    _people("merge_people", _("unire due schede della stessa persona")),
    _people("unmerge", _("annullare un’unione di schede")),
    _people("form_household", _("formare un nucleo")),
    _people("household", _("vedere un nucleo")),
    _people("add_member", _("aggiungere una persona a un nucleo")),
    _people("leave_household", _("segnare un’uscita da un nucleo")),
    _people("rename_household", _("cambiare nome a un nucleo")),
    _people("dissolve_household", _("sciogliere un nucleo")),
    _bodies("organisations", _("vedere gli enti"), STAFF),
    _bodies("organisation", _("aprire la scheda di un ente"), STAFF),
    _bodies("register_organisation", _("registrare un ente")),
    _bodies("change_organisation", _("correggere i dati di un ente")),
    _bodies("close_organisation", _("segnare che un ente ha chiuso")),
    _bodies("add_contact", _("aggiungere un referente di un ente")),
    _bodies("end_contact", _("segnare che un referente non lo è più")),
    _bodies("link_organisations", _("collegare due enti")),
    _bodies("end_link", _("segnare la fine di un collegamento fra enti")),
    _bodies("write_role", _("scrivere il ruolo privacy di un ente"), _PRIVACY),
    Door("desk:log", _("leggere il registro degli accessi"), frozenset({Role.DPO}),
         sight=Sight.DISTRICT),
    Door("desk:results", _("leggere i risultati dei programmi"), _RESULTS),
)  # fmt: skip
