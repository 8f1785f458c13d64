"""Opening a register, entering volunteers, correcting, leaving: every act is an entry of the chain."""

from dataclasses import replace
from datetime import date
from typing import Final
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from farelegami.audit.rules import Verb
from farelegami.kernel import clock
from farelegami.kernel.actor import Actor
from farelegami.kernel.errors import NotAllowed, NotFound, SentAlready
from farelegami.kernel.ids import new_id
from farelegami.kernel.periods import Period
from farelegami.network.queries import organisation_for
from farelegami.people.queries.persons import person_for
from farelegami.people.rules.persons import check_person
from farelegami.people.rules.privacy import check_unrestricted
from farelegami.people.services.persons import PersonDraft, person_of_code
from farelegami.search.rules import sort_key
from farelegami.storage.inserts import change, insert
from farelegami.storage.once import written_once
from farelegami.volunteering.models import Cover, PaidLink, Register, Volunteer
from farelegami.volunteering.permissions import (
    is_of_the_body,
    may_delegate,
    may_keep,
    may_open_register,
)
from farelegami.volunteering.queries.covers import policies_lasting
from farelegami.volunteering.queries.registers import register_for
from farelegami.volunteering.rules.covers import first_day
from farelegami.volunteering.rules.days import check_entry, check_opening
from farelegami.volunteering.rules.registers import (
    CHAIN_STARTS_WITH,
    DelegationUnwritten,
    DistrictMissing,
    EmployeeOfTheBody,
    EnteredTooEarly,
    EntryKind,
    Facts,
    FactsMissing,
    NoRegister,
    NothingToCorrect,
    NotInTheRegister,
    RegisterOpenAlready,
    are_both,
    check_leaving,
    missing_facts,
)
from farelegami.volunteering.services.chain import append, note
from farelegami.volunteering.services.covering import cover_all, last_served, shorten

_SORT_LENGTH: Final = 170


@transaction.atomic
def open_register(
    actor: Actor,
    organisation_id: UUID,
    *,
    opened_on: date | None = None,
    district_id: int | None = None,
    delegation: str = "",
    once: UUID | None = None,
) -> Register:
    """Return the register of an organisation, opened on a day, today if none is given.

    Who is not of the body says by which written `delegation` they keep it. A body of the whole
    province names the district. `once` names the act.

    Raises:
        NotFound, NotAllowed: no organisation the actor may see; not of the body nor of its district.
        DistrictMissing, DelegationUnwritten, RegisterOpenAlready, OpeningOutside: as they say.
        SentAlready: sent before with other data.
    """
    organisation = organisation_for(actor, organisation_id, for_update=True)
    where = organisation.district_id or district_id
    if where is None:
        raise DistrictMissing
    if not may_open_register(actor, organisation=organisation_id, district_id=where):
        raise NotAllowed
    said, today = delegation.strip(), clock.today()
    check_opening(opened_on or today, today=today)
    register = Register(
        id=once or new_id(),
        district_id=where,
        organisation=organisation,
        opened_on=opened_on or today,
        opened_by_id=actor.account_id,
        opened_by_name=actor.name,
        delegated_on=today if said else None,
        delegation=said,
        last_hash=CHAIN_STARTS_WITH,
    )
    if not said and not is_of_the_body(actor, register):
        raise DelegationUnwritten
    try:
        register, is_new = written_once(
            register, of="organisation_id", sent=("opened_on", "delegation")
        )
    except IntegrityError:
        raise RegisterOpenAlready from None
    if is_new:
        note(
            actor,
            Verb.CREATED,
            register,
            facts={"delegation": said, "day": str(register.opened_on)},
        )
    return register


@transaction.atomic
def delegate_register(actor: Actor, organisation_id: UUID, *, delegation: str) -> Register:
    """Return the register, kept from today by the staff of the district too, by a written act.

    The same act said again holds from the day it was said first.

    Raises:
        NotFound, NotAllowed, DelegationUnwritten: as they say.
    """
    register = register_for(actor, organisation_id, for_update=True)
    if not may_delegate(actor, register):
        raise NotAllowed
    said = delegation.strip()[:300]
    if not said:
        raise DelegationUnwritten
    before = register.delegation
    if before != said or register.delegated_on is None:
        register.delegation, register.delegated_on = said, clock.today()
    change(register, "delegation", "delegated_on")
    note(actor, Verb.DECIDED, register, facts={"delegation": [before, said]})
    return register


