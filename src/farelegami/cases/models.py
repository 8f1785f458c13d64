"""Referrals, cases, who works on them, what was read together, and the sealed diary."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from farelegami.cases.rules.assessments import RESPONDENT_LABELS, Moment, Respondent
from farelegami.cases.rules.phases import (
    FINDING_LABELS,
    OPEN_PHASES,
    PHASE_LABELS,
    FindingKind,
    Phase,
)
from farelegami.cases.rules.referrals import (
    CHANNEL_LABELS,
    OPEN,
    SOURCE_LABELS,
    STAGE_LABELS,
    URGENCY_LABELS,
    Channel,
    ReferralStage,
    Source,
    Urgency,
)
from farelegami.cases.rules.teamwork import (
    DIARY_LABELS,
    HANDOVER_LABELS,
    DiaryKind,
    HandoverStage,
)
from farelegami.kernel import clock
from farelegami.kernel.languages import SPOKEN
from farelegami.storage.fields import SealedTextField
from farelegami.storage.models import Row


class _Tenant(Row):
    """A row of one district; every index of it leads there or to its case."""

    district = models.ForeignKey(
        "territory.District", models.PROTECT, related_name="+", db_index=False
    )

    class Meta:
        abstract = True


class Referral(_Tenant):
    """Word that somebody may need help, with contacts of its own until there is a person."""

    code = models.CharField(_("codice di ricevuta"), max_length=12, unique=True)
    stage = models.CharField(_("stato"), max_length=12, default=ReferralStage.RECEIVED.value)
    source = models.CharField(_("da chi"), max_length=12)
    channel = models.CharField(_("canale"), max_length=12)
    urgency = models.CharField(_("urgenza"), max_length=8, default=Urgency.ORDINARY.value)
    organisation = models.ForeignKey(
        "network.Organisation", models.PROTECT, null=True, blank=True, related_name="+"
    )
    sent_by_id = models.UUIDField(null=True)
    referrer_name = models.CharField(_("chi segnala"), max_length=120, blank=True)
    referrer_contact = models.CharField(
        _("come richiamare chi segnala"), max_length=120, blank=True
    )
    given_name = models.CharField(_("nome"), max_length=80)
    family_name = models.CharField(_("cognome"), max_length=80, blank=True)
    phone = models.CharField(_("telefono"), max_length=40, blank=True)
    email = models.EmailField(_("posta elettronica"), blank=True)
    contact_hours = models.CharField(_("quando chiamare"), max_length=120, blank=True)
    language = models.CharField(_("lingua"), max_length=3, default="it")
    municipality = models.ForeignKey(
        "territory.Municipality", models.PROTECT, null=True, related_name="+", db_index=False
    )
    reason = SealedTextField(_("di che cosa c’è bisogno"))
    person_informed = models.BooleanField(_("la persona lo sa"), default=False)
    received_at = models.DateTimeField(_("ricevuta il"), default=clock.now)
    answered_at = models.DateTimeField(null=True)
    answer = SealedTextField(_("risposta"), blank=True, default="")
    directed_to = models.CharField(_("orientata a"), max_length=160, blank=True)
    worker = models.ForeignKey(
        "access.Account",
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("chi la segue"),
    )
    person = models.ForeignKey("people.Person", models.PROTECT, null=True, related_name="+")
    # Where a case is that may pass here; the referral then has the id of that transfer.
    transfer_from = models.ForeignKey(
        "territory.District", models.PROTECT, null=True, related_name="+", db_index=False
    )
    answer_by = models.DateField(_("rispondere entro"), null=True)
    withdrawn_at = models.DateTimeField(null=True)
    erased_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("segnalazione")
        verbose_name_plural = _("segnalazioni")
        indexes = [
            models.Index(fields=["district", "stage", "id"], name="cases_referral_list"),
            models.Index(fields=["organisation", "id"], name="cases_referral_of_organisation"),
            models.Index(fields=["sent_by_id", "id"], name="cases_referral_of_sender"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def name(self) -> str:
        """The name of the person the referral is about, as it was told."""
        return f"{self.given_name} {self.family_name}".strip()

    @property
    def stage_label(self) -> str:
        return gettext(STAGE_LABELS[ReferralStage(self.stage)])

    @property
    def language_label(self) -> str:
        """The language the person is written to in, by its own name."""
        return SPOKEN.get(self.language, self.language)

    @property
    def source_label(self) -> str:
        return gettext(SOURCE_LABELS[Source(self.source)])

    @property
    def channel_label(self) -> str:
        return gettext(CHANNEL_LABELS[Channel(self.channel)])

    @property
    def urgency_label(self) -> str:
        return gettext(URGENCY_LABELS[Urgency(self.urgency)])

    @property
    def is_late(self) -> bool:
        """Whether the district that sent it still waits after the day it asked for."""
        waits = ReferralStage(self.stage) in OPEN
        return waits and self.answer_by is not None and self.answer_by < clock.today()


class ContactAttempt(_Tenant):
    """A time somebody tried to speak with the person."""

    referral = models.ForeignKey(Referral, models.CASCADE, related_name="attempts", db_index=False)
    tried_at = models.DateTimeField(_("quando"))
    channel = models.CharField(_("come"), max_length=12)
    reached = models.BooleanField(_("ha risposto"))
    note = models.CharField(_("nota"), max_length=300, blank=True)
    by_id = models.UUIDField(null=True)
    by_name = models.CharField(max_length=150)

    class Meta:
        verbose_name = _("tentativo di contatto")
        verbose_name_plural = _("tentativi di contatto")
        indexes = [models.Index(fields=["referral", "id"], name="cases_attempt_of_referral")]

    def __str__(self) -> str:
        return f"{self.tried_at:%d/%m/%Y}"

    @property
    def channel_label(self) -> str:
        return gettext(CHANNEL_LABELS[Channel(self.channel)])


class Case(_Tenant):
    """A household taken in charge; the screen calls it a percorso, never a case."""

    household = models.ForeignKey("people.Household", models.PROTECT, related_name="+")
    contact = models.ForeignKey("people.Person", models.PROTECT, related_name="+")
    referral = models.OneToOneField(Referral, models.PROTECT, null=True, related_name="case")
    programme = models.ForeignKey(
        "programmes.Programme", models.PROTECT, related_name="+", db_index=False
    )
    manager = models.ForeignKey("access.Account", models.PROTECT, related_name="+", db_index=False)
    phase = models.CharField(_("fase"), max_length=16, default=Phase.INTAKE.value)
    opened_on = models.DateField(_("presa in carico"))
    first_meeting_on = models.DateField(_("primo incontro"), null=True)
    deep_analysis_on = models.DateField(_("quadro di analisi"), null=True)
    closed_on = models.DateField(_("chiusura"), null=True)
    closing_reason = SealedTextField(_("motivo della chiusura"), blank=True, default="")
    erased_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("percorso")
        verbose_name_plural = _("percorsi")
        indexes = [
            models.Index(fields=["manager", "id"], name="cases_caseload"),
            models.Index(fields=["district", "id"], name="cases_of_district"),
            models.Index(
                fields=["district", "opened_on"],
                condition=Q(first_meeting_on__isnull=True, closed_on__isnull=True),
                name="cases_never_met",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["household"],
                condition=Q(closed_on__isnull=True),
                name="cases_one_open_case_a_household",
            ),
            models.CheckConstraint(
                condition=Q(closed_on__isnull=True, phase__in=[str(p) for p in OPEN_PHASES])
                | Q(closed_on__isnull=False, phase=Phase.CLOSED.value),
                name="cases_closed_has_a_day",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def phase_label(self) -> str:
        return gettext(PHASE_LABELS[Phase(self.phase)])

    @property
    def is_open(self) -> bool:
        return self.closed_on is None


class ManagerPeriod(_Tenant):
    """Since when, and until when, one worker answers for the case: exactly one at a time."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="managers", db_index=False)
    account = models.ForeignKey("access.Account", models.PROTECT, related_name="+", db_index=False)
    starts_on = models.DateField(_("dal"))
    ends_on = models.DateField(_("al"), null=True)

    class Meta:
        verbose_name = _("periodo di un case manager")
        verbose_name_plural = _("periodi dei case manager")
        indexes = [models.Index(fields=["case", "id"], name="cases_manager_history")]
        constraints = [
            models.UniqueConstraint(
                fields=["case"],
                condition=Q(ends_on__isnull=True),
                name="cases_one_manager_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="cases_manager_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.starts_on:%d/%m/%Y}"


class Finding(_Tenant):
    """One need, resource or presence read together in the first analysis."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="findings", db_index=False)
    kind = models.CharField(_("che cosa"), max_length=8)
    area = models.CharField(_("ambito di vita"), max_length=20)
    text = SealedTextField(_("in parole semplici"))
    noted_at = models.DateTimeField(default=clock.now)
    by_id = models.UUIDField(null=True)
    by_name = models.CharField(max_length=150)

    class Meta:
        verbose_name = _("elemento dell’analisi")
        verbose_name_plural = _("elementi dell’analisi")
        indexes = [models.Index(fields=["case", "id"], name="cases_finding_of_case")]

    def __str__(self) -> str:
        return f"{self.kind} {self.area}"

    @property
    def kind_label(self) -> str:
        return gettext(FINDING_LABELS[FindingKind(self.kind)])


class Assessment(_Tenant):
    """The answers to an instrument at one moment; once confirmed, a guard keeps them."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="assessments", db_index=False)
    person = models.ForeignKey("people.Person", models.PROTECT, related_name="+")
    instrument = models.CharField(_("strumento"), max_length=40)
    version = models.CharField(_("versione"), max_length=20)
    licence = models.CharField(_("licenza"), max_length=80)
    moment = models.CharField(_("momento"), max_length=2, choices=[(m, m.value) for m in Moment])
    respondent = models.CharField(_("chi ha risposto"), max_length=8)
    answers = models.JSONField(_("risposte"))
    score = models.SmallIntegerField(_("punteggio"), null=True)
    taken_on = models.DateField(_("data"))
    taken_by_id = models.UUIDField(null=True)
    taken_by_name = models.CharField(max_length=150)
    confirmed_at = models.DateTimeField(_("confermata il"), null=True)
    confirmed_by_id = models.UUIDField(null=True)

    class Meta:
        verbose_name = _("rilevazione")
        verbose_name_plural = _("rilevazioni")
        indexes = [models.Index(fields=["case", "instrument", "moment"], name="cases_assessments")]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "person", "instrument", "moment"], name="cases_assessment_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.instrument} {self.moment}"

    @property
    def respondent_label(self) -> str:
        return gettext(RESPONDENT_LABELS[Respondent(self.respondent)])


