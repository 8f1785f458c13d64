"""The life of a signed pact: meetings, results, hours, standing still, ending, looking back."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from farelegami.access.requests import ActorRequest
from farelegami.kernel import clock
from farelegami.kernel.errors import NotAllowed, NotFound, gettext_noop
from farelegami.pacts.forms.acts import (
    AnswerForm,
    CloseForm,
    ConfirmForm,
    ConfirmHoursForm,
    FollowUpForm,
    HeldForm,
    HoursForm,
    InterruptForm,
    MeetingForm,
    MissedForm,
    ResultForm,
    ShortReasonForm,
    SuspendForm,
)
from farelegami.pacts.models import HoursEntry, ResultProgress
from farelegami.pacts.permissions import may_write_pact
from farelegami.pacts.queries import (
    hours_entries_of,
    meetings_of,
    messages_of,
    months_asked_after,
    pact_for,
    pact_with_words,
    progress_of,
)
from farelegami.pacts.rules.readiness import missing_to_close
from farelegami.pacts.services.family import answer_message, message_to_answer, read_message
from farelegami.pacts.services.giving import cancel_hours, confirm_hours, report_hours
from farelegami.pacts.services.living import (
    close,
    hold_meeting,
    interrupt,
    miss_meeting,
    plan_meeting,
    record_follow_up,
    resume,
    set_result,
    standing_of,
    start_review,
    suspend,
    terms_in_force,
)
from farelegami.pacts.views.acts import Words, act_page, log_reading, own_pact, posted
from farelegami.pacts.views.showing import crumbs, missing_lines, pact_url
from farelegami.web.formats import dmy, hours

# ---- meetings


@require_http_methods(["GET", "POST"])
def plan_meeting_page(request: ActorRequest, pact_id: UUID) -> HttpResponse:
    """Plan a meeting."""
    pact = own_pact(request, pact_id)
    form = MeetingForm(posted(request))

    def plan(data: Mapping[str, Any]) -> object:
        return plan_meeting(
            request.actor,
            pact_id,
            planned_at=form.planned_at(),
            place=data["place"],
            with_whom=data["with_whom"],
            once=data["once"],
        )

    due = pact.next_meeting_by
    text = _("È bene vedersi entro il %(day)s.") % {"day": dmy(due)} if due else ""
    words = Words(_("Fissare un incontro"), _("Fissa"), _("L’incontro è fissato."), text)
    return act_page(request, form, plan, words, pact=pact, back=f"{pact_url(pact_id)}#incontri")


def _check_meeting(pact_id: UUID, meeting_id: UUID) -> None:
    if not any(meeting.pk == meeting_id for meeting in meetings_of(pact_id)):
        raise NotFound


@require_http_methods(["GET", "POST"])
def hold_meeting_page(
    request: ActorRequest, pact_id: UUID, meeting_id: UUID | None = None
) -> HttpResponse:
    """Note a meeting that took place, planned or not."""
    pact = own_pact(request, pact_id)
    if meeting_id is not None:
        _check_meeting(pact_id, meeting_id)
    form = HeldForm(posted(request), initial={"held_on": clock.today()})
    words = Words(_("L’incontro c’è stato"), _("Segna l’incontro"), _("L’incontro è segnato."))
    return act_page(
        request,
        form,
        lambda data: hold_meeting(request.actor, pact_id, meeting_id=meeting_id, **data),
        words,
        pact=pact,
        back=f"{pact_url(pact_id)}#incontri",
    )


@require_http_methods(["GET", "POST"])
def miss_meeting_page(request: ActorRequest, pact_id: UUID, meeting_id: UUID) -> HttpResponse:
    """Note that a planned meeting did not happen, and why."""
    pact = own_pact(request, pact_id)
    _check_meeting(pact_id, meeting_id)
    words = Words(
        _("L’incontro non c’è stato"),
        _("Segna"),
        _("È segnato: si può fissarne un altro."),
        _("Non succede niente da sé: i sostegni restano."),
    )
    return act_page(
        request,
        MissedForm(posted(request)),
        lambda data: miss_meeting(request.actor, pact_id, meeting_id, **data),
        words,
        pact=pact,
        back=f"{pact_url(pact_id)}#incontri",
    )


# ---- results and hours


@require_http_methods(["GET", "POST"])
def set_result_page(request: ActorRequest, pact_id: UUID, key: str) -> HttpResponse:
    """Say how far an expected result is."""
    pact = own_pact(request, pact_id)
    progress = progress_of([pact_id])[pact_id].get(key)
    if progress is None:
        raise NotFound
    form = ResultForm(posted(request), initial={"status": progress.status, "note": progress.note})
    words = Words(_("A che punto è il risultato"), _("Salva"), _("Il risultato è aggiornato."))
    return act_page(
        request,
        form,
        lambda data: set_result(request.actor, pact_id, key, **data),
        words,
        pact=pact,
        back=f"{pact_url(pact_id)}#obiettivi",
    )


@require_http_methods(["GET", "POST"])
def report_hours_page(request: ActorRequest, pact_id: UUID) -> HttpResponse:
    """Tell hours given back."""
    pact, version = pact_with_words(request.actor, pact_id)
    if not may_write_pact(request.actor, manager_id=pact.case.manager_id):
        raise NotAllowed
    form = HoursForm(
        posted(request),
        commitments=version.terms.commitments,
        initial={"done_on": clock.today()},
    )
    words = Words(
        _("Segnare ore restituite"),
        _("Segna le ore"),
        _("Le ore sono segnate: aspettano la conferma di chi ha accolto."),
    )
    return act_page(
        request,
        form,
        lambda data: report_hours(request.actor, pact_id, **data),
        words,
        pact=pact,
        back=f"{pact_url(pact_id)}#ore",
    )


def _entry(pact_id: UUID, entry_id: UUID) -> HoursEntry:
    for entry in hours_entries_of(pact_id):
        if entry.pk == entry_id:
            return entry
    raise NotFound


@require_http_methods(["GET", "POST"])
def confirm_hours_page(request: ActorRequest, pact_id: UUID, entry_id: UUID) -> HttpResponse:
    """Note that the host confirmed hours."""
    pact = own_pact(request, pact_id)
    entry = _entry(pact_id, entry_id)
    facts = {"hours": hours(entry.minutes), "day": dmy(entry.done_on)}
    words = Words(
        _("Confermare %(hours)s del %(day)s") % facts, _("Conferma"), _("Le ore sono confermate.")
    )
    return act_page(
        request,
        ConfirmHoursForm(posted(request)),
        lambda data: confirm_hours(request.actor, pact_id, entry_id, **data),
        words,
        pact=pact,
        back=f"{pact_url(pact_id)}#ore",
    )


@require_http_methods(["GET", "POST"])
def cancel_hours_page(request: ActorRequest, pact_id: UUID, entry_id: UUID) -> HttpResponse:
    """Take back hours told by mistake."""
    pact = own_pact(request, pact_id)
    entry = _entry(pact_id, entry_id)
    facts = {"hours": hours(entry.minutes), "day": dmy(entry.done_on)}
    words = Words(
        _("Togliere %(hours)s del %(day)s?") % facts,
        _("Togli le ore"),
        _("Le ore sono tolte."),
        warning=_("%(hours)s del %(day)s non conteranno più. Resta scritto chi le ha tolte.")
        % facts,
    )
    return act_page(
        request,
        ShortReasonForm(posted(request)),
        lambda data: cancel_hours(request.actor, pact_id, entry_id, reason=data["reason"]),
        words,
        pact=pact,
        back=f"{pact_url(pact_id)}#ore",
    )


# ---- standing still and ending


@require_http_methods(["GET", "POST"])
def suspend_page(request: ActorRequest, pact_id: UUID) -> HttpResponse:
    """Let a pact stand still."""
    pact = own_pact(request, pact_id)
    words = Words(
        _("Sospendere il patto?"),
        _("Sospendi"),
        _("Il patto è sospeso: i termini si fermano."),
        _("Finché è sospeso non si impegnano spese e i termini degli incontri si fermano. "
          "Quello che è già impegnato si può documentare e pagare."),
    )  # fmt: skip
    return act_page(
        request,
        SuspendForm(posted(request)),
        lambda data: suspend(request.actor, pact_id, **data),
        words,
        pact=pact,
    )


@require_http_methods(["GET", "POST"])
def resume_page(request: ActorRequest, pact_id: UUID) -> HttpResponse:
    """Go on after a suspension, or back from the final review."""
    pact = own_pact(request, pact_id)
    words = Words(_("Riprendere il patto?"), _("Riprendi"), _("Il patto è di nuovo attivo."))
    return act_page(
        request,
        ConfirmForm(posted(request)),
        lambda _data: resume(request.actor, pact_id),
        words,
        pact=pact,
    )


@require_http_methods(["GET", "POST"])
def interrupt_page(request: ActorRequest, pact_id: UUID) -> HttpResponse:
    """Break a pact off."""
    pact = own_pact(request, pact_id)
    words = Words(
        _("Interrompere il patto?"),
        _("Interrompi il patto"),
        _("Il patto è interrotto."),
        warning=_("Il patto %(code)s finisce qui e non si riprende. Tutto quello che è stato fatto "
                  "resta scritto; per ricominciare serve un patto nuovo.") % {"code": pact.code},
    )  # fmt: skip
    return act_page(
        request,
        InterruptForm(posted(request)),
        lambda data: interrupt(request.actor, pact_id, **data),
        words,
        pact=pact,
    )


@require_http_methods(["GET", "POST"])
def start_review_page(request: ActorRequest, pact_id: UUID) -> HttpResponse:
    """Begin the final review."""
    pact = own_pact(request, pact_id)
    words = Words(
        _("Cominciare la verifica finale?"),
        _("Comincia la verifica"),
        _("È cominciata la verifica finale."),
        _("I risultati ancora aperti non la fermano: si diranno nell’esito. Se serve, si torna "
          "indietro."),
    )  # fmt: skip
    return act_page(
        request,
        ConfirmForm(posted(request)),
        lambda _data: start_review(request.actor, pact_id),
        words,
        pact=pact,
    )


@require_http_methods(["GET", "POST"])
def close_page(request: ActorRequest, pact_id: UUID) -> HttpResponse:
    """Close a pact with an outcome for each goal."""
    pact = own_pact(request, pact_id)
    version = terms_in_force(pact)
    missing = [each for each in missing_to_close(standing_of(pact)) if each.code != "outcomes"]
    form = CloseForm(
        posted(request),
        goals=version.terms.goals if version else (),
        offers_t2=any(each.code == "t2" for each in missing),
        reached=[
            key
            for key, row in progress_of([pact_id])[pact_id].items()
            if row.status == ResultProgress.Status.REACHED
        ],
    )
    words = Words(
        _("Chiudere il patto"),
        _("Chiudi il patto"),
        _("Il patto è chiuso. Ci si risente dopo 3, 6 e 12 mesi."),
        warning=_("Chiuso, il patto %(code)s non si riapre.") % {"code": pact.code},
    )
    return act_page(
        request,
        form,
        lambda data: close(
            request.actor,
            pact_id,
            outcomes=form.outcomes(),
            reason=data["reason"],
            next_steps=data["next_steps"],
            t2_declined=data.get("t2_declined", False),
        ),
        words,
        pact=pact,
        more={"lines": missing_lines(missing, pact, may_write=True)},
    )


@require_http_methods(["GET", "POST"])
def follow_up_page(request: ActorRequest, pact_id: UUID, months: int) -> HttpResponse:
    """Note how the family is, months after the closing."""
    pact = own_pact(request, pact_id)
    if months not in months_asked_after(pact_id):
        raise NotFound
    words = Words(
        _("A %(months)s mesi dalla chiusura") % {"months": months},
        _("Salva"),
        _("È scritto come va."),
    )
    return act_page(
        request,
        FollowUpForm(posted(request)),
        lambda data: record_follow_up(request.actor, pact_id, months=months, **data),
        words,
        pact=pact,
    )


@require_safe
def messages_page(request: ActorRequest, pact_id: UUID) -> HttpResponse:
    """Show what the family wrote, newest first."""
    pact = pact_for(request.actor, pact_id)
    told = messages_of(pact_id)
    log_reading(
        request,
        pact,
        list({each.person_id for each in told}),
        gettext_noop("messaggi della famiglia"),
    )
    context = {
        "pact": pact,
        "messages_told": told,
        "may_write": may_write_pact(request.actor, manager_id=pact.case.manager_id),
        "crumbs": crumbs((pact_url(pact_id), _("Patto %(code)s") % {"code": pact.code})),
    }
    return render(request, "pacts/messages.html", context)


@require_POST
def read_message_page(request: ActorRequest, message_id: UUID) -> HttpResponse:
    """Note that a word of the family was read."""
    message = read_message(request.actor, message_id)
    return redirect("pacts:messages", message.pact_id)


@require_http_methods(["GET", "POST"])
def answer_message_page(request: ActorRequest, message_id: UUID) -> HttpResponse:
    """Answer a word of the family, which reads it on its page."""
    message, pact = message_to_answer(request.actor, message_id)
    form = AnswerForm(posted(request), initial={"text": message.answer})
    return act_page(
        request,
        form,
        lambda data: answer_message(request.actor, message_id, text=data["text"]),
        Words(
            _("Rispondi a %(name)s") % {"name": message.person.given_name},
            _("Manda la risposta"),
            _("La risposta è sulla pagina della famiglia."),
            quote=message.text,
        ),
        pact=pact,
        back=reverse("pacts:messages", args=[pact.pk]),
    )
