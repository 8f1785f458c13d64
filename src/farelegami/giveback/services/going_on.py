"""A pact has ended and the place goes on: as a volunteer's, or not at all. Who follows them says.

Until then turns stay as they are: what is said of them stays with the turn, and is counted on the
volunteer's own account once it is one. To the host nothing happens but what happens to anybody.
"""

from collections.abc import Sequence, Set
from datetime import date
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from farelegami.audit.rules import Verb
from farelegami.giveback.models import Match, Offer, Session
from farelegami.giveback.queries.people import placed_for_ended_pacts
from farelegami.giveback.rules.going_on import PactGoesOn
from farelegami.giveback.rules.matches import OPEN, MatchMove, ReasonMissing, Side
from farelegami.giveback.rules.offers import check_span
from farelegami.giveback.rules.sessions import SessionStage
from farelegami.giveback.services.matches import ended, entered, match_to_end, note_match
from farelegami.giveback.services.offers import offer_going_on
from farelegami.giveback.services.planning import plan_sessions
from farelegami.giveback.services.sessions import count_anew
from farelegami.kernel import clock
from farelegami.kernel.actor import Actor
from farelegami.kernel.errors import gettext_noop
from farelegami.kernel.ids import new_id
from farelegami.outbox.services import queue_mail
from farelegami.people.rules.privacy import check_unrestricted
from farelegami.volunteering.queries import covers_of
from farelegami.volunteering.rules.covers import Basis

_OPEN: Final = tuple(str(stage) for stage in OPEN)
# What a host may read of a match is the same before and after.
_KEPT: Final = (
    "district_id", "person_id", "opportunity_id", "slot_id", "starts", "ends", "proposed_at",
    "proposed_by_id", "proposed_by_name", "person_accepted_at", "host_accepted_at",
    "host_accepted_name", "accepted_at", "started_on", "changed_for_others", "changed_asked_at",
)  # fmt: skip


@transaction.atomic
def go_on_freely(actor: Actor, match_id: UUID, *, until: date) -> Match:
    """Return the match by which somebody keeps, as a volunteer, the place of a pact that ended.

    The seat stays theirs, turns after the pact's last day come along where a volunteer was insured,
    and what was given in them is counted. The caller has asked the person.

    Raises:
        NotFound, NotAllowed, MatchMovedAlready: not the actor's, or ended already.
        PactGoesOn: the pact has not ended, or there is none.
        NeverEnds: `until` has passed.
        Restricted: the person's data are left as they are.
        Refusal: those of `volunteering.services.enter_for_placement`: nobody goes on uninsured.
    """
    match, last = _of_ended_pact(actor, match_id)
    offer = match.offer
    check_unrestricted(offer.person.name, offer.person.restricted_on)
    check_span(clock.today(), until)
    covered = entered(match, Basis.VOLUNTARY)
    seat, match.seat = match.seat, None
    match.completed_on = clock.today()
    match.save(update_fields=["seat", "completed_on"])
    goes_on = Match(
        id=new_id(),
        offer=offer_going_on(actor, match, until=until),
        seat=seat,
        ends_on=until,
        **{name: getattr(match, name) for name in _KEPT},
    )
    if match.offer.basis != Basis.VOLUNTARY.value:
        # Who came on other terms enters the register today: as a volunteer they begin tomorrow.
        goes_on.started_on = covered
        goes_on.ends_on = max(until, covered)
    goes_on.save()
    goes_on.refresh_from_db()
    _carry_over(actor, match, goes_on, after=last)
    if not Match.objects.filter(offer=offer, stage__in=_OPEN).exists():
        Offer.objects.filter(pk=offer.pk, closed_on=None).update(closed_on=clock.today())
    plan_sessions(goes_on)
    note_match(actor, Verb.CHANGED, match, completed_on=clock.today().isoformat())
    note_match(actor, Verb.CREATED, goes_on, goes_on_from=str(match.pk))
    return goes_on


def _of_ended_pact(actor: Actor, match_id: UUID) -> tuple[Match, date]:
    match = match_to_end(actor, match_id, MatchMove.COMPLETE)
    last = match.offer.pact_over_on
    if last is None:
        raise PactGoesOn
    return match, last


def _carry_over(actor: Actor, match: Match, goes_on: Match, *, after: date) -> None:
    """Move the turns after the pact's last day, and count what was said of them.

    Those of days on which no volunteer was insured stay where they are: given as a PUC, they wait
    for their words as such; not begun, they go.
    """
    late = list(
        Session.objects.select_for_update(of=("self",))
        .filter(match=match, day__gt=after, hours_entry_id=None)
        .order_by("pk")
    )
    days = _insured_days(match, late)
    moved = [turn.pk for turn in late if turn.day in days]
    Session.objects.filter(pk__in=moved).update(match=goes_on)
    rows = Session.objects.filter(pk__in=moved).select_related(
        "match__offer__pact", "match__opportunity"
    )
    for session in rows.order_by("day"):
        count_anew(actor, session)
    _let_go([turn for turn in late if turn.day not in days])


def _insured_days(match: Match, turns: Sequence[Session]) -> Set[date]:
    """Return the days of these turns on which the person is insured as a volunteer."""
    if not turns:
        return frozenset()
    days = {turn.day for turn in turns}
    pair = (match.person_id, match.opportunity.organisation_id)
    spans = covers_of([pair], start=min(days), end=max(days))[pair]
    spans = [span for span in spans if span.basis is Basis.VOLUNTARY]
    return frozenset(day for day in days if any(day in span for span in spans))


def _let_go(turns: Sequence[Session]) -> None:
    """Cancel turns that have not begun; one of another day was only a plan."""
    plans = [
        turn for turn in turns
        if turn.stage == SessionStage.PLANNED and turn.begins > clock.now()
    ]  # fmt: skip
    rows = Session.objects.filter(pk__in=[turn.pk for turn in plans])
    rows.filter(day__gt=clock.today()).delete()
    rows.update(cancelled_at=clock.now())


@transaction.atomic
def end_with_the_pact(actor: Actor, match_id: UUID, *, reason: str) -> Match:
    """Return the match, completed because its pact has ended; the host is told as of anybody.

    Turns of the pact that nobody has confirmed wait for their words; later ones are cancelled.

    Raises:
        NotFound, NotAllowed, MatchMovedAlready, ReasonMissing: nothing is written.
        PactGoesOn: the pact has not ended, or there is none.
    """
    if not reason.strip():
        raise ReasonMissing
    match, last = _of_ended_pact(actor, match_id)
    match.completed_on, match.seat = clock.today(), None
    match.ended_by, match.end_reason = Side.STAFF.value, reason.strip()[:300]
    return ended(actor, match, waits_until=last, completed_on=match.completed_on.isoformat())


def tell_managers() -> int:
    """Write, once for each, to who follows somebody whose pact ended while they have a place."""
    told = 0
    for match in placed_for_ended_pacts():
        manager = match.offer.pact.case.manager if match.offer.pact else None
        if manager is None or not manager.email:
            continue
        queue_mail(
            manager.email,
            gettext_noop("Un patto è finito, un posto va avanti"),
            gettext_noop(
                "Un patto che segui è finito mentre la persona ha ancora il suo posto: va avanti"
                " come volontariato o finisce? Si decide qui: %(address)s"
            ),
            key=f"giveback:pact_over:{match.pk}",
            facts={
                "address": f"{settings.SITE_ADDRESS}{reverse('giveback:match', args=[match.pk])}"
            },
            language=manager.language or "it",
        )
        told += 1
    return told
