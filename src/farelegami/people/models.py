"""Persons, their households, what ties and enables them, what they were told and allowed."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from farelegami.people.rules.ecomap import (
    CIRCLE_LABELS,
    DIRECTION_LABELS,
    STRENGTH_LABELS,
    Circle,
    Direction,
    Strength,
    TieDraft,
)
from farelegami.people.rules.households import MAY_HOLD_A_PACT, ROLE_LABELS, HouseholdRole
from farelegami.people.rules.languages import language_label
from farelegami.people.rules.persons import (
    LEVEL_LABELS,
    SKILL_STAGE_LABELS,
    FormOfAddress,
    Level,
    SkillStage,
)
from farelegami.people.rules.privacy import (
    MANNER_LABELS,
    PURPOSE_LABELS,
    ConsentPurpose,
    Manner,
)
from farelegami.people.rules.weeks import Week
from farelegami.storage.fields import SealedTextField
from farelegami.storage.models import Row


class Person(Row):
    """A person met by the services of one district; nothing here says why they were met."""

    district = models.ForeignKey("territory.District", models.PROTECT, related_name="+")
    given_name = models.CharField(max_length=80)
    family_name = models.CharField(max_length=80)
    birth_date = models.DateField(null=True, blank=True)
    birth_place_code = models.CharField(max_length=4, blank=True)
    sex = models.CharField(max_length=1, blank=True)
    form_of_address = models.CharField(max_length=9, default=FormOfAddress.NEUTRAL.value)
    citizenship = models.CharField(max_length=2, blank=True)
    preferred_language = models.CharField(max_length=3, default="it")
    tax_code = SealedTextField(null=True, blank=True)
    tax_code_index = models.CharField(max_length=64, null=True, blank=True)  # noqa: DJ001
    municipality = models.ForeignKey(
        "territory.Municipality", models.PROTECT, null=True, blank=True, related_name="+"
    )
    quarter = models.ForeignKey(
        "territory.Quarter", models.PROTECT, null=True, blank=True, related_name="+"
    )
    address = models.CharField(max_length=200, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    email = models.EmailField(blank=True)
    preferred_channel = models.CharField(max_length=10, blank=True)
    contact_hours = models.CharField(max_length=120, blank=True)
    contact_limits = models.CharField(max_length=300, blank=True)
    week_yes = models.PositiveIntegerField(default=0)
    week_maybe = models.PositiveIntegerField(default=0)
    limits = models.CharField(max_length=300, blank=True)
    wishes = models.CharField(max_length=300, blank=True)
    transport = models.JSONField(default=list, blank=True)
    travel_minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    registered_at = models.DateTimeField()
    restricted_on = models.DateField(null=True, blank=True)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="absorbed"
    )
    erased_at = models.DateTimeField(null=True, blank=True)
    # Three keys made by the services, so that lists and the hunt for duplicates read an index.
    sort_name = models.CharField(max_length=170)
    sound_key = models.CharField(max_length=80)
    phone_key = models.CharField(max_length=20, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["district", "sort_name", "id"], name="people_person_list"),
            models.Index(
                fields=["district", "municipality", "sort_name", "id"], name="people_person_town"
            ),
            models.Index(fields=["district", "birth_date"], name="people_person_born"),
            models.Index(fields=["district", "sound_key"], name="people_person_sound"),
            models.Index(
                fields=["district", "phone_key"],
                name="people_person_phone",
                condition=~Q(phone_key=""),
            ),
            models.Index(
                fields=["district", "email"],
                name="people_person_email",
                condition=~Q(email=""),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["district", "tax_code_index"],
                condition=Q(merged_into__isnull=True),
                name="people_one_person_a_tax_code",
            ),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=F("id")),
                name="people_nobody_is_merged_into_themselves",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name as one says it: given name first."""
        return f"{self.given_name} {self.family_name}"

    @property
    def initials(self) -> str:
        """The two letters of the round badge."""
        return f"{self.given_name[:1]}{self.family_name[:1]}".upper()

    @property
    def week(self) -> Week:
        """When the person can, and when perhaps."""
        return Week(yes=self.week_yes, maybe=self.week_maybe)


class PersonLanguage(Row):
    district = models.ForeignKey("territory.District", models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.CASCADE, related_name="languages")
    language = models.CharField(max_length=3)
    level = models.CharField(max_length=6)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "language"], name="people_one_level_a_language"
            )
        ]

    def __str__(self) -> str:
        return f"{self.language} {self.level}"

    @property
    def language_label(self) -> str:
        return _(language_label(self.language))

    @property
    def level_label(self) -> str:
        return _(LEVEL_LABELS[Level(self.level)])


class Household(Row):
    """People who live together, or are helped as one; the registry's and the ISEE's may differ."""

    district = models.ForeignKey("territory.District", models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    formed_on = models.DateField()
    dissolved_on = models.DateField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["district", "name", "id"], name="people_household_list")]

    def __str__(self) -> str:
        return self.name


class HouseholdMember(Row):
    """One person in one household from a day until a day, both included."""

    district = models.ForeignKey("territory.District", models.PROTECT, related_name="+")
    household = models.ForeignKey(Household, models.PROTECT, related_name="members")
    person = models.ForeignKey(Person, models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=12)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["household", "person"],
                condition=Q(ends_on__isnull=True),
                name="people_one_open_membership",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="people_membership_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.role}"

    @property
    def role_label(self) -> str:
        return _(ROLE_LABELS[HouseholdRole(self.role)])

    @property
    def may_hold_a_pact(self) -> bool:
        """Whether this member can sign for the household."""
        return HouseholdRole(self.role) in MAY_HOLD_A_PACT


