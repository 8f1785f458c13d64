"""Rows of the give-back as the API tells them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from farelegami.api.schemas.common import Named
from farelegami.api.schemas.giving import (
    HostedOut,
    HostedTurnOut,
    MatchOut,
    MatchRowOut,
    NeedOut,
    OfferRowOut,
    OfferWords,
    OpportunityOut,
    OpportunityRowOut,
    PlanOut,
    ProposalOut,
    SessionOut,
    SlotIn,
    TimeOfferOut,
    slot_told,
)
from farelegami.giveback.models import Match, Offer, Session
from farelegami.giveback.queries.opportunities import (
    Hosted,
    HostedTurn,
    OpportunityFile,
    OpportunityRow,
)
from farelegami.giveback.queries.people import OfferRow
from farelegami.giveback.queries.words import reason_words
from farelegami.giveback.rules.slots import Slot
from farelegami.giveback.services.offers import OfferDraft
from farelegami.kernel.units import Minutes
from farelegami.matching.models import Plan
from farelegami.matching.queries.plans import Proposed


def slots_sent(slots: Iterable[SlotIn]) -> list[Slot]:
    return [each.slot() for each in slots]


def offer_sent(words: OfferWords, *, without: frozenset[str] = frozenset()) -> OfferDraft:
    """Return what somebody offers as it was sent, but for names that are no part of it."""
    told: dict[str, Any] = {
        name: getattr(words, name) for name in type(words).model_fields if name not in without
    }
    told["slots"] = slots_sent(words.slots)
    told["weekly_minutes"] = Minutes(words.weekly_minutes)
    return OfferDraft(**told)


def offer_row_told(row: OfferRow) -> OfferRowOut:
    told: dict[str, Any] = {
        "id": row.id,
        "person_id": row.person_id,
        "name": row.name,
        "weekly_minutes": row.weekly_minutes,
        "slots": [slot_told(slot) for slot in row.slots],
        "wish": row.wish,
        "stage": row.stage,
        "has_pact": row.has_pact,
        "placed": row.placed,
    }
    return OfferRowOut(**told)


_OFFER = (
    "id", "district_id", "stage", "pact_id", "commitment_key", "basis", "employer_id",
    "weekly_minutes", "total_minutes", "places", "wish", "fields", "limits", "transport",
    "travel_minutes", "municipality_id", "starts_on", "ends_on", "offered_at",
)  # fmt: skip


def offer_told(offer: Offer, slots: Sequence[Slot]) -> TimeOfferOut:
    """Return an offer whole, with when they can."""
    return TimeOfferOut(
        **{name: getattr(offer, name) for name in _OFFER},
        person=Named(id=offer.person_id, name=offer.person.name),
        slots=[slot_told(slot) for slot in slots],
    )


def opportunity_row_told(row: OpportunityRow) -> OpportunityRowOut:
    told: dict[str, Any] = {
        "id": row.id,
        "title": row.title,
        "host": row.host,
        "town": row.town,
        "stage": row.stage,
        "slots": [slot_told(slot) for slot in row.slots],
        "seats": row.seats,
        "free": row.free,
        "wants_asking": row.wants_asking,
    }
    return OpportunityRowOut(**told)


_PLACE = (
    "id", "district_id", "title", "tasks", "stage", "seats", "min_age", "max_age", "place_id",
    "municipality_id", "latitude", "longitude", "address", "by_bus", "step_free", "accessibility",
    "tutor_name", "tutor_phone", "tutor_email", "takes_puc", "starts_on", "ends_on", "confirmed_on",
    "posted_at",
)  # fmt: skip


def opportunity_told(file: OpportunityFile) -> OpportunityOut:
    """Return an opportunity whole: nobody who works there is in it."""
    row = file.opportunity
    needs = sorted(file.needs, key=lambda need: (need.kind, need.code))
    return OpportunityOut(
        **{name: getattr(row, name) for name in _PLACE},
        area=row.field,  # type: ignore[arg-type]
        organisation=Named(id=row.organisation_id, name=row.organisation.name),
        free=file.free,
        least_minutes=file.least_minutes,
        slots=[slot_told(each.slot()) for each in file.slots],
        needs=[
            NeedOut(kind=need.kind, code=need.code, weight=need.weight, level=need.level)
            for need in needs
        ],
    )


def _match_row(match: Match) -> dict[str, Any]:
    slot = Slot(match.slot.weekday, match.starts, match.ends, match.slot.on)
    return {
        "id": match.pk,
        "district_id": match.district_id,
        "person": Named(id=match.person_id, name=match.person.name),
        "offer_id": match.offer_id,
        "opportunity": Named(id=match.opportunity_id, name=match.opportunity.title),
        "host": match.opportunity.organisation.name,
        "stage": match.stage,
        "slot": slot_told(slot),
        "proposed_at": match.proposed_at,
    }


def match_row_told(match: Match) -> MatchRowOut:
    return MatchRowOut(**_match_row(match))


_MATCH = (
    "slot_id", "note", "person_accepted_at", "host_accepted_at", "accepted_at", "declined_at",
    "declined_by", "decline_reason", "started_on", "ends_on", "completed_on", "interrupted_on",
    "ended_by", "end_reason", "changed_for_others", "reached_people",
)  # fmt: skip


def match_told(match: Match) -> MatchOut:
    return MatchOut(
        **_match_row(match),
        **{name: getattr(match, name) for name in _MATCH},
        reasons=[reason_words(each) for each in match.reasons],
        held_up=_held_up(match.held_up),
    )


def _held_up(kept: Mapping[str, Any]) -> str:
    """Return what is missing to begin, in words."""
    if not kept:
        return ""
    facts = {
        name: _(fact) if name.endswith("_label") else fact for name, fact in kept["facts"].items()
    }
    refused: str = kept["text"]
    text = _(refused)
    return text % facts if facts else text


def session_told(session: Session) -> SessionOut:
    told: dict[str, Any] = {
        name: getattr(session, name)
        for name in (
            "id", "match_id", "day", "stage", "person_word", "person_minutes", "host_word",
            "host_minutes", "is_disputed", "settlement", "minutes", "cancel_reason",
        )
    }  # fmt: skip
    return SessionOut(**told, starts_minute=session.starts, ends_minute=session.ends)


def hosted_told(one: Hosted) -> HostedOut:
    told: dict[str, Any] = {
        "id": one.match_id,
        "name": one.name,
        "stage": one.stage,
        "slot": slot_told(one.slot),
        "limits": one.limits,
        "waits_for_host": one.waits_for_host,
        "started_on": one.started_on,
        "ends_on": one.ends_on,
    }
    return HostedOut(**told)


def hosted_turn_told(turn: HostedTurn) -> HostedTurnOut:
    told: dict[str, Any] = {
        name: getattr(turn, name)
        for name in (
            "match_id", "name", "title", "day", "stage", "person_word", "person_minutes",
            "host_word", "host_minutes", "is_disputed",
        )
    }  # fmt: skip
    return HostedTurnOut(
        **told, id=turn.session_id, starts_minute=turn.starts, ends_minute=turn.ends
    )


def plan_told(plan: Plan) -> PlanOut:
    told: dict[str, Any] = {
        name: getattr(plan, name)
        for name in (
            "id", "number", "district_id", "made_at", "offers", "places", "candidates", "placed",
            "value", "weights",
        )
    }  # fmt: skip
    return PlanOut(**told, made_by=plan.made_by_name)


def proposal_told(one: Proposed) -> ProposalOut:
    return ProposalOut(
        id=one.id,
        offer_id=one.offer_id,
        person=Named(id=one.person_id, name=one.name),
        opportunity=Named(id=one.opportunity_id, name=one.title),
        host=one.host,
        slot=slot_told(one.slot),
        score=one.score,
        reasons=[reason_words(each) for each in one.reasons],
        is_pinned=one.is_pinned,
    )
