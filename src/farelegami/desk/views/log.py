"""The log, for who answers for the protection of data (R22)."""

from datetime import date
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from farelegami.access.requests import ActorRequest
from farelegami.audit.queries import last_link
from farelegami.audit.queries import log_page as page_of_log
from farelegami.audit.rules import VERB_LABELS
from farelegami.desk.rules.words import OBJECT_LABELS
from farelegami.desk.views.person import acts_told
from farelegami.territory.queries import district_names
from farelegami.web.forms import FIRST_YEAR, LAST_YEAR

_LONGEST = 80


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if FIRST_YEAR <= day.year < LAST_YEAR else None


@require_safe
def log_page(request: ActorRequest) -> HttpResponse:
    """Show who did what, newest first; people are told by the number of their file only."""
    verb, kind = request.GET.get("atto", ""), request.GET.get("cosa", "")
    name = request.GET.get("chi", "").strip()[:_LONGEST]
    page = page_of_log(
        request.actor,
        verb=verb if verb in set(VERB_LABELS) else "",
        kind=kind if kind in OBJECT_LABELS else "",
        name=name,
        account_id=_uuid(request.GET.get("conto", "")),
        person_id=_uuid(request.GET.get("scheda", "")),
        day=_day(request.GET.get("giorno", "")),
        cursor=request.GET.get("dopo", ""),
    )
    names = district_names()
    return render(
        request,
        "desk/log.html",
        {
            "page": page,
            "entries": [
                (told, names.get(told.entry.district_id or 0, "")) for told in acts_told(page.rows)
            ],
            "verbs": [(one.value, _(label)) for one, label in VERB_LABELS.items()],
            "kinds": sorted(
                ((key, _(label)) for key, label in OBJECT_LABELS.items()), key=lambda pair: pair[1]
            ),
            "verb": verb,
            "kind": kind,
            "name": name,
            "account": request.GET.get("conto", ""),
            "person": request.GET.get("scheda", ""),
            "day": request.GET.get("giorno", ""),
            "link": last_link(),
        },
    )
