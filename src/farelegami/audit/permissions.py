"""Who may read the log."""

from farelegami.kernel.actor import Actor, Role


def may_read_log(actor: Actor) -> bool:
    """The DPO reads the log of the districts they answer for (R22)."""
    return actor.holds(Role.DPO)
