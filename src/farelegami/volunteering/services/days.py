"""Days of service: noted for whatever a room above did, and only under a cover of that day."""

from datetime import date
from uuid import UUID

from django.db import IntegrityError, transaction

from farelegami.audit.rules import Verb
from farelegami.audit.services import record
from farelegami.kernel import clock
from farelegami.kernel.actor import Actor
from farelegami.kernel.units import Minutes
from farelegami.volunteering.models import ServiceDay
from farelegami.volunteering.queries.covers import cover_on
from farelegami.volunteering.rules.covers import (
    Basis,
    NotCovered,
    ServiceInTheFuture,
    ServiceNotedOtherwise,
    check_minutes,
)

_SERVICE = "volunteering.service"


@transaction.atomic
def note_service(
    actor: Actor,
    *,
    person_id: UUID,
    organisation_id: UUID,
    day: date,
    minutes: Minutes,
    source_id: UUID,
    basis: Basis = Basis.VOLUNTARY,
) -> ServiceDay:
    """Return the minutes that somebody gave on a day, noted once for each `source_id`.

    The caller has asked who may. The database refuses a row that no cover holds.

    Raises:
        NotCovered, ServiceInTheFuture, MinutesOfADay: as they say (R10).
        ServiceNotedOtherwise: the source is noted with other data.
    """
    check_minutes(minutes)
    if day > clock.today():
        raise ServiceInTheFuture
    service = ServiceDay(
        organisation_id=organisation_id, person_id=person_id, day=day, minutes=minutes,
        basis=basis.value, source_id=source_id, noted_at=clock.now(),
        noted_by_id=actor.account_id, noted_by_name=actor.name[:160],
    )  # fmt: skip
    noted = _noted(source_id)
    if noted is not None:
        return _same(noted, service)
    cover = cover_on(person_id, organisation_id, day, basis=basis)
    if cover is None:
        raise NotCovered(day=f"{day:%d/%m/%Y}")
    service.cover, service.district_id = cover, cover.district_id
    try:
        with transaction.atomic():
            service.save(force_insert=True)
    except IntegrityError:
        # In this very moment: noted by another hand, or the cover was shortened.
        noted = _noted(source_id)
        if noted is None:
            raise NotCovered(day=f"{day:%d/%m/%Y}") from None
        return _same(noted, service)
    _note(actor, Verb.CREATED, service)
    return service


@transaction.atomic
def take_back_service(actor: Actor, source_id: UUID, *, reason: str) -> bool:
    """Let what was noted for a source count no more; return whether there was anything.

    The caller has asked who may.
    """
    service = (
        ServiceDay.objects.select_for_update(of=("self",))
        .filter(source_id=source_id, taken_back_at=None)
        .first()
    )
    if service is None:
        return False
    service.taken_back_at, service.taken_back_reason = clock.now(), reason.strip()[:300]
    service.save(update_fields=["taken_back_at", "taken_back_reason"])
    _note(actor, Verb.CHANGED, service)
    return True


def _noted(source_id: UUID) -> ServiceDay | None:
    return ServiceDay.objects.filter(source_id=source_id, taken_back_at=None).first()


def _same(noted: ServiceDay, asked: ServiceDay) -> ServiceDay:
    names = ("person_id", "organisation_id", "day", "minutes", "basis")
    if any(getattr(noted, name) != getattr(asked, name) for name in names):
        raise ServiceNotedOtherwise
    return noted


def _note(actor: Actor, verb: Verb, service: ServiceDay) -> None:
    record(
        actor, verb, kind=_SERVICE, object_id=service.pk, district_id=service.district_id,
        person_ids=(service.person_id,),
        facts={"day": str(service.day), "minutes": service.minutes},
    )  # fmt: skip
