"""Who writes offers, opportunities and matches, and the doors of their pages."""

from collections.abc import Iterator
from uuid import UUID

from farelegami.access.doors import DESK, Door, Sight
from farelegami.kernel.actor import Actor, Role
from farelegami.kernel.errors import gettext_noop as _

# Who works with volunteers and hosts; of who gives for a pact only the case's own people know.
PLACERS = (Role.SOCIAL_WORKER, Role.COORDINATOR, Role.COMMUNITY_MAKER)
_HOSTS = frozenset({Role.HOST})
_PLACERS = frozenset(PLACERS)


def may_place(actor: Actor, *, district_id: int, manager_id: UUID | None, has_pact: bool) -> bool:
    """Who follows the case and the coordinator; without a pact, whoever places people there."""
    if not has_pact:
        return actor.holds(*PLACERS, district_id=district_id)
    followed = actor.account_id is not None and actor.account_id == manager_id
    return followed or actor.holds(Role.COORDINATOR, district_id=district_id)


def may_record_met(actor: Actor, *, district_id: int) -> bool:
    """A community maker of the district, of a volunteer they met."""
    return actor.holds(Role.COMMUNITY_MAKER, district_id=district_id)


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


def _staff(name: str, does: str) -> Door:
    return Door(f"giveback:{name}", does, _PLACERS, sight=Sight.DISTRICT)


def _own_place(name: str, does: str) -> Door:
    return Door(f"giveback:place_{name}", does, _HOSTS, sight=Sight.OWN)


def _followed(name: str, does: str) -> Door:
    return Door(f"giveback:{name}", does, _PLACERS, sight=Sight.OWN)


DOORS = (
    _own_place("new", _("scrivere che cosa serve al proprio ente")),
    _own_place("change", _("cambiare una richiesta del proprio ente")),
    _own_place("copy", _("copiare una richiesta del proprio ente")),
    _own_place("act", _("mettere in pausa, riaprire o chiudere una richiesta del proprio ente")),
    _staff("opportunities", _("vedere le opportunità di restituzione")),
    _staff("opportunity", _("vedere un’opportunità e chi ci lavora")),
    _staff("opportunity_new", _("scrivere un’opportunità per un ente")),
    _staff("opportunity_change", _("cambiare un’opportunità")),
    _staff("opportunity_copy", _("copiare un’opportunità")),
    _staff("opportunity_act", _("mettere in pausa, riaprire o chiudere un’opportunità")),
    _staff("opportunity_sheet", _("stampare il foglio presenze di un’opportunità")),
    _staff("opportunity_typing", _("segnare le presenze di un’opportunità da un foglio")),
    _staff("opportunity_give_link", _("dare un indirizzo per confermare senza password")),
    _staff("opportunity_revoke_link", _("revocare un indirizzo per confermare")),
    Door(
        "giveback:offer_for_commitment",
        _("cercare un posto per un impegno di un patto"),
        DESK,
        sight=Sight.OWN,
    ),
    Door(
        "giveback:offer_freely",
        _("scrivere che cosa offre una persona"),
        DESK,
        sight=Sight.DISTRICT,
    ),
    Door(
        "giveback:offer_met",
        _("scrivere che cosa offre un volontario conosciuto"),
        frozenset({Role.COMMUNITY_MAKER}),
        sight=Sight.OWN,
    ),
    Door("giveback:paper", _("segnare che un documento è stato visto"), DESK, sight=Sight.DISTRICT),
    _followed("offer", _("vedere che cosa offre una persona")),
    _followed("offer_change", _("cambiare che cosa offre una persona")),
    _followed("offer_act", _("mettere in pausa, riaprire o chiudere una disponibilità")),
    _followed("propose", _("proporre un posto a una persona")),
    _followed("match", _("vedere un posto e i suoi turni")),
    _followed("match_answer", _("scrivere la risposta di una persona a una proposta")),
    _followed("match_start", _("far cominciare un posto accettato da entrambi")),
    _followed("match_withdraw", _("ritirare una proposta")),
    _followed("match_complete", _("segnare completato un posto")),
    Door(
        "giveback:match_go_on",
        _("lasciare a una persona il posto di un patto finito"),
        DESK,
        sight=Sight.OWN,
    ),
    Door("giveback:match_end", _("finire un posto con il suo patto"), DESK, sight=Sight.OWN),
    _followed("match_interrupt", _("interrompere un posto")),
    _followed("turn_word", _("scrivere che cosa dice una persona di un turno")),
    _followed("turn_settle", _("chiarire un turno su cui ci sono due parole diverse")),
    _followed("turn_cancel", _("annullare un turno che deve venire")),
    Door("giveback:places", _("vedere le richieste del proprio ente"), _HOSTS, sight=Sight.OWN),
    *_received(),
)
