"""Offers, opportunities, matches and their turns. Stages are generated from dated facts."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.utils.translation import gettext as _

from farelegami.giveback.rules.matches import MATCH_FACT, MATCH_LABELS, MatchStage, Side
from farelegami.giveback.rules.needs import (
    FIELD_LABELS,
    REQUIREMENT_LABELS,
    Field,
    Need,
    NeedKind,
    Requirement,
    Weight,
)
from farelegami.giveback.rules.offers import OFFER_FACT, OFFER_LABELS, OfferStage
from farelegami.giveback.rules.opportunities import (
    OPPORTUNITY_FACT,
    OPPORTUNITY_LABELS,
    OpportunityStage,
)
from farelegami.giveback.rules.sessions import (
    SESSION_FACT,
    SESSION_LABELS,
    Said,
    SessionStage,
    Word,
)
from farelegami.giveback.rules.slots import Slot
from farelegami.kernel import clock
from farelegami.kernel.units import Minutes
from farelegami.pacts.rules.stages import OVER
from farelegami.pacts.rules.terms import Basis
from farelegami.storage.models import Row


def _stage_field(facts: Mapping[Any, str], start: str) -> models.GeneratedField:
    """A column the database derives from the row's facts: the latest fact names the stage."""
    whens = [
        When(**{f"{fact}__isnull": False}, then=Value(str(stage))) for stage, fact in facts.items()
    ]
    return models.GeneratedField(
        expression=Case(*whens, default=Value(start)),
        output_field=models.CharField(max_length=12),
        db_persist=True,
    )


class HeldRequirement(Row):
    """That a paper of a person was seen, and until when it holds; the paper itself is not kept."""

    district = models.ForeignKey("territory.District", models.PROTECT, related_name="+")
    person = models.ForeignKey("people.Person", models.PROTECT, related_name="+")
    requirement = models.CharField(max_length=12)
    seen_on = models.DateField()
    expires_on = models.DateField(null=True, blank=True)
    seen_by_name = models.CharField(max_length=160)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "requirement"], name="giveback_one_paper_a_kind"
            )
        ]

    def __str__(self) -> str:
        return self.requirement

    @property
    def label(self) -> str:
        return _(REQUIREMENT_LABELS[Requirement(self.requirement)])


class Offer(Row):
    """Time somebody can give: for a pact, freely, or sent by the company one works for.

    Hosts are told the name, the time and the limits; whether there is a pact they never learn.
    """

    district = models.ForeignKey(
        "territory.District", models.PROTECT, related_name="+", db_index=False
    )
    person = models.ForeignKey("people.Person", models.PROTECT, related_name="+")
    pact = models.ForeignKey("pacts.Pact", models.PROTECT, null=True, related_name="+")
    commitment_key = models.CharField(max_length=32, blank=True)
    employer = models.ForeignKey(
        "network.Organisation", models.PROTECT, null=True, related_name="+"
    )
    basis = models.CharField(max_length=10, default=Basis.VOLUNTARY.value)
    wish = models.CharField(max_length=300, blank=True)
    fields = models.JSONField(default=list, blank=True)
    limits = models.CharField(max_length=300, blank=True)
    weekly_minutes = models.PositiveIntegerField()
    total_minutes = models.PositiveIntegerField(default=0)
    places = models.PositiveSmallIntegerField(default=1)
    transport = models.JSONField(default=list, blank=True)
    travel_minutes = models.PositiveSmallIntegerField(default=30)
    municipality = models.ForeignKey(
        "territory.Municipality", models.PROTECT, null=True, related_name="+"
    )
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    starts_on = models.DateField()
    ends_on = models.DateField()
    offered_at = models.DateTimeField()
    # Whose account wrote it down: a community maker opens what they recorded and nothing else.
    offered_by_id = models.UUIDField(null=True)
    offered_by_name = models.CharField(max_length=160)
    paused_on = models.DateField(null=True)
    closed_on = models.DateField(null=True)
    stage = _stage_field(OFFER_FACT, OfferStage.OPEN)

    class Meta:
        indexes = [
            models.Index(fields=["district", "stage", "id"], name="giveback_offers_by_stage"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["pact", "commitment_key"],
                condition=Q(pact__isnull=False, closed_on=None),
                name="giveback_one_offer_a_commitment",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="giveback_offer_dates"
            ),
            # R9: never more than 16 hours a week.
            models.CheckConstraint(
                condition=Q(weekly_minutes__gt=0, weekly_minutes__lte=16 * 60),
                name="giveback_offer_week",
            ),
            models.CheckConstraint(
                condition=Q(places__gte=1, places__lte=3), name="giveback_offer_places"
            ),
            models.CheckConstraint(
                condition=Q(pact=None) | ~Q(commitment_key=""),
                name="giveback_offer_of_a_commitment",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.weekly_minutes}"

    @property
    def stage_label(self) -> str:
        return _(OFFER_LABELS[OfferStage(self.stage)])

    @property
    def pact_over_on(self) -> date | None:
        """The last day of its pact once that is over; None while it goes on, or without one."""
        if self.pact is None:
            return None
        last = self.pact.last_day
        return last if self.pact.stage in OVER or last < clock.today() else None

    @property
    def field_labels(self) -> list[str]:
        return [_(FIELD_LABELS[Field(each)]) for each in self.fields]


class _SlotRow(Row):
    """A stretch of time as it is kept: a weekday's, or one date's."""

    weekday = models.PositiveSmallIntegerField()
    on = models.DateField(null=True)
    starts = models.PositiveSmallIntegerField()
    ends = models.PositiveSmallIntegerField()

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(weekday__lte=6, ends__gt=F("starts"), ends__lte=24 * 60),
                name="%(app_label)s_%(class)s_in_a_day",
            )
        ]

    def __str__(self) -> str:
        return f"{self.on or self.weekday} {self.starts}-{self.ends}"


