"""What a person was told about their data, and the few things that need their consent (R20)."""

from uuid import UUID

from django.db import transaction

from farelegami.audit.rules import Verb
from farelegami.kernel import clock
from farelegami.kernel.actor import Actor
from farelegami.kernel.ids import new_id
from farelegami.people.models import Consent, NoticeGiven
from farelegami.people.queries.persons import person_for
from farelegami.people.rules.privacy import (
    CURRENT_NOTICE,
    ConsentInForce,
    ConsentPurpose,
    Manner,
    NoConsent,
)
from farelegami.people.services.entries import note
from farelegami.storage.once import written_once


@transaction.atomic
def record_notice(
    actor: Actor,
    person_id: UUID,
    *,
    language: str,
    how: Manner,
    version: str = CURRENT_NOTICE,
    once: UUID | None = None,
) -> NoticeGiven:
    """Return the record that a person has just been given the privacy notice.

    `once` names the act: the same twice is one.

    Raises:
        NotFound: no such person for the actor.
        SentAlready: sent before with other data.
    """
    person = person_for(actor, person_id)
    given = NoticeGiven(
        id=once or new_id(),
        district_id=person.district_id,
        person=person,
        version=version,
        language=language,
        how=how.value,
        given_at=clock.now(),
        given_by_id=actor.account_id,
        given_by_name=actor.name,
    )
    given, is_new = written_once(given, of="person_id", sent=("version", "language", "how"))
    if is_new:
        facts = {"version": version}
        note(actor, Verb.CREATED, person, facts, kind="people.notice", object_id=given.pk)
    return given


@transaction.atomic
def record_consent(
    actor: Actor,
    person_id: UUID,
    purpose: ConsentPurpose,
    *,
    how: Manner,
    once: UUID | None = None,
) -> Consent:
    """Return a consent just given; `once` names the act: the same twice is one.

    Raises:
        NotFound: no such person for the actor.
        ConsentInForce: it is there already.
        SentAlready: sent before with other data.
    """
    person = person_for(actor, person_id, for_update=True)
    there = _in_force(person_id, purpose)
    if there is not None and there.pk != once:
        raise ConsentInForce
    consent = Consent(
        id=once or new_id(),
        district_id=person.district_id,
        person=person,
        purpose=purpose.value,
        how=how.value,
        given_at=clock.now(),
        given_to_id=actor.account_id,
        given_to_name=actor.name,
    )
    consent, is_new = written_once(consent, of="person_id", sent=("purpose", "how"))
    if is_new:
        facts = {"purpose": purpose.value}
        note(actor, Verb.CREATED, person, facts, kind="people.consent", object_id=consent.pk)
    return consent


@transaction.atomic
def withdraw_consent(actor: Actor, person_id: UUID, purpose: ConsentPurpose) -> Consent:
    """Return the consent just withdrawn: as easy as giving it (GDPR art. 7.3).

    Raises:
        NotFound: no such person for the actor.
        NoConsent: nothing is in force for this purpose.
    """
    person = person_for(actor, person_id, for_update=True)
    consent = _in_force(person_id, purpose)
    if consent is None:
        raise NoConsent
    consent.withdrawn_at = clock.now()
    consent.withdrawn_to_id, consent.withdrawn_to_name = actor.account_id, actor.name
    consent.save(update_fields=["withdrawn_at", "withdrawn_to_id", "withdrawn_to_name"])
    facts = {"purpose": purpose.value, "withdrawn": [None, consent.withdrawn_at.isoformat()]}
    note(actor, Verb.CHANGED, person, facts, kind="people.consent", object_id=consent.pk)
    return consent


def _in_force(person_id: UUID, purpose: ConsentPurpose) -> Consent | None:
    return Consent.objects.filter(
        person_id=person_id, purpose=purpose.value, withdrawn_at__isnull=True
    ).first()
