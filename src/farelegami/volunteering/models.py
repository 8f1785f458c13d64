"""Registers and their chained entries, who is in them, policies, covers, days of service."""

from datetime import date

from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.utils.translation import gettext as _

from farelegami.kernel.clock import ROME
from farelegami.kernel.units import Cents
from farelegami.storage.fields import SealedTextField
from farelegami.storage.models import Row
from farelegami.volunteering.rules.covers import (
    BASIS_LABELS,
    DAY_MOST,
    POLICY_LABELS,
    PUC_WEEK_LEAST,
    PUC_WEEK_MOST,
    RISK_LABELS,
    Basis,
    PolicyKind,
    Risk,
)
from farelegami.volunteering.rules.refunds import (
    EXPENSE_LABELS,
    MANNER_LABELS,
    REFUND_LABELS,
    ExpenseKind,
    KindLimit,
    Manner,
    RefundStage,
)
from farelegami.volunteering.rules.registers import (
    ENTRY_LABELS,
    PAID_LABELS,
    EntryKind,
    Facts,
    PaidKind,
    digest_of_facts,
    entry_hash,
    read_facts,
)


class Register(Row):
    """The register of volunteers of one organisation; its head is locked while an entry is added."""

    district = models.ForeignKey("territory.District", models.PROTECT, related_name="+")
    organisation = models.OneToOneField(
        "network.Organisation", models.PROTECT, related_name="volunteer_register"
    )
    opened_on = models.DateField()
    opened_by_id = models.UUIDField(null=True)
    opened_by_name = models.CharField(max_length=160)
    # While the staff of the district keep it for the organisation, in words: which written act.
    delegated_on = models.DateField(null=True, blank=True)
    delegation = models.CharField(max_length=300, blank=True)
    last_number = models.PositiveIntegerField(default=0)
    last_hash = models.CharField(max_length=64)

    class Meta:
        indexes = [models.Index(fields=["district", "id"], name="volunteering_register_list")]

    def __str__(self) -> str:
        return str(self.organisation)

    @property
    def delegated(self) -> bool:
        """Whether the staff of the district keep it."""
        return self.delegated_on is not None


class RegisterEntry(Row):
    """One line of a register: only added, numbered without gaps, bound to the one before."""

    district = models.ForeignKey("territory.District", models.PROTECT, related_name="+")
    register = models.ForeignKey(Register, models.PROTECT, related_name="entries", db_index=False)
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=10)
    # Where the person was registered then: a merge of two registrations does not touch it.
    person = models.ForeignKey("people.Person", models.PROTECT, related_name="+")
    day = models.DateField()
    occasional = models.BooleanField()
    facts = SealedTextField()
    facts_digest = models.CharField(max_length=64)
    corrects = models.ForeignKey("self", models.PROTECT, null=True, related_name="corrected_by")
    recorded_at = models.DateTimeField()
    recorded_by_id = models.UUIDField(null=True)
    recorded_by_name = models.CharField(max_length=160)
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["register", "number"], name="volunteering_entry_one_a_number"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in EntryKind]),
                name="volunteering_entry_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.kind}"

    @property
    def kind_label(self) -> str:
        return _(ENTRY_LABELS[EntryKind(self.kind)])

    @property
    def told(self) -> Facts | None:
        """The facts as they were written; None where they were erased."""
        return read_facts(self.facts)

    @property
    def facts_label(self) -> str:
        """The facts in a line, for the person's own copy."""
        told = self.told
        if told is None:
            return ""
        born = f"{told.birth_date:%d/%m/%Y}" if told.birth_date else ""
        parts = (told.name, told.tax_code, told.birth_place, born, told.residence)
        return ", ".join(part for part in parts if part)

    def computed_hash(self) -> str:
        """Return the hash that its content has now, after what it says came before."""
        return entry_hash(
            self.previous,
            {
                "id": str(self.id),
                "register": str(self.register_id),
                "number": self.number,
                "kind": str(self.kind),
                "person": str(self.person_id),
                "day": self.day.isoformat(),
                "occasional": self.occasional,
                "facts": self.facts_digest,
                "corrects": str(self.corrects_id),
                "recorded_at": self.recorded_at.isoformat(timespec="microseconds"),
                "recorded_by": str(self.recorded_by_id),
                "recorded_by_name": self.recorded_by_name,
            },
        )

    def facts_are_whole(self) -> bool:
        """Return whether the sealed facts are those of the digest."""
        return digest_of_facts(self.facts) == self.facts_digest


