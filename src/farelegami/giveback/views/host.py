"""The pages of who receives people: who comes, turns to confirm, the sheet on paper."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from farelegami.access.requests import ActorRequest
from farelegami.giveback.forms.hosts import ChangedForm, ReasonForm, TurnForm, rows_of
from farelegami.giveback.queries.opportunities import (
    HostedTurn,
    hosted,
    hosted_page,
    slots_of,
    turns_of,
    waiting_at,
)
from farelegami.giveback.queries.sight import host_of
from farelegami.giveback.queries.words import slot_words, slots_words
from farelegami.giveback.rules.changes import Change
from farelegami.giveback.rules.opportunities import OpportunityStage, wants_asking
from farelegami.giveback.rules.sessions import Said, SessionStage, Word
from farelegami.giveback.services.matches import accept_as_host, decline_as_host
from farelegami.giveback.services.opportunities import answer_still_needed
from farelegami.giveback.services.sessions import (
    Report,
    cancel_as_host,
    say_as_host,
    tell_what_changed,
)
from farelegami.giveback.views.entrances import Entrance, entered, said_to_host, shown_to_host
from farelegami.kernel import clock
from farelegami.kernel.errors import NotFound, Refusal
from farelegami.kernel.units import Minutes
from farelegami.web.parts import PageLinks

# A word is asked for as long as the turn may wait for it.
_BACK: Final = timedelta(days=120)
_AHEAD: Final = timedelta(days=42)
_SHEET: Final = timedelta(days=35)
_SHOWN: Final = 8
_DIGITS: Final = 4
_ANSWERS: Final = frozenset({"yes", "no"})


def _show(
    request: ActorRequest, entrance: Entrance, name: str, status: int = 200, **context: Any
) -> HttpResponse:
    shown = {"entrance": entrance, "opportunity": entrance.opportunity, **context}
    return render(request, f"giveback/{name}.html", shown, status=status)


def _turns(entrance: Entrance) -> Sequence[HostedTurn]:
    today = clock.today()
    return turns_of(entrance.host, since=today - _BACK, until=today + _AHEAD)


@require_safe
def places_page(request: ActorRequest) -> HttpResponse:
    """Show what one's organisations asked for, and what waits for a word."""
    host = host_of(request.actor)
    page = hosted_page(host, request.GET.get("dopo", ""))
    waiting = waiting_at(host, [row.id for row in page.rows])
    rows = [(row, slots_words(row.slots), waiting[row.id]) for row in page.rows]
    links = PageLinks.of(request, next_cursor=page.next_cursor, cursor=page.cursor)
    return render(request, "giveback/places.html", {"rows": rows, "page": links})


@require_safe
@entered
def home_page(request: ActorRequest, entrance: Entrance) -> HttpResponse:
    """Show who comes, what waits for a word, what is next."""
    return _home(request, entrance)


def _home(
    request: ActorRequest, entrance: Entrance, form: ChangedForm | None = None
) -> HttpResponse:
    opportunity = entrance.opportunity
    people, turns = hosted(entrance.host), _turns(entrance)
    slots = slots_of([opportunity.pk]).get(opportunity.pk, ())
    waiting = [turn for turn in turns if turn.waits]
    is_open = opportunity.stage == OpportunityStage.OPEN
    asked = is_open and wants_asking(opportunity.confirmed_on, today=clock.today())
    return _show(
        request,
        entrance,
        "host",
        422 if form else 200,
        changed=form or ChangedForm(),
        when=slots_words(each.slot() for each in slots),
        proposed=[(one, slot_words(one.slot)) for one in people if one.waits_for_host],
        settled=[(one, slot_words(one.slot)) for one in people if not one.waits_for_host],
        waiting=waiting,
        at_once=[turn for turn in waiting if _came(turn)],
        coming=[turn for turn in turns if not turn.has_begun][:_SHOWN],
        told=[turn for turn in reversed(turns) if turn.host_word][:_SHOWN],
        question=_question(turns),
        is_open=is_open,
        is_asked=asked,
    )


def _came(turn: HostedTurn) -> bool:
    """Whether one tap is enough: nobody has said that they were not there."""
    return turn.person_word in {"", Word.HELD.value}


def _question(turns: Sequence[HostedTurn]) -> HostedTurn | None:
    """Return a turn by which to ask once what changed for others; none where all were asked."""
    for turn in reversed(turns):
        if turn.host_word == Word.HELD and turn.asks_what_changed:
            return turn
    return None


@require_POST
@entered
def answer_page(request: ActorRequest, entrance: Entrance, match_id: UUID) -> HttpResponse:
    """Say yes to somebody, or not this time."""
    answer = request.POST.get("answer")
    if answer not in _ANSWERS:
        raise NotFound
    try:
        if answer == "yes":
            accept_as_host(entrance.host, match_id)
            messages.success(request, _("Bene! I giorni compaiono qui sotto appena si comincia."))
        else:
            reason = request.POST.get("reason", "").replace("\x00", "")
            decline_as_host(entrance.host, match_id, reason=reason)
            messages.success(request, _("Va bene così, grazie di averlo detto."))
    except Refusal as refusal:
        messages.warning(request, said_to_host(refusal))
    return redirect(entrance.home)


