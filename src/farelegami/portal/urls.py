from django.urls import path

from farelegami.portal import views

app_name = "portal"
_PACT = "mio/<uuid:pact_id>"
urlpatterns = [
    path("mio/", views.home_page, name="home"),
    path("mio/entra/", views.enter_page, name="enter"),
    path("mio/entra/pin/", views.pin_page, name="pin"),
    path("mio/esci/", views.leave_page, name="leave"),
    path("mio/manifest.webmanifest", views.manifest_page, name="manifest"),
    path("mio/sw.js", views.worker_page, name="worker"),
    path("mio/senza-linea/", views.offline_page, name="offline"),
    path("mio/chi-ha-letto/", views.readers_page, name="readers"),
    path("mio/i-miei-dati/download/", views.data_page, name="data"),
    path(f"{_PACT}/ore/", views.hours_page, name="hours"),
    path(f"{_PACT}/scontrino/", views.receipt_page, name="receipt"),
    path(f"{_PACT}/non-posso/", views.absence_page, name="absence"),
    path(f"{_PACT}/scrivi/", views.words_page, name="words"),
    path(f"{_PACT}/testo/", views.text_page, name="text"),
    path(f"{_PACT}/va-bene/", views.accept_page, name="accept"),
    path(f"{_PACT}/non-va-bene/", views.dispute_page, name="dispute"),
    path(f"{_PACT}/firma/", views.sign_page, name="sign"),
    path("lavoro/patti/<uuid:pact_id>/foglio/", views.card_page, name="card"),
]
