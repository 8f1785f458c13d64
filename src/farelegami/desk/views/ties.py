"""Drawing the ties of a person again, together with them."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from farelegami.access.requests import ActorRequest
from farelegami.desk.forms.ties import DrawingForm, TieFormSet, drawn
from farelegami.kernel import clock
from farelegami.kernel.errors import gettext_noop
from farelegami.people.services.ecomaps import draw_ecomap
from farelegami.people.services.files import person_file
from farelegami.web.refusals import shown_on

DRAWING = gettext_noop("disegno dei legami")


@require_http_methods(["GET", "POST"])
def draw_page(request: ActorRequest, person_id: UUID) -> HttpResponse:
    """Draw the ties anew, starting from the last drawing; the old one stays."""
    file = person_file(request.actor, person_id, purpose=DRAWING)
    known = file.ecomap.ties if file.ecomap else ()
    form = DrawingForm(
        request.POST or None,
        initial={"day": clock.today(), "drawn_with": file.person.given_name},
    )
    ties = TieFormSet(request.POST or None, prefix="legami", initial=drawn(known))
    if form.is_valid() and ties.is_valid():
        with shown_on(form):
            draw_ecomap(
                request.actor,
                person_id,
                ties.drafts(known),
                day=form.cleaned_data["day"],
                drawn_with=form.cleaned_data["drawn_with"],
                once=form.cleaned_data["once"],
            )
            messages.success(request, _("Il disegno è salvato; quello di prima resta."))
            return redirect("desk:person_ties", person_id)
    return render(
        request,
        "desk/draw.html",
        {"person": file.person, "form": form, "rows": ties},
        status=422 if request.method == "POST" else 200,
    )
