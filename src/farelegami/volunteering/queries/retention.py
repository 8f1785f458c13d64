"""Whom a register still has to name, for the lists that people decide on (R25)."""

from typing import Final

from django.db.models import Exists, OuterRef, Q

from farelegami.kernel import clock
from farelegami.kernel.periods import months_later
from farelegami.volunteering.models import PucPosition, Volunteer

# Ten years, as the books of a body (c.c. art. 2220).
_KEPT_MONTHS: Final = 120


def is_in_registers() -> Q:
    """Return the condition on a person that a register or a PUC names them, or did of late."""
    since = months_later(clock.today(), -_KEPT_MONTHS)
    volunteers = Volunteer.objects.filter(
        Q(left_on=None) | Q(left_on__gt=since), person=OuterRef("pk")
    )
    positions = PucPosition.objects.filter(person=OuterRef("pk"), ends_on__gt=since)
    return Q(Exists(volunteers)) | Q(Exists(positions))
