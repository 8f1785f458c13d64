"""Receiving a referral, trying to reach the person, answering, forgetting in time."""

import hashlib
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.core.cache import cache
from django.db import IntegrityError, transaction

from farelegami.audit.rules import Verb
from farelegami.audit.services import record, record_read
from farelegami.cases.models import ContactAttempt, Referral
from farelegami.cases.permissions import may_answer_referral, may_refer_for
from farelegami.cases.queries.referrals import REFERRAL, referral_for
from farelegami.cases.rules.letters import RECEIPT_BODY, RECEIPT_SUBJECT
from farelegami.cases.rules.referrals import (
    OPEN,
    Channel,
    PlaceNotServed,
    ReasonNeeded,
    ReferralAlreadyAnswered,
    ReferralMove,
    ReferralStage,
    Source,
    TooManyReferrals,
    Urgency,
    checked_contact,
    moved,
    receipt_code,
)
from farelegami.cases.rules.teamwork import HandoverStage
from farelegami.cases.services.messages import ANSWERED, Message, send
from farelegami.kernel import clock
from farelegami.kernel.actor import Actor
from farelegami.kernel.errors import NotAllowed, NotFound
from farelegami.kernel.ids import new_id
from farelegami.outbox.services import queue_mail
from farelegami.storage.once import written_once
from farelegami.territory.queries import municipality_for

VISITOR: Final = Actor(account_id=None, name="modulo pubblico")
_MOST_AN_HOUR: Final = 20
_HOUR: Final = 3600
_CODE_TRIES: Final = 5
_ANSWERED: Final = {
    ReferralMove.DIRECT: ReferralStage.DIRECTED,
    ReferralMove.RENOUNCE: ReferralStage.RENOUNCED,
    ReferralMove.GIVE_UP: ReferralStage.UNREACHABLE,
}
_SENT: Final = (
    "source",
    "channel",
    "urgency",
    "organisation_id",
    "referrer_name",
    "referrer_contact",
    "given_name",
    "family_name",
    "phone",
    "email",
    "contact_hours",
    "municipality_id",
    "reason",
    "person_informed",
    "language",
)


@dataclass(frozen=True, slots=True)
class ReferralDraft:
    """A referral as somebody tells it; the district follows from the municipality."""

    given_name: str
    municipality_id: str
    reason: str
    source: Source
    channel: Channel
    family_name: str = ""
    phone: str = ""
    email: str = ""
    contact_hours: str = ""
    urgency: Urgency = Urgency.ORDINARY
    person_informed: bool = False
    referrer_name: str = ""
    referrer_contact: str = ""
    organisation_id: UUID | None = None
    language: str = "it"


@transaction.atomic
def receive_referral(actor: Actor, draft: ReferralDraft, *, once: UUID | None = None) -> Referral:
    """Write down a referral that reached the staff and return it.

    `once` names the act: the same twice writes one.

    Raises:
        NotAllowed: not staff of the municipality's district.
        PlaceNotServed, ReasonNeeded, NoWayToAnswer: as their names say.
        SentAlready: sent before with other data.
    """
    district_id = _district_of(draft)
    if not may_answer_referral(actor, district_id=district_id):
        raise NotAllowed
    return _written(actor, draft, district_id, once)[0]


@transaction.atomic
def send_referral(actor: Actor, draft: ReferralDraft, *, once: UUID | None = None) -> Referral:
    """Send a referral for an organisation, or as community maker, and return it.

    `once` names the act: the same twice sends one.

    Raises:
        NotAllowed: the actor does not speak for the organisation nor work in the district.
        PlaceNotServed, ReasonNeeded, NoWayToAnswer: as their names say.
        SentAlready: sent before with other data.
    """
    district_id = _district_of(draft)
    if not may_refer_for(actor, organisation_id=draft.organisation_id, district_id=district_id):
        raise NotAllowed
    return _written(actor, draft, district_id, once)[0]


def refer_publicly(draft: ReferralDraft, *, sender: str, once: UUID | None = None) -> Referral:
    """Take a referral from somebody without account and return it, its code being the receipt.

    `sender` is the address of the connection: it is counted for an hour, hashed, and not kept.
    `once` names the act: the same twice is one referral, counted once, with one receipt.

    Raises:
        TooManyReferrals: the connection has sent too many in the last hour.
        PlaceNotServed, ReasonNeeded, NoWayToAnswer: as their names say.
        SentAlready: sent before with other data.
    """
    _check_count(sender, once)
    with transaction.atomic():
        referral, is_new = _written(VISITOR, draft, _district_of(draft), once)
        if is_new and referral.email and draft.source is Source.SELF:
            queue_mail(
                referral.email,
                RECEIPT_SUBJECT,
                RECEIPT_BODY,
                key=f"cases.receipt.{referral.pk}",
                facts={"name": referral.given_name, "code": referral.code},
                language=referral.language,
            )
    if is_new:
        _count(sender)
    return referral


