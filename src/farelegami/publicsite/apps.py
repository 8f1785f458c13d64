"""Registers the public site and its doors."""

from django.apps import AppConfig


class PublicsiteConfig(AppConfig):
    name = "farelegami.publicsite"
    label = "publicsite"
    doors = "farelegami.publicsite.permissions.DOORS"
