"""The parts of a pact the caller already sees: versions, members, spends, meetings, hours."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final
from uuid import UUID

from django.db.models import F, Q, QuerySet

from farelegami.kernel.actor import Actor
from farelegami.kernel.errors import NotFound
from farelegami.pacts.models import (
    FamilyMessage,
    FollowUp,
    HoursEntry,
    Meeting,
    Pact,
    PactMember,
    PactVersion,
    ResultProgress,
    Signature,
    SpendRequest,
)
from farelegami.pacts.queries.sight import visible_pacts
from farelegami.pacts.rules.family import MessageKind
from farelegami.pacts.rules.money import OPEN_SPENDS
from farelegami.pacts.rules.terms import Terms
from farelegami.storage.prepared import prepared

READABLE: Final = Q(dropped_on=None) | Q(number=1)


def open_version(pact_id: UUID) -> PactVersion | None:
    """Return the version being written, if one is. One query."""
    return PactVersion.objects.filter(pact_id=pact_id, signed_on=None, dropped_on=None).first()


def terms_in_force(pact: Pact) -> Terms | None:
    """Return the signed words of a pact as they hold now; nothing before the first signature."""
    rows = PactVersion.objects.filter(pact_id=pact.pk, number=pact.version_number)
    version = rows.only("terms_json").first() if pact.version_number else None
    return version.terms if version else None


def pact_with_words(actor: Actor, pact_id: UUID) -> tuple[Pact, PactVersion]:
    """Return a pact in force and its words. One query.

    Raises:
        NotFound: not visible, or never signed.
    """
    found = _with_words(actor, pact_id)
    if not found:
        raise NotFound
    return found[0].pact, found[0]


@prepared
def _with_words(actor: Actor, pact_id: UUID) -> QuerySet[PactVersion]:
    return (
        PactVersion.objects.filter(
            pact_id=pact_id, number=F("pact__version_number"), pact__in=visible_pacts(actor)
        )
        .select_related("pact__case", "pact__pact_type")
        .defer("pact__case__closing_reason")
    )


def versions_of(pact_id: UUID) -> Sequence[PactVersion]:
    """Return the versions of a pact that are read, the newest first. One query.

    A dropped amendment is not; the first text of a withdrawn pact is all there is to read.
    """
    return list(PactVersion.objects.filter(READABLE, pact_id=pact_id).order_by("-number"))


def signatures_of(version_ids: Iterable[UUID]) -> Sequence[Signature]:
    """Return the signatures under versions, oldest first. One query."""
    return list(Signature.objects.filter(version_id__in=list(version_ids)).order_by("id"))


def members_of(pact_ids: Iterable[UUID]) -> Mapping[UUID, Sequence[PactMember]]:
    """Return the members of pacts, holders first. One query."""
    found: dict[UUID, list[PactMember]] = {pact_id: [] for pact_id in pact_ids}
    for member in _members_of(list(found)):
        found[member.pact_id].append(member)
    return found


@prepared
def _members_of(pact_ids: Collection[UUID]) -> QuerySet[PactMember]:
    rows = PactMember.objects.filter(pact_id__in=pact_ids).select_related("person")
    return rows.defer("person__tax_code").order_by("-is_holder", "id")


def progress_of(pact_ids: Iterable[UUID]) -> Mapping[UUID, Mapping[str, ResultProgress]]:
    """Return the progress of results by pact and result key. One query."""
    found: dict[UUID, dict[str, ResultProgress]] = {pact_id: {} for pact_id in pact_ids}
    for progress in _progress_of(list(found)):
        found[progress.pact_id][progress.result_key] = progress
    return found


def statuses_of(pact_ids: Iterable[UUID]) -> Mapping[UUID, Mapping[str, str]]:
    """Return how results stand by pact and result key. One query."""
    found: dict[UUID, dict[str, str]] = {pact_id: {} for pact_id in pact_ids}
    for pact_id, key, status in _statuses_of(list(found)):
        found[pact_id][key] = status
    return found


@prepared
def _statuses_of(pact_ids: Collection[UUID]) -> QuerySet[ResultProgress, tuple[UUID, str, str]]:
    rows = ResultProgress.objects.filter(pact_id__in=pact_ids)
    return rows.values_list("pact_id", "result_key", "status")


@prepared
def _progress_of(pact_ids: Collection[UUID]) -> QuerySet[ResultProgress]:
    return ResultProgress.objects.filter(pact_id__in=pact_ids)


@prepared
def spends_of(pact_id: UUID) -> QuerySet[SpendRequest]:
    """Return the spends of a pact, newest first. One query."""
    return SpendRequest.objects.filter(pact_id=pact_id).select_related("category").order_by("-id")


@prepared
def meetings_of(pact_id: UUID) -> QuerySet[Meeting]:
    """Return the meetings of a pact, latest first. One query."""
    return Meeting.objects.filter(pact_id=pact_id).order_by("-planned_at")


def months_asked_after(pact_id: UUID) -> Sequence[int]:
    """Return how many months after its closing a pact is asked about. One query; none if open."""
    return list(FollowUp.objects.filter(pact_id=pact_id).values_list("months", flat=True))


@prepared
def hours_entries_of(pact_id: UUID) -> QuerySet[HoursEntry]:
    """Return the hours told on a pact, latest first, cancelled ones left out. One query."""
    entries = HoursEntry.objects.filter(pact_id=pact_id, cancelled_at=None)
    return entries.order_by("-done_on", "-id")


def open_spend_count(pact_id: UUID) -> int:
    """Return how many spends of a pact are still under way. One query."""
    stages = [str(stage) for stage in OPEN_SPENDS]
    return SpendRequest.objects.filter(pact_id=pact_id, stage__in=stages).count()


def is_disputed(version_id: UUID) -> bool:
    """Return whether somebody of the family disputes a text and has no answer. One query."""
    disputes = FamilyMessage.objects.filter(version_id=version_id, kind=MessageKind.DISPUTE)
    return disputes.filter(answered_at=None).exists()


def was_disputed(version_id: UUID) -> bool:
    """Return whether somebody of the family disputed a text, answered or not. One query."""
    disputes = FamilyMessage.objects.filter(version_id=version_id, kind=MessageKind.DISPUTE)
    return disputes.exists()


def own_words_of(pact_id: UUID, person_id: UUID) -> Sequence[FamilyMessage]:
    """Return what one person wrote on a pact, latest first, with who answered. One query."""
    rows = FamilyMessage.objects.filter(pact_id=pact_id, person_id=person_id)
    return list(rows.select_related("answered_by").order_by("-id")[:20])


def messages_of(pact_id: UUID) -> Sequence[FamilyMessage]:
    """Return what the family wrote, latest first, with who wrote it. One query."""
    rows = FamilyMessage.objects.filter(pact_id=pact_id).select_related(
        "person", "document", "read_by", "version", "answered_by", "meeting"
    )
    return list(rows.defer("person__tax_code").order_by("-id")[:50])
