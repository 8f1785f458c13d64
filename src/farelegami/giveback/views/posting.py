"""Posting what is needed: one form, for who receives people and for the staff."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from farelegami.access.requests import ActorRequest
from farelegami.giveback.forms.opportunities import Sheet, first_values
from farelegami.giveback.models import Opportunity
from farelegami.giveback.permissions import PLACERS
from farelegami.giveback.queries.opportunities import OpportunityFile, opportunity_file
from farelegami.giveback.queries.sight import host_at, host_of
from farelegami.giveback.services.opportunities import (
    OpportunityDraft,
    change_opportunity,
    close_opportunity,
    confirm_needed,
    give_link,
    pause_opportunity,
    post_opportunity,
    resume_opportunity,
)
from farelegami.kernel.actor import Actor
from farelegami.kernel.errors import NotFound, Refusal, gettext_noop
from farelegami.network.queries import (
    organisation_choices,
    organisation_for,
    organisation_refs,
)
from farelegami.people.queries.skills import skill_labels
from farelegami.territory.queries import district_names, municipality_choices
from farelegami.web.refusals import sentence, shown_on

_ACTS: Final[Mapping[str, tuple[Callable[[Actor, UUID], object], str]]] = {
    "pause": (pause_opportunity, gettext_noop("La richiesta è in pausa: nessuno viene proposto.")),
    "resume": (resume_opportunity, gettext_noop("La richiesta è di nuovo aperta.")),
    "needed": (confirm_needed, gettext_noop("Bene, teniamo aperta la richiesta.")),
    "close": (
        close_opportunity,
        gettext_noop("La richiesta è chiusa. Chi già viene continua fino alla fine."),
    ),
}


@dataclass(frozen=True, slots=True)
class Poster:
    """From where one posts: `place` for who receives people, `opportunity` for the staff."""

    way: str
    bodies: Sequence[tuple[UUID, str]]
    towns: Sequence[tuple[str, str]]

    def page(self, opportunity: Opportunity) -> str:
        """Return the address of an opportunity's page."""
        return reverse(f"giveback:{self.way}", args=[opportunity.pk])


def _poster(actor: Actor, way: str) -> Poster:
    if way == "place":
        refs = organisation_refs(host_of(actor).organisation_ids)
        here = {ref.district_id for ref in refs.values() if ref.district_id is not None}
        bodies = sorted(((ref.id, ref.name) for ref in refs.values()), key=lambda one: one[1])
        return Poster(way, bodies, municipality_choices(here or set(district_names())))
    towns = municipality_choices(actor.districts(*PLACERS))
    return Poster(way, organisation_choices(actor), towns)


def _sheet(
    request: ActorRequest,
    poster: Poster,
    first: Mapping[str, Any] | None = None,
    file: OpportunityFile | None = None,
    *,
    copies: bool = False,
) -> Sheet:
    bodies, towns = poster.bodies, list(poster.towns)
    if file is not None:
        present = file.opportunity
        bodies = [(present.organisation_id, present.organisation.name)]
        if present.municipality_id not in dict(towns):
            towns.append((present.municipality_id, present.municipality.name))
    data = request.POST if request.method == "POST" else None
    return Sheet(
        data,
        bodies=bodies,
        towns=towns,
        labels=skill_labels(),
        first=first,
        file=file,
        copies=copies,
        staff=poster.way == "opportunity",
    )


@require_http_methods(["GET", "HEAD", "POST"])
def new_page(request: ActorRequest, way: str) -> HttpResponse:
    """Say what is needed."""
    poster = _poster(request.actor, way)
    sheet = _sheet(request, poster, _first(request, poster))
    return _posted(request, poster, sheet, title=_("Che cosa serve?"))


def _first(request: ActorRequest, poster: Poster) -> Mapping[str, Any]:
    asked = request.GET.get("ente", "")
    chosen = next((pk for pk, _name in poster.bodies if str(pk) == asked), None)
    if len(poster.bodies) == 1:
        chosen = poster.bodies[0][0]
    if chosen is None:
        return first_values(None, town="", address="")
    body = organisation_for(request.actor, chosen)
    return first_values(chosen, town=body.municipality_id or "", address=body.address)


@require_http_methods(["GET", "HEAD", "POST"])
def copy_page(request: ActorRequest, way: str, opportunity_id: UUID) -> HttpResponse:
    """Say that the same is needed once more."""
    host_at(request.actor, opportunity_id)
    file, poster = opportunity_file(request.actor, opportunity_id), _poster(request.actor, way)
    sheet = _sheet(request, poster, file=file, copies=True)
    return _posted(request, poster, sheet, title=_("Serve ancora, un’altra volta"), of=file)


def _posted(
    request: ActorRequest,
    poster: Poster,
    sheet: Sheet,
    *,
    title: str,
    of: OpportunityFile | None = None,
) -> HttpResponse:
    def post(draft: OpportunityDraft) -> Opportunity:
        data = sheet.form.cleaned_data
        opportunity = post_opportunity(
            request.actor,
            data["organisation_id"],
            draft,
            copied_from=of.opportunity.pk if of else None,
            once=data["once"],
        )
        if draft.tutor_name or draft.tutor_email:
            name = draft.tutor_name or draft.tutor_email
            give_link(request.actor, opportunity.pk, name=name, email=draft.tutor_email)
        return opportunity

    done = _("Fatto! Cerchiamo la persona giusta e vi scriviamo.")
    back = poster.page(of.opportunity) if of else ""
    return _form_page(request, poster, sheet, post, title=title, done=done, back=back)


@require_http_methods(["GET", "HEAD", "POST"])
def change_page(request: ActorRequest, way: str, opportunity_id: UUID) -> HttpResponse:
    """Change what is needed."""
    host_at(request.actor, opportunity_id)
    file, poster = opportunity_file(request.actor, opportunity_id), _poster(request.actor, way)
    sheet = _sheet(request, poster, file=file)
    return _form_page(
        request,
        poster,
        sheet,
        lambda draft: change_opportunity(request.actor, opportunity_id, draft),
        title=_("Cambiare la richiesta"),
        done=_("La richiesta è aggiornata."),
        back=poster.page(file.opportunity),
    )


def _form_page(
    request: ActorRequest,
    poster: Poster,
    sheet: Sheet,
    write: Callable[[OpportunityDraft], Opportunity],
    *,
    title: str,
    done: str,
    back: str,
) -> HttpResponse:
    if request.method == "POST" and sheet.is_valid():
        with shown_on(sheet.form):
            opportunity = write(sheet.draft())
            messages.success(request, done)
            return redirect(poster.page(opportunity))
    context = {
        "sheet": sheet,
        "form": sheet.form,
        "labels": sorted(skill_labels().values()),
        "title": title,
        "back": back or _list(poster),
    }
    status = 422 if sheet.has_errors else 200
    return render(request, f"giveback/{poster.way}_form.html", context, status=status)


def _list(poster: Poster) -> str:
    return reverse("giveback:places" if poster.way == "place" else "giveback:opportunities")


@require_POST
def act_page(request: ActorRequest, way: str, opportunity_id: UUID) -> HttpResponse:
    """Pause, open again, renew or close."""
    write, done = _ACTS.get(request.POST.get("act", ""), (None, ""))
    if write is None:
        raise NotFound
    try:
        write(request.actor, opportunity_id)
        messages.success(request, _(done))
    except Refusal as refusal:
        messages.warning(request, sentence(refusal))
    return redirect(f"giveback:{way}", opportunity_id)