def _counter(sender: str) -> str:
    return f"cases.referrals.{hashlib.sha256(sender.encode()).hexdigest()[:32]}"


def _check_count(sender: str, once: UUID | None) -> None:
    if cache.get(_counter(sender), 0) < _MOST_AN_HOUR:
        return
    # The last of the hour, sent again, only asks for its receipt.
    if once is None or not Referral.objects.filter(pk=once).exists():
        raise TooManyReferrals


def _count(sender: str) -> None:
    """Count a referral that arrived; what was refused costs nobody anything."""
    key = _counter(sender)
    cache.add(key, 0, _HOUR)
    with suppress(ValueError):  # the hour ended between the two calls
        cache.incr(key)


def _district_of(draft: ReferralDraft) -> int:
    try:
        district_id = municipality_for(draft.municipality_id).district_id
    except NotFound:
        raise PlaceNotServed from None
    if district_id is None:
        raise PlaceNotServed
    return district_id


def _written(
    actor: Actor, draft: ReferralDraft, district_id: int, once: UUID | None
) -> tuple[Referral, bool]:
    """Return the referral, and whether it was written now or by this very act before."""
    phone, email = checked_contact(draft.phone, draft.email)
    if not draft.reason.strip() or not draft.given_name.strip():
        raise ReasonNeeded
    referral, is_new = _saved(
        Referral(
            id=once or new_id(),
            district_id=district_id,
            source=draft.source.value,
            channel=draft.channel.value,
            urgency=draft.urgency.value,
            organisation_id=draft.organisation_id,
            sent_by_id=actor.account_id,
            referrer_name=draft.referrer_name.strip(),
            referrer_contact=draft.referrer_contact.strip(),
            given_name=draft.given_name.strip(),
            family_name=draft.family_name.strip(),
            phone=phone,
            email=email,
            contact_hours=draft.contact_hours.strip(),
            municipality_id=draft.municipality_id,
            reason=draft.reason.strip(),
            person_informed=draft.person_informed or draft.source is Source.SELF,
            language=draft.language,
            received_at=clock.now(),
        )
    )
    if is_new:
        _record(actor, Verb.CREATED, referral, source=referral.source, channel=referral.channel)
    return referral, is_new


def _saved(referral: Referral) -> tuple[Referral, bool]:
    for _try in range(_CODE_TRIES):
        referral.code = receipt_code()
        try:
            return written_once(referral, of="sent_by_id", sent=_SENT)
        except IntegrityError:
            if not Referral.objects.filter(code=referral.code).exists():
                raise
    message = "no free receipt code"
    raise RuntimeError(message)


def _record(actor: Actor, verb: Verb, referral: Referral, **facts: str | bool) -> None:
    record(
        actor,
        verb,
        kind=REFERRAL,
        object_id=referral.pk,
        district_id=referral.district_id,
        person_ids=[referral.person_id] if referral.person_id else (),
        facts=facts,
    )


def write_transferred(actor: Actor, referral: Referral) -> None:
    """Write down a referral by which another district proposes to pass a case."""
    saved, is_new = _saved(referral)
    if is_new:
        _record(actor, Verb.CREATED, saved, source=saved.source, channel=saved.channel)


def note_recalled(actor: Actor, referral: Referral) -> None:
    """Keep, on a locked referral, that the district that sent it keeps the family."""
    referral.save(update_fields=["stage", "answered_at", "withdrawn_at"])
    _record(actor, Verb.DECIDED, referral, stage=referral.stage, withdrawn=True)


def _tell_sender(actor: Actor, referral: Referral, outcome: HandoverStage) -> None:
    """Send the answer to the district that proposed the transfer, if one did."""
    if referral.transfer_from_id is None or referral.answered_at is None:
        return
    words = ""
    if outcome is HandoverStage.DECLINED:
        where = [referral.stage_label, referral.directed_to]
        words = ". ".join(
            part for part in (": ".join(filter(None, where)), referral.answer) if part
        )
    send(
        ANSWERED,
        Message(
            transfer_id=referral.pk,
            from_district=referral.district_id,
            to_district=referral.transfer_from_id,
            at=referral.answered_at,
            told={"outcome": outcome.value, "words": words, "by": actor.name},
        ),
    )


@transaction.atomic
def read_referral(actor: Actor, referral_id: UUID) -> Referral:
    """Return a referral with its attempts, and log the reading (R22).

    Raises:
        NotFound: none the actor may see.
    """
    referral = referral_for(actor, referral_id)
    record_read(
        actor,
        kind=REFERRAL,
        object_id=referral.pk,
        district_id=referral.district_id,
        person_ids=[referral.person_id] if referral.person_id else (),
        purpose="segnalazione",
    )
    return referral


def _answerable(actor: Actor, referral_id: UUID) -> Referral:
    referral = referral_for(actor, referral_id, for_update=True)
    if not may_answer_referral(actor, district_id=referral.district_id):
        raise NotAllowed
    return referral


