"""Who comes, and their turns, as an organisation may know it: by the queries of hosts alone."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Final
from uuid import UUID

from ninja import Query, Router

from farelegami.api.rules import Answer
from farelegami.api.schemas.giving import (
    Because,
    HostAnsweredOut,
    HostedsOut,
    HostedTurnFilters,
    HostedTurnsOut,
    NewWord,
    No,
    TurnSaidOut,
)
from farelegami.api.views.doorway import TokenRequest, reads, shown, writes
from farelegami.api.views.giving_told import hosted_told, hosted_turn_told
from farelegami.api.views.problems import refused_for_good
from farelegami.giveback.models import Match, Session
from farelegami.giveback.queries.opportunities import hosted, turns_of
from farelegami.giveback.queries.sight import host_of
from farelegami.giveback.rules.hosts import NoLongerProposed, PlacesAllTaken, told_to_host
from farelegami.giveback.rules.matches import MatchStage
from farelegami.giveback.rules.opportunities import OpportunityOver
from farelegami.giveback.rules.sessions import Said, SessionStage
from farelegami.giveback.services import matches, sessions
from farelegami.kernel import clock
from farelegami.kernel.errors import Refusal, gettext_noop
from farelegami.kernel.units import Minutes

router: Final = Router(tags=[gettext_noop("per chi accoglie")])
_AROUND: Final = timedelta(days=42)
_MOST: Final = timedelta(days=366)


@contextmanager
def _as_a_host_may_know() -> Iterator[None]:
    """Say why not in the words a host may read."""
    try:
        yield
    except Refusal as refusal:
        raise told_to_host(refusal) from None


@reads(router, "/hosted/people", HostedsOut)
def list_hosted(request: TokenRequest) -> Answer:
    rows = hosted(host_of(request.actor))
    return shown(HostedsOut(rows=[hosted_told(each) for each in rows]))


def _answered(match: Match) -> Answer:
    return shown(HostAnsweredOut(id=match.pk, stage=MatchStage(match.stage)))


@writes(router, "/hosted/people/{uuid:match_id}/acceptance", HostAnsweredOut, status=200)
def accept_hosted(request: TokenRequest, match_id: UUID) -> Answer:
    host = host_of(request.actor)
    try:
        with _as_a_host_may_know():
            return _answered(matches.accept_as_host(host, match_id))
    except (PlacesAllTaken, NoLongerProposed, OpportunityOver) as refusal:
        return refused_for_good(refusal)


@writes(router, "/hosted/people/{uuid:match_id}/refusal", HostAnsweredOut, status=200)
def decline_hosted(request: TokenRequest, match_id: UUID, sent: No) -> Answer:
    with _as_a_host_may_know():
        return _answered(
            matches.decline_as_host(host_of(request.actor), match_id, reason=sent.reason)
        )


@reads(router, "/hosted/turns", HostedTurnsOut)
def list_hosted_turns(request: TokenRequest, asked: Query[HostedTurnFilters]) -> Answer:
    since = asked.since or clock.today() - _AROUND
    until = min(asked.until or since + 2 * _AROUND, since + _MOST)
    turns = turns_of(host_of(request.actor), since=since, until=until)
    return shown(HostedTurnsOut(rows=[hosted_turn_told(each) for each in turns]))


def _said(session: Session) -> Answer:
    return shown(TurnSaidOut(id=session.pk, stage=SessionStage(session.stage)))


@writes(router, "/hosted/turns/{uuid:session_id}/word", TurnSaidOut, status=200)
def say_hosted_turn(request: TokenRequest, session_id: UUID, sent: NewWord) -> Answer:
    report = sessions.Report(Said(sent.word, Minutes(sent.minutes)), note=sent.note)
    with _as_a_host_may_know():
        return _said(sessions.say_as_host(host_of(request.actor), session_id, report))


@writes(router, "/hosted/turns/{uuid:session_id}/cancellation", TurnSaidOut, status=200)
def cancel_hosted_turn(request: TokenRequest, session_id: UUID, sent: Because) -> Answer:
    with _as_a_host_may_know():
        return _said(
            sessions.cancel_as_host(host_of(request.actor), session_id, reason=sent.reason)
        )
