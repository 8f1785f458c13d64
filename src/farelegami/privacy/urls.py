from typing import Final

from django.urls import path

from farelegami.privacy.views import anomalies, home, lists, requests

app_name = "privacy"
_D: Final = "lavoro/dati/"
_R: Final = f"{_D}richieste/<uuid:request_id>/"
_L: Final = f"{_D}liste/<uuid:list_id>/"
urlpatterns = [
    path("privacy/che-cosa-teniamo/", home.public_kept_page, name="public_kept"),
    path(_D, home.home_page, name="home"),
    path(f"{_D}che-cosa-teniamo/", home.kept_page, name="kept"),
    path(f"{_D}richieste/", requests.requests_list_page, name="requests"),
    path(f"{_D}richieste/nuova/", requests.register_page, name="register_request"),
    path(_R, requests.request_page, name="request"),
    path(f"{_R}scheda/", requests.link_page, name="link_request"),
    path(f"{_R}proroga/", requests.extend_page, name="extend_request"),
    path(f"{_R}risposta/", requests.answer_page, name="answer_request"),
    path(f"{_R}limitazione/", requests.lift_page, name="lift_restriction"),
    path(f"{_R}copia/", requests.copy_page, name="copy"),
    path(f"{_R}cancellazione/", requests.erase_page, name="erase_request"),
    path(f"{_D}liste/", lists.lists_list_page, name="lists"),
    path(_L, lists.list_page, name="list"),
    path(f"{_L}voci/<uuid:item_id>/", lists.take_out_page, name="take_out"),
    path(f"{_L}proposta/", lists.propose_page, name="propose_list"),
    path(f"{_L}autorizzazione/", lists.approve_page, name="approve_list"),
    path(f"{_L}lascia/", lists.drop_page, name="drop_list"),
    path(f"{_D}cancellazioni/", lists.erasures_list_page, name="erasures"),
    path(f"{_D}letture/", anomalies.anomalies_list_page, name="anomalies"),
    path(f"{_D}letture/<uuid:anomaly_id>/", anomalies.anomaly_page, name="anomaly"),
]
