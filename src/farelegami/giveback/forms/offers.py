"""What somebody offers, as it is typed together with them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final
from uuid import UUID

from django import forms
from django.forms import formset_factory
from django.utils.translation import gettext_lazy as _

from farelegami.giveback.forms.opportunities import BaseSlots, SlotForm, typed_slot
from farelegami.giveback.models import Offer
from farelegami.giveback.rules.needs import FIELD_LABELS, REQUIREMENT_LABELS, Field, Requirement
from farelegami.giveback.rules.offers import MOST_PLACES
from farelegami.giveback.rules.slots import MOST_SLOTS, Slot
from farelegami.giveback.services.offers import OfferDraft
from farelegami.kernel.units import Minutes
from farelegami.pacts.rules.terms import Basis
from farelegami.people.rules.persons import TRANSPORT_LABELS, Transport
from farelegami.people.services.persons import PersonDraft
from farelegami.web.forms import DayField, MinutesField, OnceForm

SLOTS: Final = "orari"
_LONGEST_WAY: Final = 300


def _translated(labels: Mapping[Any, str]) -> list[tuple[str, Any]]:
    return [(str(value), _(label)) for value, label in labels.items()]


class OfferSlotForm(SlotForm):
    perhaps = forms.BooleanField(label=_("forse"), required=False)

    def slot(self) -> Slot | None:
        """Return the stretch, certain or perhaps, or nothing where the line is empty."""
        found = super().slot()
        perhaps = self.cleaned_data.get("perhaps", False)
        return replace(found, is_certain=not perhaps) if found else None


OfferSlotFormSet: type[BaseSlots] = formset_factory(  # type: ignore[assignment]
    OfferSlotForm, formset=BaseSlots, extra=2, max_num=MOST_SLOTS, absolute_max=MOST_SLOTS
)


def typed_offer_slot(slot: Slot) -> dict[str, Any]:
    """Return what a line starts from."""
    return {**typed_slot(slot), "perhaps": not slot.is_certain}


class OfferForm(OnceForm):
    weekly_minutes = MinutesField(
        label=_("Quanto tempo a settimana?"),
        min_minutes=1,
        help_text=_("Per esempio 2 oppure 3:30. Mai più di 16 ore."),
    )
    starts_on = DayField(label=_("Dal"))
    ends_on = DayField(label=_("Al"))
    wish = forms.CharField(label=_("Che cosa le piacerebbe fare"), required=False, max_length=300)
    limits = forms.CharField(
        label=_("Limiti"),
        required=False,
        max_length=300,
        help_text=_("Li legge anche chi accoglie: solo ciò che serve, niente di sanitario."),
    )
    fields_liked = forms.MultipleChoiceField(
        label=_("Campi che preferisce"),
        required=False,
        choices=_translated(FIELD_LABELS),
        widget=forms.CheckboxSelectMultiple,
    )
    transport = forms.MultipleChoiceField(
        label=_("Come si muove"),
        required=False,
        choices=_translated(TRANSPORT_LABELS),
        widget=forms.CheckboxSelectMultiple,
    )
    travel_minutes = forms.IntegerField(
        label=_("Quanto può viaggiare, in minuti, solo andata"),
        min_value=1,
        max_value=_LONGEST_WAY,
        initial=30,
        widget=forms.NumberInput(attrs={"class": "fld-short"}),
    )
    places = forms.IntegerField(
        label=_("In quanti posti insieme"),
        min_value=1,
        max_value=MOST_PLACES,
        initial=1,
        help_text=_("Le ore si dividono fra i posti: 4 ore in due posti sono 2 ore in ciascuno."),
        widget=forms.NumberInput(attrs={"class": "fld-short"}),
    )
    employer_id = forms.TypedChoiceField(
        label=_("La manda l’impresa per cui lavora"), required=False, coerce=UUID, empty_value=None
    )

    def __init__(
        self, *args: Any, employers: Sequence[tuple[UUID, str]] | None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if employers is None:
            del self.fields["employer_id"]
        else:
            chosen: list[tuple[Any, Any]] = [("", _("nessuna: viene per conto suo")), *employers]
            self.fields["employer_id"].choices = chosen  # type: ignore[attr-defined]

    def draft(self, slots: Sequence[Slot], basis: Basis) -> OfferDraft:
        """Return what was typed."""
        data = self.cleaned_data
        return OfferDraft(
            weekly_minutes=Minutes(data["weekly_minutes"]),
            starts_on=data["starts_on"],
            ends_on=data["ends_on"],
            slots=slots,
            basis=basis,
            places=data["places"],
            wish=data["wish"],
            fields=[Field(each) for each in data["fields_liked"]],
            limits=data["limits"],
            transport=[Transport(each) for each in data["transport"]],
            travel_minutes=data["travel_minutes"],
        )


class MetOfferForm(OfferForm):
    """Who was met, too: as little as it takes to write to them and to find them a place."""

    given_name = forms.CharField(label=_("Nome"), max_length=80)
    family_name = forms.CharField(label=_("Cognome"), max_length=80)
    birth_date = DayField(
        label=_("Data di nascita"),
        required=False,
        help_text=_("Serve per i posti che chiedono un’età."),
    )
    municipality_id = forms.ChoiceField(label=_("Comune in cui vive"))
    phone = forms.CharField(label=_("Telefono"), required=False, max_length=40)
    email = forms.EmailField(
        label=_("Posta elettronica"), required=False, help_text=_("Qui le arrivano le proposte.")
    )

    def __init__(self, *args: Any, towns: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, employers=None, **kwargs)
        chosen: list[tuple[Any, Any]] = [("", _("scegli")), *towns]
        self.fields["municipality_id"].choices = chosen  # type: ignore[attr-defined]

    def person(self) -> PersonDraft:
        """Return who was met, as typed."""
        return PersonDraft(**{name: self.cleaned_data[name] for name in _MET})


_MET: Final = (
    "given_name", "family_name", "birth_date", "municipality_id", "phone", "email",
)  # fmt: skip
_SAME: Final = (
    "weekly_minutes", "starts_on", "ends_on", "wish", "limits", "transport", "travel_minutes",
    "places",
)  # fmt: skip


def values_of_offer(offer: Offer) -> dict[str, Any]:
    """Return what the form of an offer starts from."""
    values = {name: getattr(offer, name) for name in _SAME}
    return {**values, "fields_liked": offer.fields}


class OfferSheet:
    """The whole form of an offer: the fields and the lines of times."""

    def __init__(
        self,
        data: Any,
        *,
        first: Mapping[str, Any],
        slots: Sequence[Slot],
        employers: Sequence[tuple[UUID, str]] | None = None,
        form: OfferForm | None = None,
    ) -> None:
        self.form = form or OfferForm(data, initial=first, employers=employers)
        lines = [typed_offer_slot(slot) for slot in slots]
        self.slots = OfferSlotFormSet(data, prefix=SLOTS, initial=lines)

    def is_valid(self) -> bool:
        """Return whether everything typed can be read; every part is looked at."""
        lines = self.slots.is_valid()
        return self.form.is_valid() and lines

    @property
    def has_errors(self) -> bool:
        """Whether something has to be corrected, in whichever part."""
        return bool(self.form.errors) or bool(self.slots.total_error_count())

    def draft(self, basis: Basis = Basis.VOLUNTARY) -> OfferDraft:
        """Return what was typed."""
        return self.form.draft(self.slots.slots(), basis)


class PaperForm(forms.Form):
    requirement = forms.ChoiceField(label=_("Documento"), choices=_translated(REQUIREMENT_LABELS))
    seen_on = DayField(label=_("Visto il"))
    expires_on = DayField(
        label=_("Scade il"), required=False, help_text=_("Vuoto, se non scade mai.")
    )

    def paper(self) -> Requirement:
        """Return the paper chosen."""
        return Requirement(self.cleaned_data["requirement"])