@transaction.atomic
def end_delegation(actor: Actor, organisation_id: UUID) -> Register:
    """Return the register, in which from now on only the body writes; ended already, it stays so.

    Raises:
        NotFound, NotAllowed: none the actor may see; not for them to say.
    """
    register = register_for(actor, organisation_id, for_update=True)
    if not may_delegate(actor, register):
        raise NotAllowed
    if register.delegated:
        before = register.delegation
        register.delegation, register.delegated_on = "", None
        change(register, "delegation", "delegated_on")
        note(actor, Verb.DECIDED, register, facts={"delegation": [before, ""]})
    return register


@transaction.atomic
def enter_volunteer(
    actor: Actor,
    organisation_id: UUID,
    *,
    facts: Facts,
    entered_on: date,
    occasional: bool = False,
    person_id: UUID | None = None,
    once: UUID | None = None,
) -> Volunteer:
    """Return the stay of a volunteer in the register, entered now or there already.

    `person_id` None: whoever of the district has the tax code of the facts, or a new person. The
    covers of all policies that last are made: from the day after, at the earliest (R10).

    Raises:
        NotFound, NotAllowed: no such register or person for the actor; only the body writes in it.
        FactsMissing, EnteredTooEarly, EntryOutside, EmployeeOfTheBody: as they say.
        Refusal: those of a tax code and of a day of birth.
    """
    register = register_to_keep(actor, organisation_id)
    told = whole(facts)
    if once is not None and (done := Volunteer.objects.filter(pk=once).first()):
        if done.register_id != register.pk:
            raise NotFound
        if (done.entered_on, done.name) != (entered_on, told.name):
            raise SentAlready
        return done
    if person_id is None:
        person_id = person_of_facts(actor, register, told)
    else:
        person_known_to(actor, register, person_id)
    return enter(
        actor, register, person_id=person_id, facts=told, entered_on=entered_on,
        occasional=occasional, once=once,
    )  # fmt: skip


def enter(
    actor: Actor,
    register: Register,
    *,
    person_id: UUID,
    facts: Facts,
    entered_on: date,
    occasional: bool,
    once: UUID | None = None,
) -> Volunteer:
    """Write somebody into a locked register, unless they are in it; the caller has asked who may.

    Somebody in it as occasional is corrected where now they are not (R12).
    """
    present = stay_of(register, person_id)
    if present is not None:
        if present.occasional and not occasional:
            as_occasional(actor, register, present, occasional=False)
        return present
    if entered_on < register.opened_on:
        raise EnteredTooEarly(opened=f"{register.opened_on:%d/%m/%Y}")
    check_entry(entered_on, opened_on=register.opened_on, today=clock.today())
    _check_unpaid(register, person_id, entered_on)
    entry = append(
        actor, register, EntryKind.ENTERED, person_id=person_id, day=entered_on, facts=facts,
        occasional=occasional,
    )  # fmt: skip
    volunteer = Volunteer(
        id=once or new_id(),
        district_id=register.district_id,
        register=register,
        person_id=person_id,
        name=facts.name,
        sort_name=_sorted_as(facts),
        occasional=occasional,
        entry=entry,
        entered_on=entered_on,
        coverable_from=first_day(entered_on, recorded_on=clock.today()),
    )
    insert([volunteer])
    cover_all(policies_lasting(register.organisation_id, volunteer.coverable_from), [volunteer])
    return volunteer


@transaction.atomic
def leave_register(
    actor: Actor, organisation_id: UUID, person_id: UUID, *, left_on: date
) -> Volunteer:
    """Return the stay of a volunteer, over on a day, which is still covered; their covers end there.

    Raises:
        NotFound, NotAllowed: as for `enter_volunteer`.
        NotInTheRegister, LeavesInTheFuture, LeavesBeforeEntering, ServedAfterwards: as they say.
    """
    register = register_to_keep(actor, organisation_id)
    volunteer = stay_of(register, person_id)
    if volunteer is None:
        # The same act once more.
        done = _stays(register, person_id).filter(left_on=left_on).first()
        if done is None:
            raise NotInTheRegister
        return done
    covers = Cover.objects.filter(volunteer=volunteer)
    check_leaving(
        left_on, entered_on=volunteer.entered_on, today=clock.today(),
        served_on=last_served(covers),
    )  # fmt: skip
    append(
        actor, register, EntryKind.LEFT, person_id=person_id, day=left_on,
        facts=as_written(volunteer), occasional=volunteer.occasional,
    )  # fmt: skip
    volunteer.left_on = left_on
    change(volunteer, "left_on")
    shorten(covers, last_day=left_on)
    return volunteer


