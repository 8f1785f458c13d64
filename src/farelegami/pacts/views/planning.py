"""Business plans: presented by the pact, accompanied, judged by the panel without the story."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from farelegami.access.requests import ActorRequest
from farelegami.kernel.errors import NotAllowed, NotFound
from farelegami.pacts.forms.acts import AccompanyForm, JudgeForm, PlanForm
from farelegami.pacts.permissions import may_judge_plan, may_write_pact
from farelegami.pacts.queries import plan_for
from farelegami.pacts.queries import plans_page as plans_listed
from farelegami.pacts.rules.plans import NEXT_PLAN, PLAN_LABELS, Plan, PlanMove
from farelegami.pacts.services.planning import accompany_plan, judge_plan, present_plan
from farelegami.pacts.views.acts import Words, act_page, own_pact, posted
from farelegami.pacts.views.showing import crumbs, pact_url
from farelegami.web.parts import PageLinks


@require_safe
def plans_page(request: ActorRequest) -> HttpResponse:
    """Show the business plans, by pact code."""
    stage = request.GET.get("stato", "")
    chosen = stage if stage in {str(each) for each in Plan} else ""
    page = plans_listed(request.actor, stage=chosen, cursor=request.GET.get("dopo", ""))
    context = {
        "plans": [(plan, _(plan.stage_label)) for plan in page.rows],
        "page": PageLinks.of(request, next_cursor=page.next_cursor, cursor=page.cursor),
        "stage": chosen,
        "stages": [(each.value, _(label)) for each, label in PLAN_LABELS.items()],
    }
    return render(request, "pacts/plans.html", context)


@require_safe
def plan_page(request: ActorRequest, plan_id: UUID) -> HttpResponse:
    """Show a plan: what it says, and the code of its pact."""
    plan = plan_for(request.actor, plan_id)
    stage, actor = Plan(plan.stage), request.actor
    judges = may_judge_plan(actor, district_id=plan.district_id)
    writes = may_write_pact(actor, manager_id=plan.pact.case.manager_id)
    context = {
        "plan": plan,
        "stage": _(plan.stage_label),
        "may_accompany": (judges or writes) and (stage, PlanMove.ACCOMPANY) in NEXT_PLAN,
        "may_judge": judges and (stage, PlanMove.VALIDATE) in NEXT_PLAN,
        "writes": writes,
        "crumbs": crumbs((reverse("pacts:plans"), _("Piani d’impresa"))),
    }
    return render(request, "pacts/plan.html", context)


@require_http_methods(["GET", "POST"])
def present_plan_page(request: ActorRequest, pact_id: UUID) -> HttpResponse:
    """Present a business plan."""
    pact = own_pact(request, pact_id)
    if not pact.pact_type.allows_business_plan:
        raise NotFound
    words = Words(
        _("Presentare un piano d’impresa"), _("Presenta il piano"), _("Il piano è presentato.")
    )
    return act_page(
        request,
        PlanForm(posted(request)),
        lambda data: present_plan(request.actor, pact_id, **data),
        words,
        pact=pact,
        back=pact_url(pact_id),
    )


@require_http_methods(["GET", "POST"])
def accompany_plan_page(request: ActorRequest, plan_id: UUID) -> HttpResponse:
    """Note who works on the plan with the person."""
    plan = plan_for(request.actor, plan_id)
    words = Words(
        _("Accompagnare il piano «%(title)s»") % {"title": plan.title},
        _("Salva"),
        _("Il piano è accompagnato."),
    )
    return act_page(
        request,
        AccompanyForm(posted(request)),
        lambda data: accompany_plan(request.actor, plan_id, **data),
        words,
        back=reverse("pacts:plan", args=[plan_id]),
    )


@require_http_methods(["GET", "POST"])
def judge_plan_page(request: ActorRequest, plan_id: UUID) -> HttpResponse:
    """Validate a plan or not, as the panel."""
    plan = plan_for(request.actor, plan_id)
    if not may_judge_plan(request.actor, district_id=plan.district_id):
        raise NotAllowed
    form = JudgeForm(posted(request))
    words = Words(
        _("Decidere sul piano «%(title)s»") % {"title": plan.title},
        _("Scrivi la decisione"),
        _("La decisione è scritta."),
        _("La decisione e il suo motivo restano come sono."),
    )
    return act_page(
        request,
        form,
        lambda data: judge_plan(
            request.actor, plan_id, is_valid=form.is_validated(), reason=data["reason"]
        ),
        words,
        back=reverse("pacts:plan", args=[plan_id]),
    )
