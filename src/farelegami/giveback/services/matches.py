"""The life of a match: proposed, answered by both, begun under insurance, ended with a word why.

Locks: the opportunity, then the offers of the person by id, then what lies below (pact, register).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from django.db import IntegrityError, transaction

from farelegami.audit.rules import Verb
from farelegami.audit.services import record
from farelegami.giveback.models import (
    HeldRequirement,
    Match,
    Offer,
    Opportunity,
    OpportunityNeed,
    OpportunitySlot,
    Session,
)
from farelegami.giveback.queries.sight import (
    Host,
    check_places_it,
    hosted_matches,
    locked_opportunities,
    offer_to_write,
    own_matches,
    visible_matches,
    visible_opportunities,
)
from farelegami.giveback.queries.waiting import held_by
from farelegami.giveback.rules.changes import Change, check_reach
from farelegami.giveback.rules.matches import (
    SEATED,
    MatchMove,
    MatchStage,
    NotOpen,
    PlacedThen,
    PlaceTaken,
    ProposalOver,
    ProposedAlready,
    ReasonMissing,
    Side,
    StillToSettle,
    check_week,
    match_moved,
)
from farelegami.giveback.rules.needs import NeedKind, PaperMissing, Requirement, Weight
from farelegami.giveback.rules.offers import OfferStage
from farelegami.giveback.rules.opportunities import OpportunityOver, OpportunityStage
from farelegami.giveback.rules.sessions import SessionStage
from farelegami.giveback.rules.slots import Slot, days_of
from farelegami.giveback.services.letters import tell_host, tell_person
from farelegami.giveback.services.planning import plan_sessions
from farelegami.kernel import clock
from farelegami.kernel.actor import Actor
from farelegami.kernel.errors import NotAllowed, NotFound, Refusal, gettext_noop
from farelegami.kernel.ids import new_id
from farelegami.people.rules.privacy import check_unrestricted
from farelegami.storage.once import written_once
from farelegami.volunteering.rules.covers import Basis as CoverBasis
from farelegami.volunteering.rules.covers import NotCovered as NotCoveredThen
from farelegami.volunteering.services import enter_for_placement

_SEATED: Final = tuple(str(stage) for stage in SEATED)
# Without an end of its own a match is looked at again after half a year.
_USUALLY: Final = timedelta(days=183)
_ENDING: Final = ("seat", "completed_on", "interrupted_on", "ended_by", "end_reason")
_TAKEN: Final = gettext_noop("il posto è stato preso da un’altra persona")
_GONE: Final = gettext_noop("intanto la proposta non valeva più")


@dataclass(frozen=True, slots=True)
class Proposal:
    """A place for somebody: the slot, and why it was thought of."""

    offer_id: UUID
    slot_id: UUID
    score: int | None = None
    reasons: Sequence[str] = ()
    note: str = ""


@transaction.atomic
def propose(actor: Actor, proposal: Proposal, *, once: UUID | None = None) -> Match:
    """Return a new proposal of a place to a person; the host learns of it once they said yes.

    Raises:
        NotFound, NotAllowed: offer or place not visible, or not the actor's to propose.
        NotOpen, ProposedAlready: one of the two is not open or is over, or this was proposed before.
        Restricted: the person's data are left as they are.
    """
    slot = _slot_for(actor, proposal.slot_id)
    offer = offer_to_write(actor, proposal.offer_id)
    check_unrestricted(offer.person.name, offer.person.restricted_on)
    opportunity = slot.opportunity
    if offer.stage != OfferStage.OPEN or opportunity.stage != OpportunityStage.OPEN:
        raise NotOpen
    if offer.pact_over_on or _has_passed(offer.ends_on, opportunity.ends_on, slot.on):
        raise NotOpen
    span = _common(offer, slot)
    match = Match(
        id=once or new_id(),
        district_id=offer.district_id,
        offer=offer,
        person_id=offer.person_id,
        opportunity=opportunity,
        slot=slot,
        starts=span.starts,
        ends=span.ends,
        score=proposal.score,
        reasons=list(proposal.reasons),
        note=proposal.note.strip()[:300],
        proposed_at=clock.now(),
        proposed_by_id=actor.account_id,
        proposed_by_name=actor.name[:160],
        ends_on=_end_of(offer, opportunity, slot),
    )
    try:
        match, is_new = written_once(match, of="offer_id", sent=("slot_id",))
    except IntegrityError:
        raise ProposedAlready from None
    if is_new:
        note_match(actor, Verb.CREATED, match)
        tell_person(match, "proposed")
    return match


def _has_passed(*days: date | None) -> bool:
    return any(day is not None and day < clock.today() for day in days)


def _slot_for(actor: Actor, slot_id: UUID) -> OpportunitySlot:
    rows = OpportunitySlot.objects.select_related("opportunity__organisation")
    seen = visible_opportunities(actor)
    slot = rows.filter(pk=slot_id, dropped_on=None, opportunity__in=seen).first()
    if slot is None:
        raise NotFound
    return slot


def _common(offer: Offer, row: OpportunitySlot) -> Slot:
    """Return what both have of the time asked; where that is too little, the time asked itself."""
    asked = row.slot()
    best = max(
        (each.slot() for each in offer.slots.all()),
        key=lambda one: one.overlap(asked),
        default=None,
    )
    if best is None or best.overlap(asked) < row.least_minutes:
        return asked
    return Slot(asked.weekday, max(best.starts, asked.starts), min(best.ends, asked.ends), asked.on)


def _end_of(offer: Offer, opportunity: Opportunity, slot: OpportunitySlot) -> date:
    if slot.on is not None:
        return slot.on
    begins = max(clock.today(), opportunity.starts_on, offer.starts_on)
    ends = [offer.ends_on, opportunity.ends_on or begins + _USUALLY]
    return max(min(ends), begins)


def accept_as_person(actor: Actor, match_id: UUID) -> Match:
    """Return the match to which who gives said yes: themselves, or by the mouth of who follows them.

    Raises:
        NotFound, NotAllowed: not their own, and not the actor's to answer.
        MatchMovedAlready: answered or ended before.
        PlaceTaken, PlacedThen, WeekFull: there is no room; the first closes the proposal.
        OpportunityOver, ProposalOver: what was proposed is there no more; the proposal closes.
        Restricted: the person's data are left as they are.
    """
    return _accepted(actor, _for_person(actor, match_id), Side.PERSON)


def accept_as_host(host: Host, match_id: UUID) -> Match:
    """Return the match to which the host said yes.

    Raises:
        NotFound: not the host's.
        MatchMovedAlready, PlaceTaken, PlacedThen, WeekFull: as `accept_as_person`.
        OpportunityOver, ProposalOver, Restricted: likewise.
    """
    return _accepted(host.actor, _for_host(host, match_id), Side.HOST)


def _for_person(actor: Actor, match_id: UUID) -> UUID:
    if own_matches(actor).filter(pk=match_id).exists():
        return match_id
    match = visible_matches(actor).select_related("offer__pact__case").filter(pk=match_id).first()
    if match is None:
        raise NotFound
    check_places_it(actor, match.offer)
    return match_id


def _for_host(host: Host, match_id: UUID) -> UUID:
    if not hosted_matches(host).filter(pk=match_id).exists():
        raise NotFound
    return match_id


def _accepted(actor: Actor, match_id: UUID, side: Side) -> Match:
    with transaction.atomic():
        match = locked_match(match_id)
        fact = "person_accepted_at" if side is Side.PERSON else "host_accepted_at"
        if getattr(match, fact) is not None and match.stage != MatchStage.DECLINED:
            return match
        match_moved(MatchStage(match.stage), MatchMove.ACCEPT)
        check_unrestricted(match.offer.person.name, match.offer.person.restricted_on)
        is_gone = _is_gone(match)
        if is_gone:
            _close(match, _GONE)
        else:
            _said_yes(actor, match, side, fact)
        match.save()
        match.refresh_from_db(fields=["stage"])
        note_match(actor, Verb.DECIDED, match, accepted="" if is_gone else side.value)
        if match.stage == MatchStage.PROPOSED and side is Side.PERSON:
            tell_host(match, "proposed")
        if match.stage == MatchStage.ACCEPTED:
            _try_start(actor, match)
    if match.stage == MatchStage.DECLINED:
        # Said once it is there to stay.
        raise _why_closed(match, is_gone=is_gone)
    return match


def _said_yes(actor: Actor, match: Match, side: Side, fact: str) -> None:
    setattr(match, fact, clock.now())
    if side is Side.HOST:
        match.host_accepted_name = actor.name[:160]
    if match.person_accepted_at and match.host_accepted_at:
        _seat(match)


def _why_closed(match: Match, *, is_gone: bool) -> Refusal:
    if not is_gone:
        return PlaceTaken()
    return OpportunityOver() if match.opportunity.closed_on else ProposalOver()


def locked_match(match_id: UUID) -> Match:
    """Return a match with everything that its seat hangs on locked, the opportunity first."""
    found = Match.objects.filter(pk=match_id).values_list("opportunity_id", "person_id").first()
    if found is None:
        raise NotFound
    opportunity_id, person_id = found
    list(locked_opportunities([opportunity_id]))
    offers = Offer.objects.filter(person_id=person_id).order_by("pk")
    list(offers.select_for_update(of=("self",)).values_list("pk"))
    rows = Match.objects.select_related("offer__pact__case", "offer__person", "slot")
    return rows.select_related("opportunity__organisation").get(pk=match_id)


def _is_gone(match: Match) -> bool:
    """Return whether what was proposed is there no more: closed, taken out, over."""
    has_left = match.opportunity.closed_on is not None or match.slot.dropped_on is not None
    return has_left or match.offer.pact_over_on is not None or _is_over(match)


def _is_over(match: Match) -> bool:
    """Return whether the place has ended, or none of its days is left."""
    return _has_passed(match.opportunity.ends_on) or not _days_left(match, clock.today())


def _days_left(match: Match, first: date) -> Sequence[date]:
    begins = max(first, match.opportunity.starts_on, match.offer.starts_on)
    return list(days_of(_span(match), first=begins, last=match.ends_on))


def _close(match: Match, reason: str) -> None:
    match.declined_at, match.declined_by = clock.now(), Side.STAFF.value
    match.decline_reason = reason


def _seat(match: Match) -> None:
    """Give the match a seat, or close it where the last one has gone.

    Raises:
        PlacedThen, WeekFull: the person is elsewhere then, or gives enough already.
    """
    _check_week(match)
    held = Match.objects.filter(opportunity_id=match.opportunity_id, seat__isnull=False)
    taken = list(held.values_list("seat", "slot_id"))
    in_slot = sum(1 for _seat_, slot_id in taken if slot_id == match.slot_id)
    # Where seats were lowered somebody may hold a number above the last: theirs is one of them.
    if len(taken) >= match.opportunity.seats or in_slot >= match.slot.seats:
        _close(match, _TAKEN)
        return
    free = set(range(1, match.opportunity.seats + 1)) - {seat for seat, _slot in taken}
    match.seat, match.accepted_at = min(free), clock.now()


def _check_week(match: Match) -> None:
    """Refuse a second place at the same time, or more hours than the offer or anybody has (R9).

    Raises:
        PlacedThen, WeekFull: as their names say.
    """
    others = Match.objects.filter(person_id=match.person_id, stage__in=_SEATED)
    here = _span(match)
    seated = list(others.exclude(pk=match.pk).select_related("slot", "offer"))
    for other in seated:
        there = _span(other)
        same_day = there.fits(here) or here.fits(there)
        if same_day and there.starts < here.ends and here.starts < there.ends:
            raise PlacedThen
    if match.slot.on is None:
        weekly = [match, *(other for other in seated if other.slot.on is None)]
        of_offer = [one for one in weekly if one.offer_id == match.offer_id]
        of_pacts = [one for one in weekly if one.offer.pact_id and match.offer.pact_id]
        check_week(
            of_offer=sum(one.weekly_minutes for one in of_offer),
            offered=match.offer.weekly_minutes,
            of_pacts=sum(one.weekly_minutes for one in of_pacts),
        )


def _span(match: Match) -> Slot:
    return Slot(match.slot.weekday, match.starts, match.ends, match.slot.on)


def _try_start(actor: Actor, match: Match) -> None:
    """Begin, or note what is missing: that both said yes stays said."""
    try:
        with transaction.atomic():
            _start(actor, match)
    except Refusal as refusal:
        match.refresh_from_db()
        match.held_up = {"text": refusal.text, "facts": refusal.facts()}
        match.save(update_fields=["held_up"])


def _start(actor: Actor, match: Match) -> None:
    """Enter the person in the host's register and plan the turns from the first insured day.

    Raises:
        PaperMissing: a paper the task asks for was not seen, or is over.
        NotCoveredThen: its last day comes before the first under cover.
        Refusal: those of `volunteering.services.enter_for_placement`.
    """
    check_papers(match)
    covered = entered(match, CoverBasis(match.offer.basis))
    match_moved(MatchStage(match.stage), MatchMove.START)
    if not _days_left(match, covered):
        last = _days_left(match, clock.today())[-1]
        raise NotCoveredThen(last.strftime("%d/%m/%Y"))
    match.started_on = max(covered, match.opportunity.starts_on, match.offer.starts_on)
    match.held_up = {}
    match.save(update_fields=["started_on", "held_up"])
    match.refresh_from_db(fields=["stage"])
    plan_sessions(match)
    note_match(actor, Verb.CHANGED, match, started_on=match.started_on.isoformat())
    tell_person(match, "started")
    tell_host(match, "started")


def entered(match: Match, basis: CoverBasis) -> date:
    """Return the first day under cover of somebody at a place, entered in the host's register.

    Raises:
        Refusal: those of `volunteering.services.enter_for_placement`.
    """
    # The register is the body's: who answered for it writes in it, not who pressed last (R13).
    return enter_for_placement(
        Actor(account_id=None, name=match.host_accepted_name),
        organisation_id=match.opportunity.organisation_id,
        person_id=match.person_id,
        day=clock.today(),
        basis=basis,
    )


def check_papers(match: Match) -> None:
    """Refuse to begin without a paper the task cannot do without.

    Raises:
        PaperMissing: with the first that is missing or over.
    """
    asked = OpportunityNeed.objects.filter(
        opportunity_id=match.opportunity_id,
        kind=NeedKind.REQUIREMENT.value,
        weight=Weight.MUST.value,
    ).values_list("code", flat=True)
    held = HeldRequirement.objects.filter(held_by([match.person_id]))
    valid = {
        row.requirement for row in held if row.expires_on is None or row.expires_on >= clock.today()
    }
    for code in asked:
        if code not in valid:
            raise PaperMissing(Requirement(code))


@transaction.atomic
def decline_as_person(actor: Actor, match_id: UUID, *, reason: str = "") -> Match:
    """Return the match to which who gives said no; that costs nothing and needs no reason.

    Raises:
        NotFound, NotAllowed, MatchMovedAlready: as `accept_as_person`.
    """
    return _declined(actor, _for_person(actor, match_id), Side.PERSON, reason)


@transaction.atomic
def decline_as_host(host: Host, match_id: UUID, *, reason: str = "") -> Match:
    """Return the match to which the host said no.

    Raises:
        NotFound, MatchMovedAlready: as `accept_as_host`.
    """
    return _declined(host.actor, _for_host(host, match_id), Side.HOST, reason)


@transaction.atomic
def withdraw_proposal(actor: Actor, match_id: UUID, *, reason: str) -> Match:
    """Return the proposal, taken back by who places people.

    Raises:
        NotFound, NotAllowed, MatchMovedAlready: nothing is written.
        ReasonMissing: without a word why.
    """
    if not reason.strip():
        raise ReasonMissing
    match = visible_matches(actor).select_related("offer__pact__case").filter(pk=match_id).first()
    if match is None:
        raise NotFound
    check_places_it(actor, match.offer)
    return _declined(actor, match_id, Side.STAFF, reason)


def _declined(actor: Actor, match_id: UUID, side: Side, reason: str) -> Match:
    match = locked_match(match_id)
    if match.stage == MatchStage.DECLINED and match.declined_by == side.value:
        return match
    match_moved(MatchStage(match.stage), MatchMove.DECLINE)
    match.declined_at, match.declined_by = clock.now(), side.value
    match.decline_reason = reason.strip()[:300]
    match.save()
    match.refresh_from_db(fields=["stage"])
    note_match(actor, Verb.DECIDED, match, declined=side.value)
    if side is Side.HOST:
        tell_person(match, "declined")
    return match


def complete_match(actor: Actor, match_id: UUID, *, change: Change | None = None) -> Match:
    """Return the match, completed: what was agreed is done and every turn has its word.

    What changed for others, said again at the end, takes the place of what was said before.

    Raises:
        NotFound, NotAllowed, MatchMovedAlready, ReachImpossible: nothing is written.
        StillToSettle: turns past without a last word.
    """
    with transaction.atomic():
        match = match_to_end(actor, match_id, MatchMove.COMPLETE)
        waiting = Session.objects.filter(
            match=match, day__lte=clock.today(), stage=SessionStage.PLANNED.value
        ).count()
        if waiting:
            raise StillToSettle(waiting)
        match.completed_on, match.seat = clock.today(), None
        if change:
            _say_change_again(match, change)
        return ended(actor, match, completed_on=match.completed_on.isoformat())


def _say_change_again(match: Match, change: Change) -> None:
    check_reach(change.reached_people)
    match.changed_asked_at = match.changed_asked_at or clock.now()
    match.changed_for_others = change.words.strip()[:2000] or match.changed_for_others
    if change.reached_people is not None:
        match.reached_people = change.reached_people
    match.save(update_fields=["changed_asked_at", "changed_for_others", "reached_people"])


def interrupt_match(actor: Actor, match_id: UUID, *, by: Side, reason: str) -> Match:
    """Return the match, ended early: by whom and why; what was given stays given.

    Raises:
        NotFound, NotAllowed, MatchMovedAlready, ReasonMissing: nothing is written.
    """
    if not reason.strip():
        raise ReasonMissing
    with transaction.atomic():
        match = match_to_end(actor, match_id, MatchMove.INTERRUPT)
        match.interrupted_on, match.seat = clock.today(), None
        match.ended_by, match.end_reason = by.value, reason.strip()[:300]
        return ended(actor, match, interrupted_on=match.interrupted_on.isoformat())


def match_to_end(actor: Actor, match_id: UUID, move: MatchMove) -> Match:
    """Return a match, locked, that the actor may end by `move`.

    Raises:
        NotFound, NotAllowed, MatchMovedAlready: not visible, not theirs, or not at that point.
    """
    seen = visible_matches(actor).filter(pk=match_id).exists()
    if not seen:
        raise NotFound
    match = locked_match(match_id)
    check_places_it(actor, match.offer)
    match_moved(MatchStage(match.stage), move)
    return match


def ended(actor: Actor, match: Match, *, waits_until: date | None = None, **facts: str) -> Match:
    """Return the match written as ended; what was to come goes, and the host is told.

    Turns of which nobody spoke still wait for their words: those that have begun, or those until
    `waits_until` where it is given.
    """
    # What the host says of it is the host's to write.
    match.save(update_fields=_ENDING)
    match.refresh_from_db(fields=["stage"])
    untold = Session.objects.filter(
        match=match, stage=SessionStage.PLANNED.value, person_word="", host_word=""
    )
    # What was to come was only a plan; what has begun was perhaps given, and is still to be told.
    untold.filter(day__gt=clock.today()).delete()
    if waits_until is None:
        today = untold.filter(day=clock.today())
        untold = untold.filter(pk__in=[turn.pk for turn in today if turn.begins > clock.now()])
    else:
        untold = untold.filter(day__gt=waits_until)
    untold.update(cancelled_at=clock.now())
    note_match(actor, Verb.CHANGED, match, **facts)
    tell_host(match, "ended")
    return match


def note_match(actor: Actor, verb: Verb, match: Match, **facts: str) -> None:
    record(
        actor,
        verb,
        kind="giveback.match",
        object_id=match.pk,
        district_id=match.district_id,
        person_ids=[match.person_id],
        facts=facts,
    )


def start_again(actor: Actor, match_id: UUID) -> Match:
    """Return a match that both accepted, begun now that what was missing is there.

    Raises:
        NotFound, NotAllowed, MatchMovedAlready: not the actor's, or not waiting to begin.
        NotOpen: the pact for which they were to begin has ended.
        ProposalOver: no day of it is left; the match is interrupted, its seat is free.
        Refusal: those of `enter_for_placement`; `PaperMissing`, `NotCoveredThen`.
    """
    with transaction.atomic():
        if not visible_matches(actor).filter(pk=match_id).exists():
            raise NotFound
        match = locked_match(match_id)
        check_places_it(actor, match.offer)
        if match.stage != MatchStage.ACCEPTED:
            match_moved(MatchStage(match.stage), MatchMove.START)
            raise NotAllowed
        if match.offer.pact_over_on:
            raise NotOpen
        is_over = _is_over(match)
        if is_over:
            _give_up(actor, match)
        else:
            _start(actor, match)
    if is_over:
        # Said once it is there to stay.
        raise ProposalOver
    return match


def _give_up(actor: Actor, match: Match) -> None:
    """End what never began: both had said yes, so it is not declined any more."""
    match.interrupted_on, match.seat = clock.today(), None
    match.ended_by, match.end_reason = Side.STAFF.value, _GONE
    ended(actor, match, interrupted_on=match.interrupted_on.isoformat())
