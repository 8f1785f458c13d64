"""What waits for who protects the data, and what is kept about whom."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from farelegami.access.requests import ActorRequest
from farelegami.kernel.actor import Role
from farelegami.privacy.queries.anomalies import new_count
from farelegami.privacy.queries.plan import elsewhere_rows, kept_by_term
from farelegami.privacy.queries.requests import requests_page, waiting_counts
from farelegami.privacy.queries.retention import waiting_lists


@require_safe
def home_page(request: ActorRequest) -> HttpResponse:
    """Show the requests by term, the lists that wait and how many readings are to be looked at."""
    is_dpo = request.actor.holds(Role.DPO)
    waiting, late = waiting_counts(request.actor) if is_dpo else (0, 0)
    context = {
        "is_dpo": is_dpo,
        "waiting": waiting,
        "late": late,
        "anomalies": new_count(request.actor) if is_dpo else 0,
        "requests": requests_page(request.actor, only_open=True).rows[:5] if is_dpo else [],
        "lists": waiting_lists(request.actor),
    }
    return render(request, "privacy/home.html", context)


@require_safe
def kept_page(request: ActorRequest) -> HttpResponse:
    """Show what is kept, why and until when, table by table."""
    context = {"terms": kept_by_term(), "elsewhere": elsewhere_rows()}
    return render(request, "privacy/kept.html", context)


@require_safe
def public_kept_page(request: HttpRequest) -> HttpResponse:
    """Say to anyone what is kept of who has a pact, in short."""
    return render(request, "privacy/public_kept.html", {"terms": kept_by_term(citizens=True)})
