"""The pages of the family: one column, big type, one act a screen."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.contrib.auth import login, logout
from django.forms import Form
from django.http import FileResponse, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from farelegami.access.models import Account
from farelegami.access.requests import ActorRequest
from farelegami.access.services import choose_language
from farelegami.audit.services import record_read
from farelegami.giveback.models import Session
from farelegami.giveback.queries.people import OwnPlace, own_places
from farelegami.kernel import clock
from farelegami.kernel.errors import NotAllowed, NotFound, gettext_noop
from farelegami.kernel.ids import new_id
from farelegami.kernel.languages import SPOKEN
from farelegami.kernel.units import Minutes
from farelegami.pacts.models import Pact
from farelegami.pacts.permissions import may_write_pact
from farelegami.pacts.queries import members_of, pact_for
from farelegami.pacts.rules.family import MessageKind
from farelegami.pacts.rules.money import Route, Spend
from farelegami.pacts.rules.signing import Signer
from farelegami.pacts.rules.wording import LineKind, lines_beside, lines_of
from farelegami.pacts.services.deciding import text_beside
from farelegami.pacts.services.family import (
    accept_proposal,
    dispute_proposal,
    tell_own_hours,
    write_to_manager,
)
from farelegami.pacts.services.giving import Telling
from farelegami.pacts.services.signing import sign_own, signatures_missing
from farelegami.portal.forms import (
    AbsenceForm,
    AcceptForm,
    CardForm,
    CodeForm,
    DisputeForm,
    HoursForm,
    NewPinForm,
    PinForm,
    ReceiptForm,
    SignForm,
    WordsForm,
)
from farelegami.portal.models import EntryCard
from farelegami.portal.queries import (
    OwnPact,
    cards_of,
    is_reading,
    own_pact,
    readers_of,
)
from farelegami.portal.rules import written_code
from farelegami.portal.services import (
    card_by_code,
    choose_pin,
    issue_card,
    needs_pin,
    revoke_card,
    try_pin,
)
from farelegami.privacy.services.copies import copy_of_own
from farelegami.storage.fields import seal, unseal
from farelegami.web.formats import dmy
from farelegami.web.refusals import shown_on

_BACKEND: Final = "farelegami.access.backends.AccountBackend"
_CARD: Final = "portal.card"
_GIVEN: Final = "portal.given"
_THIRTY_DAYS: Final = 30 * 24 * 60 * 60
_BY_RECEIPT: Final = frozenset({Route.REIMBURSEMENT, Route.ADVANCE})


def _page(
    request: ActorRequest, name: str, context: Mapping[str, Any], form: Form | None = None
) -> HttpResponse:
    status = 422 if form is not None and form.errors else 200
    shown = {"languages": SPOKEN.items(), "form": form, **context}
    return render(request, f"portal/{name}.html", shown, status=status)


# ---- coming in


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def enter_page(request: ActorRequest) -> HttpResponse:
    """Ask for the code on the paper."""
    if request.actor.person_id is not None and request.method != "POST":
        return redirect("portal:home")
    form = CodeForm(request.POST or None, initial={"code": ""})
    if form.is_valid():
        with shown_on(form):
            card = card_by_code(form.cleaned_data["code"])
            request.session[_CARD] = str(card.pk)
            account = card.account
            answer = redirect(f"{reverse('portal:pin')}?{urlencode({'next': _after(request)})}")
            # The page speaks the person's language from here on.
            if account is not None:
                answer.set_cookie(
                    "django_language", account.language, max_age=_THIRTY_DAYS, samesite="Lax"
                )
            return answer
    return _page(request, "enter", {}, form)


def _after(request: ActorRequest) -> str:
    """Return the page of the family's that was asked for, or its first."""
    after = request.GET.get("next", "")
    return after if after.startswith(reverse("portal:home")) else reverse("portal:home")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def pin_page(request: ActorRequest) -> HttpResponse:
    """Ask for the PIN, or let the person choose it the first time."""
    card_id = request.session.get(_CARD)
    if not card_id:
        return redirect("portal:enter")
    is_new = needs_pin(UUID(card_id))
    form = (NewPinForm if is_new else PinForm)(request.POST or None)
    if form.is_valid():
        with shown_on(form):
            enter = choose_pin if is_new else try_pin
            return _let_in(request, enter(UUID(card_id), form.cleaned_data["pin"]))
    return _page(request, "pin", {"is_new": is_new}, form)


