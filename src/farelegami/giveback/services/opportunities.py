"""Writing what is needed: posting, changing, copying, pausing, saying that it still is."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from farelegami.audit.rules import Verb
from farelegami.audit.services import record
from farelegami.giveback.models import (
    HostLink,
    Match,
    Opportunity,
    OpportunityNeed,
    OpportunitySlot,
)
from farelegami.giveback.permissions import PLACERS, may_post
from farelegami.giveback.queries.sight import (
    Host,
    hosted_opportunities,
    opportunity_for,
    opportunity_to_write,
)
from farelegami.giveback.rules.matches import SEATED
from farelegami.giveback.rules.needs import Field, Need, check_needs
from farelegami.giveback.rules.opportunities import (
    AnotherDistrict,
    NoSlots,
    OpportunityOver,
    SeatsTaken,
    SlotInUse,
    check_days,
    check_point,
    check_shape,
)
from farelegami.giveback.rules.slots import Slot, check_dates, checked
from farelegami.giveback.services.letters import tell_link
from farelegami.kernel import clock
from farelegami.kernel.actor import Actor
from farelegami.kernel.errors import NotAllowed, NotFound
from farelegami.kernel.ids import new_id
from farelegami.kernel.points import Point
from farelegami.network.models import Organisation
from farelegami.network.queries import organisation_for
from farelegami.storage.once import written_once
from farelegami.territory.models import Municipality, Place
from farelegami.territory.queries import municipality_for, place_for

_LINK_MONTHS_DAYS: Final = 366
_SEATED: Final = tuple(str(stage) for stage in SEATED)


@dataclass(frozen=True, slots=True)
class OpportunityDraft:
    """What is needed, as a form gives it; `least_minutes` is the shortest useful turn, 0 the whole."""

    title: str
    field: Field
    slots: Sequence[Slot]
    municipality_id: str
    starts_on: date
    seats: int = 1
    tasks: str = ""
    needs: Sequence[Need] = ()
    least_minutes: int = 0
    ends_on: date | None = None
    min_age: int = 16
    max_age: int | None = None
    place_id: UUID | None = None
    address: str = ""
    point: Point | None = None
    by_bus: bool = False
    step_free: bool = False
    accessibility: str = ""
    tutor_name: str = ""
    tutor_phone: str = ""
    tutor_email: str = ""
    takes_puc: bool = False


_PLAIN: Final = tuple(
    each.name
    for each in fields(OpportunityDraft)
    if each.name
    not in {"slots", "needs", "least_minutes", "field", "place_id", "municipality_id", "point"}
)
_SENT: Final = ("organisation_id", "title", "seats", "starts_on", "ends_on")


@transaction.atomic
def post_opportunity(
    actor: Actor,
    organisation_id: UUID,
    draft: OpportunityDraft,
    *,
    copied_from: UUID | None = None,
    once: UUID | None = None,
) -> Opportunity:
    """Return a new opportunity of an organisation; `once` names the act.

    Raises:
        NotFound, NotAllowed: no such organisation or place for the actor, nothing there to copy,
            or not theirs to post for.
        SentAlready: sent before with other data.
        Refusal: those of `check_shape`, `check_needs`, `check_point`, `checked`, `check_days`,
            `check_dates`; `NoSlots`.
    """
    organisation = organisation_for(actor, organisation_id)
    copied = opportunity_for(actor, copied_from) if copied_from else None
    where = _where(actor, draft, known=copied)
    district_id = _district_of(organisation, where)
    if not may_post(actor, district_id=district_id, organisation_id=organisation.pk):
        raise NotAllowed
    draft = _with_puc(actor, draft, district_id, before=False)
    slots = _checked(draft)
    _check_days(draft)
    opportunity = Opportunity(
        id=once or new_id(),
        district_id=district_id,
        organisation=organisation,
        posted_at=clock.now(),
        posted_by_name=actor.name[:160],
        confirmed_on=clock.today(),
        copied_from=copied,
        **_values(draft, where),
    )
    opportunity, is_new = written_once(opportunity, of="organisation_id", sent=_SENT)
    if is_new:
        _write_parts(opportunity, draft, slots)
        _note(actor, Verb.CREATED, opportunity)
    return opportunity


def _with_puc(
    actor: Actor, draft: OpportunityDraft, district_id: int, *, before: bool
) -> OpportunityDraft:
    """Return the draft, with PUC as they were unless the staff says otherwise: hosts do not ask."""
    may_say = actor.holds(*PLACERS, district_id=district_id)
    return draft if may_say else replace(draft, takes_puc=before)


@dataclass(frozen=True, slots=True)
class _Where:
    municipality: Municipality
    place: Place | None
    said: Point | None

    @property
    def point(self) -> Point:
        """The point that was said, else that of the place, else the middle of the town."""
        if self.said is not None:
            return self.said
        if self.place is not None and self.place.latitude is not None:
            return Point(self.place.latitude, self.place.longitude or 0.0)
        return Point(self.municipality.latitude, self.municipality.longitude)


def _where(actor: Actor, draft: OpportunityDraft, *, known: Opportunity | None) -> _Where:
    # A host may not see the place their own need was put in by the staff: it stays all the same.
    if known is not None and draft.place_id == known.place_id:
        place = known.place
    else:
        place = place_for(actor, draft.place_id) if draft.place_id else None
    town = municipality_for(place.municipality_id if place else draft.municipality_id)
    if draft.point is not None:
        centre = Point(town.latitude, town.longitude)
        check_point(draft.point, town=town.name, centre=centre)
    return _Where(town, place, draft.point)


def _district_of(organisation: Organisation, where: _Where) -> int:
    """Return the district of the place; the organisation's where the place is outside any."""
    district_id = where.municipality.district_id or organisation.district_id
    if district_id is None:
        raise NotFound
    return district_id


