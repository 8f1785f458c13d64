"""Every address, by place: the public site, sign-in, the desk."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("farelegami.publicsite.urls")),
    path("accounts/", include("farelegami.access.urls")),
    path("", include("farelegami.portal.urls")),
    path("", include("farelegami.privacy.urls")),
    path("lavoro/", include("farelegami.desk.urls")),
    path("", include("farelegami.cases.urls")),
    path("lavoro/", include("farelegami.pacts.urls")),
    path("", include("farelegami.documents.urls")),
    path("api/v1/", include("farelegami.api.urls")),
    path("lavoro/", include("farelegami.api.pages")),
]
handler500 = "farelegami.web.views.broken"
