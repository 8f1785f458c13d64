"""Who makes plans and decides about proposals, and the doors of their pages."""

from farelegami.access.doors import DESK, Door, Sight
from farelegami.giveback.permissions import PLACERS
from farelegami.kernel.actor import Actor, Role
from farelegami.kernel.errors import gettext_noop as _

_PLACERS = frozenset(PLACERS)
_COORDINATOR = frozenset({Role.COORDINATOR})


def may_plan(actor: Actor, *, district_id: int) -> bool:
    """The desk of the district, who sees the people it is made of: a plan only proposes."""
    return actor.holds(*DESK, district_id=district_id)


def may_weigh(actor: Actor, *, district_id: int) -> bool:
    """The coordinator of the district sets what counts how much."""
    return actor.holds(Role.COORDINATOR, district_id=district_id)


def _door(name: str, does: str, roles: frozenset[Role] = _PLACERS) -> Door:
    return Door(f"matching:{name}", does, roles, sight=Sight.DISTRICT)


DOORS = (
    _door("board", _("vedere chi aspetta un posto, i posti aperti e le proposte")),
    _door("plan", _("calcolare il piano della restituzione"), DESK),
    _door("take", _("proporre un posto del piano")),
    _door("take_all", _("proporre tutti i posti del piano")),
    _door("pin", _("fissare una proposta del piano")),
    _door("unpin", _("lasciare libera una proposta fissata")),
    _door("release", _("lasciare libero ciò che era fissato e il piano non può tenere")),
    _door("exclude", _("escludere una proposta, con il motivo")),
    _door("allow", _("togliere un’esclusione")),
    _door("swap", _("scegliere un altro posto per una persona")),
    _door("why", _("vedere i posti adatti a una persona")),
    Door(
        "matching:suggestions",
        _("vedere i posti adatti a chi scrive un patto"),
        DESK,
        sight=Sight.OWN,
    ),
    _door("helpers", _("vedere chi potrebbe aiutare in un’opportunità")),
    _door("weights", _("vedere che cosa pesa nel piano")),
    _door("set_weights", _("cambiare che cosa pesa nel piano"), _COORDINATOR),
)
