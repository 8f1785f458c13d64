from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "farelegami.desk"
    label = "desk"
    doors = "farelegami.desk.permissions.DOORS"
