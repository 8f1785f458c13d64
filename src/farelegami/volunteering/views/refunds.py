"""Refunds: what a body refunds, requests, decisions, payments."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from farelegami.access.requests import ActorRequest
from farelegami.audit.services import record_read
from farelegami.kernel import clock
from farelegami.kernel.errors import NotAllowed, NotFound, gettext_noop
from farelegami.volunteering.forms import PayForm, ReasonForm, RefundForm, ResolveForm
from farelegami.volunteering.models import Refund, Register
from farelegami.volunteering.permissions import may_keep, may_refund
from farelegami.volunteering.queries.pages import stay_for
from farelegami.volunteering.queries.refunds import (
    REFUND,
    RefundFile,
    refund_file,
    rules_of,
    services_to_refund,
)
from farelegami.volunteering.queries.refunds import refunds_page as page_of_refunds
from farelegami.volunteering.queries.registers import register_for
from farelegami.volunteering.rules.refunds import REFUND_LABELS, RefundStage
from farelegami.volunteering.services import (
    approve_refund,
    ask_refund,
    pay_refund,
    refuse_refund,
    resolve_refund_kinds,
)
from farelegami.volunteering.views.acts import act_page, checked, path_to, to, volunteer_step
from farelegami.web.acts import Act
from farelegami.web.refusals import shown_on

_BACK: Final = timedelta(days=92)


@require_safe
def refunds_page(request: ActorRequest, body_id: UUID) -> HttpResponse:
    """List the refunds of a body, and what it resolved."""
    register = register_for(request.actor, body_id)
    asked = request.GET.get("stato", "")
    stage = asked if asked in set(RefundStage) else ""
    rules = rules_of(body_id)
    context = {
        "register": register,
        "body": register.organisation,
        "page": page_of_refunds(
            request.actor, body_id, stage=stage, cursor=request.GET.get("dopo", "")
        ),
        "stage": stage,
        "tabs": [("", _("tutti")), *((s.value, _(label)) for s, label in REFUND_LABELS.items())],
        "rule": rules[0] if rules else None,
        "keeps": may_keep(request.actor, register),
        "crumbs": path_to(register),
    }
    return render(request, "volunteering/refunds.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def resolve_page(request: ActorRequest, body_id: UUID) -> HttpResponse:
    """Write down which expenses a body refunds."""
    register = register_for(request.actor, body_id)
    if not may_keep(request.actor, register):
        raise NotAllowed
    form = ResolveForm(request.POST or None)
    act = Act(
        title=_("Quali spese si rimborsano"), submit=_("Scrivi la delibera"),
        done=_("La delibera è scritta."), back=to("refunds", body_id),
        crumbs=path_to(register, (to("refunds", body_id), _("Rimborsi"))),
        says=_("Vale dal suo giorno, finché non se ne scrive un’altra. Un tipo senza importo non si rimborsa."),
    )  # fmt: skip
    return act_page(
        request, act, form,
        lambda said: resolve_refund_kinds(
            request.actor, body_id, resolution=said["resolution"],
            resolved_on=said["resolved_on"], limits=form.limits(), once=said["once"],
        ),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def ask_page(request: ActorRequest, body_id: UUID, volunteer_id: UUID) -> HttpResponse:
    """Ask a refund for a volunteer, day by day of service."""
    register = _to_refund(request, body_id)
    stay = stay_for(register, volunteer_id)
    services = services_to_refund(body_id, stay.person_id, since=clock.today() - _BACK)
    form = RefundForm(request.POST or None, request.FILES or None, services=services)
    if form.is_valid():
        said = form.cleaned_data
        with shown_on(form):
            refund = ask_refund(
                request.actor,
                body_id,
                stay.person_id,
                kind=said["kind"],
                manner=said["manner"],
                parts=form.parts(),
                receipt=checked(said["receipt"]),
                note=said["note"],
                once=said["once"],
            )
            messages.success(request, _("Il rimborso è chiesto: lo approva un’altra persona."))
            return redirect(to("refund", body_id, refund.pk))
    act = Act(
        title=_("Chiedi un rimborso"), submit=_("Chiedi"), done="",
        back=to("volunteer", body_id, volunteer_id),
        crumbs=path_to(register, volunteer_step(register, volunteer_id, stay.name)),
        says=_("Si rimborsa ciò che si è speso davvero nei giorni di servizio: niente importi fissi.")
        if services
        else _("Negli ultimi tre mesi non ci sono giorni di servizio: niente da rimborsare."),
    )  # fmt: skip
    status = 422 if form.errors else 200
    return render(request, "volunteering/act.html", {"act": act, "form": form}, status=status)


@require_safe
def refund_page(request: ActorRequest, body_id: UUID, refund_id: UUID) -> HttpResponse:
    """Show a refund with its days, its paper and what can be done."""
    register = register_for(request.actor, body_id)
    file = _file(request, body_id, refund_id)
    refund = file.refund
    record_read(
        request.actor, kind=REFUND, object_id=refund.pk, district_id=refund.district_id,
        person_ids=(refund.person_id,), purpose=gettext_noop("rimborso"),
    )  # fmt: skip
    may = may_refund(request.actor, register)
    stage = refund.stage_now
    context = {
        "register": register,
        "body": register.organisation,
        "refund": refund,
        "parts": file.parts,
        "may_approve": may and stage is RefundStage.REQUESTED and not _is_own(request, refund),
        "may_refuse": may and stage is RefundStage.REQUESTED,
        "may_pay": may and stage is RefundStage.APPROVED,
        "is_own": stage is RefundStage.REQUESTED and _is_own(request, refund),
        "crumbs": path_to(register, (to("refunds", body_id), _("Rimborsi"))),
    }
    return render(request, "volunteering/refund.html", context)


def _is_own(request: ActorRequest, refund: Refund) -> bool:
    actor = request.actor
    return actor.account_id == refund.requested_by_id or actor.person_id == refund.person_id


@require_POST
def approve_page(request: ActorRequest, body_id: UUID, refund_id: UUID) -> HttpResponse:
    """Approve a refund that somebody else asked for."""
    _file(request, body_id, refund_id)
    approve_refund(request.actor, refund_id)
    messages.success(request, _("Il rimborso è approvato."))
    return redirect(to("refund", body_id, refund_id))


@require_http_methods(["GET", "HEAD", "POST"])
def refuse_page(request: ActorRequest, body_id: UUID, refund_id: UUID) -> HttpResponse:
    """Say why a refund is not approved."""
    register = _to_refund(request, body_id)
    _file(request, body_id, refund_id)
    act = _act(
        register, refund_id, title=_("Non approvare il rimborso"), submit=_("Non approvare"),
        done=_("Il rimborso non è approvato."),
    )  # fmt: skip
    return act_page(
        request, act, ReasonForm(request.POST or None),
        lambda said: refuse_refund(request.actor, refund_id, reason=said["reason"]),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def pay_page(request: ActorRequest, body_id: UUID, refund_id: UUID) -> HttpResponse:
    """Mark a refund as paid."""
    register = _to_refund(request, body_id)
    _file(request, body_id, refund_id)
    act = _act(
        register, refund_id, title=_("Segna pagato"), submit=_("Segna pagato"),
        done=_("Il rimborso è pagato."),
    )  # fmt: skip
    return act_page(
        request, act, PayForm(request.POST or None),
        lambda said: pay_refund(request.actor, refund_id, paid_on=said["paid_on"]),
    )  # fmt: skip


def _to_refund(request: ActorRequest, body_id: UUID) -> Register:
    register = register_for(request.actor, body_id)
    if not may_refund(request.actor, register):
        raise NotAllowed
    return register


def _file(request: ActorRequest, body_id: UUID, refund_id: UUID) -> RefundFile:
    file = refund_file(request.actor, body_id, refund_id)
    if file is None:
        raise NotFound
    return file


def _act(register: Register, refund_id: UUID, *, title: str, submit: str, done: str) -> Act:
    body_id = register.organisation_id
    step = (to("refund", body_id, refund_id), _("Rimborso"))
    return Act(
        title=title, submit=submit, done=done, back=step[0],
        crumbs=path_to(register, (to("refunds", body_id), _("Rimborsi")), step),
    )  # fmt: skip
