"""Entries are written one by one; links chain them in batches, so that a chain is never a lock."""

from django.db import models

from farelegami.audit.rules import Json, digest_of
from farelegami.storage.models import Row


class Entry(Row):
    at = models.DateTimeField()
    account_id = models.UUIDField(null=True)
    actor_name = models.CharField(max_length=150)
    verb = models.CharField(max_length=12)
    kind = models.CharField(max_length=40)
    object_id = models.UUIDField(null=True)
    district_id = models.IntegerField(null=True)
    person_id = models.UUIDField(null=True)
    purpose = models.CharField(max_length=200, blank=True)
    facts = models.JSONField(default=dict)
    digest = models.CharField(max_length=64)

    class Meta:
        indexes = [
            models.Index(fields=["person_id", "id"], name="audit_by_person"),
            models.Index(fields=["kind", "object_id", "id"], name="audit_by_object"),
            models.Index(fields=["district_id", "id"], name="audit_by_district"),
            models.Index(fields=["account_id", "id"], name="audit_by_account"),
            models.Index(fields=["district_id", "at"], name="audit_by_day"),
        ]

    def __str__(self) -> str:
        return f"{self.actor_name} {self.verb} {self.kind}"

    def content(self) -> dict[str, Json]:
        """Return everything the digest covers."""
        return {
            "id": str(self.id),
            "at": self.at.isoformat(timespec="microseconds"),
            "account": str(self.account_id),
            "name": self.actor_name,
            "verb": str(self.verb),
            "kind": self.kind,
            "object": str(self.object_id),
            "district": self.district_id,
            "person": str(self.person_id),
            "purpose": self.purpose,
            "facts": self.facts,
        }

    def computed_digest(self) -> str:
        """Return the digest the content has now."""
        return digest_of(self.content())


class Link(models.Model):
    number = models.BigIntegerField(primary_key=True)
    entry_id = models.UUIDField(unique=True)
    hash = models.CharField(max_length=64)
    sealed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.number} {self.hash[:12]}"


class Emptied(models.Model):
    """An entry whose words were erased by an act; the act itself is in the log, with their sum."""

    entry_id = models.UUIDField(primary_key=True)
    act_id = models.UUIDField(db_index=True)
    emptied_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.entry_id)
