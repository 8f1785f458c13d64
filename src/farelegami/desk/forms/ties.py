"""The ties of an ecomap, row by row, as they are drawn together."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django import forms
from django.forms import BaseFormSet, formset_factory
from django.utils.translation import gettext_lazy as _

from farelegami.desk.forms.people import translated
from farelegami.people.models import Tie
from farelegami.people.rules.ecomap import (
    CIRCLE_LABELS,
    DIRECTION_LABELS,
    MOST_TIES,
    STRENGTH_LABELS,
    Circle,
    Direction,
    Strength,
    TieDraft,
)
from farelegami.web.forms import DayField, OnceForm

BLANK_ROWS: Final = 3


class DrawingForm(OnceForm):
    day = DayField(label=_("Giorno"))
    drawn_with = forms.CharField(
        label=_("Con chi"),
        required=False,
        max_length=160,
        help_text=_("Chi c’era mentre si disegnava."),
    )


class TieForm(forms.Form):
    label = forms.CharField(label=_("Chi o che cosa"), max_length=80)
    detail = forms.CharField(label=_("In breve"), required=False, max_length=80)
    circle = forms.ChoiceField(
        label=_("Cerchia"), choices=translated(CIRCLE_LABELS), initial=Circle.FRIENDS.value
    )
    strength = forms.ChoiceField(
        label=_("Forza"), choices=translated(STRENGTH_LABELS), initial=Strength.GOOD.value
    )
    direction = forms.ChoiceField(
        label=_("Aiuto"), choices=translated(DIRECTION_LABELS), initial=Direction.BOTH.value
    )
    # Which tie of the drawing before this row was: who it is with is remembered, never posted.
    before = forms.CharField(required=False, max_length=80, widget=forms.HiddenInput)


class BaseTies(BaseFormSet):  # type: ignore[type-arg]
    def drafts(self, known: Sequence[Tie]) -> list[TieDraft]:
        """Return the ties as drawn; rows begun from a `known` tie keep whom it is with."""
        earlier = {str(tie.pk): tie for tie in known}
        return [_draft(row, earlier) for row in self._rows()]

    def _rows(self) -> list[dict[str, Any]]:
        return [
            form.cleaned_data
            for form in self.forms
            if getattr(form, "cleaned_data", {}).get("label")
            and not form.cleaned_data.get("DELETE")
        ]


def _draft(row: Mapping[str, Any], earlier: Mapping[str, Tie]) -> TieDraft:
    before = earlier.get(row["before"])
    same = before is not None and before.label == row["label"]
    return TieDraft(
        label=row["label"],
        detail=row["detail"],
        circle=Circle(row["circle"]),
        strength=Strength(row["strength"]),
        direction=Direction(row["direction"]),
        other_person_id=before.other_person_id if before and same else None,
        organisation_id=before.organisation_id if before and same else None,
    )


TieFormSet: type[BaseTies] = formset_factory(  # type: ignore[assignment]
    TieForm,
    formset=BaseTies,
    extra=BLANK_ROWS,
    max_num=MOST_TIES + BLANK_ROWS,
    absolute_max=MOST_TIES * 2,
    can_delete=True,
)


def drawn(ties: Sequence[Tie]) -> list[dict[str, str]]:
    """Return what the rows start from: the drawing before."""
    return [
        {
            "label": tie.label,
            "detail": tie.detail,
            "circle": tie.circle,
            "strength": tie.strength,
            "direction": tie.direction,
            "before": str(tie.pk),
        }
        for tie in ties
    ]
