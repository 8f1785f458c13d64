"""The diary: a sealed compartment, open to the case manager, a substitute, a logged act."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from farelegami.cases.models import Case, DiaryEntry, DiaryOpening
from farelegami.cases.queries.cases import case_for, substitutes_of
from farelegami.kernel import clock
from farelegami.kernel.actor import Actor
from farelegami.kernel.errors import NotAllowed

DIARY: Final = "cases.diary"


@dataclass(frozen=True, slots=True)
class DiaryNote:
    """A note as it reads now, and what it said before, latest first."""

    entry: DiaryEntry
    earlier: tuple[DiaryEntry, ...]


def may_read_diary(actor: Actor, case: Case) -> bool:
    """Return whether the diary of a visible case is open to the actor now. Two queries at most."""
    if actor.account_id is None:
        return False
    if actor.account_id == case.manager_id or actor.account_id in substitutes_of(case.pk):
        return True
    return DiaryOpening.objects.filter(
        case_id=case.pk, account_id=actor.account_id, until__gt=clock.now()
    ).exists()


def diary_for(actor: Actor, case_id: UUID) -> tuple[Case, Sequence[DiaryEntry]]:
    """Return a case and its diary, latest first; services log the reading.

    Raises:
        NotFound: no such case for the actor.
        NotAllowed: the case is visible, its diary is not.
    """
    case = case_for(actor, case_id)
    if not may_read_diary(actor, case):
        raise NotAllowed
    entries = DiaryEntry.objects.filter(case=case)
    return case, list(entries.order_by("-happened_on", "-id"))


def notes_of(entries: Sequence[DiaryEntry]) -> Sequence[DiaryNote]:
    """Return the notes of a diary in the order of their present texts, each with its history."""
    by_id = {entry.pk: entry for entry in entries}
    replaced = {entry.corrects_id for entry in entries}

    def earlier(entry: DiaryEntry) -> tuple[DiaryEntry, ...]:
        before = by_id.get(entry.corrects_id) if entry.corrects_id else None
        return (before, *earlier(before)) if before else ()

    return [DiaryNote(entry, earlier(entry)) for entry in entries if entry.pk not in replaced]
