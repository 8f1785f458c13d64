"""What a family does with its own pact from its own phone; `actor.person_id` is named in it."""

from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from farelegami.audit.rules import Verb
from farelegami.audit.services import record
from farelegami.documents.services import Checked, check, store
from farelegami.kernel import clock
from farelegami.kernel.actor import Actor
from farelegami.kernel.errors import NotAllowed, NotFound
from farelegami.kernel.ids import new_id
from farelegami.pacts.models import (
    FamilyMessage,
    HoursEntry,
    Meeting,
    Pact,
    PactVersion,
    SpendRequest,
)
from farelegami.pacts.permissions import may_write_pact
from farelegami.pacts.queries import open_version, pact_for
from farelegami.pacts.queries.sight import own_pact_for
from farelegami.pacts.rules.family import LONGEST_WORDS, MessageKind, NothingSaid, check_said
from farelegami.pacts.rules.signing import NothingToSign, OtherText
from farelegami.pacts.services.giving import Telling, tell_hours
from farelegami.storage.once import written_once


@transaction.atomic
def tell_own_hours(actor: Actor, pact_id: UUID, told: Telling) -> HoursEntry:
    """Return the hours that somebody of the family says were given; the host confirms them later.

    Raises:
        NotFound: not the actor's own pact, or no such commitment.
        HoursInFuture, HoursOutsidePact, SentAlready: as `giving.report_hours`.
    """
    return tell_hours(actor, own_pact_for(actor, pact_id, for_update=True), told)


def write_to_manager(
    actor: Actor,
    pact_id: UUID,
    *,
    kind: MessageKind,
    text: str = "",
    meeting_id: UUID | None = None,
    spend_id: UUID | None = None,
    photo: "UploadedFile[bytes] | None" = None,
    once: UUID | None = None,
) -> FamilyMessage:
    """Send a word to who follows the pact and return it; `once` names the act.

    Raises:
        NotFound: not the actor's own pact, or a meeting or spend of another.
        NothingSaid, NoReceipt: it says nothing.
        SentAlready: sent before with other words.
        Refusal: of `documents.services.check`, for a photo that cannot be kept.
    """
    pact = own_pact_for(actor, pact_id)
    if actor.person_id is None:
        raise NotFound
    check_said(kind, text, has_photo=photo is not None)
    if meeting_id and not Meeting.objects.filter(pk=meeting_id, pact=pact).exists():
        raise NotFound
    if spend_id and not SpendRequest.objects.filter(pk=spend_id, pact=pact).exists():
        raise NotFound
    file = check(photo) if photo is not None else None
    message = FamilyMessage(
        id=once or new_id(),
        district_id=pact.district_id,
        pact=pact,
        person_id=actor.person_id,
        kind=kind.value,
        text=text.strip()[:LONGEST_WORDS],
        meeting_id=meeting_id,
        spend_id=spend_id,
        sent_at=clock.now(),
    )
    with transaction.atomic():
        return _sent(actor, pact, message, file)


def _sent(actor: Actor, pact: Pact, message: FamilyMessage, file: Checked | None) -> FamilyMessage:
    sent = ("kind", "text", "meeting_id", "spend_id")
    message, is_new = written_once(message, of="pact_id", sent=sent)
    if not is_new:
        return message
    if file is not None:
        message.document = store(
            actor,
            upload=file,
            kind="pacts.family_receipt",
            district_id=pact.district_id,
            title=f"{pact.code}, scontrino",
            person_ids=[message.person_id],
            owner_kind="pacts.pact",
            owner_id=pact.pk,
        )
        message.save(update_fields=["document"])
    _note(actor, pact, Verb.CREATED, message)
    return message


@transaction.atomic
def accept_proposal(
    actor: Actor, pact_id: UUID, *, text_hash: str, once: UUID | None = None
) -> FamilyMessage:
    """Say yes to the text that waits for signatures and return the word of it; said twice it is one.

    What the same person disputed in that text is settled with it. It is no signature.

    Raises:
        NotFound: not the actor's own pact.
        NothingToSign, OtherText: no text waits, or another one.
    """
    pact, version = _proposed(actor, pact_id, text_hash)
    if actor.person_id is None:
        raise NotFound
    said = FamilyMessage.objects.filter(version=version, person_id=actor.person_id)
    last = said.order_by("-sent_at", "-id").first()
    if last is not None and last.kind == MessageKind.ACCEPTED:
        return last
    message = _word(actor, pact, version, once)
    message.kind = MessageKind.ACCEPTED.value
    message, is_new = written_once(message, of="pact_id", sent=("kind", "version_id"))
    if is_new:
        said.filter(kind=MessageKind.DISPUTE, answered_at=None).update(answered_at=message.sent_at)
        _note(actor, pact, Verb.DECIDED, message)
    return message


