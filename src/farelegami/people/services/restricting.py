"""Leaving the data of a person as they are, because they asked and it was granted (GDPR art. 18)."""

from uuid import UUID

from django.db import transaction

from farelegami.audit.rules import Verb
from farelegami.kernel import clock
from farelegami.kernel.actor import Actor
from farelegami.kernel.errors import NotFound
from farelegami.people.models import Person
from farelegami.people.permissions import lifting_districts
from farelegami.people.rules.privacy import LiftedWithoutReason, NotRestricted
from farelegami.people.services.entries import note


@transaction.atomic
def restrict_person(actor: Actor, person_id: UUID) -> Person:
    """Return the person, whose file from today nobody changes; the caller has asked who may.

    Restricted already, the first day stays.
    """
    person = Person.objects.select_for_update(of=("self",)).get(pk=person_id)
    if person.restricted_on is None:
        person.restricted_on = clock.today()
        person.save(update_fields=["restricted_on"])
        note(actor, Verb.DECIDED, person, {"restricted_on": [None, str(person.restricted_on)]})
    return person


@transaction.atomic
def lift_restriction(actor: Actor, person_id: UUID, *, reason: str) -> Person:
    """Return the person, whose file is changed again as any other; the log keeps the reason.

    Raises:
        NotFound: none of a district that the actor coordinates or whose DPO they are.
        NotRestricted, LiftedWithoutReason: as they say.
    """
    person = (
        Person.objects.select_for_update(of=("self",))
        .filter(pk=person_id, district_id__in=lifting_districts(actor), merged_into=None)
        .first()
    )
    if person is None:
        raise NotFound
    if person.restricted_on is None:
        raise NotRestricted
    if not reason.strip():
        raise LiftedWithoutReason
    since, person.restricted_on = person.restricted_on, None
    person.save(update_fields=["restricted_on"])
    note(
        actor, Verb.DECIDED, person,
        {"restricted_on": [str(since), None], "reason": reason.strip()[:300]},
    )  # fmt: skip
    return person
