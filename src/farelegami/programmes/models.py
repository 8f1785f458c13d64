"""A programme and everything that is decided once for all of its pacts."""

from typing import Final

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from farelegami.storage.models import Row

# Under which the catalogue holds the words of the packaged programmes.
_SAID_IN: Final = "programmes/data"


class Programme(Row):
    """A funded programme; the numbers of days are those that its pacts are held to."""

    code = models.SlugField(_("codice"), max_length=40, unique=True)
    name = models.CharField(_("nome"), max_length=200)
    summary = models.TextField(_("in breve"), blank=True)
    lead = models.ForeignKey(
        "network.Organisation",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("ente capofila"),
    )
    starts_on = models.DateField(_("inizio"))
    ends_on = models.DateField(_("fine"))
    currency = models.CharField(_("valuta"), max_length=3, default="EUR")
    value_cents = models.BigIntegerField(_("valore complessivo"), default=0)
    days_to_present_documents = models.PositiveSmallIntegerField(
        _("giorni per presentare i documenti"), default=30
    )
    meeting_interval_days = models.PositiveSmallIntegerField(
        _("giorni fra due incontri"), default=90
    )
    first_meeting_within_days = models.PositiveSmallIntegerField(
        _("giorni entro cui tenere il primo incontro"), default=120
    )
    first_meeting_target_days = models.PositiveSmallIntegerField(
        _("giorni entro cui è bene tenere il primo incontro"), default=60
    )
    districts: "models.ManyToManyField[models.Model, ProgrammeDistrict]" = models.ManyToManyField(
        "territory.District", through="ProgrammeDistrict", related_name="+"
    )

    class Meta:
        verbose_name = _("programma")
        verbose_name_plural = _("programmi")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="programmes_programme_dates"
            ),
            models.CheckConstraint(
                condition=Q(first_meeting_target_days__lte=F("first_meeting_within_days")),
                name="programmes_programme_first_meeting",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ProgrammeDistrict(Row):
    """A district in which the programme works."""

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="+", db_index=False)
    district = models.ForeignKey("territory.District", models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("ambito del programma")
        verbose_name_plural = _("ambiti del programma")
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "district"], name="programmes_district_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.programme_id} {self.district_id}"


class _Coded(Row):
    """A line of a programme that its file names by code."""

    code = models.SlugField(_("codice"), max_length=40)
    position = models.PositiveSmallIntegerField(_("ordine"), default=0)

    class Meta:
        abstract = True


class Action(_Coded):
    """One of the great actions of a programme."""

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="actions", db_index=False)
    name = models.CharField(_("nome"), max_length=200)
    summary = models.TextField(_("in breve"), blank=True)

    class Meta:
        verbose_name = _("azione")
        verbose_name_plural = _("azioni")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["programme", "code"], name="programmes_action_code")
        ]

    def __str__(self) -> str:
        return self.name


class FundingSource(_Coded):
    """Who pays, and how much; its ledger account (owner: this row) goes below zero as it gives."""

    programme = models.ForeignKey(
        Programme, models.CASCADE, related_name="funding_sources", db_index=False
    )
    funder = models.CharField(_("finanziatore"), max_length=200)
    organisation = models.ForeignKey(
        "network.Organisation", models.PROTECT, null=True, blank=True, related_name="+"
    )
    amount_cents = models.BigIntegerField(_("importo"))
    account_id = models.UUIDField(_("conto"), editable=False)

    class Meta:
        verbose_name = _("fonte di finanziamento")
        verbose_name_plural = _("fonti di finanziamento")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["programme", "code"], name="programmes_source_code"),
            models.CheckConstraint(
                condition=Q(amount_cents__gte=0), name="programmes_source_amount"
            ),
        ]

    def __str__(self) -> str:
        return self.funder


