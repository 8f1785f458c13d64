"""Who writes offers, opportunities and matches, and the doors of their pages."""

from uuid import UUID

from farelegami.kernel.actor import Actor, Role

# Who works with volunteers and hosts; of who gives for a pact only the case's own people know.
PLACERS = (Role.SOCIAL_WORKER, Role.COORDINATOR, Role.COMMUNITY_MAKER)


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
