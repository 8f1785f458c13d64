"""Places nobody needs any more: the second of a person registered twice, those of who was erased.

The rooms below know nothing of places: the worker finds out each day.
"""

from datetime import date
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef

from farelegami.giveback.models import Match, Offer
from farelegami.giveback.rules.matches import OPEN, SEATED, MatchStage, Side
from farelegami.giveback.services.matches import ended, locked_match
from farelegami.kernel import clock
from farelegami.kernel.actor import system_actor
from farelegami.kernel.errors import gettext_noop

_SEATED: Final = tuple(str(stage) for stage in SEATED)
_OPEN: Final = tuple(str(stage) for stage in OPEN)
_WHO: Final = system_actor("posti da lasciare")
# Of who was erased nobody can speak any more; of a seat held twice the older has the same turns.
_NONE_WAITS: Final = date.min
_TWICE: Final = gettext_noop("la persona era registrata due volte")


def leave_second_seats() -> int:
    """End what holds a second seat of one person at the same time and place; return how many.

    The older stays; what was given in the other stays given. The worker calls it each day.
    """
    older = Match.objects.filter(
        person=OuterRef("person"), slot=OuterRef("slot"), stage__in=_SEATED, pk__lt=OuterRef("pk")
    )
    doubled = Match.objects.filter(Exists(older), stage__in=_SEATED)
    left = list(doubled.order_by("pk").values_list("pk", flat=True))
    for match_id in left:
        _leave(match_id, _TWICE)
    return len(left)


def let_erased_go() -> int:
    """End the places and proposals of people who were erased, close their offers; return how many.

    Nothing is said of why: there is nobody any more of whom it could be said.
    """
    gone = {"person__erased_at__isnull": False}
    left = list(Match.objects.filter(stage__in=_OPEN, **gone).values_list("pk", flat=True))
    for match_id in left:
        _leave(match_id, "")
    Offer.objects.filter(closed_on=None, **gone).update(closed_on=clock.today())
    return len(left)


@transaction.atomic
def _leave(match_id: UUID, why: str) -> None:
    match = locked_match(match_id)
    if match.stage == MatchStage.PROPOSED:
        match.declined_at, match.declined_by = clock.now(), Side.STAFF.value
        match.decline_reason = why
        match.save()
        return
    match.interrupted_on, match.seat = clock.today(), None
    match.ended_by, match.end_reason = Side.STAFF.value, why
    ended(_WHO, match, waits_until=_NONE_WAITS, interrupted_on=match.interrupted_on.isoformat())
