"""Organisations, their contacts, written roles and links, as they are typed."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from farelegami.desk.forms.people import NOTHING, translated
from farelegami.network.models import Organisation
from farelegami.network.rules import (
    CAPACITY_LABELS,
    KIND_LABELS,
    LEGAL_LABELS,
    LINK_LABELS,
    DataCapacity,
    LinkKind,
    OrganisationKind,
)
from farelegami.network.services import OrganisationDraft
from farelegami.web.forms import DayField, OnceForm

WHOLE_PROVINCE = "0"
_NOT_OF_THE_BODY: Final = frozenset({"district_id", "once"})


class OrganisationForm(OnceForm):
    district_id = forms.ChoiceField(label=_("Dove lavora"))
    name = forms.CharField(label=_("Nome"), max_length=160)
    kind = forms.ChoiceField(label=_("Che cos’è"), choices=translated(KIND_LABELS))
    legal_type = forms.ChoiceField(
        label=_("Natura giuridica"),
        required=False,
        choices=[NOTHING, *translated(LEGAL_LABELS)],
    )
    tax_code = forms.CharField(
        label=_("Codice fiscale dell’ente"),
        required=False,
        max_length=16,
        help_text=_("Un gruppo informale non ne ha."),
    )
    runts_number = forms.CharField(
        label=_("Numero RUNTS"),
        required=False,
        max_length=20,
        help_text=_("Solo per gli enti del Terzo settore."),
    )
    municipality_id = forms.ChoiceField(label=_("Comune della sede"), required=False)
    address = forms.CharField(label=_("Indirizzo"), required=False, max_length=200)
    phone = forms.CharField(label=_("Telefono"), required=False, max_length=40)
    email = forms.EmailField(label=_("Posta elettronica"), max_length=254, required=False)
    website = forms.URLField(label=_("Sito"), required=False, assume_scheme="https")

    def __init__(
        self,
        *args: Any,
        towns: Sequence[tuple[str, str]],
        districts: Sequence[tuple[str, Any]] = (),
        organisation: Organisation | None = None,
        **kwargs: Any,
    ) -> None:
        if organisation is not None:
            kwargs["initial"] = {
                name: getattr(organisation, name)
                for name in self.base_fields
                if name not in _NOT_OF_THE_BODY
            }
        super().__init__(*args, **kwargs)
        if organisation is not None:
            del self.fields["district_id"]
        else:
            self._choose("district_id", districts)
        self._choose("municipality_id", [NOTHING, *towns])

    def _choose(self, name: str, choices: Sequence[tuple[Any, Any]]) -> None:
        self.fields[name].choices = list(choices)  # type: ignore[attr-defined]

    @property
    def district(self) -> int | None:
        """The district of a new organisation; None for the whole province."""
        return int(self.cleaned_data["district_id"]) or None

    def draft(self) -> OrganisationDraft:
        """Return what was typed."""
        told = self.cleaned_data.items()
        data = {name: value for name, value in told if name not in _NOT_OF_THE_BODY}
        return OrganisationDraft(
            **data
            | {
                "kind": OrganisationKind(data["kind"]),
                "municipality_id": data["municipality_id"] or None,
            }
        )


class ContactForm(OnceForm):
    name = forms.CharField(label=_("Nome e cognome"), max_length=160)
    role = forms.CharField(label=_("Che cosa fa nell’ente"), required=False, max_length=120)
    phone = forms.CharField(label=_("Telefono"), required=False, max_length=40)
    email = forms.EmailField(label=_("Posta elettronica"), max_length=254, required=False)
    day = DayField(label=_("Dal giorno"))


class RoleForm(OnceForm):
    capacity = forms.ChoiceField(label=_("Ruolo"), choices=translated(CAPACITY_LABELS))
    subject = forms.CharField(
        label=_("Per quale trattamento"),
        max_length=200,
        help_text=_("Per esempio: patti gener-attivi, iscrizioni ai corsi."),
    )
    document_reference = forms.CharField(
        label=_("Atto o accordo"), max_length=200, help_text=_("Per esempio: Accordo 12/2026.")
    )
    starts_on = DayField(label=_("Dal"))
    ends_on = DayField(label=_("Fino al"), required=False)

    def data_capacity(self) -> DataCapacity:
        """Return the role chosen."""
        return DataCapacity(self.cleaned_data["capacity"])


class LinkForm(OnceForm):
    kind = forms.ChoiceField(label=_("Collegamento"), choices=translated(LINK_LABELS))
    other = forms.TypedChoiceField(label=_("Con quale ente"), coerce=UUID)
    day = DayField(label=_("Dal giorno"))

    def __init__(self, *args: Any, choices: Sequence[tuple[UUID, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["other"].choices = [("", _("scegli")), *choices]  # type: ignore[attr-defined]

    def link_kind(self) -> LinkKind:
        """Return the kind chosen."""
        return LinkKind(self.cleaned_data["kind"])
