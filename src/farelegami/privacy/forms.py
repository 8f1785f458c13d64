"""What the DPO types, as values."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from farelegami.kernel import clock
from farelegami.privacy.rules.requests import KIND_LABELS, OUTCOME_LABELS, Outcome, RequestKind
from farelegami.privacy.services.requests import RequestDraft
from farelegami.web.forms import DayField, OnceForm


class RegisterForm(OnceForm):
    """A request as it was received."""

    district = forms.TypedChoiceField(label=_("Ambito"), coerce=int)
    kind = forms.ChoiceField(
        label=_("Che cosa chiede"),
        choices=[(kind.value, _(label)) for kind, label in KIND_LABELS.items()],
    )
    name = forms.CharField(label=_("Chi chiede"), max_length=160)
    contact = forms.CharField(
        label=_("Dove rispondere"), max_length=160,
        help_text=_("Indirizzo, telefono o posta elettronica."),
    )  # fmt: skip
    received_on = DayField(
        label=_("Ricevuta il"), help_text=_("Da questo giorno corre il mese per rispondere.")
    )
    text = forms.CharField(
        label=_("Con quali parole"), required=False, max_length=4000, widget=forms.Textarea
    )

    def __init__(self, districts: Sequence[tuple[int, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["district"].choices = list(districts)  # type: ignore[attr-defined]
        self.fields["received_on"].initial = clock.today()

    def draft(self) -> RequestDraft:
        """Return the request of a form that is valid."""
        data = self.cleaned_data
        return RequestDraft(
            RequestKind(data["kind"]), data["name"], data["contact"], data["received_on"],
            data["text"],
        )  # fmt: skip


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Motivo"), max_length=300, widget=forms.Textarea)


class NoteForm(forms.Form):
    note = forms.CharField(
        label=_("Che cosa ne è"), max_length=500, widget=forms.Textarea,
        help_text=_("Per esempio: sostituiva una collega, sentita il 12."),
    )  # fmt: skip


class AnswerForm(forms.Form):
    """The answer to a request; the diary only in a copy, with a reason."""

    outcome = forms.ChoiceField(
        label=_("Esito"),
        choices=[(one.value, _(label)) for one, label in OUTCOME_LABELS.items()],
        widget=forms.RadioSelect,
    )
    answer = forms.CharField(
        label=_("Risposta"), max_length=4000, widget=forms.Textarea,
        help_text=_("Chi riceve un no può rivolgersi al Garante o al giudice: scriviglielo."),
    )  # fmt: skip
    includes_diary = forms.BooleanField(
        label=_("La copia comprende il diario sociale"), required=False
    )
    diary_reason = forms.CharField(
        label=_("Perché il diario"), required=False, max_length=300,
        help_text=_("Il diario è coperto dal segreto professionale. Senti chi l’ha scritto."),
    )  # fmt: skip

    def __init__(self, *args: Any, kind: RequestKind, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if kind is not RequestKind.ACCESS:
            del self.fields["includes_diary"], self.fields["diary_reason"]

    def values(self) -> dict[str, Any]:
        """Return what `answer` takes, of a form that is valid."""
        return self.cleaned_data | {"outcome": Outcome(self.cleaned_data["outcome"])}