class DiaryEntry(_Tenant):
    """A dated note of the social worker, bound by secrecy; corrected by another, never changed."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="diary", db_index=False)
    kind = models.CharField(_("tipo"), max_length=8)
    happened_on = models.DateField(_("data"))
    text = SealedTextField(_("testo"))
    corrects = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="corrections", db_index=False
    )
    written_at = models.DateTimeField(default=clock.now)
    author_id = models.UUIDField(null=True)
    author_name = models.CharField(max_length=150)

    class Meta:
        verbose_name = _("nota del diario")
        verbose_name_plural = _("note del diario")
        indexes = [models.Index(fields=["case", "happened_on", "id"], name="cases_diary_of_case")]
        constraints = [
            models.UniqueConstraint(fields=["corrects"], name="cases_diary_corrected_once")
        ]

    def __str__(self) -> str:
        return f"{self.happened_on:%d/%m/%Y}"

    @property
    def kind_label(self) -> str:
        return gettext(DIARY_LABELS[DiaryKind(self.kind)])


class DiaryOpening(_Tenant):
    """The act by which a coordinator opens a diary for a day, with the reason."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="diary_openings", db_index=False)
    account_id = models.UUIDField()
    account_name = models.CharField(max_length=150)
    reason = models.CharField(_("motivo"), max_length=300)
    opened_at = models.DateTimeField(default=clock.now)
    until = models.DateTimeField(_("fino a"))

    class Meta:
        verbose_name = _("apertura del diario")
        verbose_name_plural = _("aperture del diario")
        indexes = [
            models.Index(fields=["case", "account_id", "until"], name="cases_diary_openings")
        ]

    def __str__(self) -> str:
        return f"{self.account_name} {self.opened_at:%d/%m/%Y}"


