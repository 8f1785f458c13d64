"""Who protects the data, who authorises erasure, and the doors of the room."""

from typing import Final

from farelegami.access.doors import STAFF, Door, Sight
from farelegami.kernel.actor import Actor, Role
from farelegami.kernel.errors import gettext_noop as _

_DPO: Final = frozenset({Role.DPO})
_BOTH: Final = frozenset({Role.DPO, Role.COORDINATOR})


def protected_districts(actor: Actor) -> frozenset[int]:
    """Return the districts whose DPO the actor is."""
    return actor.districts(Role.DPO)


def list_districts(actor: Actor) -> frozenset[int]:
    """Return the districts whose retention lists the actor sees: as DPO or as coordinator."""
    return actor.districts(*_BOTH)


def may_propose(actor: Actor, *, district_id: int) -> bool:
    """The DPO examines what is past its term and proposes it."""
    return actor.holds(Role.DPO, district_id=district_id)


def may_approve(actor: Actor, *, district_id: int) -> bool:
    """The coordinator authorises for the body; the DPO, who advises it, never decides."""
    return actor.holds(Role.COORDINATOR, district_id=district_id)


def _door(name: str, does: str, roles: frozenset[Role], *, fresh: bool = False) -> Door:
    return Door(f"privacy:{name}", does, roles, sight=Sight.DISTRICT, fresh=fresh)


DOORS: Final = (
    _door("home", _("vedere che cosa aspetta per i dati delle persone"), _BOTH),
    Door("privacy:kept", _("leggere che cosa teniamo, perché e fino a quando"), STAFF),
    Door("privacy:public_kept", _("leggere che cosa teniamo"), public=True),
    _door("requests", _("vedere le richieste sui dati"), _DPO),
    _door("register_request", _("registrare una richiesta sui dati"), _DPO),
    _door("request", _("leggere una richiesta e rispondere"), _DPO),
    _door("link_request", _("collegare una richiesta alla scheda"), _DPO),
    _door("extend_request", _("prorogare il termine di una richiesta"), _DPO),
    _door("answer_request", _("rispondere a una richiesta"), _DPO),
    _door("lift_restriction", _("togliere la limitazione del trattamento"), _DPO),
    _door("copy", _("consegnare la copia dei dati"), _DPO, fresh=True),
    _door("erase_request", _("proporre la cancellazione chiesta"), _DPO),
    _door("lists", _("vedere le liste di scarto"), _BOTH),
    _door("list", _("leggere una lista di scarto"), _BOTH),
    _door("take_out", _("togliere una voce da una lista di scarto"), _BOTH),
    _door("propose_list", _("proporre una lista di scarto"), _DPO),
    _door("approve_list", _("autorizzare una cancellazione"), frozenset({Role.COORDINATOR}),
          fresh=True),
    _door("drop_list", _("lasciare una lista di scarto"), _BOTH),
    _door("erasures", _("leggere il registro delle cancellazioni"), _BOTH),
    _door("anomalies", _("vedere le letture insolite"), _DPO),
    _door("anomaly", _("guardare una lettura insolita"), _DPO),
)  # fmt: skip
