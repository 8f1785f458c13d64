from collections.abc import Iterator

from django.urls import URLPattern, path

from farelegami.giveback.views import host, matches, offers, opportunities, posting

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


_STAFF = "lavoro/restituzione/opportunita"
_OFFER = "lavoro/restituzione/offerte/<uuid:offer_id>"
_MATCH = "lavoro/restituzione/abbinamenti/<uuid:match_id>"
_TURN = "lavoro/restituzione/turni/<uuid:session_id>"
_OPPORTUNITY = f"{_STAFF}/<uuid:opportunity_id>"


def _posted(base: str, way: str) -> Iterator[URLPattern]:
    """Yield the pages by which an opportunity is posted and changed, from one side or the other."""
    named = {"way": way}
    one = f"{base}/<uuid:opportunity_id>"
    yield path(f"{base}/nuova/", posting.new_page, named, name=f"{way}_new")
    yield path(f"{one}/cambia/", posting.change_page, named, name=f"{way}_change")
    yield path(f"{one}/copia/", posting.copy_page, named, name=f"{way}_copy")
    yield path(f"{one}/atto/", posting.act_page, named, name=f"{way}_act")


_BY_STAFF = {"way": "opportunity"}
urlpatterns = [
    path("ente/", host.places_page, name="places"),
    *_posted("ente/richieste", "place"),
    path(f"{_STAFF}/", opportunities.opportunities_list_page, name="opportunities"),
    *_posted(_STAFF, "opportunity"),
    path(f"{_OPPORTUNITY}/", opportunities.opportunity_page, name="opportunity"),
    path(f"{_OPPORTUNITY}/foglio/", host.sheet_page, _BY_STAFF, name="opportunity_sheet"),
    path(f"{_OPPORTUNITY}/segna/", host.typing_page, _BY_STAFF, name="opportunity_typing"),
    path(f"{_OPPORTUNITY}/indirizzi/", opportunities.give_link_page, name="opportunity_give_link"),
    path(
        f"{_OPPORTUNITY}/indirizzi/<uuid:link_id>/revoca/",
        opportunities.revoke_link_page,
        name="opportunity_revoke_link",
    ),
    path(
        "lavoro/patti/<uuid:pact_id>/impegni/<slug:commitment_key>/cerca-un-posto/",
        offers.commitment_page,
        name="offer_for_commitment",
    ),
    path("lavoro/persone/<uuid:person_id>/offre/", offers.free_page, name="offer_freely"),
    path("lavoro/persone/<uuid:person_id>/documento-visto/", offers.paper_page, name="paper"),
    path("lavoro/restituzione/offerte/nuova/", offers.met_page, name="offer_met"),
    path(f"{_OFFER}/", offers.offer_page, name="offer"),
    path(f"{_OFFER}/cambia/", offers.change_page, name="offer_change"),
    path(f"{_OFFER}/atto/", offers.act_on_page, name="offer_act"),
    path(f"{_OFFER}/proponi/", offers.propose_page, name="propose"),
    path(f"{_MATCH}/", matches.match_page, name="match"),
    path(f"{_MATCH}/risposta/", matches.answer_page, name="match_answer"),
    path(f"{_MATCH}/comincia/", matches.start_page, name="match_start"),
    path(f"{_MATCH}/ritira/", matches.withdraw_page, name="match_withdraw"),
    path(f"{_MATCH}/completa/", matches.complete_page, name="match_complete"),
    path(f"{_MATCH}/va-avanti/", matches.go_on_page, name="match_go_on"),
    path(f"{_MATCH}/finisce/", matches.end_page, name="match_end"),
    path(f"{_MATCH}/interrompi/", matches.interrupt_page, name="match_interrupt"),
    path(f"{_TURN}/parola/", matches.word_page, name="turn_word"),
    path(f"{_TURN}/chiarisci/", matches.settle_page, name="turn_settle"),
    path(f"{_TURN}/annulla/", matches.cancel_page, name="turn_cancel"),
    *_received(_PLACE, "place"),
    *_received(_HOST, "host"),
]
