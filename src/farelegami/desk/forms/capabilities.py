"""What a person can do, when, and under which conditions."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BaseFormSet, formset_factory
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from farelegami.desk.forms.people import translated
from farelegami.people.models import Person, PersonSkill
from farelegami.people.rules.persons import (
    SKILL_STAGE_LABELS,
    TRANSPORT_LABELS,
    SkillStage,
    Transport,
)
from farelegami.people.rules.weeks import (
    BAND_HOURS,
    BAND_LABELS,
    DAY_LABELS,
    Answer,
    Band,
    Week,
    week_of,
)
from farelegami.people.services.capabilities import SkillDraft

SKILLS_LIST: Final = "capacita-note"
ANSWER_LABELS: Final = (
    (Answer.NO.value, "–"),
    (Answer.YES.value, _("sì")),
    (Answer.MAYBE.value, _("forse")),
)


class SkillForm(forms.Form):
    words = forms.CharField(
        label=_("Con parole sue"), required=False, max_length=120, widget=forms.TextInput
    )
    listed = forms.CharField(
        label=_("Nell’elenco"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"list": SKILLS_LIST, "autocomplete": "off"}),
    )
    stage = forms.ChoiceField(
        label=_("A che punto"), choices=translated(SKILL_STAGE_LABELS), initial=SkillStage.CAN.value
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
                form.add_error(
                    "listed",
                    ValidationError(
                        _now("Non è nell’elenco: scegli una voce proposta, o dillo a parole sue.")
                    ),
                )

    def drafts(self) -> list[SkillDraft]:
        """Return what was typed, in order."""
        return [
            SkillDraft(
                code=self.codes.get(row["listed"].casefold(), ""),
                words=row["words"],
                stage=SkillStage(row["stage"]),
            )
            for row in (getattr(form, "cleaned_data", {}) for form in self.forms)
            if row and not row.get("DELETE") and (row["words"] or row["listed"])
        ]


SkillFormSet: type[BaseSkills] = formset_factory(  # type: ignore[assignment]
    SkillForm, formset=BaseSkills, extra=3, max_num=40, absolute_max=60, can_delete=True
)


def able(rows: Sequence[PersonSkill]) -> list[dict[str, str]]:
    """Return what the rows of skills start from."""
    return [
        {
            "words": row.words,
            "listed": row.skill.label if row.skill else "",
            "stage": row.stage,
        }
        for row in rows
    ]


class WeekForm(forms.Form):
    """Seven days by four bands; each slot is a field of its own, so it works as plain HTML."""

    def __init__(self, *args: Any, week: Week, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for day, day_label in enumerate(DAY_LABELS):
            for band in Band:
                said = f"{_now(day_label)}, {_now(BAND_LABELS[band]).lower()}"
                self.fields[f"slot-{day}-{band.value}"] = forms.ChoiceField(
                    label=said,
                    choices=ANSWER_LABELS,
                    initial=week.answer(day, band).value,
                    required=False,
                    widget=forms.Select(attrs={"aria-label": said}),
                )

    def rows(self) -> list[tuple[str, list[forms.BoundField]]]:
        """Return each day with its four fields."""
        return [
            (_now(label).capitalize(), [self[f"slot-{day}-{band.value}"] for band in Band])
            for day, label in enumerate(DAY_LABELS)
        ]

    @staticmethod
    def bands() -> list[tuple[str, str]]:
        """Return the label and the hours of each band."""
        return [(_now(BAND_LABELS[band]), "{}–{}".format(*BAND_HOURS[band])) for band in Band]

    def week(self) -> Week:
        """Return the week as filled in."""
        return week_of(
            (day, band, Answer(self.cleaned_data[f"slot-{day}-{band.value}"] or Answer.NO.value))
            for day in range(len(DAY_LABELS))
            for band in Band
        )


class ConditionsForm(forms.Form):
    transport = forms.MultipleChoiceField(
        label=_("Come si muove"),
        required=False,
        choices=translated(TRANSPORT_LABELS),
        widget=forms.CheckboxSelectMultiple,
    )
    travel_minutes = forms.IntegerField(
        label=_("Quanto può viaggiare, in minuti, solo andata"),
        required=False,
        min_value=1,
        max_value=300,
        widget=forms.NumberInput(attrs={"class": "fld-short"}),
    )
    limits = forms.CharField(
        label=_("Limiti"),
        required=False,
        max_length=300,
        help_text=_("Per esempio: non dopo le 21, niente pesi."),
    )
    wishes = forms.CharField(
        label=_("Le piacerebbe"),
        required=False,
        max_length=300,
        help_text=_("Per esempio: cucinare con altre persone."),
    )

    @staticmethod
    def typed(person: Person) -> dict[str, Any]:
        """Return what the form starts from."""
        names = ("transport", "travel_minutes", "limits", "wishes")
        return {name: getattr(person, name) for name in names}

    def means(self) -> list[Transport]:
        """Return the means chosen."""
        return [Transport(value) for value in self.cleaned_data["transport"]]
