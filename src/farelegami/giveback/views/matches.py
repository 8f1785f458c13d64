"""A match on the desk: where it stands, answers given in somebody's name, its turns."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from farelegami.access.requests import ActorRequest
from farelegami.giveback.forms.staff import (
    CompleteForm,
    GoOnForm,
    InterruptForm,
    SettleForm,
    WhyForm,
    WordForm,
)
from farelegami.giveback.models import Match, Session
from farelegami.giveback.permissions import may_place
from farelegami.giveback.queries.people import match_file, session_seen
from farelegami.giveback.queries.words import reason_words, slot_words
from farelegami.giveback.rules.matches import MATCH_LABELS, SEATED, SIDE_LABELS, MatchStage, Side
from farelegami.giveback.rules.sessions import WORD_LABELS, Said, SessionStage, Word
from farelegami.giveback.rules.slots import Slot
from farelegami.giveback.services.going_on import end_with_the_pact, go_on_freely
from farelegami.giveback.services.matches import (
    accept_as_person,
    complete_match,
    decline_as_person,
    interrupt_match,
    start_again,
    withdraw_proposal,
)
from farelegami.giveback.services.sessions import (
    Report,
    begins_at,
    cancel_session,
    say_as_person,
    settle_dispute,
)
from farelegami.giveback.views.acts import act_page, log_reading
from farelegami.kernel import clock
from farelegami.kernel.actor import Actor
from farelegami.kernel.errors import NotFound, Refusal, gettext_noop
from farelegami.pacts.rules.stages import Stage as PactStage
from farelegami.web.acts import Act, Crumb
from farelegami.web.formats import hours
from farelegami.web.parts import Stage
from farelegami.web.refusals import sentence, shown_on

_WHY: Final = gettext_noop("un posto per la restituzione")
_HALF_A_YEAR: Final = timedelta(days=183)
_LINE: Final = (
    MatchStage.PROPOSED, MatchStage.ACCEPTED, MatchStage.ACTIVE, MatchStage.COMPLETED,
)  # fmt: skip
_ANSWERS: Final = frozenset({"yes", "no"})
_BROKEN: Final = frozenset({MatchStage.DECLINED, MatchStage.INTERRUPTED})


@dataclass(frozen=True, slots=True)
class Turn:
    """A turn with the two words said of it."""

    session: Session
    when: str
    person: str
    host: str
    has_begun: bool
    # Given after the pact had ended: on no account unless it goes on freely.
    is_uncounted: bool

    @property
    def waits(self) -> bool:
        """Whether the person's word can be written."""
        return self.session.stage == SessionStage.PLANNED and not self.session.person_word

    @property
    def may_be_cancelled(self) -> bool:
        """Whether nobody has spoken of it yet."""
        return self.waits and not self.session.host_word


@require_safe
def match_page(request: ActorRequest, match_id: UUID) -> HttpResponse:
    """Show a match whole: stage, reasons, what is missing, turns."""
    match, sessions = _file(request.actor, match_id)
    log_reading(request, "giveback.match", match, _WHY)
    offer = match.offer
    pact_over_on = offer.pact_over_on
    context = {
        "match": match,
        "person": offer.person,
        "opportunity": match.opportunity,
        "when": slot_words(Slot(match.slot.weekday, match.starts, match.ends, match.slot.on)),
        "stops": _stops(match),
        "reasons": [reason_words(each) for each in match.reasons],
        "held_up": _held_up(match),
        "waits": [_(SIDE_LABELS[side]) for side in sorted(match.waits_for)],
        "person_waits": Side.PERSON in match.waits_for,
        "ended_by": _(SIDE_LABELS[Side(match.ended_by or match.declined_by)])
        if match.ended_by or match.declined_by
        else "",
        "turns": [_turn(session, pact_over_on) for session in sessions],
        "pact_over_on": pact_over_on if match.stage in SEATED else None,
        "is_suspended": offer.pact is not None and offer.pact.stage == PactStage.SUSPENDED,
        "given": sum(each.minutes for each in sessions if each.stage == SessionStage.HELD),
        "may_write": may_place(
            request.actor,
            district_id=match.district_id,
            manager_id=offer.pact.case.manager_id if offer.pact else None,
            has_pact=offer.pact_id is not None,
        ),
    }
    return render(request, "giveback/match.html", context)


def _file(actor: Actor, match_id: UUID) -> tuple[Match, Sequence[Session]]:
    found = match_file(actor, match_id)
    if found is None:
        raise NotFound
    return found


