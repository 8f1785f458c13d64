"""Offers on the desk: written with the person, looked at, brought to a place by hand."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from farelegami.access.requests import ActorRequest
from farelegami.giveback.forms.offers import MetOfferForm, OfferSheet, PaperForm, values_of_offer
from farelegami.giveback.forms.staff import ProposeForm
from farelegami.giveback.models import Match, Offer
from farelegami.giveback.permissions import may_place
from farelegami.giveback.queries.opportunities import (
    OpportunityFilters,
    opportunities_page,
    slots_of,
)
from farelegami.giveback.queries.people import (
    matches_of_offers,
    offers_of_pact,
    offers_of_person,
    papers_of_person,
    slots_of_offers,
)
from farelegami.giveback.queries.sight import knows_people, offer_for
from farelegami.giveback.queries.words import slot_words, slots_words
from farelegami.giveback.rules.matches import OPEN
from farelegami.giveback.rules.offers import BASIS_LABELS
from farelegami.giveback.rules.slots import Slot
from farelegami.giveback.rules.slots import slots_of as slots_of_week
from farelegami.giveback.services.matches import Proposal, propose
from farelegami.giveback.services.offers import (
    OfferDraft,
    change_offer,
    close_offer,
    offer_for_commitment,
    offer_freely,
    offer_of_somebody_met,
    pause_offer,
    resume_offer,
    see_requirement,
)
from farelegami.giveback.views.acts import act_page, log_reading
from farelegami.kernel import clock
from farelegami.kernel.actor import Actor, Role
from farelegami.kernel.errors import NotAllowed, NotFound, Refusal, gettext_noop
from farelegami.kernel.ids import new_id
from farelegami.kernel.units import Minutes
from farelegami.network.queries import organisation_choices
from farelegami.network.rules import OrganisationKind
from farelegami.pacts.permissions import may_write_pact
from farelegami.pacts.queries import pact_for, terms_in_force
from farelegami.pacts.rules.terms import Basis, Commitment
from farelegami.people.models import Person
from farelegami.people.rules.persons import TRANSPORT_LABELS, Transport
from farelegami.people.services.files import person_file
from farelegami.territory.queries import municipality_choices
from farelegami.web.acts import Act, Crumb
from farelegami.web.formats import dmy, hours
from farelegami.web.refusals import sentence, shown_on

_WHY: Final = gettext_noop("ricerca di un posto per la restituzione")
_HALF_A_YEAR: Final = timedelta(days=183)
_USUAL: Final = 120
_ACTS: Final[Mapping[str, tuple[Callable[[Actor, UUID], object], str]]] = {
    "pause": (pause_offer, gettext_noop("La disponibilità è in pausa.")),
    "resume": (resume_offer, gettext_noop("La disponibilità è di nuovo aperta.")),
    "close": (close_offer, gettext_noop("La disponibilità è chiusa.")),
}


@require_http_methods(["GET", "HEAD", "POST"])
def commitment_page(request: ActorRequest, pact_id: UUID, commitment_key: str) -> HttpResponse:
    """Look for a place for a commitment of a pact: prefilled with what the file says."""
    pact = pact_for(request.actor, pact_id)
    if not may_write_pact(request.actor, manager_id=pact.case.manager_id):
        raise NotAllowed
    there = offers_of_pact(pact_id).get(commitment_key)
    if there is not None and request.method != "POST":
        return redirect("giveback:offer", there.pk)
    terms = terms_in_force(pact)
    found = [each for each in (terms.commitments if terms else ()) if each.key == commitment_key]
    if not found:
        raise NotFound
    commitment = found[0]
    person = person_file(request.actor, commitment.person_id, purpose=_WHY).person
    first = {**_first(person), **_promised(commitment)}
    sheet = _sheet(request, person, first)
    facts = {"what": commitment.title, "hours": hours(commitment.minutes)}
    return _written(
        request,
        sheet,
        lambda draft, once: offer_for_commitment(
            request.actor, pact_id, commitment_key, draft, once=once
        ),
        title=_("Cerca un posto per %(name)s") % {"name": person.given_name},
        says=_("Impegno del patto: %(what)s, %(hours)s.") % facts,
        back=reverse("pacts:pact", args=[pact_id]),
        basis=commitment.basis,
    )


def _first(person: Person | None) -> dict[str, Any]:
    today = clock.today()
    told = {
        "weekly_minutes": _USUAL,
        "starts_on": today,
        "ends_on": today + _HALF_A_YEAR,
        "travel_minutes": 30,
        "places": 1,
    }
    if person is None:
        return told
    return {
        **told,
        "wish": person.wishes,
        "limits": person.limits,
        "transport": person.transport,
        "travel_minutes": person.travel_minutes or 30,
    }


def _promised(commitment: Commitment) -> dict[str, Any]:
    ends = max(commitment.ends_on, clock.today())
    return {"weekly_minutes": commitment.weekly_minutes or _USUAL, "ends_on": ends}


def _sheet(
    request: ActorRequest,
    person: Person,
    first: Mapping[str, Any],
    employers: Sequence[tuple[UUID, str]] | None = None,
) -> OfferSheet:
    data = request.POST if request.method == "POST" else None
    return OfferSheet(data, first=first, slots=slots_of_week(person.week), employers=employers)


def _written(
    request: ActorRequest,
    sheet: OfferSheet,
    write: Callable[[OfferDraft, UUID | None], Offer],
    *,
    title: str,
    back: str,
    says: str = "",
    basis: Basis = Basis.VOLUNTARY,
) -> HttpResponse:
    if request.method == "POST" and sheet.is_valid():
        with shown_on(sheet.form):
            offer = write(sheet.draft(basis), sheet.form.cleaned_data["once"])
            messages.success(request, _("La disponibilità è scritta."))
            return redirect("giveback:offer", offer.pk)
    context = {"sheet": sheet, "form": sheet.form, "title": title, "says": says, "back": back}
    status = 422 if sheet.has_errors else 200
    return render(request, "giveback/offer_form.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def free_page(request: ActorRequest, person_id: UUID) -> HttpResponse:
    """Write what a volunteer offers, or somebody whom a company sends."""
    person = person_file(request.actor, person_id, purpose=_WHY).person
    if not may_place(
        request.actor, district_id=person.district_id, manager_id=None, has_pact=False
    ):
        raise NotAllowed
    employers = organisation_choices(request.actor, kinds=[OrganisationKind.COMPANY.value])
    sheet = _sheet(request, person, _first(person), employers)
    return _written(
        request,
        sheet,
        lambda draft, once: offer_freely(
            request.actor,
            person_id,
            draft,
            employer_id=sheet.form.cleaned_data["employer_id"],
            once=once,
        ),
        title=_("Il tempo che offre %(name)s") % {"name": person.given_name},
        says=_("Per chi dà una mano senza un patto, o mandato dall’impresa in cui lavora."),
        back=reverse("desk:person_ties", args=[person_id]),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def met_page(request: ActorRequest) -> HttpResponse:
    """Write down a volunteer whom a community maker met, and what they offer."""
    towns = municipality_choices(request.actor.districts(Role.COMMUNITY_MAKER))
    data, first = request.POST if request.method == "POST" else None, _first(None)
    form = MetOfferForm(data, initial=first, towns=towns)
    return _written(
        request,
        OfferSheet(data, first=first, slots=(), form=form),
        lambda draft, once: offer_of_somebody_met(request.actor, form.person(), draft, once=once),
        title=_("Un volontario che ho conosciuto"),
        says=_("Chi vuole dare una mano, con il suo accordo. Lo vedi tu, e chi coordina."),
        back=reverse("matching:board"),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def change_page(request: ActorRequest, offer_id: UUID) -> HttpResponse:
    """Change what somebody offers."""
    offer = offer_for(request.actor, offer_id)
    slots: Sequence[Slot] = slots_of_offers([offer_id]).get(offer_id, ())
    data = request.POST if request.method == "POST" else None
    sheet = OfferSheet(data, first=values_of_offer(offer), slots=slots)
    return _written(
        request,
        sheet,
        lambda draft, _once: change_offer(request.actor, offer_id, _kept(draft, offer)),
        title=_("Il tempo che offre %(name)s") % {"name": offer.person.given_name},
        back=reverse("giveback:offer", args=[offer_id]),
        basis=Basis(offer.basis),
    )


def _kept(draft: OfferDraft, offer: Offer) -> OfferDraft:
    """Return the draft with what the form does not ask for."""
    minutes, town = offer.total_minutes, offer.municipality_id
    return replace(draft, total_minutes=Minutes(minutes), municipality_id=town)


# ---- looking


@require_safe
def offer_page(request: ActorRequest, offer_id: UUID) -> HttpResponse:
    """Show an offer: times, limits, papers seen, its places and proposals."""
    offer = offer_for(request.actor, offer_id)
    log_reading(request, "giveback.offer", offer, _WHY)
    matches = matches_of_offers(request.actor, [offer_id])
    slots = slots_of_offers([offer_id]).get(offer_id, ())
    context = {
        "offer": offer,
        "slots": [(slot_words(slot), slot.is_certain) for slot in slots],
        "facts": _facts(offer),
        "papers": papers_of_person(offer.person_id),
        "today": clock.today(),
        "open": [_shown(match) for match in matches if match.stage in _OPEN],
        "past": [_shown(match) for match in matches if match.stage not in _OPEN],
        "may_write": _may_write(request.actor, offer),
        "opens_person": knows_people(request.actor, offer.district_id),
    }
    return render(request, "giveback/offer.html", context)


_OPEN: Final = frozenset(str(stage) for stage in OPEN)


def _may_write(actor: Actor, offer: Offer) -> bool:
    return may_place(
        actor,
        district_id=offer.district_id,
        manager_id=offer.pact.case.manager_id if offer.pact else None,
        has_pact=offer.pact_id is not None,
    )


def _shown(match: Match) -> tuple[Match, str]:
    slot = match.slot
    return match, slot_words(Slot(slot.weekday, match.starts, match.ends, slot.on))


def _facts(offer: Offer) -> list[tuple[str, str]]:
    means = ", ".join(_(TRANSPORT_LABELS[Transport(each)]) for each in offer.transport)
    travel = _("fino a %(minutes)s min") % {"minutes": offer.travel_minutes}
    rows = [
        (_("A settimana"), hours(offer.weekly_minutes)),
        (_("In tutto"), hours(offer.total_minutes) if offer.total_minutes else ""),
        (_("Periodo"), f"{dmy(offer.starts_on)} – {dmy(offer.ends_on)}"),
        (_("Si muove"), ", ".join(part for part in (means, travel) if part)),
        (_("Parte da"), offer.municipality.name if offer.municipality else ""),
        (_("Limiti"), offer.limits),
        (_("Le piacerebbe"), offer.wish),
        (_("Campi che preferisce"), ", ".join(offer.field_labels)),
        (_("Base"), _(BASIS_LABELS[Basis(offer.basis)])),
        (_("La manda"), offer.employer.name if offer.employer else ""),
    ]
    return [(label, value) for label, value in rows if value]


@require_POST
def act_on_page(request: ActorRequest, offer_id: UUID) -> HttpResponse:
    """Pause, open again or close an offer."""
    write, done = _ACTS.get(request.POST.get("act", ""), (None, ""))
    if write is None:
        raise NotFound
    try:
        write(request.actor, offer_id)
        messages.success(request, _(done))
    except Refusal as refusal:
        messages.warning(request, sentence(refusal))
    return redirect("giveback:offer", offer_id)


@require_http_methods(["GET", "HEAD", "POST"])
def propose_page(request: ActorRequest, offer_id: UUID) -> HttpResponse:
    """Look for a place by hand among those open, and propose it."""
    offer = offer_for(request.actor, offer_id)
    if not _may_write(request.actor, offer):
        raise NotAllowed
    form = ProposeForm(request.POST or None)
    if form.is_valid():
        data = form.cleaned_data
        with shown_on(form):
            proposal = Proposal(offer_id, data["slot_id"], note=data["note"])
            match = propose(request.actor, proposal, once=data["once"])
            messages.success(request, _("Il posto è proposto: ora tocca alla persona dire se va."))
            return redirect("giveback:match", match.pk)
    text = request.GET.get("testo", "").strip()
    page = opportunities_page(
        request.actor, OpportunityFilters(text=text), request.GET.get("dopo", "")
    )
    slots = slots_of([row.id for row in page.rows])
    rows = [
        (row, [(slot.pk, slot_words(slot.slot())) for slot in slots.get(row.id, ())])
        for row in page.rows
    ]
    can = slots_words(slots_of_offers([offer_id]).get(offer_id, ()))
    context = {
        "offer": offer, "form": form, "rows": rows, "page": page, "text": text, "can": can,
        "once": new_id(),
    }  # fmt: skip
    return render(request, "giveback/propose.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def paper_page(request: ActorRequest, person_id: UUID) -> HttpResponse:
    """Note that a paper was seen; the paper itself is not kept."""
    person = person_file(request.actor, person_id, purpose=_WHY).person
    form = PaperForm(request.POST or None, initial={"seen_on": clock.today()})
    offers = offers_of_person(request.actor, person_id)
    back = (
        reverse("giveback:offer", args=[offers[0].pk])
        if offers
        else reverse("desk:person_ties", args=[person_id])
    )
    act = Act(
        title=_("Un documento visto"),
        says=_("Si scrive che c’è e fino a quando vale: il documento non si tiene."),
        submit=_("Segna"),
        done=_("Il documento è segnato."),
        back=back,
        crumbs=(Crumb(reverse("desk:person", args=[person_id]), person.name),),
    )

    def do(data: dict[str, Any]) -> None:
        see_requirement(
            request.actor,
            person_id,
            form.paper(),
            seen_on=data["seen_on"],
            expires_on=data["expires_on"],
        )

    return act_page(request, act, form, do)
