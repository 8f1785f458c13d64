"""The Scrivania: what waits today."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from farelegami.access.requests import ActorRequest
from farelegami.desk.queries import morning
from farelegami.kernel import clock
from farelegami.pacts.queries.wheels import row_wheel

_NOON = 13
_EVENING = 18


@require_safe
def home_page(request: ActorRequest) -> HttpResponse:
    """Show what waits for the actor today; a family with no role here has pages of its own."""
    if request.actor.person_id is not None and not request.actor.grants:
        return redirect("portal:home")
    page = morning(request.actor)
    hour = clock.now().astimezone(clock.ROME).hour
    return render(
        request,
        "desk/home.html",
        {
            "page": page,
            "cards": [(row.pact, row_wheel(row)) for row in page.cards],
            "first_name": request.actor.name.split(" ")[0],
            "part_of_day": "morning" if hour < _NOON else "day" if hour < _EVENING else "evening",
            "today": clock.today(),
        },
    )
