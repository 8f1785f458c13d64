"""Forms of the acts on a pact once it is written: signing, deciding, spending, meeting, closing."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from farelegami.kernel import clock
from farelegami.pacts.models import ResultProgress, SpendRequest
from farelegami.pacts.rules.meetings import MOST_WORKED
from farelegami.pacts.rules.money import ROUTE_LABELS, Route
from farelegami.pacts.rules.readiness import CategoryRule
from farelegami.pacts.rules.signing import LONGEST_DRAWING, Signer
from farelegami.pacts.rules.stages import OUTCOME_LABELS, Outcome
from farelegami.pacts.rules.terms import Commitment, Goal, Support
from farelegami.programmes.models import BudgetLine
from farelegami.web.formats import euro
from farelegami.web.forms import DayField, EuroField, MinutesField, OnceForm

LINES = forms.Textarea(attrs={"rows": 3})


class ConfirmForm(forms.Form):
    """Nothing to type: the act itself is confirmed."""


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Perché"), max_length=600, widget=LINES)


class AnswerForm(forms.Form):
    text = forms.CharField(
        label=_("La risposta"), max_length=2_000, widget=LINES,
        help_text=_("Parole semplici: la persona le legge sul telefono, come le scrivi."),
    )  # fmt: skip


class CapForm(OnceForm):
    cap_cents = EuroField(label=_("Nuovo tetto"), min_cents=1)
    reason = forms.CharField(label=_("Perché serve"), max_length=600, widget=LINES)


class SignForm(forms.Form):
    """One signature: drawn in the box, or a scan of the signed paper."""

    signer = forms.TypedChoiceField(
        coerce=Signer, choices=[(each.value, each.value) for each in Signer],
        widget=forms.HiddenInput,
    )  # fmt: skip
    person_id = forms.UUIDField(required=False, widget=forms.HiddenInput)
    text_hash = forms.CharField(max_length=64, widget=forms.HiddenInput)
    name = forms.CharField(label=_("Nome di chi firma per l’ente"), max_length=150, required=False)
    drawing = forms.CharField(
        label=_("Firma"), max_length=LONGEST_DRAWING, required=False, widget=forms.HiddenInput
    )
    upload = forms.FileField(
        label=_("Oppure la foto o la scansione del foglio firmato"), required=False,
        help_text=_("PDF, foto (JPEG, PNG, WEBP) o testo semplice, fino a 10 MB."),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Ask for one of the two."""
        cleaned = super().clean() or {}
        if not cleaned.get("drawing") and not cleaned.get("upload"):
            self.add_error(
                None, _("Serve una firma nel riquadro, oppure la foto del foglio firmato.")
            )
        return cleaned


class SpendForm(OnceForm):
    support_key = forms.ChoiceField(
        label=_("Per quale sostegno"), required=False, widget=forms.RadioSelect
    )
    category = forms.ChoiceField(label=_("Voce"))
    title = forms.CharField(label=_("Per che cosa"), max_length=160)
    amount_cents = EuroField(label=_("Importo"), min_cents=1)
    supplier = forms.CharField(
        label=_("Fornitore"), max_length=150,
        help_text=_("Come sarà scritto sulla fattura o sullo scontrino."),
    )  # fmt: skip
    route = forms.TypedChoiceField(
        label=_("Come si paga"),
        coerce=Route,
        widget=forms.RadioSelect,
        initial=Route.SUPPLIER.value,
    )
    reason = forms.CharField(
        label=_("Perché serve"), max_length=600, required=False, widget=LINES,
        help_text=_("Lo legge chi decide, non chi paga."),
    )  # fmt: skip

    def __init__(
        self,
        data: Any,
        *,
        categories: Iterable[CategoryRule],
        supports: Sequence[Support],
        initial: Any = None,
    ) -> None:
        super().__init__(data, initial=initial)
        costly = [each for each in supports if each.amount_cents]
        self.fields["support_key"].choices = [  # type: ignore[attr-defined]
            *((each.key, f"{each.title}, {euro(each.amount_cents)}") for each in costly),
            ("", _("nessuno di questi")),
        ]
        self.fields["category"].choices = [(each.code, each.label) for each in categories]  # type: ignore[attr-defined]
        self.fields["route"].choices = [  # type: ignore[attr-defined]
            (each.value, gettext(ROUTE_LABELS[each])) for each in Route
        ]


