"""Covers are made and shortened by the acts on stays and policies, never by hand."""

from collections.abc import Iterable
from datetime import date
from typing import Final

from django.db.models import QuerySet

from farelegami.kernel.periods import Period
from farelegami.volunteering.models import Cover, Policy, PucPosition, ServiceDay, Volunteer
from farelegami.volunteering.rules.covers import Basis, span_under

_AT_ONCE: Final = 500


def cover_all(policies: Iterable[Policy], volunteers: Iterable[Volunteer]) -> int:
    """Give each volunteer the days that each policy covers them and return how many covers there are."""
    present = list(volunteers)
    covers = [
        Cover(
            district_id=volunteer.district_id,
            organisation_id=policy.organisation_id,
            person_id=volunteer.person_id,
            basis=Basis.VOLUNTARY.value,
            policy=policy,
            volunteer=volunteer,
            starts_on=span[0],
            ends_on=span[1],
        )
        for policy in policies
        for volunteer in present
        if (span := _span(policy, volunteer))
    ]
    Cover.objects.bulk_create(covers, batch_size=_AT_ONCE)
    return len(covers)


def _span(policy: Policy, volunteer: Volunteer) -> tuple[date, date] | None:
    days = Period(policy.starts_on, policy.ends_on)
    return span_under(days, from_day=volunteer.coverable_from, until=volunteer.left_on)


def cover_position(position: PucPosition, policy: Policy) -> Cover:
    """Return the cover of a PUC position (R11)."""
    return Cover.objects.create(
        district_id=position.district_id,
        organisation_id=position.host_id,
        person_id=position.person_id,
        basis=Basis.PUC.value,
        policy=policy,
        puc=position,
        starts_on=position.starts_on,
        ends_on=position.ends_on,
    )


def shorten(covers: QuerySet[Cover], *, last_day: date) -> None:
    """Let covers end by a day; those that would not have begun by then never ran."""
    rows = covers.filter(void=False, ends_on__gt=last_day)
    rows.filter(starts_on__gt=last_day).update(void=True)
    rows.filter(starts_on__lte=last_day).update(ends_on=last_day)


def last_served(covers: QuerySet[Cover]) -> date | None:
    """Lock some covers, which are about to be shortened, and return the last day served under them."""
    held = list(covers.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))
    days = ServiceDay.objects.filter(cover__in=held, taken_back_at=None)
    return days.order_by("-day").values_list("day", flat=True).first()
