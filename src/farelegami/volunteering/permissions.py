"""Who keeps a register, who reads it, who writes down hours for the collectivity."""

from typing import Final

from farelegami.kernel.actor import Actor, Role
from farelegami.volunteering.models import Register

# Whom a body may charge with its register, in writing; else only the body writes in it (R13).
DELEGATES: Final = (Role.SOCIAL_WORKER, Role.COORDINATOR, Role.COMMUNITY_MAKER)
READERS: Final = (*DELEGATES, Role.CLERK)
PUC_WRITERS: Final = (Role.SOCIAL_WORKER, Role.COORDINATOR, Role.CLERK)


def reading_districts(actor: Actor) -> frozenset[int]:
    """Return the districts whose registers the actor sees."""
    return actor.districts(*READERS)


def puc_districts(actor: Actor) -> frozenset[int]:
    """Return the districts whose hours for the collectivity the actor sees and writes."""
    return actor.districts(*PUC_WRITERS)


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
    """Social workers, coordinators and clerks of the district: a host only hosts."""
    return actor.holds(*PUC_WRITERS, district_id=district_id)
