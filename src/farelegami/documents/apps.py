from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "farelegami.documents"
    label = "documents"
    doors = "farelegami.documents.permissions.DOORS"
