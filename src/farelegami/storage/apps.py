from django.apps import AppConfig
from django.core import checks
from django.db.models.signals import post_migrate

from farelegami.storage import guards


class StorageConfig(AppConfig):
    name = "farelegami.storage"
    label = "storage"

    def ready(self) -> None:
        # Django rebuilds a table on SQLite when a column changes and drops its triggers, so they
        # are put back after every migrate rather than by a migration.
        post_migrate.connect(guards.install_after_migrate, sender=self)
        checks.register(guards.check_guards, checks.Tags.database)
