from django.urls import include, path

from farelegami.access import views

ours = (
    [
        path("invito/<str:token>/", views.accept_invitation_page, name="accept_invitation"),
        path("identita/", views.gateway_page, name="gateway"),
        path("identita/ritorno/", views.gateway_return_page, name="gateway_return"),
        path(
            "persone/<uuid:account_id>/codice-fiscale/",
            views.set_tax_code_page,
            name="set_tax_code",
        ),
        path("mio/", views.own_security_page, name="own_security"),
        path("mio/secondo-fattore/", views.first_factor_page, name="first_factor"),
        path("mio/sessioni/<int:session>/chiudi/", views.end_own_session, name="end_own_session"),
        path("mio/sessioni/chiudi/", views.end_own_sessions, name="end_own_sessions"),
        path("persone/<uuid:account_id>/", views.account_page, name="account"),
        path(
            "persone/<uuid:account_id>/sessioni/chiudi/",
            views.end_sessions_page,
            name="end_sessions",
        ),
        path(
            "persone/<uuid:account_id>/secondo-fattore/azzera/",
            views.reset_factors_page,
            name="reset_factors",
        ),
        path("persone/", views.accounts_page, name="accounts"),
        path("persone/invita/", views.invite_page, name="invite"),
        path(
            "inviti/<uuid:invitation_id>/ritira/",
            views.withdraw_invitation_page,
            name="withdraw_invitation",
        ),
        path("ruoli/<uuid:grant_id>/togli/", views.end_role_page, name="end_role"),
        path("chi-puo-fare-cosa/", views.who_may_page, name="who_may"),
    ],
    "access",
)

urlpatterns = [
    path("lingua/", views.choose_language_page, name="set_language"),
    path("", include(ours)),
    path("", include("allauth.urls")),
]