class PaperForm(forms.Form):
    """The invoice or receipt of a spend."""

    upload = forms.FileField(
        label=_("Fattura o scontrino"),
        help_text=_("PDF, foto (JPEG, PNG, WEBP) o testo semplice, fino a 10 MB."),
    )
    document_number = forms.CharField(label=_("Numero"), max_length=60)
    document_date = DayField(label=_("Data del documento"))
    document_cents = EuroField(
        label=_("Importo del documento"), min_cents=1,
        help_text=_("Se è meno di quanto impegnato, il resto torna al budget."),
    )  # fmt: skip

    def __init__(self, data: Any, files: Any, *, spend: SpendRequest) -> None:
        super().__init__(data, files, initial={"document_cents": spend.amount_cents})


class PayForm(forms.Form):
    paid_on = DayField(label=_("Pagata il"))
    payment_reference = forms.CharField(
        label=_("Riferimento del pagamento"), max_length=80,
        help_text=_("Per esempio il numero del mandato o del bonifico."),
    )  # fmt: skip
    budget_line = forms.TypedChoiceField(label=_("Voce di costo"), coerce=UUID)

    def __init__(self, data: Any, *, spend: SpendRequest, lines: Sequence[BudgetLine]) -> None:
        initial = {"paid_on": clock.today(), "budget_line": str(spend.category.line_id or "")}
        super().__init__(data, initial=initial)
        self.fields["budget_line"].choices = [  # type: ignore[attr-defined]
            (str(line.pk), f"{line.code} {line.said}") for line in lines
        ]


class ReconcileForm(forms.Form):
    statement_reference = forms.CharField(
        label=_("Riga dell’estratto conto"), max_length=80,
        help_text=_("Per esempio «estratto di maggio, riga 14»."),
    )  # fmt: skip


class MeetingForm(OnceForm):
    day = DayField(label=_("Giorno"))
    hour = forms.TimeField(
        label=_("Ora"), widget=forms.TimeInput(format="%H:%M", attrs={"type": "time", "class": "fld-short"})
    )  # fmt: skip
    place = forms.CharField(label=_("Dove"), max_length=150, required=False)
    with_whom = forms.CharField(label=_("Con chi"), max_length=200, required=False)

    def planned_at(self) -> datetime:
        """Return the moment that was typed, in Italy's time."""
        data = self.cleaned_data
        return datetime.combine(data["day"], data["hour"], tzinfo=clock.ROME)


class HeldForm(OnceForm):
    held_on = DayField(label=_("Quando è stato"))
    worked_minutes = MinutesField(
        label=_("Tempo di chi accompagna"), required=False, min_minutes=1, max_minutes=MOST_WORKED,
        help_text=_("Di tutti gli operatori insieme: due per un’ora sono 2 ore."),
    )  # fmt: skip
    progress = forms.CharField(label=_("A che punto siamo"), required=False, widget=LINES)
    changed_for_family = forms.CharField(
        label=_("Che cosa è cambiato per la famiglia"), required=False, widget=LINES,
        help_text=_("Con le sue parole: si legge nella pagina del patto."),
    )  # fmt: skip


class MissedForm(forms.Form):
    reason = forms.CharField(label=_("Perché non c’è stato"), max_length=300)
    is_justified = forms.BooleanField(label=_("Il motivo è giustificato"), required=False)


class SuspendForm(OnceForm):
    reason = forms.CharField(label=_("Perché"), max_length=600, widget=LINES)
    expected_until = DayField(label=_("Fino a quando, se si sa"), required=False)


class InterruptForm(forms.Form):
    by = forms.ChoiceField(
        label=_("Chi interrompe"), widget=forms.RadioSelect,
        choices=[("family", _("la famiglia")), ("body", _("l’ente")), ("both", _("insieme"))],
    )  # fmt: skip
    reason = forms.CharField(label=_("Perché"), max_length=600, widget=LINES)


