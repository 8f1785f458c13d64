from django.urls import path

from farelegami.portal.views import giving, pages

app_name = "portal"
_PACT = "mio/<uuid:pact_id>"
urlpatterns = [
    path("mio/", pages.home_page, name="home"),
    path("mio/entra/", pages.enter_page, name="enter"),
    path("mio/entra/pin/", pages.pin_page, name="pin"),
    path("mio/esci/", pages.leave_page, name="leave"),
    path("mio/manifest.webmanifest", pages.manifest_page, name="manifest"),
    path("mio/sw.js", pages.worker_page, name="worker"),
    path("mio/senza-linea/", pages.offline_page, name="offline"),
    path("mio/chi-ha-letto/", pages.readers_page, name="readers"),
    path("mio/i-miei-dati/download/", pages.data_page, name="data"),
    path("mio/posti/<uuid:match_id>/risposta/", giving.answer_page, name="place_answer"),
    path("mio/turni/<uuid:session_id>/", giving.turn_page, name="turn"),
    path("mio/turni/<uuid:session_id>/non-posso/", giving.absent_page, name="turn_absent"),
    path(f"{_PACT}/ore/", pages.hours_page, name="hours"),
    path(f"{_PACT}/scontrino/", pages.receipt_page, name="receipt"),
    path(f"{_PACT}/non-posso/", pages.absence_page, name="absence"),
    path(f"{_PACT}/scrivi/", pages.words_page, name="words"),
    path(f"{_PACT}/testo/", pages.text_page, name="text"),
    path(f"{_PACT}/va-bene/", pages.accept_page, name="accept"),
    path(f"{_PACT}/non-va-bene/", pages.dispute_page, name="dispute"),
    path(f"{_PACT}/firma/", pages.sign_page, name="sign"),
    path("lavoro/patti/<uuid:pact_id>/foglio/", pages.card_page, name="card"),
]
