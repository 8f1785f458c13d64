"""Organisations: the list, one page each, what is written about them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from farelegami.access.requests import ActorRequest
from farelegami.desk.forms.acts import DayForm
from farelegami.desk.forms.organisations import (
    WHOLE_PROVINCE,
    ContactForm,
    LinkForm,
    OrganisationForm,
    RoleForm,
)
from farelegami.desk.views.acts import act_page
from farelegami.kernel import clock
from farelegami.kernel.actor import Actor
from farelegami.kernel.errors import NotAllowed, NotFound
from farelegami.network.models import Organisation
from farelegami.network.permissions import (
    may_write_data_role,
    may_write_organisation,
    staff_districts,
)
from farelegami.network.queries import (
    NetworkFilters,
    organisation_choices,
    organisation_file,
    organisation_for,
)
from farelegami.network.queries import (
    organisations_page as page_of_organisations,
)
from farelegami.network.rules import KIND_LABELS
from farelegami.network.services import (
    add_contact,
    change_organisation,
    close_organisation,
    end_contact,
    end_link,
    link_organisations,
    register_organisation,
    write_role,
)
from farelegami.territory.queries import district_names, municipality_choices
from farelegami.web.acts import Act, Crumb
from farelegami.web.refusals import shown_on


@require_safe
def organisations_page(request: ActorRequest) -> HttpResponse:
    """Show the organisations of the actor's districts and of the whole province."""
    text, kind = request.GET.get("testo", "").strip(), request.GET.get("tipo", "")
    filters = NetworkFilters(text=text, kind=kind if kind in KIND_LABELS else "")
    page = page_of_organisations(request.actor, filters, request.GET.get("dopo", ""))
    names = district_names()
    return render(
        request,
        "desk/organisations.html",
        {
            "page": page,
            "rows": [(row, names.get(row.district_id or 0, "")) for row in page.rows],
            "kinds": [(value.value, _(label)) for value, label in KIND_LABELS.items()],
            "kind": kind,
            "text": text,
            "may_register": bool(_writable_districts(request.actor)),
        },
    )


def _writable_districts(actor: Actor) -> list[tuple[str, str]]:
    names = district_names()
    here = [
        (str(number), name)
        for number, name in sorted(names.items())
        if number in staff_districts(actor) and may_write_organisation(actor, district_id=number)
    ]
    if may_write_organisation(actor, district_id=None):
        here.append((WHOLE_PROVINCE, _("tutta la provincia")))
    return here


@require_safe
def organisation_page(request: ActorRequest, organisation_id: UUID) -> HttpResponse:
    """Show an organisation with its contacts, written roles and links."""
    file = organisation_file(request.actor, organisation_id)
    organisation = file.organisation
    today = clock.today()
    return render(
        request,
        "desk/organisation.html",
        {
            "file": file,
            "organisation": organisation,
            "facts": _facts(organisation),
            "roles": [
                (role, role.starts_on <= today and (role.ends_on is None or role.ends_on >= today))
                for role in file.data_roles
            ],
            "may_write": may_write_organisation(
                request.actor, district_id=organisation.district_id
            ),
            "may_write_role": may_write_data_role(
                request.actor, district_id=organisation.district_id
            ),
        },
    )


def _facts(organisation: Organisation) -> list[tuple[str, str]]:
    town = organisation.municipality.name if organisation.municipality else ""
    where = ", ".join(part for part in (organisation.address, town) if part)
    rows = [
        (_("Natura giuridica"), organisation.legal_label),
        (_("Codice fiscale"), organisation.tax_code),
        (_("RUNTS"), organisation.runts_number),
        (_("Sede"), where),
        (_("Telefono"), organisation.phone),
        (_("Posta elettronica"), organisation.email),
        (_("Sito"), organisation.website),
    ]
    return [(label, value) for label, value in rows if value]


@require_http_methods(["GET", "POST"])
def register_page(request: ActorRequest) -> HttpResponse:
    """Register an organisation of a district, or of the whole province."""
    choices = _writable_districts(request.actor)
    if not choices:
        raise NotAllowed
    form = OrganisationForm(request.POST or None, districts=choices, towns=_towns(request.actor))
    if form.is_valid():
        with shown_on(form):
            made = register_organisation(
                request.actor, form.district, form.draft(), once=form.cleaned_data["once"]
            )
            messages.success(request, _("%(name)s è nella rete.") % {"name": made.name})
            return redirect("desk:organisation", made.pk)
    return _form_page(request, form)


@require_http_methods(["GET", "POST"])
def change_page(request: ActorRequest, organisation_id: UUID) -> HttpResponse:
    """Correct what is known of an organisation."""
    organisation = _writable(request.actor, organisation_id)
    form = OrganisationForm(
        request.POST or None,
        towns=_towns(request.actor, organisation),
        organisation=organisation,
    )
    if form.is_valid():
        with shown_on(form):
            change_organisation(request.actor, organisation_id, form.draft())
            messages.success(request, _("I dati dell’ente sono corretti."))
            return redirect("desk:organisation", organisation_id)
    return _form_page(request, form, organisation)


def _towns(actor: Actor, organisation: Organisation | None = None) -> Sequence[tuple[str, str]]:
    # Who works for no district in particular chooses among those that are served.
    towns = municipality_choices(staff_districts(actor) or set(district_names()))
    present = organisation.municipality if organisation else None
    if present and present.pk not in dict(towns):
        towns.append((present.pk, present.name))
    return towns


def _form_page(
    request: ActorRequest, form: OrganisationForm, organisation: Organisation | None = None
) -> HttpResponse:
    return render(
        request,
        "desk/organisation_form.html",
        {"form": form, "organisation": organisation},
        status=422 if form.errors else 200,
    )


