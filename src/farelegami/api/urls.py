"""The operations of every thing, the schema of them all, and a page to read it."""

from django.urls import URLPattern

from farelegami.api.views import pacts, spends, who
from farelegami.api.views.doorway import api

app_name = "api"
for _each in (who, pacts, spends):
    api.add_router("", _each.router)
urlpatterns = [
    pattern
    for pattern in api.urls[0]
    if isinstance(pattern, URLPattern) and pattern.name != "api-root"
]
