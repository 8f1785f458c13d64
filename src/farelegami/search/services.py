"""Keeping the search table: rooms call it in the transaction of their own writing."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db import connection, transaction

from farelegami.search import postgres, sqlite
from farelegami.search.models import Entry
from farelegami.search.rules import EVERYWHERE, folded
from farelegami.storage.acts import one_act
from farelegami.storage.inserts import insert

_LONGEST: Final = 250
_BATCH: Final = 500


@dataclass(frozen=True, slots=True)
class Draft:
    """What a room says of an object to be found: `text` holds every word that may be typed."""

    kind: str
    object_id: UUID
    district_id: int | None
    title: str
    text: str
    subtitle: str = ""


def put(
    kind: str,
    object_id: UUID,
    district_id: int | None,
    title: str,
    text: str,
    *,
    subtitle: str = "",
) -> None:
    """Make an object findable, or change what is known of it."""
    put_many([Draft(kind, object_id, district_id, title, text, subtitle)])


@one_act
def put_many(drafts: Sequence[Draft]) -> None:
    """Make objects findable, by one insert for each few hundred."""
    for start in range(0, len(drafts), _BATCH):
        batch = drafts[start : start + _BATCH]
        insert([_entry(draft) for draft in batch], instead_of="object_id")


@transaction.atomic
def drop(object_ids: Collection[UUID]) -> None:
    """Make objects unfindable."""
    Entry.objects.filter(object_id__in=list(object_ids)).delete()


def reindex() -> None:
    """Make anew what is kept beside the rows, after rows came in another way than by `put`."""
    with transaction.atomic():
        if connection.vendor == "sqlite":
            sqlite.index_all()
        else:
            postgres.collect_words()


def _entry(draft: Draft) -> Entry:
    return Entry(
        kind=draft.kind,
        object_id=draft.object_id,
        district_id=draft.district_id or EVERYWHERE,
        title=draft.title[:_LONGEST],
        subtitle=draft.subtitle[:_LONGEST],
        folded=folded(draft.text),
    )
