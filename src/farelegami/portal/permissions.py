"""The doors of the family's pages, and of the card by which it comes in."""

from farelegami.access.doors import Door, Sight
from farelegami.kernel.actor import Role
from farelegami.kernel.errors import gettext_noop as _


def _own(name: str, does: str) -> Door:
    return Door(f"portal:{name}", does, sight=Sight.OWN, entrance="portal:enter")


DOORS = (
    Door("portal:enter", _("entrare con il codice del foglio"), public=True, limit="paper_code"),
    Door("portal:pin", _("scrivere o scegliere il proprio PIN"), public=True, limit="paper_code"),
    Door("portal:manifest", _("mettere la pagina sul telefono"), public=True),
    Door("portal:worker", _("aprire la pagina anche senza linea"), public=True),
    Door("portal:offline", _("leggere che manca la linea"), public=True),
    _own("home", _("vedere il proprio patto")),
    _own("leave", _("uscire")),
    _own("hours", _("dire le ore fatte")),
    _own("place_answer", _("rispondere a un posto proposto a sé")),
    _own("turn", _("dire com’è andato il proprio turno")),
    _own("turn_absent", _("dire che non si può venire a un turno")),
    _own("receipt", _("mandare uno scontrino")),
    _own("absence", _("dire che non si può venire")),
    _own("words", _("scrivere a chi segue il patto")),
    _own("text", _("leggere il testo nella propria lingua")),
    _own("accept", _("dire che un testo proposto va bene")),
    _own("dispute", _("dire che un testo proposto non va bene")),
    _own("sign", _("firmare")),
    _own("readers", _("vedere chi ha letto il proprio fascicolo")),
    _own("data", _("scaricare i propri dati")),
    Door(
        "portal:card",
        _("dare alla famiglia il foglio per entrare"),
        frozenset({Role.SOCIAL_WORKER, Role.COORDINATOR}),
        sight=Sight.OWN,
    ),
)