class CloseForm(forms.Form):
    """An outcome and its reason for each goal, then the whole.

    `reached` are the keys of the results marked as reached: an outcome is not bound to them.
    """

    def __init__(
        self, data: Any, *, goals: Sequence[Goal], offers_t2: bool, reached: Collection[str] = ()
    ) -> None:
        super().__init__(data)
        self.goals = goals
        outcomes = [(each.value, gettext(OUTCOME_LABELS[each])) for each in Outcome]
        for number, goal in enumerate(goals, start=1):
            self.fields[f"outcome_{goal.key}"] = forms.TypedChoiceField(
                label=f"{number}. {goal.title}", coerce=Outcome, choices=outcomes,
                widget=forms.RadioSelect, help_text=_results_so_far(goal, reached),
            )  # fmt: skip
            self.fields[f"reason_{goal.key}"] = forms.CharField(
                label=_("In poche parole"), max_length=600, required=False, widget=LINES
            )
        self.fields["reason"] = forms.CharField(
            label=_("Com’è andata in tutto"), max_length=2000, widget=LINES
        )
        self.fields["next_steps"] = forms.CharField(
            label=_("E adesso"), max_length=2000, required=False, widget=LINES
        )
        if offers_t2:
            self.fields["t2_declined"] = forms.BooleanField(
                label=_("La Mappa delle risorse finale è stata proposta e la famiglia non l’ha voluta"),
                required=False,
            )  # fmt: skip

    def outcomes(self) -> dict[str, tuple[Outcome, str]]:
        """Return what was chosen, by goal."""
        data = self.cleaned_data
        return {
            goal.key: (data[f"outcome_{goal.key}"], data[f"reason_{goal.key}"])
            for goal in self.goals
        }


def _results_so_far(goal: Goal, reached: Collection[str]) -> str:
    done = sum(result.key in reached for result in goal.results)
    if done == len(goal.results):
        return ""
    return gettext(
        "Risultati segnati come raggiunti finora: %(done)s di %(all)s. Se l’obiettivo è "
        "raggiunto, conviene prima aggiornare i risultati: dopo la chiusura non si cambiano più."
    ) % {"done": done, "all": len(goal.results)}


class FollowUpForm(forms.Form):
    is_still_active = forms.TypedChoiceField(
        label=_("La famiglia è ancora attiva nella comunità?"), widget=forms.RadioSelect,
        choices=[("si", _("sì")), ("no", _("no")), ("", _("non si sa"))],
        coerce={"si": True, "no": False}.get, empty_value=None, required=False,
    )  # fmt: skip
    note = forms.CharField(label=_("Come va"), max_length=2000, widget=LINES)


class ResultForm(forms.Form):
    """How far one expected result is."""

    status = forms.ChoiceField(label=_("A che punto è"), choices=ResultProgress.Status.choices)
    note = forms.CharField(label=_("Nota"), max_length=300, required=False)


class HoursForm(OnceForm):
    commitment_key = forms.ChoiceField(label=_("Quale impegno"), widget=forms.RadioSelect)
    done_on = DayField(label=_("Quando"))
    minutes = MinutesField(label=_("Quanto tempo"), min_minutes=1, max_minutes=24 * 60)
    note = forms.CharField(label=_("Nota"), max_length=300, required=False)

    def __init__(
        self, data: Any, *, commitments: Sequence[Commitment], initial: Any = None
    ) -> None:
        super().__init__(data, initial=initial)
        self.fields["commitment_key"].choices = [  # type: ignore[attr-defined]
            (each.key, f"{each.person_name}: {each.title}, {each.host}") for each in commitments
        ]


class ConfirmHoursForm(forms.Form):
    confirmed_name = forms.CharField(
        label=_("Chi conferma"), max_length=150,
        help_text=_("La persona che ha accolto, per esempio «Lucia, Scuola Il Mulino»."),
    )  # fmt: skip
    changed_for_others = forms.CharField(
        label=_("Che cosa è cambiato per altri"), required=False, widget=LINES
    )


class ShortReasonForm(forms.Form):
    reason = forms.CharField(label=_("Perché"), max_length=300)


class PlanForm(OnceForm):
    title = forms.CharField(label=_("Titolo del piano"), max_length=160)
    summary = forms.CharField(
        label=_("In breve"), widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("L’idea, i clienti, i costi, i primi passi. La commissione legge solo questo, senza nomi."),
    )  # fmt: skip


class AccompanyForm(forms.Form):
    accompanied_by = forms.CharField(
        label=_("Chi accompagna il piano"), max_length=150,
        help_text=_("Per esempio lo sportello della Camera di Commercio."),
    )  # fmt: skip


class JudgeForm(forms.Form):
    decision = forms.ChoiceField(
        label=_("Decisione"), widget=forms.RadioSelect,
        choices=[("yes", _("validato")), ("no", _("non validato"))],
    )  # fmt: skip
    reason = forms.CharField(label=_("Motivo"), max_length=2000, widget=LINES)

    def is_validated(self) -> bool:
        """Return whether the panel says yes."""
        return bool(self.cleaned_data["decision"] == "yes")
