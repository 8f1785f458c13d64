"""A spend from the question to the bank statement: three pairs of hands, one paper used once.

Locks, always in this order: the pact, then (in the ledger) its accounts by id.
"""

from collections.abc import Callable
from datetime import date
from typing import TypeAlias
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from farelegami.audit.rules import Facts, Verb
from farelegami.audit.services import record
from farelegami.documents.models import Document
from farelegami.documents.services import check, store
from farelegami.kernel import clock
from farelegami.kernel.actor import Actor
from farelegami.kernel.errors import NotAllowed, NotFound, SentAlready
from farelegami.kernel.ids import new_id
from farelegami.kernel.units import Cents
from farelegami.ledger.queries import account_ids, balances
from farelegami.ledger.services import hold, post
from farelegami.pacts.models import Pact, SpendRequest
from farelegami.pacts.permissions import (
    may_approve_spend,
    may_document,
    may_pay,
    may_write_pact,
)
from farelegami.pacts.queries import members_of, pact_to_write, spend_for, visible_spends
from farelegami.pacts.rules.drafts import UnknownCategory
from farelegami.pacts.rules.money import (
    DocumentTooHigh,
    DocumentUsedTwice,
    Purse,
    Route,
    SameHands,
    Spend,
    SpendMove,
    check_category,
    check_document_dates,
    check_in_force,
    check_paid_on,
    left_after,
    paper_key,
    spend_moved,
    supplier_key,
)
from farelegami.pacts.services.deciding import check_not_own_household
from farelegami.programmes.models import SupportCategory
from farelegami.programmes.queries import budget_lines, categories
from farelegami.storage.acts import one_act
from farelegami.storage.inserts import change, insert
from farelegami.storage.prepared import prepared

Still: TypeAlias = Callable[[SpendRequest], None]
_COUNTED = (Spend.COMMITTED, Spend.DOCUMENTED, Spend.PAID, Spend.RECONCILED)


def _category(pact: Pact, code: str) -> SupportCategory:
    found = categories([pact.programme_id]).get(pact.programme_id, ())
    category = next((each for each in found if each.code == code), None)
    if category is None:
        raise UnknownCategory
    return category


def _used(pact: Pact, category: SupportCategory) -> Cents:
    """Return what was granted in a category of a locked pact."""
    return Cents(sum(_granted(pact.pk, category.pk)))


@prepared
def _granted(pact_id: UUID, category_id: UUID) -> QuerySet[SpendRequest, int]:
    rows = SpendRequest.objects.filter(pact_id=pact_id, category_id=category_id, stage__in=_COUNTED)
    return rows.values_list("amount_cents", flat=True)


def _deciding(actor: Actor, spend_id: UUID) -> SpendRequest:
    """Return a visible spend as it is now, its pact locked and its category beside it.

    The lock comes first: two coordinators may decide at the same moment.

    Raises:
        NotFound, NotAllowed: not visible; not a coordinator of the district.
    """
    found = _locking(actor, spend_id)
    if not found:
        raise NotFound
    seen = found[0]
    if not may_approve_spend(actor, district_id=seen.district_id, asked_by_id=None):
        raise NotAllowed
    spend = _again(seen.pk)[0]
    spend.pact, spend.category = seen.pact, seen.category
    return spend


@prepared
def _locking(actor: Actor, spend_id: UUID) -> QuerySet[SpendRequest]:
    rows = visible_spends(actor).filter(pk=spend_id).select_related("pact", "category")
    # Itself it is read again, once the lock is there.
    return rows.select_for_update(of=("pact",), no_key=True)


@prepared
def _again(spend_id: UUID) -> QuerySet[SpendRequest]:
    return SpendRequest.objects.filter(pk=spend_id)


@prepared
def _lock(pact_id: UUID) -> QuerySet[Pact]:
    return Pact.objects.select_for_update(no_key=True).filter(pk=pact_id)


def _limit_of(category: SupportCategory) -> Cents | None:
    return None if category.limit_cents is None else Cents(category.limit_cents)


def _locked(spend: SpendRequest) -> tuple[Pact, SpendRequest]:
    """Lock the pact and read the spend again: two deciders may have come at the same moment."""
    pact = _lock(spend.pact_id)[0]
    return pact, SpendRequest.objects.select_related("category").get(pk=spend.pk)


