"""Pages of the desk."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from farelegami.access.requests import ActorRequest


@require_safe
def home_page(request: ActorRequest) -> HttpResponse:
    """Show what waits for the actor today."""
    return render(request, "desk/home.html", {})
