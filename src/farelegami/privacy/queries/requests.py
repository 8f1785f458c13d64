"""Requests of people about their data: who sees them, lists."""

from uuid import UUID

from django.db.models import QuerySet

from farelegami.kernel import clock
from farelegami.kernel.actor import Actor
from farelegami.kernel.errors import NotFound
from farelegami.privacy.models import DataRequest
from farelegami.privacy.permissions import protected_districts
from farelegami.privacy.rules.requests import RequestKind
from farelegami.storage.pages import KeyPage, key_page

_MOST_COUNTED = 100


def visible_requests(actor: Actor) -> QuerySet[DataRequest]:
    """The only door to requests: those of the districts whose DPO the actor is."""
    return DataRequest.objects.filter(district_id__in=protected_districts(actor))


def requests_page(
    actor: Actor, *, only_open: bool = False, kind: str = "", cursor: str = ""
) -> KeyPage[DataRequest]:
    """Return a page of requests: those that wait by term, or all from the newest. One query."""
    rows = visible_requests(actor).select_related("district").defer("text", "answer")
    if kind in set(RequestKind):
        rows = rows.filter(kind=kind)
    if only_open:
        return key_page(rows.filter(answered_at=None), order=("due_on", "id"), cursor=cursor)
    return key_page(rows, order=("-id",), cursor=cursor)


def request_for(actor: Actor, request_id: UUID, *, for_update: bool = False) -> DataRequest:
    """Return a request, locked if asked.

    Raises:
        NotFound: none that the actor may see.
    """
    rows = visible_requests(actor).select_related("district", "person")
    if for_update:
        rows = visible_requests(actor).select_for_update(of=("self",))
    found = rows.filter(pk=request_id).first()
    if found is None:
        raise NotFound
    return found


def waiting_counts(actor: Actor) -> tuple[int, int]:
    """Return how many requests wait, and how many are late, at most 100 each. Two queries."""
    rows = visible_requests(actor).filter(answered_at=None).order_by()
    late = rows.filter(due_on__lt=clock.today())
    return rows[:_MOST_COUNTED].count(), late[:_MOST_COUNTED].count()
