"""Volunteers: entering, one file, correcting, leaving, and paid work."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from farelegami.access.requests import ActorRequest
from farelegami.audit.services import record_read
from farelegami.kernel.errors import NotAllowed, gettext_noop
from farelegami.volunteering.forms import (
    DayForm,
    EnterForm,
    FactsForm,
    LeaveForm,
    PaidForm,
    PaidSomebodyForm,
)
from farelegami.volunteering.models import Register, Volunteer
from farelegami.volunteering.permissions import may_keep, may_refund
from farelegami.volunteering.queries.pages import stay_for, volunteer_file
from farelegami.volunteering.queries.registers import REGISTER, register_for
from farelegami.volunteering.rules.registers import LooksOtherwise
from farelegami.volunteering.services import (
    Lookalike,
    correct_entry,
    end_paid_link,
    enter_volunteer,
    leave_register,
    lookalikes_in,
    write_paid_link,
)
from farelegami.volunteering.views.acts import act_page, path_to, to, volunteer_step
from farelegami.web.acts import Act
from farelegami.web.refusals import shown_on


@require_http_methods(["GET", "HEAD", "POST"])
def enter_page(request: ActorRequest, body_id: UUID) -> HttpResponse:
    """Enter somebody in the register of a body, once who may be the same was looked at."""
    register = _to_keep(request, body_id)
    form = EnterForm(request.POST or None)
    doubt = _Doubt()
    if form.is_valid():
        with shown_on(form):
            said = form.cleaned_data
            found = lookalikes_in(request.actor, body_id, form.facts(), once=said["once"])
            doubt = _doubt(request, found)
            if doubt.is_settled:
                stay = enter_volunteer(
                    request.actor,
                    body_id,
                    facts=form.facts(),
                    entered_on=said["entered_on"],
                    occasional=said["occasional"],
                    person_id=doubt.same.person_id if doubt.same else None,
                    once=said["once"],
                )
                messages.success(request, _entered(doubt) % {"name": stay.name})
                return redirect(to("volunteer", body_id, stay.pk))
    act = Act(
        title=_("Iscrivi un volontario"), submit=_("Iscrivi"), done="", back=to("register", body_id),
        crumbs=path_to(register),
        says=_("Ciò che scrivi qui resta: un errore si rettifica con un’altra riga."),
    )  # fmt: skip
    context = {"act": act, "form": form, "alike": doubt.alike, "seen": doubt.seen}
    status = 422 if form.errors or doubt.alike else 200
    return render(request, "volunteering/enter.html", context, status=status)


@dataclass(frozen=True, slots=True)
class _Doubt:
    """Who may be who is entered; settled where nobody may, or it was said who it is."""

    alike: Sequence[Lookalike] = ()
    same: Lookalike | None = None
    is_settled: bool = False

    @property
    def seen(self) -> str:
        return ",".join(sorted(str(each.person_id) for each in self.alike))


def _doubt(request: ActorRequest, found: Sequence[Lookalike]) -> _Doubt:
    asked = _Doubt(found)
    named = request.POST.get("same", "")
    same = next((each for each in found if str(each.person_id) == named), None)
    if same is not None:
        return _Doubt(same=same, is_settled=True)
    if named:
        # What was typed changed after the question: it no longer looks like them.
        raise LooksOtherwise
    is_other = "anyway" in request.POST and request.POST.get("seen", "") == asked.seen
    return _Doubt(is_settled=True) if is_other or not found else asked


def _entered(doubt: _Doubt) -> str:
    if doubt.same is not None and doubt.same.is_present:
        return _("%(name)s è già nel registro: ciò che è cambiato si scrive con una rettifica.")
    return _("%(name)s è nel registro.")


@require_safe
def volunteer_page(request: ActorRequest, body_id: UUID, volunteer_id: UUID) -> HttpResponse:
    """Show a volunteer: covers, days given, refunds; to who keeps the register also its lines."""
    register = register_for(request.actor, body_id)
    keeps = may_keep(request.actor, register)
    file = volunteer_file(register, volunteer_id, keeps=keeps)
    record_read(
        request.actor,
        kind=REGISTER,
        object_id=register.pk,
        district_id=register.district_id,
        person_ids=(file.stay.person_id,),
        purpose=gettext_noop("registro dei volontari"),
    )
    context = {
        "register": register,
        "body": register.organisation,
        "file": file,
        "stay": file.stay,
        "keeps": keeps,
        "may_refund": may_refund(request.actor, register),
        "crumbs": path_to(register),
    }
    return render(request, "volunteering/volunteer.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def correct_page(request: ActorRequest, body_id: UUID, volunteer_id: UUID) -> HttpResponse:
    """Correct what the register says of a volunteer, with a new line."""
    register = _to_keep(request, body_id)
    stay = stay_for(register, volunteer_id)
    told = stay.entry.told
    initial = {**(asdict(told) if told else {}), "occasional": stay.occasional}
    form = FactsForm(request.POST or None, initial=initial)
    act = _act(
        register, stay, title=_("Rettifica"), submit=_("Scrivi la rettifica"),
        done=_("La rettifica è scritta."),
        says=_("La riga di prima resta leggibile: questa la corregge."),
    )  # fmt: skip
    return act_page(
        request, act, form,
        lambda said: correct_entry(
            request.actor, body_id, stay.person_id, facts=form.facts(),
            occasional=said["occasional"],
        ),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def leave_page(request: ActorRequest, body_id: UUID, volunteer_id: UUID) -> HttpResponse:
    """Let somebody leave the register."""
    register = _to_keep(request, body_id)
    stay = stay_for(register, volunteer_id)
    act = _act(
        register, stay, title=_("Non è più volontario"), submit=_("Cancella dal registro"),
        done=_("La cancellazione è scritta."), is_grave=True,
        says=_("L’assicurazione finisce con l’ultimo giorno. Chi torna si iscrive di nuovo."),
    )  # fmt: skip
    return act_page(
        request, act, LeaveForm(request.POST or None),
        lambda said: leave_register(
            request.actor, body_id, stay.person_id, left_on=said["left_on"]
        ),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def paid_page(request: ActorRequest, body_id: UUID, volunteer_id: UUID) -> HttpResponse:
    """Write down that somebody who was a volunteer works for the body for pay."""
    register = _to_keep(request, body_id)
    stay = stay_for(register, volunteer_id)
    act = _act(
        register, stay, title=_("Lavora per l’ente"), submit=_("Scrivi"), done=_("Scritto."),
        says=_("Chi ha un rapporto di lavoro con l’ente non può esserne volontario negli stessi giorni."),
    )  # fmt: skip
    return act_page(
        request, act, PaidForm(request.POST or None),
        lambda said: write_paid_link(
            request.actor, body_id, stay.person_id, said["kind"], starts_on=said["starts_on"],
            ends_on=said["ends_on"], once=said["once"],
        ),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def paid_somebody_page(request: ActorRequest, body_id: UUID) -> HttpResponse:
    """Write down somebody who works for the body for pay and was never in its register."""
    register = _to_keep(request, body_id)
    form = PaidSomebodyForm(request.POST or None)
    act = Act(
        title=_("Chi lavora per l’ente"), submit=_("Scrivi"), done=_("Scritto."),
        back=to("register", body_id), crumbs=path_to(register),
        says=_("Chi ha un rapporto di lavoro con l’ente non può esserne volontario negli stessi giorni."),
    )  # fmt: skip
    return act_page(
        request, act, form,
        lambda said: write_paid_link(
            request.actor, body_id, form.facts(), said["kind"], starts_on=said["starts_on"],
            ends_on=said["ends_on"], once=said["once"],
        ),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def end_paid_page(request: ActorRequest, body_id: UUID, link_id: UUID) -> HttpResponse:
    """Write down until when somebody worked for the body."""
    register = _to_keep(request, body_id)
    act = Act(
        title=_("Non lavora più per l’ente"), submit=_("Scrivi"), done=_("Scritto."),
        back=to("register", body_id), crumbs=path_to(register),
    )  # fmt: skip
    return act_page(
        request, act, DayForm(request.POST or None),
        lambda said: end_paid_link(request.actor, body_id, link_id, day=said["day"]),
    )  # fmt: skip


def _to_keep(request: ActorRequest, body_id: UUID) -> Register:
    register = register_for(request.actor, body_id)
    if not may_keep(request.actor, register):
        raise NotAllowed
    return register


def _act(
    register: Register, stay: Volunteer, *, title: str, submit: str, done: str, says: str,
    is_grave: bool = False,
) -> Act:  # fmt: skip
    step = volunteer_step(register, stay.pk, stay.name)
    return Act(
        title=title, submit=submit, done=done, back=step[0], crumbs=path_to(register, step),
        says=says, is_grave=is_grave,
    )  # fmt: skip
