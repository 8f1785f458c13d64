"""What is past its term, the lists made of it, and the register of what was erased."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from farelegami.cases.queries.retention import cases_past, people_past, referrals_past
from farelegami.kernel import clock
from farelegami.kernel.actor import Actor
from farelegami.kernel.errors import NotFound
from farelegami.kernel.periods import months_later
from farelegami.privacy.models import Erasure, RetentionItem, RetentionList
from farelegami.privacy.permissions import list_districts
from farelegami.privacy.queries.plan import plan
from farelegami.privacy.rules.conservation import CASE_TERM, PERSON_TERM, REFERRAL_TERM
from farelegami.privacy.rules.retention import CASE, MOST_ITEMS, MOST_TRIES, PERSON, REFERRAL
from farelegami.storage.pages import KeyPage, key_page

_TERM_OF: Final[Mapping[str, str]] = {
    REFERRAL: REFERRAL_TERM, CASE: CASE_TERM, PERSON: PERSON_TERM,
}  # fmt: skip
# What somebody took out of a list is proposed again a year later.
KEPT_FOR_MONTHS: Final = 12
_MOST_SHOWN: Final = 200


@dataclass(frozen=True, slots=True)
class Due:
    """Something past its term: `since` is the day from which the term ran."""

    object_id: UUID
    label: str
    since: date


def past_term(district_id: int, root: str, *, most: int = MOST_ITEMS) -> Sequence[Due]:
    """Return what is past its term in a district and in no list, oldest first. One query."""
    return _due(district_id, root, most=most, only=None)


def is_past_term(district_id: int, root: str, object_id: UUID) -> bool:
    """Return whether one object is past its term, whatever lists it is in. One query."""
    return bool(_due(district_id, root, most=1, only=object_id))


def _due(district_id: int, root: str, *, most: int, only: UUID | None) -> Sequence[Due]:
    before = months_later(clock.today(), -plan()[_TERM_OF[root]].months)

    def narrowed(rows: QuerySet[Any]) -> QuerySet[Any]:
        if only is not None:
            return rows.filter(pk=only)
        listed = RetentionItem.objects.filter(object_id=OuterRef("pk"), taken_out_at=None)
        year = months_later(clock.today(), -KEPT_FOR_MONTHS)
        kept = RetentionItem.objects.filter(object_id=OuterRef("pk"), taken_out_at__date__gt=year)
        return rows.filter(~Exists(listed), ~Exists(kept)).order_by("pk")

    if root == REFERRAL:
        return [
            Due(row.pk, row.code, _day(row.received_at))
            for row in narrowed(referrals_past(district_id, before))[:most]
        ]
    if root == CASE:
        return [
            Due(
                row.pk, _("aperto il %(day)s") % {"day": f"{row.opened_on:%d/%m/%Y}"}, row.closed_on
            )
            for row in narrowed(cases_past(district_id, before))[:most]
            if row.closed_on is not None
        ]
    return [
        Due(row.pk, row.pk.hex[20:], _day(row.registered_at))
        for row in narrowed(people_past(district_id, before))[:most]
    ]


def _day(moment: datetime) -> date:
    return moment.astimezone(clock.ROME).date()


def visible_lists(actor: Actor) -> QuerySet[RetentionList]:
    """The only door to the lists: those of the districts one protects or coordinates."""
    return RetentionList.objects.filter(district_id__in=list_districts(actor))


def lists_page(actor: Actor, *, cursor: str = "") -> KeyPage[RetentionList]:
    """Return a page of lists, newest first, with `left` and `erased` items. One query."""
    rows = (
        visible_lists(actor)
        .select_related("district")
        .annotate(
            left=Count("items", filter=Q(items__taken_out_at=None)),
            erased=Count("items", filter=Q(items__erased_at__isnull=False)),
        )
    )
    return key_page(rows, order=("-id",), cursor=cursor)


def list_for(actor: Actor, list_id: UUID, *, for_update: bool = False) -> RetentionList:
    """Return a list, locked if asked.

    Raises:
        NotFound: none that the actor may see.
    """
    rows = visible_lists(actor).select_related("district", "request")
    if for_update:
        rows = visible_lists(actor).select_for_update(of=("self",))
    found = rows.filter(pk=list_id).first()
    if found is None:
        raise NotFound
    return found


def items_of(list_id: UUID) -> Sequence[RetentionItem]:
    """Return the items of a list the actor sees, oldest first. One query."""
    return list(RetentionItem.objects.filter(list_id=list_id).order_by("since", "id")[:_MOST_SHOWN])


def waiting_lists(actor: Actor) -> Sequence[RetentionList]:
    """Return the lists that wait for somebody, oldest first. One query."""
    rows = visible_lists(actor).filter(approved_at=None, dropped_at=None)
    rows = rows.select_related("district").annotate(
        left=Count("items", filter=Q(items__taken_out_at=None))
    )
    return list(rows.order_by("id")[:20])


def every_waiting() -> Sequence[tuple[RetentionList, int]]:
    """Return every list not done nor dropped, with what is left in it: for the command line."""
    rows = RetentionList.objects.filter(done_at=None, dropped_at=None).select_related("district")
    counted = rows.annotate(left=Count("items", filter=Q(items__taken_out_at=None)))
    return [(each, each.left) for each in counted.order_by("district_id", "id")]


def next_to_erase() -> QuerySet[RetentionItem]:
    """Return the items of approved lists still to be erased, those never tried first."""
    return RetentionItem.objects.filter(
        list__approved_at__isnull=False, list__done_at=None, taken_out_at=None, erased_at=None,
        tries__lt=MOST_TRIES,
    ).order_by("tries", "id")  # fmt: skip


def erasures_page(actor: Actor, *, cursor: str = "") -> KeyPage[Erasure]:
    """Return a page of the register of erasures, newest first. One query."""
    rows = Erasure.objects.filter(district_id__in=list_districts(actor))
    return key_page(rows.select_related("district"), order=("-id",), cursor=cursor)
