"""The life of a signed pact: meetings, results, standing still, ending, looking back."""

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet, Sum

from farelegami.audit.rules import Facts, Verb
from farelegami.audit.services import record
from farelegami.cases.queries.assessments import assessed_at
from farelegami.cases.services.cases import leave_pact
from farelegami.kernel import clock
from farelegami.kernel.actor import Actor
from farelegami.kernel.errors import NotAllowed, NotFound, SentAlready
from farelegami.kernel.ids import new_id
from farelegami.kernel.units import Minutes
from farelegami.pacts.models import (
    FollowUp,
    GoalOutcome,
    HoursEntry,
    Meeting,
    Pact,
    PactVersion,
    ResultProgress,
    Suspension,
)
from farelegami.pacts.permissions import may_write_pact
from farelegami.pacts.queries import (
    open_spend_count,
    open_version,
    pact_for,
    progress_of,
)
from farelegami.pacts.rules.closing import OutcomeMissing, whole_outcome
from farelegami.pacts.rules.meetings import (
    MeetingSettled,
    check_held_on,
    check_planned_on,
    check_worked,
    follow_up_days,
    next_meeting_by,
)
from farelegami.pacts.rules.readiness import (
    NotReady,
    Standing,
    missing_to_close,
    missing_to_review,
)
from farelegami.pacts.rules.stages import (
    IN_FORCE,
    STAGE_LABELS,
    Move,
    Outcome,
    Stage,
    WrongStage,
    moved,
)
from farelegami.pacts.services.agreeing import drop_open_words, told
from farelegami.storage.once import written_once
from farelegami.storage.prepared import prepared


def _own(actor: Actor, pact_id: UUID) -> Pact:
    """Return the locked pact, if it is the actor's to write.

    Raises:
        NotFound, NotAllowed: not visible, or somebody else's.
    """
    pact = pact_for(actor, pact_id, for_update=True)
    if not may_write_pact(actor, manager_id=pact.case.manager_id):
        raise NotAllowed
    return pact


def _record(actor: Actor, pact: Pact, verb: Verb, facts: Facts, kind: str = "pacts.pact") -> None:
    record(actor, verb, kind=kind, object_id=pact.pk, district_id=pact.district_id, facts=facts)


@transaction.atomic
def plan_meeting(
    actor: Actor,
    pact_id: UUID,
    *,
    planned_at: datetime,
    place: str = "",
    with_whom: str = "",
    once: UUID | None = None,
) -> Meeting:
    """Return a new planned meeting; `once` names the act: the same twice plans one.

    Raises:
        NotFound, NotAllowed: not visible, or not the actor's to write.
        MeetingOutsidePact: too long before the pact or after it.
        SentAlready: sent before with other data.
    """
    pact = _own(actor, pact_id)
    check_planned_on(
        planned_at.astimezone(clock.ROME).date(), starts_on=pact.starts_on, ends_on=pact.ends_on
    )
    meeting = Meeting(
        id=once or new_id(),
        district_id=pact.district_id,
        pact=pact,
        planned_at=planned_at,
        place=place,
        with_whom=with_whom,
        recorded_by_id=actor.account_id,
    )
    sent = ("planned_at", "place", "with_whom")
    meeting, is_new = written_once(meeting, of="pact_id", sent=sent)
    if is_new:
        _record(actor, pact, Verb.CREATED, {"meeting": planned_at.isoformat()})
    return meeting


def _meeting(pact: Pact, meeting_id: UUID) -> Meeting:
    meeting = Meeting.objects.filter(pact=pact, pk=meeting_id).first()
    if meeting is None:
        raise NotFound
    if meeting.held_on is not None or meeting.missed_on is not None:
        raise MeetingSettled
    return meeting


