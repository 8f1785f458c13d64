"""Who may change what a programme is."""

from collections.abc import Collection

from farelegami.kernel.actor import Actor, Role


def may_load_programme(actor: Actor) -> bool:
    """The installation itself and its system administrator: a programme is configuration."""
    return actor.system or actor.holds(Role.SYSTEM_ADMIN)


def may_write_tracks(actor: Actor, *, district_ids: Collection[int]) -> bool:
    """A coordinator of one of the districts, or who answers for a programme (R30)."""
    return actor.holds(Role.PROGRAMME_MANAGER) or any(
        actor.holds(Role.COORDINATOR, district_id=district_id) for district_id in district_ids
    )
