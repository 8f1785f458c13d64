"""Taking an assessment together, correcting it until it is confirmed, confirming it."""

from collections.abc import Mapping
from datetime import date
from typing import Final
from uuid import UUID

from django.db import transaction

from farelegami.audit.rules import Verb
from farelegami.cases.models import Assessment
from farelegami.cases.queries.instruments import instrument_for
from farelegami.cases.rules.assessments import (
    AlreadyConfirmed,
    Moment,
    NotInTheHousehold,
    Respondent,
    checked_answers,
    score_of,
)
from farelegami.cases.rules.phases import MeetingInTheFuture
from farelegami.cases.services.cases import note, writable_case
from farelegami.kernel import clock
from farelegami.kernel.actor import Actor
from farelegami.kernel.errors import NotFound
from farelegami.people.queries.households import members_of

ASSESSMENT: Final = "cases.assessment"


@transaction.atomic
def take_assessment(
    actor: Actor,
    case_id: UUID,
    *,
    person_id: UUID,
    instrument: str,
    moment: Moment,
    respondent: Respondent,
    answers: Mapping[str, int],
    taken_on: date,
) -> Assessment:
    """Keep the answers of a person at one moment, over earlier ones not confirmed; return them.

    Raises:
        NotFound, NotAllowed, CaseClosed: as `writable_case`.
        UnknownInstrument, AnswersIncomplete, NotInTheHousehold: as their names say.
        AlreadyConfirmed: this moment has its confirmed answers, other than these.
        MeetingInTheFuture: `taken_on` has not come.
    """
    case = writable_case(actor, case_id)
    used = instrument_for(instrument)
    checked = checked_answers(used, answers)
    if taken_on > clock.today():
        raise MeetingInTheFuture
    members = members_of([case.household_id]).get(case.household_id, ())
    if person_id not in {member.person_id for member in members}:
        raise NotInTheHousehold
    found = Assessment.objects.filter(
        case_id=case_id, person_id=person_id, instrument=instrument, moment=moment.value
    ).first()
    told = {"respondent": respondent.value, "answers": checked, "taken_on": taken_on}
    if found is not None and all(getattr(found, name) == value for name, value in told.items()):
        return found
    if found is not None and found.confirmed_at is not None:
        raise AlreadyConfirmed
    assessment = found or Assessment(
        district_id=case.district_id,
        case=case,
        person_id=person_id,
        instrument=instrument,
        moment=moment.value,
    )
    for name, value in told.items():
        setattr(assessment, name, value)
    assessment.version = used.version
    assessment.licence = used.licence
    assessment.score = score_of(used, checked)
    assessment.taken_by_id = actor.account_id
    assessment.taken_by_name = actor.name
    assessment.save()
    note(
        actor,
        Verb.CREATED,
        case,
        {"instrument": instrument, "moment": moment.value},
        kind=ASSESSMENT,
        object_id=assessment.pk,
    )
    return assessment


@transaction.atomic
def confirm_assessment(actor: Actor, assessment_id: UUID) -> Assessment:
    """Confirm the answers, which from now on nobody changes, and return them.

    Raises:
        NotFound, NotAllowed, CaseClosed: as `writable_case`.
        AlreadyConfirmed: they are.
    """
    assessment = Assessment.objects.filter(pk=assessment_id).first()
    if assessment is None:
        raise NotFound
    case = writable_case(actor, assessment.case_id)
    assessment.refresh_from_db()
    if assessment.confirmed_at is not None:
        raise AlreadyConfirmed
    assessment.confirmed_at = clock.now()
    assessment.confirmed_by_id = actor.account_id
    assessment.save(update_fields=["confirmed_at", "confirmed_by_id"])
    note(
        actor,
        Verb.SIGNED,
        case,
        {"instrument": assessment.instrument, "moment": assessment.moment},
        kind=ASSESSMENT,
        object_id=assessment.pk,
    )
    return assessment
