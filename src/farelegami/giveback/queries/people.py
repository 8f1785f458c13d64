"""What people offer, where they are placed, their turns: for who follows them and for themselves."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.db.models import DateField, Q, QuerySet, Value
from django.db.models.functions import Cast
from django.utils.dates import WEEKDAYS

from farelegami.giveback.models import HeldRequirement, Match, Offer, OfferSlot, Session
from farelegami.giveback.queries.sight import (
    own_matches,
    own_sessions,
    visible_matches,
    visible_offers,
    visible_sessions,
)
from farelegami.giveback.rules.matches import OPEN, SEATED, MatchStage, Side
from farelegami.giveback.rules.offers import OfferStage
from farelegami.giveback.rules.sessions import SessionStage
from farelegami.giveback.rules.slots import Slot, clock_face
from farelegami.kernel import clock
from farelegami.kernel.actor import Actor
from farelegami.kernel.errors import NotFound
from farelegami.kernel.units import Minutes
from farelegami.pacts.rules.stages import OVER
from farelegami.storage.pages import PAGE_SIZE, KeyPage, key_page

_SHOWN: Final = 4
_OPEN: Final = tuple(str(stage) for stage in OPEN)
_SEATED: Final = tuple(str(stage) for stage in SEATED)
_ENDED: Final = (MatchStage.COMPLETED.value, MatchStage.INTERRUPTED.value)
_OVER: Final = tuple(str(stage) for stage in OVER)


@dataclass(frozen=True, slots=True)
class OfferRow:
    """One line of what people offer; `placed` says whether they have a place or a proposal."""

    id: UUID
    person_id: UUID
    name: str
    weekly_minutes: Minutes
    slots: tuple[Slot, ...]
    wish: str
    stage: str
    stage_label: str
    has_pact: bool
    placed: int


def offers_page(
    actor: Actor,
    *,
    district_id: int | None = None,
    stage: str = OfferStage.OPEN.value,
    without_place: bool = False,
    but: Collection[UUID] = (),
    cursor: str = "",
    size: int = PAGE_SIZE,
) -> KeyPage[OfferRow]:
    """Return a page of offers but these, the newest first. Three queries, however many rows."""
    rows = visible_offers(actor).select_related("person")
    if district_id is not None:
        rows = rows.filter(district_id=district_id)
    if stage:
        rows = rows.filter(stage=stage)
    if without_place:
        rows = rows.exclude(matches__stage__in=_OPEN)
    if but:
        rows = rows.exclude(pk__in=but)
    page = key_page(rows, order=("-id",), cursor=cursor, size=size)
    ids = [row.pk for row in page.rows]
    slots, placed = slots_of_offers(ids), _placed(ids)
    shown = [
        OfferRow(
            id=row.pk,
            person_id=row.person_id,
            name=row.person.name,
            weekly_minutes=Minutes(row.weekly_minutes),
            slots=slots.get(row.pk, ()),
            wish=row.wish,
            stage=row.stage,
            stage_label=row.stage_label,
            has_pact=row.pact_id is not None,
            placed=placed.get(row.pk, 0),
        )
        for row in page.rows
    ]
    return KeyPage(shown, page.next_cursor, page.cursor)


def slots_of_offers(offer_ids: Collection[UUID]) -> Mapping[UUID, tuple[Slot, ...]]:
    """Return when the people of these offers can, in the order of the week. One query."""
    found: dict[UUID, tuple[Slot, ...]] = {}
    rows = OfferSlot.objects.filter(offer_id__in=offer_ids).order_by("on", "weekday", "starts")
    for row in rows:
        found[row.offer_id] = (*found.get(row.offer_id, ()), row.slot())
    return found


def _placed(offer_ids: Collection[UUID]) -> Mapping[UUID, int]:
    counts: dict[UUID, int] = {}
    rows = Match.objects.filter(offer_id__in=offer_ids, stage__in=_OPEN)
    for offer_id in rows.values_list("offer_id", flat=True):
        counts[offer_id] = counts.get(offer_id, 0) + 1
    return counts


def papers_of_person(person_id: UUID) -> Sequence[HeldRequirement]:
    """Return the papers seen of a person, for who has already been let to the file. One query."""
    return list(HeldRequirement.objects.filter(person_id=person_id).order_by("requirement"))


def offers_of_pact(pact_id: UUID) -> Mapping[str, Offer]:
    """Return the open offers of a pact by commitment, for who sees the pact. One query."""
    rows = Offer.objects.filter(pact_id=pact_id, closed_on=None)
    return {row.commitment_key: row for row in rows}


def offers_of_person(actor: Actor, person_id: UUID) -> Sequence[Offer]:
    """Return what a person offers, as far as the actor sees it. One query."""
    return list(visible_offers(actor).filter(person_id=person_id).order_by("-id"))


def matches_of_offers(actor: Actor, offer_ids: Collection[UUID]) -> Sequence[Match]:
    """Return the matches of these offers, open ones first. One query."""
    rows = visible_matches(actor).filter(offer_id__in=offer_ids)
    return list(
        rows.select_related("opportunity__organisation", "slot", "offer__person").order_by("-id")
    )


def waiting_matches(actor: Actor, district_id: int) -> Sequence[Match]:
    """Return the proposals of a district that wait for an answer, the oldest first. One query."""
    rows = visible_matches(actor).filter(district_id=district_id, stage=MatchStage.PROPOSED.value)
    return list(rows.select_related("person", "opportunity__organisation").order_by("id")[:100])


def matches_page(
    actor: Actor,
    *,
    district_id: int | None = None,
    stage: str = "",
    cursor: str = "",
    size: int = PAGE_SIZE,
) -> KeyPage[Match]:
    """Return a page of matches with person, place and time, the newest first. One query."""
    rows = visible_matches(actor).select_related("person", "opportunity__organisation", "slot")
    if district_id is not None:
        rows = rows.filter(district_id=district_id)
    if stage:
        rows = rows.filter(stage=stage)
    return key_page(rows, order=("-id",), cursor=cursor, size=size)


def match_file(actor: Actor, match_id: UUID) -> tuple[Match, Sequence[Session]] | None:
    """Return a match and its turns, or nothing where the actor sees none. Two queries."""
    rows = visible_matches(actor).select_related(
        "opportunity__organisation", "opportunity__municipality", "slot", "offer__person",
        "offer__pact__case",
    )  # fmt: skip
    match = rows.filter(pk=match_id).first()
    if match is None:
        return None
    return match, list(Session.objects.filter(match=match).order_by("day", "starts"))


@dataclass(frozen=True, slots=True)
class Asked:
    """What waits for whoever follows a place: two words about a turn of `day`, or the pact's end."""

    match_id: UUID
    name: str
    title: str
    host: str
    day: date | None


