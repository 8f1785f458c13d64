"""The small forms of single acts on people and households: a day, a reason, a manner."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from farelegami.desk.forms.people import translated
from farelegami.people.rules.households import ROLE_LABELS, HouseholdRole
from farelegami.people.rules.languages import LANGUAGE_LABELS
from farelegami.people.rules.privacy import MANNER_LABELS, PURPOSE_LABELS
from farelegami.web.forms import DayField, OnceForm


class NothingForm(forms.Form):
    """An act that asks for nothing but to be confirmed."""


class NoticeForm(OnceForm):
    language = forms.ChoiceField(label=_("In che lingua"), choices=translated(LANGUAGE_LABELS))
    how = forms.ChoiceField(
        label=_("Come"), choices=translated(MANNER_LABELS), widget=forms.RadioSelect
    )


class ConsentForm(OnceForm):
    purpose = forms.ChoiceField(
        label=_("Per che cosa"), choices=translated(PURPOSE_LABELS), widget=forms.RadioSelect
    )
    how = forms.ChoiceField(
        label=_("Come l’ha detto"), choices=translated(MANNER_LABELS), widget=forms.RadioSelect
    )


class LiftForm(forms.Form):
    reason = forms.CharField(
        label=_("Motivo"), max_length=300, help_text=_("Per esempio: i dati sono stati corretti.")
    )


class MergeForm(OnceForm):
    keep = forms.ChoiceField(label=_("Quale scheda resta"), widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("Perché sono la stessa persona"),
        max_length=300,
        help_text=_("Per esempio: me lo ha confermato, stesso documento."),
    )

    def __init__(self, *args: Any, choices: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["keep"].choices = list(choices)  # type: ignore[attr-defined]


class HouseholdForm(OnceForm):
    name = forms.CharField(
        label=_("Nome del nucleo"),
        required=False,
        max_length=120,
        help_text=_("Vuoto: prende il cognome, per esempio «famiglia Belprato»."),
    )
    role = forms.ChoiceField(label=_("Che parte ha nel nucleo"), choices=translated(ROLE_LABELS))
    day = DayField(label=_("Dal giorno"))

    def household_role(self) -> HouseholdRole:
        """Return the role chosen."""
        return HouseholdRole(self.cleaned_data["role"])


class MemberForm(OnceForm):
    person_id = forms.TypedChoiceField(
        label=_("Chi entra nel nucleo"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Cerca la persona e scegli chi è.")},
    )
    role = forms.ChoiceField(label=_("Che parte ha nel nucleo"), choices=translated(ROLE_LABELS))
    day = DayField(label=_("Dal giorno"))

    def __init__(self, *args: Any, choices: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person_id"].choices = list(choices)  # type: ignore[attr-defined]

    def household_role(self) -> HouseholdRole:
        """Return the role chosen."""
        return HouseholdRole(self.cleaned_data["role"])


class DayForm(forms.Form):
    day = DayField(label=_("Giorno"))


class NameForm(forms.Form):
    name = forms.CharField(label=_("Nome"), max_length=120)
