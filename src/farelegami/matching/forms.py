"""Text into reasons, weights and choices of proposals."""

from typing import Any, Final

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from farelegami.matching.rules.parts import (
    MOST_WEIGHT,
    PART_LABELS,
    Part,
    WeightOutOfRange,
    Weights,
)

_WRONG: Final = ("required", "invalid", "min_value", "max_value")


class ExcludeForm(forms.Form):
    reason = forms.CharField(
        label=_("Perché"), max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )


class WeightsForm(forms.Form):
    """One number for each part, 0 to 10; whatever else is typed is told in one sentence."""

    def __init__(self, *args: Any, weights: Weights, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for part in Part:
            name = part.name.lower()
            wrong = gettext(WeightOutOfRange.text)
            self.fields[name] = forms.IntegerField(
                label=gettext(PART_LABELS[part]),
                min_value=0,
                max_value=MOST_WEIGHT,
                initial=getattr(weights, name),
                error_messages=dict.fromkeys(_WRONG, wrong),
            )


class ItemsForm(forms.Form):
    """Which proposals of those shown are taken up."""

    def __init__(self, *args: Any, known: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["items"] = forms.TypedMultipleChoiceField(
            choices=[(one, one) for one in known], required=False
        )


class DistrictForm(forms.Form):
    district = forms.IntegerField(min_value=1)
