"""What is looked at: the board, the best few for one, what counts how much."""

from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from farelegami.access.requests import ActorRequest
from farelegami.giveback.models import Opportunity
from farelegami.giveback.permissions import PLACERS, may_record_met
from farelegami.giveback.queries.opportunities import free_seats, opportunities_page
from farelegami.giveback.queries.people import offers_page, waiting_matches
from farelegami.giveback.queries.sight import offer_for, opportunity_for
from farelegami.giveback.queries.words import reason_words, slot_words, slots_words
from farelegami.giveback.rules.matches import Side
from farelegami.kernel import clock
from farelegami.kernel.errors import NotAllowed, NotFound, gettext_noop
from farelegami.matching.forms import WeightsForm
from farelegami.matching.models import Plan
from farelegami.matching.permissions import may_plan, may_weigh
from farelegami.matching.queries.plans import (
    Proposed,
    fresh_since,
    last_plan,
    plans_of,
    proposals_of,
    stranded_pins,
    visible_exclusions,
    weights_in,
)
from farelegami.matching.rules.parts import PART_LABELS, Part
from farelegami.matching.services.choices import (
    Candidate,
    Look,
    look_at_offer,
    look_at_opportunity,
    suggestions_for,
)
from farelegami.matching.views.showing import sides
from farelegami.pacts.permissions import may_write_pact
from farelegami.pacts.queries import members_of, pact_for
from farelegami.people.models import Person
from farelegami.people.queries.persons import person_for
from farelegami.territory.models import District
from farelegami.territory.queries import districts

_AT_FIRST: Final = 12
_AT_MOST: Final = 8
# What the plan loses, in parts of what the best of places could be worth.
_A_LITTLE: Final = 12
_A_PLACE: Final = 4
_WAITS: Final = {
    frozenset({Side.PERSON, Side.HOST}): gettext_noop("la persona non ha ancora risposto"),
    frozenset({Side.PERSON}): gettext_noop("la persona non ha ancora risposto"),
    frozenset({Side.HOST}): gettext_noop("l’ente non ha ancora risposto"),
}


def district_of(request: ActorRequest, name: str = "ambito") -> tuple[District, Sequence[District]]:
    """Return the district asked for, and all those in which the actor places people.

    Raises:
        NotFound: none, or one of others.
    """
    mine = districts(request.actor.districts(*PLACERS))
    asked = request.GET.get(name, "")
    for one in mine:
        if str(one.pk) == asked:
            return one, mine
    if asked or not mine:
        raise NotFound
    return mine[0], mine


@require_safe
def board_page(request: ActorRequest) -> HttpResponse:
    """Show who waits, what is proposed, what is open."""
    district, mine = district_of(request)
    plan = last_plan(district.pk)
    proposals = proposals_of(request.actor, plan) if plan else ()
    proposed = {row.offer_id for row in proposals}
    people = offers_page(request.actor, district_id=district.pk, without_place=True, but=proposed)
    places = opportunities_page(request.actor, district_id=district.pk, only_free=True)
    shown = len(proposals) if "tutte" in request.GET else _AT_FIRST
    context = {
        "district": district,
        "ambito": str(district.pk),
        "districts": mine,
        "plan": plan,
        "stale": _stale(plan),
        "may_meet": may_record_met(request.actor, district_id=district.pk),
        "may_plan": may_plan(request.actor, district_id=district.pk),
        "count": len(proposals),
        "proposals": [_shown(row) for row in proposals[:shown]],
        "others": max(0, len(proposals) - shown),
        "fresh": fresh_since(plan, proposals) if plan else 0,
        "waiting": [_waiting(row) for row in waiting_matches(request.actor, district.pk)],
        "people": people.rows[:_AT_FIRST],
        "more_people": people.next_cursor or len(people.rows) > _AT_FIRST,
        "places": [_place(row) for row in places.rows[:_AT_FIRST]],
        "more_places": places.next_cursor or len(places.rows) > _AT_FIRST,
        "free": free_seats(request.actor, district.pk),
        "stranded": stranded_pins(request.actor, plan) if plan else (),
        "exclusions": visible_exclusions(request.actor, district.pk),
    }
    return render(request, "matching/board.html", context)


