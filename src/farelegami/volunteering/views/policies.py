"""Policies: what covers the volunteers of a body, until when, and the bare days."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from farelegami.access.requests import ActorRequest
from farelegami.kernel import clock
from farelegami.kernel.errors import NotAllowed
from farelegami.volunteering.forms import EndPolicyForm, PolicyForm, ReasonForm
from farelegami.volunteering.permissions import may_keep
from farelegami.volunteering.queries.pages import insurance_of
from farelegami.volunteering.queries.registers import register_for
from farelegami.volunteering.services import add_policy, end_policy, withdraw_policy
from farelegami.volunteering.views.acts import act_page, checked, path_to, to
from farelegami.web.acts import Act
from farelegami.web.refusals import shown_on


@require_safe
def policies_page(request: ActorRequest, body_id: UUID) -> HttpResponse:
    """List the policies of a body and the days to come that none covers."""
    register = register_for(request.actor, body_id)
    context = {
        "register": register,
        "body": register.organisation,
        "insurance": insurance_of(body_id),
        "keeps": may_keep(request.actor, register),
        "today": clock.today(),
        "crumbs": path_to(register),
    }
    return render(request, "volunteering/policies.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def add_page(request: ActorRequest, body_id: UUID) -> HttpResponse:
    """Write down a policy: everybody in the register is covered at once."""
    register = register_for(request.actor, body_id)
    if not may_keep(request.actor, register):
        raise NotAllowed
    form = PolicyForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        said = form.cleaned_data
        with shown_on(form):
            add_policy(
                request.actor,
                body_id,
                insurer=said["insurer"],
                number=said["number"],
                risks=said["risks"],
                starts_on=said["starts_on"],
                ends_on=said["ends_on"],
                document=checked(said["document"]),
                once=said["once"],
            )
            messages.success(request, _("La polizza è scritta: chi è nel registro è coperto."))
            return redirect(to("policies", body_id))
    act = Act(
        title=_("Scrivi una polizza"), submit=_("Scrivi la polizza"), done="",
        back=to("policies", body_id),
        crumbs=path_to(register, (to("policies", body_id), _("Polizze"))),
    )  # fmt: skip
    status = 422 if form.errors else 200
    return render(request, "volunteering/act.html", {"act": act, "form": form}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def end_page(request: ActorRequest, body_id: UUID, policy_id: UUID) -> HttpResponse:
    """Let a policy end before it was agreed to."""
    register = register_for(request.actor, body_id)
    act = Act(
        title=_("Chiudi la polizza"), submit=_("Chiudi"), done=_("La polizza è chiusa."),
        back=to("policies", body_id),
        crumbs=path_to(register, (to("policies", body_id), _("Polizze"))),
        says=_("Dopo l’ultimo giorno nessuno è coperto, finché non scrivi un’altra polizza."),
        is_grave=True,
    )  # fmt: skip
    return act_page(
        request, act, EndPolicyForm(request.POST or None),
        lambda said: end_policy(
            request.actor, body_id, policy_id, day=said["day"], reason=said["reason"]
        ),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw_page(request: ActorRequest, body_id: UUID, policy_id: UUID) -> HttpResponse:
    """Take away a policy that was written down by mistake."""
    register = register_for(request.actor, body_id)
    act = Act(
        title=_("Polizza scritta per errore"), submit=_("Togli la polizza"),
        done=_("La polizza è tolta."), back=to("policies", body_id),
        crumbs=path_to(register, (to("policies", body_id), _("Polizze"))),
        says=_("È come se non ci fosse mai stata. Se sotto questa polizza c’è un servizio, non si può."),
        is_grave=True,
    )  # fmt: skip
    return act_page(
        request, act, ReasonForm(request.POST or None),
        lambda said: withdraw_policy(request.actor, body_id, policy_id, reason=said["reason"]),
    )  # fmt: skip
