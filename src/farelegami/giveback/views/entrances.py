"""By which way somebody comes in to receive people, and the addresses of that way."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from typing import Any, Final
from uuid import UUID

from django.forms import BaseForm
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from farelegami.access.requests import ActorRequest
from farelegami.giveback.models import Opportunity
from farelegami.giveback.queries.sight import Host, host_at, host_by
from farelegami.giveback.rules.hosts import told_to_host
from farelegami.giveback.services.opportunities import note_opened
from farelegami.kernel.errors import NotFound, Refusal
from farelegami.web.refusals import sentence

_PAGES: Final = ("answer", "turn", "cancel", "changed")


@dataclass(frozen=True, slots=True)
class Entrance:
    """Who receives people at which opportunity; `way` begins the names of its addresses."""

    host: Host
    opportunity: Opportunity
    way: str
    key: str | UUID

    def url(self, page: str = "", *rest: UUID) -> str:
        """Return the address of a page of this entrance; its first without a name."""
        name = f"{self.way}_{page}" if page else self.way
        return reverse(f"giveback:{name}", args=[self.key, *rest])

    @property
    def names(self) -> Mapping[str, str]:
        """The names of its pages that need one thing more, for templates."""
        return {page: f"giveback:{self.way}_{page}" for page in _PAGES}

    @property
    def home(self) -> str:
        """Where it begins; the staff come from the page of the opportunity."""
        return self.url()

    @property
    def confirm(self) -> str:
        return self.url("confirm")

    @property
    def needed(self) -> str:
        return self.url("needed")

    @property
    def sheet(self) -> str:
        return self.url("sheet")

    @property
    def typing(self) -> str:
        return self.url("typing")

    @property
    def by_link(self) -> bool:
        return self.way == "host"


View = Callable[..., HttpResponse]


def entered(view: View) -> View:
    """Return the page for who comes by link, as referent, or from the staff with a paper in hand.

    It is never kept, never found by search engines, and its address goes to no other site.
    """

    @never_cache
    @wraps(view)
    def page(request: ActorRequest, **named: Any) -> HttpResponse:
        try:
            entrance = _entrance(request, named)
        except NotFound:
            if "token" not in named:
                raise
            return _private(render(request, "giveback/closed.html", status=404))
        rest = {name: each for name, each in named.items() if name not in _KEYS}
        return _private(view(request, entrance, **rest))

    return page


_KEYS: Final = frozenset({"token", "opportunity_id", "way"})


def _entrance(request: ActorRequest, named: dict[str, Any]) -> Entrance:
    if "token" in named:
        host, link = host_by(named["token"])
        note_opened(link)
        return Entrance(host, link.opportunity, "host", named["token"])
    host, opportunity = host_at(request.actor, named["opportunity_id"])
    return Entrance(host, opportunity, named.get("way", "place"), opportunity.pk)


def _private(response: HttpResponse) -> HttpResponse:
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Referrer-Policy"] = "same-origin"
    return response


def said_to_host(refusal: Refusal) -> str:
    """Return why something cannot be, as a host may know it."""
    return sentence(told_to_host(refusal))


@contextmanager
def shown_to_host(form: BaseForm) -> Iterator[None]:
    """Show a refusal on the form, in the words a host may read."""
    try:
        yield
    except Refusal as refusal:
        field = refusal.field if refusal.field in form.fields else None
        form.add_error(field, said_to_host(refusal))
