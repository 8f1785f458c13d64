"""One row a file; the file itself lies under a random name outside every web root."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from farelegami.kernel import clock
from farelegami.storage.models import Row


class Document(Row):
    """A stored file; `owner_kind`, `owner_id` name the object whose room decides who opens it."""

    district = models.ForeignKey(
        "territory.District", models.PROTECT, related_name="+", db_index=False
    )
    kind = models.CharField(_("tipo"), max_length=40)
    title = models.CharField(_("titolo"), max_length=200)
    name = models.CharField(_("nome del file"), max_length=120)
    content_type = models.CharField(_("formato"), max_length=60)
    size = models.PositiveIntegerField(_("byte"))
    sha256 = models.CharField(max_length=64)
    path = models.CharField(max_length=80, unique=True, editable=False)
    owner_kind = models.CharField(max_length=40, blank=True)
    owner_id = models.UUIDField(null=True)
    person_ids = models.JSONField(default=list)
    uploaded_by = models.UUIDField(null=True)
    uploaded_at = models.DateTimeField(_("caricato il"), default=clock.now)
    retention_until = models.DateField(_("da conservare fino al"), null=True, blank=True)

    class Meta:
        verbose_name = _("documento")
        verbose_name_plural = _("documenti")
        indexes = [
            models.Index(fields=["district", "owner_kind", "owner_id"], name="documents_by_owner"),
            models.Index(fields=["district", "sha256"], name="documents_by_hash"),
            models.Index(
                fields=["district", "retention_until"],
                condition=Q(retention_until__isnull=False),
                name="documents_to_discard",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class IssuedPaper(Row):
    """A paper the program made of an object's facts; its code lets anyone check a copy of it.

    The same facts are the same paper; `read_beside` is the language beside the Italian, if any.
    `text_hash` is that of the text agreed to the letter, where the paper carries one.
    `title` is shown to anyone: it names nobody.
    """

    district = models.ForeignKey(
        "territory.District", models.PROTECT, related_name="+", db_index=False
    )
    code = models.CharField(_("codice di controllo"), max_length=12, unique=True)
    kind = models.CharField(_("tipo"), max_length=40)
    title = models.CharField(_("titolo"), max_length=200)
    issuer = models.CharField(_("chi lo rilascia"), max_length=150)
    owner_kind = models.CharField(max_length=40)
    owner_id = models.UUIDField()
    read_beside = models.CharField(_("lingua accanto"), max_length=5, blank=True)
    facts_hash = models.CharField(max_length=64)
    text_hash = models.CharField(max_length=64, blank=True)
    document = models.OneToOneField(Document, models.PROTECT, related_name="issued")
    made_at = models.DateTimeField(_("rilasciato il"))
    made_by = models.UUIDField(null=True)

    class Meta:
        verbose_name = _("documento rilasciato")
        verbose_name_plural = _("documenti rilasciati")
        constraints = [
            models.UniqueConstraint(
                fields=["district", "owner_id", "kind", "read_beside", "facts_hash"],
                name="documents_paper_issued_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.code}"
