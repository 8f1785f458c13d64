"""Text into reasons, weights and choices of proposals."""

from typing import Any, Final
from uuid import UUID

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


class AnyIds(forms.TypedMultipleChoiceField):
    """Ids, whichever: what they name is looked up by who asks."""

    def valid_value(self, value: object) -> bool:
        return True


class ItemsForm(forms.Form):
    """Which proposals are taken up."""

    items = AnyIds(coerce=UUID, required=False)


class DistrictForm(forms.Form):
    district = forms.IntegerField(min_value=1)