class BudgetLine(_Coded):
    """A cost line of the funder (A01, A05…): a table, because each funder has its own."""

    programme = models.ForeignKey(
        Programme, models.CASCADE, related_name="budget_lines", db_index=False
    )
    label = models.CharField(_("voce"), max_length=200)
    depreciable = models.BooleanField(_("investimento ammortizzabile"), default=False)

    class Meta:
        verbose_name = _("voce di costo")
        verbose_name_plural = _("voci di costo")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["programme", "code"], name="programmes_line_code")
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.label}"

    @property
    def said(self) -> str:
        """Its label, in the language of the page, where the catalogue has it."""
        return pgettext(_SAID_IN, self.label)


class Partner(Row):
    """A body that carries the programme."""

    programme = models.ForeignKey(
        Programme, models.CASCADE, related_name="partners", db_index=False
    )
    organisation = models.ForeignKey("network.Organisation", models.PROTECT, related_name="+")
    is_lead = models.BooleanField(_("capofila"), default=False)
    position = models.PositiveSmallIntegerField(_("ordine"), default=0)

    class Meta:
        verbose_name = _("partner")
        verbose_name_plural = _("partner")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "organisation"], name="programmes_partner_once"
            ),
            models.UniqueConstraint(
                fields=["programme"],
                condition=Q(is_lead=True),
                name="programmes_one_lead_partner",
            ),
        ]

    def __str__(self) -> str:
        return str(self.organisation_id)


class PartnerShare(Row):
    """What a partner may spend on a cost line from a source, in cents."""

    partner = models.ForeignKey(Partner, models.CASCADE, related_name="shares", db_index=False)
    line = models.ForeignKey(BudgetLine, models.PROTECT, related_name="+")
    source = models.ForeignKey(FundingSource, models.PROTECT, related_name="+")
    amount_cents = models.BigIntegerField(_("importo"))

    class Meta:
        verbose_name = _("quota di un partner")
        verbose_name_plural = _("quote dei partner")
        constraints = [
            models.UniqueConstraint(
                fields=["partner", "line", "source"], name="programmes_share_once"
            ),
            models.CheckConstraint(condition=Q(amount_cents__gt=0), name="programmes_share_amount"),
        ]

    def __str__(self) -> str:
        return f"{self.amount_cents}"


class CoDesignStep(Row):
    """A dated track that co-progettazione leaves: notice, table, convention, decision (R30)."""

    class Kind(models.TextChoices):
        NOTICE = "notice", _("avviso pubblico")
        TABLE = "table", _("tavolo")
        CONVENTION = "convention", _("convenzione")
        DECISION = "decision", _("decisione della cabina di regia")

    programme = models.ForeignKey(
        Programme, models.CASCADE, related_name="codesign_steps", db_index=False
    )
    kind = models.CharField(_("passo"), max_length=12, choices=Kind.choices)
    happened_on = models.DateField(_("data"))
    title = models.CharField(_("oggetto"), max_length=200)
    outcome = models.TextField(_("esito"), blank=True)
    document_id = models.UUIDField(_("documento"), null=True, blank=True)

    class Meta:
        verbose_name = _("passo della co-progettazione")
        verbose_name_plural = _("passi della co-progettazione")
        indexes = [
            models.Index(fields=["programme", "happened_on"], name="programmes_codesign_by_day")
        ]

    def __str__(self) -> str:
        return self.title


class Target(_Coded):
    """A number that the programme promised, or a result already on record."""

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="targets", db_index=False)
    label = models.CharField(_("indicatore"), max_length=200)
    value = models.BigIntegerField(_("valore"))
    unit = models.CharField(_("unità"), max_length=20, default="numero")
    counting_rule = models.CharField(_("come si conta"), max_length=300, blank=True)
    source = models.CharField(_("fonte"), max_length=60, blank=True)
    is_result = models.BooleanField(_("è un risultato, non un obiettivo"), default=False)

    class Meta:
        verbose_name = _("obiettivo di programma")
        verbose_name_plural = _("obiettivi di programma")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["programme", "code"], name="programmes_target_code")
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.label}"

    @property
    def said(self) -> str:
        """Its label, in the language of the page, where the catalogue has it."""
        return pgettext(_SAID_IN, self.label)

    @property
    def rule_said(self) -> str:
        """How it is counted, in the language of the page, where the catalogue has it."""
        return pgettext(_SAID_IN, self.counting_rule)


