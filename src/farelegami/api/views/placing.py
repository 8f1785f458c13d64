"""Matches from the proposal to their end, and their turns, for who follows the people."""

from collections.abc import Callable
from typing import Final
from uuid import UUID

from django.urls import reverse
from ninja import Query, Router

from farelegami.api.rules import Answer
from farelegami.api.schemas.common import PageOf
from farelegami.api.schemas.giving import (
    Because,
    Completed,
    Interrupted,
    MatchFilters,
    MatchOut,
    MatchRowOut,
    NewMatch,
    NewWord,
    No,
    SessionOut,
    SessionsOut,
    Settled,
)
from farelegami.api.services.reading import read_match as read_whole
from farelegami.api.views.doorway import (
    TokenRequest,
    check_match,
    checked_cursor,
    listed,
    reads,
    shown,
    writes,
)
from farelegami.api.views.giving_told import match_row_told, match_told, session_told
from farelegami.api.views.problems import refused_for_good
from farelegami.giveback.queries.people import match_file, matches_page, session_seen
from farelegami.giveback.queries.sight import locked_opportunities
from farelegami.giveback.rules.changes import Change
from farelegami.giveback.rules.matches import PlaceTaken, ProposalOver
from farelegami.giveback.rules.opportunities import OpportunityOver
from farelegami.giveback.rules.sessions import Said
from farelegami.giveback.services import matches, sessions
from farelegami.giveback.services.matches import Proposal
from farelegami.kernel.actor import Actor
from farelegami.kernel.errors import NotFound, gettext_noop
from farelegami.kernel.units import Minutes

router: Final = Router(tags=[gettext_noop("posti e turni")])


@reads(router, "/matches", PageOf[MatchRowOut])
def list_matches(request: TokenRequest, asked: Query[MatchFilters]) -> Answer:
    page = matches_page(
        request.actor,
        district_id=asked.district,
        stage=asked.stage or "",
        cursor=checked_cursor(asked.cursor, 1),
        size=asked.limit,
    )
    return listed([match_row_told(row) for row in page.rows], page)


@reads(router, "/matches/{uuid:match_id}", MatchOut)
def read_match(request: TokenRequest, match_id: UUID) -> Answer:
    match, _turns = read_whole(request.actor, match_id)
    return shown(match_told(match))


def _match(actor: Actor, match_id: UUID) -> MatchOut:
    file = match_file(actor, match_id)
    if file is None:
        raise NotFound
    return match_told(file[0])


@writes(router, "/matches", MatchOut)
def propose_match(request: TokenRequest, sent: NewMatch) -> Answer:
    proposal = Proposal(sent.offer_id, sent.slot_id, note=sent.note)
    match = matches.propose(request.actor, proposal)
    told = _match(request.actor, match.pk)
    return shown(told, status=201, location=reverse("api:read_match", args=[match.pk]))


@writes(router, "/matches/{uuid:match_id}/acceptance", MatchOut, status=200)
def accept_match(request: TokenRequest, match_id: UUID) -> Answer:
    try:
        matches.accept_as_person(request.actor, match_id)
    except (PlaceTaken, ProposalOver, OpportunityOver) as refusal:
        # It closed the proposal, which stays closed: the answer is kept with it.
        return refused_for_good(refusal)
    return shown(_match(request.actor, match_id))


@writes(router, "/matches/{uuid:match_id}/refusal", MatchOut, status=200)
def decline_match(request: TokenRequest, match_id: UUID, sent: No) -> Answer:
    matches.decline_as_person(request.actor, match_id, reason=sent.reason)
    return shown(_match(request.actor, match_id))


def _on_match(
    request: TokenRequest, match_id: UUID, act: Callable[[Actor, UUID], object]
) -> Answer:
    """Do an act on the match as it was read, and return it as it is then."""
    # Every act on a match holds its opportunity first.
    list(locked_opportunities([_match(request.actor, match_id).opportunity.id]))
    check_match(request, _match(request.actor, match_id))
    act(request.actor, match_id)
    return shown(_match(request.actor, match_id))


@writes(router, "/matches/{uuid:match_id}/start", MatchOut, status=200, changes=True)
def start_match(request: TokenRequest, match_id: UUID) -> Answer:
    try:
        return _on_match(request, match_id, matches.start_again)
    except ProposalOver as refusal:
        # No day of it is left: it was interrupted, which stays.
        return refused_for_good(refusal)


@writes(router, "/matches/{uuid:match_id}/completion", MatchOut, status=200, changes=True)
def complete_match(request: TokenRequest, match_id: UUID, sent: Completed) -> Answer:
    change = Change(sent.changed_for_others, sent.reached_people)
    return _on_match(
        request,
        match_id,
        lambda actor, each: matches.complete_match(actor, each, change=change),
    )


@writes(router, "/matches/{uuid:match_id}/interruption", MatchOut, status=200, changes=True)
def interrupt_match(request: TokenRequest, match_id: UUID, sent: Interrupted) -> Answer:
    return _on_match(
        request,
        match_id,
        lambda actor, each: matches.interrupt_match(actor, each, by=sent.by, reason=sent.reason),
    )


@reads(router, "/matches/{uuid:match_id}/sessions", SessionsOut)
def list_sessions(request: TokenRequest, match_id: UUID) -> Answer:
    _whole, turns = read_whole(request.actor, match_id)
    return shown(SessionsOut(rows=[session_told(each) for each in turns]))


@reads(router, "/sessions/{uuid:session_id}", SessionOut)
def read_session(request: TokenRequest, session_id: UUID) -> Answer:
    session = session_seen(request.actor, session_id)
    read_whole(request.actor, session.match_id)
    return shown(session_told(session))


@writes(router, "/sessions/{uuid:session_id}/word", SessionOut, status=200)
def say_session(request: TokenRequest, session_id: UUID, sent: NewWord) -> Answer:
    report = sessions.Report(Said(sent.word, Minutes(sent.minutes)), note=sent.note)
    return shown(session_told(sessions.say_as_person(request.actor, session_id, report)))


@writes(router, "/sessions/{uuid:session_id}/settlement", SessionOut, status=200, changes=True)
def settle_session(request: TokenRequest, session_id: UUID, sent: Settled) -> Answer:
    before = session_seen(request.actor, session_id, for_update=True)
    check_match(request, session_told(before))
    said = Said(sent.word, Minutes(sent.minutes))
    session = sessions.settle_dispute(request.actor, session_id, said, settlement=sent.settlement)
    return shown(session_told(session))


@writes(router, "/sessions/{uuid:session_id}/cancellation", SessionOut, status=200)
def cancel_session(request: TokenRequest, session_id: UUID, sent: Because) -> Answer:
    session = sessions.cancel_session(request.actor, session_id, reason=sent.reason)
    return shown(session_told(session))
