from django.apps import AppConfig
from django.utils.module_loading import import_string

from farelegami.volunteering.guards import GUARDS

_HEARS = {"people.merged": "join_stays", "people.unmerged": "part_stays"}
_PAPERS = {
    "volunteering.refund": "farelegami.volunteering.queries.refunds.may_open_receipt",
    "volunteering.register": "farelegami.volunteering.queries.registers.may_open_paper",
}


class VolunteeringConfig(AppConfig):
    name = "farelegami.volunteering"
    label = "volunteering"
    keeping = "farelegami.volunteering.keeping.KEEPING"
    guards = GUARDS
    doors = "farelegami.volunteering.permissions.DOORS"
    # An entry of a register is not moved: it stays as it was written.
    person_columns = (
        "volunteering.Volunteer.person",
        "volunteering.PaidLink.person",
        "volunteering.PucPosition.person",
        "volunteering.Cover.person",
        "volunteering.ServiceDay.person",
        "volunteering.Refund.person",
    )

    def ready(self) -> None:
        # By name: tables are not there yet when this module is read.
        hear = import_string("farelegami.outbox.services.register")
        for topic, handler in _HEARS.items():
            hear(topic, import_string(f"farelegami.volunteering.services.joining.{handler}"))
        register_owner = import_string("farelegami.documents.queries.register_owner")
        for kind, checker in _PAPERS.items():
            register_owner(kind, import_string(checker))
        register_standing = import_string("farelegami.documents.queries.register_standing")
        register_standing(
            "volunteering.register",
            import_string("farelegami.volunteering.services.exporting.standing_of_register"),
        )
