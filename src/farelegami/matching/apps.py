from django.apps import AppConfig


class MatchingConfig(AppConfig):
    name = "farelegami.matching"
    label = "matching"
    doors = "farelegami.matching.permissions.DOORS"
