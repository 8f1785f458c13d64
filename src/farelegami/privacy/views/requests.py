"""Requests of people about their data."""

from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from farelegami.access.requests import ActorRequest
from farelegami.kernel import clock
from farelegami.kernel.errors import NotFound
from farelegami.people.services.restricting import lift_restriction
from farelegami.privacy.forms import AnswerForm, ReasonForm, RegisterForm
from farelegami.privacy.models import DataRequest
from farelegami.privacy.permissions import protected_districts
from farelegami.privacy.queries.requests import request_for, requests_page
from farelegami.privacy.rules.requests import KIND_LABELS, RequestKind
from farelegami.privacy.services.copies import copy_for_request
from farelegami.privacy.services.requests import (
    answer,
    extend,
    find_person,
    link_person,
    register_request,
)
from farelegami.privacy.services.retention import propose_for_request
from farelegami.privacy.views.acts import act_page
from farelegami.territory.queries import district_names
from farelegami.web.acts import Act
from farelegami.web.refusals import shown_on

_LONGEST = 80


@require_safe
def requests_list_page(request: ActorRequest) -> HttpResponse:
    """List the requests that wait, by term, or all of them."""
    kind, every = request.GET.get("cosa", ""), request.GET.get("quali") == "tutte"
    page = requests_page(
        request.actor, only_open=not every, kind=kind, cursor=request.GET.get("dopo", "")
    )
    kinds = [(one.value, _(label)) for one, label in KIND_LABELS.items()]
    context = {"page": page, "kinds": kinds, "kind": kind, "every": every}
    return render(request, "privacy/requests.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def register_page(request: ActorRequest) -> HttpResponse:
    """Write down a request just received."""
    names = district_names()
    own = [(each, names[each]) for each in sorted(protected_districts(request.actor))]
    form = RegisterForm(own, request.POST or None)
    if form.is_valid():
        with shown_on(form):
            data = form.cleaned_data
            made = register_request(
                request.actor, data["district"], form.draft(), once=data["once"]
            )
            return redirect("privacy:request", made.pk)
    act = Act(
        title=_("Nuova richiesta"),
        says=_("Scrivi la richiesta come è arrivata: si risponde entro un mese."),
        submit=_("Registra"),
        done="",
        back=reverse("privacy:requests"),
        crumbs=((reverse("privacy:requests"), _("Richieste")),),
    )
    status = 422 if form.errors else 200
    return render(request, "privacy/act.html", {"act": act, "form": form}, status=status)


@require_safe
def request_page(request: ActorRequest, request_id: UUID) -> HttpResponse:
    """Show a request, who it may be of, and what can be done."""
    found = request_for(request.actor, request_id)
    text = request.GET.get("testo", "").strip()[:_LONGEST]
    context = {
        "found": found,
        "text": text,
        "matches": find_person(request.actor, request_id, text) if text else [],
        "lists": found.lists.order_by("-id")[:5],
        "may_erase": found.kind == RequestKind.ERASURE and found.person_id is not None,
    }
    return render(request, "privacy/request.html", context)


@require_POST
def link_page(request: ActorRequest, request_id: UUID) -> HttpResponse:
    """Tie a request to the registration of who asks."""
    try:
        person_id = UUID(request.POST.get("person", ""))
    except ValueError as error:
        raise NotFound from error
    link_person(request.actor, request_id, person_id)
    messages.success(request, _("La richiesta è collegata alla scheda."))
    return redirect("privacy:request", request_id)


def _act(found: DataRequest, *, title: str, says: str, submit: str, done: str) -> Act:
    back = reverse("privacy:request", args=[found.pk])
    crumbs = ((back, found.name),)
    return Act(title=title, says=says, submit=submit, done=done, back=back, crumbs=crumbs)


@require_http_methods(["GET", "HEAD", "POST"])
def extend_page(request: ActorRequest, request_id: UUID) -> HttpResponse:
    """Give a request two months more."""
    act = _act(
        request_for(request.actor, request_id),
        title=_("Proroga il termine"),
        says=_("Due mesi in più, una volta sola, e solo se la richiesta è complessa. Va detto"
               " alla persona, con il motivo, entro il primo mese."),
        submit=_("Proroga"),
        done=_("Il termine è prorogato: comunicalo alla persona."),
    )  # fmt: skip
    return act_page(
        request, act, ReasonForm(request.POST or None),
        lambda data: extend(request.actor, request_id, reason=data["reason"]),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def answer_page(request: ActorRequest, request_id: UUID) -> HttpResponse:
    """Answer a request."""
    found = request_for(request.actor, request_id)
    says = _("La risposta resta scritta. La manda chi risponde, dove la persona ha chiesto.")
    if found.kind == RequestKind.RESTRICTION:
        says += " " + _("Se accogli, la scheda lo dice a chi la apre e non si modifica più.")
    act = _act(
        found,
        title=_("Rispondi a %(name)s") % {"name": found.name},
        says=says,
        submit=_("Registra la risposta"),
        done=_("La risposta è registrata."),
    )
    form = AnswerForm(request.POST or None, kind=RequestKind(found.kind))
    return act_page(
        request, act, form, lambda _data: answer(request.actor, request_id, **form.values())
    )


@require_http_methods(["GET", "HEAD", "POST"])
def lift_page(request: ActorRequest, request_id: UUID) -> HttpResponse:
    """End the restriction that a request asked for."""
    found = request_for(request.actor, request_id)
    person_id = found.person_id
    if person_id is None:
        raise NotFound
    act = _act(
        found,
        title=_("Togli la limitazione"),
        says=_("Prima avvisa la persona, che ne ha diritto (GDPR art. 18.3)."),
        submit=_("Togli la limitazione"),
        done=_("La limitazione è tolta."),
    )
    return act_page(
        request, act, ReasonForm(request.POST or None),
        lambda data: lift_restriction(request.actor, person_id, reason=data["reason"]),
    )  # fmt: skip


@require_POST
def copy_page(request: ActorRequest, request_id: UUID) -> FileResponse:
    """Give the copy of the person's data."""
    return FileResponse(
        copy_for_request(request.actor, request_id),
        as_attachment=True,
        filename=f"copia-dati-{clock.today():%Y-%m-%d}.zip",
        content_type="application/zip",
    )


@require_POST
def erase_page(request: ActorRequest, request_id: UUID) -> HttpResponse:
    """Propose the erasure that somebody asked for."""
    made = propose_for_request(request.actor, request_id)
    messages.success(request, _("La cancellazione è proposta: la autorizza il coordinatore."))
    return redirect("privacy:list", made.pk)
