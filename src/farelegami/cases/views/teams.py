"""The team of a case, and passing a case on."""

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from farelegami.access.requests import ActorRequest
from farelegami.cases.forms import AnswerHandoverForm, HandoverForm, InviteForm
from farelegami.cases.permissions import may_lead_case
from farelegami.cases.queries.cases import case_for, handover_for
from farelegami.cases.services.cases import read_case
from farelegami.cases.services.handovers import (
    Passage,
    accept_handover,
    decline_handover,
    propose_handover,
    withdraw_handover,
)
from farelegami.cases.services.teams import (
    Invitation,
    bodies,
    colleagues,
    end_invitation,
    invite,
)
from farelegami.kernel import clock
from farelegami.kernel.actor import Role
from farelegami.kernel.errors import NotAllowed
from farelegami.network.queries import organisation_choices
from farelegami.territory.queries import districts
from farelegami.web.refusals import shown_on

if TYPE_CHECKING:
    from farelegami.access.models import RoleGrant
    from farelegami.cases.models import Case

_FIRST_TERM_DAYS = 14
_FIRST_INVITATION_DAYS = 90


@require_http_methods(["GET", "HEAD", "POST"])
def team_page(request: ActorRequest, case_id: UUID) -> HttpResponse:
    """Show who is in the team and ask somebody else."""
    actor = request.actor
    file = read_case(actor, case_id, purpose="équipe")
    case = file.case
    held = bodies(actor, case)
    form = _invite_form(request, case, held)
    if form.is_valid():
        data = form.cleaned_data
        account_id, organisation_id = form.asked()
        invitation = Invitation(
            account_id, data["task"], data["ends_on"], organisation_id, data["reads_diary"]
        )
        with shown_on(form):
            invite(actor, case_id, invitation, once=data["once"])
            return redirect("cases:team", case_id)
    context = {
        "case": case,
        "people": [one for one in file.team if one.account_id],
        "bodies": [
            (one, _at(held, one.organisation_id)) for one in file.team if not one.account_id
        ],
        "leads": case.is_open
        and may_lead_case(actor, manager_id=case.manager_id, district_id=case.district_id),
        "form": form,
    }
    return render(request, "cases/team.html", context, status=422 if form.errors else 200)


def _invite_form(request: ActorRequest, case: "Case", held: "Sequence[RoleGrant]") -> InviteForm:
    workers = [(one.pk, one.name) for one in colleagues(case)]
    known = {case.manager_id, *(pk for pk, _name in workers)}
    referents = {
        (one.account_id, one.organisation_id): f"{one.account.name}, {one.organisation}"
        for one in held
        if one.role == Role.HOST and one.organisation_id and one.account_id not in known
    }
    whole = {one.organisation_id: str(one.organisation) for one in held if one.organisation_id}
    return InviteForm(
        workers,
        [(account, body, name) for (account, body), name in referents.items()],
        list(whole.items()),
        request.POST or None,
        initial={"ends_on": clock.today() + timedelta(days=_FIRST_INVITATION_DAYS)},
    )


def _at(held: "Sequence[RoleGrant]", organisation_id: UUID | None) -> Sequence[str]:
    """Return the names of who has a role at an organisation, each once."""
    names = (one.account.name for one in held if one.organisation_id == organisation_id)
    return list(dict.fromkeys(names))


@require_POST
def end_invitation_page(request: ActorRequest, member_id: UUID) -> HttpResponse:
    """Take an invitation back."""
    member = end_invitation(request.actor, member_id)
    return redirect("cases:team", member.case_id)


@require_http_methods(["GET", "HEAD", "POST"])
def hand_over_page(request: ActorRequest, case_id: UUID) -> HttpResponse:
    """Propose that somebody else takes the case over."""
    case = case_for(request.actor, case_id)
    if not may_lead_case(request.actor, manager_id=case.manager_id, district_id=case.district_id):
        raise NotAllowed
    workers = [(one.pk, one.name) for one in colleagues(case, Role.SOCIAL_WORKER)]
    form = HandoverForm(
        workers,
        organisation_choices(request.actor),
        _other_districts(case),
        request.POST or None,
        initial={"deadline": clock.today() + timedelta(days=_FIRST_TERM_DAYS)},
    )
    if form.is_valid():
        data = form.cleaned_data
        passage = Passage(
            reason=data["reason"],
            basis=data["basis"],
            deadline=data["deadline"],
            family_knows=data["family_knows"],
            to_account_id=form.receiver("account"),
            to_organisation_id=form.receiver("body"),
            to_district_id=form.district(),
        )
        with shown_on(form):
            propose_handover(request.actor, case_id, passage, once=data["once"])
            messages.success(request, _("Il passaggio è stato proposto: si attende la risposta."))
            return redirect("cases:case", case_id)
    context = {"case": case, "form": form}
    return render(request, "cases/hand_over.html", context, status=422 if form.errors else 200)


def _other_districts(case: "Case") -> Sequence[tuple[int, str]]:
    """Return the other districts and who runs them, those of the same province first."""
    province = case.district.province_id
    others = [one for one in districts() if one.pk != case.district_id]
    others.sort(key=lambda one: (one.province_id != province, one.province.name, one.name))
    return [(one.pk, f"{one.name} ({one.lead_body})") for one in others]


@require_POST
def withdraw_handover_page(request: ActorRequest, handover_id: UUID) -> HttpResponse:
    """Take a proposal back before it is answered."""
    handover = withdraw_handover(request.actor, handover_id)
    messages.success(request, _("Il passaggio è ritirato: il percorso resta a chi lo segue."))
    return redirect("cases:case", handover.case_id)


@require_http_methods(["GET", "HEAD", "POST"])
def answer_handover_page(request: ActorRequest, handover_id: UUID) -> HttpResponse:
    """Accept a case, or say why not."""
    handover = handover_for(request.actor, handover_id)
    form = AnswerHandoverForm(request.POST or None)
    if form.is_valid():
        answer = form.cleaned_data["answer"]
        with shown_on(form):
            if form.cleaned_data["decision"] == "accept":
                accept_handover(request.actor, handover_id, answer=answer)
                messages.success(request, _("Il percorso è ora affidato a chi l’ha accettato."))
            else:
                decline_handover(request.actor, handover_id, answer=answer)
            return redirect("cases:cases")
    context = {"handover": handover, "form": form}
    return render(
        request, "cases/answer_handover.html", context, status=422 if form.errors else 200
    )
