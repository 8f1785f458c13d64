"""Turns the three kinds of no that reach a page into pages with the right status."""

from collections.abc import Callable

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import render
from django.utils import translation

from farelegami.kernel.errors import NotAllowed, NotFound, Refusal
from farelegami.web.languages import speak
from farelegami.web.refusals import sentence


class KnownHostMiddleware:
    """400, and no more, for an address that is not ours: whoever scans the net fills no log."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            request.get_host()
        except DisallowedHost:
            return HttpResponseBadRequest(b"host", content_type="text/plain")
        return self.get_response(request)


class PlainBodyMiddleware:
    """400 for what cannot be read: a body in another alphabet than ours, a NUL in the address.

    A form refuses a NUL by itself; a question in an address would carry it to the database.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        charset = (
            request.content_params.get("charset", "utf-8") if request.content_params else "utf-8"
        )
        if charset.lower().replace("-", "") != "utf8":
            return HttpResponseBadRequest(b"charset", content_type="text/plain")
        if "\x00" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            return HttpResponseBadRequest(b"NUL", content_type="text/plain")
        return self.get_response(request)


class WholeLanguagesMiddleware:
    """Keep to the languages a page is whole in: five of seven are spoken by the family's alone."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        speak(request, translation.get_language() or "it")
        return self.get_response(request)


class RefusalMiddleware:
    """404 for what is not there for this actor, 403 for what is forbidden, 409 for a refusal."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        match error:
            case NotFound():
                return render(request, "404.html", status=404)
            case NotAllowed():
                return render(request, "403.html", status=403)
            case Refusal():
                return _refused(request, error)
            case _:
                return None


def _refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    if request.headers.get("HX-Request"):
        answer = render(request, "web/refusal.html", {"text": sentence(refusal)}, status=409)
        # A partial update has no page to show it on: it goes with the other notices.
        answer.headers["HX-Retarget"] = "#avvisi"
        answer.headers["HX-Reswap"] = "innerHTML"
        return answer
    return render(request, "web/refused.html", {"text": sentence(refusal)}, status=409)
