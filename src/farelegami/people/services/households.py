"""Forming households, joining and leaving them; no past membership is ever rewritten."""

from collections.abc import Sequence
from datetime import date
from typing import Final
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from farelegami.audit.rules import Facts, Verb
from farelegami.audit.services import record
from farelegami.kernel import clock
from farelegami.kernel.actor import Actor
from farelegami.kernel.errors import NotAllowed, NotFound, SentAlready
from farelegami.kernel.ids import new_id
from farelegami.people.models import Household, HouseholdMember, Person
from farelegami.people.permissions import may_write_registry
from farelegami.people.queries.households import household_for
from farelegami.people.queries.persons import person_to_change, visible_people
from farelegami.people.rules.households import (
    AlreadyMember,
    HouseholdDissolved,
    HouseholdRole,
    LeftBeforeJoining,
    NotMember,
    OtherDistrict,
    check_happened,
    check_joining,
    household_name,
)
from farelegami.people.rules.privacy import check_unrestricted
from farelegami.storage.once import written_once

HOUSEHOLD: Final = "people.household"


@transaction.atomic
def form_household(
    actor: Actor,
    district_id: int,
    *,
    members: Sequence[tuple[UUID, HouseholdRole]],
    day: date,
    name: str = "",
    once: UUID | None = None,
) -> Household:
    """Return a new household of these people from `day`; without `name`, called by their surname.

    `once` names the act: the same twice forms one.

    Raises:
        NotAllowed: the actor does not keep the registry of the district.
        NotFound: a person the actor may not see.
        OtherDistrict, AlreadyMember, NotYet, JoinsBeforeBirth, Restricted: as they say.
        SentAlready: sent before with other data.
    """
    if not may_write_registry(actor, district_id=district_id):
        raise NotAllowed
    people = _found(actor, [person_id for person_id, _ in members])
    if len({person.pk for person in people}) != len(people):
        raise AlreadyMember
    check_happened(day, today=clock.today())
    for person in people:
        check_joining(day, name=person.name, born=person.birth_date, formed_on=day, left_on=None)
    household = Household(
        id=once or new_id(),
        district_id=district_id,
        name=name.strip() or household_name([person.family_name for person in people]),
        formed_on=day,
    )
    household, is_new = written_once(household, of="district_id", sent=("name", "formed_on"))
    if not is_new:
        _check_same(household, members)
        return household
    _join(
        household, [(person, role) for person, (_, role) in zip(people, members, strict=True)], day
    )
    _record(actor, Verb.CREATED, household, people, {"name": household.name, "day": str(day)})
    return household


def _check_same(household: Household, members: Sequence[tuple[UUID, HouseholdRole]]) -> None:
    first = household.members.filter(starts_on=household.formed_on)
    joined = dict(first.values_list("person_id", "role"))
    if any(joined.get(person_id) != role.value for person_id, role in members):
        raise SentAlready


@transaction.atomic
def add_member(
    actor: Actor,
    household_id: UUID,
    person_id: UUID,
    role: HouseholdRole,
    *,
    day: date,
    once: UUID | None = None,
) -> HouseholdMember:
    """Return the membership of a person who joins a household on `day`.

    `once` names the act: the same twice joins once.

    Raises:
        NotFound: a household or person the actor may not see.
        HouseholdDissolved, AlreadyMember, OtherDistrict, NotYet, Restricted: as they say.
        Refusal: those of `check_joining`.
        SentAlready: sent before with other data.
    """
    household = household_for(actor, household_id, for_update=True)
    if household.dissolved_on is not None:
        raise HouseholdDissolved(since=household.dissolved_on)
    person = person_to_change(actor, person_id)
    check_happened(day, today=clock.today())
    check_joining(
        day,
        name=person.name,
        born=person.birth_date,
        formed_on=household.formed_on,
        left_on=_left_on(household, person, but=once),
    )
    member = _membership(household, person, role, day)
    if once is not None:
        member.pk = once
    try:
        sent = ("person_id", "role", "starts_on")
        member, is_new = written_once(member, of="household_id", sent=sent)
    except IntegrityError:
        raise AlreadyMember from None
    if is_new:
        facts: Facts = {"joined": [None, role.value], "day": str(day)}
        _record(actor, Verb.CHANGED, household, [person], facts)
    return member


