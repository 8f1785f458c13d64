"""Retention lists and the register of what was erased."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from farelegami.access.requests import ActorRequest
from farelegami.privacy.forms import ReasonForm
from farelegami.privacy.permissions import may_approve, may_propose
from farelegami.privacy.queries.plan import plan
from farelegami.privacy.queries.retention import erasures_page, items_of, list_for, lists_page
from farelegami.privacy.rules.retention import ListStage
from farelegami.privacy.services.retention import approve, drop_list, propose, take_out
from farelegami.privacy.views.acts import act_page
from farelegami.web.acts import Act


@require_safe
def lists_list_page(request: ActorRequest) -> HttpResponse:
    """List the retention lists, newest first."""
    page = lists_page(request.actor, cursor=request.GET.get("dopo", ""))
    terms = [term for code, term in plan().items() if term.months]
    return render(request, "privacy/lists.html", {"page": page, "terms": terms})


@require_safe
def list_page(request: ActorRequest, list_id: UUID) -> HttpResponse:
    """Show a list: what is in it, who decided, what can be done."""
    found = list_for(request.actor, list_id)
    items = items_of(list_id)
    stage = found.stage
    is_open = stage in {ListStage.DRAWN, ListStage.PROPOSED}
    context = {
        "found": found,
        "left": [item for item in items if item.taken_out_at is None],
        "out": [item for item in items if item.taken_out_at is not None],
        "is_open": is_open,
        "may_propose": stage is ListStage.DRAWN
        and may_propose(request.actor, district_id=found.district_id),
        "may_approve": stage is ListStage.PROPOSED
        and may_approve(request.actor, district_id=found.district_id)
        and found.proposed_by_id != request.actor.account_id,
    }
    return render(request, "privacy/list.html", context)


@require_POST
def propose_page(request: ActorRequest, list_id: UUID) -> HttpResponse:
    """Propose a list."""
    propose(request.actor, list_id)
    messages.success(request, _("La lista è proposta: la autorizza il coordinatore."))
    return redirect("privacy:list", list_id)


@require_POST
def approve_page(request: ActorRequest, list_id: UUID) -> HttpResponse:
    """Authorise the erasure of what is in a list."""
    approve(request.actor, list_id)
    messages.success(request, _("Cancellazione autorizzata: il lavoro di fondo la fa adesso."))
    return redirect("privacy:list", list_id)


def _act(list_id: UUID, *, title: str, says: str, submit: str, done: str) -> Act:
    back = reverse("privacy:list", args=[list_id])
    crumbs = ((back, _("Lista")),)
    return Act(title=title, says=says, submit=submit, done=done, back=back, crumbs=crumbs)


@require_http_methods(["GET", "HEAD", "POST"])
def drop_page(request: ActorRequest, list_id: UUID) -> HttpResponse:
    """Leave a whole list."""
    list_for(request.actor, list_id)
    act = _act(
        list_id,
        title=_("Lascia la lista"),
        says=_("Niente di questa lista si cancella. Fra un anno si propone di nuovo."),
        submit=_("Lascia"),
        done=_("La lista è lasciata."),
    )
    return act_page(
        request, act, ReasonForm(request.POST or None),
        lambda data: drop_list(request.actor, list_id, reason=data["reason"]),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def take_out_page(request: ActorRequest, list_id: UUID, item_id: UUID) -> HttpResponse:
    """Take one item out of a list."""
    list_for(request.actor, list_id)
    act = _act(
        list_id,
        title=_("Togli dalla lista"),
        says=_("Resta dov’è, e fra un anno si propone di nuovo. Per esempio: una causa in corso."),
        submit=_("Togli dalla lista"),
        done=_("Tolta dalla lista."),
    )
    return act_page(
        request, act, ReasonForm(request.POST or None),
        lambda data: take_out(request.actor, list_id, item_id, reason=data["reason"]),
    )  # fmt: skip


@require_safe
def erasures_list_page(request: ActorRequest) -> HttpResponse:
    """Show the register of what was erased."""
    page = erasures_page(request.actor, cursor=request.GET.get("dopo", ""))
    return render(request, "privacy/erasures.html", {"page": page})
