"""What is typed to open a register, enter somebody, insure, refund, write down a PUC."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from farelegami.kernel import clock
from farelegami.kernel.units import Cents
from farelegami.volunteering.models import ServiceDay
from farelegami.volunteering.rules.covers import RISK_LABELS, Risk
from farelegami.volunteering.rules.refunds import (
    EXPENSE_LABELS,
    MANNER_LABELS,
    ExpenseKind,
    KindLimit,
    Manner,
)
from farelegami.volunteering.rules.registers import PAID_LABELS, Facts, PaidKind
from farelegami.web.formats import dmy, hours
from farelegami.web.forms import DayField, EuroField, LateChoiceField, MinutesField, OnceForm

LINES = forms.Textarea(attrs={"rows": 3})
_DAY = "amount-"


def _labels(labels: Any) -> list[tuple[str, Any]]:
    return [(value.value, _(label)) for value, label in labels.items()]


class ConfirmForm(forms.Form):
    """Nothing to type: the act itself is confirmed."""


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Perché"), max_length=300, widget=LINES)


class OpenForm(OnceForm):
    organisation_id = LateChoiceField(label=_("Ente"), coerce=UUID)
    district_id = forms.TypedChoiceField(
        label=_("Ambito"), coerce=int, required=False, empty_value=None,
        help_text=_("Serve solo per un ente che lavora in tutta la provincia."),
    )  # fmt: skip
    opened_on = DayField(label=_("Aperto il"))
    delegation = forms.CharField(
        label=_("Delega dell’ente"), max_length=300, required=False, widget=LINES,
        help_text=_(
            "Nel registro scrive solo l’ente. Se lo tieni per suo conto: quale atto scritto lo dice,"
            " per esempio «lettera del presidente del 3 marzo»."
        ),
    )  # fmt: skip

    def __init__(self, data: Any, *, bodies: Any, districts: Sequence[tuple[str, str]]) -> None:
        super().__init__(data, initial={"opened_on": clock.today()})
        self.fields["organisation_id"].choices = bodies  # type: ignore[attr-defined]
        if districts:
            self.fields["district_id"].choices = [("", "–"), *districts]  # type: ignore[attr-defined]
        else:
            del self.fields["district_id"]


class DelegateForm(forms.Form):
    delegation = forms.CharField(
        label=_("Con quale atto"), max_length=300, widget=LINES,
        help_text=_("Per esempio: delibera del consiglio direttivo del 3 marzo 2026."),
    )  # fmt: skip


class FactsForm(OnceForm):
    """What the decree asks of a volunteer."""

    given_name = forms.CharField(label=_("Nome"), max_length=80)
    family_name = forms.CharField(label=_("Cognome"), max_length=80)
    tax_code = forms.CharField(
        label=_("Codice fiscale"), max_length=20, required=False,
        help_text=_("Oppure, se non c’è, luogo e data di nascita."),
    )  # fmt: skip
    birth_place = forms.CharField(label=_("Luogo di nascita"), max_length=120, required=False)
    birth_date = DayField(label=_("Data di nascita"), required=False)
    residence = forms.CharField(label=_("Residenza o domicilio"), max_length=200)
    occasional = forms.BooleanField(
        label=_("Volontario occasionale"), required=False,
        help_text=_("Dà una mano ogni tanto: è assicurato come tutti."),
    )  # fmt: skip

    def facts(self) -> Facts:
        """Return what was typed as the register takes it."""
        said = self.cleaned_data
        return Facts(
            given_name=said["given_name"],
            family_name=said["family_name"],
            tax_code=said["tax_code"],
            birth_place=said["birth_place"],
            birth_date=said["birth_date"],
            residence=said["residence"],
        )


class EnterForm(FactsForm):
    entered_on = DayField(
        label=_("Comincia il"),
        help_text=_("L’assicurazione parte dalle 24 di oggi: il primo servizio è domani."),
    )
    field_order = (
        "given_name", "family_name", "tax_code", "birth_place", "birth_date", "residence",
        "entered_on", "occasional",
    )  # fmt: skip

    def __init__(self, data: Any) -> None:
        super().__init__(data, initial={"entered_on": clock.today()})


class LeaveForm(forms.Form):
    left_on = DayField(label=_("Ultimo giorno"))

    def __init__(self, data: Any) -> None:
        super().__init__(data, initial={"left_on": clock.today()})


class PaidForm(OnceForm):
    kind = forms.TypedChoiceField(
        label=_("Rapporto"), coerce=PaidKind, choices=_labels(PAID_LABELS),
        widget=forms.RadioSelect,
    )  # fmt: skip
    starts_on = DayField(label=_("Dal"))
    ends_on = DayField(label=_("Al"), required=False, help_text=_("Vuoto: non si sa ancora."))


class PaidSomebodyForm(PaidForm):
    """Somebody whom the register never had."""

    given_name = forms.CharField(label=_("Nome"), max_length=80)
    family_name = forms.CharField(label=_("Cognome"), max_length=80)
    tax_code = forms.CharField(label=_("Codice fiscale"), max_length=20)
    field_order = ("given_name", "family_name", "tax_code", "kind", "starts_on", "ends_on")

    def facts(self) -> Facts:
        """Return who was named."""
        said = self.cleaned_data
        return Facts(said["given_name"], said["family_name"], tax_code=said["tax_code"])


class DayForm(forms.Form):
    day = DayField(label=_("Giorno"))

    def __init__(self, data: Any) -> None:
        super().__init__(data, initial={"day": clock.today()})


class PolicyForm(OnceForm):
    insurer = forms.CharField(label=_("Compagnia"), max_length=120)
    number = forms.CharField(label=_("Numero della polizza"), max_length=60)
    risks = forms.TypedMultipleChoiceField(
        label=_("Che cosa copre"), coerce=Risk, choices=_labels(RISK_LABELS), required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("La legge le vuole tutte e tre."),
    )  # fmt: skip
    starts_on = DayField(label=_("Primo giorno coperto"))
    ends_on = DayField(label=_("Ultimo giorno coperto"))
    document = forms.FileField(
        label=_("Polizza"), required=False,
        help_text=_("PDF, foto (JPEG, PNG, WEBP) o testo semplice, fino a 10 MB."),
    )  # fmt: skip


class EndPolicyForm(ReasonForm):
    day = DayField(label=_("Ultimo giorno coperto"))
    field_order = ("day", "reason")


class ResolveForm(OnceForm):
    """For each kind of expense the most of a day; empty, it is not refunded."""

    resolution = forms.CharField(
        label=_("Delibera"), max_length=120, help_text=_("Per esempio: delibera 3/2026.")
    )
    resolved_on = DayField(label=_("Del"))

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        for kind, label in EXPENSE_LABELS.items():
            said = gettext(label)
            self.fields[f"most_{kind.value}"] = EuroField(
                label=_("%(kind)s: al massimo al giorno") % {"kind": said.capitalize()},
                required=False,
                min_cents=1,
            )
            self.fields[f"self_{kind.value}"] = forms.BooleanField(
                label=_("%(kind)s: basta l’autocertificazione") % {"kind": said.capitalize()},
                required=False,
            )

    def limits(self) -> dict[ExpenseKind, KindLimit]:
        """Return the limits of the kinds that were filled in."""
        return {
            kind: KindLimit(
                Cents(self.cleaned_data[f"most_{kind.value}"]),
                by_self=self.cleaned_data[f"self_{kind.value}"],
            )
            for kind in ExpenseKind
            if self.cleaned_data.get(f"most_{kind.value}")
        }


class RefundForm(OnceForm):
    """A request: what for, how it is shown, how much for each day of service."""

    kind = forms.TypedChoiceField(
        label=_("Che spesa"), coerce=ExpenseKind, choices=_labels(EXPENSE_LABELS)
    )
    manner = forms.TypedChoiceField(
        label=_("Come si documenta"), coerce=Manner, choices=_labels(MANNER_LABELS),
        widget=forms.RadioSelect,
        help_text=_(
            "Con autocertificazione: al massimo 10,00 € al giorno e 150,00 € al mese, per le spese che"
            " la delibera ammette."
        ),
    )  # fmt: skip
    receipt = forms.FileField(
        label=_("Ricevuta"), required=False,
        help_text=_("PDF, foto (JPEG, PNG, WEBP) o testo semplice, fino a 10 MB."),
    )  # fmt: skip
    note = forms.CharField(
        label=_("Nota"), max_length=300, required=False,
        help_text=_("Per esempio: treno Crema-Cremona, andata e ritorno."),
    )  # fmt: skip

    def __init__(self, data: Any, files: Any, *, services: Iterable[ServiceDay]) -> None:
        super().__init__(data, files)
        for service in services:
            said = {"day": dmy(service.day), "hours": hours(service.minutes)}
            self.fields[f"{_DAY}{service.pk}"] = EuroField(
                label=_("%(day)s, %(hours)s di servizio") % said, required=False, min_cents=1
            )

    def parts(self) -> dict[UUID, Cents]:
        """Return the cents of the days that were filled in, by id of the service."""
        return {
            UUID(name.removeprefix(_DAY)): Cents(cents)
            for name, cents in self.cleaned_data.items()
            if name.startswith(_DAY) and cents
        }


class PayForm(forms.Form):
    paid_on = DayField(label=_("Pagato il"))

    def __init__(self, data: Any) -> None:
        super().__init__(data, initial={"paid_on": clock.today()})


class PucForm(OnceForm):
    lead_id = LateChoiceField(label=_("Ente capofila"), coerce=UUID)
    inail_number = forms.CharField(label=_("Posizione INAIL (PAT)"), max_length=60)
    host_id = LateChoiceField(label=_("Ente che ospita"), coerce=UUID)
    project = forms.CharField(label=_("Progetto"), max_length=200)
    opened_on = DayField(label=_("Aperta a INAIL il"))
    starts_on = DayField(
        label=_("Comincia il"), help_text=_("Al più presto il giorno dopo l’apertura.")
    )
    ends_on = DayField(label=_("Finisce il"))
    weekly_minutes = MinutesField(
        label=_("Ore la settimana"), help_text=_("Da 8 a 16, per esempio 8 h.")
    )

    def __init__(self, data: Any, *, bodies: Any) -> None:
        super().__init__(data, initial={"opened_on": clock.today()})
        for name in ("lead_id", "host_id"):
            self.fields[name].choices = partial(_to_choose, bodies)  # type: ignore[attr-defined]


def _to_choose(bodies: Callable[[], Iterable[tuple[Any, Any]]]) -> list[tuple[Any, Any]]:
    """Return the bodies after none: who stands first is not chosen for standing there."""
    return [("", _("scegli")), *bodies()]


class EndPucForm(forms.Form):
    ended_on = DayField(label=_("Ultimo giorno"))
    reason = forms.CharField(label=_("Perché"), max_length=300, required=False, widget=LINES)

    def __init__(self, data: Any) -> None:
        super().__init__(data, initial={"ended_on": clock.today()})