class Volunteer(Row):
    """Somebody's stay in a register: what its entries add up to, for lists and for covers."""

    district = models.ForeignKey("territory.District", models.PROTECT, related_name="+")
    register = models.ForeignKey(
        Register, models.PROTECT, related_name="volunteers", db_index=False
    )
    person = models.ForeignKey("people.Person", models.PROTECT, related_name="+")
    name = models.CharField(max_length=170)
    sort_name = models.CharField(max_length=170)
    occasional = models.BooleanField()
    entry = models.ForeignKey(RegisterEntry, models.PROTECT, related_name="+")
    entered_on = models.DateField()
    # The earliest day a cover may begin: the day after the entry was made (R10).
    coverable_from = models.DateField()
    left_on = models.DateField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["register", "sort_name", "id"], name="volunteering_by_name"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["register", "person"],
                condition=Q(left_on__isnull=True),
                name="volunteering_in_a_register_once",
            ),
            models.CheckConstraint(
                condition=Q(left_on__isnull=True) | Q(left_on__gte=F("entered_on")),
                name="volunteering_leaves_after_entering",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PaidLink(Row):
    """That somebody works for pay for an organisation: then they cannot be its volunteer (R15)."""

    district = models.ForeignKey("territory.District", models.PROTECT, related_name="+")
    organisation = models.ForeignKey("network.Organisation", models.PROTECT, related_name="+")
    person = models.ForeignKey("people.Person", models.PROTECT, related_name="+")
    name = models.CharField(max_length=170)
    kind = models.CharField(max_length=14)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by_id = models.UUIDField(null=True)
    recorded_by_name = models.CharField(max_length=160)

    class Meta:
        indexes = [
            models.Index(fields=["organisation", "person"], name="volunteering_paid_by_whom")
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="volunteering_paid_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return self.kind

    @property
    def kind_label(self) -> str:
        return _(PAID_LABELS[PaidKind(self.kind)])


class Policy(Row):
    """An insurance policy; both days are covered. An INAIL position has no end until it is closed."""

    district = models.ForeignKey("territory.District", models.PROTECT, related_name="+")
    organisation = models.ForeignKey("network.Organisation", models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10)
    insurer = models.CharField(max_length=120)
    number = models.CharField(max_length=60)
    accident = models.BooleanField(default=False)
    illness = models.BooleanField(default=False)
    liability = models.BooleanField(default=False)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    # The end it was made for, where it ended before.
    agreed_until = models.DateField(null=True, blank=True)
    ended_reason = models.CharField(max_length=300, blank=True)
    # Written down by mistake: it never covered anybody.
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    document = models.ForeignKey("documents.Document", models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField()
    recorded_by_id = models.UUIDField(null=True)
    recorded_by_name = models.CharField(max_length=160)

    class Meta:
        indexes = [
            models.Index(
                fields=["organisation", "kind", "ends_on"], name="volunteering_policy_until"
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="volunteering_policy_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=Q(kind=PolicyKind.INAIL_PUC.value)
                | Q(
                    kind=PolicyKind.REGISTER.value,
                    accident=True,
                    illness=True,
                    liability=True,
                    ends_on__isnull=False,
                ),
                name="volunteering_policy_all_three_risks",
            ),
            models.UniqueConstraint(
                fields=["organisation", "number"],
                condition=Q(kind=PolicyKind.INAIL_PUC.value),
                name="volunteering_one_inail_position",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.insurer} {self.number}"

    @property
    def kind_label(self) -> str:
        return _(POLICY_LABELS[PolicyKind(self.kind)])

    @property
    def risk_labels(self) -> list[str]:
        """The risks covered, in words."""
        return [_(RISK_LABELS[risk]) for risk in Risk if getattr(self, risk.value)]


class PucPosition(Row):
    """Somebody's hours for the collectivity at a host, insured by the body that leads (R11)."""

    district = models.ForeignKey("territory.District", models.PROTECT, related_name="+")
    lead = models.ForeignKey("network.Organisation", models.PROTECT, related_name="+")
    host = models.ForeignKey("network.Organisation", models.PROTECT, related_name="+")
    person = models.ForeignKey("people.Person", models.PROTECT, related_name="+")
    name = models.CharField(max_length=170)
    project = models.CharField(max_length=200)
    weekly_minutes = models.PositiveSmallIntegerField()
    opened_on = models.DateField()
    starts_on = models.DateField()
    ends_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True)
    ended_reason = models.CharField(max_length=300, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by_id = models.UUIDField(null=True)
    recorded_by_name = models.CharField(max_length=160)

    class Meta:
        indexes = [models.Index(fields=["district", "id"], name="volunteering_puc_list")]
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_on__gt=F("opened_on"), ends_on__gte=F("starts_on")),
                name="volunteering_puc_opened_the_day_before",
            ),
            models.CheckConstraint(
                condition=Q(weekly_minutes__gte=PUC_WEEK_LEAST, weekly_minutes__lte=PUC_WEEK_MOST),
                name="volunteering_puc_week",
            ),
        ]

    def __str__(self) -> str:
        return self.project


class Cover(Row):
    """Days, first and last included, on which somebody is insured with an organisation."""

    district = models.ForeignKey("territory.District", models.PROTECT, related_name="+")
    organisation = models.ForeignKey("network.Organisation", models.PROTECT, related_name="+")
    person = models.ForeignKey("people.Person", models.PROTECT, related_name="+")
    basis = models.CharField(max_length=10)
    policy = models.ForeignKey(Policy, models.PROTECT, related_name="covers")
    volunteer = models.ForeignKey(Volunteer, models.PROTECT, null=True, related_name="covers")
    puc = models.ForeignKey(PucPosition, models.PROTECT, null=True, related_name="covers")
    starts_on = models.DateField()
    ends_on = models.DateField()
    # Of a stay or a policy that ended before it began: it never ran.
    void = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(
                fields=["organisation", "person", "ends_on"], name="volunteering_cover_until"
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="volunteering_cover_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=Q(basis=Basis.VOLUNTARY.value, volunteer__isnull=False, puc__isnull=True)
                | Q(basis=Basis.PUC.value, volunteer__isnull=True, puc__isnull=False),
                name="volunteering_cover_of_one_basis",
            ),
            models.UniqueConstraint(
                fields=["volunteer", "policy"], name="volunteering_one_cover_a_policy"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.starts_on} {self.ends_on}"


class ServiceDay(Row):
    """Minutes somebody gave in a day, under a cover of that day: the database asks for it (R10).

    `source_id` is what the room above noted it for; one taken back stays, and is counted no more.
    """

    district = models.ForeignKey("territory.District", models.PROTECT, related_name="+")
    organisation = models.ForeignKey("network.Organisation", models.PROTECT, related_name="+")
    person = models.ForeignKey("people.Person", models.PROTECT, related_name="+")
    day = models.DateField()
    minutes = models.PositiveSmallIntegerField()
    basis = models.CharField(max_length=10)
    cover = models.ForeignKey(Cover, models.PROTECT, related_name="services")
    source_id = models.UUIDField()
    noted_at = models.DateTimeField()
    noted_by_id = models.UUIDField(null=True)
    noted_by_name = models.CharField(max_length=160)
    taken_back_at = models.DateTimeField(null=True, blank=True)
    taken_back_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["organisation", "person", "day"], name="volunteering_served_when"),
            models.Index(fields=["district", "basis", "day"], name="volunteering_served_basis"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["source_id"],
                condition=Q(taken_back_at__isnull=True),
                name="volunteering_service_noted_once",
            ),
            models.CheckConstraint(
                condition=Q(minutes__gt=0, minutes__lte=DAY_MOST),
                name="volunteering_minutes_of_a_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.minutes}"

    @property
    def basis_label(self) -> str:
        return _(BASIS_LABELS[Basis(self.basis)])


class RefundRule(Row):
    """Which expenses an organisation refunds, as it resolved; the newest before a day holds (R14)."""

    district = models.ForeignKey("territory.District", models.PROTECT, related_name="+")
    organisation = models.ForeignKey("network.Organisation", models.PROTECT, related_name="+")
    resolution = models.CharField(max_length=120)
    resolved_on = models.DateField()
    limits = models.JSONField()
    recorded_at = models.DateTimeField()
    recorded_by_id = models.UUIDField(null=True)
    recorded_by_name = models.CharField(max_length=160)

    class Meta:
        indexes = [
            models.Index(
                fields=["organisation", "resolved_on", "id"], name="volunteering_rule_of_a_day"
            )
        ]

    def __str__(self) -> str:
        return self.resolution

    def limit_of(self, kind: ExpenseKind) -> KindLimit | None:
        """Return the limit of a kind, None where it is not refunded."""
        told = self.limits.get(kind.value)
        return KindLimit(Cents(told["day_cents"]), bool(told["by_self"])) if told else None

    @property
    def rows(self) -> list[tuple[str, KindLimit]]:
        """The kinds resolved upon, in words, with their limits."""
        found = [(kind, self.limit_of(kind)) for kind in ExpenseKind]
        return [(_(EXPENSE_LABELS[kind]), limit) for kind, limit in found if limit]


class Refund(Row):
    """What a volunteer spent on days of service, asked back; its stage follows from its facts."""

    district = models.ForeignKey("territory.District", models.PROTECT, related_name="+")
    organisation = models.ForeignKey("network.Organisation", models.PROTECT, related_name="+")
    person = models.ForeignKey("people.Person", models.PROTECT, related_name="+")
    name = models.CharField(max_length=170)
    rule = models.ForeignKey(RefundRule, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10)
    manner = models.CharField(max_length=8)
    amount_cents = models.PositiveIntegerField()
    note = models.CharField(max_length=300, blank=True)
    receipt = models.ForeignKey("documents.Document", models.PROTECT, null=True, related_name="+")
    receipt_sha256 = models.CharField(max_length=64, blank=True)
    requested_at = models.DateTimeField()
    requested_by_id = models.UUIDField(null=True)
    requested_by_name = models.CharField(max_length=160)
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_by_id = models.UUIDField(null=True)
    approved_by_name = models.CharField(max_length=160, blank=True)
    refused_at = models.DateTimeField(null=True, blank=True)
    refused_by_name = models.CharField(max_length=160, blank=True)
    refused_reason = models.CharField(max_length=300, blank=True)
    paid_on = models.DateField(null=True, blank=True)
    paid_by_name = models.CharField(max_length=160, blank=True)
    stage = models.GeneratedField(
        expression=Case(
            When(paid_on__isnull=False, then=Value(RefundStage.PAID.value)),
            When(refused_at__isnull=False, then=Value(RefundStage.REFUSED.value)),
            When(approved_at__isnull=False, then=Value(RefundStage.APPROVED.value)),
            default=Value(RefundStage.REQUESTED.value),
        ),
        output_field=models.CharField(max_length=10),
        db_persist=True,
    )

    class Meta:
        indexes = [
            models.Index(fields=["organisation", "id"], name="volunteering_refund_list"),
            models.Index(fields=["person", "organisation"], name="volunteering_refund_whose"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(approved_by_id__isnull=True) | ~Q(approved_by_id=F("requested_by_id")),
                name="volunteering_refund_two_hands",
            ),
            models.CheckConstraint(
                condition=Q(paid_on__isnull=True)
                | Q(approved_at__isnull=False, refused_at__isnull=True),
                name="volunteering_refund_paid_if_approved",
            ),
            models.CheckConstraint(
                condition=Q(manner=Manner.SELF.value, receipt__isnull=True)
                | Q(manner=Manner.RECEIPT.value),
                name="volunteering_refund_shown_somehow",
            ),
            models.CheckConstraint(
                condition=Q(amount_cents__gt=0), name="volunteering_refund_amount"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.amount_cents}"

    @property
    def approved_on(self) -> date | None:
        """The day of Italy on which it was approved, if it was."""
        return self.approved_at and self.approved_at.astimezone(ROME).date()

    @property
    def stage_now(self) -> RefundStage:
        """The stage as what it is."""
        return RefundStage(self.stage)

    @property
    def stage_label(self) -> str:
        return _(REFUND_LABELS[RefundStage(self.stage)])

    @property
    def kind_label(self) -> str:
        return _(EXPENSE_LABELS[ExpenseKind(self.kind)])

    @property
    def manner_label(self) -> str:
        return _(MANNER_LABELS[Manner(self.manner)])


class RefundDay(Row):
    """How much of a refund belongs to one day of service."""

    district = models.ForeignKey("territory.District", models.PROTECT, related_name="+")
    refund = models.ForeignKey(Refund, models.PROTECT, related_name="parts")
    service = models.ForeignKey(ServiceDay, models.PROTECT, related_name="+")
    day = models.DateField()
    amount_cents = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["refund", "service"], name="volunteering_refund_day_once"
            ),
            models.CheckConstraint(
                condition=Q(amount_cents__gt=0), name="volunteering_refund_day_amount"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.amount_cents}"


class PucExport(Row):
    """That the days of a quarter were taken out for INAIL: which and how many, by whom, when."""

    district = models.ForeignKey("territory.District", models.PROTECT, related_name="+")
    lead = models.ForeignKey("network.Organisation", models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    quarter = models.PositiveSmallIntegerField()
    days = models.PositiveIntegerField()
    people = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    exported_at = models.DateTimeField()
    exported_by_id = models.UUIDField(null=True)
    exported_by_name = models.CharField(max_length=160)

    class Meta:
        indexes = [
            models.Index(
                fields=["district", "year", "quarter", "lead"], name="volunteering_export_of"
            )
        ]

    def __str__(self) -> str:
        return f"{self.year}/{self.quarter}"