def _move_money(
    actor: Actor, spend: SpendRequest, way: tuple[Purse, Purse], amount: int, step: str
) -> None:
    if not amount:
        return
    accounts, (giver, taker) = account_ids([spend.pact_id]), way
    post(
        actor,
        debit_id=accounts[spend.pact_id, giver],
        credit_id=accounts[spend.pact_id, taker],
        amount=amount,
        happened_on=clock.today(),
        memo=spend.title,
        key=f"spend:{spend.pk}:{step}",
    )


def _record(actor: Actor, spend: SpendRequest, verb: Verb, facts: Facts) -> None:
    record(
        actor,
        verb,
        kind="pacts.spend",
        object_id=spend.pk,
        district_id=spend.district_id,
        facts={"pact": str(spend.pact_id), **facts},
    )


@one_act
def request_spend(
    actor: Actor,
    pact_id: UUID,
    *,
    category: str,
    title: str,
    amount_cents: Cents,
    route: Route,
    supplier: str,
    reason: str = "",
    support_key: str = "",
    once: UUID | None = None,
) -> SpendRequest:
    """Return a new request, which a coordinator will decide; nothing is committed yet.

    `once` names the act: the same twice asks once.

    Raises:
        NotFound, NotAllowed: not visible, or not the case manager.
        PactNotInForce, UnknownCategory, CategoryExceeded, BudgetExceeded: it could not be granted.
        SentAlready: sent before with other data.
    """
    pact = pact_to_write(actor, pact_id)
    chosen = _category(pact, category)
    asked = {
        "category": chosen,
        "title": title,
        "amount_cents": amount_cents,
        "route": route,
        "supplier": supplier,
        "reason": reason,
        "support_key": support_key,
    }
    if again := SpendRequest.objects.filter(pk=once, pact=pact).first() if once else None:
        if any(getattr(again, field) != value for field, value in asked.items()):
            raise SentAlready
        return again
    _check_could_be_granted(pact, chosen, amount_cents, left=_left(pact))
    spend = SpendRequest(
        id=once or new_id(),
        district_id=pact.district_id,
        pact=pact,
        requested_by_id=actor.account_id,
        requested_at=clock.now(),
        **asked,
    )
    try:
        insert([spend])
    except IntegrityError as error:
        # The name of the act is taken by a row of another pact.
        raise NotFound from error
    _record(actor, spend, Verb.CREATED, {"amount_cents": amount_cents})
    return spend


def _left(pact: Pact) -> Cents:
    return Cents(balances([pact.pk])[pact.pk].get(Purse.AVAILABLE, 0))


def _check_could_be_granted(
    pact: Pact,
    category: SupportCategory,
    asked: Cents,
    *,
    left: Cents,
) -> Cents:
    check_in_force(
        pact.stage_now, day=clock.today(), starts_on=pact.starts_on, ends_on=pact.ends_on
    )
    limit = _limit_of(category)
    if limit is not None:
        used = _used(pact, category)
        check_category(asked, used=used, limit=limit, label=category.said)
    return left_after(asked, left=left)


@one_act
def approve_spend(actor: Actor, spend_id: UUID, *, still: Still | None = None) -> Cents:
    """Approve a request and commit its money at once; returns the cents still free on the pact.

    `still` looks at the locked request, and refuses where it is not what the decision was made on.

    Raises:
        NotFound, NotAllowed: not visible; not a coordinator of the district.
        SameHands: the actor asked for it.
        OwnHousehold: the actor is of the family.
        SpendMovedAlready: somebody decided meanwhile.
        PactNotInForce, CategoryExceeded, BudgetExceeded: there is no room for it (any more).
    """
    spend = _deciding(actor, spend_id)
    pact, category = spend.pact, spend.category
    if still is not None:
        still(spend)
    if not may_approve_spend(
        actor, district_id=spend.district_id, asked_by_id=spend.requested_by_id
    ):
        raise SameHands
    check_not_own_household(actor, pact)
    spend_moved(Spend(spend.stage), SpendMove.APPROVE)
    asked, purses = Cents(spend.amount_cents), hold(pact.pk, Purse.AVAILABLE, Purse.COMMITTED)
    giver, taker = purses[Purse.AVAILABLE], purses[Purse.COMMITTED]
    left = _check_could_be_granted(pact, category, asked, left=Cents(giver.balance))
    spend.approved_by_id, spend.approved_at = actor.account_id, clock.now()
    change(spend, "approved_by", "approved_at")
    post(
        actor,
        debit_id=giver.pk,
        credit_id=taker.pk,
        amount=asked,
        happened_on=clock.today(),
        memo=spend.title,
        key=f"spend:{spend.pk}:commit",
        held={giver.pk: giver, taker.pk: taker},
    )
    _record(actor, spend, Verb.DECIDED, {"approved_cents": asked})
    return left


