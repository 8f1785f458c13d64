"""The floors: one row as JSON without anything around it, 25 rows in the base page."""

from typing import Final

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template import engines

from farelegami.access.doors import Door
from farelegami.territory.models import Municipality

DOORS: Final = (Door("floor_page", "misurare", public=True),)
_PAGE: Final = """{% extends "web/base.html" %}{% block content %}<ul>{% for row in rows %}
<li>{{ row.name }} {{ row.residents }}</li>{% endfor %}</ul>{% endblock %}"""


def row(_request: HttpRequest, code: str) -> JsonResponse:
    """Return one row by its primary key, in about 200 bytes."""
    found = Municipality.objects.values(
        "istat_code", "name", "province_id", "district_id", "belfiore_code", "residents",
        "latitude", "longitude",
    ).get(pk=code)  # fmt: skip
    return JsonResponse(found)


def page(request: HttpRequest) -> HttpResponse:
    """Return 25 rows in the base page."""
    rows = list(Municipality.objects.order_by("name")[:25])
    return HttpResponse(engines["django"].from_string(_PAGE).render({"rows": rows}, request))