class TeamMember(_Tenant):
    """Somebody invited to a case for a time; `reads_diary` only for a substitute social worker.

    An account alone is a colleague, with an organisation it is a referent of it; an organisation
    alone is whoever has a role there.
    """

    case = models.ForeignKey(Case, models.CASCADE, related_name="team", db_index=False)
    account = models.ForeignKey(
        "access.Account", models.PROTECT, null=True, related_name="+", db_index=False
    )
    organisation = models.ForeignKey(
        "network.Organisation",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    task = models.CharField(_("compito"), max_length=120)
    reads_diary = models.BooleanField(_("sostituisce: legge e scrive il diario"), default=False)
    starts_on = models.DateField(_("dal"))
    ends_on = models.DateField(_("al"))
    withdrawn_at = models.DateTimeField(null=True)
    invited_by_id = models.UUIDField(null=True)
    invited_by_name = models.CharField(max_length=150)

    class Meta:
        verbose_name = _("membro dell’équipe")
        verbose_name_plural = _("membri dell’équipe")
        indexes = [
            models.Index(fields=["account", "ends_on", "case"], name="cases_team_of_account"),
            models.Index(fields=["organisation", "ends_on", "case"], name="cases_team_of_body"),
            models.Index(fields=["case", "ends_on"], name="cases_team_of_case"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="cases_team_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(account__isnull=False) | Q(organisation__isnull=False),
                name="cases_team_is_somebody",
            ),
            models.CheckConstraint(
                condition=Q(reads_diary=False)
                | Q(account__isnull=False, organisation__isnull=True),
                name="cases_team_diary_for_colleagues",
            ),
            models.UniqueConstraint(
                fields=["case", "account"],
                condition=Q(withdrawn_at__isnull=True),
                name="cases_team_account_once",
            ),
            models.UniqueConstraint(
                fields=["case", "organisation"],
                condition=Q(withdrawn_at__isnull=True, account__isnull=True),
                name="cases_team_body_once",
            ),
        ]

    def __str__(self) -> str:
        return self.task

    @property
    def name(self) -> str:
        """Who is invited: the person, or the whole organisation."""
        if self.account is not None:
            return str(self.account.name)
        return str(self.organisation)


class Handover(_Tenant):
    """The passage of a case to another worker, body or district; it takes effect when accepted."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="handovers", db_index=False)
    stage = models.CharField(_("stato"), max_length=10, default=HandoverStage.PROPOSED.value)
    from_account = models.ForeignKey(
        "access.Account", models.PROTECT, related_name="+", db_index=False
    )
    to_account = models.ForeignKey(
        "access.Account", models.PROTECT, null=True, related_name="+", db_index=False
    )
    to_organisation = models.ForeignKey(
        "network.Organisation", models.PROTECT, null=True, related_name="+", db_index=False
    )
    to_district = models.ForeignKey(
        "territory.District", models.PROTECT, null=True, related_name="+", db_index=False
    )
    reason = SealedTextField(_("motivo"))
    basis = models.CharField(_("in base a che cosa"), max_length=200)
    deadline = models.DateField(_("entro il"))
    family_knows = models.BooleanField(_("la famiglia lo sa"), default=False)
    proposed_at = models.DateTimeField(default=clock.now)
    answered_at = models.DateTimeField(null=True)
    answered_by_name = models.CharField(max_length=150, blank=True)
    answer = SealedTextField(_("risposta"), blank=True, default="")

    class Meta:
        verbose_name = _("passaggio")
        verbose_name_plural = _("passaggi")
        indexes = [
            models.Index(fields=["to_account", "stage"], name="cases_handover_to_account"),
            models.Index(fields=["to_organisation", "stage"], name="cases_handover_to_body"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["case"],
                condition=Q(stage=HandoverStage.PROPOSED.value),
                name="cases_one_open_handover",
            ),
            models.CheckConstraint(
                condition=Q(
                    to_account__isnull=False, to_organisation__isnull=True, to_district__isnull=True
                )
                | Q(
                    to_account__isnull=True, to_organisation__isnull=False, to_district__isnull=True
                )
                | Q(
                    to_account__isnull=True, to_organisation__isnull=True, to_district__isnull=False
                ),
                name="cases_handover_to_one",
            ),
        ]

    def __str__(self) -> str:
        return self.stage

    @property
    def stage_label(self) -> str:
        return gettext(HANDOVER_LABELS[HandoverStage(self.stage)])

    @property
    def receiver_name(self) -> str:
        """To whom the case should pass: a worker, a body, a district."""
        if self.to_account is not None:
            return str(self.to_account.name)
        if self.to_organisation is not None:
            return str(self.to_organisation)
        return str(self.to_district.name) if self.to_district is not None else ""

    @property
    def is_late(self) -> bool:
        """Whether the answer is still awaited after its day."""
        return self.stage == HandoverStage.PROPOSED and self.deadline < clock.today()
