"""What the staff type about places, matches, turns, and who may confirm."""

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from farelegami.giveback.forms.hosts import ReachField, SaidForm
from farelegami.giveback.rules.changes import Change
from farelegami.giveback.rules.matches import SIDE_LABELS, Side
from farelegami.web.forms import DayField


class LinkForm(forms.Form):
    name = forms.CharField(label=_("Nome e cognome"), max_length=160)
    email = forms.EmailField(label=_("Posta elettronica"), max_length=254, required=False)


class WhyForm(forms.Form):
    reason = forms.CharField(label=_("Perché"), max_length=300)


class NothingForm(forms.Form):
    """An act that asks for nothing."""


class GoOnForm(forms.Form):
    until = DayField(
        label=_("Fino al"), help_text=_("Il volontariato non obbliga: può smettere quando vuole.")
    )


class CompleteForm(forms.Form):
    reached_people = ReachField()
    changed_for_others = forms.CharField(
        label=_("Che cosa è cambiato per gli altri?"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def change(self) -> Change:
        """Return what was said of others."""
        data = self.cleaned_data
        return Change(data["changed_for_others"], data["reached_people"])


_SIDES: Final = (Side.PERSON, Side.HOST, Side.STAFF)


class InterruptForm(WhyForm):
    by = forms.ChoiceField(
        label=_("Chi lo decide"), choices=[(str(side), _(SIDE_LABELS[side])) for side in _SIDES]
    )
    field_order: Any = ("by", "reason")


class WordForm(SaidForm):
    note = forms.CharField(label=_("Nota"), required=False, max_length=300)


class SettleForm(SaidForm):
    settlement = forms.CharField(
        label=_("Che cosa si è chiarito, e con chi"),
        max_length=300,
    )


class ProposeForm(forms.Form):
    """A time of an opportunity, chosen by hand for somebody."""

    once = forms.UUIDField(required=False)
    slot_id = forms.UUIDField()
    note = forms.CharField(required=False, max_length=300)
