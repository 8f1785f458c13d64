"""A registration as it is typed: who, born where, spoken languages, how to be reached."""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BaseFormSet, formset_factory
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from farelegami.people.models import Person, PersonLanguage
from farelegami.people.rules.languages import LANGUAGE_LABELS
from farelegami.people.rules.persons import (
    ADDRESS_LABELS,
    CHANNEL_LABELS,
    LEVEL_LABELS,
    FormOfAddress,
    Level,
)
from farelegami.people.services.persons import PersonDraft
from farelegami.search.rules import sort_key
from farelegami.territory.queries import (
    birth_places,
    country_choices,
    municipality_choices,
    municipality_names,
    place_name_of,
    quarter_choices,
)
from farelegami.web.forms import DayField, OnceForm

NOTHING: Final = ("", _("non indicato"))
_CODE: Final = re.compile(r"\b([A-Za-z][0-9]{3})\b\]?$")
_SHOWN: Final = 6


def translated(labels: Mapping[Any, str]) -> list[tuple[str, Any]]:
    """Return (value, translated label) pairs for a select."""
    return [(str(value), _(label)) for value, label in labels.items()]


def written_place(code: str, name: str) -> str:
    """Return a place of birth as the field shows it: the code tells namesakes apart."""
    return f"{name} [{code}]" if name else code


class BirthPlaceField(forms.CharField):
    """A place of birth typed by name, or by Belfiore code, cleaned to its code."""

    default_error_messages = {
        "unknown": _(
            "Non conosciamo questo luogo: scrivi il comune o lo Stato estero in italiano."
        ),
        "many": _("Ci sono più luoghi con questo nome. Scrivi uno di questi: %(places)s."),
    }

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        if not text:
            return ""
        match = _CODE.search(text)
        if match and place_name_of(match[1]):
            return match[1].upper()
        found = birth_places(text.split("(")[0])
        asked = sort_key(text)
        exact = [
            row for row in found if asked in {row.folded, sort_key(str(row)), sort_key(row.name)}
        ]
        if len(exact) == 1:
            return exact[0].belfiore_code
        if not found:
            raise ValidationError(self.error_messages["unknown"], code="unknown")
        places = ", ".join(
            written_place(row.belfiore_code, str(row)) for row in (exact or found)[:_SHOWN]
        )
        raise ValidationError(self.error_messages["many"], code="many", params={"places": places})


