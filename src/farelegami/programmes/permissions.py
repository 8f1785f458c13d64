"""Who may change what a programme is."""

from farelegami.kernel.actor import Actor, Role


def may_load_programme(actor: Actor) -> bool:
    """The installation itself and its system administrator: a programme is configuration."""
    return actor.system or actor.holds(Role.SYSTEM_ADMIN)
