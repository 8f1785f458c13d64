"""What the pages of the room show: lists of registers and volunteers, one volunteer's file."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet

from farelegami.kernel import clock
from farelegami.kernel.actor import Actor
from farelegami.kernel.errors import NotFound, gettext_noop
from farelegami.search.rules import sort_key
from farelegami.storage.pages import KeyPage, key_page
from farelegami.volunteering.models import (
    Cover,
    PaidLink,
    Policy,
    Refund,
    Register,
    RegisterEntry,
    ServiceDay,
    Volunteer,
)
from farelegami.volunteering.queries.registers import visible_registers
from farelegami.volunteering.rules.covers import Basis, PolicyKind, gaps
from farelegami.volunteering.rules.registers import Facts

_SHOWN: Final = 30
# Time enough to renew a policy.
_SOON: Final = timedelta(days=45)


class Who(StrEnum):
    """Which volunteers of a register are listed."""

    PRESENT = "presenti"
    BARE = "scoperti"
    OCCASIONAL = "occasionali"
    LEFT = "usciti"


WHO_LABELS: Final[Mapping[Who, str]] = {
    Who.PRESENT: gettext_noop("presenti"),
    Who.BARE: gettext_noop("senza copertura oggi"),
    Who.OCCASIONAL: gettext_noop("occasionali"),
    Who.LEFT: gettext_noop("usciti"),
}


@dataclass(frozen=True, slots=True)
class RegisterRow:
    """One line of the list of registers; `insured_until` is the last day a policy covers."""

    body_id: UUID
    name: str
    present: int
    bare: int
    insured_until: date | None
    is_insured: bool
    ends_soon: bool
    delegated: bool


@dataclass(frozen=True, slots=True)
class VolunteerRow:
    """One line of a register; `until` is the last day of the cover of today, None where there is none.

    `begins` is when the next cover begins, for who has none today.
    """

    id: UUID
    name: str
    occasional: bool
    entered_on: date
    left_on: date | None
    until: date | None
    begins: date | None


@dataclass(frozen=True, slots=True)
class VolunteerFile:
    """Somebody's stay with a body; `facts` and `entries` are None for who does not keep the register."""

    stay: Volunteer
    facts: Facts | None
    entries: Sequence[RegisterEntry] | None
    covers: Sequence[Cover]
    services: Sequence[ServiceDay]
    refunds: Sequence[Refund]
    is_covered: bool


@dataclass(frozen=True, slots=True)
class Insurance:
    """The policies of a body, newest first, and the days of the coming year that none covers."""

    policies: Sequence[Policy]
    bare: Sequence[tuple[date, date]] = field(default_factory=tuple)


def registers_page(actor: Actor, *, text: str = "", cursor: str = "") -> KeyPage[RegisterRow]:
    """Return a page of registers by the name of the body. Four queries, however many rows."""
    rows = visible_registers(actor).select_related("organisation")
    if words := sort_key(text):
        rows = rows.filter(organisation__sort_name__contains=words)
    page = key_page(rows, order=("organisation__sort_name", "id"), cursor=cursor)
    ids = [register.pk for register in page.rows]
    present = _counts(_present(ids))
    bare = _counts(_present(ids).filter(~_covered_on(clock.today())))
    ends = _insured([register.organisation_id for register in page.rows])
    today = clock.today()
    shown = [
        RegisterRow(
            body_id=register.organisation_id,
            name=register.organisation.name,
            present=present.get(register.pk, 0),
            bare=bare.get(register.pk, 0),
            insured_until=ends.get(register.organisation_id),
            is_insured=(ends.get(register.organisation_id) or date.min) >= today,
            ends_soon=(ends.get(register.organisation_id) or date.max) < today + _SOON,
            delegated=register.delegated,
        )
        for register in page.rows
    ]
    return KeyPage(shown, page.next_cursor, page.cursor)


def _present(register_ids: Collection[UUID]) -> QuerySet[Volunteer]:
    return Volunteer.objects.filter(register_id__in=register_ids, left_on=None)


def _counts(rows: QuerySet[Volunteer]) -> dict[UUID, int]:
    return dict(rows.order_by().values_list("register_id").annotate(Count("id")))


def _covered_on(day: date) -> Exists:
    return Exists(
        Cover.objects.filter(
            volunteer=OuterRef("pk"), void=False, starts_on__lte=day, ends_on__gte=day
        )
    )


def _insured(organisation_ids: Collection[UUID]) -> dict[UUID, date]:
    rows = Policy.objects.filter(
        organisation_id__in=organisation_ids,
        kind=PolicyKind.REGISTER.value,
        withdrawn_at=None,
        starts_on__lte=clock.today(),
    )
    return dict(rows.order_by().values_list("organisation_id").annotate(Max("ends_on")))


