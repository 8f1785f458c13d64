"""Plans and what people decide about them: what each district weighs, what is fixed or left out."""

from django.db import models
from django.db.models import Q

from farelegami.storage.models import Row


class DistrictWeights(Row):
    """What each part of a score counts in a district; without a row the ordinary weights hold."""

    district = models.OneToOneField("territory.District", models.PROTECT, related_name="+")
    weights = models.JSONField(default=dict)
    changed_at = models.DateTimeField()
    changed_by_name = models.CharField(max_length=160)

    def __str__(self) -> str:
        return f"{self.district_id}"


class Plan(Row):
    """The best placement of all who wait in a district, as of one moment, with its proof."""

    district = models.ForeignKey(
        "territory.District", models.PROTECT, related_name="+", db_index=False
    )
    number = models.PositiveIntegerField()
    made_at = models.DateTimeField()
    made_by_name = models.CharField(max_length=160)
    weights = models.JSONField()
    offers = models.PositiveIntegerField()
    places = models.PositiveIntegerField()
    candidates = models.PositiveIntegerField()
    placed = models.PositiveIntegerField()
    value = models.BigIntegerField()
    took_ms = models.PositiveIntegerField()
    # The problem, the plan and the prices by which anyone can check that no plan is better.
    proof = models.BinaryField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["district", "number"], name="matching_plan_number"),
        ]

    def __str__(self) -> str:
        return f"{self.district_id}/{self.number}"


class PlanItem(Row):
    """One proposal of a plan: who, where, why; taken up, or left."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="items")
    district = models.ForeignKey(
        "territory.District", models.PROTECT, related_name="+", db_index=False
    )
    offer = models.ForeignKey("giveback.Offer", models.PROTECT, related_name="+")
    slot = models.ForeignKey("giveback.OpportunitySlot", models.PROTECT, related_name="+")
    score = models.PositiveIntegerField()
    points = models.JSONField()
    facts = models.JSONField()
    is_pinned = models.BooleanField(default=False)
    match = models.ForeignKey("giveback.Match", models.SET_NULL, null=True, related_name="+")
    taken_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["plan", "-score", "id"], name="matching_items_best")]
        constraints = [
            models.UniqueConstraint(fields=["plan", "offer", "slot"], name="matching_item_once")
        ]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.score}"


class Pin(Row):
    """That somebody belongs in a place, as people decided; plans are made around it."""

    district = models.ForeignKey(
        "territory.District", models.PROTECT, related_name="+", db_index=False
    )
    offer = models.ForeignKey("giveback.Offer", models.CASCADE, related_name="+")
    slot = models.ForeignKey("giveback.OpportunitySlot", models.CASCADE, related_name="+")
    pinned_at = models.DateTimeField()
    pinned_by_name = models.CharField(max_length=160)
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["district", "lifted_at"], name="matching_pins_now")]
        constraints = [
            models.UniqueConstraint(
                fields=["offer", "slot"], condition=Q(lifted_at=None), name="matching_pinned_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.offer_id} {self.slot_id}"


class Exclusion(Row):
    """That somebody does not go to an opportunity, and why; kept until it is lifted."""

    district = models.ForeignKey(
        "territory.District", models.PROTECT, related_name="+", db_index=False
    )
    offer = models.ForeignKey("giveback.Offer", models.CASCADE, related_name="+")
    opportunity = models.ForeignKey("giveback.Opportunity", models.CASCADE, related_name="+")
    reason = models.CharField(max_length=300)
    excluded_at = models.DateTimeField()
    excluded_by_name = models.CharField(max_length=160)
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["district", "lifted_at"], name="matching_exclusions_now")]
        constraints = [
            models.UniqueConstraint(
                fields=["offer", "opportunity"],
                condition=Q(lifted_at=None),
                name="matching_excluded_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.offer_id} {self.opportunity_id}"
