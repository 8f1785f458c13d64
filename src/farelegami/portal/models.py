"""The card by which a person without e-mail comes in: a code on paper, then a PIN of their own."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from farelegami.storage.models import Row


class EntryCard(Row):
    """A code given on paper to one person; only its hash is kept. The PIN is the account's."""

    district = models.ForeignKey("territory.District", models.PROTECT, related_name="+")
    person = models.ForeignKey("people.Person", models.PROTECT, related_name="+")
    account = models.ForeignKey("access.Account", models.PROTECT, null=True, related_name="+")
    code_hash = models.CharField(max_length=64, unique=True)
    issued_by = models.ForeignKey("access.Account", models.PROTECT, null=True, related_name="+")
    issued_at = models.DateTimeField()
    expires_on = models.DateField()
    wrong_pins = models.PositiveSmallIntegerField(default=0)
    locked_until = models.DateTimeField(null=True)
    first_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("tessera d’ingresso")
        verbose_name_plural = _("tessere d’ingresso")
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(revoked_at__isnull=True),
                name="portal_one_card_a_person",
            )
        ]

    def __str__(self) -> str:
        return f"{self.issued_at:%d/%m/%Y}"
