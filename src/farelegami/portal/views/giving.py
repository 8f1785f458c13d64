"""What somebody gives, seen by themselves: a place proposed, the next turns, what came of one."""

from typing import Final
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from farelegami.access.requests import ActorRequest
from farelegami.giveback.models import Session
from farelegami.giveback.queries.people import check_own_place, own_turn
from farelegami.giveback.rules.matches import PlacedThen, PlaceTaken, WeekFull
from farelegami.giveback.rules.sessions import NotCovered, NotYetHeld, Said, Word
from farelegami.giveback.services.matches import accept_as_person, decline_as_person
from farelegami.giveback.services.sessions import Report, say_as_person
from farelegami.kernel.errors import NotFound, Refusal, gettext_noop
from farelegami.kernel.languages import SPOKEN
from farelegami.kernel.units import Minutes
from farelegami.portal.forms import TurnAbsentForm, TurnForm

# Said to the person themselves, in their language; whoever follows them reads the facts.
_SAID: Final = {
    PlaceTaken: gettext_noop(
        "Grazie! Intanto il posto l’ha preso un’altra persona. Ne cerchiamo un altro per te."
    ),
    PlacedThen: gettext_noop("A quell’ora hai già un altro posto. Parlane con chi ti segue."),
    WeekFull: gettext_noop("Con questo posto le ore sarebbero troppe. Parlane con chi ti segue."),
    NotYetHeld: gettext_noop("Questo turno non è ancora cominciato: segnalo dopo."),
    NotCovered: gettext_noop(
        "Per quel giorno manca l’assicurazione. Non è colpa tua: parlane con chi ti segue."
    ),
}
_ANSWERS: Final = frozenset({"yes", "no"})
_CHANGED: Final = gettext_noop("Intanto qualcosa è cambiato: guarda di nuovo la pagina.")


def _why(refusal: Refusal) -> str:
    return _(_SAID.get(type(refusal), _CHANGED))


@require_http_methods(["GET", "HEAD", "POST"])
def answer_page(request: ActorRequest, match_id: UUID) -> HttpResponse:
    """Say yes to a place, or not this time; who only looks is led to where it is shown."""
    check_own_place(request.actor, match_id)
    if request.method != "POST":
        return redirect("portal:home")
    answer = request.POST.get("answer")
    if answer not in _ANSWERS:
        raise NotFound
    try:
        if answer == "yes":
            accept_as_person(request.actor, match_id)
            messages.success(request, _("Bene! Appena risponde chi ti accoglie, si comincia."))
        else:
            decline_as_person(request.actor, match_id)
            messages.success(request, _("Va bene così. Cerchiamo un altro posto per te."))
    except Refusal as refusal:
        messages.info(request, _why(refusal))
    return redirect("portal:home")


def _told(
    request: ActorRequest, turn: Session, form: Form, said: Said, *, done: str
) -> HttpResponse | None:
    """Write the word and go home, or put on the form why it cannot be."""
    try:
        say_as_person(request.actor, turn.pk, Report(said, form.cleaned_data["note"]))
    except Refusal as refusal:
        form.add_error(None, _why(refusal))
        return None
    messages.success(request, done)
    return redirect("portal:home")


def _show(request: ActorRequest, name: str, turn: Session, form: Form) -> HttpResponse:
    context = {"languages": SPOKEN.items(), "turn": turn, "form": form}
    status = 422 if form.errors else 200
    return render(request, f"portal/{name}.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def turn_page(request: ActorRequest, session_id: UUID) -> HttpResponse:
    """Say that the turn was held, and how long it was."""
    turn = own_turn(request.actor, session_id)
    length = turn.host_minutes or turn.planned_minutes
    form = TurnForm(request.POST or None, initial={"minutes": length})
    if form.is_valid():
        said = Said(Word.HELD, Minutes(form.cleaned_data["minutes"]))
        done = _("Grazie! Le ore sono segnate. Chi ti ha ospitato le conferma.")
        if answer := _told(request, turn, form, said, done=done):
            return answer
    return _show(request, "turn", turn, form)


@require_http_methods(["GET", "HEAD", "POST"])
def absent_page(request: ActorRequest, session_id: UUID) -> HttpResponse:
    """Say that one cannot come, or was not there."""
    turn = own_turn(request.actor, session_id)
    form = TurnAbsentForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        done = _("Va bene, lo sanno. Non perdi niente.")
        if answer := _told(request, turn, form, Said(Word.EXCUSED), done=done):
            return answer
    return _show(request, "turn_absent", turn, form)