def _writable(actor: Actor, organisation_id: UUID) -> Organisation:
    organisation = organisation_for(actor, organisation_id)
    if not may_write_organisation(actor, district_id=organisation.district_id):
        raise NotAllowed
    return organisation


def _act(organisation: Organisation, **words: Any) -> Act:
    back = reverse("desk:organisation", args=[organisation.pk])
    crumbs = (Crumb(reverse("desk:organisations"), _("Enti")), Crumb(back, organisation.name))
    return Act(back=back, crumbs=crumbs, **words)


@require_http_methods(["GET", "POST"])
def close_page(request: ActorRequest, organisation_id: UUID) -> HttpResponse:
    """Say that an organisation has closed."""
    organisation = _writable(request.actor, organisation_id)
    act = _act(
        organisation,
        title=_("L’ente ha chiuso"),
        says=_("%(name)s non sarà più proposto; ciò che ha fatto resta.")
        % {"name": organisation.name},
        submit=_("Segna la chiusura"),
        done=_("La chiusura è segnata."),
        is_grave=True,
    )
    form = DayForm(request.POST or None, initial={"day": clock.today()})
    return act_page(
        request,
        act,
        form,
        lambda data: close_organisation(request.actor, organisation_id, day=data["day"]),
    )


@require_http_methods(["GET", "POST"])
def add_contact_page(request: ActorRequest, organisation_id: UUID) -> HttpResponse:
    """Add somebody one can write to or call."""
    organisation = _writable(request.actor, organisation_id)
    act = _act(
        organisation,
        title=_("Nuovo referente"),
        submit=_("Aggiungi il referente"),
        done=_("Il referente è nell’elenco."),
    )
    form = ContactForm(request.POST or None, initial={"day": clock.today()})
    return act_page(
        request, act, form, lambda data: add_contact(request.actor, organisation_id, **data)
    )


@require_http_methods(["GET", "POST"])
def end_contact_page(
    request: ActorRequest, organisation_id: UUID, contact_id: UUID
) -> HttpResponse:
    """Say until when a contact has answered for the organisation."""
    organisation = _writable(request.actor, organisation_id)
    act = _act(
        organisation,
        title=_("Non è più referente"),
        says=_("Non comparirà più fra i referenti; resta scritto fino a quando lo è stato."),
        submit=_("Segna l’ultimo giorno"),
        done=_("Non è più fra i referenti."),
    )
    form = DayForm(request.POST or None, initial={"day": clock.today()})
    return act_page(
        request,
        act,
        form,
        lambda data: end_contact(request.actor, organisation_id, contact_id, day=data["day"]),
    )


@require_http_methods(["GET", "POST"])
def write_role_page(request: ActorRequest, organisation_id: UUID) -> HttpResponse:
    """Write the part an organisation has in a processing of personal data (R20)."""
    organisation = organisation_for(request.actor, organisation_id)
    if not may_write_data_role(request.actor, district_id=organisation.district_id):
        raise NotAllowed
    act = _act(
        organisation,
        title=_("Ruolo privacy"),
        says=_("Un ruolo vale per iscritto: indica l’atto che lo stabilisce."),
        submit=_("Scrivi il ruolo"),
        done=_("Il ruolo è scritto."),
    )
    form = RoleForm(request.POST or None, initial={"starts_on": clock.today()})

    def do(data: dict[str, Any]) -> None:
        write_role(
            request.actor,
            organisation_id,
            form.data_capacity(),
            subject=data["subject"],
            document_reference=data["document_reference"],
            starts_on=data["starts_on"],
            ends_on=data["ends_on"],
            once=data["once"],
        )

    return act_page(request, act, form, do)


@require_http_methods(["GET", "POST"])
def link_page(request: ActorRequest, organisation_id: UUID) -> HttpResponse:
    """Say that an organisation belongs to, or works with, another."""
    organisation = _writable(request.actor, organisation_id)
    act = _act(
        organisation,
        title=_("Nuovo collegamento"),
        submit=_("Collega"),
        done=_("Il collegamento è scritto."),
    )
    others = [one for one in organisation_choices(request.actor) if one[0] != organisation_id]
    form = LinkForm(request.POST or None, choices=others, initial={"day": clock.today()})

    def do(data: dict[str, Any]) -> None:
        kind = form.link_kind()
        link_organisations(
            request.actor,
            organisation_id,
            data["other"],
            kind,
            day=data["day"],
            once=data["once"],
        )

    return act_page(request, act, form, do)


@require_http_methods(["GET", "POST"])
def end_link_page(request: ActorRequest, organisation_id: UUID, link_id: UUID) -> HttpResponse:
    """Say until when two organisations have been linked."""
    organisation = _writable(request.actor, organisation_id)
    file = organisation_file(request.actor, organisation_id)
    link = next((one for one in (*file.links, *file.past_links) if one.pk == link_id), None)
    if link is None:
        raise NotFound
    act = _act(
        organisation,
        title=_("Fine del collegamento"),
        says=_("%(first)s %(kind)s %(second)s: resta scritto fino a quando è stato così.")
        % {
            "first": link.organisation.name,
            "kind": link.kind_label,
            "second": link.other.name,
        },
        submit=_("Segna l’ultimo giorno"),
        done=_("La fine del collegamento è scritta."),
        is_grave=True,
    )
    form = DayForm(request.POST or None, initial={"day": clock.today()})
    return act_page(
        request,
        act,
        form,
        lambda data: end_link(request.actor, organisation_id, link_id, day=data["day"]),
    )
