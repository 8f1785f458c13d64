"""Places and times that have all the people they take, proposals under way counted in."""

from typing import Final
from uuid import UUID

from django.db.models import Count, F, QuerySet

from farelegami.giveback.models import Match
from farelegami.giveback.rules.matches import OPEN

_OPEN: Final = tuple(str(stage) for stage in OPEN)


def places_full(district_id: int) -> QuerySet[Match, UUID]:
    """Return the ids of the opportunities of a district without a free seat."""
    return _full(district_id, "opportunity")


def times_full(district_id: int) -> QuerySet[Match, UUID]:
    """Return the ids of the times of opportunities of a district without a free seat."""
    return _full(district_id, "slot")


def _full(district_id: int, of: str) -> QuerySet[Match, UUID]:
    held = Match.objects.filter(opportunity__district_id=district_id, stage__in=_OPEN)
    full = held.values(of).annotate(n=Count("pk")).filter(n__gte=F(f"{of}__seats"))
    ids: QuerySet[Match, UUID] = full.values_list(f"{of}_id", flat=True)
    return ids


def under_way(district_id: int) -> QuerySet[Match]:
    """Return the matches of a district that are proposed, agreed or active."""
    return Match.objects.filter(district_id=district_id, stage__in=_OPEN)
