"""Marking registrations as erased; what hangs from them goes by the declarations of every room."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from farelegami.people.models import Person


def mark_erased(person_ids: Collection[UUID], at: datetime) -> None:
    """Mark registrations as erased, before what hangs from them goes, in the same transaction."""
    Person.objects.filter(pk__in=person_ids).update(erased_at=at)


def lock_people(person_ids: Collection[UUID]) -> None:
    """Lock registrations against whoever would write to them meanwhile."""
    list(Person.objects.select_for_update(of=("self",)).filter(pk__in=person_ids).only("pk"))
