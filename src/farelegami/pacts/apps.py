from django.apps import AppConfig

from farelegami.pacts.guards import GUARDS


class PactsConfig(AppConfig):
    name = "farelegami.pacts"
    label = "pacts"
    guards = GUARDS
    doors = "farelegami.pacts.permissions.DOORS"