@transaction.atomic
def hold_meeting(
    actor: Actor,
    pact_id: UUID,
    *,
    held_on: date,
    progress: str = "",
    changed_for_family: str = "",
    worked_minutes: Minutes | None = None,
    meeting_id: UUID | None = None,
    once: UUID | None = None,
) -> Meeting:
    """Note a meeting that took place, planned or not, and move the next term on. Returns it.

    `worked_minutes` are those of all who accompany the family, together. `once` names the act
    where no meeting was planned: the same twice notes one.

    Raises:
        NotFound, NotAllowed: not visible, or not the actor's to write.
        MeetingSettled, MeetingInFuture, MeetingBeforePact, WorkImpossible: nothing is written.
        SentAlready: sent before with other data, or the name of a meeting merely planned.
    """
    pact = _own(actor, pact_id)
    check_held_on(held_on, starts_on=pact.starts_on, today=clock.today())
    check_worked(worked_minutes)
    if meeting_id is None:
        moment = datetime.combine(held_on, datetime.min.time(), tzinfo=clock.ROME)
        meeting = Meeting(
            id=once or new_id(), district_id=pact.district_id, pact=pact, planned_at=moment
        )
    else:
        meeting = _meeting(pact, meeting_id)
    meeting.held_on, meeting.progress = held_on, progress
    meeting.changed_for_family, meeting.worked_minutes = changed_for_family, worked_minutes
    meeting.recorded_by_id = actor.account_id
    if meeting_id is not None:
        meeting.save()
    else:
        sent = ("held_on", "progress", "changed_for_family", "worked_minutes")
        meeting, is_new = written_once(meeting, of="pact_id", sent=sent)
        if not is_new:
            return meeting
    _set_next_meeting(pact)
    _record(actor, pact, Verb.CHANGED, {"meeting_held": held_on.isoformat()})
    return meeting


def _set_next_meeting(pact: Pact) -> None:
    if pact.started_on is None:
        return
    last = Meeting.objects.filter(pact=pact, held_on__isnull=False).order_by("-held_on").first()
    pact.next_meeting_by = next_meeting_by(
        started_on=pact.started_on,
        last_held_on=last.held_on if last else None,
        interval_days=pact.programme.meeting_interval_days,
        suspended_days=_suspended_days(pact, last.held_on if last else pact.started_on),
    )
    pact.save(update_fields=["next_meeting_by"])


def _suspended_days(pact: Pact, since: date | None) -> int:
    spans = Suspension.objects.filter(pact=pact, ends_on__isnull=False)
    if since is not None:
        spans = spans.filter(ends_on__gt=since)
    return sum(
        (span.ends_on - max(span.starts_on, since or span.starts_on)).days
        for span in spans
        if span.ends_on
    )


@transaction.atomic
def miss_meeting(
    actor: Actor, pact_id: UUID, meeting_id: UUID, *, reason: str, is_justified: bool
) -> Meeting:
    """Note that a planned meeting did not happen, and why; nothing follows by itself (R7).

    Raises:
        NotFound, NotAllowed, MeetingSettled: nothing is written.
    """
    pact = _own(actor, pact_id)
    meeting = _meeting(pact, meeting_id)
    meeting.missed_on = clock.today()
    meeting.miss_reason, meeting.is_justified = reason, is_justified
    meeting.recorded_by_id = actor.account_id
    meeting.save()
    _record(actor, pact, Verb.CHANGED, {"meeting_missed": True, "justified": is_justified})
    return meeting


@transaction.atomic
def set_result(
    actor: Actor, pact_id: UUID, result_key: str, *, status: str, note: str = ""
) -> ResultProgress:
    """Say how far an expected result is. Returns it.

    Raises:
        NotFound, NotAllowed: not visible, not the actor's to write, or no such result.
        WrongStage: the pact is not in force.
    """
    pact = _own(actor, pact_id)
    if pact.stage_now not in {Stage.ACTIVE, Stage.SUSPENDED, Stage.FINAL_REVIEW}:
        raise WrongStage(stage_label=STAGE_LABELS[pact.stage_now], move="result")
    progress = ResultProgress.objects.filter(pact=pact, result_key=result_key).first()
    if progress is None:
        raise NotFound
    before = progress.status
    settled = status in {ResultProgress.Status.REACHED, ResultProgress.Status.NOT_REACHED}
    progress.status, progress.note = status, note
    progress.settled_on = clock.today() if settled else None
    progress.save(update_fields=["status", "note", "settled_on"])
    _record(actor, pact, Verb.CHANGED, {"result": result_key, "status": [before, status]})
    return progress


