"""What people offer, what is needed, matches and their turns, plans; and what a host may know."""

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field, model_validator

from farelegami.api.schemas.common import (
    At,
    Body,
    Day,
    District,
    Flag,
    Mail,
    Minutes,
    Named,
    Paging,
    SomeMinutes,
    words,
)
from farelegami.giveback.rules.changes import MOST_REACHED
from farelegami.giveback.rules.matches import MatchStage, Side
from farelegami.giveback.rules.needs import Field as Area
from farelegami.giveback.rules.needs import NeedKind, Weight
from farelegami.giveback.rules.offers import OfferStage
from farelegami.giveback.rules.opportunities import LONGEST_TASKS, OpportunityStage
from farelegami.giveback.rules.sessions import SessionStage, Word
from farelegami.giveback.rules.slots import DAY_MINUTES, MOST_SLOTS, Slot
from farelegami.kernel.points import Point
from farelegami.pacts.rules.terms import Basis
from farelegami.people.rules.persons import Level, Transport

Clock = Annotated[int, Field(strict=True, ge=0, le=DAY_MINUTES)]
Age = Annotated[int, Field(strict=True, ge=0, le=120)]
Some = Annotated[int, Field(strict=True, ge=1, le=50)]
Part = Annotated[int, Field(strict=True, ge=0, le=10)]
Town = Annotated[str, Field(pattern=r"^[0-9]{6}$")]


class SlotIn(Body):
    """A stretch of a weekday (0 Monday), or of one day (`on`); minutes from midnight."""

    weekday: Annotated[int, Field(strict=True, ge=0, le=6)] | None = None
    on: Day | None = None
    starts_minute: Clock
    ends_minute: Clock
    is_certain: Flag = True

    @model_validator(mode="after")
    def _named(self) -> "SlotIn":
        if self.on is None and self.weekday is None:
            message = "a weekday, or a day"
            raise ValueError(message)
        return self

    def slot(self) -> Slot:
        """Return the stretch as plain data."""
        weekday = self.on.weekday() if self.on else self.weekday or 0
        return Slot(weekday, self.starts_minute, self.ends_minute, self.on, self.is_certain)


class SlotOut(BaseModel):
    weekday: int
    on: date | None
    starts_minute: int
    ends_minute: int
    is_certain: bool


Slots = Annotated[list[SlotIn], Field(min_length=1, max_length=MOST_SLOTS)]


class OfferFilters(Paging):
    stage: OfferStage | None = None
    district: District | None = None
    without_place: bool = False


class OfferRowOut(BaseModel):
    """`placed` counts places and proposals that they have."""

    id: UUID
    person_id: UUID
    name: str
    weekly_minutes: int
    slots: list[SlotOut]
    wish: str
    stage: OfferStage
    has_pact: bool
    placed: int


class TimeOfferOut(BaseModel):
    id: UUID
    district_id: int
    person: Named
    stage: OfferStage
    pact_id: UUID | None
    commitment_key: str
    basis: Basis
    employer_id: UUID | None
    weekly_minutes: int
    total_minutes: int
    places: int
    slots: list[SlotOut]
    wish: str
    fields: list[Area]
    limits: str
    transport: list[Transport]
    travel_minutes: int
    municipality_id: str | None
    starts_on: date
    ends_on: date
    offered_at: At


class OfferWords(Body):
    weekly_minutes: SomeMinutes
    starts_on: Day
    ends_on: Day
    slots: Slots
    places: Annotated[int, Field(strict=True, ge=1, le=3)] = 1
    wish: Annotated[str, words(300)] = ""
    fields: Annotated[list[Area], Field(max_length=6)] = []
    limits: Annotated[str, words(300)] = ""
    transport: Annotated[list[Transport], Field(max_length=6)] = []
    travel_minutes: Annotated[int, Field(strict=True, ge=0, le=300)] = 30
    municipality_id: Town | None = None


class CommitmentOffer(OfferWords):
    """Basis and hours are the commitment's."""

    commitment_key: Annotated[str, words(32, least=1)]


class FreeOffer(OfferWords):
    """A volunteer's, or that of somebody the company they work for sends."""

    person_id: UUID
    basis: Basis = Basis.VOLUNTARY
    total_minutes: Minutes = 0
    employer_id: UUID | None = None


