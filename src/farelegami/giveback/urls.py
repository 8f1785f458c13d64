from collections.abc import Iterator

from django.urls import URLPattern, path

from farelegami.giveback.views import host

app_name = "giveback"
_HOST = "ente/<str:token>"
_PLACE = "ente/richieste/<uuid:opportunity_id>"


def _received(base: str, way: str) -> Iterator[URLPattern]:
    """Yield the pages of who receives people, the same by link and with an account."""
    pages = (
        ("", host.home_page, ""),
        ("risposta/<uuid:match_id>/", host.answer_page, "_answer"),
        ("confermo/", host.confirm_page, "_confirm"),
        ("turni/<uuid:session_id>/", host.turn_page, "_turn"),
        ("turni/<uuid:session_id>/annulla/", host.cancel_page, "_cancel"),
        ("cambiato/<uuid:match_id>/", host.changed_page, "_changed"),
        ("serve-ancora/", host.needed_page, "_needed"),
        ("foglio/", host.sheet_page, "_sheet"),
        ("segna/", host.typing_page, "_typing"),
    )
    for tail, view, name in pages:
        yield path(f"{base}/{tail}", view, name=f"{way}{name}")


urlpatterns = [
    path("ente/", host.places_page, name="places"),
    *_received(_PLACE, "place"),
    *_received(_HOST, "host"),
]
