"""Who writes offers, opportunities and matches, and the doors of their pages."""

from collections.abc import Iterator
from uuid import UUID

from farelegami.access.doors import Door, Sight
from farelegami.kernel.actor import Actor, Role
from farelegami.kernel.errors import gettext_noop as _

# Who works with volunteers and hosts; of who gives for a pact only the case's own people know.
PLACERS = (Role.SOCIAL_WORKER, Role.COORDINATOR, Role.COMMUNITY_MAKER)
_HOSTS = frozenset({Role.HOST})


def may_place(actor: Actor, *, district_id: int, manager_id: UUID | None, has_pact: bool) -> bool:
    """Who follows the case and the coordinator; without a pact, whoever places people there."""
    if not has_pact:
        return actor.holds(*PLACERS, district_id=district_id)
    followed = actor.account_id is not None and actor.account_id == manager_id
    return followed or actor.holds(Role.COORDINATOR, district_id=district_id)


def may_post(actor: Actor, *, district_id: int, organisation_id: UUID) -> bool:
    """The organisation's own referent, and whoever places people in the district."""
    return organisation_id in actor.organisations(Role.HOST) or actor.holds(
        *PLACERS, district_id=district_id
    )


_RECEIVING = {
    "": _("vedere chi viene e che cosa aspetta conferma"),
    "_answer": _("dire di sì o di no a una persona proposta"),
    "_confirm": _("confermare turni"),
    "_turn": _("dire com’è andato un turno"),
    "_cancel": _("annullare un turno"),
    "_changed": _("dire che cosa è cambiato per gli altri"),
    "_needed": _("dire se serve ancora qualcuno"),
    "_sheet": _("stampare il foglio presenze"),
    "_typing": _("segnare le presenze da un foglio"),
}


def _received() -> Iterator[Door]:
    """Yield the pages of who receives people: by signed link, then with an account."""
    for page, does in _RECEIVING.items():
        yield Door(f"giveback:host{page}", does, public=True, sight=Sight.OWN, limit="host_link")
        yield Door(f"giveback:place{page}", does, _HOSTS, sight=Sight.OWN)


DOORS = (
    Door("giveback:places", _("vedere le richieste del proprio ente"), _HOSTS, sight=Sight.OWN),
    *_received(),
)
