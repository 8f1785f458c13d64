"""Accounts and the roles they hold."""

from collections.abc import Sequence

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from farelegami.kernel.actor import ROLE_LABELS, Actor, Grant, Role
from farelegami.kernel.ids import new_id
from farelegami.storage.fields import SealedTextField
from farelegami.storage.models import Row


class AccountManager(BaseUserManager["Account"]):
    def get_by_natural_key(self, username: str | None) -> "Account":
        return self.get(username__iexact=username)


class Account(AbstractBaseUser):
    """Somebody who can sign in. What they may do is in their grants, never here."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    username = models.CharField(max_length=150, unique=True)
    email = models.EmailField(blank=True)
    name = models.CharField(max_length=150)
    person = models.OneToOneField(
        "people.Person", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    # By which a gateway of public identities finds who comes in; the index finds it.
    tax_code = SealedTextField(null=True, blank=True)
    tax_code_index = models.CharField(max_length=64, null=True, blank=True, unique=True)
    # Empty: nobody chose, and the browser says which.
    language = models.CharField(max_length=5, blank=True, default="")
    is_active = models.BooleanField(default=True)
    # Whether it was ever called into a team: who never was is spared a question on every page.
    is_invited = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["email", "name"]
    is_staff = False
    is_superuser = False

    objects = AccountManager()

    grants_now: Sequence["RoleGrant"]
    has_factor: bool

    def __str__(self) -> str:
        return self.name

    def get_full_name(self) -> str:
        return self.name

    def as_actor(self, grants: Sequence["RoleGrant"]) -> Actor:
        """Return the account as the frozen data that services take."""
        return Actor(
            account_id=self.pk,
            name=self.name,
            person_id=self.person_id,
            grants=tuple(grant.as_grant() for grant in grants),
            invited=self.is_invited,
        )


class RoleGrant(Row):
    """A role held from one day, to another if one is set."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="grants")
    role = models.CharField(
        max_length=20, choices=[(role.value, ROLE_LABELS[role]) for role in Role]
    )
    district = models.ForeignKey(
        "territory.District", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    organisation = models.ForeignKey(
        "network.Organisation", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    # Programmes stand on a floor above: the id is kept without a foreign key.
    programme_id = models.UUIDField(null=True, blank=True)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    granted_by = models.ForeignKey(Account, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["account", "ends_on"], name="access_grants_now")]

    def __str__(self) -> str:
        return f"{self.account_id} {self.role}"

    def as_grant(self) -> Grant:
        """Return the grant as plain data."""
        return Grant(
            role=Role(self.role),
            district_id=self.district_id,
            organisation_id=self.organisation_id,
            programme_id=self.programme_id,
            ends_on=self.ends_on,
        )


class Invitation(Row):
    """An offer of one role, taken up through a link that works once and for two weeks."""

    email = models.EmailField()
    name = models.CharField(max_length=150)
    role = models.CharField(
        max_length=20, choices=[(role.value, ROLE_LABELS[role]) for role in Role]
    )
    district = models.ForeignKey(
        "territory.District", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    organisation = models.ForeignKey(
        "network.Organisation", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    programme_id = models.UUIDField(null=True, blank=True)
    tax_code = SealedTextField(null=True, blank=True)
    tax_code_index = models.CharField(max_length=64, null=True, blank=True)  # noqa: DJ001
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(Account, null=True, on_delete=models.SET_NULL, related_name="+")
    invited_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    account = models.ForeignKey(Account, null=True, on_delete=models.SET_NULL, related_name="+")

    def __str__(self) -> str:
        return f"{self.email} {self.role}"
