"""What is asked to make a token."""

from typing import Final

from django import forms
from django.utils.translation import gettext_lazy as _

from farelegami.api.rules import LONGEST_TOKEN_DAYS, SCOPE_LABELS
from farelegami.web.forms import OnceForm

_MONTHS: Final = [(30, _("un mese")), (90, _("tre mesi")), (LONGEST_TOKEN_DAYS, _("un anno"))]


class TokenForm(OnceForm):
    username = forms.CharField(
        label=_("Nome utente per cui agisce"), max_length=150,
        help_text=_("Il programma può al più quello che può questa persona, giorno per giorno."),
    )  # fmt: skip
    name = forms.CharField(
        label=_("Quale programma lo usa"), max_length=80,
        help_text=_("È scritto nel registro accanto a ogni cosa che fa."),
    )  # fmt: skip
    scopes = forms.MultipleChoiceField(
        label=_("Che cosa può fare"), widget=forms.CheckboxSelectMultiple,
        choices=[(str(scope), label) for scope, label in SCOPE_LABELS.items()],
    )  # fmt: skip
    days = forms.TypedChoiceField(label=_("Per quanto vale"), coerce=int, choices=_MONTHS)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scopes"].choices = [  # type: ignore[attr-defined]
            (str(scope), f"{_(label)} ({scope})") for scope, label in SCOPE_LABELS.items()
        ]
