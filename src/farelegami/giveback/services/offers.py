"""Writing what people offer: when they can, how far, what they would like, what they can show."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final
from uuid import UUID

from django.db import IntegrityError, transaction

from farelegami.audit.rules import Verb
from farelegami.audit.services import record
from farelegami.giveback.models import HeldRequirement, Match, Offer, OfferSlot
from farelegami.giveback.permissions import may_place, may_record_met
from farelegami.giveback.queries.sight import offer_to_write
from farelegami.giveback.rules.matches import OPEN
from farelegami.giveback.rules.needs import Field, Requirement, check_requirement
from farelegami.giveback.rules.offers import (
    NoTimeSaid,
    OfferedAlready,
    OfferOver,
    StillPlaced,
    check_days,
    check_hours,
    check_places,
    check_span,
)
from farelegami.giveback.rules.slots import Slot, check_dates, checked
from farelegami.kernel import clock
from farelegami.kernel.actor import Actor
from farelegami.kernel.errors import NotAllowed, NotFound, SentAlready
from farelegami.kernel.ids import new_id
from farelegami.kernel.units import NO_MINUTES, Minutes
from farelegami.ledger.rules import Unit
from farelegami.ledger.services import NewAccount, open_accounts
from farelegami.network.queries import organisation_for
from farelegami.pacts.models import Pact
from farelegami.pacts.queries import pact_to_write, terms_in_force
from farelegami.pacts.rules.money import Purse
from farelegami.pacts.rules.terms import Basis, Commitment
from farelegami.people.models import Person
from farelegami.people.queries.persons import person_to_change
from farelegami.people.rules.persons import Transport
from farelegami.people.services.persons import PersonDraft, person_of_code
from farelegami.storage.once import written_once
from farelegami.territory.queries import municipality_for

_TIME: Final = (Purse.GIVING, Purse.DONE, Purse.CONFIRMED)
_SENT: Final = (
    "weekly_minutes", "basis", "starts_on", "ends_on", "wish", "limits", "fields", "places",
    "transport", "travel_minutes", "municipality_id", "employer_id", "pact_id", "commitment_key",
)  # fmt: skip
_WHO: Final = ("given_name", "family_name", "birth_date")


@dataclass(frozen=True, slots=True)
class OfferDraft:
    """What somebody offers, as a form gives it; `travel_minutes` one way."""

    weekly_minutes: Minutes
    starts_on: date
    ends_on: date
    slots: Sequence[Slot]
    basis: Basis = Basis.VOLUNTARY
    places: int = 1
    total_minutes: Minutes = NO_MINUTES
    wish: str = ""
    fields: Sequence[Field] = ()
    limits: str = ""
    transport: Sequence[Transport] = field(default_factory=tuple)
    travel_minutes: int = 30
    municipality_id: str | None = None


@transaction.atomic
def offer_for_commitment(
    actor: Actor, pact_id: UUID, commitment_key: str, draft: OfferDraft, *, once: UUID | None = None
) -> Offer:
    """Return the offer by which a place is sought for a commitment of a pact in force.

    Basis and hours are the commitment's, and it ends no later. `once` names the act.

    Raises:
        NotFound, NotAllowed: not visible, not the actor's to write, or no such commitment.
        SentAlready: sent before with other data.
        OfferedAlready: there is one open.
        Refusal: those of `checked_draft`, `check_days`, `check_dates`.
    """
    pact = pact_to_write(actor, pact_id)
    commitment = _commitment(pact, commitment_key)
    person = person_to_change(actor, commitment.person_id)
    offer = _new(actor, person, draft, once)
    offer.pact, offer.commitment_key = pact, commitment_key
    offer.basis = commitment.basis.value
    offer.total_minutes = commitment.minutes
    offer.ends_on = min(draft.ends_on, commitment.ends_on, pact.ends_on)
    check_span(offer.starts_on, offer.ends_on)
    taken = Offer.objects.filter(pact=pact, commitment_key=commitment_key, closed_on=None)
    if taken.exclude(pk=offer.pk).exists():
        raise OfferedAlready
    return _written(actor, offer, draft)


def _commitment(pact: Pact, key: str) -> Commitment:
    for each in _commitments(pact):
        if each.key == key:
            return each
    raise NotFound


def _commitments(pact: Pact) -> tuple[Commitment, ...]:
    terms = terms_in_force(pact)
    return terms.commitments if terms else ()


@transaction.atomic
def offer_freely(
    actor: Actor,
    person_id: UUID,
    draft: OfferDraft,
    *,
    employer_id: UUID | None = None,
    once: UUID | None = None,
) -> Offer:
    """Return the offer of a volunteer, or of somebody whom the company they work for sends.

    Raises:
        NotFound, NotAllowed: no such person or company for the actor, or not theirs to place.
        SentAlready: sent before with other data.
        Refusal: those of `checked_draft`, `check_days`, `check_dates`.
    """
    person = person_to_change(actor, person_id)
    if not may_place(actor, district_id=person.district_id, manager_id=None, has_pact=False):
        raise NotAllowed
    offer = _new(actor, person, draft, once)
    if employer_id is not None:
        offer.employer = organisation_for(actor, employer_id)
    return _written(actor, offer, draft)


@transaction.atomic
def offer_of_somebody_met(
    actor: Actor, who: PersonDraft, draft: OfferDraft, *, once: UUID | None = None
) -> Offer:
    """Return the offer of a volunteer whom a community maker met, and registers by it.

    Nobody is looked for in the registry: who is there twice is joined by the desk, and the maker
    learns of nobody. `once` names the act.

    Raises:
        NotFound, NotAllowed: no such municipality, or one where the actor is no community maker.
        SentAlready: sent before with other data.
        Refusal: those of `checked_draft` and of `people.services.persons.register_person`.
    """
    town = municipality_for(who.municipality_id or "")
    if town.district_id is None or not may_record_met(actor, district_id=town.district_id):
        raise NotAllowed
    there = Offer.objects.filter(pk=once, offered_by_id=actor.account_id).first() if once else None
    if there is not None:
        if any(getattr(there.person, name) != getattr(who, name) for name in _WHO):
            raise SentAlready
        return _written(actor, _new(actor, there.person, draft, once), draft)
    checked_draft(draft)
    person = person_of_code(actor, town.district_id, replace(who, tax_code=""))
    return _written(actor, _new(actor, person, draft, once), draft)


def offer_going_on(actor: Actor, match: Match, *, until: date) -> Offer:
    """Return the offer by which somebody keeps a place without the pact they took it for.

    The caller has locked the match and asked who may.

    Raises:
        Refusal: those of `checked_draft`.
    """
    before, slot = match.offer, match.slot
    draft = OfferDraft(
        weekly_minutes=match.weekly_minutes,
        starts_on=clock.today(),
        ends_on=until,
        slots=[Slot(slot.weekday, match.starts, match.ends, slot.on)],
        wish=before.wish,
        fields=[Field(each) for each in before.fields],
        limits=before.limits,
        transport=[Transport(each) for each in before.transport],
        travel_minutes=before.travel_minutes,
        municipality_id=before.municipality_id,
    )
    return _written(actor, _new(actor, before.person, draft, None), draft)


def _new(actor: Actor, person: Person, draft: OfferDraft, once: UUID | None) -> Offer:
    checked_draft(draft)
    _check_days(draft)
    town = draft.municipality_id or person.municipality_id
    where = municipality_for(town) if town else None
    return Offer(
        id=once or new_id(),
        district_id=person.district_id,
        person=person,
        municipality=where,
        latitude=where.latitude if where else None,
        longitude=where.longitude if where else None,
        offered_at=clock.now(),
        offered_by_id=actor.account_id,
        offered_by_name=actor.name[:160],
        starts_on=draft.starts_on,
        **_words(draft),
    )


def _words(draft: OfferDraft) -> dict[str, object]:
    return {
        "basis": draft.basis.value,
        "wish": draft.wish.strip(),
        "fields": [each.value for each in draft.fields],
        "limits": draft.limits.strip(),
        "weekly_minutes": draft.weekly_minutes,
        "total_minutes": draft.total_minutes,
        "places": draft.places,
        "transport": [each.value for each in draft.transport],
        "travel_minutes": draft.travel_minutes,
        "ends_on": draft.ends_on,
    }


def _check_days(draft: OfferDraft, offer: Offer | None = None) -> None:
    today = clock.today()
    before = (offer.starts_on, offer.ends_on) if offer else None
    check_days(draft.starts_on, draft.ends_on, today=today, before=before)
    said = offer.slots.exclude(on=None).values_list("on", flat=True) if offer else ()
    check_dates(
        draft.slots, starts_on=draft.starts_on, ends_on=draft.ends_on, today=today,
        kept=frozenset(said),
    )  # fmt: skip


def checked_draft(draft: OfferDraft) -> tuple[Slot, ...]:
    """Return the draft's stretches in order, once it is sure that the offer can be.

    Raises:
        NoTimeSaid, Refusal: those of `check_hours`, `check_span`, `check_places`, `checked`.
    """
    check_hours(draft.basis, draft.weekly_minutes)
    check_span(draft.starts_on, draft.ends_on)
    check_places(draft.places)
    if not draft.slots:
        raise NoTimeSaid
    return checked(draft.slots)


def _written(actor: Actor, offer: Offer, draft: OfferDraft) -> Offer:
    try:
        offer, is_new = written_once(offer, of="person_id", sent=_SENT)
    except IntegrityError:
        raise OfferedAlready from None
    slots = checked_draft(draft)
    if not is_new:
        if {row.slot() for row in offer.slots.all()} != set(slots):
            raise SentAlready
        return offer
    _write_slots(offer, slots)
    if offer.pact_id is None:
        open_accounts(
            NewAccount(
                offer.pk, kind, Unit.MINUTES, offer.district_id, None if kind == Purse.GIVING else 0
            )
            for kind in _TIME
        )
    _note(actor, Verb.CREATED, offer)
    return offer


def _write_slots(offer: Offer, slots: Sequence[Slot]) -> None:
    OfferSlot.objects.bulk_create(
        OfferSlot(
            offer=offer,
            weekday=slot.weekday,
            on=slot.on,
            starts=slot.starts,
            ends=slot.ends,
            is_certain=slot.is_certain,
        )
        for slot in slots
    )


def _note(actor: Actor, verb: Verb, offer: Offer, **facts: str | int) -> None:
    record(
        actor,
        verb,
        kind="giveback.offer",
        object_id=offer.pk,
        district_id=offer.district_id,
        person_ids=[offer.person_id],
        facts=facts,
    )


@transaction.atomic
def change_offer(actor: Actor, offer_id: UUID, draft: OfferDraft) -> Offer:
    """Return the offer as it is now said; places taken already stay as they are.

    Of a pact's offer basis and hours stay the commitment's, and it ends no later.

    Raises:
        NotFound, NotAllowed: not visible, or not the actor's to write.
        OfferOver: closed.
        Refusal: those of `checked_draft`, `check_days`, `check_dates`.
    """
    offer = offer_to_write(actor, offer_id)
    if offer.closed_on is not None:
        raise OfferOver
    draft, last = _within_pact(offer, draft)
    slots = checked_draft(draft)
    _check_days(draft, offer)
    town = draft.municipality_id or offer.person.municipality_id
    where = municipality_for(town) if town else None
    for name, value in _words(draft).items():
        setattr(offer, name, value)
    offer.ends_on = min(draft.ends_on, last)
    offer.starts_on = draft.starts_on
    check_span(offer.starts_on, offer.ends_on)
    offer.municipality = where
    offer.latitude = where.latitude if where else None
    offer.longitude = where.longitude if where else None
    offer.save()
    offer.slots.all().delete()
    _write_slots(offer, slots)
    _note(actor, Verb.CHANGED, offer)
    return offer


def _within_pact(offer: Offer, draft: OfferDraft) -> tuple[OfferDraft, date]:
    """Return the draft with what is the commitment's to say, and the last day the offer can have.

    A commitment that the pact no longer holds leaves basis and hours as they were.
    """
    if offer.pact is None:
        return draft, draft.ends_on
    basis, total, last = Basis(offer.basis), Minutes(offer.total_minutes), offer.pact.ends_on
    for each in _commitments(offer.pact):
        if each.key == offer.commitment_key:
            basis, total, last = each.basis, Minutes(each.minutes), min(last, each.ends_on)
    return replace(draft, basis=basis, total_minutes=total), last


@transaction.atomic
def pause_offer(actor: Actor, offer_id: UUID) -> Offer:
    """Return the offer, not proposed to anyone for now.

    Raises:
        NotFound, NotAllowed, OfferOver: nothing is written.
    """
    return _set(actor, offer_id, "paused_on", clock.today())


@transaction.atomic
def resume_offer(actor: Actor, offer_id: UUID) -> Offer:
    """Return the offer, open again.

    Raises:
        NotFound, NotAllowed, OfferOver: nothing is written.
    """
    return _set(actor, offer_id, "paused_on", None)


@transaction.atomic
def close_offer(actor: Actor, offer_id: UUID) -> Offer:
    """Return the offer, closed for good; who is placed keeps the place until it is closed first.

    Raises:
        NotFound, NotAllowed, OfferOver, StillPlaced: nothing is written.
    """
    offer = offer_to_write(actor, offer_id)
    if Match.objects.filter(offer=offer, stage__in=[str(each) for each in OPEN]).exists():
        raise StillPlaced
    return _set(actor, offer_id, "closed_on", clock.today())


def _set(actor: Actor, offer_id: UUID, fact: str, day: date | None) -> Offer:
    offer = offer_to_write(actor, offer_id)
    if offer.closed_on is not None:
        raise OfferOver
    setattr(offer, fact, day)
    offer.save(update_fields=[fact])
    offer.refresh_from_db(fields=["stage"])
    _note(actor, Verb.CHANGED, offer, **{fact: day.isoformat() if day else ""})
    return offer


@transaction.atomic
def see_requirement(
    actor: Actor,
    person_id: UUID,
    requirement: Requirement,
    *,
    seen_on: date,
    expires_on: date | None = None,
) -> HeldRequirement:
    """Return that a paper of a person was seen; the last one seen counts.

    Raises:
        NotFound: no such person for the actor.
        RequirementNotYet, RequirementExpired: the days cannot be.
    """
    person = person_to_change(actor, person_id)
    check_requirement(seen_on, expires_on, today=clock.today())
    held, _new = HeldRequirement.objects.update_or_create(
        person=person,
        requirement=requirement.value,
        defaults={
            "district_id": person.district_id,
            "seen_on": seen_on,
            "expires_on": expires_on,
            "seen_by_name": actor.name[:160],
        },
    )
    record(
        actor,
        Verb.CHANGED,
        kind="giveback.requirement",
        object_id=held.pk,
        district_id=person.district_id,
        person_ids=[person.pk],
        facts={"requirement": requirement.value},
    )
    return held
