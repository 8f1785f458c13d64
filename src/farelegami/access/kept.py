"""What was typed while the session ended, kept until the same person has signed in again.

It is sealed, stays for half an hour in the session of the browser that sent it, and is shown again
on the page of its form: nothing is ever sent by itself.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.views import redirect_to_login
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render, resolve_url
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _

from farelegami.kernel import clock
from farelegami.kernel.actor import NOBODY, Actor
from farelegami.storage.fields import seal, unseal
from farelegami.web.typed import Typed, form_page, is_from_here, readable, sent_values

_NAME: Final = "kept"
_BOUND_TO: Final = "access.kept"
_LASTS: Final = timedelta(minutes=30)
_LARGEST: Final = 64_000


@dataclass(frozen=True, slots=True)
class Kept:
    """Values of a form of `page`, sent to `path` by an account that was no longer signed in."""

    account_id: str
    page: str
    path: str
    at: str
    values: Sequence[tuple[str, str]]

    @property
    def typed(self) -> list[Typed]:
        """The texts, to be copied where the page cannot put them back."""
        return readable([(name, value) for name, value in self.values])


def ask_to_sign_in(request: HttpRequest, entrance: str, was: str = "") -> HttpResponse:
    """Return the way to sign in again, and keep what was typed for who was signed in before.

    `was` is the account of a session ended in this very request.
    """
    way_in = resolve_url(entrance)
    if not _has_words(request):
        return redirect_to_login(request.get_full_path(), way_in)
    page = form_page(request)
    if _keep(request, was or _who_was_here(request), page):
        messages.info(
            request, _("La sessione era finita. Entra di nuovo: ritrovi quello che avevi scritto.")
        )
        return redirect_to_login(page, way_in)
    # Whose it is cannot be told: it is shown to who sent it, and kept for nobody.
    there = redirect_to_login(page, way_in)["Location"]
    answer = render(request, "access/ended.html", {"way_in": there}, status=403)
    add_never_cache_headers(answer)
    return answer


def keep_for_later(request: HttpRequest, account_id: str) -> str:
    """Return the page to come back to after a proof of who one is; what was typed waits there."""
    if request.method != "POST":
        return request.get_full_path()
    page = form_page(request) if is_from_here(request) else "/"
    if _has_words(request):
        _keep(request, account_id, page)
    messages.info(request, _("Prima conferma che sei tu, poi ripeti: non è stato fatto niente."))
    return page


def _has_words(request: HttpRequest) -> bool:
    values = sent_values(request) if is_from_here(request) else []
    return any(value.strip() for _field, value in values) and not request.headers.get("HX-Request")


def _keep(request: HttpRequest, account_id: str, page: str) -> bool:
    """Keep what was sent, sealed, if it is known whose it is and it is not too long."""
    values = sent_values(request)
    told = json.dumps(asdict(Kept(account_id, page, request.path, clock.now().isoformat(), values)))
    if not account_id or len(told) > _LARGEST:
        return False
    request.session[_NAME] = seal(told, _BOUND_TO)
    return True


def _who_was_here(request: HttpRequest) -> str:
    """Return the account of the session this browser still names, ended or not; or nothing."""
    key = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
    row = Session.objects.filter(session_key=key).first() if key else None
    return str(row.get_decoded().get(SESSION_KEY, "")) if row else ""


def forget_if_sent(request: HttpRequest) -> None:
    """Drop what was kept once the same form is sent again: it stands in that form now."""
    if _NAME in request.session:
        kept = _kept(request)
        if kept is None or kept.path == request.path:
            del request.session[_NAME]


def kept(request: HttpRequest) -> dict[str, Any]:
    """Add to the page of the form what was kept for who looks at it, if anything was."""
    actor: Actor = getattr(request, "actor", NOBODY)
    if actor.account_id is None or request.method != "GET" or _NAME not in request.session:
        return {}
    found = _kept(request)
    if found is None or found.account_id != str(actor.account_id):
        del request.session[_NAME]
        return {}
    if found.page != request.get_full_path():
        return {}
    return {"kept": found, "typed": found.typed}


def _kept(request: HttpRequest) -> Kept | None:
    """Return what the session keeps; None once it is too old, or sealed by a key we lost."""
    return _still_kept(request.session[_NAME])


def _still_kept(sealed: str) -> Kept | None:
    try:
        told = json.loads(unseal(sealed, _BOUND_TO))
        found = Kept(**told)
    except (InvalidTag, KeyError, TypeError, ValueError):
        return None
    return found if clock.now() - datetime.fromisoformat(found.at) < _LASTS else None


def sweep_sessions() -> int:
    """Throw away ended sessions and the words nobody came back for; return how many. For the worker."""
    swept, _by_table = Session.objects.filter(expire_date__lt=clock.now()).delete()
    for session in Session.objects.iterator(chunk_size=500):
        values = session.get_decoded()
        if _NAME in values and _still_kept(values[_NAME]) is None:
            del values[_NAME]
            store = SessionStore(session.session_key)
            Session.objects.filter(pk=session.pk).update(session_data=store.encode(values))
            swept += 1
    return swept
