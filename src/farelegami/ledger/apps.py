from django.apps import AppConfig

from farelegami.ledger.guards import GUARDS


class LedgerConfig(AppConfig):
    name = "farelegami.ledger"
    label = "ledger"
    keeping = "farelegami.ledger.keeping.KEEPING"
    guards = GUARDS
