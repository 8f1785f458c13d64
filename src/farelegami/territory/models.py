"""The ground everything stands on: provinces, municipalities, districts, quarters and places."""

from django.db import models
from django.db.models import Q

from farelegami.storage.models import Row


class Province(models.Model):
    code = models.CharField(max_length=3, primary_key=True)
    name = models.CharField(max_length=80)
    sigla = models.CharField(max_length=2, unique=True)
    region_code = models.CharField(max_length=2)
    region_name = models.CharField(max_length=40)

    def __str__(self) -> str:
        return self.name


class District(models.Model):
    """An ambito territoriale sociale; its number is the tenant key of every row about people."""

    id = models.PositiveIntegerField(primary_key=True)
    name = models.CharField(max_length=120)
    short_name = models.CharField(max_length=60)
    lead_body = models.CharField(max_length=160)
    province = models.ForeignKey(Province, models.PROTECT, related_name="districts")

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.short_name


class Municipality(models.Model):
    """A comune under its ISTAT code; one that no longer exists keeps its row and a closing day."""

    istat_code = models.CharField(max_length=6, primary_key=True)
    name = models.CharField(max_length=80)
    name_alt = models.CharField(max_length=80, blank=True)
    province = models.ForeignKey(Province, models.PROTECT, related_name="municipalities")
    district = models.ForeignKey(
        District, models.PROTECT, null=True, blank=True, related_name="municipalities"
    )
    district_basis = models.CharField(max_length=10, blank=True)
    belfiore_code = models.CharField(max_length=4)
    postcode = models.CharField(max_length=5, blank=True)
    postcodes = models.TextField(blank=True)
    residents = models.PositiveIntegerField(null=True, blank=True)
    latitude = models.FloatField()
    longitude = models.FloatField()
    area_km2 = models.FloatField()
    closed_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["name"]
        indexes = [models.Index(fields=["district", "name"], name="territory_municipality_list")]
        constraints = [
            models.UniqueConstraint(
                fields=["belfiore_code"],
                condition=Q(closed_on__isnull=True),
                name="territory_one_open_belfiore",
            )
        ]

    def __str__(self) -> str:
        return self.name


class BirthPlace(models.Model):
    """What a Belfiore code names: a municipality of today, one of the past, or a foreign state."""

    belfiore_code = models.CharField(max_length=4, primary_key=True)
    name = models.CharField(max_length=120)
    sigla = models.CharField(max_length=2, blank=True)
    kind = models.CharField(max_length=12)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)
    folded = models.CharField(max_length=160, db_index=True)

    def __str__(self) -> str:
        return f"{self.name} ({self.sigla})" if self.sigla else self.name


class Quarter(Row):
    """A zona sociale: the part of a municipality by which social work and community pacts think."""

    district = models.ForeignKey(District, models.PROTECT, related_name="quarters")
    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="quarters")
    name = models.CharField(max_length=120)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["municipality", "name"], name="territory_one_quarter_a_name"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Place(Row):
    """A spot with an address, where something happens or somebody can be met."""

    district = models.ForeignKey(District, models.PROTECT, related_name="places")
    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="places")
    quarter = models.ForeignKey(
        Quarter, models.PROTECT, null=True, blank=True, related_name="places"
    )
    name = models.CharField(max_length=160)
    address = models.CharField(max_length=200, blank=True)
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["district", "name", "id"], name="territory_place_list")]

    def __str__(self) -> str:
        return self.name
