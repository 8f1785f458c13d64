"""Who is insured with whom on which days, for rooms that have already asked who may see."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from operator import itemgetter
from typing import Final, TypeAlias
from uuid import UUID

from django.db.models import Q, QuerySet

from farelegami.kernel import clock
from farelegami.kernel.periods import Period
from farelegami.volunteering.models import Cover, Policy, PucPosition, Volunteer
from farelegami.volunteering.rules.covers import Basis, PolicyKind, earliest, first_day

Pair: TypeAlias = tuple[UUID, UUID]
# SQLite takes some thirty thousand values in one question.
_PORTION: Final = 10_000


@dataclass(frozen=True, slots=True)
class CoverSpan:
    """Days, both included, on which a person is insured with an organisation."""

    cover_id: UUID
    basis: Basis
    starts_on: date
    ends_on: date

    def __contains__(self, day: date) -> bool:
        return self.starts_on <= day <= self.ends_on


def cover_on(
    person_id: UUID, organisation_id: UUID, day: date, *, basis: Basis | None = None
) -> Cover | None:
    """Return the cover of a person with an organisation on a day, the one that lasts longest.

    `basis` None means either. One query.
    """
    rows = Cover.objects.filter(
        organisation_id=organisation_id,
        person_id=person_id,
        void=False,
        starts_on__lte=day,
        ends_on__gte=day,
    )
    if basis is not None:
        rows = rows.filter(basis=basis.value)
    return rows.order_by("-ends_on", "id").first()


def covers_of(
    pairs: Collection[Pair], *, start: date, end: date
) -> Mapping[Pair, Sequence[CoverSpan]]:
    """Return the covers that touch the days from `start` to `end` of each (person, organisation).

    In the order of their first day; a pair without cover maps to nothing. One query, and one
    more for each ten thousand pairs.
    """
    found: dict[Pair, list[CoverSpan]] = {pair: [] for pair in pairs}
    # By body, so that a portion names few of them.
    every = sorted(found, key=itemgetter(1))
    for at in range(0, len(every), _PORTION):
        portion = frozenset(every[at : at + _PORTION])
        for person_id, organisation_id, span in _spans(portion, start, end):
            if (person_id, organisation_id) in portion:
                found[person_id, organisation_id].append(span)
    return found


def _spans(
    pairs: Collection[Pair], start: date, end: date
) -> Iterator[tuple[UUID, UUID, CoverSpan]]:
    """Yield the covers of whoever is in these pairs with whatever body is, by their first day."""
    rows = Cover.objects.filter(
        organisation_id__in={organisation for _person, organisation in pairs},
        person_id__in={person for person, _organisation in pairs},
        void=False,
        starts_on__lte=end,
        ends_on__gte=start,
    ).order_by("starts_on", "id")
    for cover_id, person_id, organisation_id, basis, first, last in rows.values_list(
        "id", "person_id", "organisation_id", "basis", "starts_on", "ends_on"
    ):
        yield person_id, organisation_id, CoverSpan(cover_id, Basis(basis), first, last)


def earliest_cover(
    person_id: UUID,
    organisation_id: UUID,
    *,
    entered_on: date,
    basis: Basis = Basis.VOLUNTARY,
) -> date | None:
    """Return the first day under cover of a person who is, or would be, entered on a day.

    Somebody in the register already is covered from `entered_on` itself, others from the day after
    (R10). None where no policy that lasts until then has been written down; a policy that begins
    later gives a later day. Two queries.
    """
    if basis is Basis.PUC:
        return _earliest_puc(person_id, organisation_id, entered_on)
    present = (
        Volunteer.objects.filter(
            register__organisation_id=organisation_id, person_id=person_id, left_on=None
        )
        .values_list("coverable_from", flat=True)
        .first()
    )
    start = (
        max(present, entered_on)
        if present is not None
        else first_day(entered_on, recorded_on=clock.today())
    )
    return earliest(periods_of_policies(organisation_id, until=start), from_day=start)


def _earliest_puc(person_id: UUID, host_id: UUID, day: date) -> date | None:
    rows = Cover.objects.filter(
        organisation_id=host_id, person_id=person_id, void=False, basis=Basis.PUC.value,
        ends_on__gte=day,
    )  # fmt: skip
    spans = [Period(*days) for days in rows.values_list("starts_on", "ends_on")]
    return earliest(spans, from_day=day)


def periods_of_policies(organisation_id: UUID, *, until: date) -> list[Period]:
    """Return the days of the policies for the register that last until a day at least. One query."""
    days = policies_lasting(organisation_id, until).values_list("starts_on", "ends_on")
    return [Period(*each) for each in days]


def policies_lasting(organisation_id: UUID, day: date) -> QuerySet[Policy]:
    """Return the policies for the register of an organisation that do not end before a day."""
    return Policy.objects.filter(
        organisation_id=organisation_id,
        kind=PolicyKind.REGISTER.value,
        withdrawn_at=None,
        ends_on__gte=day,
    )


def organisations_covered(organisation_ids: Collection[UUID], day: date) -> frozenset[UUID]:
    """Return which organisations have on a day a policy with all three risks (R12). One query."""
    rows = Policy.objects.filter(
        organisation_id__in=set(organisation_ids),
        kind=PolicyKind.REGISTER.value,
        accident=True,
        illness=True,
        liability=True,
        withdrawn_at=None,
        starts_on__lte=day,
        ends_on__gte=day,
    )
    return frozenset(rows.values_list("organisation_id", flat=True))


def open_positions(person_id: UUID, host_id: UUID, day: date) -> QuerySet[PucPosition]:
    """Return the PUC positions of a person at a host that are not over on a day."""
    return PucPosition.objects.filter(
        Q(ended_on=None) | Q(ended_on__gte=day),
        person_id=person_id,
        host_id=host_id,
        ends_on__gte=day,
    )
