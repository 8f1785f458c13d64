"""What a session must be before a door opens: alive, strong enough, fresh where it matters.

Stamps are in seconds of the machine's clock, as those of the sign-in library: the day that the
demonstration and the tests set does not make a session older.
"""

import time
from typing import Any, Final
from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import SESSION_KEY, logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect

from farelegami.access.doors import Door
from farelegami.access.kept import ask_to_sign_in, keep_for_later
from farelegami.access.models import Account
from farelegami.access.rules import is_over
from farelegami.kernel import clock

_BEGAN: Final = "access.began"
_SEEN: Final = "access.seen"
_STRONG: Final = "access.strong"
# How often a session writes down that it is in use: idleness is known to within this.
_NOTED_EVERY: Final = 300
# What somebody without a second factor may still do: set one up, or leave.
_WITHOUT_FACTOR: Final = frozenset(
    {
        "access:first_factor",
        "account_logout",
        "account_reauthenticate",
        "mfa_activate_totp",
        "mfa_add_webauthn",
    }
)


def begin(request: HttpRequest, *, strong: bool = False) -> None:
    """Stamp a session that has just been signed in; `strong` where another vouched for the person."""
    request.session[_BEGAN] = request.session[_SEEN] = int(time.time())
    request.session[_STRONG] = strong


def end_if_over(request: HttpRequest) -> str:
    """End a session of the staff that is too old or was left alone; return whose it was, or nothing.

    Families stay signed in as long as they asked for. A session in use is noted down every few
    minutes, and one that some other way in has opened begins when it is first seen.
    """
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return ""
    session, now = request.session, int(time.time())
    account_id = session.get(SESSION_KEY)
    # Looking at the person empties a session that a new password has made worthless.
    if not account_id or not request.user.is_authenticated:
        return ""
    if _BEGAN not in session:
        begin(request)
        UserSession.objects.create_from_request(request)
        return ""
    if _is_staff(request) and is_over(
        began=session[_BEGAN],
        seen=session[_SEEN],
        now=now,
        longest=settings.SESSION_LONGEST,
        idle=settings.SESSION_IDLE,
    ):
        UserSession.objects.filter(session_key=session.session_key).delete()
        logout(request)
        return str(account_id)
    if now - session[_SEEN] >= _NOTED_EVERY:
        session[_SEEN] = now
        UserSession.objects.filter(session_key=session.session_key).update(last_seen_at=clock.now())
    return ""


def wants_factor(request: HttpRequest, door: Door) -> HttpResponse | None:
    """Return the way to a first second factor, for staff who have none where one is required."""
    if not settings.SECOND_FACTOR_REQUIRED or door.name in _WITHOUT_FACTOR:
        return None
    if not _is_staff(request) or request.session.get(_STRONG):
        return None
    if isinstance(request.user, Account) and request.user.has_factor:
        return None
    return redirect("access:first_factor")


def _is_staff(request: HttpRequest) -> bool:
    """Return whether who sits there holds a role: families hold none."""
    return isinstance(request.user, Account) and bool(request.user.grants_now)


def is_fresh(request: HttpRequest) -> bool:
    """Return whether who sits there has proved who they are in the last few minutes."""
    proofs = [request.session.get(_BEGAN, 0)]
    if isinstance(request.user, Account):
        records: list[dict[str, Any]] = get_authentication_records(request, request.user)
        proofs += [record["at"] for record in records]
    return bool(time.time() - max(proofs) < settings.FRESH_FOR)


def wants_proof(request: HttpRequest, door: Door) -> HttpResponse | None:
    """Return the way to prove again who one is, for a door that asks for it; nothing typed is lost."""
    if not door.fresh or is_fresh(request):
        return None
    account_id = str(request.user.pk)
    ways = get_adapter().get_reauthentication_methods(request.user)
    if not ways:
        # Who comes in only through another's door proves it there.
        logout(request)
        return ask_to_sign_in(request, settings.LOGIN_URL, account_id)
    page = keep_for_later(request, account_id)
    return HttpResponseRedirect(f"{ways[0]['url']}?{urlencode({'next': page})}")


def entrances(_request: HttpRequest) -> dict[str, Any]:
    """Add to pages the name of the provider of public identities, if there is one."""
    return {"gateway_name": settings.GATEWAY.name if settings.GATEWAY else ""}
