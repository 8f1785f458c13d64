"""The permission table: one row an address, kept next to the room, enforced for every request.

A room's `AppConfig` names its rows as `doors`. An address without a row answers 404 and breaks a
test. A row opens the door of the page; which objects are behind it is decided by the room's
`visible_…` queries.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Final

from django.apps import apps
from django.utils.module_loading import import_string

from farelegami.kernel.actor import Role
from farelegami.kernel.errors import gettext_noop


class Sight(StrEnum):
    """Which objects a door leads to."""

    NONE = "none"
    DISTRICT = "district"
    OWN = "own"
    ALL = "all"


SIGHT_LABELS: Final = {
    Sight.NONE: gettext_noop("nessun dato di persone"),
    Sight.DISTRICT: gettext_noop("ciò che è del proprio ambito"),
    Sight.OWN: gettext_noop("solo ciò che è affidato a chi apre"),
    Sight.ALL: gettext_noop("dati pubblici o di riferimento"),
}

STAFF: Final = frozenset(Role)
DESK: Final = frozenset({Role.SOCIAL_WORKER, Role.COORDINATOR})


@dataclass(frozen=True, slots=True)
class Door:
    """One address: who may open it, what it does, which objects are behind it.

    `roles` empty and `public` false means anyone who has signed in; `entrance` names the address
    at which they sign in, where it is not the one of the staff. `fresh` asks who opens it to prove
    again who they are, if they have not just done so; `limit` names the rate, in the settings, at
    which forms may be sent from one network address. `by_token` is opened by no session: its room
    asks for a token and keeps the same table.
    """

    name: str
    does: str
    roles: frozenset[Role] = frozenset()
    public: bool = False
    sight: Sight = Sight.NONE
    entrance: str = ""
    fresh: bool = False
    limit: str = ""
    by_token: bool = False


@cache
def all_doors() -> Mapping[str, Door]:
    """Return the table by address name."""
    table: dict[str, Door] = {}
    for config in apps.get_app_configs():
        where = getattr(config, "doors", "")
        for door in import_string(where) if where else ():
            table[door.name] = door
    return table
