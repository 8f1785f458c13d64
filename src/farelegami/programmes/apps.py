from django.apps import AppConfig


class ProgrammesConfig(AppConfig):
    name = "farelegami.programmes"
    label = "programmes"
    keeping = "farelegami.programmes.keeping.KEEPING"
