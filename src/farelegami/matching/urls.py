from django.urls import path

from farelegami.matching.views import board, deciding

app_name = "matching"
_BOARD = "restituzione"
urlpatterns = [
    path(f"{_BOARD}/", board.board_page, name="board"),
    path(f"{_BOARD}/piano/", deciding.plan_page, name="plan"),
    path(f"{_BOARD}/conferma/", deciding.take_all_page, name="take_all"),
    path(f"{_BOARD}/pesi/", board.weights_page, name="weights"),
    path(f"{_BOARD}/pesi/cambia/", deciding.set_weights_page, name="set_weights"),
    path(f"{_BOARD}/persona/<uuid:offer_id>/", board.why_page, name="why"),
    path(f"{_BOARD}/patto/<uuid:pact_id>/", board.suggestions_page, name="suggestions"),
    path(f"{_BOARD}/posto/<uuid:opportunity_id>/", board.helpers_page, name="helpers"),
    path(f"{_BOARD}/scelta/<uuid:offer_id>/<uuid:slot_id>/", deciding.swap_page, name="swap"),
    path(f"{_BOARD}/proposta/<uuid:item_id>/proponi/", deciding.take_page, name="take"),
    path(f"{_BOARD}/proposta/<uuid:item_id>/fissa/", deciding.pin_page, name="pin"),
    path(f"{_BOARD}/proposta/<uuid:item_id>/libera/", deciding.unpin_page, name="unpin"),
    path(f"{_BOARD}/proposta/<uuid:item_id>/escludi/", deciding.exclude_page, name="exclude"),
    path(f"{_BOARD}/fissata/<uuid:pin_id>/libera/", deciding.release_page, name="release"),
    path(f"{_BOARD}/esclusione/<uuid:exclusion_id>/togli/", deciding.allow_page, name="allow"),
]
