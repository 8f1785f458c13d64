"""Which role is held where, who may give it to whom, and when it cannot be given."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from farelegami.kernel.actor import Role
from farelegami.kernel.errors import Refusal, gettext_noop


class Place(StrEnum):
    """What a role is tied to."""

    DISTRICT = "district"
    ORGANISATION = "organisation"
    PROGRAMME = "programme"
    NOWHERE = "nowhere"


PLACE_OF: Final[Mapping[Role, Place]] = {
    Role.SOCIAL_WORKER: Place.DISTRICT,
    Role.COORDINATOR: Place.DISTRICT,
    Role.CLERK: Place.DISTRICT,
    Role.COMMUNITY_MAKER: Place.DISTRICT,
    Role.HOST: Place.ORGANISATION,
    Role.PANEL: Place.DISTRICT,
    Role.PROGRAMME_MANAGER: Place.PROGRAMME,
    Role.EVALUATOR: Place.PROGRAMME,
    Role.DPO: Place.DISTRICT,
    Role.SYSTEM_ADMIN: Place.NOWHERE,
}

INVITED_BY_COORDINATOR: Final = frozenset(
    {Role.SOCIAL_WORKER, Role.CLERK, Role.COMMUNITY_MAKER, Role.HOST}
)
INVITATION_LASTS: Final = timedelta(days=14)


@dataclass(eq=False)
class UserNameTaken(Refusal):
    code = "access.user_name_taken"
    text = gettext_noop(
        "Il nome utente «%(username)s» è già di un’altra persona: scegline un altro."
    )
    field = "username"
    username: str


@dataclass(eq=False)
class PlaceMissing(Refusal):
    code = "access.place_missing"
    text = gettext_noop("Per questo ruolo va indicato dove vale: ambito, ente o programma.")
    place: str