@require_POST
@entered
def confirm_page(request: ActorRequest, entrance: Entrance) -> HttpResponse:
    """Confirm one turn, or those ticked, as they were planned or told."""
    asked = dict(each.partition("/")[::2] for each in request.POST.getlist("turn"))
    told = 0
    for turn in _turns(entrance):
        # As long as was read on the page: meanwhile the person may have told another length.
        length = asked.get(str(turn.session_id), "")
        if not (length.isascii() and length.isdigit()) or len(length) > _DIGITS:
            continue
        try:
            said = Said(Word.HELD, Minutes(int(length)))
            say_as_host(entrance.host, turn.session_id, Report(said))
        except Refusal as refusal:
            facts = {"name": turn.name, "why": said_to_host(refusal)}
            messages.warning(request, _("%(name)s: %(why)s") % facts)
        else:
            told += 1
    if told:
        thanks = ngettext(
            "Un turno confermato. Grazie!", "%(count)s turni confermati. Grazie!", told
        )
        messages.success(request, thanks % {"count": told})
    return redirect(entrance.home)


def _turn(entrance: Entrance, session_id: UUID) -> HostedTurn:
    for turn in _turns(entrance):
        if turn.session_id == session_id:
            return turn
    raise NotFound


@require_http_methods(["GET", "HEAD", "POST"])
@entered
def turn_page(request: ActorRequest, entrance: Entrance, session_id: UUID) -> HttpResponse:
    """Say that it went otherwise than planned."""
    turn = _turn(entrance, session_id)
    first = {"word": turn.person_word or Word.HELD.value, "minutes": turn.minutes}
    form = TurnForm(request.POST or None, initial=first, asks=turn.asks_what_changed)
    if form.is_valid():
        told = Report(form.said(), form.cleaned_data["note"], form.change())
        with shown_to_host(form):
            say_as_host(entrance.host, session_id, told)
            messages.success(request, _("Segnato. Grazie!"))
            return redirect(entrance.home)
    return _show(request, entrance, "turn", 422 if form.errors else 200, form=form, turn=turn)


@require_http_methods(["GET", "HEAD", "POST"])
@entered
def cancel_page(request: ActorRequest, entrance: Entrance, session_id: UUID) -> HttpResponse:
    """Cancel a turn to come, with a word why."""
    turn = _turn(entrance, session_id)
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        with shown_to_host(form):
            reason = form.cleaned_data["reason"]
            cancel_as_host(entrance.host, session_id, reason=reason)
            messages.success(request, _("Il turno è annullato."))
            return redirect(entrance.home)
    return _show(request, entrance, "cancel", 422 if form.errors else 200, form=form, turn=turn)


@require_POST
@entered
def changed_page(request: ActorRequest, entrance: Entrance, match_id: UUID) -> HttpResponse:
    """Keep what changed for others, or that one would rather not say."""
    form = ChangedForm(request.POST)
    says_no = "no" in request.POST
    if not form.is_valid() and not says_no:
        return _home(request, entrance, form)
    tell_what_changed(entrance.host, match_id, Change() if says_no else form.change())
    messages.success(request, _("Grazie, non lo chiediamo più."))
    return redirect(entrance.home)


@require_POST
@entered
def needed_page(request: ActorRequest, entrance: Entrance) -> HttpResponse:
    """Say whether the need is still there."""
    # A page sent without its answer closes nothing.
    if request.POST.get("still") not in _ANSWERS:
        raise NotFound
    still = request.POST["still"] == "yes"
    try:
        answer_still_needed(entrance.host, entrance.opportunity.pk, still=still)
    except Refusal as refusal:
        messages.warning(request, said_to_host(refusal))
    else:
        words = (
            _("Bene, teniamo aperta la richiesta.")
            if still
            else _("Va bene: la richiesta è chiusa. Chi già viene continua fino alla fine.")
        )
        messages.success(request, words)
    return redirect(entrance.home)


# ---- paper


@require_safe
@entered
def sheet_page(request: ActorRequest, entrance: Entrance) -> HttpResponse:
    """Show the days to come with empty boxes, to be printed and hung up."""
    today = clock.today()
    turns = turns_of(entrance.host, since=today, until=today + _SHEET)
    planned = [turn for turn in turns if turn.stage == SessionStage.PLANNED]
    return _show(
        request, entrance, "sheet", turns=planned, first=today, last=today + _SHEET, blank=range(6)
    )


@require_http_methods(["GET", "HEAD", "POST"])
@entered
def typing_page(request: ActorRequest, entrance: Entrance) -> HttpResponse:
    """Type in what stands on the sheet: one line a person and day."""
    turns = [turn for turn in _turns(entrance) if turn.waits]
    is_sent = request.method == "POST"
    rows = rows_of(request.POST if is_sent else None, turns)
    if not is_sent:
        return _show(request, entrance, "typing", rows=rows)
    # Every line is looked at, so that all that is wrong is said at once.
    sound = [form.is_valid() for _turn_, form in rows]
    told = 0
    if all(sound):
        for turn, form in rows:
            told += _typed(entrance, turn, form)
        sound = [not form.errors for _turn_, form in rows]
    if told:
        thanks = ngettext(
            "Un turno segnato. Grazie!", "%(count)s turni segnati. Grazie!", told
        )  # fmt: skip
        messages.success(request, thanks % {"count": told})
    if all(sound):
        return redirect(entrance.home)
    left = [(turn, form) for turn, form in rows if form.errors or not form.cleaned_data.get("word")]
    shown = left if told else rows
    return _show(request, entrance, "typing", 422, rows=shown)


def _typed(entrance: Entrance, turn: HostedTurn, form: Any) -> bool:
    said = form.said()
    if said is None:
        return False
    with shown_to_host(form):
        say_as_host(entrance.host, turn.session_id, Report(said))
    return not form.errors
