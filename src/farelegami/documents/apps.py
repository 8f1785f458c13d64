from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "farelegami.documents"
    label = "documents"
    keeping = "farelegami.documents.keeping.KEEPING"
    doors = "farelegami.documents.permissions.DOORS"
