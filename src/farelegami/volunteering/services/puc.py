"""Hours for the collectivity: the INAIL position of the body that leads covers who works (R11)."""

from datetime import date
from typing import Final
from uuid import UUID

from django.db import transaction

from farelegami.audit.rules import Verb
from farelegami.audit.services import record
from farelegami.kernel import clock
from farelegami.kernel.actor import Actor
from farelegami.kernel.errors import NotAllowed, NotFound
from farelegami.kernel.ids import new_id
from farelegami.kernel.periods import Period
from farelegami.network.queries import organisation_for
from farelegami.people.queries.persons import person_for
from farelegami.people.rules.privacy import check_unrestricted
from farelegami.storage.inserts import change
from farelegami.storage.once import written_once
from farelegami.volunteering.models import Cover, Policy, PucPosition
from farelegami.volunteering.permissions import may_write_puc, puc_districts
from farelegami.volunteering.rules.covers import (
    PUC_WEEK_MOST,
    PolicyKind,
    PolicyServed,
    PolicyUnnamed,
    PucEndedAlready,
    PucWeekTogether,
    check_puc,
)
from farelegami.volunteering.rules.days import check_ending, check_project
from farelegami.volunteering.services.covering import cover_position, last_served, shorten

_INAIL: Final = "INAIL"
_PUC: Final = "volunteering.puc"


@transaction.atomic
def open_puc_position(
    actor: Actor,
    *,
    lead_id: UUID,
    host_id: UUID,
    person_id: UUID,
    inail_number: str,
    project: str,
    opened_on: date,
    starts_on: date,
    ends_on: date,
    weekly_minutes: int,
    once: UUID | None = None,
) -> PucPosition:
    """Return the position of somebody who works for the collectivity, covered on its days.

    `inail_number` is the position of the lead body at INAIL. `once` names the act.

    Raises:
        NotFound, NotAllowed: a body or a person that are not there; not for the actor to write.
        PolicyUnnamed, PucOpenedInTheFuture, PucOpenedLate, PucEndsBeforeItStarts, PucWeek,
            PucWeekTogether, OpeningOutside, StartOutside, EndOutside, Restricted: as they say (R11).
        SentAlready: sent before with other data.
    """
    person = person_for(actor, person_id, for_update=True)
    check_unrestricted(person.name, person.restricted_on)
    if not may_write_puc(actor, district_id=person.district_id):
        raise NotAllowed
    organisation_for(actor, host_id)
    lead = organisation_for(actor, lead_id, for_update=True)
    if not inail_number.strip():
        raise PolicyUnnamed
    check_puc(
        opened_on=opened_on, starts_on=starts_on, ends_on=ends_on,
        weekly_minutes=weekly_minutes, today=clock.today(),
    )  # fmt: skip
    check_project(opened_on, starts_on, ends_on, today=clock.today())
    position = PucPosition(
        id=once or new_id(), district_id=person.district_id, lead=lead, host_id=host_id,
        person_id=person.pk, name=person.name, project=project.strip()[:200],
        weekly_minutes=weekly_minutes, opened_on=opened_on, starts_on=starts_on, ends_on=ends_on,
        recorded_at=clock.now(), recorded_by_id=actor.account_id, recorded_by_name=actor.name,
    )  # fmt: skip
    had = _weekly_beside(position)
    if had + weekly_minutes > PUC_WEEK_MOST:
        raise PucWeekTogether(had)
    sent = ("host_id", "person_id", "project", "weekly_minutes", "opened_on", "starts_on")
    position, is_new = written_once(position, of="lead_id", sent=sent)
    if is_new:
        cover_position(position, _inail(actor, position, inail_number.strip()))
        _note(actor, Verb.CREATED, position)
    return position


def _weekly_beside(position: PucPosition) -> int:
    """Return the most weekly minutes that their other positions ask in a week of this one.

    The person is locked: two positions written at once see each other.
    """
    days = Period(position.starts_on, position.ends_on)
    rows = PucPosition.objects.filter(person_id=position.person_id).exclude(pk=position.pk)
    others = [
        (Period(row.starts_on, last), row.weekly_minutes)
        for row in rows
        if (last := row.ended_on or row.ends_on) >= row.starts_on
    ]
    near = [each for each in others if each[0].overlaps(days)]
    # The most is reached on a day on which one of them begins, or on the first of this one.
    starts = {max(each.starts_on, days.starts_on) for each, _minutes in near}
    return max((sum(minutes for each, minutes in near if day in each) for day in starts), default=0)


def _inail(actor: Actor, position: PucPosition, number: str) -> Policy:
    """Return the INAIL position of a lead body, written down the first time it is named."""
    policy, _is_new = Policy.objects.get_or_create(
        organisation_id=position.lead_id,
        number=number,
        kind=PolicyKind.INAIL_PUC.value,
        defaults={
            "district_id": position.district_id,
            "insurer": _INAIL,
            "accident": True,
            "illness": True,
            "starts_on": position.opened_on,
            "recorded_at": clock.now(),
            "recorded_by_id": actor.account_id,
            "recorded_by_name": actor.name,
        },
    )
    return policy


@transaction.atomic
def end_puc_position(
    actor: Actor, position_id: UUID, *, ended_on: date, reason: str = ""
) -> PucPosition:
    """Return a position that ends earlier than agreed, on a day still covered.

    Raises:
        NotFound, NotAllowed: none the actor may see; not for them to write.
        PucEndedAlready: on another day.
        EndingOutside, PolicyServed: as they say.
    """
    position = (
        PucPosition.objects.select_for_update(of=("self",))
        .filter(pk=position_id, district_id__in=puc_districts(actor))
        .first()
    )
    if position is None:
        raise NotFound
    if not may_write_puc(actor, district_id=position.district_id):
        raise NotAllowed
    if position.ended_on is not None:
        if position.ended_on != ended_on:
            raise PucEndedAlready
        return position
    # Ended before it began, it ends the day before: the cover never ran.
    check_ending(ended_on, starts_on=position.starts_on, ends_on=position.ends_on)
    covers = Cover.objects.filter(puc=position)
    served = last_served(covers)
    if served is not None and served > ended_on:
        raise PolicyServed(day=f"{served:%d/%m/%Y}")
    position.ended_on, position.ended_reason = ended_on, reason.strip()[:300]
    change(position, "ended_on", "ended_reason")
    shorten(covers, last_day=ended_on)
    _note(actor, Verb.CHANGED, position)
    return position


def _note(actor: Actor, verb: Verb, position: PucPosition) -> None:
    record(
        actor, verb, kind=_PUC, object_id=position.pk, district_id=position.district_id,
        person_ids=(position.person_id,),
        facts={"project": position.project, "until": str(position.ended_on or position.ends_on)},
    )  # fmt: skip