class OfferSlot(_SlotRow):
    """When somebody can: surely, or perhaps."""

    offer = models.ForeignKey(Offer, models.CASCADE, related_name="slots")
    is_certain = models.BooleanField(default=True)

    def slot(self) -> Slot:
        """The stretch as plain data."""
        return Slot(self.weekday, self.starts, self.ends, self.on, self.is_certain)


class Opportunity(Row):
    """What is needed somewhere: tasks, time, what it asks, who receives people there."""

    district = models.ForeignKey(
        "territory.District", models.PROTECT, related_name="+", db_index=False
    )
    organisation = models.ForeignKey("network.Organisation", models.PROTECT, related_name="+")
    title = models.CharField(max_length=120)
    tasks = models.TextField(blank=True)
    field = models.CharField(max_length=12)
    seats = models.PositiveSmallIntegerField(default=1)
    min_age = models.PositiveSmallIntegerField(default=16)
    max_age = models.PositiveSmallIntegerField(null=True)
    place = models.ForeignKey("territory.Place", models.PROTECT, null=True, related_name="+")
    address = models.CharField(max_length=200, blank=True)
    municipality = models.ForeignKey("territory.Municipality", models.PROTECT, related_name="+")
    latitude = models.FloatField()
    longitude = models.FloatField()
    by_bus = models.BooleanField(default=False)
    step_free = models.BooleanField(default=False)
    accessibility = models.CharField(max_length=300, blank=True)
    tutor_name = models.CharField(max_length=160, blank=True)
    tutor_phone = models.CharField(max_length=40, blank=True)
    tutor_email = models.EmailField(blank=True)
    takes_puc = models.BooleanField(default=False)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    posted_at = models.DateTimeField()
    posted_by_name = models.CharField(max_length=160)
    # The last day on which somebody of the host said that it is needed.
    confirmed_on = models.DateField()
    copied_from = models.ForeignKey("self", models.SET_NULL, null=True, related_name="+")
    paused_on = models.DateField(null=True)
    closed_on = models.DateField(null=True)
    stage = _stage_field(OPPORTUNITY_FACT, OpportunityStage.OPEN)

    class Meta:
        indexes = [
            models.Index(fields=["district", "stage", "id"], name="giveback_opportunity_stage"),
            models.Index(fields=["organisation", "stage", "id"], name="giveback_opportunity_host"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(seats__gte=1, seats__lte=50), name="giveback_opportunity_seats"
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="giveback_opportunity_dates",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def stage_label(self) -> str:
        return _(OPPORTUNITY_LABELS[OpportunityStage(self.stage)])

    @property
    def field_label(self) -> str:
        return _(FIELD_LABELS[Field(self.field)])


class OpportunitySlot(_SlotRow):
    """When people are needed, how many at once, and for how long at least."""

    opportunity = models.ForeignKey(Opportunity, models.CASCADE, related_name="slots")
    seats = models.PositiveSmallIntegerField(default=1)
    least_minutes = models.PositiveSmallIntegerField()
    # A time that is not needed any more stays for those who worked in it.
    dropped_on = models.DateField(null=True)

    @property
    def minutes(self) -> Minutes:
        return Minutes(self.ends - self.starts)

    def slot(self) -> Slot:
        """The stretch as plain data."""
        return Slot(self.weekday, self.starts, self.ends, self.on)


class OpportunityNeed(Row):
    """One thing an opportunity asks: a skill of the list, a language, a paper."""

    opportunity = models.ForeignKey(Opportunity, models.CASCADE, related_name="needs")
    kind = models.CharField(max_length=12)
    code = models.CharField(max_length=12)
    level = models.CharField(max_length=6, blank=True)
    weight = models.CharField(max_length=6, default=Weight.MUST.value)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["opportunity", "kind", "code"], name="giveback_need_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.code}"

    def need(self) -> Need:
        """The need as plain data."""
        return Need(NeedKind(self.kind), self.code, Weight(self.weight), self.level)


class HostLink(Row):
    """A way in without an account, for who receives people at one opportunity.

    The address is this row's id, signed: nothing secret is kept, and revoking it closes it.
    """

    district = models.ForeignKey(
        "territory.District", models.PROTECT, related_name="+", db_index=False
    )
    opportunity = models.ForeignKey(Opportunity, models.PROTECT, related_name="links")
    name = models.CharField(max_length=160)
    email = models.EmailField(blank=True)
    made_at = models.DateTimeField()
    made_by_name = models.CharField(max_length=160)
    expires_on = models.DateField()
    revoked_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name


class Match(Row):
    """Somebody and a place: proposed, accepted by both, active, completed or interrupted."""

    district = models.ForeignKey(
        "territory.District", models.PROTECT, related_name="+", db_index=False
    )
    offer = models.ForeignKey(Offer, models.PROTECT, related_name="matches")
    # The offer's: that a person is not placed twice at once is asked by it.
    person = models.ForeignKey("people.Person", models.PROTECT, related_name="+")
    opportunity = models.ForeignKey(Opportunity, models.PROTECT, related_name="matches")
    slot = models.ForeignKey(OpportunitySlot, models.PROTECT, related_name="matches")
    # What both have of that time, in minutes from midnight.
    starts = models.PositiveSmallIntegerField()
    ends = models.PositiveSmallIntegerField()
    # One of the opportunity's seats while it is taken, then none: two never hold the same.
    seat = models.PositiveSmallIntegerField(null=True)
    score = models.IntegerField(null=True)
    reasons = models.JSONField(default=list, blank=True)
    note = models.CharField(max_length=300, blank=True)
    proposed_at = models.DateTimeField()
    proposed_by_id = models.UUIDField(null=True)
    proposed_by_name = models.CharField(max_length=160)
    person_accepted_at = models.DateTimeField(null=True)
    host_accepted_at = models.DateTimeField(null=True)
    host_accepted_name = models.CharField(max_length=160, blank=True)
    accepted_at = models.DateTimeField(null=True)
    declined_at = models.DateTimeField(null=True)
    declined_by = models.CharField(max_length=8, blank=True)
    decline_reason = models.CharField(max_length=300, blank=True)
    # Why it has not begun though both said yes: the refusal's sentence and its facts.
    held_up = models.JSONField(default=dict, blank=True)
    # The first day on which insurance covers them there.
    started_on = models.DateField(null=True)
    ends_on = models.DateField()
    completed_on = models.DateField(null=True)
    interrupted_on = models.DateField(null=True)
    ended_by = models.CharField(max_length=8, blank=True)
    end_reason = models.CharField(max_length=300, blank=True)
    changed_for_others = models.TextField(blank=True)
    reached_people = models.PositiveSmallIntegerField(null=True)
    changed_asked_at = models.DateTimeField(null=True)
    stage = _stage_field(MATCH_FACT, MatchStage.PROPOSED)

    class Meta:
        indexes = [
            models.Index(fields=["district", "stage", "id"], name="giveback_matches_by_stage"),
            models.Index(fields=["person", "stage"], name="giveback_matches_of"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["opportunity", "seat"],
                condition=Q(seat__isnull=False),
                name="giveback_a_seat_is_one_persons",
            ),
            models.UniqueConstraint(
                fields=["offer", "slot"],
                condition=Q(declined_at=None, completed_on=None, interrupted_on=None),
                name="giveback_proposed_once",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at=None)
                | Q(person_accepted_at__isnull=False, host_accepted_at__isnull=False),
                name="giveback_accepted_by_both",
            ),
            models.CheckConstraint(
                condition=Q(started_on=None) | Q(accepted_at__isnull=False),
                name="giveback_accepted_before_it_starts",
            ),
            models.CheckConstraint(
                condition=Q(declined_at=None) | Q(accepted_at=None),
                name="giveback_declined_or_accepted",
            ),
            # Who holds a place holds a seat, and who does not leaves it.
            models.CheckConstraint(
                condition=Q(seat=None) | Q(accepted_at__isnull=False),
                name="giveback_seat_of_the_accepted",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.offer_id} {self.opportunity_id}"

    @property
    def stage_label(self) -> str:
        return _(MATCH_LABELS[MatchStage(self.stage)])

    @property
    def weekly_minutes(self) -> Minutes:
        """How long one turn takes."""
        return Minutes(self.ends - self.starts)

    @property
    def waits_for(self) -> frozenset[Side]:
        """Who has not yet said yes to a proposal."""
        if self.stage != MatchStage.PROPOSED:
            return frozenset()
        said = {Side.PERSON: self.person_accepted_at, Side.HOST: self.host_accepted_at}
        return frozenset(side for side, moment in said.items() if moment is None)


class Session(Row):
    """One turn: planned, then the person's word and the host's; held once they agree."""

    district = models.ForeignKey(
        "territory.District", models.PROTECT, related_name="+", db_index=False
    )
    match = models.ForeignKey(Match, models.PROTECT, related_name="sessions", db_index=False)
    day = models.DateField()
    starts = models.PositiveSmallIntegerField()
    ends = models.PositiveSmallIntegerField()
    person_word = models.CharField(max_length=8, blank=True)
    person_minutes = models.PositiveSmallIntegerField(default=0)
    person_at = models.DateTimeField(null=True)
    person_name = models.CharField(max_length=160, blank=True)
    person_note = models.CharField(max_length=300, blank=True)
    host_word = models.CharField(max_length=8, blank=True)
    host_minutes = models.PositiveSmallIntegerField(default=0)
    host_at = models.DateTimeField(null=True)
    host_name = models.CharField(max_length=160, blank=True)
    host_note = models.CharField(max_length=300, blank=True)
    disputed_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    settled_by_name = models.CharField(max_length=160, blank=True)
    settlement = models.CharField(max_length=300, blank=True)
    minutes = models.PositiveSmallIntegerField(default=0)
    held_at = models.DateTimeField(null=True)
    excused_at = models.DateTimeField(null=True)
    absent_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    cancel_reason = models.CharField(max_length=300, blank=True)
    # The hours told on the pact, and the day in the host's register once it is held.
    hours_entry_id = models.UUIDField(null=True)
    minutes_told = models.PositiveSmallIntegerField(default=0)
    service_day = models.OneToOneField(
        "volunteering.ServiceDay", models.PROTECT, null=True, related_name="+"
    )
    stage = _stage_field(SESSION_FACT, SessionStage.PLANNED)

    class Meta:
        indexes = [
            models.Index(fields=["district", "stage", "day"], name="giveback_sessions_by_day"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["match", "day", "starts"], name="giveback_session_once"
            ),
            models.CheckConstraint(
                condition=Q(ends__gt=F("starts"), ends__lte=24 * 60),
                name="giveback_session_in_a_day",
            ),
            # R10: what was held was covered; the register itself refuses a day without insurance.
            models.CheckConstraint(
                condition=Q(held_at=None) | Q(service_day__isnull=False, minutes__gt=0),
                name="giveback_held_under_cover",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day:%d/%m/%Y} {self.starts}"

    @property
    def stage_label(self) -> str:
        return _(SESSION_LABELS[SessionStage(self.stage)])

    @property
    def planned_minutes(self) -> Minutes:
        return Minutes(self.ends - self.starts)

    @property
    def begins(self) -> datetime:
        """The moment it begins, in Italy."""
        midnight = datetime.combine(self.day, datetime.min.time(), tzinfo=clock.ROME)
        return midnight + timedelta(minutes=self.starts)

    @property
    def person_said(self) -> Said | None:
        """The person's word, if there is one."""
        if not self.person_word:
            return None
        return Said(Word(self.person_word), Minutes(self.person_minutes))

    @property
    def host_said(self) -> Said | None:
        """The host's word, if there is one."""
        if not self.host_word:
            return None
        return Said(Word(self.host_word), Minutes(self.host_minutes))

    @property
    def is_disputed(self) -> bool:
        """Whether two words differ and nobody has settled it."""
        return self.disputed_at is not None and self.settled_at is None
