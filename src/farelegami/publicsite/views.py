"""Pages anyone may read without signing in."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from farelegami.documents.queries import is_shelf_there
from farelegami.kernel import clock
from farelegami.kernel.faults import Fault
from farelegami.publicsite.queries import home_figures, home_ground
from farelegami.storage.health import faults
from farelegami.web.drawings.wheel import Result, WheelFacts

_DONE = Result.REACHED
# The wheel of the invented story told on the home page.
STORY = WheelFacts(
    authorised_cents=180_000,
    committed_cents=169_000,
    documented_cents=169_000,
    agreed_minutes=3_600,
    done_minutes=3_540,
    confirmed_minutes=3_540,
    spokes=((_DONE, _DONE), (_DONE,), (_DONE, _DONE), (_DONE,), (_DONE,)),
)


@require_safe
def home_page(request: HttpRequest) -> HttpResponse:
    context = {
        "figures": home_figures(),
        "ground": home_ground(),
        "story": STORY,
        "today": clock.today(),
    }
    return render(request, "publicsite/home.html", context)


@require_safe
def accessibility_page(request: HttpRequest) -> HttpResponse:
    return render(request, "publicsite/accessibility.html")


@require_safe
def privacy_page(request: HttpRequest) -> HttpResponse:
    return render(request, "publicsite/privacy.html")


@require_safe
def how_we_count_page(request: HttpRequest) -> HttpResponse:
    return render(request, "publicsite/how_we_count.html")


@never_cache
@require_safe
def health(_request: HttpRequest) -> HttpResponse:
    """Answer 200, or 503 with what is wrong: for those who watch over the installation."""
    found = list(faults())
    if not found and not is_shelf_there():
        found.append(f"disk.{Fault.GONE}")
    return JsonResponse({"ok": not found, "faults": found}, status=503 if found else 200)
