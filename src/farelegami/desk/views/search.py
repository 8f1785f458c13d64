"""One box over people, pacts, organisations and places, within what the actor may see."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from farelegami.access.requests import ActorRequest
from farelegami.kernel.actor import Actor
from farelegami.kernel.errors import gettext_noop
from farelegami.network.permissions import may_see_network, staff_districts
from farelegami.network.queries import ORGANISATION
from farelegami.pacts.queries import seen_pacts
from farelegami.people.permissions import registry_districts
from farelegami.people.queries.persons import PERSON, seen_people
from farelegami.search.queries import Allowed, Hit, Scope, find_within
from farelegami.territory.queries import PLACE

PACT: Final = "pacts.pact"
_MOST: Final = 40
_LONGEST: Final = 80
# In this order on the page; a place has no page of its own, so it leads nowhere.
_GROUPS: Final = (
    (PERSON, gettext_noop("Persone"), "desk:person", "it-user"),
    (PACT, gettext_noop("Patti"), "pacts:pact", "it-refresh"),
    (ORGANISATION, gettext_noop("Enti"), "desk:organisation", "it-pa"),
    (PLACE, gettext_noop("Luoghi"), "", "it-map-marker"),
)


@dataclass(frozen=True, slots=True)
class Line:
    title: str
    subtitle: str
    url: str


@dataclass(frozen=True, slots=True)
class Group:
    """The hits of one kind."""

    label: str
    icon: str
    lines: Sequence[Line]


def scopes_of(actor: Actor) -> list[Scope]:
    """Return what an actor may look for, and in which districts."""
    registry, here = registry_districts(actor), staff_districts(actor)
    scopes = []
    if registry:
        scopes.append(Scope(frozenset({PERSON}), registry, everywhere=False))
    if here:
        scopes.append(Scope(frozenset({PACT, PLACE}), here, everywhere=False))
    if may_see_network(actor):
        scopes.append(Scope(frozenset({ORGANISATION}), here))
    return scopes


def allowed_to(actor: Actor) -> Allowed:
    """Return, for the kinds whose sight is narrower than a district, what says which one sees."""
    return {PERSON: partial(seen_people, actor), PACT: partial(seen_pacts, actor)}


@require_safe
def search_page(request: ActorRequest) -> HttpResponse:
    """Show what answers a search, by kind, nearest first."""
    text = request.GET.get("q", "").strip()[:_LONGEST]
    hits = (
        find_within(text, scopes_of(request.actor), limit=_MOST, allowed=allowed_to(request.actor))
        if text
        else []
    )
    return render(
        request,
        "desk/search.html",
        {
            "search_text": text,
            "groups": _grouped(hits),
            "count": len(hits),
            "sees_people": bool(registry_districts(request.actor)),
        },
    )


def _grouped(hits: Sequence[Hit]) -> list[Group]:
    groups = []
    for kind, label, page, icon in _GROUPS:
        lines = [
            Line(hit.title, hit.subtitle, reverse(page, args=[hit.object_id]) if page else "")
            for hit in hits
            if hit.kind == kind
        ]
        if lines:
            groups.append(Group(_(label), icon, lines))
    return groups
