from django.apps import AppConfig

from farelegami.volunteering.guards import GUARDS


class VolunteeringConfig(AppConfig):
    name = "farelegami.volunteering"
    label = "volunteering"
    keeping = "farelegami.volunteering.keeping.KEEPING"
    guards = GUARDS
    # An entry of a register is not moved: it stays as it was written.
    person_columns = (
        "volunteering.Volunteer.person",
        "volunteering.PaidLink.person",
        "volunteering.PucPosition.person",
        "volunteering.Cover.person",
        "volunteering.ServiceDay.person",
    )
