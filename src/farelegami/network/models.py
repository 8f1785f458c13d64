"""Organisations of every kind, the people who answer for them, their written roles, their links."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext as _

from farelegami.network.rules import (
    CAPACITY_LABELS,
    KIND_LABELS,
    LEGAL_LABELS,
    LINK_LABELS,
    DataCapacity,
    LegalType,
    LinkKind,
    OrganisationKind,
)
from farelegami.storage.models import Row


class Organisation(Row):
    """A body, a company or an informal group; without district it works for the whole province."""

    district = models.ForeignKey(
        "territory.District", models.PROTECT, null=True, blank=True, related_name="+"
    )
    name = models.CharField(max_length=160)
    kind = models.CharField(max_length=20)
    legal_type = models.CharField(max_length=12, blank=True)
    tax_code = models.CharField(max_length=16, blank=True)
    runts_number = models.CharField(max_length=20, blank=True)
    municipality = models.ForeignKey(
        "territory.Municipality", models.PROTECT, null=True, blank=True, related_name="+"
    )
    address = models.CharField(max_length=200, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    email = models.EmailField(blank=True)
    website = models.URLField(blank=True)
    sort_name = models.CharField(max_length=170)
    closed_on = models.DateField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["district", "sort_name", "id"], name="network_organisation_list"),
            models.Index(
                fields=["district", "kind", "sort_name", "id"], name="network_organisation_kind"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["district", "tax_code"],
                condition=~Q(tax_code=""),
                name="network_one_body_a_tax_code",
            ),
            # NULL districts never equal each other, so the wide bodies need a rule of their own.
            models.UniqueConstraint(
                fields=["tax_code"],
                condition=~Q(tax_code="") & Q(district__isnull=True),
                name="network_one_wide_body_a_tax_code",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def kind_label(self) -> str:
        return _(KIND_LABELS[OrganisationKind(self.kind)])

    @property
    def legal_label(self) -> str:
        return _(LEGAL_LABELS[LegalType(self.legal_type)]) if self.legal_type else ""


class Contact(Row):
    """Somebody one can write to or call at an organisation."""

    district = models.ForeignKey(
        "territory.District", models.PROTECT, null=True, blank=True, related_name="+"
    )
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="contacts")
    name = models.CharField(max_length=160)
    role = models.CharField(max_length=120, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    email = models.EmailField(blank=True)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="network_contact_ends_after_it_starts",
            )
        ]

    def __str__(self) -> str:
        return self.name


class DataRole(Row):
    """The written part an organisation has in the processing of personal data (arts. 26 and 28)."""

    district = models.ForeignKey(
        "territory.District", models.PROTECT, null=True, blank=True, related_name="+"
    )
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="data_roles")
    capacity = models.CharField(max_length=12)
    subject = models.CharField(max_length=200)
    document_reference = models.CharField(max_length=200)
    # Documents stand above this floor: an id, no foreign key.
    document_id = models.UUIDField(null=True, blank=True)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="network_data_role_ends_after_it_starts",
            )
        ]

    def __str__(self) -> str:
        return self.capacity

    @property
    def capacity_label(self) -> str:
        return _(CAPACITY_LABELS[DataCapacity(self.capacity)])


class OrganisationLink(Row):
    """That an organisation belongs to, or works with, another one, while it does."""

    district = models.ForeignKey(
        "territory.District", models.PROTECT, null=True, blank=True, related_name="+"
    )
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="links")
    other = models.ForeignKey(Organisation, models.PROTECT, related_name="linked_from")
    kind = models.CharField(max_length=12)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "other", "kind"],
                condition=Q(ends_on__isnull=True),
                name="network_one_open_link",
            ),
            models.CheckConstraint(
                condition=~Q(organisation=F("other")), name="network_nobody_links_to_themselves"
            ),
        ]

    def __str__(self) -> str:
        return self.kind

    @property
    def kind_label(self) -> str:
        return _(LINK_LABELS[LinkKind(self.kind)])
