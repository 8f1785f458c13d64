"""Opportunities on the desk: the list, the page of one, the ways in that were given."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from farelegami.access.requests import ActorRequest
from farelegami.giveback.forms.staff import LinkForm
from farelegami.giveback.models import Opportunity
from farelegami.giveback.permissions import PLACERS
from farelegami.giveback.queries.opportunities import (
    OpportunityFilters,
    opportunities_page,
    opportunity_file,
)
from farelegami.giveback.queries.people import seen_matches
from farelegami.giveback.queries.sight import knows_people
from farelegami.giveback.queries.words import need_words, slot_words, slots_words
from farelegami.giveback.rules.needs import FIELD_LABELS, WEIGHT_LABELS
from farelegami.giveback.rules.opportunities import OPPORTUNITY_LABELS, wants_asking
from farelegami.giveback.services.letters import address_of
from farelegami.giveback.services.opportunities import give_link, revoke_link
from farelegami.kernel import clock
from farelegami.territory.queries import municipality_choices
from farelegami.web.parts import PageLinks
from farelegami.web.refusals import shown_on


@require_safe
def opportunities_list_page(request: ActorRequest) -> HttpResponse:
    """Show what is needed in the actor's districts, filtered."""
    asked = request.GET
    field, town = asked.get("campo", ""), asked.get("comune", "")
    stage = asked.get("fase", "open")
    towns = municipality_choices(request.actor.districts(*PLACERS))
    filters = OpportunityFilters(
        text=asked.get("testo", "").strip(),
        field=field if field in FIELD_LABELS else "",
        stage=stage if stage in OPPORTUNITY_LABELS else "",
        municipality_id=town if town in dict(towns) else "",
    )
    page = opportunities_page(request.actor, filters, asked.get("dopo", ""))
    context = {
        "rows": [(row, slots_words(row.slots)) for row in page.rows],
        "page": PageLinks.of(request, next_cursor=page.next_cursor, cursor=page.cursor),
        "filters": filters,
        "fields": [(each.value, _(label)) for each, label in FIELD_LABELS.items()],
        "stages": [(each.value, _(label)) for each, label in OPPORTUNITY_LABELS.items()],
        "towns": towns,
        "narrowed": bool(filters.text or filters.field or town or stage != "open"),
    }
    return render(request, "giveback/opportunities.html", context)


@require_safe
def opportunity_page(request: ActorRequest, opportunity_id: UUID) -> HttpResponse:
    """Show an opportunity: what it asks, who works there, who may confirm."""
    return _page(request, opportunity_id, LinkForm())


def _page(request: ActorRequest, opportunity_id: UUID, form: LinkForm) -> HttpResponse:
    file = opportunity_file(request.actor, opportunity_id)
    opportunity = file.opportunity
    there = [each.match_id for each in file.people]
    if not knows_people(request.actor, opportunity.district_id):
        there = []
    seen = seen_matches(request.actor, there)
    context = {
        "file": file,
        "opportunity": opportunity,
        "when": slots_words(row.slot() for row in file.slots),
        "facts": _facts(opportunity),
        "needs": [(need_words(need), _(WEIGHT_LABELS[need.weight])) for need in file.needs],
        "people": [(one, slot_words(one.slot), one.match_id in seen) for one in file.people],
        "links": [(link, address_of(link)) for link in file.links],
        "form": form,
        "asks": opportunity.stage == "open"
        and wants_asking(opportunity.confirmed_on, today=clock.today()),
    }
    status = 422 if form.errors else 200
    return render(request, "giveback/opportunity.html", context, status=status)


def _facts(opportunity: Opportunity) -> list[tuple[str, Any]]:
    where = ", ".join(
        part
        for part in (
            opportunity.place.name if opportunity.place else "",
            opportunity.address,
            opportunity.municipality.name,
        )
        if part
    )
    tutor = ", ".join(
        part
        for part in (opportunity.tutor_name, opportunity.tutor_phone, opportunity.tutor_email)
        if part
    )
    ages = (
        _("dai %(least)s ai %(most)s anni")
        % {"least": opportunity.min_age, "most": opportunity.max_age}
        if opportunity.max_age
        else _("dai %(least)s anni") % {"least": opportunity.min_age}
    )
    reached = [
        _("in autobus o in treno") if opportunity.by_bus else _("senza mezzi pubblici"),
        _("senza gradini") if opportunity.step_free else "",
        opportunity.accessibility,
    ]
    rows = [
        (_("Campo"), opportunity.field_label),
        (_("Dove"), where),
        (_("Chi accoglie"), tutor),
        (_("Età"), ages),
        (_("Come ci si arriva"), ", ".join(part for part in reached if part)),
        (_("PUC"), _("accolti") if opportunity.takes_puc else ""),
        (_("Che cosa c’è da fare"), opportunity.tasks),
    ]
    return [(label, value) for label, value in rows if value]


@require_POST
def give_link_page(request: ActorRequest, opportunity_id: UUID) -> HttpResponse:
    """Give somebody a way in without an account."""
    form = LinkForm(request.POST)
    if form.is_valid():
        with shown_on(form):
            give_link(request.actor, opportunity_id, **form.cleaned_data)
            messages.success(request, _("L’indirizzo è pronto: copialo e mandalo."))
            return redirect("giveback:opportunity", opportunity_id)
    return _page(request, opportunity_id, form)


@require_POST
def revoke_link_page(request: ActorRequest, opportunity_id: UUID, link_id: UUID) -> HttpResponse:
    """Close a way in."""
    revoke_link(request.actor, opportunity_id, link_id)
    messages.success(request, _("L’indirizzo non apre più."))
    return redirect("giveback:opportunity", opportunity_id)
