"""Who works for pay for a body cannot be its volunteer, and the other way round (R15)."""

from datetime import date
from uuid import UUID

from django.db import transaction

from farelegami.audit.rules import Verb
from farelegami.kernel import clock
from farelegami.kernel.actor import Actor
from farelegami.kernel.errors import NotFound
from farelegami.kernel.ids import new_id
from farelegami.kernel.periods import Period
from farelegami.storage.inserts import change
from farelegami.storage.once import written_once
from farelegami.volunteering.models import PaidLink, Register, Volunteer
from farelegami.volunteering.rules.days import check_work, check_work_end
from farelegami.volunteering.rules.registers import (
    Facts,
    PaidKind,
    PaidLinkEndsAlready,
    PaidLinkEndsBeforeItStarts,
    PaidWithoutCode,
    VolunteerOfTheBody,
    are_both,
)
from farelegami.volunteering.services.chain import note
from farelegami.volunteering.services.registers import (
    person_known_to,
    person_of_facts,
    register_to_keep,
)


@transaction.atomic
def write_paid_link(
    actor: Actor,
    organisation_id: UUID,
    person: UUID | Facts,
    kind: PaidKind,
    *,
    starts_on: date,
    ends_on: date | None = None,
    once: UUID | None = None,
) -> PaidLink:
    """Return that somebody works for pay for a body from a day, until another if it is known.

    Whom the register never had is said by name and tax code, as when entered.

    Raises:
        NotFound, NotAllowed: no register or person the actor may see; only the body writes in it.
        VolunteerOfTheBody, PaidLinkEndsBeforeItStarts, StartOutside, EndOutside,
            PaidWithoutCode: as they say.
        SentAlready: sent before with other data.
    """
    register = register_to_keep(actor, organisation_id)
    person_id, name = _who(actor, register, person)
    if ends_on is not None and ends_on < starts_on:
        raise PaidLinkEndsBeforeItStarts
    check_work(starts_on, ends_on, today=clock.today())
    work = Period(starts_on, ends_on)
    stays = Volunteer.objects.filter(register=register, person_id=person_id)
    for entered_on, left_on in stays.values_list("entered_on", "left_on"):
        if are_both(work, Period(entered_on, left_on)):
            raise VolunteerOfTheBody
    link = PaidLink(
        id=once or new_id(),
        district_id=register.district_id,
        organisation_id=organisation_id,
        person_id=person_id,
        name=name,
        kind=kind.value,
        starts_on=starts_on,
        ends_on=ends_on,
        recorded_at=clock.now(),
        recorded_by_id=actor.account_id,
        recorded_by_name=actor.name,
    )
    sent = ("person_id", "kind", "starts_on", "ends_on")
    link, is_new = written_once(link, of="organisation_id", sent=sent)
    if is_new:
        note(
            actor, Verb.CREATED, register, person_ids=(person_id,),
            facts={"paid_link": kind.value, "since": str(starts_on)},
        )  # fmt: skip
    return link


def _who(actor: Actor, register: Register, person: UUID | Facts) -> tuple[UUID, str]:
    if isinstance(person, UUID):
        return person, person_known_to(actor, register, person)
    said = person.tidy()
    # Without the code nobody would find them among the volunteers.
    if not said.tax_code:
        raise PaidWithoutCode
    return person_of_facts(actor, register, said), said.name


@transaction.atomic
def end_paid_link(actor: Actor, organisation_id: UUID, link_id: UUID, *, day: date) -> PaidLink:
    """Return that a paid link lasts until a day, included; the same twice ends it once.

    Raises:
        NotFound, NotAllowed: as for `write_paid_link`; no such link of the organisation.
        PaidLinkEndsBeforeItStarts, PaidLinkEndsAlready, LastDayOutside: as they say.
    """
    register = register_to_keep(actor, organisation_id)
    link = PaidLink.objects.filter(pk=link_id, organisation_id=organisation_id).first()
    if link is None:
        raise NotFound
    if link.ends_on is not None:
        if link.ends_on != day:
            raise PaidLinkEndsAlready(until=link.ends_on)
        return link
    if day < link.starts_on:
        raise PaidLinkEndsBeforeItStarts
    check_work_end(day, starts_on=link.starts_on, today=clock.today())
    link.ends_on = day
    change(link, "ends_on")
    note(
        actor, Verb.CHANGED, register, person_ids=(link.person_id,),
        facts={"paid_link": link.kind, "until": str(day)},
    )  # fmt: skip
    return link
