"""The addresses users have, and the two floors."""

from django.urls import include, path

from tests.bench import floor

urlpatterns = [
    path("floor/row/<str:code>/", floor.row),
    path("floor/page/", floor.page, name="floor_page"),
    path("", include("farelegami.config.urls")),
]
