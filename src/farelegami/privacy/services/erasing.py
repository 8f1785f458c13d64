"""Erasing what an approved list names, one item a transaction, leaving the proof.

A crash leaves an item whole or erased, never in between; the next run goes on. Files leave the disk
once the transaction is there to stay; a crash right then leaves files that no row names, which
`documents.services.discard_orphans` sweeps.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext as _

from farelegami.access.queries import accounts_of
from farelegami.access.services import forget_sessions
from farelegami.audit.services import empty_entries
from farelegami.cases.queries.retention import is_named
from farelegami.cases.services.erasing import mark_cases_erased, mark_referrals_erased
from farelegami.documents.services import erase_documents
from farelegami.kernel import clock
from farelegami.kernel.actor import system_actor
from farelegami.kernel.errors import NotAllowed
from farelegami.outbox.services import forget
from farelegami.people.queries.persons import ids_of
from farelegami.people.queries.retention import contacts_of, is_erasable
from farelegami.people.services.erasing import lock_people, mark_erased
from farelegami.privacy.models import Erasure, RetentionItem, RetentionList
from farelegami.privacy.queries.retention import is_past_term, next_to_erase
from farelegami.privacy.rules.retention import CASE, PERSON, REFERRAL
from farelegami.search.services import drop
from farelegami.storage.erasing import Found, erase_rows, hanging_from, joined, seal_of
from farelegami.volunteering.services import papers_naming

logger = logging.getLogger("farelegami.privacy")
WORKER: Final = system_actor("cancellazioni autorizzate")
_DOCUMENT: Final = "documents.Document"
_PAPER: Final = "documents.IssuedPaper"
_REGISTER_ENTRY: Final = "volunteering.RegisterEntry"
_NOT_ROWS: Final = ("audit.Entry", "search.Entry")


@dataclass(frozen=True, slots=True)
class Erased:
    """What went or was emptied, its keyed digest, and how many entries of the log were emptied."""

    found: Found
    seal: str
    log_entries: int


@dataclass(frozen=True, slots=True)
class _Whom:
    """Whose things an item erases, besides its rows."""

    root_ids: list[UUID]
    people: list[UUID]
    accounts: list[UUID]
    addresses: list[str]


def erase_next() -> bool:
    """Erase the next item of an approved list and return whether there was one. For the worker."""
    item_id = None
    try:
        with transaction.atomic():
            item = _next_item()
            if item is None:
                return _finish_lists() > 0
            item_id = item.pk
            _erase_or_leave(item)
    except Exception as error:
        if item_id is None:
            raise
        logger.exception("item %s of a retention list not erased", item_id)
        RetentionItem.objects.filter(pk=item_id).update(
            tries=_tries(item_id) + 1, last_error=f"{type(error).__name__}: {error}"[:300]
        )
    return True


def _tries(item_id: UUID) -> int:
    return RetentionItem.objects.values_list("tries", flat=True).get(pk=item_id)


def _next_item() -> RetentionItem | None:
    """Return the next item, locked together with nothing else: two workers take two."""
    rows = next_to_erase()
    if connection.features.has_select_for_update_skip_locked:
        rows = rows.select_for_update(skip_locked=True, of=("self",))
    return rows.first()


def _finish_lists() -> int:
    """Mark the approved lists of which nothing is left to erase."""
    left = RetentionItem.objects.filter(taken_out_at=None, erased_at=None).values("list")
    rows = RetentionList.objects.filter(approved_at__isnull=False, done_at=None)
    return rows.exclude(pk__in=left).update(done_at=clock.now())


def _erase_or_leave(item: RetentionItem) -> None:
    """Erase an item, or take it out if since the approval it is past its term no more."""
    approval = RetentionList.objects.get(pk=item.list_id)
    if item.root == PERSON:
        # Whoever names, merges or restricts them now is waited for.
        lock_people([item.object_id])
    if approval.request_id is not None:
        due = is_erasable(item.object_id)
    else:
        due = is_past_term(item.district_id, item.root, item.object_id)
    if item.root == PERSON:
        due = due and not is_named(item.object_id)
    if not due:
        item.taken_out_at, item.taken_out_by_name = clock.now(), WORKER.name
        item.taken_out_reason = _(
            "da quando è stata approvata qualcosa è cambiato: un atto la nomina di nuovo,"
            " la scheda è unita a un’altra o il trattamento è limitato"
        )
        item.save(update_fields=["taken_out_at", "taken_out_by_name", "taken_out_reason"])
        return
    _erase(item, approval)


def _erase(item: RetentionItem, approval: RetentionList) -> None:
    if approval.approved_at is None or approval.approved_by_id is None:
        raise NotAllowed
    now = clock.now()
    erased = erase_all_of(
        item.root, item.object_id, act_id=item.pk, district_id=item.district_id, at=now
    )
    Erasure.objects.create(
        district_id=item.district_id, item_id=item.pk, list_id=item.list_id, root=item.root,
        object_id=item.object_id, label=item.label, counts=_counts(erased.found),
        ids=_ids(erased.found), log_entries=erased.log_entries, seal=erased.seal,
        proposed_by_name=approval.proposed_by_name, approved_by_id=approval.approved_by_id,
        approved_by_name=approval.approved_by_name, approved_at=approval.approved_at,
        erased_at=now,
    )  # fmt: skip
    item.erased_at = now
    item.save(update_fields=["erased_at"])


def erase_all_of(
    root: str,
    object_id: UUID,
    *,
    act_id: UUID,
    district_id: int,
    at: datetime,
    also: Mapping[str, Sequence[str]] = MappingProxyType({}),
) -> Erased:
    """Erase a root with everything that hangs from it and return what it was, in a transaction.

    `also` are rows that hung from it when it was erased the first time, by `room.Model`. Nothing
    is asked here: the decision was taken.
    """
    whom = _whom(root, object_id, [UUID(key) for key in also.get(PERSON, ())])
    if root == PERSON:
        lock_people(whom.root_ids)
    _MARK[root](whom.root_ids, at)
    found = joined(hanging_from(root, whom.root_ids), also)
    # Printed before: what a register says of them goes from its papers too.
    found = joined(found, papers_naming(found.get(_REGISTER_ENTRY, [])))
    every = {pk for keys in found.values() for pk in keys if isinstance(pk, UUID)}
    sealed = seal_of(found)
    emptied = empty_entries(
        WORKER, act_id, object_ids=every, person_ids=whom.people, account_ids=whom.accounts,
        district_id=district_id,
    )  # fmt: skip
    forgotten = forget(every, whom.addresses)
    if whom.accounts:
        forget_sessions(whom.accounts)
    drop(every)
    erase_rows(found)
    erase_documents(found.get(_DOCUMENT, []), found.get(_PAPER, []))
    if forgotten:
        found["outbox.Event"] = list(forgotten)
    return Erased(found, sealed, emptied)


def _whom(root: str, object_id: UUID, merged: Sequence[UUID]) -> _Whom:
    if root != PERSON:
        return _Whom([object_id], [], [], [])
    people = list(dict.fromkeys([*ids_of(object_id), *merged]))
    return _Whom(people, people, list(accounts_of(people)), list(contacts_of(people)))


_MARK: Final[Mapping[str, Callable[..., None]]] = {
    REFERRAL: mark_referrals_erased,
    CASE: mark_cases_erased,
    PERSON: mark_erased,
}


def _counts(found: Found) -> dict[str, int]:
    return {label: len(keys) for label, keys in found.items() if label not in _NOT_ROWS}


def _ids(found: Found) -> dict[str, list[str]]:
    return {
        label: [str(key) for key in keys] for label, keys in found.items() if label not in _NOT_ROWS
    }
