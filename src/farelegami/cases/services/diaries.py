"""Writing and reading the sealed diary; the act by which a coordinator opens it."""

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from django.db import transaction

from farelegami.audit.rules import Verb
from farelegami.audit.services import record_read
from farelegami.cases.models import Case, DiaryEntry, DiaryOpening
from farelegami.cases.permissions import may_open_diary_by_act
from farelegami.cases.queries.cases import case_for
from farelegami.cases.queries.diaries import DIARY, diary_for
from farelegami.cases.rules.phases import check_noted_day
from farelegami.cases.rules.referrals import ReasonNeeded
from farelegami.cases.rules.teamwork import OPENING_HOURS, AlreadyCorrected, DiaryKind
from farelegami.cases.services.cases import note, writable_case
from farelegami.kernel import clock
from farelegami.kernel.actor import Actor
from farelegami.kernel.errors import NotAllowed, NotFound
from farelegami.kernel.ids import new_id
from farelegami.people.queries.households import members_of
from farelegami.storage.once import written_once


@transaction.atomic
def read_diary(actor: Actor, case_id: UUID) -> tuple[Case, Sequence[DiaryEntry]]:
    """Return a case and its diary, latest first, and log the reading (R22).

    Raises:
        NotFound: no such case for the actor.
        NotAllowed: the case is visible, its diary is not.
    """
    case, entries = diary_for(actor, case_id)
    members = members_of([case.household_id]).get(case.household_id, ())
    record_read(
        actor,
        kind=DIARY,
        object_id=case_id,
        district_id=case.district_id,
        person_ids=[member.person_id for member in members] or [case.contact_id],
        purpose="diario sociale",
    )
    return case, entries


@transaction.atomic
def write_diary(
    actor: Actor,
    case_id: UUID,
    *,
    kind: DiaryKind,
    happened_on: date,
    text: str,
    corrects_id: UUID | None = None,
    once: UUID | None = None,
) -> DiaryEntry:
    """Add a note to the diary, or one that corrects another, and return it.

    `once` names the act: the same twice writes one.

    Raises:
        NotFound, NotAllowed, CaseClosed: as `writable_case`; the corrected note is of another case.
        ReasonNeeded: nothing was written.
        NoteInTheFuture, NoteBeforeTheReferral: it has not happened yet; or before anybody asked.
        AlreadyCorrected: the note has its correction.
        SentAlready: sent before with other data.
    """
    if not text.strip():
        raise ReasonNeeded
    case = writable_case(actor, case_id)
    check_noted_day(happened_on, since=_known_since(case), today=clock.today())
    entry_id = once or new_id()
    if corrects_id is not None:
        _check_correctable(case, corrects_id, entry_id)
    entry = DiaryEntry(
        id=entry_id,
        district_id=case.district_id,
        case=case,
        kind=kind.value,
        happened_on=happened_on,
        text=text.strip(),
        corrects_id=corrects_id,
        author_id=actor.account_id,
        author_name=actor.name,
    )
    sent = ("kind", "happened_on", "text", "corrects_id")
    entry, is_new = written_once(entry, of="case_id", sent=sent)
    if is_new:
        note(actor, Verb.CREATED, case, {"kind": kind.value}, kind=DIARY, object_id=entry.pk)
    return entry


def _known_since(case: Case) -> date:
    """Return the day from which a family is known here: its referral, or the case without one."""
    if case.referral is None:
        return case.opened_on
    return min(case.opened_on, case.referral.received_at.astimezone(clock.ROME).date())


def _check_correctable(case: Case, corrected_id: UUID, by_id: UUID) -> None:
    notes = DiaryEntry.objects.filter(case=case)
    if not notes.filter(pk=corrected_id).exists():
        raise NotFound
    if notes.filter(corrects_id=corrected_id).exclude(pk=by_id).exists():
        raise AlreadyCorrected


@transaction.atomic
def open_diary(
    actor: Actor, case_id: UUID, *, reason: str, once: UUID | None = None
) -> DiaryOpening:
    """Open a diary to a coordinator for a day, with a reason that stays written; return the act.

    `once` names the act: the same twice opens once.

    Raises:
        NotFound, NotAllowed: not visible; not the coordinator of the district.
        ReasonNeeded: no reason.
        SentAlready: sent before with another reason.
    """
    if not reason.strip():
        raise ReasonNeeded
    case = case_for(actor, case_id)
    if actor.account_id is None or not may_open_diary_by_act(actor, district_id=case.district_id):
        raise NotAllowed
    now = clock.now()
    opening = DiaryOpening(
        id=once or new_id(),
        district_id=case.district_id,
        case=case,
        account_id=actor.account_id,
        account_name=actor.name,
        reason=reason.strip()[:300],
        opened_at=now,
        until=now + timedelta(hours=OPENING_HOURS),
    )
    opening, is_new = written_once(opening, of="case_id", sent=("account_id", "reason"))
    if is_new:
        facts = {"reason": opening.reason}
        note(actor, Verb.DECIDED, case, facts, kind=DIARY, object_id=opening.pk)
    return opening