def asked_of(actor: Actor) -> Sequence[Asked]:
    """Return the turns nobody has settled, oldest first, then places whose pact is over. One query.

    Turns of every place the actor sees; places of whom the actor follows.
    """
    turns = visible_sessions(actor).filter(disputed_at__isnull=False, settled_at=None)
    places = _placed_for_ended_pacts().filter(
        offer__pact__case__manager_id=actor.account_id, offer__pact__case__manager_id__isnull=False
    )
    no_day = Cast(Value(None), DateField())
    rows = turns.order_by().values_list("match_id", *_about("match__"), "day")
    both = rows.union(places.values_list("pk", *_about(""), no_day), all=True)
    asked = [
        Asked(match_id, f"{given} {family}", title, host, day)
        for match_id, given, family, title, host, day in both
    ]
    return sorted(asked, key=lambda one: (one.day is None, one.day or date.min, one.match_id))


def _about(path: str) -> tuple[str, ...]:
    return (
        f"{path}person__given_name",
        f"{path}person__family_name",
        f"{path}opportunity__title",
        f"{path}opportunity__organisation__name",
    )


def _placed_for_ended_pacts() -> QuerySet[Match]:
    over = Q(offer__pact__stage__in=_OVER) | Q(offer__pact__ends_on__lt=clock.today())
    return Match.objects.filter(over, stage__in=_SEATED)


