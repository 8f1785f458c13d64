from django.apps import AppConfig
from django.utils.module_loading import import_string

from farelegami.pacts.guards import GUARDS

_PAPERS = {
    "pacts.spend": "farelegami.pacts.queries.may_open_spend_paper",
    "pacts.pact": "farelegami.pacts.queries.may_open_pact_paper",
}


class PactsConfig(AppConfig):
    name = "farelegami.pacts"
    label = "pacts"
    keeping = "farelegami.pacts.keeping.KEEPING"
    guards = GUARDS
    doors = "farelegami.pacts.permissions.DOORS"

    def ready(self) -> None:
        # By name: tables are not there yet when this module is read.
        register_owner = import_string("farelegami.documents.queries.register_owner")
        for kind, checker in _PAPERS.items():
            register_owner(kind, import_string(checker))
        register_standing = import_string("farelegami.documents.queries.register_standing")
        register_standing(
            "pacts.pact", import_string("farelegami.pacts.services.papers.standing_of_text")
        )
