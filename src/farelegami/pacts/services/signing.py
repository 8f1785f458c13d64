"""Signatures under the exact text, and what the last one sets in motion."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction

from farelegami.audit.rules import Verb
from farelegami.audit.services import record
from farelegami.cases.services.cases import enter_pact
from farelegami.documents.models import Document
from farelegami.documents.services import check, store
from farelegami.kernel import clock
from farelegami.kernel.actor import Actor, Role
from farelegami.kernel.errors import NotAllowed
from farelegami.ledger.queries import account_ids
from farelegami.ledger.rules import BalanceTooLow
from farelegami.ledger.services import post
from farelegami.pacts.models import Pact, PactVersion, ResultProgress, Signature
from farelegami.pacts.permissions import may_write_pact
from farelegami.pacts.queries import members_of, open_version, pact_for, signatures_of
from farelegami.pacts.queries.parts import is_disputed
from farelegami.pacts.queries.sight import own_pact_for
from farelegami.pacts.rules.family import DisputeOpen, SigningWaits
from farelegami.pacts.rules.meetings import next_meeting_by
from farelegami.pacts.rules.money import Purse
from farelegami.pacts.rules.readiness import NotReady, missing_to_agree
from farelegami.pacts.rules.signing import (
    BudgetBelowSpent,
    DrawingUnreadable,
    Needed,
    NoFundingSource,
    NotASigner,
    NothingToSign,
    OtherText,
    SignedAlready,
    Signer,
    drawing_is_readable,
    still_needed,
)
from farelegami.pacts.rules.stages import Move, Stage, WrongStage, check_words_live, moved
from farelegami.pacts.rules.terms import Terms
from farelegami.pacts.services.agreeing import draft_of, told


def signatures_needed(pact: Pact) -> Sequence[Needed]:
    """Return who signs: each holder, the case manager, the body. One query."""
    holders = [member for member in members_of([pact.pk])[pact.pk] if member.is_holder]
    manager = pact.case.manager
    return [
        *(Needed(Signer.HOLDER, each.person_id, str(each.person)) for each in holders),
        Needed(Signer.CASE_MANAGER, None, manager.name if manager else ""),
        Needed(Signer.BODY, None, pact.body.name),
    ]


def signatures_missing(pact: Pact, version: PactVersion) -> Sequence[Needed]:
    """Return the signatures not yet under a version. Two queries."""
    signed = [(Signer(each.signer), each.person_id) for each in signatures_of([version.pk])]
    return still_needed(signatures_needed(pact), signed)


def _may_record(actor: Actor, pact: Pact, signer: Signer) -> bool:
    if may_write_pact(actor, manager_id=pact.case.manager_id):
        return True
    return signer == Signer.BODY and actor.holds(Role.COORDINATOR, district_id=pact.district_id)


def _needed(pact: Pact, signer: Signer, person_id: UUID | None) -> Needed:
    for each in signatures_needed(pact):
        if (each.signer, each.person_id) == (signer, person_id):
            return each
    raise NotASigner


@transaction.atomic
def sign(
    actor: Actor,
    pact_id: UUID,
    *,
    signer: Signer,
    text_hash: str,
    person_id: UUID | None = None,
    name: str = "",
    drawing: str = "",
    document: Document | None = None,
) -> Pact:
    """Put one signature under the authorised text; with the last one the version is in force.

    `text_hash` is of the text that was shown; `drawing` is the path drawn on the screen, or
    `document` the scan of the paper. `name` is who signs for the body.

    Raises:
        NotFound, NotAllowed: not visible, or not the actor's to record.
        WrongStage: the pact is under final review or over.
        NothingToSign: no authorised text waits for signatures.
        DisputeOpen: somebody of the family disputes it and has no answer yet.
        OtherText: the text shown is not the authorised one.
        NotASigner, SignedAlready, DrawingUnreadable: this signature cannot be taken.
        NotReady: an age, a notice or a status no longer holds at the signature (R5, R6).
        BudgetBelowSpent: the amendment authorises less than is committed.
    """
    pact = pact_for(actor, pact_id, for_update=True)
    if not _may_record(actor, pact, signer):
        raise NotAllowed
    mark = Mark(signer, text_hash, person_id, name, drawing, document)
    return take_signature(actor, pact, mark)


@transaction.atomic
def sign_own(actor: Actor, pact_id: UUID, *, text_hash: str, drawing: str) -> Pact:
    """Sign the own family's pact on the own phone, as the holder one is; as `sign`.

    Raises:
        NotFound: the actor is not named in it.
        NotASigner: named, but not among those who sign.
        SigningWaits: something is missing that is not the family's to bring; and as `sign`.
    """
    pact = own_pact_for(actor, pact_id, for_update=True)
    mark = Mark(Signer.HOLDER, text_hash, actor.person_id, drawing=drawing)
    try:
        return take_signature(actor, pact, mark)
    except (NotReady, WrongStage, NoFundingSource, BudgetBelowSpent) as refusal:
        # What is missing is for who follows the pact to know, and to bring.
        raise SigningWaits from refusal


@dataclass(frozen=True, slots=True)
class Mark:
    """One signature: by whom, under which text, drawn or on a scanned paper."""

    signer: Signer
    text_hash: str
    person_id: UUID | None = None
    name: str = ""
    drawing: str = ""
    document: Document | None = None


def take_signature(actor: Actor, pact: Pact, mark: Mark) -> Pact:
    """Write a signature under the authorised text of a locked pact; who may, the caller has asked.

    Raises:
        As `sign`.
    """
    signer, person_id, document = mark.signer, mark.person_id, mark.document
    check_words_live(pact.stage_now)
    version = open_version(pact.pk)
    if version is None or version.authorised_on is None:
        raise NothingToSign
    if mark.text_hash != version.text_hash:
        raise OtherText
    if is_disputed(version.pk):
        raise DisputeOpen
    needed = _needed(pact, signer, person_id)
    if document is None and not drawing_is_readable(mark.drawing):
        raise DrawingUnreadable
    missing = missing_to_agree(draft_of(pact, version))
    if missing:
        raise NotReady(list=told(missing))
    signature = Signature(
        version=version,
        signer=signer,
        person_id=person_id,
        name=mark.name or needed.name,
        method=Signature.Method.PAPER if document else Signature.Method.DRAWN,
        drawing="" if document else mark.drawing.strip(),
        document=document,
        text_hash=mark.text_hash,
        signed_at=clock.now(),
        recorded_by_id=actor.account_id,
    )
    try:
        with transaction.atomic():
            signature.save(force_insert=True)
    except IntegrityError as error:
        raise SignedAlready(name=needed.name) from error
    record(
        actor,
        Verb.SIGNED,
        kind="pacts.version",
        object_id=version.pk,
        district_id=pact.district_id,
        person_ids=[person_id] if person_id else (),
        facts={"signer": str(signer), "hash": mark.text_hash, "pact": str(pact.pk)},
    )
    if not signatures_missing(pact, version):
        _come_into_force(actor, pact, version)
    return pact


def sign_on_paper(
    actor: Actor,
    pact_id: UUID,
    *,
    upload: "UploadedFile[bytes]",
    signer: Signer,
    text_hash: str,
    person_id: UUID | None = None,
    name: str = "",
) -> Pact:
    """Keep the scan of a signed paper and take its signature, both or neither. Returns the pact.

    Raises:
        As `documents.services.check` and `sign`.
    """
    pact = pact_for(actor, pact_id)
    if not _may_record(actor, pact, signer):
        raise NotAllowed
    check_words_live(pact.stage_now)
    paper = check(upload)
    with transaction.atomic():
        scan = store(
            actor,
            upload=paper,
            kind="pacts.signed_paper",
            district_id=pact.district_id,
            title=f"{pact.code}, firma",
            person_ids=[person_id] if person_id else (),
            owner_kind="pacts.pact",
            owner_id=pact.pk,
        )
        return sign(
            actor,
            pact_id,
            signer=signer,
            text_hash=text_hash,
            person_id=person_id,
            name=name,
            document=scan,
        )


def _come_into_force(actor: Actor, pact: Pact, version: PactVersion) -> None:
    terms, today = version.terms, clock.today()
    _move_budget(actor, pact, version, terms)
    version.signed_on = today
    version.save(update_fields=["signed_on"])
    if pact.signed_on is None:
        stage = moved(pact.stage_now, Move.SIGN)
        pact.signed_on = today
        enter_pact(actor, pact.case_id)
        if terms.starts_on <= today:
            _set_started(pact, stage)
    pact.version_number = version.number
    pact.authorised_cents, pact.promised_minutes = terms.budget, terms.promised
    pact.starts_on, pact.ends_on = terms.starts_on, terms.ends_on
    pact.save()
    ResultProgress.objects.bulk_create(
        [
            ResultProgress(pact=pact, result_key=result.key)
            for goal in terms.goals
            for result in goal.results
        ],
        ignore_conflicts=True,
    )


def _set_started(pact: Pact, stage: Stage) -> None:
    moved(stage, Move.START)
    pact.started_on = clock.today()
    pact.next_meeting_by = next_meeting_by(
        started_on=pact.started_on,
        last_held_on=None,
        interval_days=pact.programme.meeting_interval_days,
    )


def _move_budget(actor: Actor, pact: Pact, version: PactVersion, terms: Terms) -> None:
    """Bring the pact's money to the new words: more from the source, or the rest back to it."""
    more_cents = terms.budget - pact.authorised_cents
    source = pact.funding_source
    if not more_cents:
        return
    if source is None:
        raise NoFundingSource
    available = account_ids([pact.pk])[pact.pk, Purse.AVAILABLE]
    debit, credit = source.account_id, available
    if more_cents < 0:
        debit, credit = credit, debit
    try:
        post(
            actor,
            debit_id=debit,
            credit_id=credit,
            amount=abs(more_cents),
            happened_on=clock.today(),
            memo=f"Patto {pact.code}, testo {version.number}",
            key=f"pact:{pact.pk}:v{version.number}",
        )
    except BalanceTooLow as error:
        raise BudgetBelowSpent from error


@transaction.atomic
def start_pact(actor: Actor, pact_id: UUID) -> Pact:
    """Start a signed pact whose first day has come. Returns it.

    Raises:
        NotFound, NotAllowed: not visible, or not the actor's to write.
        WrongStage: not signed, or started already.
    """
    pact = pact_for(actor, pact_id, for_update=True)
    if not may_write_pact(actor, manager_id=pact.case.manager_id):
        raise NotAllowed
    _set_started(pact, pact.stage_now)
    pact.save(update_fields=["started_on", "next_meeting_by"])
    record(
        actor,
        Verb.DECIDED,
        kind="pacts.pact",
        object_id=pact.pk,
        district_id=pact.district_id,
        facts={"started_on": clock.today().isoformat()},
    )
    return pact
