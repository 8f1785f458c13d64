from django.apps import AppConfig


class OutboxConfig(AppConfig):
    name = "farelegami.outbox"
    label = "outbox"
    keeping = "farelegami.outbox.keeping.KEEPING"
