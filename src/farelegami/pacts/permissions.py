"""Who may do what with a pact, and the doors of its pages."""

from uuid import UUID

from farelegami.access.doors import DESK, Door, Sight
from farelegami.kernel.actor import Actor, Role
from farelegami.kernel.errors import gettext_noop as _

_WORKER = frozenset({Role.SOCIAL_WORKER})
_COORDINATOR = frozenset({Role.COORDINATOR})
_CLERK = frozenset({Role.CLERK})
_MONEY = frozenset({Role.CLERK, Role.SOCIAL_WORKER, Role.COORDINATOR})


def may_write_pact(actor: Actor, *, manager_id: UUID | None) -> bool:
    """The case manager writes; everyone else who sees the pact reads."""
    return actor.account_id is not None and actor.account_id == manager_id


def may_authorise(
    actor: Actor, *, district_id: int, written_by_id: UUID | None, manager_id: UUID | None
) -> bool:
    """A coordinator of the district, never who wrote the text or follows the case (R2)."""
    return actor.holds(Role.COORDINATOR, district_id=district_id) and actor.account_id not in {
        written_by_id,
        manager_id,
    }


def may_approve_spend(actor: Actor, *, district_id: int, asked_by_id: UUID | None) -> bool:
    """A coordinator of the district, never the one who asked (R2)."""
    return (
        actor.holds(Role.COORDINATOR, district_id=district_id) and actor.account_id != asked_by_id
    )


def may_pay(
    actor: Actor, *, district_id: int, asked_by_id: UUID | None, approved_by_id: UUID | None
) -> bool:
    """A clerk of the district, never who asked or approved (R2)."""
    return actor.holds(Role.CLERK, district_id=district_id) and actor.account_id not in {
        asked_by_id,
        approved_by_id,
    }


def may_document(actor: Actor, *, district_id: int, manager_id: UUID | None) -> bool:
    """The case manager hands in the receipt, or the clerk who received the invoice."""
    return may_write_pact(actor, manager_id=manager_id) or actor.holds(
        Role.CLERK, district_id=district_id
    )


def may_judge_plan(actor: Actor, *, district_id: int) -> bool:
    """The panel of the Chamber of Commerce in that district."""
    return actor.holds(Role.PANEL, district_id=district_id)


DOORS = (
    Door("pacts:pacts", _("vedere i patti che si possono vedere"), DESK, sight=Sight.OWN),
    Door("pacts:pact", _("leggere un patto"), DESK, sight=Sight.OWN),
)
