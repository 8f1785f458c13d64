"""Resolving what is refunded, asking, approving, refusing, paying (R14)."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from farelegami.audit.rules import Verb
from farelegami.audit.services import record
from farelegami.documents.services import Checked, store
from farelegami.kernel import clock
from farelegami.kernel.actor import Actor
from farelegami.kernel.errors import NotAllowed, NotFound, SentAlready
from farelegami.kernel.ids import new_id
from farelegami.kernel.units import Cents
from farelegami.storage.inserts import insert
from farelegami.storage.once import written_once
from farelegami.volunteering.models import (
    Refund,
    RefundDay,
    RefundRule,
    Register,
    ServiceDay,
    Volunteer,
)
from farelegami.volunteering.permissions import may_refund
from farelegami.volunteering.queries.refunds import REFUND, asked_before, rule_on, visible_refunds
from farelegami.volunteering.queries.registers import register_for
from farelegami.volunteering.rules.covers import Basis
from farelegami.volunteering.rules.days import check_resolution
from farelegami.volunteering.rules.refunds import (
    EXPENSE_LABELS,
    ExpenseKind,
    KindLimit,
    KindNotResolved,
    Manner,
    NoRefundRule,
    NothingAsked,
    NothingResolved,
    OwnRefund,
    PaidBeforeApproval,
    PaidInTheFuture,
    ReasonMissing,
    ReceiptBeside,
    ReceiptMissing,
    ReceiptUsedTwice,
    RefundMovedOn,
    RefundStage,
    ResolvedInTheFuture,
    SelfNotResolved,
    ServiceNotDone,
    TwoResolutions,
    check_limits,
)
from farelegami.volunteering.services.chain import note
from farelegami.volunteering.services.registers import register_to_keep

_RECEIPT: Final = "volunteering.receipt"


@transaction.atomic
def resolve_refund_kinds(
    actor: Actor,
    organisation_id: UUID,
    *,
    resolution: str,
    resolved_on: date,
    limits: Mapping[ExpenseKind, KindLimit],
    once: UUID | None = None,
) -> RefundRule:
    """Return which expenses a body refunds, from the day it resolved on until it resolves again.

    Raises:
        NotFound, NotAllowed: no register the actor may see; only the body writes in it.
        NothingResolved, ResolvedInTheFuture, ResolutionOutside: as they say.
        SentAlready: sent before with other data.
    """
    register = register_to_keep(actor, organisation_id)
    if (
        not resolution.strip()
        or not limits
        or any(limit.day_cents <= 0 for limit in limits.values())
    ):
        raise NothingResolved
    if resolved_on > clock.today():
        raise ResolvedInTheFuture
    check_resolution(resolved_on, today=clock.today())
    rule = RefundRule(
        id=once or new_id(),
        district_id=register.district_id,
        organisation_id=organisation_id,
        resolution=resolution.strip()[:120],
        resolved_on=resolved_on,
        limits={
            kind.value: {"day_cents": limit.day_cents, "by_self": limit.by_self}
            for kind, limit in limits.items()
        },
        recorded_at=clock.now(),
        recorded_by_id=actor.account_id,
        recorded_by_name=actor.name,
    )
    sent = ("resolution", "resolved_on", "limits")
    rule, is_new = written_once(rule, of="organisation_id", sent=sent)
    if is_new:
        note(
            actor, Verb.DECIDED, register,
            facts={"refunds": rule.resolution, "kinds": sorted(kind.value for kind in limits)},
        )  # fmt: skip
    return rule


@transaction.atomic
def ask_refund(
    actor: Actor,
    organisation_id: UUID,
    person_id: UUID,
    *,
    kind: ExpenseKind,
    manner: Manner,
    parts: Mapping[UUID, Cents],
    receipt: Checked | None = None,
    note: str = "",
    once: UUID | None = None,
) -> Refund:
    """Return a request for what a volunteer spent; `parts` are cents by id of a day of service.

    Two requests of one body wait for each other at its register: the limits hold for both.

    Raises:
        NotFound, NotAllowed: no register the actor may see; not for them to ask.
        NothingAsked, ServiceNotDone, NoRefundRule, KindNotResolved, SelfNotResolved,
            KindLimitExceeded, SelfDayExceeded, SelfMonthExceeded, ReceiptMissing,
            ReceiptUsedTwice, ReceiptBeside, TwoResolutions: as they say.
        SentAlready: sent before with other data.
    """
    register = _locked(actor, organisation_id)
    done = Refund.objects.filter(pk=once).first() if once else None
    if done is not None:
        if done.organisation_id != organisation_id:
            raise NotFound
        asked = (person_id, kind.value, manner.value, sum(parts.values()))
        if (done.person_id, done.kind, done.manner, done.amount_cents) != asked:
            raise SentAlready
        if dict(done.parts.values_list("service_id", "amount_cents")) != dict(parts):
            raise SentAlready
        return done
    services = _services(register, person_id, parts)
    rule, limit = _resolved(organisation_id, kind, manner, {each.day for each in services})
    check_limits(
        [(service.day, parts[service.pk]) for service in services],
        limit=limit,
        manner=manner,
        used=asked_before(
            organisation_id, person_id, kind=kind, days={service.day for service in services}
        ),
    )
    if manner is Manner.RECEIPT and receipt is None:
        raise ReceiptMissing
    if manner is Manner.SELF and receipt is not None:
        raise ReceiptBeside
    refund = Refund(
        id=once or new_id(), district_id=register.district_id, organisation_id=organisation_id,
        person_id=person_id, name=_name_of(register, person_id), rule=rule, kind=kind.value,
        manner=manner.value, amount_cents=sum(parts.values()), note=note.strip()[:300],
        requested_at=clock.now(), requested_by_id=actor.account_id, requested_by_name=actor.name,
    )  # fmt: skip
    if manner is Manner.RECEIPT and receipt is not None:
        _attach(actor, refund, receipt)
    insert([refund])
    insert([
        RefundDay(
            district_id=register.district_id, refund=refund, service=service, day=service.day,
            amount_cents=parts[service.pk],
        )
        for service in services
    ])  # fmt: skip
    _note(actor, Verb.CREATED, refund, {"amount_cents": refund.amount_cents, "kind": kind.value})
    return refund


def _services(register: Register, person_id: UUID, parts: Mapping[UUID, Cents]) -> list[ServiceDay]:
    """Return the days of service that are asked for, all of this volunteer with this body."""
    if not parts or any(cents <= 0 for cents in parts.values()):
        raise NothingAsked
    rows = ServiceDay.objects.filter(
        pk__in=list(parts), organisation_id=register.organisation_id, person_id=person_id,
        basis=Basis.VOLUNTARY.value, taken_back_at=None,
    )  # fmt: skip
    services = list(rows.order_by("day", "id"))
    if len(services) < len(parts):
        raise ServiceNotDone
    return services


def _resolved(
    organisation_id: UUID, kind: ExpenseKind, manner: Manner, days: Collection[date]
) -> tuple[RefundRule, KindLimit]:
    # Resolutions follow one another: what holds on the first day and on the last held between.
    first, rule = rule_on(organisation_id, min(days)), rule_on(organisation_id, max(days))
    if first is None or rule is None:
        raise NoRefundRule
    if first.pk != rule.pk:
        raise TwoResolutions(one=first.resolution, other=rule.resolution)
    limit = rule.limit_of(kind)
    if limit is None:
        label = _(EXPENSE_LABELS[kind])
        raise KindNotResolved(resolution=rule.resolution, kind_label=label)
    if manner is Manner.SELF and not limit.by_self:
        raise SelfNotResolved(resolution=rule.resolution)
    return rule, limit


def _name_of(register: Register, person_id: UUID) -> str:
    rows = Volunteer.objects.filter(register=register, person_id=person_id).order_by("-id")
    return rows.values_list("name", flat=True).first() or ""


def _attach(actor: Actor, refund: Refund, receipt: Checked) -> None:
    refund.receipt = store(
        actor, upload=receipt, kind=_RECEIPT, district_id=refund.district_id,
        title=_("Ricevuta di un volontario"), person_ids=[refund.person_id], owner_kind=REFUND,
        owner_id=refund.pk,
    )  # fmt: skip
    refund.receipt_sha256 = refund.receipt.sha256
    used = Refund.objects.filter(
        organisation_id=refund.organisation_id, receipt_sha256=refund.receipt_sha256,
        refused_at=None,
    )  # fmt: skip
    if used.exists():
        raise ReceiptUsedTwice


@transaction.atomic
def approve_refund(actor: Actor, refund_id: UUID) -> Refund:
    """Return a refund, approved by somebody who did not ask for it.

    Raises:
        NotFound, NotAllowed: none the actor may see; not for them to decide.
        OwnRefund, RefundMovedOn, ServiceNotDone: as they say; a day was taken back meanwhile.
    """
    refund = _refund(actor, refund_id)
    if refund.stage_now in {RefundStage.APPROVED, RefundStage.PAID}:
        return refund
    _check_requested(refund)
    if actor.account_id == refund.requested_by_id or actor.person_id == refund.person_id:
        raise OwnRefund
    if refund.parts.filter(service__taken_back_at__isnull=False).exists():
        raise ServiceNotDone
    refund.approved_at = clock.now()
    refund.approved_by_id, refund.approved_by_name = actor.account_id, actor.name
    return _decided(actor, refund, "approved_at", "approved_by_id", "approved_by_name")


@transaction.atomic
def refuse_refund(actor: Actor, refund_id: UUID, *, reason: str) -> Refund:
    """Return a refund that is not approved, with the reason; its days can be asked for again.

    Raises:
        NotFound, NotAllowed: as for `approve_refund`.
        RefundMovedOn, ReasonMissing: as they say.
    """
    refund = _refund(actor, refund_id)
    if refund.stage_now is RefundStage.REFUSED:
        return refund
    _check_requested(refund)
    if not reason.strip():
        raise ReasonMissing
    refund.refused_at, refund.refused_by_name = clock.now(), actor.name
    refund.refused_reason = reason.strip()[:300]
    return _decided(actor, refund, "refused_at", "refused_by_name", "refused_reason")


@transaction.atomic
def pay_refund(actor: Actor, refund_id: UUID, *, paid_on: date) -> Refund:
    """Return a refund paid on a day; paid already, the first day stays.

    Raises:
        NotFound, NotAllowed: as for `approve_refund`.
        RefundMovedOn, PaidInTheFuture, PaidBeforeApproval: as they say.
    """
    refund = _refund(actor, refund_id)
    if refund.stage_now is RefundStage.PAID:
        return refund
    if refund.stage_now is not RefundStage.APPROVED:
        raise RefundMovedOn(stage_label=refund.stage_label)
    if paid_on > clock.today():
        raise PaidInTheFuture
    if refund.approved_on is not None and paid_on < refund.approved_on:
        raise PaidBeforeApproval(approved=refund.approved_on)
    refund.paid_on, refund.paid_by_name = paid_on, actor.name
    return _decided(actor, refund, "paid_on", "paid_by_name")


def _locked(actor: Actor, organisation_id: UUID) -> Register:
    register = register_for(actor, organisation_id, for_update=True)
    if not may_refund(actor, register):
        raise NotAllowed
    return register


def _refund(actor: Actor, refund_id: UUID) -> Refund:
    found = visible_refunds(actor).filter(pk=refund_id).values_list("organisation_id", flat=True)
    organisation_id = found.first()
    if organisation_id is None:
        raise NotFound
    _locked(actor, organisation_id)
    return visible_refunds(actor).select_for_update(of=("self",)).get(pk=refund_id)


def _check_requested(refund: Refund) -> None:
    if refund.stage_now is not RefundStage.REQUESTED:
        raise RefundMovedOn(stage_label=refund.stage_label)


def _decided(actor: Actor, refund: Refund, *names: str) -> Refund:
    refund.save(update_fields=names)
    refund.refresh_from_db(fields=["stage"])
    _note(actor, Verb.DECIDED, refund, {"stage": refund.stage})
    return refund


def _note(actor: Actor, verb: Verb, refund: Refund, facts: dict[str, Any]) -> None:
    record(
        actor, verb, kind=REFUND, object_id=refund.pk, district_id=refund.district_id,
        person_ids=(refund.person_id,), facts=facts,
    )  # fmt: skip
