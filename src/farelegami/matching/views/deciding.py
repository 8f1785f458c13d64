"""What is decided on the board: a plan made, proposals taken up, fixed, left out."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from farelegami.access.requests import ActorRequest
from farelegami.giveback.queries.words import slot_words
from farelegami.giveback.services.matches import Proposal, propose
from farelegami.kernel.errors import NotFound, Refusal
from farelegami.matching.forms import DistrictForm, ExcludeForm, ItemsForm, WeightsForm
from farelegami.matching.models import PlanItem
from farelegami.matching.permissions import may_weigh
from farelegami.matching.queries.plans import (
    Proposed,
    item_for,
    last_plan,
    proposals_of,
    weights_in,
)
from farelegami.matching.services.plans import (
    allow,
    exclude,
    make_plan,
    pin,
    release,
    set_weights,
    unpin,
)
from farelegami.matching.services.taking import Left, take_up, take_up_all
from farelegami.matching.views.board import board_crumbs, district_of, weights_shown
from farelegami.matching.views.showing import sides
from farelegami.web.refusals import sentence, shown_on


def _back(district_id: int) -> HttpResponse:
    return redirect(f"{reverse('matching:board')}?ambito={district_id}")


@require_POST
def plan_page(request: ActorRequest) -> HttpResponse:
    """Make the plan of a district anew."""
    form = DistrictForm(request.POST)
    if not form.is_valid():
        raise NotFound
    plan = make_plan(request.actor, form.cleaned_data["district"])
    said = ngettext("Piano fatto: %(n)s proposta.", "Piano fatto: %(n)s proposte.", plan.placed)
    messages.success(request, said % {"n": plan.placed})
    return _back(plan.district_id)


@require_http_methods(["GET", "HEAD", "POST"])
def take_all_page(request: ActorRequest) -> HttpResponse:
    """Show all proposals of the plan, and propose those that stay marked."""
    district, _mine = district_of(request)
    plan = last_plan(district.pk)
    left: Sequence[Left] = ()
    if request.method == "POST":
        form = ItemsForm(request.POST)
        items = form.cleaned_data["items"] if form.is_valid() else ()
        if items:
            taken = take_up_all(request.actor, items)
            left = taken.left
            if taken.done or not left:
                messages.success(request, _done(taken.done))
            if not left:
                return _back(district.pk)
        else:
            messages.info(request, _("Non era segnata nessuna proposta: non è partito niente."))
    rows = proposals_of(request.actor, plan) if plan else ()
    context = {
        "district": district,
        "ambito": str(district.pk),
        "proposals": [_line(row) for row in rows],
        "left": [{"name": one.name, "title": one.title, "why": sentence(one.why)} for one in left],
        "crumbs": board_crumbs(district.pk),
        "here": _("Rivedi e conferma"),
    }
    return render(request, "matching/review.html", context)


def _done(count: int) -> str:
    return ngettext("%(n)s proposta fatta.", "%(n)s proposte fatte.", count) % {"n": count}


def _line(row: Proposed) -> dict[str, Any]:
    chips, _beside = sides(row.reasons)
    when = slot_words(row.slot)
    return {
        "id": row.id,
        "name": row.name,
        "title": row.title,
        "host": row.host,
        "when": when,
        "warnings": [one.text for one in chips if one.tone == "note"],
        "why": ", ".join(one.text for one in chips if one.tone != "note" and one.text != when),
    }


def _act(
    request: ActorRequest, item_id: UUID, do: Callable[[UUID], object], said: str
) -> HttpResponse:
    item: PlanItem = item_for(request.actor, item_id)
    try:
        do(item_id)
    except Refusal as refusal:
        messages.info(request, sentence(refusal))
    else:
        messages.success(request, said)
    return _back(item.district_id)


@require_POST
def take_page(request: ActorRequest, item_id: UUID) -> HttpResponse:
    """Propose to the person what the plan thought of."""
    said = _("Proposta fatta: adesso tocca alla persona. L’ente lo saprà dopo il suo sì.")
    return _act(request, item_id, lambda one: take_up(request.actor, one), said)


@require_POST
def pin_page(request: ActorRequest, item_id: UUID) -> HttpResponse:
    """Fix a proposal for the plans to come."""
    said = _("Fissata: i prossimi piani la terranno.")
    return _act(request, item_id, lambda one: pin(request.actor, one), said)


@require_POST
def unpin_page(request: ActorRequest, item_id: UUID) -> HttpResponse:
    """Let the plans to come decide again."""
    said = _("Lasciata libera: decide di nuovo il piano.")
    return _act(request, item_id, lambda one: unpin(request.actor, one), said)


@require_POST
def release_page(request: ActorRequest, pin_id: UUID) -> HttpResponse:
    """Let the plans to come decide about somebody whom they cannot place as was fixed."""
    district_id = release(request.actor, pin_id)
    messages.success(request, _("Lasciata libera: decide di nuovo il piano."))
    return _back(district_id)


@require_http_methods(["GET", "HEAD", "POST"])
def exclude_page(request: ActorRequest, item_id: UUID) -> HttpResponse:
    """Say that somebody does not go there, and why."""
    item = item_for(request.actor, item_id)
    form = ExcludeForm(request.POST or None)
    if form.is_valid():
        with shown_on(form):
            exclude(request.actor, item_id, reason=form.cleaned_data["reason"])
            messages.success(request, _("Esclusa. Si può togliere dal fondo della pagina."))
            return _back(item.district_id)
    context = {
        "form": form,
        "item": item,
        "crumbs": board_crumbs(item.district_id),
        "here": _("Escludi"),
        "back": f"{reverse('matching:board')}?ambito={item.district_id}",
    }
    return render(request, "matching/exclude.html", context, status=422 if form.errors else 200)


@require_POST
def allow_page(request: ActorRequest, exclusion_id: UUID) -> HttpResponse:
    """Lift an exclusion."""
    district_id = allow(request.actor, exclusion_id)
    messages.success(request, _("Esclusione tolta."))
    return _back(district_id)


@require_POST
def swap_page(request: ActorRequest, offer_id: UUID, slot_id: UUID) -> HttpResponse:
    """Propose another place than the plan's."""
    try:
        match = propose(request.actor, Proposal(offer_id, slot_id))
    except Refusal as refusal:
        messages.info(request, sentence(refusal))
        return redirect("matching:why", offer_id)
    messages.success(
        request, _("Proposta fatta: adesso tocca alla persona. L’ente lo saprà dopo il suo sì.")
    )
    return _back(match.district_id)


@require_http_methods(["GET", "HEAD", "POST"])
def set_weights_page(request: ActorRequest) -> HttpResponse:
    """Change what counts how much."""
    district, _mine = district_of(request)
    if not may_weigh(request.actor, district_id=district.pk) or request.method != "POST":
        return redirect(f"{reverse('matching:weights')}?ambito={district.pk}")
    form = WeightsForm(request.POST, weights=weights_in(district.pk))
    if form.is_valid():
        with shown_on(form):
            set_weights(request.actor, district.pk, form.cleaned_data)
            messages.success(request, _("Pesi salvati: valgono dal prossimo piano."))
            return _back(district.pk)
    return weights_shown(request, district, form)