def placed_for_ended_pacts() -> Sequence[Match]:
    """Return who has a place for a pact that is over, with who follows them. One query."""
    about = ("person", "opportunity__organisation", "offer__pact__case__manager")
    return list(_placed_for_ended_pacts().select_related(*about).order_by("pk"))


@dataclass(frozen=True, slots=True)
class OwnPlace:
    """A place of one's own: turns to come, those that wait for one's word, those heard otherwise."""

    match: Match
    next_turns: Sequence[Session]
    to_tell: Sequence[Session]
    disputed: Sequence[Session]

    @property
    def weekday(self) -> str:
        """The day of the week, in whichever language the page speaks."""
        return str(WEEKDAYS[self.match.slot.weekday])

    @property
    def hours(self) -> str:
        """From when to when, as one reads it off a clock."""
        return f"{clock_face(self.match.starts)}–{clock_face(self.match.ends)}"

    @property
    def has_ended(self) -> bool:
        """Whether it is here only for the turns that still wait for a word."""
        return self.match.stage in _ENDED

    @property
    def is_asked(self) -> bool:
        """Whether one's own answer is waited for."""
        return Side.PERSON in self.match.waits_for


def own_places(actor: Actor) -> Sequence[OwnPlace]:
    """Return one's own places and proposals, with turns around today. Two queries."""
    # A turn of a place that has ended may still wait for one's word.
    untold = own_sessions(actor).filter(
        match__stage__in=_ENDED, stage=SessionStage.PLANNED.value, person_word=""
    )
    matches = (
        own_matches(actor)
        .filter(Q(stage__in=_OPEN) | Q(pk__in=untold.values("match_id")))
        .select_related("opportunity__organisation", "opportunity__municipality", "slot")
    )
    found = list(matches.order_by("-id"))
    turns = own_sessions(actor).filter(
        match__in=[match.pk for match in found], stage=SessionStage.PLANNED.value
    )
    by_match: dict[UUID, list[Session]] = {}
    for turn in turns.order_by("day", "starts"):
        by_match.setdefault(turn.match_id, []).append(turn)
    now = clock.now()
    return [_own_place(match, by_match.get(match.pk, ()), now) for match in found]


def _own_place(match: Match, turns: Sequence[Session], now: datetime) -> OwnPlace:
    begun = [turn for turn in turns if turn.begins <= now]
    return OwnPlace(
        match,
        [turn for turn in turns if turn.begins > now][:_SHOWN],
        [turn for turn in begun if not turn.person_word],
        [turn for turn in begun if turn.is_disputed],
    )


def check_own_place(actor: Actor, match_id: UUID) -> None:
    """Refuse a match that is not one's own. One query.

    Raises:
        NotFound: it is of others, or there is none.
    """
    if not own_matches(actor).filter(pk=match_id).exists():
        raise NotFound


def own_turn(actor: Actor, session_id: UUID) -> Session:
    """Return a turn of one's own. One query.

    Raises:
        NotFound: it is of others, or there is none.
    """
    rows = own_sessions(actor).select_related("match__opportunity__organisation")
    turn = rows.filter(pk=session_id).first()
    if turn is None:
        raise NotFound
    return turn


def seen_matches(actor: Actor, match_ids: Collection[UUID]) -> frozenset[UUID]:
    """Return which of these matches the actor may open. One query."""
    rows = visible_matches(actor).filter(pk__in=match_ids)
    return frozenset(rows.values_list("pk", flat=True))


def session_seen(actor: Actor, session_id: UUID, *, for_update: bool = False) -> Session:
    """Return a turn with its match, person and place, locked if asked. One query.

    Raises:
        NotFound: none the actor may see.
    """
    rows = visible_sessions(actor).select_related(
        "match__offer__person", "match__opportunity__organisation"
    )
    if for_update:
        rows = rows.select_for_update(of=("self",))
    session = rows.filter(pk=session_id).first()
    if session is None:
        raise NotFound
    return session