def _stale(plan: Plan | None) -> str:
    """Return why a plan had better be made again, if it had."""
    if plan is None:
        return ""
    if plan.weights != weights_in(plan.district_id).kept():
        return _("I pesi sono cambiati dopo questo piano: ricalcolalo per vederne l’effetto.")
    if plan.made_at.astimezone(clock.ROME).date() < clock.today():
        return _(
            "Il piano è di un altro giorno: ricalcolalo per tener conto di ciò che è cambiato."
        )
    return ""


def _shown(row: Proposed) -> dict[str, Any]:
    chips, beside = sides(row.reasons)
    return {
        "id": row.id,
        "offer_id": row.offer_id,
        "name": row.name,
        "weekly_minutes": row.weekly_minutes,
        "title": row.title,
        "opportunity_id": row.opportunity_id,
        "host": row.host,
        "when": slot_words(row.slot),
        "reasons": chips,
        "beside": beside,
        "is_pinned": row.is_pinned,
    }


def _waiting(match: Any) -> dict[str, Any]:
    return {
        "id": match.pk,
        "name": match.person.name,
        "title": match.opportunity.title,
        "host": match.opportunity.organisation.name,
        "waits_for": _(_WAITS[match.waits_for]),
    }


def _place(row: Any) -> dict[str, Any]:
    return {
        "id": row.id,
        "title": row.title,
        "host": row.host,
        "town": row.town,
        "free": row.free,
        "when": slots_words(row.slots),
    }


@require_safe
def why_page(request: ActorRequest, offer_id: UUID) -> HttpResponse:
    """Show the best places for one person, and what would open others."""
    offer = offer_for(request.actor, offer_id)
    look = look_at_offer(request.actor, offer)
    context = {
        "title": offer.person.name,
        "says": _("I posti adatti, e che cosa ne aprirebbe altri."),
        "best_title": _("I posti più adatti"),
        "best_none": _none_for_person(look),
        "best": _best(look, offer_id=offer_id),
        "openings": _openings(look, ngettext_seats),
        "crumbs": board_crumbs(offer.district_id),
        "here": offer.person.name,
    }
    return render(request, "matching/why.html", context)


@require_safe
def suggestions_page(request: ActorRequest, pact_id: UUID) -> HttpResponse:
    """Show, for each who may be bound by a pact being written, the places that suit them best.

    A part of the wizard's page where it is asked for by one; a page of its own without scripts.
    """
    pact = pact_for(request.actor, pact_id)
    if not may_write_pact(request.actor, manager_id=pact.case.manager_id):
        raise NotAllowed
    members = [each for each in members_of([pact_id])[pact_id] if each.is_holder]
    rows = []
    for member in members:
        person = person_for(request.actor, member.person_id)
        best = suggestions_for(person)
        rows.append({"person": person, "best": [_suggested(pact_id, person, one) for one in best]})
    name = "suggested" if request.headers.get("HX-Request") else "suggestions"
    context = {
        "rows": rows,
        "pact": pact,
        "crumbs": [
            {"url": reverse("pacts:wizard", args=[pact_id, "restituzione"]), "label": pact.code}
        ],
        "here": _("Posti adatti"),
    }
    return render(request, f"matching/{name}.html", context)


def _suggested(pact_id: UUID, person: Person, one: Candidate) -> dict[str, Any]:
    told_when, (chips, beside) = slot_words(one.slot), sides(one.reasons)
    chosen = {"persona": person.pk, "che": one.name, "dove": one.under, "quando": told_when}
    wizard = reverse("pacts:wizard", args=[pact_id, "restituzione"])
    return {
        "name": one.name,
        "under": f"{one.under}, {told_when}",
        "reasons": chips,
        "beside": beside,
        "url": f"{wizard}?{urlencode(chosen)}#impegno",
    }


@require_safe
def helpers_page(request: ActorRequest, opportunity_id: UUID) -> HttpResponse:
    """Show who could help with an opportunity, and what would bring others."""
    opportunity: Opportunity = opportunity_for(request.actor, opportunity_id)
    look = look_at_opportunity(request.actor, opportunity)
    context = {
        "title": opportunity.title,
        "says": opportunity.organisation.name,
        "best_title": _("Chi potrebbe aiutare"),
        "best_none": _none_for_place(look),
        "best": _best(look),
        "openings": _openings(look, ngettext_people),
        "crumbs": board_crumbs(opportunity.district_id),
        "here": opportunity.title,
    }
    return render(request, "matching/why.html", context)


