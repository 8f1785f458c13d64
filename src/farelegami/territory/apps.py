from django.apps import AppConfig


class TerritoryConfig(AppConfig):
    name = "farelegami.territory"
    label = "territory"
    keeping = "farelegami.territory.keeping.KEEPING"
