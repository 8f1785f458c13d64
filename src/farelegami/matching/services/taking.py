"""Plans come true: what still can be is proposed, and of what cannot be it is said why.

Locks: the opportunities by id, then the offers by id, as `giveback.services.matches`.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db import transaction

from farelegami.giveback.models import Match
from farelegami.giveback.queries.sight import locked_offers, locked_opportunities
from farelegami.giveback.queries.waiting import Free, Waiting, free_in, taken_in, waiting_in
from farelegami.giveback.rules.matches import OPEN, MatchStage, ProposedAlready
from farelegami.giveback.services.matches import Proposal, propose
from farelegami.kernel import clock
from farelegami.kernel.actor import Actor
from farelegami.kernel.errors import NotAllowed, NotFound, Refusal
from farelegami.matching.models import PlanItem
from farelegami.matching.queries.plans import exclusions_in, item_for, pins_in, visible_items
from farelegami.matching.reading import offer_of, post_of
from farelegami.matching.rules.conditions import OBSTACLE_LABELS, OF_SLOTS
from farelegami.matching.rules.meanwhile import (
    LEFT_OUT,
    OFFER_GONE,
    PLACE_GONE,
    SAID_NO,
    TIME_GONE,
    PlanOutdated,
    ProposalGone,
    SomebodyElses,
)
from farelegami.matching.rules.pairs import obstacles
from farelegami.matching.rules.words import ChipKind
from farelegami.volunteering.queries import organisations_covered


@dataclass(frozen=True, slots=True)
class Left:
    """A proposal that could not be made, and why."""

    item_id: UUID
    name: str
    title: str
    why: Refusal


@dataclass(frozen=True, slots=True)
class TakenUp:
    """How many were proposed, and which could not be."""

    done: int
    left: Sequence[Left]


def take_up(actor: Actor, item_id: UUID) -> Match:
    """Propose to the person what the plan thought of; said twice it is one. Returns the match.

    Raises:
        NotFound, NotAllowed, NotOpen, Restricted: as `giveback.services.matches.propose`.
        ProposedAlready: it was, and came to its end.
        PlanOutdated: since the plan was made something changed.
    """
    item = item_for(actor, item_id)
    with transaction.atomic():
        return _proposed(actor, item, _World.of([item]))


def take_up_all(actor: Actor, item_ids: Collection[UUID]) -> TakenUp:
    """Propose these, in one act: what cannot be any more is left, and it is said why."""
    ids = set(item_ids)
    rows = visible_items(actor).select_related("offer__person", "slot__opportunity", "plan")
    items = list(rows.filter(pk__in=ids).order_by("-is_pinned", "-score", "id"))
    left = [Left(one, "", "", ProposalGone()) for one in ids - {item.pk for item in items}]
    done = 0
    with transaction.atomic():
        world = _World.of(items)
        for item in items:
            was_made = item.match_id is not None
            try:
                with transaction.atomic():
                    _proposed(actor, item, world)
                why: Refusal | None = ProposedAlready() if was_made else None
            except NotFound:
                why = ProposalGone()
            except NotAllowed:
                why = SomebodyElses()
            except Refusal as refusal:
                why = refusal
            if why is None:
                done += 1
            else:
                left.append(Left(item.pk, item.offer.person.name, _title(item), why))
    return TakenUp(done, left)


def _title(item: PlanItem) -> str:
    return item.slot.opportunity.title


def _proposed(actor: Actor, item: PlanItem, world: "_World") -> Match:
    if item.match is not None:
        if MatchStage(item.match.stage) not in OPEN:
            raise ProposedAlready
        return item.match
    world.check(item)
    said = [each for each in item.facts if each["kind"] != ChipKind.WARN]
    match = propose(actor, Proposal(item.offer_id, item.slot_id, score=item.score, reasons=said))
    item.match, item.taken_at = match, clock.now()
    item.save(update_fields=["match", "taken_at"])
    # What was decided is done: should it come to nothing, the plan decides again.
    pins_in(item.district_id).filter(offer_id=item.offer_id, slot_id=item.slot_id).update(
        lifted_at=clock.now()
    )
    world.takes(item)
    return match


class _World:
    """What some proposals hang on, locked and read as it is now."""

    @classmethod
    def of(cls, items: Sequence[PlanItem]) -> "_World":
        """Return the world of these proposals; a dozen queries for each district."""
        places = {item.slot.opportunity_id for item in items}
        list(locked_opportunities(places).values_list("pk"))
        list(locked_offers({item.offer_id for item in items}).values_list("pk"))
        world = cls()
        for district_id in {item.district_id for item in items}:
            world._read(district_id, [item for item in items if item.district_id == district_id])
        # Who waited for the lock sees what the other did.
        kept = PlanItem.objects.filter(pk__in=[item.pk for item in items]).select_related("match")
        now = {row.pk: row for row in kept}
        for item in items:
            item.match = now[item.pk].match if item.pk in now else None
        return world

    def __init__(self) -> None:
        self.day: date = clock.today()
        self._waiting: dict[UUID | None, Waiting] = {}
        self._free: dict[UUID, Free] = {}
        self._insured: set[UUID] = set()
        self._declined: set[tuple[UUID, UUID]] = set()
        self._excluded: set[tuple[UUID, UUID]] = set()
        self._pinned: set[tuple[UUID, UUID]] = set()

    def _read(self, district_id: int, items: Sequence[PlanItem]) -> None:
        offers = {item.offer_id for item in items}
        hosts = {item.slot.opportunity.organisation_id for item in items}
        people = {item.offer.person_id for item in items}
        taken = taken_in(district_id, host_ids=hosts, person_ids=people)
        for each in waiting_in(district_id, self.day, taken, offer_ids=offers):
            self._waiting[each.offer_id] = each
        places = {item.slot.opportunity_id for item in items}
        for place in free_in(district_id, self.day, taken, opportunity_ids=places):
            self._free[place.id] = place
        # Who is entered in a register today is insured from tomorrow (R10).
        self._insured |= organisations_covered(hosts, self.day + timedelta(days=1))
        self._declined |= taken.declined
        left_out = exclusions_in(district_id).filter(offer_id__in=offers)
        self._excluded |= set(left_out.values_list("offer_id", "opportunity_id"))
        pinned = pins_in(district_id).filter(offer_id__in=offers)
        self._pinned |= set(pinned.values_list("offer_id", "slot_id"))

    def check(self, item: PlanItem) -> None:
        """Refuse what cannot be any more.

        Raises:
            PlanOutdated: with what changed.
        """
        why = self._changed(item)
        if why:
            raise PlanOutdated(why)

    def _changed(self, item: PlanItem) -> str:
        both = item.offer_id, item.slot.opportunity_id
        who, place = self._waiting.get(both[0]), self._free.get(both[1])
        if both in self._declined:
            return SAID_NO
        if both in self._excluded:
            return LEFT_OUT
        if who is None or who.places < 1 or not who.slots:
            return OFFER_GONE
        if place is None or place.free < 1:
            return PLACE_GONE
        times = tuple(each for each in place.slots if each.id == item.slot_id and each.free > 0)
        if not times:
            return TIME_GONE
        post = post_of(place._replace(slots=times), 0, self.day, insured=self._insured)
        found = obstacles(offer_of(who, self.day), post)
        if (item.offer_id, item.slot_id) in self._pinned:
            # What somebody decided holds though a condition is broken; not without the hours.
            found &= OF_SLOTS
        return next((OBSTACLE_LABELS[one] for one in found), "")

    def takes(self, item: PlanItem) -> None:
        """Count a proposal made among those under way."""
        who, place = self._waiting[item.offer_id], self._free[item.slot.opportunity_id]
        asked = item.slot.slot()
        stays = [each for each in who.slots if not (each.overlap(asked) or asked.overlap(each))]
        self._waiting[item.offer_id] = who._replace(places=who.places - 1, slots=stays)
        times = [
            each._replace(free=each.free - 1) if each.id == item.slot_id else each
            for each in place.slots
        ]
        self._free[place.id] = place._replace(free=place.free - 1, slots=times)
