"""Hours for the collectivity: positions, and the days that INAIL is told."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from farelegami.access.requests import ActorRequest
from farelegami.kernel import clock
from farelegami.kernel.errors import NotFound
from farelegami.network.queries import organisation_choices
from farelegami.people.queries.persons import PeopleFilters, people_page, person_for
from farelegami.volunteering.forms import EndPucForm, PucForm
from farelegami.volunteering.permissions import PUC_WRITERS
from farelegami.volunteering.queries.puc import (
    due_exports,
    position_for,
    positions_page,
    premium_now,
)
from farelegami.volunteering.rules.puc import QUARTERS, Quarter
from farelegami.volunteering.services import (
    end_puc_position,
    export_puc_days,
    open_puc_position,
)
from farelegami.volunteering.views.acts import act_page, path_to, to
from farelegami.web.acts import Act
from farelegami.web.csv_files import csv_response
from farelegami.web.forms import FIRST_YEAR, LAST_YEAR
from farelegami.web.refusals import shown_on


@require_safe
def pucs_page(request: ActorRequest) -> HttpResponse:
    """List the positions, and the quarters with days to declare."""
    today = clock.today()
    premium, is_known = premium_now(today)
    context = {
        "page": positions_page(request.actor, cursor=request.GET.get("dopo", "")),
        "due": due_exports(request.actor, today=today),
        "premium": premium,
        "is_known": is_known,
        "year": str(today.year),
        "today": today,
        "may_write": request.actor.holds(*PUC_WRITERS),
        "crumbs": path_to(),
    }
    return render(request, "volunteering/pucs.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def open_page(request: ActorRequest) -> HttpResponse:
    """Choose somebody, then write down the position that INAIL opened for them."""
    asked = request.GET.get("persona", "")
    if not asked:
        return _choose(request)
    try:
        person = person_for(request.actor, UUID(asked))
    except ValueError:
        raise NotFound from None
    form = PucForm(request.POST or None, bodies=lambda: organisation_choices(request.actor))
    if form.is_valid():
        said = form.cleaned_data
        with shown_on(form):
            open_puc_position(
                request.actor,
                lead_id=said["lead_id"],
                host_id=said["host_id"],
                person_id=person.pk,
                inail_number=said["inail_number"],
                project=said["project"],
                opened_on=said["opened_on"],
                starts_on=said["starts_on"],
                ends_on=said["ends_on"],
                weekly_minutes=said["weekly_minutes"],
                once=said["once"],
            )
            messages.success(request, _("La posizione è scritta."))
            return redirect(to("pucs"))
    act = Act(
        title=_("Posizione INAIL di %(name)s") % {"name": person.name},
        submit=_("Scrivi la posizione"), done="", back=to("pucs"),
        crumbs=path_to(None, (to("pucs"), _("PUC"))),
        says=_("INAIL si apre entro il giorno prima: senza, il PUC non comincia."),
    )  # fmt: skip
    status = 422 if form.errors else 200
    return render(request, "volunteering/act.html", {"act": act, "form": form}, status=status)


def _choose(request: ActorRequest) -> HttpResponse:
    text = request.GET.get("testo", "").strip()
    found = people_page(request.actor, PeopleFilters(text=text)).rows if text else []
    context = {
        "text": text,
        "found": found,
        "crumbs": path_to(None, (to("pucs"), _("PUC"))),
    }
    return render(request, "volunteering/choose.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def end_page(request: ActorRequest, position_id: UUID) -> HttpResponse:
    """Let a position end earlier than agreed."""
    position = position_for(request.actor, position_id)
    act = Act(
        title=_("Chiudi il PUC di %(name)s") % {"name": position.name}, submit=_("Chiudi"),
        done=_("La posizione è chiusa: INAIL lo sa entro il giorno dopo."), back=to("pucs"),
        crumbs=path_to(None, (to("pucs"), _("PUC"))), is_grave=True,
    )  # fmt: skip
    return act_page(
        request, act, EndPucForm(request.POST or None),
        lambda said: end_puc_position(
            request.actor, position_id, ended_on=said["ended_on"], reason=said["reason"]
        ),
    )  # fmt: skip


@require_safe
def days_page(
    request: ActorRequest, district_id: int, organisation_id: UUID, year: int, quarter: int
) -> HttpResponse:
    """Send the days of a quarter of one lead body, for INAIL."""
    if quarter not in QUARTERS or not FIRST_YEAR <= year <= LAST_YEAR:
        raise NotFound
    _found, table = export_puc_days(
        request.actor, organisation_id, district_id=district_id, quarter=Quarter(year, quarter)
    )
    return csv_response(f"puc-{year}-{quarter}.csv", table)
