"""Who may name quarters and places."""

from farelegami.kernel.actor import Actor, Role


def may_write_places(actor: Actor, *, district_id: int) -> bool:
    """Whoever works in the district names its quarters and places; reference data are loaded."""
    return actor.holds(
        Role.SOCIAL_WORKER, Role.COORDINATOR, Role.COMMUNITY_MAKER, district_id=district_id
    )
