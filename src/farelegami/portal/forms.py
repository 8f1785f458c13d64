"""What a family types on its phone: few fields, big, in its language."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from farelegami.kernel import clock
from farelegami.portal.rules import PIN_LENGTH, plain_digits
from farelegami.web.forms import DayField, MinutesField, OnceForm

_PHOTO = forms.ClearableFileInput(
    attrs={"accept": "image/*", "capture": "environment", "data-shrink": ""}
)
_DIGITS = {"inputmode": "numeric", "autocomplete": "off", "class": "fld-big", "dir": "ltr"}


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("Il codice sul foglio"), max_length=40, widget=forms.TextInput(attrs=_DIGITS),
        help_text=_("Sono dodici numeri."),
    )  # fmt: skip


class PinForm(forms.Form):
    pin = forms.CharField(
        label=_("Il tuo PIN"), max_length=20, strip=False,
        widget=forms.PasswordInput(attrs={**_DIGITS, "autocomplete": "current-password"}),
        help_text=_("Sei numeri."),
    )  # fmt: skip

    def clean_pin(self) -> str:
        return plain_digits(self.cleaned_data["pin"])


class NewPinForm(PinForm):
    again = forms.CharField(
        label=_("Scrivilo un’altra volta"), max_length=20, strip=False,
        widget=forms.PasswordInput(attrs={**_DIGITS, "autocomplete": "new-password"}),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Refuse two PINs that differ."""
        data = super().clean() or {}
        if len(data.get("pin", "")) != PIN_LENGTH and "pin" in data:
            self.add_error("pin", ValidationError(_("Il PIN è di sei numeri.")))
        elif data.get("pin") != plain_digits(data.get("again", "")):
            self.add_error("again", ValidationError(_("I due PIN non sono uguali.")))
        return data


class CardForm(OnceForm):
    """Whose paper is made, or taken back."""

    person = forms.UUIDField()


class HoursForm(OnceForm):
    commitment_key = forms.ChoiceField(label=_("Che cosa hai fatto?"), widget=forms.RadioSelect)
    done_on = DayField(label=_("Quando?"))
    minutes = MinutesField(
        label=_("Quanto tempo?"), min_minutes=1, max_minutes=24 * 60,
        help_text=_("Per esempio 2 oppure 1:30"),
    )  # fmt: skip
    note = forms.CharField(label=_("Vuoi dire qualcosa?"), max_length=300, required=False)

    def __init__(self, data: Any, *, commitments: Sequence[tuple[str, str]]) -> None:
        super().__init__(data, initial={"done_on": clock.today()})
        self.fields["commitment_key"].choices = commitments  # type: ignore[attr-defined]
        if len(commitments) == 1:
            self.fields["commitment_key"].initial = commitments[0][0]


class ReceiptForm(OnceForm):
    photo = forms.FileField(label=_("La foto dello scontrino"), widget=_PHOTO)
    spend_id = forms.TypedChoiceField(
        label=_("Per che cosa?"), coerce=UUID, required=False, empty_value=None
    )
    text = forms.CharField(label=_("Vuoi dire qualcosa?"), max_length=500, required=False)

    def __init__(self, data: Any, files: Any, *, spends: Sequence[tuple[str, str]]) -> None:
        super().__init__(data, files)
        self.fields["spend_id"].choices = [("", _("non lo so")), *spends]  # type: ignore[attr-defined]


class AbsenceForm(OnceForm):
    meeting_id = forms.TypedChoiceField(
        label=_("A che cosa non puoi venire?"), coerce=UUID, required=False, empty_value=None,
        widget=forms.RadioSelect,
    )  # fmt: skip
    text = forms.CharField(
        label=_("Vuoi dire perché? Non è obbligatorio."), max_length=500, required=False
    )

    def __init__(self, data: Any, *, meetings: Sequence[tuple[str, str]]) -> None:
        super().__init__(data)
        self.fields["meeting_id"].choices = [*meetings, ("", _("un’altra cosa"))]  # type: ignore[attr-defined]
        self.fields["meeting_id"].initial = meetings[0][0] if meetings else ""


class WordsForm(OnceForm):
    text = forms.CharField(
        label=_("Scrivi qui"), max_length=2_000, widget=forms.Textarea(attrs={"rows": 5})
    )
    is_dispute = forms.BooleanField(
        label=_("Non sono d’accordo con una cosa scritta nel patto"), required=False
    )


class DisputeForm(OnceForm):
    text_hash = forms.CharField(widget=forms.HiddenInput)
    text = forms.CharField(
        label=_("Che cosa non va bene?"), max_length=2_000,
        help_text=_("Scrivi nella tua lingua, con parole tue."),
        widget=forms.Textarea(attrs={"rows": 5}),
    )  # fmt: skip


class AcceptForm(OnceForm):
    text_hash = forms.CharField(widget=forms.HiddenInput)


class SignForm(forms.Form):
    text_hash = forms.CharField(widget=forms.HiddenInput)
    drawing = forms.CharField(widget=forms.HiddenInput, required=False)
    has_read = forms.BooleanField(label=_("Ho letto, o mi hanno letto, tutto il testo"))


class TurnForm(OnceForm):
    minutes = MinutesField(
        label=_("Quanto tempo?"), min_minutes=1, max_minutes=12 * 60,
        help_text=_("Per esempio 2 oppure 1:30"),
    )  # fmt: skip
    note = forms.CharField(label=_("Vuoi dire qualcosa?"), max_length=300, required=False)


class TurnAbsentForm(OnceForm):
    note = forms.CharField(
        label=_("Vuoi dire perché? Non è obbligatorio."), max_length=300, required=False
    )