def _stops(match: Match) -> list[Stage]:
    now = MatchStage(match.stage)
    if now in _BROKEN:
        facts = {
            MatchStage.PROPOSED: match.proposed_at,
            MatchStage.ACCEPTED: match.accepted_at,
            MatchStage.ACTIVE: match.started_on,
        }
        line = [Stage(_(MATCH_LABELS[one]), "done") for one, fact in facts.items() if fact]
        return [*line, Stage(_(MATCH_LABELS[now]), "now")]
    at = _LINE.index(now)
    return [
        Stage(_(MATCH_LABELS[one]), "done" if place < at else "now" if place == at else "todo")
        for place, one in enumerate(_LINE)
    ]


def _held_up(match: Match) -> str:
    """Return why a match that both accepted has not begun."""
    if match.stage != MatchStage.ACCEPTED or not match.held_up:
        return ""
    facts: Mapping[str, Any] = match.held_up.get("facts", {})
    said = {
        name: _(value) if name.endswith("_label") and isinstance(value, str) else value
        for name, value in facts.items()
    }
    refused: str = match.held_up["text"]
    text = _(refused)
    return text % said if said else text


def _turn(session: Session, pact_over_on: date | None) -> Turn:
    is_late = pact_over_on is not None and session.day > pact_over_on
    slot = Slot(session.day.weekday(), session.starts, session.ends, session.day)
    return Turn(
        session,
        slot_words(slot),
        _said(session.person_said),
        _said(session.host_said),
        begins_at(session) <= clock.now(),
        is_late and session.hours_entry_id is None and bool(session.minutes),
    )


def _said(said: Said | None) -> str:
    if said is None:
        return ""
    return hours(said.minutes) if said.word is Word.HELD else _(WORD_LABELS[said.word])


# ---- answers


def _done(
    request: ActorRequest, match_id: UUID, write: Callable[[], object], done: str
) -> HttpResponse:
    try:
        write()
        messages.success(request, done)
    except Refusal as refusal:
        messages.warning(request, sentence(refusal))
    return redirect("giveback:match", match_id)


@require_POST
def answer_page(request: ActorRequest, match_id: UUID) -> HttpResponse:
    """Write the person's own answer, told by mouth."""
    actor = request.actor
    if request.POST.get("answer") not in _ANSWERS:
        raise NotFound
    if request.POST["answer"] == "yes":
        return _done(
            request,
            match_id,
            lambda: accept_as_person(actor, match_id),
            _("La persona ha detto di sì."),
        )
    return _done(
        request,
        match_id,
        lambda: decline_as_person(actor, match_id),
        _("Va bene così: si cerca un altro posto."),
    )


@require_POST
def start_page(request: ActorRequest, match_id: UUID) -> HttpResponse:
    """Try again to begin a match that both accepted."""
    return _done(
        request,
        match_id,
        lambda: start_again(request.actor, match_id),
        _("Si comincia: i turni sono fissati."),
    )


def _act(match: Match, **words: Any) -> Act:
    back = reverse("giveback:match", args=[match.pk])
    crumbs = (Crumb(back, f"{match.offer.person.name}, {match.opportunity.title}"),)
    return Act(back=back, crumbs=crumbs, **words)