def _checked(draft: OpportunityDraft) -> tuple[Slot, ...]:
    check_shape(title=draft.title, seats=draft.seats, min_age=draft.min_age, max_age=draft.max_age)
    check_needs(draft.needs)
    if not draft.slots:
        raise NoSlots
    return checked(draft.slots)


def _check_days(
    draft: OpportunityDraft, *, begun: date | None = None, kept: Collection[date | None] = ()
) -> None:
    today = clock.today()
    check_days(draft.starts_on, draft.ends_on, today=today, before=begun)
    check_dates(
        draft.slots, starts_on=draft.starts_on, ends_on=draft.ends_on, today=today, kept=kept
    )


def _values(draft: OpportunityDraft, where: _Where) -> dict[str, Any]:
    latitude, longitude = where.point
    return {
        **{name: getattr(draft, name) for name in _PLAIN},
        "title": draft.title.strip(),
        "field": draft.field.value,
        "municipality": where.municipality,
        "place": where.place,
        "latitude": latitude,
        "longitude": longitude,
    }


def _least(draft: OpportunityDraft, slot: Slot) -> int:
    return min(draft.least_minutes or slot.minutes, slot.minutes)


def _write_parts(opportunity: Opportunity, draft: OpportunityDraft, slots: Sequence[Slot]) -> None:
    OpportunitySlot.objects.bulk_create(
        OpportunitySlot(
            opportunity=opportunity,
            weekday=slot.weekday,
            on=slot.on,
            starts=slot.starts,
            ends=slot.ends,
            seats=draft.seats,
            least_minutes=_least(draft, slot),
        )
        for slot in slots
    )
    OpportunityNeed.objects.bulk_create(
        OpportunityNeed(
            opportunity=opportunity,
            kind=need.kind.value,
            code=need.code,
            level=need.level,
            weight=need.weight.value,
        )
        for need in draft.needs
    )


def _note(actor: Actor, verb: Verb, opportunity: Opportunity, **facts: str) -> None:
    record(
        actor,
        verb,
        kind="giveback.opportunity",
        object_id=opportunity.pk,
        district_id=opportunity.district_id,
        facts=facts,
    )