@transaction.atomic
def correct_entry(
    actor: Actor,
    organisation_id: UUID,
    person_id: UUID,
    *,
    facts: Facts | None = None,
    occasional: bool | None = None,
) -> Volunteer:
    """Return the stay of a volunteer with other facts: a new entry, the wrong one stays to be read.

    Raises:
        NotFound, NotAllowed: as for `enter_volunteer`.
        NotInTheRegister, FactsMissing, NothingToCorrect: as they say.
    """
    register = register_to_keep(actor, organisation_id)
    volunteer = stay_of(register, person_id)
    if volunteer is None:
        raise NotInTheRegister
    told = whole(facts) if facts is not None else None
    same = told is None or told == volunteer.entry.told
    if same and occasional in {None, volunteer.occasional}:
        raise NothingToCorrect
    return _correct(actor, register, volunteer, facts=told, occasional=occasional)


def as_occasional(
    actor: Actor, register: Register, volunteer: Volunteer, *, occasional: bool
) -> Volunteer:
    """Return the stay of a locked register with another word on whether it is occasional (R12)."""
    return _correct(actor, register, volunteer, facts=None, occasional=occasional)


def _correct(
    actor: Actor,
    register: Register,
    volunteer: Volunteer,
    *,
    facts: Facts | None,
    occasional: bool | None,
) -> Volunteer:
    said = facts or as_written(volunteer)
    if occasional is not None:
        volunteer.occasional = occasional
    volunteer.entry = append(
        actor, register, EntryKind.CORRECTED, person_id=volunteer.person_id,
        day=volunteer.entered_on, facts=said, occasional=volunteer.occasional,
        corrects_id=volunteer.entry_id,
    )  # fmt: skip
    volunteer.name, volunteer.sort_name = said.name, _sorted_as(said)
    change(volunteer, "occasional", "entry", "name", "sort_name")
    return volunteer


def register_to_keep(actor: Actor, organisation_id: UUID) -> Register:
    """Return a register, locked, in which the actor writes.

    Raises:
        NotFound, NotAllowed: none the actor may see; only the body writes in it.
    """
    register = register_for(actor, organisation_id, for_update=True)
    if not may_keep(actor, register):
        raise NotAllowed
    return register


def register_of(organisation_id: UUID) -> Register:
    """Return the register of an organisation, locked, for a caller who has asked who may.

    Raises:
        NoRegister: it has none.
    """
    register = Register.objects.select_for_update().filter(organisation_id=organisation_id).first()
    if register is None:
        raise NoRegister
    return register


def stay_of(register: Register, person_id: UUID) -> Volunteer | None:
    """Return the stay of somebody who is in a register, with its entry."""
    return _stays(register, person_id).filter(left_on=None).first()


def _stays(register: Register, person_id: UUID) -> QuerySet[Volunteer]:
    return Volunteer.objects.select_related("entry").filter(register=register, person_id=person_id)


def person_of_facts(actor: Actor, register: Register, facts: Facts) -> UUID:
    """Return whoever of the register's district has the tax code of the facts, or a new person."""
    return person_of_code(actor, register.district_id, draft_of(facts)).pk


def person_known_to(actor: Actor, register: Register, person_id: UUID) -> str:
    """Return the name of a person whom the register has had, or the registry shows to the actor.

    Raises:
        NotFound: neither of the two.
    """
    stay = _stays(register, person_id).order_by("-id").first()
    if stay is not None:
        return stay.name
    person = person_for(actor, person_id, for_update=True)
    check_unrestricted(person.name, person.restricted_on)
    return person.name


def _check_unpaid(register: Register, person_id: UUID, entered_on: date) -> None:
    stay = Period(entered_on)
    for starts_on, ends_on in PaidLink.objects.filter(
        organisation_id=register.organisation_id, person_id=person_id
    ).values_list("starts_on", "ends_on"):
        if are_both(stay, Period(starts_on, ends_on)):
            raise EmployeeOfTheBody


def whole(facts: Facts) -> Facts:
    """Return what the decree asks for, tidy.

    Raises:
        FactsMissing, Refusal: something lacks; the day of birth cannot be.
    """
    missing = missing_facts(facts)
    if missing:
        raise FactsMissing(missing_label=", ".join(_(each) for each in missing))
    told = facts.tidy()
    check_person(told.given_name, told.family_name, told.birth_date, day=clock.today())
    return told


def as_written(volunteer: Volunteer) -> Facts:
    """Return what the register says of a stay; the name alone where its words were erased."""
    told = volunteer.entry.told
    if told is None:
        return replace(Facts("", ""), family_name=volunteer.name)
    return told


def _sorted_as(facts: Facts) -> str:
    return sort_key(facts.family_name, facts.given_name)[:_SORT_LENGTH]


def draft_of(facts: Facts) -> PersonDraft:
    """Return the facts as a registration takes them."""
    return PersonDraft(
        facts.given_name,
        facts.family_name,
        birth_date=facts.birth_date,
        tax_code=facts.tax_code,
        address=facts.residence[:200],
    )
