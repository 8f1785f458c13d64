"""Who sees and writes the registry of a district."""

from typing import Final

from farelegami.kernel.actor import Actor, Role

# Everyone else learns of a person only through what they do together: a pact, a session, a payment.
REGISTRY_ROLES: Final = (Role.SOCIAL_WORKER, Role.COORDINATOR)


# Who ends what was granted to the person; granting it is an answer of the DPO.
LIFTING_ROLES: Final = (Role.COORDINATOR, Role.DPO)


def lifting_districts(actor: Actor) -> frozenset[int]:
    """Return the districts in which the actor may end a restriction."""
    return actor.districts(*LIFTING_ROLES)


def registry_districts(actor: Actor) -> frozenset[int]:
    """Return the districts whose registry the actor reads and writes."""
    return actor.districts(*REGISTRY_ROLES)


def may_write_registry(actor: Actor, *, district_id: int) -> bool:
    """Social workers and coordinators of the district."""
    return actor.holds(*REGISTRY_ROLES, district_id=district_id)
