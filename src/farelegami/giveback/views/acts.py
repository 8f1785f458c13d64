"""The pages of single acts of the staff, and what is written of their reading."""

from functools import partial
from typing import Final

from farelegami.access.requests import ActorRequest
from farelegami.audit.services import record_read
from farelegami.giveback.models import Match, Offer
from farelegami.web import acts

act_page: Final = partial(acts.act_page, template="giveback/act.html")


def log_reading(request: ActorRequest, kind: str, row: Offer | Match, why: str) -> None:
    """Write into the log that the actor read what concerns a person (R22)."""
    record_read(
        request.actor,
        kind=kind,
        object_id=row.pk,
        district_id=row.district_id,
        person_ids=[row.person_id],
        purpose=why,
    )
