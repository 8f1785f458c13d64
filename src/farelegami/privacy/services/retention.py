"""Drawing up lists, proposing them, approving them, taking out what stays."""

from collections.abc import Collection, Sequence
from typing import Final
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from farelegami.audit.rules import Facts, Verb
from farelegami.audit.services import record
from farelegami.cases.queries.retention import is_named
from farelegami.kernel import clock
from farelegami.kernel.actor import Actor
from farelegami.kernel.errors import NotAllowed, NotFound
from farelegami.people.rules.privacy import check_unrestricted
from farelegami.people.services.erasing import lock_people
from farelegami.privacy.models import RetentionItem, RetentionList
from farelegami.privacy.permissions import may_approve, may_propose
from farelegami.privacy.queries.requests import request_for
from farelegami.privacy.queries.retention import list_for, past_term
from farelegami.privacy.rules.requests import NobodyLinked, RequestKind
from farelegami.privacy.rules.retention import (
    PERSON,
    ROOT_LABELS,
    InAListAlready,
    ListStage,
    NothingLeft,
    ReasonMissing,
    StillNamed,
    check_hands,
    check_stage,
)

KIND: Final = "privacy.list"


def draw_up_lists(actor: Actor, district_ids: Collection[int]) -> Sequence[RetentionList]:
    """Draw up the lists of what is past its term where none waits already; return the new ones.

    Nothing is erased by this: it only says what somebody has to look at.
    """
    return [
        made
        for district_id in sorted(district_ids)
        for root in ROOT_LABELS
        if (made := _draw_up(actor, district_id, root)) is not None
    ]


def _draw_up(actor: Actor, district_id: int, root: str) -> RetentionList | None:
    waiting = RetentionList.objects.filter(
        district_id=district_id, root=root, approved_at=None, dropped_at=None, request=None
    )
    due = [] if waiting.exists() else past_term(district_id, root)
    if not due:
        return None
    try:
        with transaction.atomic():
            made = RetentionList.objects.create(
                district_id=district_id, root=root, drawn_at=clock.now()
            )
            RetentionItem.objects.bulk_create(
                [
                    RetentionItem(
                        district_id=district_id, list=made, root=root,
                        object_id=each.object_id, label=each.label, since=each.since,
                    )
                    for each in due
                ]
            )  # fmt: skip
            _note(actor, Verb.CREATED, made, {"root": root, "items": len(due)})
    except IntegrityError:
        # Two workers on the same day: the other's list is the one.
        return None
    return made


def propose_for_request(actor: Actor, request_id: UUID) -> RetentionList:
    """Return a list, already proposed, with the registration of who asked to be erased; twice, one.

    Raises:
        NotFound, NotAllowed: not visible, or it asks for something else; not the DPO's.
        NobodyLinked: the request leads to no registration.
        InAListAlready: a list of what is past its term holds it.
        StillNamed: a case, a referral or a role still names the person.
        Restricted: their data are left as they are.
    """
    with transaction.atomic():
        request = request_for(actor, request_id, for_update=True)
        if not may_propose(actor, district_id=request.district_id):
            raise NotAllowed
        if request.kind != RequestKind.ERASURE:
            raise NotFound
        if request.person_id is None:
            raise NobodyLinked
        # Two requests of one person, and whoever opens a case for them, meet here.
        lock_people([request.person_id])
        listed = RetentionItem.objects.filter(object_id=request.person_id, taken_out_at=None)
        if there := listed.select_related("list").first():
            if there.list.request_id != request.pk:
                raise InAListAlready
            return there.list
        if is_named(request.person_id):
            raise StillNamed
        if request.person is not None:
            check_unrestricted(request.person.name, request.person.restricted_on)
        now = clock.now()
        made = RetentionList.objects.create(
            district_id=request.district_id, root=PERSON, request=request, drawn_at=now,
            proposed_at=now, proposed_by_id=actor.account_id, proposed_by_name=actor.name,
        )  # fmt: skip
        RetentionItem.objects.create(
            district_id=request.district_id, list=made, root=PERSON, object_id=request.person_id,
            label=request.person_id.hex[20:], since=request.received_on,
        )  # fmt: skip
        _note(actor, Verb.CREATED, made, {"root": PERSON, "request": str(request.pk)})
        return made