@one_act
def reject_spend(actor: Actor, spend_id: UUID, *, reason: str, still: Still | None = None) -> None:
    """Refuse a request, with a reason the family can be told; `still` as for `approve_spend`.

    Raises:
        NotFound, NotAllowed, SameHands, SpendMovedAlready: as `approve_spend`.
    """
    spend = _deciding(actor, spend_id)
    if still is not None:
        still(spend)
    if not may_approve_spend(
        actor, district_id=spend.district_id, asked_by_id=spend.requested_by_id
    ):
        raise SameHands
    spend_moved(Spend(spend.stage), SpendMove.REJECT)
    spend.rejected_by_id, spend.rejected_at = actor.account_id, clock.now()
    spend.decision_reason = reason
    change(spend, "rejected_by", "rejected_at", "decision_reason")
    _record(actor, spend, Verb.DECIDED, {"rejected": True})


@transaction.atomic
def document_spend(
    actor: Actor,
    spend_id: UUID,
    *,
    document: Document,
    document_number: str,
    document_date: date,
    document_cents: Cents,
) -> None:
    """Attach the paper of a committed spend; what it costs less goes back to the budget.

    Raises:
        NotFound, NotAllowed: not visible; neither the case manager nor a clerk.
        SpendMovedAlready: not committed, or documented already.
        DocumentTooHigh, DocumentInFuture, DocumentOutOfDates, DocumentLate, DocumentUsedTwice,
        DocumentNumberMissing: not this paper (R3, R4).
    """
    spend = spend_for(actor, spend_id)
    manager_id = spend.pact.case.manager_id
    if not may_document(actor, district_id=spend.district_id, manager_id=manager_id):
        raise NotAllowed
    days = spend.pact.programme.days_to_present_documents
    pact, spend = _locked(spend)
    spend_moved(Spend(spend.stage), SpendMove.DOCUMENT)
    if document_cents > spend.amount_cents:
        raise DocumentTooHigh(asked_cents=document_cents, committed_cents=Cents(spend.amount_cents))
    check_document_dates(
        document_date,
        presented_on=clock.today(),
        starts_on=pact.starts_on,
        ends_on=pact.ends_on,
        days_to_present=days,
    )
    spend.document, spend.document_sha256 = document, document.sha256
    spend.supplier_key = supplier_key(spend.supplier)
    spend.document_number = paper_key(document_number)
    spend.document_date, spend.document_cents = document_date, document_cents
    spend.documented_by_id, spend.documented_at = actor.account_id, clock.now()
    try:
        with transaction.atomic():
            spend.save()
    except IntegrityError as error:
        raise DocumentUsedTwice from error
    rest = spend.amount_cents - document_cents
    _move_money(actor, spend, (Purse.COMMITTED, Purse.AVAILABLE), rest, "rest")
    _move_money(actor, spend, (Purse.COMMITTED, Purse.DOCUMENTED), document_cents, "document")
    _record(actor, spend, Verb.CHANGED, {"documented_cents": document_cents})


def present_paper(
    actor: Actor,
    spend_id: UUID,
    *,
    upload: "UploadedFile[bytes]",
    document_number: str,
    document_date: date,
    document_cents: Cents,
) -> None:
    """Keep an uploaded paper and document the spend with it, both or neither.

    Raises:
        As `documents.services.check` and `document_spend`.
    """
    spend = spend_for(actor, spend_id)
    manager_id = spend.pact.case.manager_id
    if not may_document(actor, district_id=spend.district_id, manager_id=manager_id):
        raise NotAllowed
    spend_moved(Spend(spend.stage), SpendMove.DOCUMENT)
    members = members_of([spend.pact_id])[spend.pact_id]
    checked = check(upload)
    with transaction.atomic():
        paper = store(
            actor,
            upload=checked,
            kind="pacts.spend_paper",
            district_id=spend.district_id,
            title=f"{spend.pact.code}, {document_number}",
            person_ids=[member.person_id for member in members],
            owner_kind="pacts.spend",
            owner_id=spend.pk,
        )
        document_spend(
            actor,
            spend_id,
            document=paper,
            document_number=document_number,
            document_date=document_date,
            document_cents=document_cents,
        )


