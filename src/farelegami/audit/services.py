"""Writing entries, sealing them into the chain, checking the chain."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef

from farelegami.audit.models import Entry, Link
from farelegami.audit.rules import CHAIN_STARTS_WITH, Facts, Verb, link_hash
from farelegami.kernel import clock
from farelegami.kernel.actor import Actor

_BATCH: Final = 5_000
_LONGEST_TRANSACTION_MS: Final = 3_600_000
_TIME_SHIFT: Final = 80


def record(
    actor: Actor,
    verb: Verb,
    *,
    kind: str,
    object_id: UUID | None = None,
    district_id: int | None = None,
    person_ids: Sequence[UUID] = (),
    purpose: str = "",
    facts: Facts | None = None,
) -> None:
    """Add one entry for each person concerned, or one if none is, in one insert.

    Call it inside the transaction of the act; `facts` never carry sealed text.
    """
    at = clock.now()
    entries = [
        Entry(
            at=at,
            account_id=actor.account_id,
            actor_name=actor.name[:150],
            verb=verb,
            kind=kind,
            object_id=object_id,
            district_id=district_id,
            person_id=person_id,
            purpose=purpose[:200],
            facts=dict(facts or {}),
        )
        for person_id in (person_ids or (None,))
    ]
    for entry in entries:
        entry.digest = entry.computed_digest()
    Entry.objects.bulk_create(entries)


def record_read(
    actor: Actor,
    *,
    kind: str,
    object_id: UUID,
    district_id: int | None,
    person_ids: Sequence[UUID] = (),
    purpose: str = "",
) -> None:
    """Add that the actor read an object (R22)."""
    record(
        actor,
        Verb.READ,
        kind=kind,
        object_id=object_id,
        district_id=district_id,
        person_ids=person_ids,
        purpose=purpose,
    )


def seal(*, most: int = _BATCH) -> int:
    """Chain entries written since the last time and return how many; the worker calls it.

    Two workers may seal at once: the number is the primary key, so one of them finds it taken,
    leaves its batch, and seals nothing twice.
    """
    last = Link.objects.order_by("-number").first()
    unsealed = Entry.objects.filter(~Exists(Link.objects.filter(entry_id=OuterRef("id"))))
    if last is not None:
        # An older transaction may commit after a younger one was sealed, but not by an hour.
        unsealed = unsealed.filter(id__gte=_an_hour_before(last.entry_id))
    number, previous = (last.number, last.hash) if last else (0, CHAIN_STARTS_WITH)
    links, at = [], clock.now()
    for entry_id, digest in unsealed.order_by("id").values_list("id", "digest")[:most]:
        number, previous = number + 1, link_hash(previous, digest)
        links.append(Link(number=number, entry_id=entry_id, hash=previous, sealed_at=at))
    try:
        with transaction.atomic():
            Link.objects.bulk_create(links, batch_size=1000)
    except IntegrityError:
        return 0
    return len(links)


def _an_hour_before(entry_id: UUID) -> UUID:
    milliseconds = (entry_id.int >> _TIME_SHIFT) - _LONGEST_TRANSACTION_MS
    return UUID(int=max(0, milliseconds) << _TIME_SHIFT)


@dataclass(frozen=True, slots=True)
class ChainReport:
    """What a check of the chain found; `faults` are sentences, none when all is well."""

    sealed: int
    waiting: int
    head: str
    faults: Sequence[str]


def check_chain(progress: Callable[[int], None] | None = None) -> ChainReport:
    """Recompute every digest and every link, streaming, and return what does not agree."""
    faults: list[str] = []
    previous, sealed = CHAIN_STARTS_WITH, 0
    for link, entry in _links_with_entries():
        sealed += 1
        if link.number != sealed:
            faults.append(f"anello {sealed}: manca (il successivo è {link.number})")
            sealed = link.number
        faults += _link_faults(link, entry, previous)
        previous = link.hash
        if progress and sealed % _BATCH == 0:
            progress(sealed)
    waiting = 0
    for entry in Entry.objects.filter(
        ~Exists(Link.objects.filter(entry_id=OuterRef("id")))
    ).iterator(chunk_size=_BATCH):
        waiting += 1
        if entry.computed_digest() != entry.digest:
            faults.append(f"registrazione {entry.id} non ancora sigillata: è stata cambiata")
    return ChainReport(sealed, waiting, previous, faults)


def _link_faults(link: Link, entry: Entry | None, previous: str) -> Iterator[str]:
    if entry is None:
        yield f"anello {link.number}: la registrazione {link.entry_id} è sparita"
    elif entry.computed_digest() != entry.digest:
        yield f"anello {link.number}: la registrazione {entry.id} è stata cambiata"
    elif link_hash(previous, entry.digest) != link.hash:
        yield f"anello {link.number}: la catena non torna"


def _links_with_entries() -> Iterator[tuple[Link, Entry | None]]:
    after = 0
    while True:
        links = list(Link.objects.filter(number__gt=after).order_by("number")[:_BATCH])
        if not links:
            return
        entries = Entry.objects.in_bulk([link.entry_id for link in links])
        for link in links:
            yield link, entries.get(link.entry_id)
        after = links[-1].number
