"""The page of a form that cannot be trusted to come from where it says."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import requires_csrf_token

from farelegami.web.typed import form_page, is_from_here


@never_cache
@requires_csrf_token
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Return 403 with what was typed, and the way to the form as it is now."""
    del reason
    again = form_page(request) if is_from_here(request) else ""
    return render(request, "403_csrf.html", {"again": again}, status=403)
