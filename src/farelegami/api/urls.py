"""The operations of every thing, the schema of them all, and a page to read it."""

from django.urls import URLPattern, path

from farelegami.api.views import (
    cases,
    drafts,
    giving,
    guide,
    hosting,
    life,
    pacts,
    papers,
    people,
    placing,
    plans,
    spends,
    who,
)
from farelegami.api.views.doorway import api

app_name = "api"
for _each in (
    who,
    people,
    cases,
    pacts,
    drafts,
    life,
    spends,
    papers,
    giving,
    placing,
    hosting,
    plans,
):
    api.add_router("", _each.router)
urlpatterns = [
    path("openapi.json", guide.schema_page, name="openapi"),
    path("docs", guide.docs_page, name="docs"),
    *(
        pattern
        for pattern in api.urls[0]
        if isinstance(pattern, URLPattern) and pattern.name != "api-root"
    ),
]
