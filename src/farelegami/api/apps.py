from django.apps import AppConfig
from django.utils.module_loading import import_string


class ApiConfig(AppConfig):
    name = "farelegami.api"
    label = "api"
    keeping = "farelegami.api.keeping.KEEPING"
    doors = "farelegami.api.permissions.DOORS"

    def ready(self) -> None:
        # By name: tables are not there yet when this module is read.
        register = import_string("farelegami.outbox.services.register")
        topic = import_string("farelegami.api.rules.HOOK_TOPIC")
        register(topic, import_string("farelegami.api.services.hooks.deliver"))
