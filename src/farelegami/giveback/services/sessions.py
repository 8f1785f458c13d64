"""What is said of a turn, and what it comes to: hours on the ledger once both say the same.

Locks: the opportunity where the match is written, the turn, then the pact (or the offer's
accounts), then the register.
"""

import logging
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from farelegami.audit.rules import Verb
from farelegami.audit.services import record
from farelegami.giveback.models import Match, Session
from farelegami.giveback.queries.sight import (
    Host,
    check_places_it,
    hosted_matches,
    hosted_sessions,
    locked_opportunities,
    visible_sessions,
)
from farelegami.giveback.rules.changes import Change, check_reach
from farelegami.giveback.rules.matches import ReasonMissing
from farelegami.giveback.rules.sessions import (
    SILENCE,
    HoursConfirmedOnPact,
    NotCovered,
    NotDisputed,
    NotYetHeld,
    Said,
    SaidAlready,
    SessionSettled,
    SessionStage,
    Verdict,
    Word,
    agreed_word,
    check_said,
    verdict,
)
from farelegami.kernel import clock
from farelegami.kernel.actor import Actor, system_actor
from farelegami.kernel.errors import NotFound, Refusal
from farelegami.kernel.faults import fault_of
from farelegami.kernel.ids import new_id
from farelegami.kernel.units import Minutes
from farelegami.ledger.services import hold, post
from farelegami.pacts.queries.parts import hours_entries_of
from farelegami.pacts.rules.giving import HoursOutsidePact, HoursSettled
from farelegami.pacts.rules.money import Purse
from farelegami.pacts.services.giving import (
    Telling,
    cancel_told,
    confirm_told,
    lock_for_hours,
    note_change_for_others,
    tell_hours,
)
from farelegami.volunteering.queries import cover_on
from farelegami.volunteering.rules.covers import Basis as CoverBasis
from farelegami.volunteering.services import note_service

logger = logging.getLogger("farelegami.giveback")
_SILENT: Final = system_actor("chi tace acconsente")
_LAST_FACT: Final = {
    Word.HELD: "held_at",
    Word.EXCUSED: "excused_at",
    Word.ABSENT: "absent_at",
}


@dataclass(frozen=True, slots=True)
class Report:
    """What one side tells of a turn; `change` is None where the host was not asked."""

    said: Said
    note: str = ""
    change: Change | None = None


@transaction.atomic
def say_as_person(actor: Actor, session_id: UUID, told: Report) -> Session:
    """Return the turn with the word of who gives: their own, or by who follows them.

    Raises:
        NotFound, NotAllowed: not their own, and not the actor's to write.
        SessionSettled, SaidAlready, NotYetHeld, NotCovered, LengthImpossible: nothing is written.
    """
    session = _locked(session_id)
    if session.match.person_id != actor.person_id or actor.person_id is None:
        if not visible_sessions(actor).filter(pk=session_id).exists():
            raise NotFound
        check_places_it(actor, session.match.offer)
    if _repeats(session, session.person_said, told.said):
        return session
    session.person_word, session.person_minutes = told.said.word.value, told.said.minutes
    session.person_at, session.person_name = clock.now(), actor.name[:160]
    session.person_note = told.note.strip()[:300]
    return _weighed(actor, session)


@transaction.atomic
def say_as_host(host: Host, session_id: UUID, told: Report) -> Session:
    """Return the turn with the host's word.

    Raises:
        NotFound: not the host's.
        SessionSettled, SaidAlready, NotYetHeld, NotCovered, LengthImpossible: nothing is written.
    """
    if not hosted_sessions(host).filter(pk=session_id).exists():
        raise NotFound
    if told.change is not None:
        opportunities = hosted_sessions(host).filter(pk=session_id)
        _lock_place(opportunities.values_list("match__opportunity_id", flat=True).get())
    session = _locked(session_id)
    if _repeats(session, session.host_said, told.said):
        return session
    session.host_word, session.host_minutes = told.said.word.value, told.said.minutes
    session.host_at, session.host_name = clock.now(), host.name[:160]
    session.host_note = told.note.strip()[:300]
    if told.change is not None:
        _keep_change(session.match, told.change)
    return _weighed(host.actor, session)


