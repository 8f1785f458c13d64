"""The list of people."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from farelegami.access.requests import ActorRequest
from farelegami.people.permissions import registry_districts
from farelegami.people.queries.persons import PeopleFilters
from farelegami.people.queries.persons import people_page as page_of_people
from farelegami.territory.queries import district_names, municipality_choices


@require_safe
def people_page(request: ActorRequest) -> HttpResponse:
    """Show the people of the actor's districts, or those who answer a search."""
    mine = registry_districts(request.actor)
    text = request.GET.get("testo", "").strip()
    town, chosen = request.GET.get("comune", ""), request.GET.get("ambito", "")
    district = next((each for each in mine if str(each) == chosen), None)
    filters = PeopleFilters(text=text, municipality_id=town[:6], district_id=district)
    page = page_of_people(request.actor, filters, request.GET.get("dopo", ""))
    names = district_names() if len(mine) > 1 else {}
    return render(
        request,
        "desk/people.html",
        {
            "page": page,
            "rows": [(row, names.get(row.district_id, "")) for row in page.rows],
            "towns": municipality_choices(mine),
            "districts": [(number, names[number]) for number in sorted(mine) if number in names],
            "text": text,
            "town": town,
            "district": district,
            "is_narrowed": bool(text or town or district),
        },
    )