class PersonForm(OnceForm):
    district_id = forms.TypedChoiceField(label=_("Ambito"), coerce=int)
    given_name = forms.CharField(label=_("Nome"), max_length=80)
    family_name = forms.CharField(label=_("Cognome"), max_length=80)
    birth_date = DayField(label=_("Data di nascita"), required=False)
    birth_place_code = BirthPlaceField(
        label=_("Luogo di nascita"),
        required=False,
        max_length=120,
        help_text=_("Comune, o Stato estero."),
    )
    sex = forms.ChoiceField(
        label=_("Sesso anagrafico"),
        required=False,
        choices=[NOTHING, ("F", _("femmina")), ("M", _("maschio"))],
    )
    form_of_address = forms.ChoiceField(
        label=_("Come rivolgersi"),
        choices=translated(ADDRESS_LABELS),
        help_text=_("Come preferisce che le si scriva."),
    )
    citizenship = forms.ChoiceField(label=_("Cittadinanza"), required=False)
    tax_code = forms.CharField(
        label=_("Codice fiscale"),
        required=False,
        max_length=24,
        help_text=_("Facoltativo: si può aggiungere quando serve."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    municipality_id = forms.ChoiceField(label=_("Comune"), required=False)
    quarter_id = forms.TypedChoiceField(
        label=_("Quartiere"), required=False, empty_value=None, coerce=str
    )
    address = forms.CharField(label=_("Indirizzo"), required=False, max_length=200)
    phone = forms.CharField(
        label=_("Telefono"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )
    email = forms.EmailField(
        label=_("Posta elettronica"),
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    preferred_language = forms.ChoiceField(
        label=_("Lingua in cui scriverle"), choices=translated(LANGUAGE_LABELS), initial="it"
    )
    preferred_channel = forms.ChoiceField(
        label=_("Come preferisce essere contattata"),
        required=False,
        choices=[NOTHING, *translated(CHANNEL_LABELS)],
    )
    contact_hours = forms.CharField(
        label=_("Quando"),
        required=False,
        max_length=120,
        help_text=_("Per esempio: dopo le 14, non il venerdì."),
    )
    contact_limits = forms.CharField(
        label=_("Cautele nei contatti"),
        required=False,
        max_length=300,
        help_text=_("Per esempio: non lasciare messaggi, il telefono è condiviso."),
    )

    def __init__(
        self,
        *args: Any,
        districts: Sequence[tuple[int, str]],
        person: Person | None = None,
        birth_place: str = "",
        **kwargs: Any,
    ) -> None:
        if person is not None:
            kwargs["initial"] = _typed(person, birth_place)
        super().__init__(*args, **kwargs)
        if len(districts) == 1 or person is not None:
            del self.fields["district_id"]
        else:
            self._choose("district_id", districts)
        codes = [number for number, _name in districts]
        self._choose("municipality_id", [NOTHING, *_towns(codes, person)])
        self._choose("quarter_id", [NOTHING, *_quarters(codes)])
        self._choose("citizenship", [NOTHING, *country_choices()])
        self.only_district = districts[0][0] if districts else 0

    def _choose(self, name: str, choices: Sequence[tuple[Any, Any]]) -> None:
        self.fields[name].choices = list(choices)  # type: ignore[attr-defined]

    @property
    def district(self) -> int:
        """The district of a new person."""
        return int(self.cleaned_data.get("district_id") or self.only_district)

    def draft(self, languages: Mapping[str, Level]) -> PersonDraft:
        """Return what was typed."""
        told = self.cleaned_data.items()
        data = {name: value for name, value in told if name not in {"district_id", "once"}}
        return PersonDraft(
            **data
            | {
                "form_of_address": FormOfAddress(data["form_of_address"]),
                "municipality_id": data["municipality_id"] or None,
                "quarter_id": data["quarter_id"] or None,
                "languages": languages,
            }
        )


def _typed(person: Person, birth_place: str) -> dict[str, Any]:
    names = (
        "given_name",
        "family_name",
        "birth_date",
        "sex",
        "form_of_address",
        "citizenship",
        "tax_code",
        "municipality_id",
        "quarter_id",
        "address",
        "phone",
        "email",
        "preferred_language",
        "preferred_channel",
        "contact_hours",
        "contact_limits",
    )
    code = person.birth_place_code
    return {name: getattr(person, name) for name in names} | {
        "birth_place_code": written_place(code, birth_place) if code else ""
    }


def _towns(district_ids: Collection[int], person: Person | None) -> list[tuple[str, str]]:
    towns = municipality_choices(district_ids)
    present = person.municipality_id if person else None
    if present and present not in dict(towns):
        towns += municipality_names([present]).items()
    return towns


def _quarters(district_ids: Collection[int]) -> list[tuple[str, str]]:
    return [(str(pk), label) for pk, label in quarter_choices(district_ids)]


class LanguageForm(forms.Form):
    language = forms.ChoiceField(
        label=_("Lingua"), choices=[("", _("scegli")), *translated(LANGUAGE_LABELS)]
    )
    level = forms.ChoiceField(
        label=_("Quanto la parla"), choices=translated(LEVEL_LABELS), initial=Level.NATIVE.value
    )


class BaseLanguages(BaseFormSet):  # type: ignore[type-arg]
    def clean(self) -> None:
        chosen = [row["language"] for row in self._rows()]
        if len(set(chosen)) != len(chosen):
            raise ValidationError(_now("La stessa lingua compare due volte."))

    def _rows(self) -> list[dict[str, Any]]:
        return [
            form.cleaned_data
            for form in self.forms
            if getattr(form, "cleaned_data", {}).get("language")
            and not form.cleaned_data.get("DELETE")
        ]

    def levels(self) -> dict[str, Level]:
        """Return how well each language is spoken."""
        return {row["language"]: Level(row["level"]) for row in self._rows()}


LanguageFormSet: type[BaseLanguages] = formset_factory(  # type: ignore[assignment]
    LanguageForm, formset=BaseLanguages, extra=2, max_num=12, absolute_max=20, can_delete=True
)


def spoken(rows: Sequence[PersonLanguage]) -> list[dict[str, str]]:
    """Return what the rows of languages start from."""
    return [{"language": row.language, "level": row.level} for row in rows]
