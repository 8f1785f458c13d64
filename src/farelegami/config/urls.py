"""Every address: the API, the desk, sign-in, the family's pages, the public site."""

from django.urls import URLPattern, URLResolver, include, path

# The most asked for come first: no address of one is in the way of another's.
urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/", include("farelegami.api.urls")),
    path("lavoro/", include("farelegami.pacts.urls")),
    path("lavoro/", include("farelegami.matching.urls")),
    path("lavoro/", include("farelegami.desk.urls")),
    path("lavoro/", include("farelegami.api.pages")),
    path("accounts/", include("farelegami.access.urls")),
    path("", include("farelegami.portal.urls")),
    path("", include("farelegami.giveback.urls")),
    path("", include("farelegami.cases.urls")),
    path("", include("farelegami.privacy.urls")),
    path("", include("farelegami.volunteering.urls")),
    path("", include("farelegami.documents.urls")),
    path("", include("farelegami.publicsite.urls")),
]
handler500 = "farelegami.web.views.broken"
