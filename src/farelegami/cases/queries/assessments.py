"""What the instruments said, in the shapes in which it is shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from farelegami.cases.models import Assessment
from farelegami.cases.queries.instruments import instrument_for
from farelegami.cases.rules.assessments import RESOURCE_MAP, Moment


def assessed_at(case_id: UUID, moment: str) -> bool:
    """Return whether something was assessed and confirmed at this moment (R8). One query."""
    return Assessment.objects.filter(
        case_id=case_id, moment=moment, confirmed_at__isnull=False
    ).exists()


def assessments_of_person(person_id: UUID, case_ids: Sequence[UUID]) -> Sequence[Assessment]:
    """Return a person's assessments in cases the caller sees, by moment. One query."""
    rows = Assessment.objects.filter(case_id__in=case_ids, person_id=person_id)
    return list(rows.order_by("instrument", "moment"))


def resource_map(
    assessments: Sequence[Assessment],
) -> Sequence[tuple[str, Sequence[int | None]]]:
    """Return the eight areas of the Mappa with their levels (1 to 5) at T0, T1, T2. No query."""
    maps = {one.moment: one.answers for one in assessments if one.instrument == RESOURCE_MAP}
    return [
        (item.label, [maps.get(moment, {}).get(item.code) for moment in Moment])
        for item in instrument_for(RESOURCE_MAP).items
    ]


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """The scores of one person by one scored instrument; `talk` when the last calls for a talk."""

    person: str
    instrument: str
    scores: Sequence[tuple[str, int]]
    talk: str


def scores_of(assessments: Sequence[Assessment]) -> Sequence[ScoreRow]:
    """Return the scores by person and instrument, in the order of the moments. No query."""
    found: dict[tuple[str, str], list[tuple[str, int]]] = {}
    for one in sorted(assessments, key=lambda taken: taken.moment):
        if one.score is not None:
            key = (one.person.name, one.instrument)
            found.setdefault(key, []).append((one.moment, one.score))
    rows = []
    for (person, code), scores in found.items():
        used = instrument_for(code)
        low = used.talk_below is not None and scores[-1][1] < used.talk_below
        rows.append(ScoreRow(person, used.name, scores, used.talk_text if low else ""))
    return rows