def _let_in(request: ActorRequest, account: Account) -> HttpResponse:
    after = _after(request)
    login(request, account, backend=_BACKEND)
    # The paper spoke the account's language: another one was chosen here, at the door.
    if (here := get_language() or "it") != account.language:
        choose_language(account.as_actor([]), here)
    request.session.set_expiry(_THIRTY_DAYS if request.POST.get("stay") else 0)
    return redirect(after)


@require_POST
def leave_page(request: ActorRequest) -> HttpResponse:
    """Leave this phone."""
    logout(request)
    return redirect("portal:enter")


# ---- reading


@require_safe
def home_page(request: ActorRequest) -> HttpResponse:
    """Show what I receive, what I give, what happens now."""
    places = own_places(request.actor)
    words = request.actor.name.split()
    context: dict[str, Any] = {
        "today": clock.today(),
        "places": places,
        "under_way": [place for place in places if not (place.is_asked or place.has_ended)],
        "to_tell": [turn for place in places for turn in place.to_tell],
        "first_name": words[0] if words else "",
    }
    try:
        own = own_pact(request.actor)
    except NotFound:
        return _page(request, "nothing", context)
    _log(request, own.pact, gettext_noop("il proprio patto"))
    readers, _more = readers_of(request.actor)
    context |= {"own": own, "readers": readers[:3], "next_turn": _turn_before(places, own)}
    return _page(request, "home", context)


def _turn_before(places: Sequence[OwnPlace], own: OwnPact) -> tuple[OwnPlace, Session] | None:
    """Return the next turn and its place, where it comes before what else the pact has ahead."""
    coming = [
        (turn.day, turn.starts, place, turn)
        for place in places
        for turn in place.next_turns
        if not turn.person_word
    ]
    if not coming:
        return None
    day, _starts, place, turn = min(coming, key=lambda one: one[:2])
    return None if own.steps and own.steps[0].on < day else (place, turn)


def _log(request: ActorRequest, pact: Pact, purpose: str) -> None:
    person_id = request.actor.person_id
    record_read(
        request.actor,
        kind="pacts.pact",
        object_id=pact.pk,
        district_id=pact.district_id,
        person_ids=[person_id] if person_id else [],
        purpose=purpose,
    )


@require_safe
def readers_page(request: ActorRequest) -> HttpResponse:
    """Show who read my file, in plain words."""
    entries, more = readers_of(request.actor, cursor=request.GET.get("dopo", ""))
    shown = [(entry, is_reading(entry)) for entry in entries]
    return _page(request, "readers", {"entries": shown, "more": more})


@require_safe
def data_page(request: ActorRequest) -> FileResponse:
    """Give everything that is kept of me, as an archive."""
    return FileResponse(
        copy_of_own(request.actor),
        as_attachment=True,
        filename="i-miei-dati.zip",
        content_type="application/zip",
    )


@require_safe
def text_page(request: ActorRequest, pact_id: UUID) -> HttpResponse:
    """Show the pact's words, beside them those of my language."""
    own = own_pact(request.actor, pact_id)
    _log(request, own.pact, gettext_noop("testo del patto"))
    return _page(request, "text", {"own": own, "lines": _lines(own), "beside": _beside()})


def _beside() -> str:
    language = get_language() or "it"
    return "" if language == "it" else language


def _lines(own: OwnPact) -> list[tuple[Any, str]]:
    version = own.file.open_version if own.waits_for_signature else own.file.in_force
    if version is None:
        return []
    beside = lines_beside(version.text, text_beside(own.pact, version)) if _beside() else []
    pairs = beside or [(line, "") for line in lines_of(version.text)]
    return [(line, other) for line, other in pairs if line.kind is not LineKind.TITLE]


# ---- doing


def _act(
    request: ActorRequest,
    own: OwnPact,
    form: Form,
    write: Callable[[dict[str, Any]], object],
    *,
    name: str,
    done: str,
    **context: Any,
) -> HttpResponse:
    if form.is_valid():
        with shown_on(form):
            write(form.cleaned_data)
            messages.success(request, done)
            return redirect("portal:home")
    return _page(request, name, {"own": own, **context}, form)