@transaction.atomic
def suspend(
    actor: Actor,
    pact_id: UUID,
    *,
    reason: str,
    expected_until: date | None = None,
    once: UUID | None = None,
) -> Suspension:
    """Let a pact stand still; no money is committed meanwhile (R3). Returns the suspension.

    `once` names the act: the same twice is one.

    Raises:
        SentAlready: sent before with other data.
        NotFound, NotAllowed, WrongStage: nothing is written.
    """
    pact = _own(actor, pact_id)
    made = Suspension.objects.filter(pk=once, pact=pact).first() if once else None
    if made is not None:
        if (made.reason, made.expected_until) != (reason, expected_until):
            raise SentAlready
        return made
    moved(pact.stage_now, Move.SUSPEND)
    pact.suspended_on = clock.today()
    pact.save(update_fields=["suspended_on"])
    suspension = Suspension.objects.create(
        id=once or new_id(),
        pact=pact,
        starts_on=clock.today(),
        expected_until=expected_until,
        reason=reason,
    )
    _record(actor, pact, Verb.DECIDED, {"suspended": True})
    return suspension


@transaction.atomic
def resume(actor: Actor, pact_id: UUID) -> Pact:
    """Go on after a suspension, or back from the final review. Returns the pact.

    Raises:
        NotFound, NotAllowed, WrongStage: nothing is written.
    """
    pact = _own(actor, pact_id)
    moved(pact.stage_now, Move.RESUME)
    pact.suspended_on = pact.final_review_on = None
    pact.save(update_fields=["suspended_on", "final_review_on"])
    Suspension.objects.filter(pact=pact, ends_on=None).update(ends_on=clock.today())
    _set_next_meeting(pact)
    _record(actor, pact, Verb.DECIDED, {"resumed": True})
    return pact


@transaction.atomic
def interrupt(actor: Actor, pact_id: UUID, *, by: str, reason: str) -> Pact:
    """Break a pact off, saying by whom and why; open words are dropped. Returns it.

    Raises:
        NotFound, NotAllowed, WrongStage: nothing is written.
    """
    pact = _own(actor, pact_id)
    moved(pact.stage_now, Move.INTERRUPT)
    pact.interrupted_on = clock.today()
    pact.ended_by, pact.end_reason = by, reason
    pact.save(update_fields=["interrupted_on", "ended_by", "end_reason"])
    drop_open_words(actor, pact)
    Suspension.objects.filter(pact=pact, ends_on=None).update(ends_on=clock.today())
    _leave_case(actor, pact)
    _record(actor, pact, Verb.DECIDED, {"interrupted": True, "by": by})
    return pact


def _leave_case(actor: Actor, pact: Pact) -> None:
    """Let the case go to its follow-up when no other pact of the family is in force."""
    others = Pact.objects.filter(case_id=pact.case_id, stage__in=[str(stage) for stage in IN_FORCE])
    if not others.exclude(pk=pact.pk).exists():
        leave_pact(actor, pact.case_id)


def terms_in_force(pact: Pact) -> PactVersion | None:
    """Return the version in force, if one was ever signed. One query."""
    found = _version(pact.pk, pact.version_number)
    return found[0] if found else None


@prepared
def _version(pact_id: UUID, number: int) -> QuerySet[PactVersion]:
    return PactVersion.objects.filter(pact_id=pact_id, number=number)