class PactType(_Coded):
    """What a pact of this programme may be: for whom, how much, how long."""

    programme = models.ForeignKey(
        Programme, models.CASCADE, related_name="pact_types", db_index=False
    )
    name = models.CharField(_("nome"), max_length=120)
    audience = models.TextField(_("a chi si rivolge"))
    cap_cents = models.BigIntegerField(_("tetto del budget"))
    validity_months = models.PositiveSmallIntegerField(_("durata in mesi"))
    min_age = models.PositiveSmallIntegerField(_("età minima alla firma"), null=True, blank=True)
    max_age = models.PositiveSmallIntegerField(_("età massima alla firma"), null=True, blank=True)
    requires_unemployed = models.BooleanField(_("solo per chi non ha lavoro"), default=False)
    allows_business_plan = models.BooleanField(_("ammette un piano d'impresa"), default=False)
    is_open = models.BooleanField(_("aperto a nuovi patti"), default=True)

    class Meta:
        verbose_name = _("tipo di patto")
        verbose_name_plural = _("tipi di patto")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["programme", "code"], name="programmes_pact_type_code"),
            models.CheckConstraint(
                condition=Q(cap_cents__gte=0, validity_months__gt=0),
                name="programmes_pact_type_numbers",
            ),
            models.CheckConstraint(
                condition=Q(min_age__isnull=True)
                | Q(max_age__isnull=True)
                | Q(max_age__gte=F("min_age")),
                name="programmes_pact_type_ages",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def said(self) -> str:
        """Its name, in the language of the page, where the catalogue has it."""
        return pgettext(_SAID_IN, self.name)


class SupportCategory(_Coded):
    """A use of a pact's budget, with its own limit in cents for each pact if it has one."""

    programme = models.ForeignKey(
        Programme, models.CASCADE, related_name="support_categories", db_index=False
    )
    label = models.CharField(_("categoria"), max_length=120)
    limit_cents = models.BigIntegerField(_("limite per patto"), null=True, blank=True)
    needs_reason = models.BooleanField(_("motivo obbligatorio"), default=False)
    line = models.ForeignKey(
        BudgetLine, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("voce")
    )
    is_open = models.BooleanField(_("in uso"), default=True)

    class Meta:
        verbose_name = _("categoria di sostegno")
        verbose_name_plural = _("categorie di sostegno")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["programme", "code"], name="programmes_category_code"),
            models.CheckConstraint(
                condition=Q(limit_cents__isnull=True) | Q(limit_cents__gt=0),
                name="programmes_category_limit",
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def said(self) -> str:
        """Its label, in the language of the page, where the catalogue has it."""
        return pgettext(_SAID_IN, self.label)


class GoalTemplate(_Coded):
    """A goal that families often choose, with the results and supports that usually go with it.

    `results` is a list of {"title", "indicator", "months"}; `supports` a list of category codes.
    """

    pact_type = models.ForeignKey(
        PactType, models.CASCADE, related_name="goal_templates", db_index=False
    )
    area = models.CharField(_("ambito di vita"), max_length=60)
    title = models.CharField(_("obiettivo"), max_length=200)
    results = models.JSONField(_("risultati attesi"), default=list)
    supports = models.JSONField(_("sostegni suggeriti"), default=list)
    is_open = models.BooleanField(_("in uso"), default=True)

    class Meta:
        verbose_name = _("modello di obiettivo")
        verbose_name_plural = _("modelli di obiettivo")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["pact_type", "code"], name="programmes_goal_code")
        ]

    def __str__(self) -> str:
        return self.title
