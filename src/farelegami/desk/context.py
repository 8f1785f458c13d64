"""What every page of the desk shows around itself: the rail of rooms and who is at work."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import get_script_prefix, reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from farelegami.access.doors import all_doors
from farelegami.kernel.actor import NOBODY, ROLE_LABELS, Actor, Role
from farelegami.kernel.errors import gettext_noop

_ROOMS: Final = (
    ("desk:home", gettext_noop("Oggi"), "it-calendar"),
    ("desk:people", gettext_noop("Persone"), "it-user"),
    ("pacts:pacts", gettext_noop("Patti"), "it-refresh"),
    ("giveback:places", gettext_noop("Spazio ente"), "it-pa"),
    ("matching:board", gettext_noop("Restituzione"), "it-share"),
    ("cases:referrals", gettext_noop("Segnalazioni"), "it-mail"),
    ("cases:sent_referrals", gettext_noop("Segnalazioni inviate"), "it-mail"),
    ("cases:cases", gettext_noop("Percorsi"), "it-folder"),
    ("pacts:decisions", gettext_noop("Da decidere"), "it-check-circle"),
    ("pacts:payments", gettext_noop("Pagamenti"), "it-card"),
    ("pacts:plans", gettext_noop("Piani d’impresa"), "it-chart-line"),
    ("desk:organisations", gettext_noop("Enti"), "it-pa"),
    ("volunteering:registers", gettext_noop("Volontari"), "it-flag"),
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
    short: str


@dataclass(frozen=True, slots=True)
class Me:
    """Who is signed in, as the rail says it."""

    name: str
    initials: str
    role_line: str
    logout_url: str


@dataclass(frozen=True, slots=True)
class Frame:
    """The links around a page of the desk: beside it, under the thumb, and behind "Altro"."""

    rail: SafeString
    thumb: SafeString
    more: SafeString


@lru_cache(maxsize=64)
def _rooms(roles: frozenset[Role], _prefix: str) -> Sequence[tuple[str, str, str, str]]:
    """Return address, name, sign and short name of the rooms whose doors these roles open."""
    doors = all_doors()
    return [
        (reverse(name), label, icon, _SHORT.get(name, label))
        for name, label, icon in _ROOMS
        if (door := doors.get(name)) and (not door.roles or roles & door.roles)
    ]


def frame_for(roles: frozenset[Role], path: str) -> Frame:
    """Return the links to the rooms of these roles; the room that holds `path` is marked."""
    prefix = get_script_prefix()
    urls = [url for url, *_names in _rooms(roles, prefix)]
    within = max((url for url in urls if path.startswith(url)), key=len, default="")
    # Everything of the desk lies under the first room: it is marked on its own page only.
    active = "" if urls and within == urls[0] != path else within
    return _frame(roles, prefix, active, get_language())


@lru_cache(maxsize=512)
def _frame(roles: frozenset[Role], prefix: str, active: str, _language: str | None) -> Frame:
    # The same for everybody with these roles: half of what a page would make anew each time.
    rooms = [
        Room(url, _(label), icon, url == active, _(short))
        for url, label, icon, short in _rooms(roles, prefix)
    ]
    return Frame(
        rail=render_to_string("web/rail.html", {"rooms": rooms}),
        thumb=render_to_string("web/thumb.html", {"rooms": rooms[:3]}),
        more=render_to_string("web/thumb.html", {"rooms": rooms[3:], "whole": True}),
    )


def desk(request: HttpRequest) -> dict[str, Any]:
    """Add `frame`, `me` and `is_demo` to a page; nothing is read from the database."""
    actor: Actor = getattr(request, "actor", NOBODY)
    context: dict[str, Any] = {"is_demo": settings.IS_DEMO}
    if actor.account_id is None:
        return context
    words = actor.name.split()
    roles = sorted({_(ROLE_LABELS[grant.role]) for grant in actor.grants})
    context["frame"] = frame_for(actor.roles(), request.path)
    context["me"] = Me(
        name=actor.name,
        initials="".join(word[0] for word in (words[:1] + words[-1:]) if word).upper(),
        role_line=", ".join(roles),
        logout_url=reverse("account_logout"),
    )
    return context
