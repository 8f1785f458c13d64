from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "farelegami.portal"
    label = "portal"
    keeping = "farelegami.portal.keeping.KEEPING"
    doors = "farelegami.portal.permissions.DOORS"