def failed_attempts(referral: Referral) -> int:
    """Return how many times nobody answered since the person was last spoken with."""
    failed = 0
    for reached in referral.attempts.order_by("-id").values_list("reached", flat=True):
        if reached:
            break
        failed += 1
    return failed


@transaction.atomic
def note_attempt(
    actor: Actor,
    referral_id: UUID,
    *,
    channel: Channel,
    reached: bool,
    note: str = "",
    tried_at: datetime | None = None,
    once: UUID | None = None,
) -> Referral:
    """Write down a try at reaching the person and return the referral, now followed by the actor.

    `once` names the act: the same twice is one try.

    Raises:
        NotFound, NotAllowed: not visible; not staff of the district.
        ReferralAlreadyAnswered: it has its answer.
        SentAlready: sent before with other data.
    """
    referral = _answerable(actor, referral_id)
    attempt = ContactAttempt(
        id=once or new_id(),
        district_id=referral.district_id,
        referral=referral,
        tried_at=tried_at or clock.now(),
        channel=channel.value,
        reached=reached,
        note=note.strip(),
        by_id=actor.account_id,
        by_name=actor.name,
    )
    sent = ("channel", "reached", "note")
    if not written_once(attempt, of="referral_id", sent=sent)[1]:
        return referral
    stage = ReferralStage(referral.stage)
    if referral.transfer_from_id is not None and stage not in OPEN:
        # The other district has its answer: a family that comes back is a new referral.
        raise ReferralAlreadyAnswered(stage=stage)
    if reached:
        referral.stage = moved(stage, ReferralMove.REACH)
    elif stage not in {ReferralStage.RECEIVED, ReferralStage.CONTACTED}:
        raise ReferralAlreadyAnswered(stage=stage)
    if referral.worker_id is None:
        referral.worker_id = actor.account_id
    if referral.stage == ReferralStage.CONTACTED:
        referral.answered_at = None
    referral.save(update_fields=["stage", "worker", "answered_at"])
    _record(actor, Verb.CHANGED, referral, attempt=channel.value, reached=reached)
    return referral


@transaction.atomic
def direct_elsewhere(actor: Actor, referral_id: UUID, *, directed_to: str, answer: str) -> Referral:
    """Close a referral whose answer is elsewhere and return it.

    Raises:
        NotFound, NotAllowed, ContactFirst, ReferralAlreadyAnswered: as their names say.
        ReasonNeeded: not said where.
    """
    if not directed_to.strip():
        raise ReasonNeeded
    return _answered(actor, referral_id, ReferralMove.DIRECT, answer, directed_to=directed_to)


@transaction.atomic
def note_renounced(actor: Actor, referral_id: UUID, *, answer: str) -> Referral:
    """Close a referral because the person does not want help now, and return it.

    Raises:
        NotFound, NotAllowed, ContactFirst, ReferralAlreadyAnswered: as their names say.
    """
    return _answered(actor, referral_id, ReferralMove.RENOUNCE, answer)


@transaction.atomic
def give_up(actor: Actor, referral_id: UUID) -> Referral:
    """Close a referral whose person could not be found, and return it.

    Raises:
        NotFound, NotAllowed, ReferralAlreadyAnswered: as their names say.
        TooFewAttempts: fewer than three without answer.
    """
    return _answered(actor, referral_id, ReferralMove.GIVE_UP, "")


def _answered(
    actor: Actor, referral_id: UUID, move: ReferralMove, answer: str, directed_to: str = ""
) -> Referral:
    referral = _answerable(actor, referral_id)
    before = ReferralStage(referral.stage)
    told = (answer.strip(), directed_to.strip())
    if before is _ANSWERED.get(move) and (referral.answer, referral.directed_to) == told:
        return referral  # the same answer sent again
    referral.stage = moved(before, move, failed_attempts=failed_attempts(referral))
    referral.answer, referral.directed_to = told
    referral.answered_at = clock.now()
    referral.save(update_fields=["stage", "answer", "directed_to", "answered_at"])
    _record(actor, Verb.DECIDED, referral, stage=referral.stage)
    _tell_sender(actor, referral, HandoverStage.DECLINED)
    return referral


def accepted(actor: Actor, referral_id: UUID, *, person_id: UUID) -> Referral:
    """Mark a referral as accepted for a person and return it, locked; inside the intake.

    Raises:
        NotFound, NotAllowed, ContactFirst, ReferralAlreadyAnswered: as their names say.
    """
    referral = _answerable(actor, referral_id)
    referral.stage = moved(ReferralStage(referral.stage), ReferralMove.ACCEPT)
    referral.person_id = person_id
    referral.worker_id = actor.account_id
    referral.answered_at = clock.now()
    referral.save(update_fields=["stage", "person", "worker", "answered_at"])
    _record(actor, Verb.DECIDED, referral, stage=referral.stage)
    _tell_sender(actor, referral, HandoverStage.ACCEPTED)
    return referral