@transaction.atomic
def dispute_proposal(
    actor: Actor, pact_id: UUID, *, text_hash: str, text: str, once: UUID | None = None
) -> FamilyMessage:
    """Say no, in words of any language, to the text that waits for signatures; return the word of it.

    Until who follows the pact answers, or the same person accepts, nobody signs that text.

    Raises:
        NotFound, NothingToSign, OtherText: as `accept_proposal`.
        NothingSaid: without words; SentAlready: sent before with others.
    """
    check_said(MessageKind.DISPUTE, text, has_photo=False)
    pact, version = _proposed(actor, pact_id, text_hash)
    message = _word(actor, pact, version, once)
    message.kind, message.text = MessageKind.DISPUTE.value, text.strip()[:LONGEST_WORDS]
    sent = ("kind", "text", "version_id")
    message, is_new = written_once(message, of="pact_id", sent=sent)
    if is_new:
        _note(actor, pact, Verb.DECIDED, message)
    return message


def _proposed(actor: Actor, pact_id: UUID, text_hash: str) -> tuple[Pact, PactVersion]:
    pact = own_pact_for(actor, pact_id, for_update=True)
    version = open_version(pact.pk)
    if version is None or version.authorised_on is None:
        raise NothingToSign
    if text_hash != version.text_hash:
        raise OtherText
    return pact, version


def _word(actor: Actor, pact: Pact, version: PactVersion, once: UUID | None) -> FamilyMessage:
    if actor.person_id is None:
        raise NotFound
    return FamilyMessage(
        id=once or new_id(),
        district_id=pact.district_id,
        pact=pact,
        version=version,
        person_id=actor.person_id,
        sent_at=clock.now(),
    )


def message_to_answer(actor: Actor, message_id: UUID) -> tuple[FamilyMessage, Pact]:
    """Return a word of the family and its pact, for who follows it. Two queries.

    Raises:
        NotFound, NotAllowed: not visible; not the one who follows the pact.
    """
    rows = FamilyMessage.objects.select_related("person").defer("person__tax_code")
    found = rows.filter(pk=message_id).first()
    if found is None:
        raise NotFound
    pact = pact_for(actor, found.pact_id)
    if not may_write_pact(actor, manager_id=pact.case.manager_id):
        raise NotAllowed
    return found, pact


@transaction.atomic
def answer_message(actor: Actor, message_id: UUID, *, text: str) -> FamilyMessage:
    """Answer a word of the family, which reads it on its page; return it. The same twice is one.

    Raises:
        NotFound, NotAllowed: as `read_message`.
        NothingSaid: without words.
    """
    if not text.strip():
        raise NothingSaid
    found = read_message(actor, message_id)
    words = text.strip()[:LONGEST_WORDS]
    if found.answered_at is not None and found.answer == words:
        return found
    found.answer, found.answered_at = words, clock.now()
    found.answered_by_id = actor.account_id
    found.save(update_fields=["answer", "answered_at", "answered_by"])
    _note(actor, found.pact, Verb.CHANGED, found)
    return found


@transaction.atomic
def read_message(actor: Actor, message_id: UUID) -> FamilyMessage:
    """Note that who follows the pact has read a word of the family, and return it.

    Raises:
        NotFound, NotAllowed: not visible; not the one who follows the pact.
    """
    found = FamilyMessage.objects.filter(pk=message_id).first()
    if found is None:
        raise NotFound
    pact = pact_for(actor, found.pact_id, for_update=True)
    if not may_write_pact(actor, manager_id=pact.case.manager_id):
        raise NotAllowed
    if found.read_at is None:
        found.read_at, found.read_by_id = clock.now(), actor.account_id
        found.save(update_fields=["read_at", "read_by"])
        _note(actor, pact, Verb.CHANGED, found)
    return found


def _note(actor: Actor, pact: Pact, verb: Verb, message: FamilyMessage) -> None:
    record(
        actor,
        verb,
        kind="pacts.message",
        object_id=message.pk,
        district_id=pact.district_id,
        person_ids=[message.person_id],
        facts={"pact": str(pact.pk), "kind": message.kind},
    )
