from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "farelegami.demo"
    label = "demo"
