from django.apps import AppConfig


class BackupsConfig(AppConfig):
    name = "farelegami.backups"
    label = "backups"