@transaction.atomic
def tell_what_changed(host: Host, match_id: UUID, change: Change) -> Match:
    """Return the match with what changed for others, in the host's words; empty is an answer too.

    Raises:
        NotFound: not the host's.
        ReachImpossible: no such number of people.
    """
    place = (
        hosted_matches(host).filter(pk=match_id).values_list("opportunity_id", flat=True).first()
    )
    if place is None:
        raise NotFound
    _lock_place(place)
    match = Match.objects.select_for_update(of=("self",)).select_related("offer").get(pk=match_id)
    if match.changed_asked_at is not None:
        return match
    _keep_change(match, change)
    held = Session.objects.filter(match=match, held_at__isnull=False, hours_entry_id__isnull=False)
    last = held.order_by("-day").values_list("hours_entry_id", flat=True).first()
    if last is not None and match.offer.pact_id is not None:
        note_change_for_others(lock_for_hours(match.offer.pact_id), last, match.changed_for_others)
    return match


def _lock_place(opportunity_id: UUID) -> None:
    """Wait for whoever ends a match there: they read it before they write it."""
    list(locked_opportunities([opportunity_id]))


def _keep_change(match: Match, change: Change) -> None:
    """Keep what changed for others; whoever was asked once is not asked again."""
    if match.changed_asked_at is not None:
        return
    check_reach(change.reached_people)
    match.changed_asked_at, match.changed_for_others = clock.now(), change.words.strip()[:2000]
    match.reached_people = change.reached_people
    match.save(update_fields=["changed_asked_at", "changed_for_others", "reached_people"])


def _locked(session_id: UUID) -> Session:
    rows = Session.objects.select_related(
        "match__offer__pact__case", "match__opportunity", "match__slot"
    )
    session = rows.filter(pk=session_id).select_for_update(of=("self",)).first()
    if session is None:
        raise NotFound
    return session


def _repeats(session: Session, before: Said | None, said: Said) -> bool:
    """Return whether this very word was said before; refuse where it cannot be said.

    Raises:
        LengthImpossible, SaidAlready, SessionSettled, NotYetHeld, NotCovered: as their names say.
    """
    check_said(said)
    if before is not None:
        if before == said:
            return True
        raise SaidAlready
    if session.stage != SessionStage.PLANNED:
        raise SessionSettled
    # Who cannot come says so before; that one came, or did not, is known once it began.
    if said.word is not Word.EXCUSED and clock.now() < begins_at(session):
        raise NotYetHeld(session.day)
    if said.word is Word.HELD:
        _check_covered(session)
    return False


def begins_at(session: Session) -> datetime:
    """Return the moment a turn begins, in Italy."""
    return session.begins


def _check_covered(session: Session) -> None:
    match = session.match
    basis = CoverBasis(match.offer.basis)
    body = match.opportunity.organisation_id
    if cover_on(match.person_id, body, session.day, basis=basis) is None:
        raise NotCovered(session.day)


def _weighed(actor: Actor, session: Session) -> Session:
    """Write what the two words come to so far."""
    person, host = session.person_said, session.host_said
    outcome = verdict(person, host)
    if outcome is Verdict.DISPUTED:
        session.disputed_at = clock.now()
    elif outcome is Verdict.AGREED and person is not None and host is not None:
        session.disputed_at = None
        _settle(actor, session, agreed_word(person, host))
    elif Word.EXCUSED in {said.word for said in (person, host) if said}:
        _settle(actor, session, Said(Word.EXCUSED))
    else:
        _tell_first(actor, session, person or host)
    return _saved(actor, session, Verb.CHANGED)


def _tell_first(actor: Actor, session: Session, said: Said | None) -> None:
    """Put the hours one side tells on the ledger, still to be confirmed."""
    if said is not None and said.word is Word.HELD:
        _tell(actor, session, said.minutes)


def _saved(actor: Actor, session: Session, verb: Verb) -> Session:
    session.save()
    session.refresh_from_db(fields=["stage"])
    record(
        actor,
        verb,
        kind="giveback.session",
        object_id=session.pk,
        district_id=session.district_id,
        person_ids=[session.match.person_id],
        facts={"stage": str(session.stage), "minutes": session.minutes},
    )
    return session


