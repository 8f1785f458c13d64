"""Who sees organisations, who writes them, who records what they are to personal data."""

from typing import Final

from farelegami.kernel.actor import Actor, Role

WRITERS: Final = (
    Role.SOCIAL_WORKER,
    Role.COORDINATOR,
    Role.COMMUNITY_MAKER,
    Role.PROGRAMME_MANAGER,
)
_PRIVACY_WRITERS: Final = (Role.COORDINATOR, Role.DPO, Role.PROGRAMME_MANAGER)


def may_see_network(actor: Actor) -> bool:
    """Anyone with a role: organisations are public bodies and groups, not people."""
    return bool(actor.grants)


def staff_districts(actor: Actor) -> frozenset[int]:
    """Return every district in which the actor has a role."""
    return frozenset(grant.district_id for grant in actor.grants if grant.district_id is not None)


def may_see_contacts(actor: Actor) -> bool:
    """Those who work with organisations; a host sees the others' names, not their people."""
    return actor.holds(*WRITERS, Role.CLERK, Role.DPO)


def may_write_organisation(actor: Actor, *, district_id: int | None) -> bool:
    """Whoever works in its district; a body of the whole province, any coordinator or manager."""
    if district_id is None:
        return actor.holds(Role.COORDINATOR, Role.PROGRAMME_MANAGER)
    return actor.holds(*WRITERS, district_id=district_id) or actor.holds(Role.PROGRAMME_MANAGER)


def may_write_data_role(actor: Actor, *, district_id: int | None) -> bool:
    """The coordinator of the district, the DPO, the programme manager (R20)."""
    if district_id is None:
        return actor.holds(*_PRIVACY_WRITERS)
    return actor.holds(*_PRIVACY_WRITERS, district_id=district_id) or actor.holds(
        Role.PROGRAMME_MANAGER
    )
