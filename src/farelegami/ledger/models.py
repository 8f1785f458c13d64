"""Accounts and the transfers between them; the guards of the room keep the balances."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from farelegami.kernel import clock
from farelegami.ledger.rules import Unit
from farelegami.storage.models import Row


class Account(Row):
    """Something that gives and receives one unit, for one owner of a room above."""

    unit = models.CharField(_("unità"), max_length=3, choices=[(unit, unit.value) for unit in Unit])
    kind = models.CharField(_("tipo di conto"), max_length=40)
    owner_id = models.UUIDField(_("intestatario"))
    # A funding source shared by several districts belongs to none of them.
    district = models.ForeignKey(
        "territory.District", models.PROTECT, null=True, related_name="+", db_index=False
    )
    floor = models.BigIntegerField(_("limite inferiore"), null=True, default=0)
    balance = models.BigIntegerField(_("saldo"), default=0, editable=False)
    # The transfer that moved the balance last: on SQLite the proof that no hand did.
    moved_by = models.UUIDField(null=True, editable=False)

    class Meta:
        verbose_name = _("conto")
        verbose_name_plural = _("conti")
        constraints = [
            models.UniqueConstraint(
                fields=["owner_id", "kind"], name="ledger_account_one_per_kind"
            ),
            models.CheckConstraint(
                condition=Q(floor__isnull=True) | Q(balance__gte=F("floor")),
                name="ledger_account_floor",
            ),
            models.CheckConstraint(
                condition=Q(unit__in=[unit.value for unit in Unit]), name="ledger_account_unit"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.unit}"


class Transfer(Row):
    """One row, one whole transfer: `debit` gives, `credit` receives; reversed, never changed."""

    district = models.ForeignKey(
        "territory.District", models.PROTECT, null=True, related_name="+", db_index=False
    )
    debit = models.ForeignKey(
        Account, models.PROTECT, related_name="given", db_index=False, verbose_name=_("dare")
    )
    credit = models.ForeignKey(
        Account, models.PROTECT, related_name="received", db_index=False, verbose_name=_("avere")
    )
    amount = models.BigIntegerField(_("importo"))
    happened_on = models.DateField(_("data"))
    memo = models.CharField(_("causale"), max_length=200)
    idempotency_key = models.CharField(max_length=120, unique=True)
    reverses = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="reversed_by", verbose_name=_("storna")
    )
    actor_id = models.UUIDField(null=True)
    recorded_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("movimento")
        verbose_name_plural = _("movimenti")
        indexes = [
            models.Index(fields=["debit", "id"], name="ledger_transfer_given"),
            models.Index(fields=["credit", "id"], name="ledger_transfer_received"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="ledger_transfer_amount"),
            models.CheckConstraint(
                condition=~Q(debit=F("credit")), name="ledger_transfer_two_accounts"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.happened_on:%d/%m/%Y}"