@transaction.atomic
def pay_spend(
    actor: Actor,
    spend_id: UUID,
    *,
    paid_on: date,
    payment_reference: str,
    budget_line_id: UUID | None = None,
) -> None:
    """Note that a documented spend was paid, by a third pair of hands, on one cost line (R2, R4).

    Raises:
        NotFound, NotAllowed: not visible; not a clerk of the district.
        SameHands: the actor asked or approved.
        OwnHousehold: the actor is of the family.
        SpendMovedAlready: not documented, or paid already.
        PaidInFuture, PaidBeforeDocument: the day cannot be.
    """
    spend = spend_for(actor, spend_id)
    if not may_pay(actor, district_id=spend.district_id, asked_by_id=None, approved_by_id=None):
        raise NotAllowed
    pact, spend = _locked(spend)
    if not may_pay(
        actor,
        district_id=spend.district_id,
        asked_by_id=spend.requested_by_id,
        approved_by_id=spend.approved_by_id,
    ):
        raise SameHands
    check_not_own_household(actor, pact)
    spend_moved(Spend(spend.stage), SpendMove.PAY)
    # An advance is paid before its receipt by nature, and noted when the receipt is there (R1).
    dated_on = None if spend.route == Route.ADVANCE else spend.document_date
    check_paid_on(paid_on, dated_on=dated_on, today=clock.today())
    lines = {line.pk for line in budget_lines(pact.programme_id)}
    if budget_line_id is not None and budget_line_id not in lines:
        raise NotFound
    spend.budget_line_id = budget_line_id or spend.category.line_id
    spend.paid_by_id, spend.paid_at = actor.account_id, clock.now()
    spend.paid_on, spend.payment_reference = paid_on, payment_reference
    spend.save()
    _move_money(actor, spend, (Purse.DOCUMENTED, Purse.PAID), spend.document_cents or 0, "pay")
    _record(actor, spend, Verb.CHANGED, {"paid_cents": spend.document_cents})


@transaction.atomic
def reconcile_spend(actor: Actor, spend_id: UUID, *, statement_reference: str) -> None:
    """Note that a payment is on the bank statement.

    Raises:
        NotFound, NotAllowed: not visible; not a clerk of the district.
        SpendMovedAlready: not paid, or reconciled already.
    """
    spend = spend_for(actor, spend_id)
    if not may_pay(actor, district_id=spend.district_id, asked_by_id=None, approved_by_id=None):
        raise NotAllowed
    _pact, spend = _locked(spend)
    spend_moved(Spend(spend.stage), SpendMove.RECONCILE)
    spend.reconciled_by_id, spend.reconciled_at = actor.account_id, clock.now()
    spend.statement_reference = statement_reference
    spend.save()
    _move_money(
        actor, spend, (Purse.PAID, Purse.RECONCILED), spend.document_cents or 0, "reconcile"
    )
    _record(actor, spend, Verb.CHANGED, {"reconciled_cents": spend.document_cents})


@transaction.atomic
def release_spend(actor: Actor, spend_id: UUID, *, reason: str) -> None:
    """Give a committed spend that will not happen back to the budget.

    Raises:
        NotFound, NotAllowed: not visible; not the case manager.
        SpendMovedAlready: not committed, or documented already.
    """
    spend = spend_for(actor, spend_id)
    if not may_write_pact(actor, manager_id=spend.pact.case.manager_id):
        raise NotAllowed
    _pact, spend = _locked(spend)
    spend_moved(Spend(spend.stage), SpendMove.RELEASE)
    spend.released_by_id, spend.released_at = actor.account_id, clock.now()
    spend.decision_reason = reason
    spend.save()
    _move_money(actor, spend, (Purse.COMMITTED, Purse.AVAILABLE), spend.amount_cents, "release")
    _record(actor, spend, Verb.CHANGED, {"released_cents": spend.amount_cents})
