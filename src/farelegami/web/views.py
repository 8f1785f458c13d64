"""Pages of what went wrong before or beside any view."""

import sys
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import requires_csrf_token
from django.views.defaults import server_error

from farelegami.kernel.faults import fault_of
from farelegami.web.typed import form_page, is_from_here, readable, sent_values

_TRY_AGAIN_SECONDS: Final = 30


@never_cache
@requires_csrf_token
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Return 403 with what was typed, and the way to the form as it is now."""
    del reason
    again = form_page(request) if is_from_here(request) else ""
    return render(request, "403_csrf.html", {"again": again}, status=403)


def broken(request: HttpRequest) -> HttpResponse:
    """Return 503 with what was typed where nothing can be saved now, else the page of a bug.

    Neither page asks the database anything.
    """
    if fault_of(sys.exc_info()[1]) is None:
        return server_error(request)
    return unavailable(request)


def unavailable(request: HttpRequest) -> HttpResponse:
    """Return 503 with what was typed: nothing can be saved for now."""
    typed = readable(sent_values(request)) if is_from_here(request) else []
    answer = HttpResponse(render_to_string("503.html", {"typed": typed}), status=503)
    answer.headers["Retry-After"] = str(_TRY_AGAIN_SECONDS)
    answer.headers["Cache-Control"] = "no-store"
    return answer
