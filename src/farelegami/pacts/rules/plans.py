"""The business plan of a patto per l'autonomia: presented, accompanied, validated or not."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from farelegami.kernel.errors import Refusal, gettext_noop


class Plan(StrEnum):
    PRESENTED = "presented"
    ACCOMPANIED = "accompanied"
    VALIDATED = "validated"
    NOT_VALIDATED = "not_validated"


PLAN_LABELS: Final[Mapping[Plan, str]] = {
    Plan.PRESENTED: gettext_noop("presentato"),
    Plan.ACCOMPANIED: gettext_noop("accompagnato"),
    Plan.VALIDATED: gettext_noop("validato"),
    Plan.NOT_VALIDATED: gettext_noop("non validato"),
}


class PlanMove(StrEnum):
    ACCOMPANY = "accompany"
    VALIDATE = "validate"
    TURN_DOWN = "turn_down"


NEXT_PLAN: Final[Mapping[tuple[Plan, PlanMove], Plan]] = {
    (Plan.PRESENTED, PlanMove.ACCOMPANY): Plan.ACCOMPANIED,
    (Plan.ACCOMPANIED, PlanMove.VALIDATE): Plan.VALIDATED,
    (Plan.ACCOMPANIED, PlanMove.TURN_DOWN): Plan.NOT_VALIDATED,
}


@dataclass(eq=False)
class PlanMovedAlready(Refusal):
    code = "pacts.plan_moved"
    text = gettext_noop("Il piano è «%(stage_label)s»: questo passo ora non si può fare.")
    stage_label: str


@dataclass(eq=False)
class NoPlanInThisType(Refusal):
    code = "pacts.no_plan"
    text = gettext_noop("Questo tipo di patto non prevede un piano d’impresa.")


def plan_moved(stage: Plan, move: PlanMove) -> Plan:
    """Return the stage of a business plan after `move`.

    Raises:
        PlanMovedAlready: the move is not open in this stage.
    """
    after = NEXT_PLAN.get((stage, move))
    if after is None:
        raise PlanMovedAlready(PLAN_LABELS[stage])
    return after