@transaction.atomic
def take_out(actor: Actor, list_id: UUID, item_id: UUID, *, reason: str) -> RetentionItem:
    """Leave one item out of a list, with the reason, and return it.

    Raises:
        NotFound, NotAllowed: not visible; neither the DPO's nor the coordinator's.
        ListMovedOn: it is approved or dropped already.
        ReasonMissing: not said why.
    """
    found = list_for(actor, list_id, for_update=True)
    _check_open(found)
    if not reason.strip():
        raise ReasonMissing
    item = found.items.select_for_update(of=("self",)).filter(pk=item_id).first()
    if item is None:
        raise NotFound
    if item.taken_out_at is None:
        item.taken_out_at, item.taken_out_by_name = clock.now(), actor.name
        item.taken_out_reason = reason.strip()[:300]
        item.save(update_fields=["taken_out_at", "taken_out_by_name", "taken_out_reason"])
        _note(actor, Verb.CHANGED, found, {"taken_out": item.label})
    return item


def _check_open(found: RetentionList) -> None:
    if found.stage not in {ListStage.DRAWN, ListStage.PROPOSED}:
        check_stage(found.stage, ListStage.PROPOSED, found.stage_label)


@transaction.atomic
def propose(actor: Actor, list_id: UUID) -> RetentionList:
    """Propose a list for approval and return it; the same person twice proposes once.

    Raises:
        NotFound, NotAllowed: not visible; not the DPO's.
        ListMovedOn: it is past that.
        NothingLeft: every item was taken out.
    """
    found = list_for(actor, list_id, for_update=True)
    if not may_propose(actor, district_id=found.district_id):
        raise NotAllowed
    if found.stage is ListStage.PROPOSED and found.proposed_by_id == actor.account_id:
        return found
    check_stage(found.stage, ListStage.DRAWN, found.stage_label)
    _check_items(found)
    found.proposed_at, found.proposed_by_id = clock.now(), actor.account_id
    found.proposed_by_name = actor.name
    found.save(update_fields=["proposed_at", "proposed_by_id", "proposed_by_name"])
    _note(actor, Verb.DECIDED, found, {"proposed": True})
    return found


@transaction.atomic
def approve(actor: Actor, list_id: UUID) -> RetentionList:
    """Authorise the erasure of what is in a list and return it: the worker does the rest.

    Raises:
        NotFound, NotAllowed: not visible; not the coordinator's.
        ListMovedOn: nobody has proposed it, or somebody else was first.
        SameHands: who proposed it approves it.
        NothingLeft: every item was taken out.
    """
    found = list_for(actor, list_id, for_update=True)
    if not may_approve(actor, district_id=found.district_id):
        raise NotAllowed
    if found.stage is ListStage.APPROVED and found.approved_by_id == actor.account_id:
        return found
    check_stage(found.stage, ListStage.PROPOSED, found.stage_label)
    check_hands(found.proposed_by_id, actor.account_id)
    _check_items(found)
    found.approved_at, found.approved_by_id = clock.now(), actor.account_id
    found.approved_by_name = actor.name
    found.save(update_fields=["approved_at", "approved_by_id", "approved_by_name"])
    _note(actor, Verb.DECIDED, found, {"approved": True})
    return found


def _check_items(found: RetentionList) -> None:
    if not found.items.filter(taken_out_at=None).exists():
        raise NothingLeft


@transaction.atomic
def drop_list(actor: Actor, list_id: UUID, *, reason: str) -> RetentionList:
    """Leave a whole list, with the reason, and return it: nothing of it is erased; twice, once.

    Raises:
        NotFound: not visible.
        ListMovedOn: it is approved or dropped already.
        ReasonMissing: not said why.
    """
    found = list_for(actor, list_id, for_update=True)
    same = (found.dropped_by_name, found.dropped_reason) == (actor.name, reason.strip()[:300])
    if found.dropped_at is not None and same:
        return found
    _check_open(found)
    if not reason.strip():
        raise ReasonMissing
    found.dropped_at, found.dropped_by_name = clock.now(), actor.name
    found.dropped_reason = reason.strip()[:300]
    found.save(update_fields=["dropped_at", "dropped_by_name", "dropped_reason"])
    found.items.filter(taken_out_at=None).update(
        taken_out_at=clock.now(), taken_out_by_name=actor.name,
        taken_out_reason=_("la lista è stata lasciata"),
    )  # fmt: skip
    _note(actor, Verb.DECIDED, found, {"dropped": True})
    return found


def _note(actor: Actor, verb: Verb, found: RetentionList, facts: Facts) -> None:
    record(actor, verb, kind=KIND, object_id=found.pk, district_id=found.district_id, facts=facts)