class ChangedOffer(OfferWords):
    """Of a pact's offer basis and hours stay the commitment's, and it ends no later."""

    basis: Basis = Basis.VOLUNTARY
    total_minutes: Minutes = 0


class OpportunityFilter(Paging):
    stage: OpportunityStage | None = None
    district: District | None = None
    area: Area | None = None
    text: Annotated[str, words(80)] = ""
    only_free: bool = False


class OpportunityRowOut(BaseModel):
    """`free` are the seats nobody holds."""

    id: UUID
    title: str
    host: str
    town: str
    stage: OpportunityStage
    slots: list[SlotOut]
    seats: int
    free: int
    wants_asking: bool


class NeedIn(Body):
    """One thing asked: a skill's code, a language with its least level, a paper."""

    kind: NeedKind
    code: Annotated[str, words(12, least=1)]
    weight: Weight = Weight.MUST
    level: Level | Literal[""] = ""


class NeedOut(BaseModel):
    kind: NeedKind
    code: str
    weight: Weight
    level: str


class OpportunityOut(BaseModel):
    """What is needed; `least_minutes` is the shortest useful turn, 0 the whole."""

    id: UUID
    district_id: int
    organisation: Named
    title: str
    tasks: str
    area: Area
    stage: OpportunityStage
    seats: int
    free: int
    slots: list[SlotOut]
    needs: list[NeedOut]
    least_minutes: int
    min_age: int
    max_age: int | None
    place_id: UUID | None
    municipality_id: str
    latitude: float
    longitude: float
    address: str
    by_bus: bool
    step_free: bool
    accessibility: str
    tutor_name: str
    tutor_phone: str
    tutor_email: str
    takes_puc: bool
    starts_on: date
    ends_on: date | None
    confirmed_on: date
    posted_at: At


class GivenPoint(Body):
    """A point in degrees; without one, distances count from the middle of the municipality."""

    latitude: Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
    longitude: Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]

    def point(self) -> Point:
        """Return the point as plain data."""
        return Point(self.latitude, self.longitude)


class ChangedOpportunity(Body):
    """What is needed; `least_minutes` is the shortest useful turn, 0 the whole."""

    title: Annotated[str, words(120, least=1)]
    area: Area
    slots: Slots
    municipality_id: Town
    starts_on: Day
    ends_on: Day | None = None
    seats: Some = 1
    tasks: Annotated[str, words(LONGEST_TASKS)] = ""
    needs: Annotated[list[NeedIn], Field(max_length=40)] = []
    least_minutes: Annotated[int, Field(strict=True, ge=0, le=DAY_MINUTES)] = 0
    min_age: Age = 16
    max_age: Age | None = None
    place_id: UUID | None = None
    point: GivenPoint | None = None
    address: Annotated[str, words(200)] = ""
    by_bus: Flag = False
    step_free: Flag = False
    accessibility: Annotated[str, words(300)] = ""
    tutor_name: Annotated[str, words(160)] = ""
    tutor_phone: Annotated[str, words(40)] = ""
    tutor_email: Mail = ""
    takes_puc: Flag = False


class NewOpportunity(ChangedOpportunity):
    organisation_id: UUID


class MatchFilters(Paging):
    stage: MatchStage | None = None
    district: District | None = None


class MatchRowOut(BaseModel):
    id: UUID
    district_id: int
    person: Named
    offer_id: UUID
    opportunity: Named
    host: str
    stage: MatchStage
    slot: SlotOut
    proposed_at: At


class MatchOut(MatchRowOut):
    """`held_up` is the code of what is missing to begin, though both said yes."""

    slot_id: UUID
    reasons: list[str]
    note: str
    person_accepted_at: At | None
    host_accepted_at: At | None
    accepted_at: At | None
    declined_at: At | None
    declined_by: Side | Literal[""]
    decline_reason: str
    held_up: str
    started_on: date | None
    ends_on: date
    completed_on: date | None
    interrupted_on: date | None
    ended_by: Side | Literal[""]
    end_reason: str
    changed_for_others: str
    reached_people: int | None


