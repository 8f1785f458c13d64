"""Everything on a pact's page, read once, in a number of queries that does not grow."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.db.models import CharField, Count, DateField, F, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast, TruncDate

from farelegami.cases.queries import assessed_at
from farelegami.kernel.actor import Actor
from farelegami.kernel.errors import NotFound
from farelegami.pacts.models import (
    BusinessPlan,
    FamilyMessage,
    FollowUp,
    GoalOutcome,
    HoursEntry,
    Meeting,
    Pact,
    PactMember,
    PactVersion,
    ResultProgress,
    SpendRequest,
)
from farelegami.pacts.queries.parts import READABLE, hours_entries_of, meetings_of, spends_of
from farelegami.pacts.queries.sight import own_family_pacts, pact_for, visible_pacts
from farelegami.pacts.queries.sums import Hours, Money, hours_given, money_spent
from farelegami.pacts.rules.family import MessageKind
from farelegami.pacts.rules.readiness import Standing
from farelegami.pacts.rules.stages import BEFORE_SIGNATURE, Stage
from farelegami.pacts.rules.terms import Terms
from farelegami.storage.prepared import prepared

_SETTLED = frozenset({ResultProgress.Status.REACHED, ResultProgress.Status.NOT_REACHED})


@dataclass(frozen=True, slots=True)
class Mark:
    """How one small thing of a pact stands: a result, a goal at the closing, a follow-up, a plan, a
    message of the family that nobody has read.
    """

    kind: str
    key: str
    status: str
    on: date | None
    due_on: date | None
    note: str


@dataclass(frozen=True, slots=True)
class PactFile:
    """A pact with everything its page shows; `versions` the newest first, dropped amendments left out."""

    pact: Pact
    members: Sequence[PactMember]
    versions: Sequence[PactVersion]
    marks: Sequence[Mark]
    spends: Sequence[SpendRequest]
    meetings: Sequence[Meeting]
    hours_told: Sequence[HoursEntry]
    t2_taken: bool = False

    @property
    def person_ids(self) -> list[UUID]:
        """Whose data these are."""
        return [member.person_id for member in self.members]

    @property
    def in_force(self) -> PactVersion | None:
        """The words in force."""
        number = self.pact.version_number
        return next((each for each in self.versions if number and each.number == number), None)

    @property
    def open_version(self) -> PactVersion | None:
        """The words being written."""
        return next(
            (each for each in self.versions if each.signed_on is None and each.dropped_on is None),
            None,
        )

    @property
    def terms(self) -> Terms | None:
        """The words in force; before the first signature, the first ones."""
        version = self.in_force or next(iter(self.versions), None)
        return version.terms if version else None

    @property
    def money(self) -> Money:
        """What the pact has spent, in cents."""
        return money_spent(self.pact.authorised_cents, self.spends)

    @property
    def hours(self) -> Hours:
        """What the family has given, in minutes."""
        return hours_given(self.pact.promised_minutes, self.hours_told)

    def marked(self, kind: str) -> Mapping[str, Mark]:
        """Return the marks of one kind by key."""
        return {mark.key: mark for mark in self.marks if mark.kind == kind}

    def standing(self) -> Standing:
        """Return what the rules look at when a pact goes towards its end. No query."""
        results, outcomes = self.marked("result"), self.marked("goal")
        goals = self.terms.goals if self.terms else ()
        return Standing(
            open_results=[
                (result.text, result.due_on)
                for goal in goals
                for result in goal.results
                if result.key not in results or results[result.key].status not in _SETTLED
            ],
            minutes_to_confirm=self.hours.to_confirm,
            open_spends=sum(spend.is_open for spend in self.spends),
            undecided_goals=sum(goal.key not in outcomes for goal in goals),
            t2_offered=self.t2_taken,
            open_amendment=self.open_version is not None,
            next_meeting_by=self.pact.next_meeting_by,
        )


def pact_file(actor: Actor, pact_id: UUID) -> PactFile:
    """Return a pact with everything its page shows; the caller logs the reading. Eight queries at
    most, three before the authorisation, four before the signature.

    Raises:
        NotFound: it does not exist, or not for this actor.
    """
    members = _members_if_visible(actor, pact_id)
    return file_of(members[0].pact if members else pact_for(actor, pact_id), members)


def own_pact_file(actor: Actor, pact_id: UUID) -> PactFile:
    """Return the actor's own family's pact; as `pact_file`.

    Raises:
        NotFound: it does not exist, or the actor is not named in it.
    """
    members = _members_if_own(actor, pact_id)
    if not members:
        raise NotFound
    return file_of(members[0].pact, members)


def file_of(pact: Pact, members: Sequence[PactMember]) -> PactFile:
    """Return everything of a pact that the caller may see. Seven queries at most."""
    signed = pact.stage_now not in BEFORE_SIGNATURE
    return PactFile(
        pact=pact,
        members=members,
        versions=_signed_versions(pact.pk),
        marks=marks_of(pact.pk) if signed or pact.authorised_on else (),
        spends=spends_of(pact.pk) if signed else (),
        meetings=meetings_of(pact.pk),
        hours_told=hours_entries_of(pact.pk) if signed else (),
        t2_taken=pact.stage_now == Stage.FINAL_REVIEW and assessed_at(pact.case_id, "T2"),
    )


@prepared
def _signed_versions(pact_id: UUID) -> QuerySet[PactVersion]:
    return (
        PactVersion.objects.filter(READABLE, pact_id=pact_id)
        .annotate(signature_count=Count("signatures"))
        .order_by("-number")
    )


@prepared
def _members_if_visible(actor: Actor, pact_id: UUID) -> QuerySet[PactMember]:
    return _members_with_pact(visible_pacts(actor), pact_id)


@prepared
def _members_if_own(actor: Actor, pact_id: UUID) -> QuerySet[PactMember]:
    return _members_with_pact(own_family_pacts(actor), pact_id)


def _members_with_pact(pacts: QuerySet[Pact], pact_id: UUID) -> QuerySet[PactMember]:
    # Members and pact in one query: the page has no query to spare.
    joined = ("case__manager", "household", "body", "programme", "pact_type", "district")
    return (
        PactMember.objects.filter(pact_id=pact_id, pact__in=pacts)
        .select_related("person", *(f"pact__{name}" for name in joined))
        .defer("person__tax_code", "pact__case__closing_reason")
        .order_by("-is_holder", "id")
    )


# Not read yet; or read, but said against something and not answered.
_WAITING: Final = Q(read_at=None) | Q(kind=MessageKind.DISPUTE, answered_at=None)


def marks_of(pact_id: UUID) -> Sequence[Mark]:
    """Return how results, goals, follow-ups and plans stand, and messages that wait. One query."""
    return [
        Mark(kind, _key(kind, str(key)), str(status or ""), on, due_on, str(note or ""))
        for kind, key, status, on, due_on, note in _marks(pact_id)
    ]


@prepared
def _marks(pact_id: UUID) -> QuerySet[ResultProgress, tuple[Any, ...]]:
    nothing = Cast(Value(None), DateField())

    def text(name: str) -> Cast:
        return Cast(F(name), TextField())

    def kind(name: str) -> Value:
        return Value(name, output_field=TextField())

    fields = ("m_kind", "m_key", "m_status", "m_on", "m_due", "m_note")
    results = ResultProgress.objects.filter(pact_id=pact_id).annotate(
        m_kind=kind("result"), m_key=text("result_key"), m_status=text("status"),
        m_on=F("settled_on"), m_due=nothing, m_note=text("note"),
    )  # fmt: skip
    goals = GoalOutcome.objects.filter(pact_id=pact_id).annotate(
        m_kind=kind("goal"), m_key=text("goal_key"), m_status=text("outcome"),
        m_on=nothing, m_due=nothing, m_note=text("reason"),
    )  # fmt: skip
    follow_ups = FollowUp.objects.filter(pact_id=pact_id).annotate(
        m_kind=kind("follow_up"), m_key=text("months"),
        m_status=Cast(F("is_still_active"), CharField()),
        m_on=F("done_on"), m_due=F("due_on"), m_note=text("note"),
    )  # fmt: skip
    plans = BusinessPlan.objects.filter(pact_id=pact_id).annotate(
        m_kind=kind("plan"), m_key=text("id"), m_status=text("stage"),
        m_on=F("presented_on"), m_due=nothing, m_note=text("title"),
    )  # fmt: skip
    unread = FamilyMessage.objects.filter(_WAITING, pact_id=pact_id).annotate(
        m_kind=kind("message"), m_key=text("id"), m_status=text("kind"),
        m_on=TruncDate("sent_at"), m_due=nothing, m_note=text("text"),
    )  # fmt: skip
    return results.values_list(*fields).union(
        goals.values_list(*fields),
        follow_ups.values_list(*fields),
        plans.values_list(*fields),
        unread.values_list(*fields),
        all=True,
    )


def _key(kind: str, key: str) -> str:
    # SQLite writes an id without its dashes, PostgreSQL with them.
    return str(UUID(key)) if kind in {"plan", "message"} else key
