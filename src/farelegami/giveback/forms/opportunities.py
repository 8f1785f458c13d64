"""What is needed, as somebody types it on a phone: few fields first, the rest where it is asked for."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import time
from typing import Any, Final
from uuid import UUID

from django import forms
from django.forms import BaseFormSet, formset_factory
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from farelegami.giveback.forms.points import PointField, rounded
from farelegami.giveback.models import Opportunity
from farelegami.giveback.queries.opportunities import OpportunityFile
from farelegami.giveback.rules.needs import (
    FIELD_LABELS,
    LEVELS,
    REQUIREMENT_LABELS,
    WEIGHT_LABELS,
    Field,
    Need,
    NeedKind,
    Weight,
)
from farelegami.giveback.rules.opportunities import LONGEST_TASKS, MOST_SEATS
from farelegami.giveback.rules.slots import DAY_MINUTES, MOST_SLOTS, Slot
from farelegami.giveback.services.opportunities import OpportunityDraft
from farelegami.kernel import clock
from farelegami.kernel.points import Point
from farelegami.kernel.units import MINUTES_IN_HOUR
from farelegami.people.rules.languages import LANGUAGE_LABELS
from farelegami.people.rules.persons import LEVEL_LABELS
from farelegami.people.rules.weeks import DAY_LABELS
from farelegami.web.forms import DayField, OnceForm

SKILLS_LIST: Final = "saper-fare"
SLOTS: Final = "orari"
SKILLS: Final = "capacita"
LANGUAGES: Final = "lingue"
_ON: Final = "on"
_LEAST_AGE: Final = 14
_MOST_AGE: Final = 99
_CLOCKS: Final = ["%H:%M", "%H.%M", "%H", "%H:%M:%S"]


def _translated(labels: Mapping[Any, str]) -> list[tuple[str, Any]]:
    return [(str(value), _(label)) for value, label in labels.items()]


def _clock(label: Any) -> forms.TimeField:
    return forms.TimeField(
        label=label,
        required=False,
        input_formats=_CLOCKS,
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time", "class": "fld-short"}),
    )


class SlotForm(forms.Form):
    """A stretch: of a weekday, every week, or of one date."""

    weekday = forms.ChoiceField(
        label=_("Quando"),
        required=False,
        choices=[
            ("", "–"),
            *((str(number), _(label)) for number, label in enumerate(DAY_LABELS)),
            (_ON, _("solo un giorno")),
        ],
    )
    starts = _clock(_("Dalle"))
    ends = _clock(_("Alle"))
    on = DayField(label=_("Quale giorno"), required=False)

    def clean(self) -> dict[str, Any]:
        """Ask for what a stretch lacks; a line without anything is none."""
        data = super().clean() or {}
        when, on = data.get("weekday"), data.get("on")
        if not when and on:
            data["weekday"] = when = _ON
        if not when and not data.get("starts") and not data.get("ends"):
            return data
        if not when:
            self.add_error("weekday", _now("Scegli il giorno."))
        if when == _ON and not on and "on" not in self.errors:
            self.add_error("on", _now("Scrivi quale giorno."))
        for name in ("starts", "ends"):
            if data.get(name) is None and name not in self.errors:
                self.add_error(name, _now("Scrivi l’ora, per esempio 15:00."))
        return data

    def slot(self) -> Slot | None:
        """Return the stretch, or nothing where the line is empty."""
        data = self.cleaned_data
        if not data.get("weekday"):
            return None
        # Who ends at midnight types 00:00.
        starts, ends = _minutes(data["starts"]), _minutes(data["ends"]) or DAY_MINUTES
        if data["weekday"] == _ON:
            return Slot(data["on"].weekday(), starts, ends, data["on"])
        return Slot(int(data["weekday"]), starts, ends)


def _minutes(moment: time) -> int:
    return moment.hour * MINUTES_IN_HOUR + moment.minute


def typed_slot(slot: Slot) -> dict[str, Any]:
    """Return what a line starts from."""
    starts, ends = (
        time(each // MINUTES_IN_HOUR % 24, each % MINUTES_IN_HOUR)
        for each in (slot.starts, slot.ends)
    )
    weekday = _ON if slot.on else str(slot.weekday)
    return {"weekday": weekday, "on": slot.on, "starts": starts, "ends": ends}


class BaseSlots(BaseFormSet):  # type: ignore[type-arg]
    def slots(self) -> list[Slot]:
        """Return the stretches typed."""
        return [slot for form in self.forms if (slot := form.slot()) is not None]


class SkillForm(forms.Form):
    listed = forms.CharField(
        label=_("Che cosa bisogna saper fare"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"list": SKILLS_LIST, "autocomplete": "off"}),
    )
    weight = forms.ChoiceField(
        label=_("Quanto conta"),
        required=False,
        choices=[(str(each), _(WEIGHT_LABELS[each])) for each in (Weight.MUST, Weight.NICE)],
    )


class BaseSkills(BaseFormSet):  # type: ignore[type-arg]
    def __init__(self, *args: Any, codes: Mapping[str, str], **kwargs: Any) -> None:
        """Take `codes` of the skill list by label in lower case."""
        self.codes = codes
        super().__init__(*args, **kwargs)

    def clean(self) -> None:
        for form in self.forms:
            label = getattr(form, "cleaned_data", {}).get("listed", "")
            if label and label.casefold() not in self.codes:
                form.add_error("listed", _now("Non è nell’elenco: scegli una voce proposta."))

    def needs(self) -> Iterator[Need]:
        """Yield the skills asked for."""
        for form in self.forms:
            if label := form.cleaned_data.get("listed"):
                weight = Weight(form.cleaned_data.get("weight") or Weight.MUST.value)
                yield Need(NeedKind.SKILL, self.codes[label.casefold()], weight)


class LanguageForm(forms.Form):
    language = forms.ChoiceField(
        label=_("Lingua"), required=False, choices=[("", "–"), *_translated(LANGUAGE_LABELS)]
    )
    level = forms.ChoiceField(
        label=_("Almeno"),
        required=False,
        choices=[
            ("", _("qualunque livello")),
            *((str(each), _(LEVEL_LABELS[each])) for each in LEVELS),
        ],
    )


_MOST_LINES: Final = 40
SlotFormSet: type[BaseSlots] = formset_factory(  # type: ignore[assignment]
    SlotForm, formset=BaseSlots, extra=3, max_num=MOST_SLOTS, absolute_max=MOST_SLOTS
)
SkillFormSet: type[BaseSkills] = formset_factory(  # type: ignore[assignment]
    SkillForm, formset=BaseSkills, extra=2, max_num=_MOST_LINES, absolute_max=_MOST_LINES
)
LanguageFormSet = formset_factory(
    LanguageForm, extra=2, max_num=_MOST_LINES, absolute_max=_MOST_LINES
)


class OpportunityForm(OnceForm):
    organisation_id = forms.TypedChoiceField(label=_("Per quale ente"), coerce=UUID)
    title = forms.CharField(
        label=_("Che cosa serve?"),
        max_length=120,
        help_text=_("Per esempio: aiutare in cucina, leggere ai bambini, riparare le sedie."),
    )
    field = forms.ChoiceField(label=_("Campo"), choices=_translated(FIELD_LABELS))
    seats = forms.IntegerField(
        label=_("Quante persone?"),
        min_value=1,
        max_value=MOST_SEATS,
        initial=1,
        widget=forms.NumberInput(attrs={"class": "fld-short"}),
    )
    municipality_id = forms.ChoiceField(label=_("In quale comune?"))
    address = forms.CharField(label=_("Dove, di preciso?"), required=False, max_length=200)
    point = PointField(
        label=_("Il punto sulla mappa"),
        required=False,
        help_text=_(
            "Due numeri copiati da una mappa. Senza, le distanze partono dal centro del comune."
        ),
    )
    tutor_name = forms.CharField(
        label=_("Chi accoglie le persone?"),
        required=False,
        max_length=160,
        help_text=_("Riceve un indirizzo con cui confermare i turni senza password."),
    )
    tutor_phone = forms.CharField(label=_("Telefono"), required=False, max_length=40)
    tutor_email = forms.EmailField(label=_("Posta elettronica"), max_length=254, required=False)
    tasks = forms.CharField(
        label=_("Che cosa c’è da fare, in due righe"),
        required=False,
        max_length=LONGEST_TASKS,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    starts_on = DayField(label=_("Da quando?"))
    ends_on = DayField(label=_("Fino a quando?"), required=False)
    any_language = forms.BooleanField(
        label=_("Ne basta una, fra le lingue indicate"), required=False
    )
    papers = forms.MultipleChoiceField(
        label=_("Documenti che servono"),
        required=False,
        choices=_translated(REQUIREMENT_LABELS),
        widget=forms.CheckboxSelectMultiple,
    )
    min_age = forms.IntegerField(
        label=_("Età minima"),
        min_value=_LEAST_AGE,
        max_value=_MOST_AGE,
        initial=16,
        widget=forms.NumberInput(attrs={"class": "fld-short"}),
    )
    max_age = forms.IntegerField(
        label=_("Età massima"),
        required=False,
        min_value=_LEAST_AGE,
        max_value=_MOST_AGE,
        widget=forms.NumberInput(attrs={"class": "fld-short"}),
    )
    by_bus = forms.BooleanField(label=_("Ci si arriva in autobus o in treno"), required=False)
    step_free = forms.BooleanField(label=_("Si entra senza gradini"), required=False)
    accessibility = forms.CharField(
        label=_("Altro da sapere per chi si muove o sente con fatica"),
        required=False,
        max_length=300,
    )
    takes_puc = forms.BooleanField(
        label=_("Accoglie anche progetti utili alla collettività (PUC)"), required=False
    )

    def __init__(
        self,
        *args: Any,
        bodies: Sequence[tuple[UUID, str]],
        towns: Sequence[tuple[str, str]],
        staff: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        if not staff:
            del self.fields["takes_puc"]
        chosen: list[tuple[Any, Any]] = list(bodies)
        if len(chosen) > 1:
            chosen.insert(0, ("", _("scegli")))
        self._choose("organisation_id", chosen)
        self._choose("municipality_id", [("", _("scegli")), *towns])
        if len(bodies) == 1:
            self.fields["organisation_id"].widget = forms.HiddenInput()
            self.fields["organisation_id"].initial = bodies[0][0]

    def _choose(self, name: str, choices: Sequence[tuple[Any, Any]]) -> None:
        self.fields[name].choices = list(choices)  # type: ignore[attr-defined]

    def draft(
        self, slots: Sequence[Slot], skills: Iterator[Need], languages: Sequence[forms.Form]
    ) -> OpportunityDraft:
        """Return what was typed."""
        data = self.cleaned_data
        plain = {
            name: value
            for name, value in data.items()
            if name not in {"once", "organisation_id", "field", "any_language", "papers"}
        }
        needs = [*skills, *self._languages(languages)]
        needs += [Need(NeedKind.REQUIREMENT, code) for code in data["papers"]]
        # The same thing asked twice is asked once, as it was asked first.
        once = {(need.kind, need.code): need for need in reversed(needs)}
        return OpportunityDraft(
            **plain, field=Field(data["field"]), slots=slots, needs=list(once.values())
        )

    def _languages(self, rows: Sequence[forms.Form]) -> Iterator[Need]:
        weight = Weight.ANY_OF if self.cleaned_data["any_language"] else Weight.MUST
        for row in rows:
            if code := row.cleaned_data.get("language"):
                level = row.cleaned_data.get("level") or ""
                yield Need(NeedKind.LANGUAGE, code, weight, level)


def first_values(organisation_id: UUID | None, *, town: str, address: str) -> dict[str, Any]:
    """Return what a new opportunity starts from: its body's own address."""
    return {
        "organisation_id": organisation_id,
        "municipality_id": town,
        "address": address,
        "starts_on": clock.today(),
    }