@transaction.atomic
def change_opportunity(actor: Actor, opportunity_id: UUID, draft: OpportunityDraft) -> Opportunity:
    """Return the opportunity as it is now said; a time in which somebody works cannot go.

    Raises:
        NotFound, NotAllowed: not visible, or not the actor's to write.
        OpportunityOver, SeatsTaken, SlotInUse: closed, or less than is taken already.
        AnotherDistrict: a town of another district, which is another need.
        Refusal: those of `post_opportunity`.
    """
    opportunity = opportunity_to_write(actor, opportunity_id)
    if opportunity.closed_on is not None:
        raise OpportunityOver
    before = opportunity.takes_puc
    draft = _with_puc(actor, draft, opportunity.district_id, before=before)
    slots = _checked(draft)
    kept = opportunity.slots.filter(dropped_on=None).exclude(on=None)
    _check_days(
        draft, begun=opportunity.starts_on, kept=frozenset(kept.values_list("on", flat=True))
    )
    taken = Match.objects.filter(opportunity=opportunity, stage__in=_SEATED).count()
    if draft.seats < taken:
        raise SeatsTaken(taken)
    where = _where(actor, draft, known=opportunity)
    _check_district(opportunity, where)
    for name, value in _values(draft, where).items():
        setattr(opportunity, name, value)
    opportunity.confirmed_on = clock.today()
    opportunity.save()
    _change_slots(opportunity, draft, slots)
    opportunity.needs.all().delete()
    _write_parts(opportunity, draft, ())
    _note(actor, Verb.CHANGED, opportunity)
    return opportunity


def _check_district(opportunity: Opportunity, where: _Where) -> None:
    """Refuse to carry a need, and who works there, to where other people answer for it."""
    if where.municipality.pk == opportunity.municipality_id:
        return
    if _district_of(opportunity.organisation, where) != opportunity.district_id:
        raise AnotherDistrict(where.municipality.name)


def _change_slots(opportunity: Opportunity, draft: OpportunityDraft, slots: Sequence[Slot]) -> None:
    """Keep the stretches that stay, drop those that go unless somebody works there, add the new."""
    there = {_span(row.slot()): row for row in opportunity.slots.filter(dropped_on=None)}
    wanted = {_span(slot): slot for slot in slots}
    gone = [row.pk for span, row in there.items() if span not in wanted]
    if Match.objects.filter(slot_id__in=gone, stage__in=_SEATED).exists():
        raise SlotInUse
    opportunity.slots.filter(pk__in=gone).update(dropped_on=clock.today())
    for span, row in there.items():
        if span in wanted:
            row.seats, row.least_minutes = draft.seats, _least(draft, wanted[span])
            row.save(update_fields=["seats", "least_minutes"])
    fresh = [slot for span, slot in wanted.items() if span not in there]
    OpportunitySlot.objects.bulk_create(
        OpportunitySlot(
            opportunity=opportunity,
            weekday=slot.weekday,
            on=slot.on,
            starts=slot.starts,
            ends=slot.ends,
            seats=draft.seats,
            least_minutes=_least(draft, slot),
        )
        for slot in fresh
    )


def _span(slot: Slot) -> tuple[int, int, int, date | None]:
    return slot.weekday, slot.starts, slot.ends, slot.on


@transaction.atomic
def pause_opportunity(actor: Actor, opportunity_id: UUID) -> Opportunity:
    """Return the opportunity, proposed to nobody for now; who works there goes on.

    Raises:
        NotFound, NotAllowed, OpportunityOver: nothing is written.
    """
    return _set(actor, opportunity_to_write(actor, opportunity_id), paused_on=clock.today())


@transaction.atomic
def resume_opportunity(actor: Actor, opportunity_id: UUID) -> Opportunity:
    """Return the opportunity, open again and needed as of today.

    Raises:
        NotFound, NotAllowed, OpportunityOver: nothing is written.
    """
    opportunity = opportunity_to_write(actor, opportunity_id)
    return _set(actor, opportunity, paused_on=None, confirmed_on=clock.today())


