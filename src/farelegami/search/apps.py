from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "farelegami.search"
    label = "search"
    keeping = "farelegami.search.keeping.KEEPING"
