"""What every page of the desk shows around itself: the rail of rooms and who is at work."""

from dataclasses import dataclass, replace
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from farelegami.access.doors import all_doors
from farelegami.kernel.actor import NOBODY, ROLE_LABELS, Actor
from farelegami.kernel.errors import gettext_noop

_ROOMS: Final = (
    ("desk:home", gettext_noop("Oggi"), "it-calendar"),
    ("desk:people", gettext_noop("Persone"), "it-user"),
    ("pacts:pacts", gettext_noop("Patti"), "it-refresh"),
    ("cases:referrals", gettext_noop("Segnalazioni"), "it-mail"),
    ("cases:sent_referrals", gettext_noop("Segnalazioni inviate"), "it-mail"),
    ("cases:cases", gettext_noop("Percorsi"), "it-folder"),
    ("pacts:decisions", gettext_noop("Da decidere"), "it-check-circle"),
    ("pacts:payments", gettext_noop("Pagamenti"), "it-card"),
    ("pacts:plans", gettext_noop("Piani d’impresa"), "it-chart-line"),
    ("desk:organisations", gettext_noop("Enti"), "it-pa"),
    ("desk:results", gettext_noop("Risultati"), "it-chart-line"),
    ("access:accounts", gettext_noop("Accessi"), "it-key"),
    ("tokens:list", gettext_noop("Token"), "it-code-circle"),
    ("desk:log", gettext_noop("Registro"), "it-locked"),
    ("privacy:home", gettext_noop("Dati delle persone"), "it-files"),
    ("access:who_may", gettext_noop("Chi può fare cosa"), "it-list"),
)
# Under the thumb there is room for one word.
_SHORT: Final = {"cases:sent_referrals": gettext_noop("Inviate")}


@dataclass(frozen=True, slots=True)
class Room:
    """One line of the rail; `short` is its name under the thumb, on a phone."""

    url: str
    label: str
    icon: str
    active: bool
    count: int = 0
    short: str = ""


@dataclass(frozen=True, slots=True)
class Me:
    """Who is signed in, as the rail says it."""

    name: str
    initials: str
    role_line: str
    logout_url: str


def rail_for(actor: Actor, path: str) -> list[Room]:
    """Return the rooms whose door the actor may open; the one that holds `path` is active."""
    doors, roles, rooms = all_doors(), actor.roles(), []
    for name, label, icon in _ROOMS:
        door = doors.get(name)
        if door and (not door.roles or roles & door.roles):
            short = _(_SHORT.get(name, label))
            rooms.append(Room(reverse(name), _(label), icon, active=False, short=short))
    within = max((room.url for room in rooms if path.startswith(room.url)), key=len, default="")
    # Everything of the desk lies under the first room: it is active on its own page only.
    if path != within and rooms and within == rooms[0].url:
        return rooms
    return [replace(room, active=room.url == within) for room in rooms]


def desk(request: HttpRequest) -> dict[str, Any]:
    """Add `rail`, `me` and `is_demo` to a page; nothing is read from the database."""
    actor: Actor = getattr(request, "actor", NOBODY)
    context: dict[str, Any] = {"is_demo": settings.IS_DEMO}
    if actor.account_id is None:
        return context
    words = actor.name.split()
    roles = sorted({_(ROLE_LABELS[grant.role]) for grant in actor.grants})
    context["rail"] = rail_for(actor, request.path)
    context["me"] = Me(
        name=actor.name,
        initials="".join(word[0] for word in (words[:1] + words[-1:]) if word).upper(),
        role_line=", ".join(roles),
        logout_url=reverse("account_logout"),
    )
    return context
