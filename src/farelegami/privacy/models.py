"""Requests of people, retention lists, the register of what was erased, unusual readings."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from farelegami.kernel import clock
from farelegami.privacy.rules.anomalies import REASONS, RULE_LABELS, RULE_TOLD, Rule
from farelegami.privacy.rules.requests import KIND_LABELS, OUTCOME_LABELS, Outcome, RequestKind
from farelegami.privacy.rules.retention import LIST_LABELS, ROOT_LABELS, ROOT_ONE, ListStage
from farelegami.storage.fields import SealedTextField
from farelegami.storage.models import Row


class _OfDistrict(Row):
    district = models.ForeignKey(
        "territory.District", models.PROTECT, related_name="+", db_index=False
    )

    class Meta:
        abstract = True


class DataRequest(_OfDistrict):
    """What a person asked of their data, when, and what they were answered."""

    kind = models.CharField(_("che cosa chiede"), max_length=14)
    person = models.ForeignKey("people.Person", models.PROTECT, null=True, related_name="+")
    name = models.CharField(_("chi chiede"), max_length=160)
    contact = models.CharField(_("dove rispondere"), max_length=160)
    text = SealedTextField(_("con quali parole"), blank=True, default="")
    received_on = models.DateField(_("ricevuta il"))
    due_on = models.DateField(_("rispondere entro"))
    extended_at = models.DateTimeField(null=True)
    extension_reason = models.CharField(_("perché serve più tempo"), max_length=300, blank=True)
    answered_at = models.DateTimeField(null=True)
    outcome = models.CharField(_("esito"), max_length=8, blank=True)
    answer = SealedTextField(_("risposta"), blank=True, default="")
    answered_by_id = models.UUIDField(null=True)
    answered_by_name = models.CharField(max_length=150, blank=True)
    includes_diary = models.BooleanField(_("con il diario"), default=False)
    diary_reason = models.CharField(_("perché il diario"), max_length=300, blank=True)
    copied_at = models.DateTimeField(null=True)
    registered_at = models.DateTimeField()
    registered_by_id = models.UUIDField(null=True)
    registered_by_name = models.CharField(max_length=150)

    class Meta:
        verbose_name = _("richiesta sui dati")
        verbose_name_plural = _("richieste sui dati")
        indexes = [
            models.Index(fields=["district", "-id"], name="privacy_requests_all"),
            models.Index(
                fields=["district", "due_on", "id"],
                condition=Q(answered_at__isnull=True),
                name="privacy_requests_open",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, outcome="")
                | Q(answered_at__isnull=False) & ~Q(outcome=""),
                name="privacy_answer_has_an_outcome",
            ),
            models.CheckConstraint(
                condition=Q(includes_diary=False) | ~Q(diary_reason=""),
                name="privacy_diary_has_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.received_on:%d/%m/%Y}"

    @property
    def kind_label(self) -> str:
        return gettext(KIND_LABELS[RequestKind(self.kind)])

    @property
    def outcome_label(self) -> str:
        return gettext(OUTCOME_LABELS[Outcome(self.outcome)]) if self.outcome else ""

    @property
    def is_open(self) -> bool:
        return self.answered_at is None

    @property
    def is_late(self) -> bool:
        """Whether nobody has answered and the day is past."""
        return self.is_open and self.due_on < clock.today()


class RetentionList(_OfDistrict):
    """What is past its term in a district: drawn up, proposed by one person, approved by another."""

    root = models.CharField(max_length=20)
    drawn_at = models.DateTimeField()
    # Only where a person asked and the DPO said yes; otherwise a term of the plan.
    request = models.ForeignKey(DataRequest, models.PROTECT, null=True, related_name="lists")
    proposed_at = models.DateTimeField(null=True)
    proposed_by_id = models.UUIDField(null=True)
    proposed_by_name = models.CharField(max_length=150, blank=True)
    approved_at = models.DateTimeField(null=True)
    approved_by_id = models.UUIDField(null=True)
    approved_by_name = models.CharField(max_length=150, blank=True)
    done_at = models.DateTimeField(null=True)
    dropped_at = models.DateTimeField(null=True)
    dropped_by_name = models.CharField(max_length=150, blank=True)
    dropped_reason = models.CharField(_("perché si lascia"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("lista di scarto")
        verbose_name_plural = _("liste di scarto")
        indexes = [models.Index(fields=["district", "-id"], name="privacy_lists_all")]
        constraints = [
            models.UniqueConstraint(
                fields=["district", "root"],
                condition=Q(
                    approved_at__isnull=True, dropped_at__isnull=True, request__isnull=True
                ),
                name="privacy_one_list_waits",
            ),
            models.CheckConstraint(
                condition=Q(approved_at__isnull=True)
                | (Q(proposed_at__isnull=False) & ~Q(approved_by_id=F("proposed_by_id"))),
                name="privacy_list_two_hands",
            ),
            models.CheckConstraint(
                condition=Q(dropped_at__isnull=True) | Q(approved_at__isnull=True),
                name="privacy_list_one_end",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.root} {self.drawn_at:%d/%m/%Y}"

    @property
    def stage(self) -> ListStage:
        """Where the list is, by the latest of its facts."""
        for fact, stage in (
            (self.done_at, ListStage.DONE),
            (self.dropped_at, ListStage.DROPPED),
            (self.approved_at, ListStage.APPROVED),
            (self.proposed_at, ListStage.PROPOSED),
        ):
            if fact is not None:
                return stage
        return ListStage.DRAWN

    @property
    def stage_label(self) -> str:
        return gettext(LIST_LABELS[self.stage])

    @property
    def root_label(self) -> str:
        return gettext(ROOT_LABELS.get(self.root, self.root))


class RetentionItem(_OfDistrict):
    """One object of a list, by its number: never a name, which would have to be erased in turn."""

    list = models.ForeignKey(RetentionList, models.PROTECT, related_name="items", db_index=False)
    root = models.CharField(max_length=20)
    object_id = models.UUIDField()
    label = models.CharField(max_length=60)
    since = models.DateField()
    taken_out_at = models.DateTimeField(null=True)
    taken_out_by_name = models.CharField(max_length=150, blank=True)
    taken_out_reason = models.CharField(_("perché resta"), max_length=300, blank=True)
    erased_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("voce di una lista di scarto")
        verbose_name_plural = _("voci delle liste di scarto")
        indexes = [models.Index(fields=["list", "id"], name="privacy_items_of_list")]
        constraints = [
            models.UniqueConstraint(
                fields=["object_id"],
                condition=Q(taken_out_at__isnull=True),
                name="privacy_item_in_one_list",
            ),
            models.CheckConstraint(
                condition=Q(erased_at__isnull=True) | Q(taken_out_at__isnull=True),
                name="privacy_item_one_end",
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def root_one(self) -> str:
        return gettext(ROOT_ONE.get(self.root, self.root))


class Erasure(_OfDistrict):
    """The register: what was erased, how much, which rows, by whose decision. Never changed.

    `seal` is a keyed digest of the rows as they were.
    """

    item_id = models.UUIDField(unique=True)
    list_id = models.UUIDField()
    root = models.CharField(max_length=20)
    object_id = models.UUIDField()
    label = models.CharField(max_length=60)
    counts = models.JSONField()
    ids = models.JSONField()
    log_entries = models.PositiveIntegerField()
    seal = models.CharField(max_length=64)
    proposed_by_name = models.CharField(max_length=150)
    approved_by_id = models.UUIDField()
    approved_by_name = models.CharField(max_length=150)
    approved_at = models.DateTimeField()
    erased_at = models.DateTimeField()

    class Meta:
        verbose_name = _("cancellazione")
        verbose_name_plural = _("cancellazioni")
        indexes = [models.Index(fields=["district", "-id"], name="privacy_erasures_all")]

    def __str__(self) -> str:
        return f"{self.label} {self.erased_at:%d/%m/%Y}"

    @property
    def root_one(self) -> str:
        return gettext(ROOT_ONE.get(self.root, self.root))

    @property
    def rows(self) -> int:
        """How many rows went or were emptied."""
        return int(sum(self.counts.values()))


class Anomaly(_OfDistrict):
    """A day on which somebody read in an unusual way, and who has looked at it."""

    day = models.DateField()
    account_id = models.UUIDField()
    account_name = models.CharField(max_length=150)
    rule = models.CharField(max_length=8)
    # District, account, day and rule in one: a day is written down once.
    mark = models.CharField(max_length=80, unique=True)
    facts = models.JSONField(default=dict)
    found_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True)
    seen_by_id = models.UUIDField(null=True)
    seen_by_name = models.CharField(max_length=150, blank=True)
    note = models.CharField(_("che cosa ne è"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("lettura insolita")
        verbose_name_plural = _("letture insolite")
        indexes = [
            models.Index(fields=["district", "-id"], name="privacy_anomalies_all"),
            models.Index(
                fields=["district", "-id"],
                condition=Q(seen_at__isnull=True),
                name="privacy_anomalies_new",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account_name} {self.day:%d/%m/%Y} {self.rule}"

    @property
    def rule_label(self) -> str:
        return gettext(RULE_LABELS[Rule(self.rule)])

    @property
    def rule_told(self) -> str:
        return gettext(RULE_TOLD[Rule(self.rule)])

    @property
    def reason(self) -> str:
        """The figures of the day, in a sentence."""
        return str(gettext(REASONS[Rule(self.rule)]) % self.facts)