@require_http_methods(["GET", "HEAD", "POST"])
def hours_page(request: ActorRequest, pact_id: UUID) -> HttpResponse:
    """Say which hours were given."""
    own = own_pact(request.actor, pact_id)
    terms = own.file.terms
    commitments = [(each.key, each.title) for each in (terms.commitments if terms else ())]
    form = HoursForm(request.POST or None, commitments=commitments)
    return _act(
        request,
        own,
        form,
        lambda data: tell_own_hours(
            request.actor,
            pact_id,
            Telling(
                data["commitment_key"],
                data["done_on"],
                Minutes(data["minutes"]),
                data["note"],
                data["once"],
            ),
        ),
        name="hours",
        done=_("Grazie! Le ore sono segnate. Chi ti ha ospitato le conferma."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def receipt_page(request: ActorRequest, pact_id: UUID) -> HttpResponse:
    """Send the photo of a receipt."""
    own = own_pact(request.actor, pact_id)
    spends = [
        (str(each.pk), each.title)
        for each in own.file.spends
        if each.stage == Spend.COMMITTED and each.route in _BY_RECEIPT
    ]
    form = ReceiptForm(request.POST or None, request.FILES or None, spends=spends)
    return _act(
        request,
        own,
        form,
        lambda data: write_to_manager(
            request.actor,
            pact_id,
            kind=MessageKind.RECEIPT,
            text=data["text"],
            spend_id=data["spend_id"],
            photo=data["photo"],
            once=data["once"],
        ),
        name="receipt",
        done=_("La foto è arrivata. Se manca qualcosa ti scriviamo."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def absence_page(request: ActorRequest, pact_id: UUID) -> HttpResponse:
    """Say that I cannot come."""
    own = own_pact(request.actor, pact_id)
    waiting = [each for each in own.file.meetings if not each.held_on and not each.missed_on]
    meetings = [
        (str(each.pk), f"{dmy(each.planned_at)}, {each.place}".strip(", ")) for each in waiting
    ]
    form = AbsenceForm(request.POST or None, meetings=meetings)
    return _act(
        request,
        own,
        form,
        lambda data: write_to_manager(
            request.actor,
            pact_id,
            kind=MessageKind.ABSENCE,
            text=data["text"],
            meeting_id=data["meeting_id"],
            once=data["once"],
        ),
        name="absence",
        done=_("Va bene, l’abbiamo detto a chi ti segue. Non perdi niente."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def words_page(request: ActorRequest, pact_id: UUID) -> HttpResponse:
    """Write to who follows me, or say that something is not so."""
    own = own_pact(request.actor, pact_id)
    form = WordsForm(request.POST or None)
    return _act(
        request,
        own,
        form,
        lambda data: write_to_manager(
            request.actor,
            pact_id,
            kind=MessageKind.DISPUTE if data["is_dispute"] else MessageKind.WORDS,
            text=data["text"],
            once=data["once"],
        ),
        name="words",
        done=_("Il messaggio è arrivato a chi ti segue."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def sign_page(request: ActorRequest, pact_id: UUID) -> HttpResponse:
    """Read the text that waits, in my language too, and sign it."""
    own = own_pact(request.actor, pact_id)
    version = own.file.open_version
    if version is None or version.authorised_on is None:
        messages.info(request, _("Adesso non c’è niente da firmare."))
        return redirect("portal:home")
    missing = signatures_missing(own.pact, version)
    is_holder = any(
        each.is_holder and each.person_id == request.actor.person_id for each in own.file.members
    )
    mine = any(
        each.signer == Signer.HOLDER and each.person_id == request.actor.person_id
        for each in missing
    )
    form = SignForm(request.POST or None, initial={"text_hash": version.text_hash})
    words = own.words_on(version)
    return _act(
        request,
        own,
        form,
        lambda data: sign_own(
            request.actor, pact_id, text_hash=data["text_hash"], drawing=data["drawing"]
        ),
        name="sign",
        done=_("Hai firmato. Grazie!"),
        lines=_lines(own),
        beside=_beside(),
        mine=mine,
        has_signed=not mine and is_holder,
        answer=words[0] if words else None,
        accept=AcceptForm(initial={"text_hash": version.text_hash}),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def accept_page(request: ActorRequest, pact_id: UUID) -> HttpResponse:
    """Say yes to the text that waits; who signs goes on to sign."""
    own = own_pact(request.actor, pact_id)
    form = AcceptForm(request.POST or None)
    if form.is_valid():
        data = form.cleaned_data
        accept_proposal(request.actor, pact_id, text_hash=data["text_hash"], once=data["once"])
        messages.success(request, _("Hai detto che va bene."))
    return redirect("portal:sign", own.pact.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def dispute_page(request: ActorRequest, pact_id: UUID) -> HttpResponse:
    """Say what is not right in the text that waits."""
    own = own_pact(request.actor, pact_id)
    version = own.file.open_version
    if version is None or version.authorised_on is None:
        messages.info(request, _("Adesso non c’è niente da firmare."))
        return redirect("portal:home")
    form = DisputeForm(request.POST or None, initial={"text_hash": version.text_hash})
    return _act(
        request,
        own,
        form,
        lambda data: dispute_proposal(
            request.actor,
            pact_id,
            text_hash=data["text_hash"],
            text=data["text"],
            once=data["once"],
        ),
        name="dispute",
        done=_("Grazie. Chi ti segue legge e ti risponde: intanto nessuno firma."),
    )


# ---- the telephone


@require_safe
def manifest_page(request: ActorRequest) -> HttpResponse:
    """Tell a phone how to keep this page among its apps."""
    manifest = {
        "name": _("Il mio patto"),
        "short_name": _("Il mio patto"),
        "start_url": reverse("portal:home"),
        "scope": "/mio/",
        "display": "standalone",
        "background_color": "#faf7f2",
        "theme_color": "#17324d",
        "lang": get_language() or "it",
        "icons": [
            {"src": static("portal/icon.svg"), "sizes": "any", "type": "image/svg+xml"},
            {"src": static("portal/icon-192.png"), "sizes": "192x192", "type": "image/png"},
            {"src": static("portal/icon-512.png"), "sizes": "512x512", "type": "image/png"},
        ],
    }
    return JsonResponse(manifest, content_type="application/manifest+json")


@never_cache
@require_safe
def worker_page(request: ActorRequest) -> HttpResponse:
    """Give the service worker: it keeps the shell alone, never a page with somebody's data."""
    kept = [
        reverse("portal:offline"),
        static("web/vendor/bootstrap-italia.min.css"),
        static("web/farelegami.css"),
        static("portal/portal.css"),
        static("portal/portal.js"),
    ]
    told = json.dumps(kept)
    # A new release has new names of files, and so a new shell.
    shell = {"kept": told, "mark": hashlib.sha256(told.encode()).hexdigest()[:12]}
    answer = render(request, "portal/sw.js", shell, content_type="text/javascript")
    answer["Service-Worker-Allowed"] = "/mio/"
    return answer


@require_safe
def offline_page(request: ActorRequest) -> HttpResponse:
    """Say that the line is missing; photos taken now wait on the phone."""
    return _page(request, "offline", {})


# ---- for who follows the pact


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def card_page(request: ActorRequest, pact_id: UUID) -> HttpResponse:
    """Give somebody of the family the paper to come in with; the code is shown this once."""
    pact = pact_for(request.actor, pact_id)
    if not may_write_pact(request.actor, manager_id=pact.case.manager_id):
        raise NotAllowed
    if request.method == "POST":
        return _with_card(request, pact_id)
    sealed = request.session.pop(_GIVEN, "")
    card_id, _space, code = unseal(sealed, _GIVEN).partition(" ") if sealed else ("", "", "")
    people = [each.person for each in members_of([pact_id])[pact_id]]
    cards = cards_of([person.pk for person in people])
    rows = [(person, cards.get(person.pk)) for person in people]
    shown = [card for _person, card in rows if card is not None and str(card.pk) == card_id]
    context: dict[str, Any] = {
        "pact": pact,
        "rows": [(person, card, new_id()) for person, card in rows],
        "given": _given(request, shown[0], code) if shown else None,
    }
    return render(request, "portal/card.html", context)


def _with_card(request: ActorRequest, pact_id: UUID) -> HttpResponse:
    """Make a paper or take it back; the code waits, sealed, for the page that shows it."""
    form = CardForm(request.POST)
    if not form.is_valid():
        raise NotFound
    person_id = form.cleaned_data["person"]
    if request.POST.get("act") == "revoke":
        revoke_card(request.actor, pact_id, person_id)
        messages.success(request, _("Il foglio non apre più."))
        return redirect("portal:card", pact_id)
    card, code = issue_card(request.actor, pact_id, person_id, once=form.cleaned_data["once"])
    if code:
        request.session[_GIVEN] = seal(f"{card.pk} {code}", _GIVEN)
    return redirect("portal:card", pact_id)


def _given(request: ActorRequest, card: EntryCard, code: str) -> dict[str, Any]:
    account = card.account
    language = account.language if account is not None and account.language in SPOKEN else "it"
    with override(language):
        words = [
            _("Questo foglio è solo tuo."),
            _("Con il telefono apri questo indirizzo e scrivi il codice."),
            _("Poi scegli un PIN di sei numeri: lo sai solo tu."),
            _("Se perdi il foglio dillo a chi ti segue: ne fa uno nuovo."),
        ]
    return {
        "name": account.name if account else "",
        "code": written_code(code),
        "address": request.build_absolute_uri(reverse("portal:enter")),
        "language": language,
        "words": words,
    }