def volunteers_page(
    register: Register, *, who: Who = Who.PRESENT, text: str = "", cursor: str = ""
) -> KeyPage[VolunteerRow]:
    """Return a page of a register by surname; the caller sees it. Two queries."""
    today = clock.today()
    rows = Volunteer.objects.filter(register=register)
    rows = rows.filter(left_on__isnull=who is not Who.LEFT)
    if who is Who.BARE:
        rows = rows.filter(~_covered_on(today))
    if who is Who.OCCASIONAL:
        rows = rows.filter(occasional=True)
    if words := sort_key(text):
        rows = rows.filter(sort_name__contains=words)
    page = key_page(rows, order=("sort_name", "id"), cursor=cursor)
    spans: dict[UUID | None, list[tuple[date, date]]] = {}
    for stay_id, first, last in Cover.objects.filter(
        volunteer_id__in=[row.pk for row in page.rows], void=False, ends_on__gte=today
    ).values_list("volunteer_id", "starts_on", "ends_on"):
        spans.setdefault(stay_id, []).append((first, last))
    shown = [_row(row, spans.get(row.pk, []), today) for row in page.rows]
    return KeyPage(shown, page.next_cursor, page.cursor)


def _row(row: Volunteer, spans: Sequence[tuple[date, date]], today: date) -> VolunteerRow:
    now = [last for first, last in spans if first <= today]
    return VolunteerRow(
        id=row.pk,
        name=row.name,
        occasional=row.occasional,
        entered_on=row.entered_on,
        left_on=row.left_on,
        until=max(now, default=None),
        begins=None if now else min((first for first, _last in spans), default=None),
    )


def stay_for(register: Register, volunteer_id: UUID) -> Volunteer:
    """Return a stay of a register that the caller sees.

    Raises:
        NotFound: no such stay in it.
    """
    rows = Volunteer.objects.select_related("entry")
    stay = rows.filter(register=register, pk=volunteer_id).first()
    if stay is None:
        raise NotFound
    return stay


def stays_of(organisation_id: UUID) -> Sequence[Volunteer]:
    """Return the stays in the register of a body in the order they were written. One query."""
    rows = Volunteer.objects.filter(register__organisation_id=organisation_id)
    return list(rows.select_related("entry").order_by("id"))


def volunteer_file(register: Register, volunteer_id: UUID, *, keeps: bool) -> VolunteerFile:
    """Return a volunteer of a register that the caller sees. Five queries at most.

    `keeps` says whether they keep it, and so read what it says of people.

    Raises:
        NotFound: no such stay in it.
    """
    stay = stay_for(register, volunteer_id)
    of = {"organisation_id": register.organisation_id, "person_id": stay.person_id}
    entries = RegisterEntry.objects.filter(register=register, person_id=stay.person_id)
    covers = list(
        Cover.objects.filter(volunteer=stay, void=False)
        .select_related("policy")
        .order_by("-starts_on", "-id")
    )
    services = ServiceDay.objects.filter(
        **of, basis=Basis.VOLUNTARY.value, taken_back_at=None
    ).order_by("-day", "-id")
    today = clock.today()
    return VolunteerFile(
        stay=stay,
        facts=stay.entry.told if keeps else None,
        entries=list(entries.order_by("-number")[:_SHOWN]) if keeps else None,
        covers=covers,
        services=list(services[:_SHOWN]),
        refunds=list(Refund.objects.filter(**of).order_by("-id")[:_SHOWN]),
        is_covered=any(cover.starts_on <= today <= cover.ends_on for cover in covers),
    )


def insurance_of(organisation_id: UUID) -> Insurance:
    """Return the policies of a body for its register, and the bare days to come. One query."""
    rows = Policy.objects.filter(
        organisation_id=organisation_id, kind=PolicyKind.REGISTER.value, withdrawn_at=None
    )
    policies = list(rows.order_by("-ends_on", "-id"))
    today = clock.today()
    held = [(each.starts_on, each.ends_on) for each in policies if each.ends_on]
    last = max((end for _start, end in held), default=None)
    if last is None or last < today:
        return Insurance(policies)
    return Insurance(policies, gaps(held, start=today, end=last))


def paid_links(organisation_id: UUID) -> Sequence[PaidLink]:
    """Return who works for pay for a body and cannot be its volunteer, newest first. One query."""
    today = clock.today()
    rows = PaidLink.objects.filter(Q(ends_on=None) | Q(ends_on__gte=today))
    return list(rows.filter(organisation_id=organisation_id).order_by("-starts_on", "-id"))
