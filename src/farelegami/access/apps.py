from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "farelegami.access"
    label = "access"
    doors = "farelegami.access.permissions.DOORS"
    sealed_elsewhere = "farelegami.access.sealed.FactorSecrets"
