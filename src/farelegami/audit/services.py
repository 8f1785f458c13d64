"""Writing entries, sealing them into the chain, checking the chain."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Final
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.db.models import Exists, OuterRef

from farelegami.audit.models import Emptied, Entry, Link
from farelegami.audit.rules import CHAIN_STARTS_WITH, EMPTYING, Facts, Verb, link_hash, sum_of
from farelegami.kernel import clock
from farelegami.kernel.actor import Actor
from farelegami.storage.guards import lifted
from farelegami.storage.inserts import insert

_BATCH: Final = 5_000
_LONGEST_TRANSACTION_MS: Final = 3_600_000
_TIME_SHIFT: Final = 80
_AT_ONCE: Final = 500


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
    insert(entries)


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


def seal(*, most: int = _BATCH, everything: bool = False) -> int:
    """Chain entries written since the last time and return how many; the worker calls it.

    `everything` looks at all entries, however old: for what a wrong clock has put out of reach.

    Two workers may seal at once: the number is the primary key, so one of them finds it taken,
    leaves its batch, and seals nothing twice.
    """
    last = Link.objects.order_by("-number").first()
    unsealed = Entry.objects.filter(~Exists(Link.objects.filter(entry_id=OuterRef("id"))))
    if last is not None and not everything:
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
    """Return the first id of an hour before an entry, or before now if that is earlier."""
    # A clock that was ahead, and was put right, left entries of a time that is still to come.
    now = int(clock.now().timestamp() * 1000)
    milliseconds = min(entry_id.int >> _TIME_SHIFT, now) - _LONGEST_TRANSACTION_MS
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
    for link, entry, emptied in _links_with_entries():
        sealed += 1
        if link.number != sealed:
            faults.append(f"anello {sealed}: manca (il successivo è {link.number})")
            sealed = link.number
        faults += _link_faults(link, entry, previous, emptied=emptied)
        previous = link.hash
        if progress and sealed % _BATCH == 0:
            progress(sealed)
    waiting = 0
    for entry in Entry.objects.filter(
        ~Exists(Link.objects.filter(entry_id=OuterRef("id")))
    ).iterator(chunk_size=_BATCH):
        waiting += 1
        if entry.computed_digest() != entry.digest and not _is_emptied(entry):
            faults.append(f"registrazione {entry.id} non ancora sigillata: è stata cambiata")
    faults += _emptying_faults()
    return ChainReport(sealed, waiting, previous, faults)


def _link_faults(link: Link, entry: Entry | None, previous: str, *, emptied: bool) -> Iterator[str]:
    if entry is None:
        yield f"anello {link.number}: la registrazione {link.entry_id} è sparita"
    elif emptied and (entry.facts or entry.purpose):
        yield f"anello {link.number}: la registrazione {entry.id} era svuotata e dice qualcosa"
    elif not emptied and entry.computed_digest() != entry.digest:
        yield f"anello {link.number}: la registrazione {entry.id} è stata cambiata"
    elif link_hash(previous, entry.digest) != link.hash:
        yield f"anello {link.number}: la catena non torna"


def _links_with_entries() -> Iterator[tuple[Link, Entry | None, bool]]:
    after = 0
    while True:
        links = list(Link.objects.filter(number__gt=after).order_by("number")[:_BATCH])
        if not links:
            return
        ids = [link.entry_id for link in links]
        entries, emptied = Entry.objects.in_bulk(ids), Emptied.objects.in_bulk(ids)
        for link in links:
            yield link, entries.get(link.entry_id), link.entry_id in emptied
        after = links[-1].number


def _is_emptied(entry: Entry) -> bool:
    return (
        not entry.facts and not entry.purpose and Emptied.objects.filter(entry_id=entry.pk).exists()
    )


def _emptying_faults() -> Iterator[str]:
    """Yield the acts whose emptied entries are not those that the act, in the chain, counted."""
    emptied = Emptied.objects.order_by("act_id", "entry_id").values_list("act_id", "entry_id")
    for act_id, rows in groupby(emptied.iterator(chunk_size=_BATCH), key=itemgetter(0)):
        ids = [entry_id for _act, entry_id in rows]
        act = Entry.objects.filter(kind=EMPTYING, verb=Verb.DELETED, object_id=act_id).first()
        told = act.facts.get("sum") if act else None
        if told != sum_of(_digests(ids)):
            yield f"atto {act_id}: le registrazioni svuotate non sono quelle dell'atto"


def _digests(ids: Sequence[UUID]) -> dict[UUID, str]:
    return {
        entry_id: digest
        for start in range(0, len(ids), _AT_ONCE)
        for entry_id, digest in Entry.objects.filter(
            pk__in=ids[start : start + _AT_ONCE]
        ).values_list("id", "digest")
    }


def empty_entries(
    actor: Actor,
    act_id: UUID,
    *,
    object_ids: Collection[UUID] = (),
    person_ids: Collection[UUID] = (),
    account_ids: Collection[UUID] = (),
    district_id: int | None = None,
) -> int:
    """Erase what the log says of objects, of persons and of what those accounts did; return how many.

    Who acted, on what and when stay, and so does the digest, so that the chain still holds; the
    act is itself an entry, with the sum of those it emptied. Call it inside the transaction.
    """
    found: dict[UUID, Entry] = {}
    for column, ids in (
        ("object_id", object_ids), ("person_id", person_ids), ("account_id", account_ids),
    ):  # fmt: skip
        for some in _portions(ids):
            rows = Entry.objects.filter(**{f"{column}__in": some}).exclude(kind=EMPTYING)
            found.update({entry.pk: entry for entry in rows})
    for some in _portions(found):
        for entry_id in Emptied.objects.filter(pk__in=some).values_list("pk", flat=True):
            del found[entry_id]
    if not found:
        return 0
    own = set(account_ids)
    for entry in found.values():
        entry.facts, entry.purpose = {}, ""
        if entry.account_id in own:
            entry.actor_name = ""
    with lifted(connection, Entry._meta.db_table):
        Entry.objects.bulk_update(
            found.values(), ["facts", "purpose", "actor_name"], batch_size=_AT_ONCE // 5
        )
    at = clock.now()
    Emptied.objects.bulk_create(
        [Emptied(entry_id=each, act_id=act_id, emptied_at=at) for each in found],
        batch_size=_AT_ONCE,
    )
    told = sum_of({pk: entry.digest for pk, entry in found.items()})
    facts: Facts = {"entries": len(found), "sum": told}
    record(
        actor, Verb.DELETED, kind=EMPTYING, object_id=act_id, district_id=district_id, facts=facts
    )
    return len(found)


def _portions(ids: Collection[UUID]) -> Iterator[list[UUID]]:
    """Yield ids a few hundred at a time: SQLite takes no more in one question."""
    every = list(ids)
    for start in range(0, len(every), _AT_ONCE):
        yield every[start : start + _AT_ONCE]
