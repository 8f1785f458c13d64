"""Registering what people ask of their data, linking it to a file, extending, answering."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from django.db import transaction

from farelegami.audit.rules import Facts, Verb
from farelegami.audit.services import record, record_read
from farelegami.kernel import clock
from farelegami.kernel.actor import Actor
from farelegami.kernel.errors import NotAllowed, NotFound
from farelegami.kernel.ids import new_id
from farelegami.people.models import Person
from farelegami.people.queries.retention import matches_for, people_by_id
from farelegami.people.services.restricting import restrict_person
from farelegami.privacy.models import DataRequest
from farelegami.privacy.permissions import may_propose
from farelegami.privacy.queries.requests import request_for
from farelegami.privacy.rules.requests import (
    AnsweredAlready,
    DiaryNeedsReason,
    ExtendedAlready,
    NobodyLinked,
    NotReceivedYet,
    Outcome,
    RequestKind,
    TooLateToExtend,
    due_from,
    extended_from,
)
from farelegami.privacy.rules.retention import ReasonMissing
from farelegami.storage.once import written_once

KIND: Final = "privacy.request"
_SENT: Final = ("kind", "name", "contact", "text", "received_on")


@dataclass(frozen=True, slots=True)
class RequestDraft:
    """What somebody asks, as it was received."""

    kind: RequestKind
    name: str
    contact: str
    received_on: date
    text: str = ""


@transaction.atomic
def register_request(
    actor: Actor, district_id: int, draft: RequestDraft, *, once: UUID | None = None
) -> DataRequest:
    """Return a new request, to be answered within a month of the day it was received.

    `once` names the act: the same twice is one request.

    Raises:
        NotAllowed: not the DPO of the district.
        NotReceivedYet: received tomorrow.
        SentAlready: sent before with other data.
    """
    if not may_propose(actor, district_id=district_id):
        raise NotAllowed
    if draft.received_on > clock.today():
        raise NotReceivedYet
    row = DataRequest(
        id=once or new_id(),
        district_id=district_id,
        kind=draft.kind.value,
        name=draft.name.strip(),
        contact=draft.contact.strip(),
        text=draft.text.strip(),
        received_on=draft.received_on,
        due_on=due_from(draft.received_on),
        registered_at=clock.now(),
        registered_by_id=actor.account_id,
        registered_by_name=actor.name,
    )
    request, is_new = written_once(row, of="district_id", sent=_SENT)
    if is_new:
        _note(actor, Verb.CREATED, request, {"kind": request.kind})
    return request


@transaction.atomic
def find_person(actor: Actor, request_id: UUID, text: str) -> Sequence[Person]:
    """Return who a request may be of, by name or fiscal code; whom it showed is logged.

    Raises:
        NotFound: no such request for the actor.
    """
    request = request_for(actor, request_id)
    found = matches_for(request.district_id, text) if text.strip() else []
    for person in found:
        record_read(
            actor, kind="people.person", object_id=person.pk, district_id=person.district_id,
            person_ids=[person.pk], purpose="ricerca per una richiesta sui dati",
        )  # fmt: skip
    return found


@transaction.atomic
def link_person(actor: Actor, request_id: UUID, person_id: UUID) -> DataRequest:
    """Tie a request to the registration of who asks and return it.

    Raises:
        NotFound: no such request for the actor, or no such person in its district.
        AnsweredAlready: it has its answer.
    """
    request = _waiting(actor, request_id)
    # Locked: who is merged or erased in this instant is not the one to answer.
    person = people_by_id([person_id]).select_for_update(of=("self",)).filter(
        district_id=request.district_id, merged_into=None, erased_at=None
    ).first()  # fmt: skip
    if person is None:
        raise NotFound
    request.person = person
    request.save(update_fields=["person"])
    _note(actor, Verb.CHANGED, request, {"linked": True})
    return request


def _waiting(actor: Actor, request_id: UUID) -> DataRequest:
    request = request_for(actor, request_id, for_update=True)
    if not request.is_open:
        raise AnsweredAlready
    return request


@transaction.atomic
def extend(actor: Actor, request_id: UUID, *, reason: str) -> DataRequest:
    """Give a request two months more, told to the person within the first, and return it.

    The same twice is one.

    Raises:
        NotFound, AnsweredAlready, ExtendedAlready, TooLateToExtend, ReasonMissing: as they say.
    """
    request = _waiting(actor, request_id)
    if not reason.strip():
        raise ReasonMissing
    if request.extended_at is not None:
        if request.extension_reason == reason.strip()[:300]:
            return request
        raise ExtendedAlready
    if request.due_on < clock.today():
        raise TooLateToExtend(due_on=request.due_on)
    request.extended_at, request.extension_reason = clock.now(), reason.strip()[:300]
    request.due_on = extended_from(request.received_on)
    request.save(update_fields=["extended_at", "extension_reason", "due_on"])
    _note(actor, Verb.CHANGED, request, {"until": request.due_on.isoformat()})
    return request


@transaction.atomic
def answer(
    actor: Actor,
    request_id: UUID,
    *,
    outcome: Outcome,
    answer: str,
    includes_diary: bool = False,
    diary_reason: str = "",
) -> DataRequest:
    """Answer a request and return it; with `includes_diary` the copy opens the sealed diary.

    A restriction granted, whole or in part, closes the file of the person to changes. The same
    answer twice, of the same DPO, is one.

    Raises:
        NotFound, AnsweredAlready, ReasonMissing, DiaryNeedsReason: as they say.
        NobodyLinked: a restriction is granted to no registration.
    """
    request = request_for(actor, request_id, for_update=True)
    if not request.is_open:
        if (request.answered_by_id, request.outcome, request.answer) != (
            actor.account_id, outcome.value, answer.strip(),
        ):  # fmt: skip
            raise AnsweredAlready
        return request
    restricts = request.kind == RequestKind.RESTRICTION and outcome is not Outcome.REFUSED
    if restricts and request.person_id is None:
        raise NobodyLinked
    if not answer.strip():
        raise ReasonMissing
    if includes_diary and not diary_reason.strip():
        raise DiaryNeedsReason
    request.outcome, request.answer = outcome.value, answer.strip()
    request.answered_at, request.answered_by_id = clock.now(), actor.account_id
    request.answered_by_name = actor.name
    request.includes_diary = includes_diary
    request.diary_reason = diary_reason.strip()[:300] if includes_diary else ""
    request.save()
    _note(actor, Verb.DECIDED, request, {"outcome": outcome.value, "diary": includes_diary})
    if restricts and request.person_id is not None:
        restrict_person(actor, request.person_id)
    return request


def _note(actor: Actor, verb: Verb, request: DataRequest, facts: Facts) -> None:
    record(
        actor, verb, kind=KIND, object_id=request.pk, district_id=request.district_id,
        person_ids=[request.person_id] if request.person_id else [], facts=facts,
    )  # fmt: skip
