from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "farelegami.people"
    label = "people"