_SAME: Final = (
    "organisation_id", "title", "field", "seats", "municipality_id", "address", "tutor_name",
    "tutor_phone", "tutor_email", "tasks", "starts_on", "ends_on", "min_age", "max_age", "by_bus",
    "step_free", "accessibility", "takes_puc",
)  # fmt: skip


def values_of(opportunity: Opportunity, needs: Sequence[Need]) -> dict[str, Any]:
    """Return what the form of an opportunity starts from."""
    return {
        **{name: getattr(opportunity, name) for name in _SAME},
        "point": _point_said(opportunity),
        "any_language": _asks_any_language(needs),
        "papers": [need.code for need in needs if need.kind is NeedKind.REQUIREMENT],
    }


def _asks_any_language(needs: Sequence[Need]) -> bool:
    return any(need.kind is NeedKind.LANGUAGE and need.weight is Weight.ANY_OF for need in needs)


def _point_said(opportunity: Opportunity) -> Point | None:
    """Return the point of an opportunity, None where its place, or else its town, has the same."""
    place = opportunity.place
    has_own = place is not None and place.latitude is not None
    other = place if place is not None and has_own else opportunity.municipality
    own = Point(opportunity.latitude, opportunity.longitude)
    return None if own == (other.latitude, other.longitude) else own


def _as_typed(need: Need, *, any_language: bool) -> Need:
    """Return a need as the form would give it back if nobody touched it."""
    if need.kind is NeedKind.LANGUAGE:
        return replace(need, weight=Weight.ANY_OF if any_language else Weight.MUST)
    if need.kind is NeedKind.SKILL:
        nice = need.weight is Weight.NICE
        return Need(need.kind, need.code, Weight.NICE if nice else Weight.MUST)
    return Need(need.kind, need.code)


