from django.apps import AppConfig

from farelegami.cases.guards import GUARDS


class CasesConfig(AppConfig):
    name = "farelegami.cases"
    label = "cases"
    guards = GUARDS
    doors = "farelegami.cases.permissions.DOORS"
    person_columns = (
        "cases.Referral.person",
        "cases.Case.contact",
        "cases.Assessment.person",
    )