class NewMatch(Body):
    offer_id: UUID
    slot_id: UUID
    note: Annotated[str, words(300)] = ""


class No(Body):
    """Why not, which nobody has to say."""

    reason: Annotated[str, words(300)] = ""


class Because(Body):
    reason: Annotated[str, words(300, least=1)]


class Completed(Body):
    changed_for_others: Annotated[str, words(2000)] = ""
    reached_people: Annotated[int, Field(strict=True, ge=0, le=MOST_REACHED)] | None = None


class Interrupted(Body):
    by: Side
    reason: Annotated[str, words(300, least=1)]


class SessionOut(BaseModel):
    """`minutes` count once the turn is held: both said the same, or it was settled."""

    id: UUID
    match_id: UUID
    day: date
    starts_minute: int
    ends_minute: int
    stage: SessionStage
    person_word: Word | Literal[""]
    person_minutes: int
    host_word: Word | Literal[""]
    host_minutes: int
    is_disputed: bool
    settlement: str
    minutes: int
    cancel_reason: str


class SessionsOut(BaseModel):
    rows: list[SessionOut]


class NewWord(Body):
    """What one side says of a turn; `minutes` where it was held."""

    word: Word
    minutes: Annotated[int, Field(strict=True, ge=0, le=DAY_MINUTES)] = 0
    note: Annotated[str, words(300)] = ""


class Settled(Body):
    word: Word
    minutes: Annotated[int, Field(strict=True, ge=0, le=DAY_MINUTES)] = 0
    settlement: Annotated[str, words(300, least=1)]


class HostedOut(BaseModel):
    """Somebody at a place as whoever receives them knows it: name, time, limits."""

    id: UUID
    name: str
    stage: MatchStage
    slot: SlotOut
    limits: str
    waits_for_host: bool
    started_on: date | None
    ends_on: date


class HostedsOut(BaseModel):
    rows: list[HostedOut]


class HostAnsweredOut(BaseModel):
    id: UUID
    stage: MatchStage


class HostedTurnFilters(BaseModel):
    since: Day | None = None
    until: Day | None = None


class HostedTurnOut(BaseModel):
    id: UUID
    match_id: UUID
    name: str
    title: str
    day: date
    starts_minute: int
    ends_minute: int
    stage: SessionStage
    person_word: Word | Literal[""]
    person_minutes: int
    host_word: Word | Literal[""]
    host_minutes: int
    is_disputed: bool


class HostedTurnsOut(BaseModel):
    rows: list[HostedTurnOut]


class TurnSaidOut(BaseModel):
    id: UUID
    stage: SessionStage


class PlanOut(BaseModel):
    """The best placement of all who wait, as of one moment; nothing happens until it is taken up."""

    id: UUID
    number: int
    district_id: int
    made_at: At
    made_by: str
    offers: int
    places: int
    candidates: int
    placed: int
    value: int
    weights: dict[str, int]


class ProposalOut(BaseModel):
    id: UUID
    offer_id: UUID
    person: Named
    opportunity: Named
    host: str
    slot: SlotOut
    score: int
    reasons: list[str]
    is_pinned: bool


class ProposalsOut(BaseModel):
    plan_id: UUID
    rows: list[ProposalOut]


class PinnedOut(BaseModel):
    id: UUID
    is_pinned: bool


class ExcludedOut(BaseModel):
    id: UUID


class WeightsOut(BaseModel):
    """What each part of a score counts in a district, 0 to 10."""

    placed: int
    skill: int
    wish: int
    time: int
    travel: int
    urgency: int
    need: int
    continuity: int
    waiting: int
    hosts: int


class NewWeights(Body):
    placed: Part = 10
    skill: Part = 6
    wish: Part = 4
    time: Part = 3
    travel: Part = 4
    urgency: Part = 3
    need: Part = 3
    continuity: Part = 2
    waiting: Part = 3
    hosts: Part = 2


def slot_told(slot: Slot) -> SlotOut:
    """Return a stretch as the API tells it."""
    told: dict[str, Any] = {
        "weekday": slot.weekday,
        "on": slot.on,
        "starts_minute": slot.starts,
        "ends_minute": slot.ends,
        "is_certain": slot.is_certain,
    }
    return SlotOut(**told)