@transaction.atomic
def confirm_needed(actor: Actor, opportunity_id: UUID) -> Opportunity:
    """Return the opportunity, needed as of today.

    Raises:
        NotFound, NotAllowed, OpportunityOver: nothing is written.
    """
    return _set(actor, opportunity_to_write(actor, opportunity_id), confirmed_on=clock.today())


@transaction.atomic
def close_opportunity(actor: Actor, opportunity_id: UUID) -> Opportunity:
    """Return the opportunity, closed for good; who works there goes on to the end of the match.

    Raises:
        NotFound, NotAllowed, OpportunityOver: nothing is written.
    """
    return _set(actor, opportunity_to_write(actor, opportunity_id), closed_on=clock.today())


@transaction.atomic
def answer_still_needed(host: Host, opportunity_id: UUID, *, still: bool) -> Opportunity:
    """Return the opportunity of a host: needed as of today, or closed because it no longer is.

    Raises:
        NotFound: not the host's.
        OpportunityOver: closed already.
    """
    rows = hosted_opportunities(host).select_for_update(of=("self",))
    opportunity = rows.filter(pk=opportunity_id).first()
    if opportunity is None:
        raise NotFound
    fact = {"confirmed_on": clock.today()} if still else {"closed_on": clock.today()}
    return _set(host.actor, opportunity, **fact)


def _set(actor: Actor, opportunity: Opportunity, **facts: date | None) -> Opportunity:
    if opportunity.closed_on is not None:
        raise OpportunityOver
    for name, value in facts.items():
        setattr(opportunity, name, value)
    opportunity.save(update_fields=list(facts))
    opportunity.refresh_from_db(fields=["stage"])
    said = {name: day.isoformat() if day else "" for name, day in facts.items()}
    _note(actor, Verb.CHANGED, opportunity, **said)
    return opportunity


@transaction.atomic
def give_link(actor: Actor, opportunity_id: UUID, *, name: str, email: str = "") -> HostLink:
    """Return a way in without an account for who receives people there; one a name and address.

    Raises:
        NotFound, NotAllowed: not visible, or not the actor's to write.
    """
    opportunity = opportunity_to_write(actor, opportunity_id)
    return link_of(actor, opportunity, name=name, email=email)


def link_of(actor: Actor, opportunity: Opportunity, *, name: str, email: str) -> HostLink:
    """Return the open link of that name and address, or a new one, which is sent there.

    The caller has asked who may.
    """
    today = clock.today()
    links = HostLink.objects.filter(
        Q(opportunity=opportunity, name=name, email=email, revoked_at=None, expires_on__gt=today)
    )
    if link := links.first():
        return link
    link = HostLink.objects.create(
        district_id=opportunity.district_id,
        opportunity=opportunity,
        name=name[:160],
        email=email,
        made_at=clock.now(),
        made_by_name=actor.name[:160],
        expires_on=date.fromordinal(today.toordinal() + _LINK_MONTHS_DAYS),
    )
    _note(actor, Verb.ACCESS, opportunity, link=str(link.pk))
    tell_link(link)
    return link


@transaction.atomic
def revoke_link(actor: Actor, opportunity_id: UUID, link_id: UUID) -> HostLink:
    """Return the link, closed from now on.

    Raises:
        NotFound, NotAllowed: not visible, or not the actor's to write.
    """
    opportunity = opportunity_to_write(actor, opportunity_id)
    link = HostLink.objects.filter(pk=link_id, opportunity=opportunity).first()
    if link is None:
        raise NotFound
    if link.revoked_at is None:
        link.revoked_at = clock.now()
        link.save(update_fields=["revoked_at"])
        _note(actor, Verb.ACCESS, opportunity, revoked=str(link.pk))
    return link


def note_opened(link: HostLink) -> None:
    """Keep when a link was first opened: who gave it sees that it arrived."""
    if link.opened_at is None:
        HostLink.objects.filter(pk=link.pk, opened_at=None).update(opened_at=clock.now())