class NoticeGiven(Row):
    """That a person was given a version of the privacy notice: when, how and by whom (R20)."""

    district = models.ForeignKey("territory.District", models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, related_name="notices")
    version = models.CharField(max_length=40)
    language = models.CharField(max_length=3)
    how = models.CharField(max_length=12)
    given_at = models.DateTimeField()
    given_by_id = models.UUIDField(null=True)
    given_by_name = models.CharField(max_length=160)

    def __str__(self) -> str:
        return f"{self.version} {self.given_at:%Y-%m-%d}"

    @property
    def how_label(self) -> str:
        return _(MANNER_LABELS[Manner(self.how)])


class Consent(Row):
    """A consent to be photographed, written to, told about; help itself never rests on one."""

    district = models.ForeignKey("territory.District", models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, related_name="consents")
    purpose = models.CharField(max_length=12)
    how = models.CharField(max_length=12)
    given_at = models.DateTimeField()
    given_to_id = models.UUIDField(null=True)
    given_to_name = models.CharField(max_length=160)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_to_id = models.UUIDField(null=True)
    withdrawn_to_name = models.CharField(max_length=160, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "purpose"],
                condition=Q(withdrawn_at__isnull=True),
                name="people_one_consent_in_force",
            )
        ]

    def __str__(self) -> str:
        return self.purpose

    @property
    def purpose_label(self) -> str:
        return _(PURPOSE_LABELS[ConsentPurpose(self.purpose)])

    @property
    def how_label(self) -> str:
        return _(MANNER_LABELS[Manner(self.how)])


class EcomapSnapshot(Row):
    """The ties of a person as drawn together on one day; a new drawing never changes an old one."""

    district = models.ForeignKey("territory.District", models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, related_name="ecomaps")
    drawn_on = models.DateField()
    drawn_with = models.CharField(max_length=160, blank=True)
    drawn_by_id = models.UUIDField(null=True)
    drawn_by_name = models.CharField(max_length=160)

    class Meta:
        indexes = [models.Index(fields=["person", "-drawn_on", "-id"], name="people_ecomap_last")]

    def __str__(self) -> str:
        return f"{self.drawn_on:%Y-%m-%d}"


class Tie(Row):
    """One line of the ecomap: to whom, in which circle, how strong, which way help goes."""

    snapshot = models.ForeignKey(EcomapSnapshot, models.CASCADE, related_name="ties")
    position = models.PositiveSmallIntegerField()
    label = models.CharField(max_length=80)
    detail = models.CharField(max_length=80, blank=True)
    other_person = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+"
    )
    # Organisations stand one floor up: an id, no foreign key.
    organisation_id = models.UUIDField(null=True, blank=True)
    circle = models.CharField(max_length=10)
    strength = models.CharField(max_length=6)
    direction = models.CharField(max_length=8, default=Direction.BOTH.value)

    class Meta:
        ordering = ["position"]

    def __str__(self) -> str:
        return self.label

    @property
    def circle_label(self) -> str:
        return _(CIRCLE_LABELS[Circle(self.circle)])

    @property
    def strength_label(self) -> str:
        return _(STRENGTH_LABELS[Strength(self.strength)])

    @property
    def direction_label(self) -> str:
        return _(DIRECTION_LABELS[Direction(self.direction)])

    def draft(self) -> TieDraft:
        """The tie as it would be drawn again."""
        return TieDraft(
            label=self.label,
            circle=Circle(self.circle),
            strength=Strength(self.strength),
            direction=Direction(self.direction),
            detail=self.detail,
            other_person_id=self.other_person_id,
            organisation_id=self.organisation_id,
        )


class Skill(models.Model):
    """A group of the ESCO classification, with our draft of an Italian label."""

    code = models.CharField(max_length=12, primary_key=True)
    uri = models.URLField()
    pillar = models.CharField(max_length=1)
    level = models.PositiveSmallIntegerField()
    parent_code = models.CharField(max_length=12, blank=True)
    label_it = models.CharField(max_length=200)
    label_en = models.CharField(max_length=200)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.label_it

    @property
    def label(self) -> str:
        """Its name in the language of the page: English, or our Italian."""
        return self.label_en if get_language() == "en" else self.label_it


class PersonSkill(Row):
    """Something a person can do, or is learning: from the list, in their own words, or both."""

    district = models.ForeignKey("territory.District", models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.CASCADE, related_name="skills")
    skill = models.ForeignKey(Skill, models.PROTECT, null=True, blank=True, related_name="+")
    words = models.CharField(max_length=120, blank=True)
    stage = models.CharField(max_length=8)

    class Meta:
        indexes = [models.Index(fields=["district", "skill"], name="people_skill_who")]
        constraints = [
            models.CheckConstraint(
                condition=Q(skill__isnull=False) | ~Q(words=""),
                name="people_a_skill_has_a_name",
            )
        ]

    def __str__(self) -> str:
        return self.words or self.skill_id or ""

    @property
    def label(self) -> str:
        """The person's own words, or else those of the list."""
        return self.words or (self.skill.label if self.skill else "")

    @property
    def stage_label(self) -> str:
        return _(SKILL_STAGE_LABELS[SkillStage(self.stage)])


class MergeRecord(Row):
    """What a merge moved and changed, so that it can be undone."""

    district = models.ForeignKey("territory.District", models.PROTECT, related_name="+")
    kept = models.ForeignKey(Person, models.PROTECT, related_name="+")
    gone = models.ForeignKey(Person, models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300)
    moved = models.JSONField()
    filled = models.JSONField()
    merged_at = models.DateTimeField()
    merged_by_id = models.UUIDField(null=True)
    merged_by_name = models.CharField(max_length=160)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by_id = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["gone"],
                condition=Q(undone_at__isnull=True),
                name="people_merged_away_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.gone_id} -> {self.kept_id}"