def _posted(request: ActorRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _match_act(
    request: ActorRequest,
    match_id: UUID,
    form: Form,
    do: Callable[[dict[str, Any]], object],
    **words: Any,
) -> HttpResponse:
    match, _sessions = _file(request.actor, match_id)
    return act_page(request, _act(match, **words), form, do)


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw_page(request: ActorRequest, match_id: UUID) -> HttpResponse:
    """Take a proposal back."""
    return _match_act(
        request,
        match_id,
        WhyForm(_posted(request)),
        lambda data: withdraw_proposal(request.actor, match_id, reason=data["reason"]),
        title=_("Ritirare la proposta?"),
        submit=_("Ritira la proposta"),
        done=_("La proposta è ritirata."),
        is_grave=True,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def complete_page(request: ActorRequest, match_id: UUID) -> HttpResponse:
    """Say that what was agreed is done."""
    form = CompleteForm(_posted(request))
    return _match_act(
        request,
        match_id,
        form,
        lambda _data: complete_match(request.actor, match_id, change=form.change()),
        title=_("È finito come si era detto?"),
        says=_("I turni non ancora fatti si annullano e il posto torna libero."),
        submit=_("Segna completato"),
        done=_("Il posto è completato."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def interrupt_page(request: ActorRequest, match_id: UUID) -> HttpResponse:
    """End a match early: by whom and why."""
    return _match_act(
        request,
        match_id,
        InterruptForm(_posted(request)),
        lambda data: interrupt_match(
            request.actor, match_id, by=Side(data["by"]), reason=data["reason"]
        ),
        title=_("Interrompere?"),
        says=_("Le ore date restano. I turni che mancano si annullano e il posto torna libero."),
        submit=_("Interrompi"),
        done=_("Il posto è interrotto."),
        is_grave=True,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def go_on_page(request: ActorRequest, match_id: UUID) -> HttpResponse:
    """Let somebody keep, as a volunteer, the place of a pact that has ended."""
    match, _sessions = _file(request.actor, match_id)
    form = GoOnForm(_posted(request), initial={"until": clock.today() + _HALF_A_YEAR})
    if form.is_valid():
        with shown_on(form):
            goes_on = go_on_freely(request.actor, match_id, until=form.cleaned_data["until"])
            messages.success(request, _("Il posto va avanti come volontariato."))
            return redirect("giveback:match", goes_on.pk)
    act = _act(
        match,
        title=_("Va avanti come volontariato?"),
        says=_(
            "Chiedilo prima alla persona. Tiene il posto e gli orari; le ore date dopo la fine del"
            " patto contano da qui. Chi la accoglie non vede nessun cambiamento."
        ),
        submit=_("Va avanti"),
        done="",
    )
    context = {"act": act, "form": form, "crumbs": act.crumbs, "here": act.title}
    return render(request, "giveback/act.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def end_page(request: ActorRequest, match_id: UUID) -> HttpResponse:
    """End a place with the pact for which it was taken."""
    return _match_act(
        request,
        match_id,
        WhyForm(_posted(request)),
        lambda data: end_with_the_pact(request.actor, match_id, reason=data["reason"]),
        title=_("Il posto finisce con il patto?"),
        says=_(
            "I turni fino alla fine del patto si possono ancora confermare. Quelli che mancano si"
            " annullano e il posto torna libero: all’ente si scrive solo questo."
        ),
        submit=_("Il posto finisce"),
        done=_("Il posto è completato."),
        is_grave=True,
    )


# ---- turns


def _turn_act(
    request: ActorRequest,
    session_id: UUID,
    form: Form,
    do: Callable[[dict[str, Any]], object],
    *,
    says: Callable[[Session], str] = lambda _session: "",
    **words: Any,
) -> HttpResponse:
    session = session_seen(request.actor, session_id)
    match = session.match
    slot = Slot(session.day.weekday(), session.starts, session.ends, session.day)
    told = ". ".join(part for part in (slot_words(slot).capitalize(), says(session)) if part)
    back = reverse("giveback:match", args=[match.pk])
    crumbs = (Crumb(back, f"{match.offer.person.name}, {match.opportunity.title}"),)
    act = Act(back=back, crumbs=crumbs, says=told, **words)
    return act_page(request, act, form, do)


@require_http_methods(["GET", "HEAD", "POST"])
def word_page(request: ActorRequest, session_id: UUID) -> HttpResponse:
    """Write what the person says of a turn, told by mouth."""
    session = session_seen(request.actor, session_id)
    first = {"word": Word.HELD.value, "minutes": session.planned_minutes}
    form = WordForm(_posted(request), initial=first)
    return _turn_act(
        request,
        session_id,
        form,
        lambda data: say_as_person(request.actor, session_id, Report(form.said(), data["note"])),
        title=_("Che cosa dice la persona"),
        submit=_("Segna"),
        done=_("Segnato."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def settle_page(request: ActorRequest, session_id: UUID) -> HttpResponse:
    """Settle a turn of which two different words were said."""
    session = session_seen(request.actor, session_id)
    first = {"word": Word.HELD.value, "minutes": session.host_minutes or session.person_minutes}
    form = SettleForm(_posted(request), initial=first)
    return _turn_act(
        request,
        session_id,
        form,
        lambda data: settle_dispute(
            request.actor, session_id, form.said(), settlement=data["settlement"]
        ),
        says=_two_words,
        title=_("Due parole diverse"),
        submit=_("Segna com’è andata"),
        done=_("Il turno è chiarito."),
    )


def _two_words(session: Session) -> str:
    if session.person_said is None or session.host_said is None:
        said = _said(session.person_said or session.host_said)
        return _(
            "Una sola parola: %(said)s. Chi tace acconsente, ma quel giorno l’assicurazione non"
            " copre più, o il turno non si può chiudere da sé."
        ) % {"said": said}
    facts = {"person": _said(session.person_said), "host": _said(session.host_said)}
    return _("La persona dice: %(person)s. L’ente dice: %(host)s.") % facts


@require_http_methods(["GET", "HEAD", "POST"])
def cancel_page(request: ActorRequest, session_id: UUID) -> HttpResponse:
    """Cancel a turn to come."""
    return _turn_act(
        request,
        session_id,
        WhyForm(_posted(request)),
        lambda data: cancel_session(request.actor, session_id, reason=data["reason"]),
        title=_("Annullare il turno?"),
        submit=_("Annulla il turno"),
        done=_("Il turno è annullato."),
        is_grave=True,
    )
