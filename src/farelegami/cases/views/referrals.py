"""Referrals on the desk: list, page, attempts, answers, intake."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from farelegami.access.requests import ActorRequest
from farelegami.cases.forms import (
    AnswerReferralForm,
    AttemptForm,
    IntakeForm,
    ReferralForm,
    SendReferralForm,
)
from farelegami.cases.permissions import SENDERS, STAFF
from farelegami.cases.queries.referrals import (
    attempts_of,
    referral_for,
    sent_referrals,
)
from farelegami.cases.queries.referrals import (
    referrals_page as referrals,
)
from farelegami.cases.rules.referrals import (
    OPEN,
    STAGE_LABELS,
    Channel,
    ReferralMove,
    ReferralStage,
    moves_from,
)
from farelegami.cases.services.cases import Intake, take_in_charge
from farelegami.cases.services.referrals import (
    direct_elsewhere,
    give_up,
    note_attempt,
    note_renounced,
    read_referral,
    receive_referral,
    send_referral,
)
from farelegami.kernel.actor import Actor
from farelegami.network.queries import organisation_refs
from farelegami.people.queries.persons import PeopleFilters, people_page
from farelegami.people.rules.households import HouseholdRole
from farelegami.people.rules.privacy import Manner
from farelegami.programmes.queries import programmes_for
from farelegami.territory.queries import districts, municipality_choices
from farelegami.web.refusals import shown_on

_MOST_KNOWN = 5


@require_safe
def referrals_page(request: ActorRequest) -> HttpResponse:
    """List the referrals of the actor's districts, those not answered first of all."""
    stage = request.GET.get("stato", "")
    stages = [stage] if stage in set(ReferralStage) else []
    mine = "mie" in request.GET
    page = referrals(request.actor, stages=stages, mine=mine, cursor=request.GET.get("dopo", ""))
    context = {
        "page": page,
        "stage": stage,
        "mine": mine,
        "stages": [(one.value, _(label)) for one, label in STAGE_LABELS.items()],
        "may_write": request.actor.holds(*STAFF),
    }
    return render(request, "cases/referrals.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new_referral_page(request: ActorRequest) -> HttpResponse:
    """Write down a referral told by voice."""
    towns = municipality_choices(request.actor.districts(*STAFF))
    form = ReferralForm(towns, request.POST or None)
    if form.is_valid():
        with shown_on(form):
            referral = receive_referral(request.actor, form.draft(), once=form.cleaned_data["once"])
            return redirect("cases:referral", referral.pk)
    return render(
        request, "cases/new_referral.html", {"form": form}, status=422 if form.errors else 200
    )


@require_safe
def sent_referrals_page(request: ActorRequest) -> HttpResponse:
    """List what the actor, or their organisation, has sent."""
    return render(
        request, "cases/sent_referrals.html", {"referrals": sent_referrals(request.actor)}
    )


@require_http_methods(["GET", "HEAD", "POST"])
def send_referral_page(request: ActorRequest) -> HttpResponse:
    """Send a referral for an organisation."""
    bodies = organisation_refs(request.actor.organisations(*SENDERS))
    towns = municipality_choices({district.pk for district in districts()})
    form = SendReferralForm(
        towns, [(ref.id, ref.name) for ref in bodies.values()], request.POST or None
    )
    if form.is_valid():
        with shown_on(form):
            referral = send_referral(
                request.actor, form.draft(request.actor.name), once=form.cleaned_data["once"]
            )
            messages.success(
                request, _("Segnalazione inviata. Codice: %(code)s") % {"code": referral.code}
            )
            return redirect("cases:sent_referrals")
    return render(
        request, "cases/send_referral.html", {"form": form}, status=422 if form.errors else 200
    )


@require_safe
def referral_page(request: ActorRequest, referral_id: UUID) -> HttpResponse:
    """Show a referral and what can be done about it."""
    return _referral_page(request, referral_id)


def _referral_page(
    request: ActorRequest,
    referral_id: UUID,
    *,
    attempt: AttemptForm | None = None,
    answer: AnswerReferralForm | None = None,
) -> HttpResponse:
    referral = read_referral(request.actor, referral_id)
    attempts = attempts_of(referral.pk)
    failed = next((n for n, one in enumerate(attempts) if one.reached), len(attempts))
    stage = ReferralStage(referral.stage)
    moves = moves_from(stage, failed_attempts=failed)
    if referral.transfer_from_id is not None and stage not in OPEN:
        moves = frozenset()
    context = {
        "referral": referral,
        "attempts": attempts,
        "attempt_form": attempt or AttemptForm(),
        "answer_form": answer or AnswerReferralForm(auto_id="answer-%s"),
        "moves": {str(move) for move in moves},
    }
    status = 422 if attempt or answer else 200
    return render(request, "cases/referral.html", context, status=status)


@require_POST
def note_attempt_page(request: ActorRequest, referral_id: UUID) -> HttpResponse:
    """Write down a try at reaching the person."""
    form = AttemptForm(request.POST)
    if form.is_valid():
        data = form.cleaned_data
        with shown_on(form):
            note_attempt(
                request.actor,
                referral_id,
                channel=Channel(data["channel"]),
                reached=data["reached"],
                note=data["note"],
                once=data["once"],
            )
            return redirect("cases:referral", referral_id)
    return _referral_page(request, referral_id, attempt=form)


@require_POST
def answer_referral_page(request: ActorRequest, referral_id: UUID) -> HttpResponse:
    """Close a referral with an answer other than an intake."""
    form = AnswerReferralForm(request.POST, auto_id="answer-%s")
    if form.is_valid():
        with shown_on(form):
            _answer(request.actor, referral_id, form)
            return redirect("cases:referral", referral_id)
    return _referral_page(request, referral_id, answer=form)


def _answer(actor: Actor, referral_id: UUID, form: AnswerReferralForm) -> None:
    data = form.cleaned_data
    match ReferralMove(data["move"]):
        case ReferralMove.DIRECT:
            direct_elsewhere(
                actor, referral_id, directed_to=data["directed_to"], answer=data["answer"]
            )
        case ReferralMove.RENOUNCE:
            note_renounced(actor, referral_id, answer=data["answer"])
        case _:
            give_up(actor, referral_id)


@require_http_methods(["GET", "HEAD", "POST"])
def intake_page(request: ActorRequest, referral_id: UUID) -> HttpResponse:
    """Welcome a family: register or recognise the person, open the case."""
    referral = referral_for(request.actor, referral_id)
    found = people_page(
        request.actor, PeopleFilters(text=referral.name, district_id=referral.district_id)
    )
    known = [(row.id, _person(row.name, row.age, row.town)) for row in found.rows[:_MOST_KNOWN]]
    programmes = [(one.pk, one.name) for one in programmes_for(request.actor)]
    initial = {
        "given_name": referral.given_name,
        "family_name": referral.family_name,
        "language": referral.language,
    }
    form = IntakeForm(known, programmes, request.POST or None, initial=initial)
    if form.is_valid():
        data = form.cleaned_data
        draft = form.person_draft(
            phone=referral.phone, email=referral.email, municipality_id=referral.municipality_id
        )
        intake = Intake(
            programme_id=UUID(data["programme"]),
            person_id=UUID(data["person"]) if data["person"] else None,
            person=None if data["person"] else draft,
            role=HouseholdRole(data["role"]),
            notice=Manner(data["notice"]) if data["notice"] else None,
            language=data["language"],
        )
        with shown_on(form):
            case = take_in_charge(request.actor, referral_id, intake, once=data["once"])
            return redirect("cases:case", case.pk)
    context = {"form": form, "referral": referral}
    return render(request, "cases/intake.html", context, status=422 if form.errors else 200)


def _person(name: str, age: int | None, town: str) -> str:
    years = _("%(age)s anni") % {"age": age} if age is not None else ""
    return ", ".join(part for part in (name, years, town) if part)
