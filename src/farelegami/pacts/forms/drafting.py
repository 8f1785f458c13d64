"""Forms by which a pact is opened and its words are written."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol
from uuid import UUID

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from farelegami.pacts.models import PactMember, PactVersion
from farelegami.pacts.rules.readiness import CategoryRule
from farelegami.pacts.rules.terms import Basis, Commitment, Goal, Result, Support, Terms
from farelegami.people.queries.households import Member
from farelegami.programmes.models import GoalTemplate, PactType
from farelegami.web.formats import euro
from farelegami.web.forms import (
    DayField,
    EuroField,
    LateChoiceField,
    LateChoicesField,
    MinutesField,
    OnceForm,
)

Choices = Iterable[tuple[Any, str]]
SHORT = forms.Textarea(attrs={"rows": 3})


class WordsForm(forms.Form):
    """A form filled from the words as they were; newer words are never written over."""

    edit_number = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data: Any, *, version: PactVersion, initial: Any = None) -> None:
        self.version = version
        super().__init__(data, initial={**(initial or {}), "edit_number": version.edit_number})

    def show_newer_words(self) -> None:
        """Carry the number of the newest words, so that saving again is knowing of them."""
        self.data = {**dict(self.data.items()), "edit_number": str(self.version.edit_number)}


def _people(members: Sequence[Member]) -> list[tuple[str, str]]:
    return [
        (
            str(member.person_id),
            f"{member.name}, {member.role_label}"
            + (f", {gettext('%(age)s anni') % {'age': member.age}}" if member.age else ""),
        )
        for member in members
    ]


class MembersForm(forms.Form):
    """Who signs, and who else of the household is in the pact; loaded by `at_home` when shown."""

    holders = LateChoicesField(
        label=_("Chi firma"), coerce=UUID, widget=forms.CheckboxSelectMultiple,
        help_text=_("Gli adulti che si impegnano e firmano."),
    )  # fmt: skip
    members = LateChoicesField(
        label=_("Chi altro riguarda"), coerce=UUID, widget=forms.CheckboxSelectMultiple,
        required=False, help_text=_("Per esempio i figli: sono nel patto ma non firmano."),
    )  # fmt: skip

    def __init__(
        self,
        data: Any,
        *,
        at_home: Callable[[], Sequence[Member]],
        named: Sequence[PactMember] = (),
    ) -> None:
        initial = {
            "holders": [str(each.person_id) for each in named if each.is_holder],
            "members": [str(each.person_id) for each in named if not each.is_holder],
        }
        super().__init__(data, initial=initial if named else None)
        self.fields["holders"].choices = lambda: _people(_signers(at_home()))  # type: ignore[attr-defined]
        self.fields["members"].choices = lambda: _people(at_home())  # type: ignore[attr-defined]


def _signers(at_home: Sequence[Member]) -> Sequence[Member]:
    return [member for member in at_home if member.may_hold_a_pact] or at_home


class PactChoices(Protocol):
    """What a pact may be opened with; each is read when first asked for."""

    @property
    def at_home(self) -> Sequence[Member]: ...
    @property
    def types(self) -> Sequence[PactType]: ...
    @property
    def bodies(self) -> Choices: ...
    @property
    def templates(self) -> Mapping[UUID, Sequence[GoalTemplate]]: ...


class NewPactForm(OnceForm, MembersForm):
    pact_type = LateChoiceField(label=_("Che patto è"), coerce=UUID, widget=forms.RadioSelect)
    title = forms.CharField(
        label=_("Titolo"), max_length=160,
        help_text=_("Poche parole che la famiglia riconosce, per esempio «Lavorare in cucina»."),
    )  # fmt: skip
    body = LateChoiceField(label=_("Ente che firma"), coerce=UUID)
    starts_on = DayField(label=_("Da quando"))
    templates = LateChoicesField(
        label=_("Obiettivi da cui partire"), widget=forms.CheckboxSelectMultiple, required=False,
        help_text=_("Si cambiano, si aggiungono e si tolgono scrivendo il patto insieme."),
    )  # fmt: skip

    field_order = ("pact_type", "title", "body", "starts_on", "holders", "members", "templates")

    def __init__(self, data: Any, *, offered: PactChoices) -> None:
        super().__init__(data, at_home=lambda: offered.at_home)
        late: dict[str, Callable[[], Any]] = {
            "pact_type": lambda: [(str(each.pk), _type_label(each)) for each in offered.types],
            "body": lambda: [(str(pk), name) for pk, name in offered.bodies],
            "templates": lambda: [
                (each.said, [(one.code, one.title) for one in found])
                for each in offered.types
                if (found := offered.templates.get(each.pk, ()))
            ],
        }
        for name, choices in late.items():
            self.fields[name].choices = choices  # type: ignore[attr-defined]


def _type_label(pact_type: PactType) -> str:
    return gettext("%(name)s: fino a %(cap)s, %(months)s mesi") % {
        "name": pact_type.said,
        "cap": euro(pact_type.cap_cents),
        "months": pact_type.validity_months,
    }


class DatesForm(WordsForm):
    starts_on = DayField(label=_("Dal"))
    ends_on = DayField(label=_("Al"))

    def __init__(self, data: Any, *, version: PactVersion, terms: Terms) -> None:
        initial = {"starts_on": terms.starts_on, "ends_on": terms.ends_on}
        super().__init__(data, version=version, initial=initial)


class GoalForm(WordsForm):
    title = forms.CharField(
        label=_("Obiettivo"), max_length=200,
        help_text=_("Come lo direbbe la famiglia, per esempio «Lavorare in una cucina»."),
    )  # fmt: skip

    def __init__(self, data: Any, *, version: PactVersion, goal: Goal | None = None) -> None:
        super().__init__(data, version=version, initial={"title": goal.title} if goal else None)


class ResultForm(WordsForm):
    text = forms.CharField(
        label=_("Risultato atteso"), max_length=200,
        help_text=_("Qualcosa che si vede, per esempio «Attestato HACCP»."),
    )  # fmt: skip
    due_on = DayField(label=_("Entro il"))
    indicator = forms.CharField(label=_("Da che cosa si vede"), max_length=200, required=False)
    baseline = forms.CharField(label=_("Come si parte"), max_length=200, required=False)

    def __init__(self, data: Any, *, version: PactVersion, result: Result | None = None) -> None:
        initial = (
            {name: getattr(result, name) for name in ("text", "due_on", "indicator", "baseline")}
            if result
            else None
        )
        super().__init__(data, version=version, initial=initial)


class SupportForm(WordsForm):
    category = forms.ChoiceField(label=_("Voce"))
    title = forms.CharField(label=_("Sostegno"), max_length=160)
    provider = forms.CharField(label=_("Chi lo dà"), max_length=150)
    amount_cents = EuroField(
        label=_("Quanto costa"), help_text=_("Zero se è senza spesa."), initial=0
    )
    detail = forms.CharField(
        label=_("In più"), max_length=300, required=False,
        help_text=_("Ore, mesi, motivo: quello che serve per capirsi."),
    )  # fmt: skip

    def __init__(
        self,
        data: Any,
        *,
        version: PactVersion,
        categories: Iterable[CategoryRule],
        support: Support | None = None,
    ) -> None:
        names = ("category", "title", "provider", "amount_cents", "detail")
        initial = {name: getattr(support, name) for name in names} if support else None
        super().__init__(data, version=version, initial=initial)
        self.fields["category"].choices = [  # type: ignore[attr-defined]
            (each.code, _with_limit(each)) for each in categories
        ]


def _with_limit(category: CategoryRule) -> str:
    if category.limit is None:
        return category.label
    most = {"label": category.label, "limit": euro(category.limit)}
    return gettext("%(label)s (al massimo %(limit)s)") % most


class CommitmentForm(WordsForm):
    person_id = forms.TypedChoiceField(
        label=_("Chi si impegna"), coerce=UUID, widget=forms.RadioSelect
    )
    title = forms.CharField(
        label=_("Che cosa fa"), max_length=160,
        help_text=_("Per esempio «traduce al corso di italiano»."),
    )  # fmt: skip
    host = forms.CharField(label=_("Presso chi"), max_length=150)
    minutes = MinutesField(label=_("Ore in tutto"), min_minutes=1)
    weekly_minutes = MinutesField(label=_("Ore a settimana"), required=False)
    ends_on = DayField(label=_("Fino al"))
    when = forms.CharField(
        label=_("Quando"), max_length=120, required=False,
        help_text=_("Per esempio «martedì 15–17»."),
    )  # fmt: skip
    basis = forms.TypedChoiceField(
        label=_("Base dell’impegno"), coerce=Basis, widget=forms.RadioSelect,
        choices=[
            (Basis.VOLUNTARY.value, _("volontario")),
            (Basis.PUC.value, _("progetto utile alla collettività (PUC)")),
        ],
        initial=Basis.VOLUNTARY.value,
    )  # fmt: skip
    helpers = forms.CharField(label=_("Con l’aiuto di"), max_length=150, required=False)

    def __init__(
        self,
        data: Any,
        *,
        version: PactVersion,
        members: Sequence[PactMember],
        commitment: Commitment | None = None,
    ) -> None:
        names = ("person_id", "title", "host", "minutes", "weekly_minutes", "ends_on", "when",
                 "basis", "helpers")  # fmt: skip
        initial = {name: getattr(commitment, name) for name in names} if commitment else {}
        if commitment:
            initial["weekly_minutes"] = commitment.weekly_minutes or None
        super().__init__(data, version=version, initial=initial)
        self.fields["person_id"].choices = [  # type: ignore[attr-defined]
            (str(each.person_id), each.person.name) for each in members
        ]

    def clean_weekly_minutes(self) -> int:
        """Return zero where nothing was said."""
        return self.cleaned_data.get("weekly_minutes") or 0


class GivebackNoteForm(WordsForm):
    note = forms.CharField(
        label=_("Che cosa ci si è detti"), max_length=400, required=False, widget=SHORT,
        help_text=_("Entra nel testo del patto, se c’è."),
    )  # fmt: skip

    def __init__(self, data: Any, *, version: PactVersion, note: str = "") -> None:
        super().__init__(data, version=version, initial={"note": note})


class TemplateForm(WordsForm):
    code = forms.CharField(widget=forms.HiddenInput)


class AmendForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("Che modifica è"),
        choices=[
            (PactVersion.Kind.INTEGRATION.value, _("integrazione: cambiano obiettivi, sostegni o impegni")),
            (PactVersion.Kind.EXTENSION.value, _("proroga: cambia la fine")),
        ],
        widget=forms.RadioSelect,
        initial=PactVersion.Kind.INTEGRATION.value,
    )  # fmt: skip
    reason = forms.CharField(label=_("Perché"), max_length=600, widget=SHORT)
