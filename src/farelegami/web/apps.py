"""Registers the front-end floor."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "farelegami.web"
    verbose_name = "FareLegami: pagine"
