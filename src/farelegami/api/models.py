"""Tokens of programs, answers kept for acts sent twice, and who wants to be told."""

from django.db import models

from farelegami.storage.fields import SealedTextField
from farelegami.storage.models import Row


class Token(Row):
    """A key by which a program acts for an account; only its digest is kept."""

    account = models.ForeignKey("access.Account", models.CASCADE, related_name="+")
    name = models.CharField(max_length=80)
    scopes = models.JSONField(default=list)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    last_used_on = models.DateField(null=True)

    def __str__(self) -> str:
        return self.name


class Idempotent(Row):
    """The answer to an act that named itself, kept for a day."""

    token = models.ForeignKey(Token, models.CASCADE, related_name="+")
    key = models.CharField(max_length=200)
    request_hash = models.CharField(max_length=64)
    answer = SealedTextField(blank=True, default="")
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["token", "key"], name="api_key_once")]

    def __str__(self) -> str:
        return self.key


class Hook(Row):
    """An address that is told of acts: ids and kinds, never what they say of anybody."""

    url = models.CharField(max_length=400)
    topics = models.JSONField(default=list)
    secret = SealedTextField()
    # A server of our own network is told only where whoever set it up said so by name.
    is_private = models.BooleanField(default=False)
    # Up to which link of the log it was told; it starts from the day it was asked for.
    told_up_to = models.BigIntegerField(default=0)
    created_by = models.ForeignKey("access.Account", models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.url
