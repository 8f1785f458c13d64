"""Puts the actor on the request and opens only the doors of the table."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from allauth.core import ratelimit
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render
from django.utils.translation import get_language

from farelegami.access.doors import all_doors
from farelegami.access.gates import end_if_over, wants_factor, wants_proof
from farelegami.access.kept import ask_to_sign_in, forget_if_sent
from farelegami.access.models import Account
from farelegami.kernel.actor import NOBODY, Actor
from farelegami.storage.health import faults
from farelegami.web.languages import speak
from farelegami.web.views import unavailable


def actor_of(request: HttpRequest) -> Actor:
    """Return who is asking: two queries with a session, none without."""
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return NOBODY
    user = request.user
    if not isinstance(user, Account):
        return NOBODY
    return user.as_actor(user.grants_now)


def too_many(request: HttpRequest) -> HttpResponse:
    """Return 429, with our own words; 503 if it is only that nothing can be counted now."""
    if faults():
        return unavailable(request)
    return render(request, "429.html", status=HTTPStatus.TOO_MANY_REQUESTS)


def _speak_to(request: HttpRequest, actor: Actor) -> None:
    """Answer in the language kept with the account; where none is, the browser's stands."""
    if actor.account_id is not None and isinstance(request.user, Account):
        speak(request, request.user.language or get_language() or "it")


class ActorMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        actor: Actor = getattr(request, "actor", NOBODY)
        if isinstance(response, HttpResponseNotAllowed) and request.method == "GET":
            # An address that only takes forms, come back to by the way of signing in.
            page = render(request, "404.html", status=response.status_code)
            page.headers["Allow"] = response.headers["Allow"]
            response = page
        # A page made for somebody is kept by nobody: not after they leave, not by "back".
        if actor.account_id is not None and not response.has_header("Cache-Control"):
            response.headers["Cache-Control"] = "private, no-store"
        return response

    def process_view(
        self, request: HttpRequest, _view: Any, _args: Any, _kwargs: Any
    ) -> HttpResponse | None:
        """Return a redirect to sign-in, raise 404 for a closed door, or let the view run."""
        match = request.resolver_match
        door = all_doors().get(match.view_name) if match else None
        if door is None:
            raise Http404
        if door.by_token:
            request.actor = NOBODY  # type: ignore[attr-defined]
            return None
        was = end_if_over(request)
        actor = actor_of(request)
        request.actor = actor  # type: ignore[attr-defined]
        _speak_to(request, actor)
        if door.limit and not ratelimit.consume(request, action=door.limit):
            return too_many(request)
        if door.public:
            return None
        if actor.account_id is None:
            return ask_to_sign_in(request, door.entrance or settings.LOGIN_URL, was)
        if request.method == "POST":
            forget_if_sent(request)
        if door.roles and not actor.roles() & door.roles:
            raise Http404
        return wants_factor(request, door) or wants_proof(request, door)
