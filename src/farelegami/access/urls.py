from django.urls import include, path

from farelegami.access import views

ours = (
    [
        path("invito/<str:token>/", views.accept_invitation_page, name="accept_invitation"),
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

urlpatterns = [path("", include(ours)), path("", include("allauth.urls"))]