def standing_of(pact: Pact) -> Standing:
    """Return what the rules look at when a pact goes towards its end. Six queries."""
    version = terms_in_force(pact)
    terms = version.terms if version else None
    progress = progress_of([pact.pk])[pact.pk]
    settled = {ResultProgress.Status.REACHED, ResultProgress.Status.NOT_REACHED}
    open_results = [
        (result.text, result.due_on)
        for goal in (terms.goals if terms else ())
        for result in goal.results
        if result.key not in progress or progress[result.key].status not in settled
    ]
    waiting = HoursEntry.objects.filter(pact=pact, confirmed_at=None, cancelled_at=None)
    decided = set(GoalOutcome.objects.filter(pact=pact).values_list("goal_key", flat=True))
    return Standing(
        open_results=open_results,
        minutes_to_confirm=waiting.aggregate(n=Sum("minutes"))["n"] or 0,
        open_spends=open_spend_count(pact.pk),
        undecided_goals=sum(goal.key not in decided for goal in (terms.goals if terms else ())),
        t2_offered=assessed_at(pact.case_id, "T2"),
        open_amendment=open_version(pact.pk) is not None,
        next_meeting_by=pact.next_meeting_by,
    )


@transaction.atomic
def start_review(actor: Actor, pact_id: UUID) -> Pact:
    """Begin the final review. Open results do not stop it: they will be named in the outcome.

    Raises:
        NotFound, NotAllowed, WrongStage: nothing is written.
        NotReady: an amendment is open.
    """
    pact = _own(actor, pact_id)
    moved(pact.stage_now, Move.REVIEW)
    blocking = [each for each in missing_to_review(standing_of(pact)) if each.code == "amendment"]
    if blocking:
        raise NotReady(list=told(blocking))
    pact.final_review_on = clock.today()
    pact.save(update_fields=["final_review_on"])
    _record(actor, pact, Verb.DECIDED, {"final_review": True})
    return pact


@transaction.atomic
def close(
    actor: Actor,
    pact_id: UUID,
    *,
    outcomes: Mapping[str, tuple[Outcome, str]],
    reason: str,
    next_steps: str = "",
    t2_declined: bool = False,
) -> Pact:
    """Close a pact with an outcome and a reason for each goal, and plan the follow-ups (R8).

    `t2_declined` says the last Mappa delle risorse was offered and the family preferred not to.

    Raises:
        NotFound, NotAllowed, WrongStage: nothing is written.
        OutcomeMissing: a goal has none.
        NotReady: money, hours or the last Mappa are not settled.
    """
    pact = _own(actor, pact_id)
    moved(pact.stage_now, Move.CLOSE)
    version = terms_in_force(pact)
    goals = version.terms.goals if version else ()
    if {goal.key for goal in goals} - set(outcomes):
        raise OutcomeMissing
    for goal in goals:
        outcome, why = outcomes[goal.key]
        GoalOutcome.objects.update_or_create(
            pact=pact, goal_key=goal.key, defaults={"outcome": outcome, "reason": why}
        )
    missing = [
        each
        for each in missing_to_close(standing_of(pact))
        if not (each.code == "t2" and t2_declined)
    ]
    if missing:
        raise NotReady(list=told(missing))
    pact.closed_on = clock.today()
    pact.outcome = whole_outcome([outcomes[goal.key][0] for goal in goals])
    pact.end_reason, pact.next_steps = reason, next_steps
    pact.save(update_fields=["closed_on", "outcome", "end_reason", "next_steps"])
    FollowUp.objects.bulk_create(
        FollowUp(pact=pact, months=months, due_on=due_on)
        for months, due_on in follow_up_days(pact.closed_on)
    )
    _leave_case(actor, pact)
    _record(actor, pact, Verb.DECIDED, {"closed": str(pact.outcome)})
    return pact


@transaction.atomic
def record_follow_up(
    actor: Actor, pact_id: UUID, *, months: int, is_still_active: bool | None, note: str = ""
) -> FollowUp:
    """Note how the family is, months after the closing. Returns it.

    Raises:
        NotFound, NotAllowed: not visible, not the actor's to write, or no such follow-up.
    """
    pact = _own(actor, pact_id)
    follow_up = FollowUp.objects.filter(pact=pact, months=months).first()
    if follow_up is None:
        raise NotFound
    follow_up.done_on = clock.today()
    follow_up.is_still_active, follow_up.note = is_still_active, note
    follow_up.save()
    _record(actor, pact, Verb.CHANGED, {"follow_up_months": months})
    return follow_up
