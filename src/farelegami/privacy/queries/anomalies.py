"""Unusual readings: what the rules look at, and the list the DPO works through."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from django.db.models import QuerySet

from farelegami.access.queries import Worker, workers_by_id
from farelegami.audit.queries import Reading, files_a_day, readings_of
from farelegami.cases.queries.retention import who_follows
from farelegami.kernel.actor import Actor
from farelegami.kernel.errors import NotFound
from farelegami.people.queries.retention import housemates_of, surnames_of
from farelegami.privacy.models import Anomaly
from farelegami.privacy.permissions import protected_districts
from farelegami.privacy.rules.anomalies import Finding, Reader, findings_of
from farelegami.storage.pages import KeyPage, key_page

LOOK_BACK: Final = timedelta(days=30)
_LEAST_LETTERS: Final = 3


def unusual_on(district_id: int, day: date) -> Sequence[Finding]:
    """Return what the rules find in a day of a district. At most ten queries, however many readings."""
    by_reader: dict[UUID, list[Reading]] = {}
    for reading in readings_of(district_id, day):
        by_reader.setdefault(reading.account_id, []).append(reading)
    workers = workers_by_id(list(by_reader), district_id)
    if not workers:
        return []
    usual = files_a_day(district_id, day - LOOK_BACK, day)
    people = {each.person_id for account_id in workers for each in by_reader[account_id]}
    follows, surnames = who_follows(people), surnames_of(people)
    mates = housemates_of([w.person_id for w in workers.values() if w.person_id is not None])
    readers = {
        worker.id: Reader(
            account_id=worker.id,
            name=worker.name,
            readings=[(each.person_id, each.at) for each in by_reader[worker.id]],
            usual=usual.get(worker.id, ()),
            foreign=[each for each, who in follows.items() if worker.id not in who],
            kin=_kin(worker, surnames, mates),
            roles=worker.roles,
        )
        for worker in workers.values()
    }
    return [
        finding
        for reader in readers.values()
        for finding in findings_of(reader, _peers(reader, readers, usual))
    ]


def _kin(
    worker: Worker, surnames: Mapping[UUID, str], mates: Mapping[UUID, frozenset[UUID]]
) -> frozenset[UUID]:
    """Return who, among the persons read, may be of the reader's family; never the reader."""
    surname = worker.name.split()[-1].casefold() if worker.name.split() else ""
    same = {
        person_id
        for person_id, each in surnames.items()
        if len(surname) >= _LEAST_LETTERS and surname in each.casefold().split()
    }
    home = mates.get(worker.person_id, frozenset()) if worker.person_id else frozenset()
    return frozenset(same | home) - {worker.person_id}


def _peers(
    reader: Reader, readers: Mapping[UUID, Reader], usual: Mapping[UUID, Sequence[int]]
) -> list[int]:
    """Return the files a day of those with a role in common, this day and in the month before."""
    found: list[int] = []
    for other in readers.values():
        if other.account_id != reader.account_id and set(other.roles) & set(reader.roles):
            found += [len(other.files), *usual.get(other.account_id, ())]
    return found


def visible_anomalies(actor: Actor) -> QuerySet[Anomaly]:
    """The only door to unusual readings: the districts whose DPO the actor is."""
    return Anomaly.objects.filter(district_id__in=protected_districts(actor))


def anomalies_page(actor: Actor, *, seen: bool = False, cursor: str = "") -> KeyPage[Anomaly]:
    """Return a page of those not yet looked at, or of those that were, newest first. One query."""
    rows = visible_anomalies(actor).filter(seen_at__isnull=not seen).select_related("district")
    return key_page(rows, order=("-id",), cursor=cursor)


def anomaly_for(actor: Actor, anomaly_id: UUID, *, for_update: bool = False) -> Anomaly:
    """Return one, locked if asked.

    Raises:
        NotFound: none that the actor may see.
    """
    rows = visible_anomalies(actor)
    rows = rows.select_for_update(of=("self",)) if for_update else rows.select_related("district")
    found = rows.filter(pk=anomaly_id).first()
    if found is None:
        raise NotFound
    return found


def new_count(actor: Actor) -> int:
    """Return how many nobody has looked at, at most 100. One query."""
    return visible_anomalies(actor).filter(seen_at=None).order_by()[:100].count()
