from django.apps import AppConfig


class GivebackConfig(AppConfig):
    name = "farelegami.giveback"
    label = "giveback"
    keeping = "farelegami.giveback.keeping.KEEPING"
    doors = "farelegami.giveback.permissions.DOORS"
    person_columns = (
        "giveback.HeldRequirement.person",
        "giveback.Offer.person",
        "giveback.Match.person",
    )
