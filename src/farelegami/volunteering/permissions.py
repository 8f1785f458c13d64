"""Who keeps a register, who reads it, who writes down hours for the collectivity."""

from typing import Final

from farelegami.access.doors import Door, Sight
from farelegami.kernel.actor import Actor, Role
from farelegami.kernel.errors import gettext_noop as _
from farelegami.volunteering.models import Register

# Whom a body may charge with its register, in writing; else only the body writes in it (R13).
DELEGATES: Final = (Role.SOCIAL_WORKER, Role.COORDINATOR, Role.COMMUNITY_MAKER)
READERS: Final = (*DELEGATES, Role.CLERK)
PUC_WRITERS: Final = (Role.SOCIAL_WORKER, Role.COORDINATOR)


def reading_districts(actor: Actor) -> frozenset[int]:
    """Return the districts whose registers the actor sees."""
    return actor.districts(*READERS)


def puc_districts(actor: Actor) -> frozenset[int]:
    """Return the districts whose hours for the collectivity the actor sees and declares."""
    return actor.districts(*PUC_WRITERS, Role.CLERK)


def may_open_register(actor: Actor, *, organisation: object, district_id: int) -> bool:
    """The body itself; the staff of the district, who say by which delegation."""
    return organisation in actor.organisations(Role.HOST) or actor.holds(
        *DELEGATES, district_id=district_id
    )


def is_of_the_body(actor: Actor, register: Register) -> bool:
    """Return whether the actor answers for the organisation of a register."""
    return register.organisation_id in actor.organisations(Role.HOST)


def may_keep(actor: Actor, register: Register) -> bool:
    """The body itself (R13); the staff of the district while it has delegated them in writing."""
    return is_of_the_body(actor, register) or (
        register.delegated and actor.holds(*DELEGATES, district_id=register.district_id)
    )


def may_refund(actor: Actor, register: Register) -> bool:
    """Who keeps the register; clerks of the district while it is delegated."""
    return may_keep(actor, register) or (
        register.delegated and actor.holds(Role.CLERK, district_id=register.district_id)
    )


def may_delegate(actor: Actor, register: Register) -> bool:
    """The body; the staff, who say which written act of the body delegates them."""
    return is_of_the_body(actor, register) or actor.holds(
        *DELEGATES, district_id=register.district_id
    )


def may_write_puc(actor: Actor, *, district_id: int) -> bool:
    """Social workers and coordinators, who see the registry; clerks declare, a host only hosts."""
    return actor.holds(*PUC_WRITERS, district_id=district_id)


_KEEP: Final = frozenset({Role.HOST, *DELEGATES})
_READ: Final = frozenset({Role.HOST, *READERS})
_PUC: Final = frozenset({*PUC_WRITERS, Role.CLERK})


def _door(name: str, does: str, roles: frozenset[Role]) -> Door:
    return Door(f"volunteering:{name}", does, roles, sight=Sight.DISTRICT)


DOORS: Final = (
    _door("registers", _("vedere i registri dei volontari"), _READ),
    _door("open_register", _("aprire il registro dei volontari di un ente"), _KEEP),
    _door("register", _("vedere chi è nel registro di un ente e chi è coperto"), _READ),
    _door("enter", _("iscrivere un volontario"), _KEEP),
    _door("volunteer", _("vedere un volontario, le coperture e i giorni dati"), _READ),
    _door("correct", _("rettificare una riga del registro"), _KEEP),
    _door("leave", _("cancellare un volontario dal registro"), _KEEP),
    _door("paid_link", _("scrivere che qualcuno lavora per l’ente"), _KEEP),
    _door("paid_somebody", _("scrivere chi lavora per l’ente"), _KEEP),
    _door("end_paid_link", _("chiudere un rapporto di lavoro con l’ente"), _KEEP),
    _door("delegate", _("delegare il registro al personale dell’ambito"), _KEEP),
    _door("end_delegation", _("togliere la delega sul registro"), _KEEP),
    _door("policies", _("vedere le polizze di un ente"), _READ),
    _door("add_policy", _("scrivere una polizza"), _KEEP),
    _door("end_policy", _("chiudere prima una polizza"), _KEEP),
    _door("withdraw_policy", _("togliere una polizza scritta per errore"), _KEEP),
    _door("check", _("controllare che un registro sia com’è stato scritto"), _READ),
    _door("paper", _("scaricare un registro in PDF"), _KEEP),
    _door("table", _("scaricare un registro come tabella"), _KEEP),
    _door("refunds", _("vedere i rimborsi di un ente"), _READ),
    _door("resolve", _("scrivere quali spese un ente rimborsa"), _KEEP),
    _door("ask_refund", _("chiedere un rimborso per un volontario"), _READ),
    _door("refund", _("vedere un rimborso"), _READ),
    _door("approve_refund", _("approvare un rimborso"), _READ),
    _door("refuse_refund", _("non approvare un rimborso"), _READ),
    _door("pay_refund", _("segnare pagato un rimborso"), _READ),
    _door("pucs", _("vedere le posizioni INAIL dei PUC e le giornate da dichiarare"), _PUC),
    _door("open_puc", _("aprire la posizione INAIL di un PUC"), frozenset(PUC_WRITERS)),
    _door("end_puc", _("chiudere la posizione INAIL di un PUC"), frozenset(PUC_WRITERS)),
    _door("puc_days", _("scaricare le giornate dei PUC"), _PUC),
)
