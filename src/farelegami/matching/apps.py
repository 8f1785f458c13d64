from django.apps import AppConfig


class MatchingConfig(AppConfig):
    name = "farelegami.matching"
    label = "matching"
    keeping = "farelegami.matching.keeping.KEEPING"
    doors = "farelegami.matching.permissions.DOORS"
