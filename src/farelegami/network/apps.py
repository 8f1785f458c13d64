from django.apps import AppConfig


class NetworkConfig(AppConfig):
    name = "farelegami.network"
    label = "network"
    keeping = "farelegami.network.keeping.KEEPING"
