"""The business plan of a patto per l'autonomia: presented, accompanied, judged by a panel."""

from uuid import UUID

from django.db import transaction

from farelegami.audit.rules import Facts, Verb
from farelegami.audit.services import record
from farelegami.kernel import clock
from farelegami.kernel.actor import Actor
from farelegami.kernel.errors import NotAllowed
from farelegami.kernel.ids import new_id
from farelegami.pacts.models import BusinessPlan
from farelegami.pacts.permissions import may_judge_plan, may_write_pact
from farelegami.pacts.queries import pact_for, plan_for
from farelegami.pacts.rules.plans import NoPlanInThisType, Plan, PlanMove, plan_moved
from farelegami.pacts.rules.stages import IN_FORCE, STAGE_LABELS, WrongStage
from farelegami.storage.once import written_once


def _record(actor: Actor, plan: BusinessPlan, verb: Verb, facts: Facts) -> None:
    record(
        actor,
        verb,
        kind="pacts.plan",
        object_id=plan.pk,
        district_id=plan.district_id,
        facts={"pact": str(plan.pact_id), **facts},
    )


@transaction.atomic
def present_plan(
    actor: Actor, pact_id: UUID, *, title: str, summary: str, once: UUID | None = None
) -> BusinessPlan:
    """Return a newly presented plan; `once` names the act: the same twice presents one.

    Raises:
        NotFound, NotAllowed: not visible, or not the actor's to write.
        SentAlready: sent before with other data.
        NoPlanInThisType: the pact's type has none.
        WrongStage: the pact is not in force.
    """
    pact = pact_for(actor, pact_id, for_update=True)
    if not may_write_pact(actor, manager_id=pact.case.manager_id):
        raise NotAllowed
    if not pact.pact_type.allows_business_plan:
        raise NoPlanInThisType
    if pact.stage_now not in IN_FORCE:
        raise WrongStage(stage_label=STAGE_LABELS[pact.stage_now], move="plan")
    plan = BusinessPlan(
        id=once or new_id(),
        district_id=pact.district_id,
        pact=pact,
        title=title,
        summary=summary,
        presented_on=clock.today(),
    )
    plan, is_new = written_once(plan, of="pact_id", sent=("title", "summary"))
    if is_new:
        _record(actor, plan, Verb.CREATED, {"title": title})
    return plan


@transaction.atomic
def accompany_plan(actor: Actor, plan_id: UUID, *, accompanied_by: str) -> BusinessPlan:
    """Note who works on the plan with the person. Returns it.

    Raises:
        NotFound, NotAllowed: not visible; neither the case manager nor the panel.
        PlanMovedAlready: not freshly presented.
    """
    plan = plan_for(actor, plan_id)
    manager_id = plan.pact.case.manager_id
    if not (
        may_write_pact(actor, manager_id=manager_id)
        or may_judge_plan(actor, district_id=plan.district_id)
    ):
        raise NotAllowed
    plan = BusinessPlan.objects.select_for_update(no_key=True).get(pk=plan.pk)
    plan_moved(Plan(plan.stage), PlanMove.ACCOMPANY)
    plan.accompanied_on, plan.accompanied_by = clock.today(), accompanied_by
    plan.save(update_fields=["accompanied_on", "accompanied_by"])
    _record(actor, plan, Verb.CHANGED, {"accompanied_by": accompanied_by})
    return plan


@transaction.atomic
def judge_plan(actor: Actor, plan_id: UUID, *, is_valid: bool, reason: str) -> BusinessPlan:
    """Validate a plan or not, as the panel of the Chamber of Commerce. Returns it.

    Raises:
        NotFound, NotAllowed: not visible; not of the panel.
        PlanMovedAlready: not accompanied, or judged already.
    """
    plan = plan_for(actor, plan_id)
    if not may_judge_plan(actor, district_id=plan.district_id):
        raise NotAllowed
    plan = BusinessPlan.objects.select_for_update(no_key=True).get(pk=plan.pk)
    plan_moved(Plan(plan.stage), PlanMove.VALIDATE if is_valid else PlanMove.TURN_DOWN)
    if is_valid:
        plan.validated_on = clock.today()
    else:
        plan.turned_down_on = clock.today()
    plan.decided_by_id, plan.decision_reason = actor.account_id, reason
    plan.save(update_fields=["validated_on", "turned_down_on", "decided_by", "decision_reason"])
    _record(actor, plan, Verb.DECIDED, {"valid": is_valid})
    return plan
