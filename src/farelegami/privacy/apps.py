from django.apps import AppConfig

from farelegami.privacy.guards import GUARDS


class PrivacyConfig(AppConfig):
    name = "farelegami.privacy"
    label = "privacy"
    keeping = "farelegami.privacy.keeping.KEEPING"
    guards = GUARDS
    person_columns = ("privacy.DataRequest.person",)
    doors = "farelegami.privacy.permissions.DOORS"
