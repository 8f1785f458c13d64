"""One person, one stay: who looks like somebody there, and two stays that turn out to be one's.

Two registrations of a person may both be in a register when they are joined. Nothing of the register
changes: the stay of the registration that went is ended by a line of its own, which names the line
it makes up for. If the two are parted again, they are entered again.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from farelegami.kernel import clock
from farelegami.kernel.actor import Actor, Grant, Role, system_actor
from farelegami.people.queries.persons import seen_people
from farelegami.people.queries.retention import people_by_id
from farelegami.people.rules.duplicates import REASON_LABELS, Reason
from farelegami.people.services.persons import lookalikes
from farelegami.storage.inserts import change
from farelegami.volunteering.models import Cover, Register, RegisterEntry, Volunteer
from farelegami.volunteering.rules.registers import EmployeeOfTheBody, EntryKind, Facts
from farelegami.volunteering.services.chain import append
from farelegami.volunteering.services.covering import last_served, shorten
from farelegami.volunteering.services.registers import (
    as_occasional,
    as_written,
    draft_of,
    enter,
    register_of,
    register_to_keep,
    stay_of,
    whole,
)

_JOINER: Final = system_actor("unione di due schede")
_PARTER: Final = system_actor("due schede di nuovo divise")
_A_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Lookalike:
    """Somebody who may be who is being entered; `is_present` says that the register has them now."""

    person_id: UUID
    name: str
    birth_date: date | None
    reasons: tuple[Reason, ...]
    is_present: bool

    @property
    def reason_labels(self) -> list[str]:
        """What speaks for it, in words."""
        return [_(REASON_LABELS[reason]) for reason in self.reasons]


@transaction.atomic
def lookalikes_in(
    actor: Actor, organisation_id: UUID, facts: Facts, *, once: UUID | None = None
) -> Sequence[Lookalike]:
    """Return who may be the person of some facts, of those the actor knows: likeliest first.

    Known are whom the register has or had, and whom the registry shows to the actor: a body learns of
    nobody else. Nobody where the tax code says who it is, nor for an act `once` that was done.

    Raises:
        NotFound, NotAllowed, FactsMissing: as for `enter_volunteer`.
        Refusal: those of a tax code and of a day of birth.
    """
    register = register_to_keep(actor, organisation_id)
    told = whole(facts)
    if once is not None and Volunteer.objects.filter(pk=once).exists():
        return ()
    clerk = Actor(
        actor.account_id, actor.name, grants=(Grant(Role.SOCIAL_WORKER, register.district_id),)
    )
    found = lookalikes(clerk, register.district_id, draft_of(told))
    if any(Reason.SAME_TAX_CODE in each.reasons for each in found):
        return ()
    ids = [each.person.pk for each in found]
    stays = _last_stays(register, ids)
    seen = set(seen_people(actor, ids))
    return [
        _told(stays[each.person.pk], each.reasons)
        if each.person.pk in stays
        else Lookalike(
            each.person.pk, each.person.name, each.person.birth_date, each.reasons, is_present=False
        )
        for each in found
        if each.person.pk in stays or each.person.pk in seen
    ]


def _last_stays(register: Register, person_ids: Sequence[UUID]) -> Mapping[UUID, Volunteer]:
    rows = Volunteer.objects.filter(register=register, person_id__in=person_ids)
    return {stay.person_id: stay for stay in rows.select_related("entry").order_by("id")}


def _told(stay: Volunteer, reasons: tuple[Reason, ...]) -> Lookalike:
    told = stay.entry.told
    return Lookalike(
        stay.person_id, stay.name, told.birth_date if told else None, reasons,
        is_present=stay.left_on is None,
    )  # fmt: skip


def join_stays(payload: Mapping[str, Any]) -> None:
    """Hear that two registrations were joined."""
    _join([UUID(payload["gone"])])


def join_doubled_stays() -> int:
    """End the stays of registrations that went, where the one kept is covered; return how many."""
    doubled = Volunteer.objects.filter(left_on=None, person__merged_into__isnull=False)
    return _join(list(doubled.values_list("person_id", flat=True)))


def _join(gone: Sequence[UUID]) -> int:
    rows = Volunteer.objects.filter(
        left_on=None, person_id__in=gone, person__merged_into__isnull=False
    ).order_by("register_id", "id")
    pairs = list(rows.values_list("pk", "register__organisation_id"))
    return sum(_ended(stay_id, organisation_id) for stay_id, organisation_id in pairs)


@transaction.atomic
def _ended(stay_id: UUID, organisation_id: UUID) -> bool:
    register = register_of(organisation_id)
    double = Volunteer.objects.select_related("entry", "person").filter(pk=stay_id).first()
    if double is None or double.left_on is not None:
        return False
    kept, today = stay_of(register, _kept(double)), clock.today()
    # Not a day is left bare: the stay that remains covers from tomorrow at the latest.
    if kept is None or kept.pk == double.pk or kept.coverable_from > today + _A_DAY:
        return False
    if kept.occasional and not double.occasional:
        as_occasional(_JOINER, register, kept, occasional=False)
    day, covers = max(today, double.entered_on), Cover.objects.filter(volunteer=double)
    last_served(covers)
    append(
        _JOINER, register, EntryKind.LEFT, person_id=double.person_id, day=day,
        facts=as_written(double), occasional=double.occasional, corrects_id=double.entry_id,
    )  # fmt: skip
    double.left_on = day
    change(double, "left_on")
    shorten(covers, last_day=day)
    return True


def _kept(stay: Volunteer) -> UUID:
    person = stay.person
    while person.merged_into_id is not None:
        person = people_by_id([person.merged_into_id]).get()
    return person.pk


def part_stays(payload: Mapping[str, Any]) -> None:
    """Hear that two registrations were parted again: whose stay was ended for it is entered again."""
    gone = UUID(payload["gone"])
    ended = RegisterEntry.objects.filter(
        person_id=gone, kind=EntryKind.LEFT.value, corrects__isnull=False
    ).order_by("register_id")
    bodies = ended.values_list("register__organisation_id", flat=True).distinct()
    for organisation_id in list(bodies):
        with suppress(EmployeeOfTheBody):
            _entered_again(gone, organisation_id)


@transaction.atomic
def _entered_again(person_id: UUID, organisation_id: UUID) -> None:
    register = register_of(organisation_id)
    lines = RegisterEntry.objects.filter(register=register, person_id=person_id)
    last = lines.order_by("-number").first()
    if last is None or last.kind != EntryKind.LEFT.value or last.corrects_id is None:
        return
    if last.told is None or people_by_id([person_id]).filter(merged_into=None).first() is None:
        return
    enter(
        _PARTER, register, person_id=person_id, facts=last.told, entered_on=clock.today(),
        occasional=last.occasional,
    )  # fmt: skip