def _settle(actor: Actor, session: Session, said: Said) -> None:
    """Write a turn's last word: the hours where it was held, none where it was not."""
    setattr(session, _LAST_FACT[said.word], clock.now())
    if said.word is not Word.HELD:
        _take_back(actor, session)
        return
    _check_covered(session)
    session.minutes = said.minutes
    match = session.match
    session.service_day = note_service(
        actor,
        person_id=match.person_id,
        organisation_id=match.opportunity.organisation_id,
        day=session.day,
        minutes=said.minutes,
        source_id=session.pk,
        basis=CoverBasis(match.offer.basis),
    )
    _tell(actor, session, said.minutes)
    _confirm(actor, session, match.changed_for_others)


# ---- hours


def _tell(actor: Actor, session: Session, minutes: int) -> None:
    """Make the ledger hold exactly `minutes` told for this turn."""
    if session.minutes_told == minutes:
        return
    _take_back(actor, session)
    offer, entry_id = session.match.offer, new_id()
    if offer.pact_id is not None:
        pact = lock_for_hours(offer.pact_id)
        told = Telling(
            offer.commitment_key, session.day, Minutes(minutes), session.person_note, entry_id
        )
        try:
            tell_hours(actor, pact, told)
        except (HoursOutsidePact, NotFound):
            # The pact has ended or changed meanwhile: what was given stays with the turn, and the
            # host, who must not learn of a pact, is answered as for anybody.
            return
    else:
        _move(actor, session, entry_id, minutes, (Purse.GIVING, Purse.DONE, "done"))
    session.hours_entry_id, session.minutes_told = entry_id, minutes


def count_anew(actor: Actor, session: Session) -> None:
    """Count what was said of a turn for the offer of the match to which it has come."""
    said = session.person_said or session.host_said
    if session.stage == SessionStage.HELD:
        _tell(actor, session, session.minutes)
        _confirm(actor, session, session.match.changed_for_others)
    elif session.stage == SessionStage.PLANNED and not session.is_disputed:
        _tell_first(actor, session, said)
    session.save(update_fields=["hours_entry_id", "minutes_told"])


def _take_back(actor: Actor, session: Session) -> None:
    if session.hours_entry_id is None:
        return
    offer = session.match.offer
    if offer.pact_id is not None:
        pact = lock_for_hours(offer.pact_id)
        cancel_told(actor, pact, session.hours_entry_id, reason=session.settlement)
    else:
        back = (Purse.DONE, Purse.GIVING, "cancelled")
        _move(actor, session, session.hours_entry_id, session.minutes_told, back)
    session.hours_entry_id, session.minutes_told = None, 0


def _confirm(actor: Actor, session: Session, changed: str) -> None:
    offer, entry_id = session.match.offer, session.hours_entry_id
    if entry_id is None:
        return
    said_by = session.host_name or session.settled_by_name or session.person_name
    if offer.pact_id is not None:
        pact = lock_for_hours(offer.pact_id)
        # Whoever follows the pact may have taken these hours back, or confirmed them, by hand.
        with suppress(HoursSettled):
            confirm_told(
                actor, pact, entry_id, confirmed_name=said_by[:150], changed_for_others=changed
            )
        return
    _move(actor, session, entry_id, session.minutes, (Purse.DONE, Purse.CONFIRMED, "confirmed"))


def _move(
    actor: Actor, session: Session, entry_id: UUID, minutes: int, step: tuple[Purse, Purse, str]
) -> None:
    giver, taker, name = step
    accounts = hold(session.match.offer_id, giver, taker)
    post(
        actor,
        debit_id=accounts[giver].pk,
        credit_id=accounts[taker].pk,
        amount=minutes,
        happened_on=session.day,
        memo=f"Ore del {session.day:%d/%m/%Y}",
        key=f"hours:{entry_id}:{name}",
        held={account.pk: account for account in accounts.values()},
    )


# ---- by who follows the person