@transaction.atomic
def leave_household(actor: Actor, household_id: UUID, person_id: UUID, *, day: date) -> None:
    """End a membership; `day` is the last day in the household. Ended on that day already, it stays.

    Raises:
        NotFound: a household or person the actor may not see.
        NotMember, LeftBeforeJoining, NotYet, Restricted: as they say.
    """
    household = household_for(actor, household_id, for_update=True)
    person = person_to_change(actor, person_id)
    check_happened(day, today=clock.today())
    member = _open(household).filter(person=person).first()
    if member is None:
        if _left_on(household, person, but=None) == day:
            return
        raise NotMember
    if day < member.starts_on:
        raise LeftBeforeJoining
    member.ends_on = day
    member.save(update_fields=["ends_on"])
    _record(
        actor, Verb.CHANGED, household, [person], {"left": [member.role, None], "day": str(day)}
    )


@transaction.atomic
def rename_household(actor: Actor, household_id: UUID, name: str) -> Household:
    """Return the household under another name.

    Raises:
        NotFound: none the actor may see.
    """
    household = household_for(actor, household_id, for_update=True)
    before, household.name = household.name, name.strip() or household.name
    if before != household.name:
        household.save(update_fields=["name"])
        people = [member.person for member in _open(household).select_related("person")]
        _record(actor, Verb.CHANGED, household, people, {"name": [before, household.name]})
    return household


@transaction.atomic
def dissolve_household(actor: Actor, household_id: UUID, *, day: date) -> Household:
    """Return the household ended on `day`, its open memberships with it; ended that day, it stays.

    Raises:
        NotFound: none the actor may see.
        HouseholdDissolved, LeftBeforeJoining, NotYet, Restricted: as they say.
    """
    household = household_for(actor, household_id, for_update=True)
    if household.dissolved_on == day:
        return household
    if household.dissolved_on is not None:
        raise HouseholdDissolved(since=household.dissolved_on)
    check_happened(day, today=clock.today())
    members = list(_open(household).select_related("person"))
    for member in members:
        check_unrestricted(member.person.name, member.person.restricted_on)
    if day < household.formed_on or any(day < member.starts_on for member in members):
        raise LeftBeforeJoining
    _open(household).update(ends_on=day)
    household.dissolved_on = day
    household.save(update_fields=["dissolved_on"])
    people = [member.person for member in members]
    _record(actor, Verb.CHANGED, household, people, {"dissolved_on": [None, str(day)]})
    return household


def _found(actor: Actor, person_ids: Sequence[UUID]) -> list[Person]:
    found = {person.pk: person for person in visible_people(actor).filter(pk__in=person_ids)}
    if len(found) != len(set(person_ids)):
        raise NotFound
    for person in found.values():
        check_unrestricted(person.name, person.restricted_on)
    return [found[person_id] for person_id in person_ids]


def _left_on(household: Household, person: Person, *, but: UUID | None) -> date | None:
    """The last day of earlier memberships; the one called `but` is the act being sent again."""
    past = HouseholdMember.objects.filter(household=household, person=person, ends_on__isnull=False)
    if but is not None:
        past = past.exclude(pk=but)
    return past.order_by("ends_on").values_list("ends_on", flat=True).last()


def _open(household: Household) -> QuerySet[HouseholdMember]:
    return HouseholdMember.objects.filter(household=household, ends_on__isnull=True)


def _join(
    household: Household, members: Sequence[tuple[Person, HouseholdRole]], day: date
) -> list[HouseholdMember]:
    return HouseholdMember.objects.bulk_create(
        [_membership(household, person, role, day) for person, role in members]
    )


def _membership(
    household: Household, person: Person, role: HouseholdRole, day: date
) -> HouseholdMember:
    if person.district_id != household.district_id:
        raise OtherDistrict
    return HouseholdMember(
        district_id=household.district_id,
        household=household,
        person=person,
        role=role.value,
        starts_on=day,
    )


def _record(
    actor: Actor,
    verb: Verb,
    household: Household,
    people: Sequence[Person],
    facts: Facts,
) -> None:
    record(
        actor,
        verb,
        kind=HOUSEHOLD,
        object_id=household.pk,
        district_id=household.district_id,
        person_ids=[person.pk for person in people],
        facts=facts,
    )
