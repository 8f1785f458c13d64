"""Reads of the log: what the DPO may see, and who opened a person's file."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import TruncDate

from farelegami.audit.models import Entry, Link
from farelegami.audit.rules import Verb
from farelegami.kernel import clock
from farelegami.kernel.actor import Actor, Role
from farelegami.storage.pages import KeyPage, key_page

_ONE_DAY: Final = timedelta(days=1)


def visible_entries(actor: Actor) -> QuerySet[Entry]:
    """The only door to the log: entries of the districts whose DPO the actor is."""
    return Entry.objects.filter(district_id__in=actor.districts(Role.DPO))


def log_page(
    actor: Actor,
    *,
    verb: str = "",
    kind: str = "",
    name: str = "",
    account_id: UUID | None = None,
    person_id: UUID | None = None,
    day: date | None = None,
    cursor: str = "",
) -> KeyPage[Entry]:
    """Return the newest entries the DPO may see, filtered. One query."""
    entries = visible_entries(actor)
    if account_id is not None:
        entries = entries.filter(account_id=account_id)
    if person_id is not None:
        entries = entries.filter(person_id=person_id)
    if day is not None:
        entries = entries.filter(at__gte=_midnight(day), at__lt=_midnight(day + _ONE_DAY))
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


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=clock.ROME)


@dataclass(frozen=True, slots=True)
class Reading:
    """That an account opened the file of a person, and when, in Italian time."""

    account_id: UUID
    name: str
    person_id: UUID
    at: datetime


def readings_of(district_id: int, day: date) -> Sequence[Reading]:
    """Return who read whose file in a district on a day, for who looks for unusual readings. One query."""
    rows = _readings(district_id, day, day + _ONE_DAY).order_by("id")
    return [
        Reading(account_id, name, person_id, at.astimezone(clock.ROME))
        for account_id, name, person_id, at in rows.values_list(
            "account_id", "actor_name", "person_id", "at"
        )
        if account_id is not None and person_id is not None
    ]


def files_a_day(district_id: int, since: date, until: date) -> Mapping[UUID, Sequence[int]]:
    """Return how many files each account read on each day it read any, until the day before. One query."""
    found: dict[UUID, list[int]] = {}
    days = (
        _readings(district_id, since, until)
        .annotate(day=TruncDate("at", tzinfo=clock.ROME))
        .values_list("account_id", "day")
        .annotate(files=Count("person_id", distinct=True))
        .order_by("account_id", "day")
    )
    for account_id, _day, files in days:
        if account_id is not None:
            found.setdefault(account_id, []).append(files)
    return found


def _readings(district_id: int, since: date, until: date) -> QuerySet[Entry]:
    return Entry.objects.filter(
        district_id=district_id,
        at__gte=_midnight(since),
        at__lt=_midnight(until),
        verb__in=[Verb.READ, Verb.EXPORTED],
        person_id__isnull=False,
        account_id__isnull=False,
    )


def acts_on(person_ids: Collection[UUID], *, most: int) -> Iterator[Entry]:
    """Yield the newest acts on a person's file, for the copy of their data. One query."""
    rows = Entry.objects.filter(person_id__in=person_ids).order_by("-id")[:most]
    yield from rows.iterator(chunk_size=500)
