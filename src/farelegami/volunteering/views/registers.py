"""Registers: the list, one register, opening, delegating, checking, taking out."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from farelegami.access.requests import ActorRequest
from farelegami.documents.rules.codes import written_code
from farelegami.kernel import clock
from farelegami.kernel.actor import Actor, Role
from farelegami.network.queries import organisation_choices, organisation_refs
from farelegami.territory.queries import district_names
from farelegami.volunteering.forms import DelegateForm, OpenForm
from farelegami.volunteering.permissions import DELEGATES, may_delegate, may_keep, puc_districts
from farelegami.volunteering.queries.pages import (
    WHO_LABELS,
    Who,
    insurance_of,
    paid_links,
    volunteers_page,
)
from farelegami.volunteering.queries.pages import registers_page as page_of_registers
from farelegami.volunteering.queries.registers import (
    bodies_with_register,
    register_for,
    verify_register,
)
from farelegami.volunteering.services import (
    delegate_register,
    end_delegation,
    open_register,
    register_paper,
    register_table,
)
from farelegami.volunteering.views.acts import act_page, path_to, to
from farelegami.web.acts import Act
from farelegami.web.csv_files import csv_response
from farelegami.web.refusals import shown_on


@require_safe
def registers_page(request: ActorRequest) -> HttpResponse:
    """List the registers one sees, by the name of the body."""
    text = request.GET.get("testo", "").strip()
    page = page_of_registers(request.actor, text=text, cursor=request.GET.get("dopo", ""))
    context = {
        "page": page,
        "text": text,
        "may_open": bool(_may_open_for(request.actor)),
        "sees_pucs": bool(puc_districts(request.actor)),
    }
    return render(request, "volunteering/registers.html", context)


def _may_open_for(actor: Actor) -> frozenset[object]:
    return frozenset({*actor.organisations(Role.HOST), *actor.districts(*DELEGATES)})


@require_http_methods(["GET", "HEAD", "POST"])
def open_page(request: ActorRequest) -> HttpResponse:
    """Open the register of a body: one's own, or one of the district by written delegation."""
    form = OpenForm(
        request.POST or None,
        bodies=lambda: _bodies_without(request.actor),
        districts=_districts(request.actor),
    )
    if form.is_valid():
        said = form.cleaned_data
        with shown_on(form):
            register = open_register(
                request.actor,
                said["organisation_id"],
                opened_on=said["opened_on"],
                district_id=said.get("district_id"),
                delegation=said["delegation"],
                once=said["once"],
            )
            messages.success(request, _("Il registro è aperto."))
            return redirect(to("register", register.organisation_id))
    act = Act(
        title=_("Apri un registro"), submit=_("Apri"), done="", back=to("registers"),
        crumbs=path_to(),
        says=_("Una volta aperto, le righe si aggiungono e non si cambiano: ognuna è legata alla prima."),
    )  # fmt: skip
    status = 422 if form.errors else 200
    return render(request, "volunteering/act.html", {"act": act, "form": form}, status=status)


def _bodies_without(actor: Actor) -> list[tuple[str, str]]:
    there = bodies_with_register()
    if actor.districts(*DELEGATES):
        found = organisation_choices(actor)
    else:
        refs = organisation_refs(actor.organisations(Role.HOST))
        found = [(each.id, each.name) for each in refs.values()]
    return [(str(pk), name) for pk, name in found if pk not in there]


def _districts(actor: Actor) -> list[tuple[str, str]]:
    here = actor.districts(*DELEGATES)
    names = district_names()
    # A referent has no district of their own: theirs is the body's, or any of those served.
    return [(str(number), name) for number, name in names.items() if not here or number in here]


@require_safe
def register_page(request: ActorRequest, body_id: UUID) -> HttpResponse:
    """Show who is in a register, and who is covered today and until when."""
    register = register_for(request.actor, body_id)
    asked = request.GET.get("stato", "")
    who = Who(asked) if asked in set(Who) else Who.PRESENT
    text = request.GET.get("testo", "").strip()
    insurance = insurance_of(body_id)
    today = clock.today()
    context = {
        "register": register,
        "body": register.organisation,
        "page": volunteers_page(register, who=who, text=text, cursor=request.GET.get("dopo", "")),
        "text": text,
        "who": who,
        "tabs": [(each.value, _(label)) for each, label in WHO_LABELS.items()],
        "keeps": may_keep(request.actor, register),
        "may_delegate": may_delegate(request.actor, register),
        "policy": next((p for p in insurance.policies if p.starts_on <= today), None),
        "is_insured": any(
            p.ends_on and p.starts_on <= today <= p.ends_on for p in insurance.policies
        ),
        "bare": insurance.bare,
        "links": paid_links(body_id),
        "crumbs": path_to(),
    }
    return render(request, "volunteering/register.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def delegate_page(request: ActorRequest, body_id: UUID) -> HttpResponse:
    """Write down by which act the staff of the district keep the register."""
    register = register_for(request.actor, body_id)
    act = Act(
        title=_("Delega il registro"), submit=_("Scrivi la delega"), done=_("La delega è scritta."),
        back=to("register", body_id), crumbs=path_to(register),
        says=_("Da oggi scrivono nel registro anche gli operatori dell’ambito, finché non la togli."),
    )  # fmt: skip
    return act_page(
        request, act, DelegateForm(request.POST or None),
        lambda said: delegate_register(request.actor, body_id, delegation=said["delegation"]),
    )  # fmt: skip


@require_POST
def end_delegation_page(request: ActorRequest, body_id: UUID) -> HttpResponse:
    """Let only the body write in its register again."""
    end_delegation(request.actor, body_id)
    messages.success(request, _("La delega è tolta: ora scrive solo l’ente."))
    return redirect(to("register", body_id))


@require_safe
def check_page(request: ActorRequest, body_id: UUID) -> HttpResponse:
    """Recompute the chain of a register and say whether it is as it was written."""
    register = register_for(request.actor, body_id)
    context = {
        "register": register,
        "body": register.organisation,
        "report": verify_register(register.pk),
        "keeps": may_keep(request.actor, register),
        "crumbs": path_to(register),
    }
    return render(request, "volunteering/check.html", context)


@require_safe
def paper_page(request: ActorRequest, body_id: UUID) -> HttpResponse:
    """Make the register as a paper, or find the one its last line already has."""
    paper = register_paper(
        request.actor,
        body_id,
        address=lambda code: request.build_absolute_uri(
            reverse("documents:checked", args=[written_code(code)])
        ),
    )
    return redirect("documents:open", paper.document_id)


@require_safe
def table_page(request: ActorRequest, body_id: UUID) -> HttpResponse:
    """Send the register as a table."""
    text = register_table(request.actor, body_id)
    return csv_response(_("registro dei volontari") + ".csv", text)