def _none_for_person(look: Look) -> str:
    if not look.is_waiting:
        return _("Adesso non aspetta un posto: ne ha già uno, una proposta, o è in pausa.")
    if look.openings:
        return _("Oggi nessun posto libero va bene: guarda qui sotto che cosa lo aprirebbe.")
    return _("Oggi nessun posto libero va bene, e nessuna cosa sola basterebbe ad aprirne uno.")


def _none_for_place(look: Look) -> str:
    if not look.is_waiting:
        return _("Adesso non ha posti liberi: sono presi, già proposti, o è in pausa.")
    if look.openings:
        return _("Oggi nessuno di chi offre tempo va bene: guarda qui sotto che cosa serve.")
    return _("Oggi nessuno di chi offre tempo va bene, e nessuna cosa sola basterebbe.")


def ngettext_seats(count: int) -> str:
    """Return a number of places in words."""
    return ngettext("%(n)s posto", "%(n)s posti", count) % {"n": count}


def ngettext_people(count: int) -> str:
    """Return a number of people in words."""
    return ngettext("%(n)s persona", "%(n)s persone", count) % {"n": count}


def _best(look: Look, *, offer_id: UUID | None = None) -> list[dict[str, Any]]:
    """Return the best as rows: places where `offer_id` is asked for, otherwise people."""
    rows = []
    for one in look.best:
        chips, beside = sides(one.reasons)
        place = reverse("giveback:opportunity", args=[one.opportunity_id])
        rows.append(
            {
                "name": one.name,
                "under": f"{one.under}, {slot_words(one.slot)}"
                if one.under
                else slot_words(one.slot),
                "url": place if offer_id else reverse("giveback:offer", args=[one.offer_id]),
                "offer_id": offer_id or one.offer_id,
                "slot_id": one.slot_id,
                "reasons": chips,
                "beside": beside,
                "cost": _cost(one.cost, look.most),
            }
        )
    return rows


def _cost(points: int | None, most: int) -> str:
    """Return what the whole plan loses, in words; points say nothing to who reads."""
    if points is None:
        return ""
    if points == 0:
        return _("Il piano di tutti resta il migliore.")
    if points * _A_LITTLE < most:
        return _("Il piano di tutti ci perde poco.")
    if points * _A_PLACE < most:
        return _("Il piano di tutti ci perde: qualcuno avrebbe un posto meno adatto.")
    return _("Il piano di tutti ci perde molto: forse qualcuno resterebbe senza posto.")


def _openings(look: Look, count: Any) -> list[dict[str, Any]]:
    return [
        {"text": reason_words(one.says), "opens": count(one.opens)}
        for one in look.openings[:_AT_MOST]
    ]


def board_crumbs(district_id: int) -> list[dict[str, str]]:
    """Return the way back to the board of a district."""
    url = f"{reverse('matching:board')}?ambito={district_id}"
    return [{"url": url, "label": _("Restituzione")}]


@require_safe
def weights_page(request: ActorRequest) -> HttpResponse:
    """Show what counts how much; the coordinator may change it."""
    district, _mine = district_of(request)
    return weights_shown(request, district)


def weights_shown(
    request: ActorRequest, district: District, form: WeightsForm | None = None
) -> HttpResponse:
    """Return the page of the weights, with a form for who may change them."""
    weights = weights_in(district.pk)
    if form is None and may_weigh(request.actor, district_id=district.pk):
        form = WeightsForm(None, weights=weights)
    context = {
        "district": district,
        "ambito": str(district.pk),
        "form": form,
        "rows": [(_(PART_LABELS[part]), getattr(weights, part.name.lower())) for part in Part],
        "plans": plans_of(district.pk),
        "crumbs": board_crumbs(district.pk),
        "here": _("Che cosa pesa"),
    }
    status = 422 if form is not None and form.errors else 200
    return render(request, "matching/weights.html", context, status=status)