@transaction.atomic
def settle_dispute(actor: Actor, session_id: UUID, said: Said, *, settlement: str) -> Session:
    """Return the turn, settled by who follows the person after hearing both.

    Raises:
        NotFound, NotAllowed: not visible, or not the actor's to settle.
        NotDisputed, ReasonMissing, LengthImpossible, NotCovered: nothing is written.
        HoursConfirmedOnPact: the pact has other hours of this turn, confirmed by hand.
    """
    if not visible_sessions(actor).filter(pk=session_id).exists():
        raise NotFound
    session = _locked(session_id)
    check_places_it(actor, session.match.offer)
    if not session.is_disputed:
        raise NotDisputed
    if not settlement.strip():
        raise ReasonMissing
    check_said(said)
    _heed_the_pact(session, said)
    session.settled_at, session.settled_by_name = clock.now(), actor.name[:160]
    session.settlement = settlement.strip()[:300]
    _settle(actor, session, said)
    return _saved(actor, session, Verb.DECIDED)


def _heed_the_pact(session: Session, said: Said) -> None:
    """Refuse other hours than those confirmed by hand; those taken back by hand are told anew."""
    entry_id, pact_id = session.hours_entry_id, session.match.offer.pact_id
    if entry_id is None or pact_id is None:
        return
    pact = lock_for_hours(pact_id)
    entry = next((each for each in hours_entries_of(pact.pk) if each.pk == entry_id), None)
    if entry is None:
        session.hours_entry_id, session.minutes_told = None, 0
        return
    minutes = said.minutes if said.word is Word.HELD else 0
    if entry.confirmed_at is not None and entry.minutes != minutes:
        raise HoursConfirmedOnPact(entry.minutes)


@transaction.atomic
def cancel_session(actor: Actor, session_id: UUID, *, reason: str) -> Session:
    """Return a planned turn, cancelled: the hall is closed, the day is a holiday.

    Raises:
        NotFound, NotAllowed, ReasonMissing, SessionSettled: nothing is written.
    """
    if not visible_sessions(actor).filter(pk=session_id).exists():
        raise NotFound
    session = _locked(session_id)
    check_places_it(actor, session.match.offer)
    return _cancelled(actor, session, reason)


@transaction.atomic
def cancel_as_host(host: Host, session_id: UUID, *, reason: str) -> Session:
    """Return a planned turn, cancelled by the host.

    Raises:
        NotFound, ReasonMissing, SessionSettled: nothing is written.
    """
    if not hosted_sessions(host).filter(pk=session_id).exists():
        raise NotFound
    return _cancelled(host.actor, _locked(session_id), reason)


def _cancelled(actor: Actor, session: Session, reason: str) -> Session:
    if not reason.strip():
        raise ReasonMissing
    if session.stage != SessionStage.PLANNED or session.person_word or session.host_word:
        raise SessionSettled
    session.cancelled_at, session.cancel_reason = clock.now(), reason.strip()[:300]
    return _saved(actor, session, Verb.CHANGED)


def settle_silence(*, most: int = 500) -> int:
    """Let stand what one side said two weeks ago and the other never answered.

    Return how many were looked at. What cannot stand is left to who follows the person, as two
    different words are. The worker calls it each day.
    """
    before = clock.now() - SILENCE
    waiting = Session.objects.filter(stage=SessionStage.PLANNED.value, disputed_at=None)
    by_person = waiting.filter(person_at__lt=before, host_at=None)
    by_host = waiting.filter(host_at__lt=before, person_at=None)
    ids = [*by_person.values_list("pk", flat=True)[:most], *by_host.values_list("pk", flat=True)]
    return sum(_let_stand(session_id) for session_id in ids[:most])


def _let_stand(session_id: UUID) -> bool:
    try:
        return _silence_agrees(session_id)
    except Exception as error:
        if fault_of(error) is not None:
            raise
        if not isinstance(error, Refusal):
            logger.exception("turn %s cannot be settled", session_id)
    return _set_aside(session_id)


@transaction.atomic
def _silence_agrees(session_id: UUID) -> bool:
    session = _locked(session_id)
    said = session.person_said or session.host_said
    if said is None or session.stage != SessionStage.PLANNED or session.is_disputed:
        return False
    _settle(_SILENT, session, said)
    _saved(_SILENT, session, Verb.CHANGED)
    return True


@transaction.atomic
def _set_aside(session_id: UUID) -> bool:
    session = _locked(session_id)
    if session.stage != SessionStage.PLANNED or session.is_disputed:
        return False
    session.disputed_at = clock.now()
    _saved(_SILENT, session, Verb.CHANGED)
    return True
