from typing import Final

from django.apps import AppConfig
from django.utils.module_loading import import_string

from farelegami.cases.guards import GUARDS

# What other districts tell this one, and who listens.
_HEARS: Final = {
    "cases.transfer_proposed": "receive_transfer",
    "cases.transfer_answered": "hear_answer",
    "cases.transfer_withdrawn": "take_back",
}


class CasesConfig(AppConfig):
    name = "farelegami.cases"
    label = "cases"
    keeping = "farelegami.cases.keeping.KEEPING"
    guards = GUARDS
    doors = "farelegami.cases.permissions.DOORS"
    person_columns = (
        "cases.Referral.person",
        "cases.Case.contact",
        "cases.Assessment.person",
    )

    def ready(self) -> None:
        # By name: tables are not there yet when this module is read.
        register = import_string("farelegami.outbox.services.register")
        for topic, handler in _HEARS.items():
            register(topic, import_string(f"farelegami.cases.services.transfers.{handler}"))
