"""A room of one address, so that the page floor goes through all doors as a visitor's page does."""

from django.apps import AppConfig


class BenchConfig(AppConfig):
    name = "tests.bench"
    doors = "tests.bench.floor.DOORS"
