"""Reads of the log: what the DPO may see, and who opened a person's file."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Q, QuerySet

from farelegami.audit.models import Entry, Link
from farelegami.kernel.actor import Actor, Role
from farelegami.storage.pages import KeyPage, key_page


def visible_entries(actor: Actor) -> QuerySet[Entry]:
    """The only door to the log: entries of the districts whose DPO the actor is."""
    return Entry.objects.filter(district_id__in=actor.districts(Role.DPO))


def log_page(
    actor: Actor, *, verb: str = "", kind: str = "", name: str = "", cursor: str = ""
) -> KeyPage[Entry]:
    """Return the newest entries the DPO may see, filtered. One query."""
    entries = visible_entries(actor)
    if verb:
        entries = entries.filter(verb=verb)
    if kind:
        entries = entries.filter(kind=kind)
    if name:
        entries = entries.filter(actor_name__icontains=name)
    return key_page(entries, order=("-id",), cursor=cursor)


def who_opened(
    person_id: UUID, objects: Sequence[UUID] = (), *, cursor: str = ""
) -> KeyPage[Entry]:
    """Return the newest acts on a person's file or on `objects` of theirs. One query.

    The caller has already established that the actor may see the person.
    """
    entries = Entry.objects.filter(Q(person_id=person_id) | Q(object_id__in=list(objects)))
    return key_page(entries, order=("-id",), cursor=cursor)


def last_link() -> Link | None:
    """Return the last link of the chain: up to where the log is sealed. One query."""
    return Link.objects.order_by("-number").first()


def sealed_after(number: int, *, most: int = 500) -> Sequence[tuple[int, Entry]]:
    """Return the entries sealed after link `number`, in order, with their own numbers. Two queries.

    For telling other programs of acts: nothing written earlier is ever sealed behind `number`.
    """
    links = list(Link.objects.filter(number__gt=number).order_by("number")[:most])
    entries = Entry.objects.in_bulk([link.entry_id for link in links])
    return [(link.number, entries[link.entry_id]) for link in links if link.entry_id in entries]