def skills_of(needs: Sequence[Need], labels: Mapping[str, str]) -> list[dict[str, str]]:
    """Return what the lines of skills start from."""
    return [
        {"listed": labels.get(need.code, need.code), "weight": need.weight.value}
        for need in needs
        if need.kind is NeedKind.SKILL
    ]


def languages_of(needs: Sequence[Need]) -> list[dict[str, str]]:
    """Return what the lines of languages start from."""
    return [
        {"language": need.code, "level": need.level}
        for need in needs
        if need.kind is NeedKind.LANGUAGE
    ]


class Sheet:
    """The whole form of an opportunity: the fields and the lines of times, skills, languages."""

    def __init__(
        self,
        data: Any,
        *,
        bodies: Sequence[tuple[UUID, str]],
        towns: Sequence[tuple[str, str]],
        labels: Mapping[str, str],
        first: Mapping[str, Any] | None = None,
        file: OpportunityFile | None = None,
        copies: bool = False,
        staff: bool = False,
    ) -> None:
        self.file = file
        needs = file.needs if file else ()
        values = values_of(file.opportunity, needs) if file else first
        held = [row.slot() for row in file.slots] if file else []
        if copies and values is not None:
            values = {**values, "starts_on": clock.today(), "ends_on": None}
            held = [slot for slot in held if slot.on is None or slot.on >= clock.today()]
        slots = [typed_slot(slot) for slot in held]
        codes = {label.casefold(): code for code, label in labels.items()}
        self.form = OpportunityForm(data, bodies=bodies, towns=towns, staff=staff, initial=values)
        self.slots = SlotFormSet(data, prefix=SLOTS, initial=slots)
        self.skills = SkillFormSet(
            data, prefix=SKILLS, initial=skills_of(needs, labels), codes=codes
        )
        self.languages = LanguageFormSet(data, prefix=LANGUAGES, initial=languages_of(needs))

    @property
    def list_id(self) -> str:
        return SKILLS_LIST

    def is_valid(self) -> bool:
        """Return whether everything typed can be read; every part is looked at."""
        lines = [part.is_valid() for part in (self.slots, self.skills, self.languages)]
        return self.form.is_valid() and all(lines)

    @property
    def has_errors(self) -> bool:
        """Whether something has to be corrected, in whichever part."""
        lines = (self.slots, self.skills, self.languages)
        return bool(self.form.errors) or any(part.total_error_count() for part in lines)

    @property
    def opens_more(self) -> bool:
        """Whether the part that is folded away holds something."""
        asks = any(self.form[name].value() for name in ("papers", "max_age", "accessibility"))
        lines = (self.skills, self.languages)
        said = any(part.initial or (part.is_bound and part.has_changed()) for part in lines)
        return asks or said or self.has_errors

    def draft(self) -> OpportunityDraft:
        """Return what was typed, and what no field asks for as it was."""
        languages = list(self.languages.forms)
        draft = self.form.draft(self.slots.slots(), self.skills.needs(), languages)
        if self.file is None:
            return draft
        before = self.file.opportunity
        any_language = _asks_any_language(self.file.needs)
        kept = {_as_typed(need, any_language=any_language): need for need in self.file.needs}
        # A place is in a town: who types another town says another place.
        stays = draft.municipality_id == before.municipality_id
        own = _point_said(before)
        return replace(
            draft,
            least_minutes=self.file.least_minutes,
            needs=[kept.get(need, need) for need in draft.needs],
            place_id=before.place_id if stays else None,
            point=own if own is not None and draft.point == rounded(own) else draft.point,
        )
