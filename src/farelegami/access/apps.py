from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "farelegami.access"
    label = "access"
    keeping = "farelegami.access.keeping.KEEPING"
    doors = "farelegami.access.permissions.DOORS"
    blind_indexes = ("access.Account.tax_code", "access.Invitation.tax_code")
    sealed_elsewhere = "farelegami.access.sealed.FactorSecrets"
