from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "farelegami.portal"
    label = "portal"
    doors = "farelegami.portal.permissions.DOORS"
