"""What people type about referrals and cases, turned into the words of the domain."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, cast
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from farelegami.cases.rules.assessments import RESPONDENT_LABELS, Instrument
from farelegami.cases.rules.phases import FINDING_LABELS
from farelegami.cases.rules.referrals import (
    CHANNEL_LABELS,
    SOURCE_LABELS,
    URGENCY_LABELS,
    Channel,
    ReferralMove,
    Source,
    Urgency,
)
from farelegami.cases.rules.teamwork import DIARY_LABELS
from farelegami.cases.services.referrals import ReferralDraft
from farelegami.kernel import clock
from farelegami.kernel.languages import SPOKEN
from farelegami.people.rules.households import MAY_HOLD_A_PACT, ROLE_LABELS
from farelegami.people.rules.privacy import MANNER_LABELS
from farelegami.people.services.persons import PersonDraft
from farelegami.web.forms import DayField, OnceForm

_LONG: Final = 4_000


def _labels(labels: Mapping[Any, str], among: Iterable[Any] = ()) -> list[tuple[str, Any]]:
    wanted = list(among) or list(labels)
    return [(str(key), _(labels[key])) for key in wanted]


def _text(label: Any, rows: int = 4, **more: Any) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=_LONG, widget=forms.Textarea(attrs={"rows": rows}), **more
    )


def _choices(form: forms.Form, name: str) -> forms.ChoiceField:
    return cast("forms.ChoiceField", form.fields[name])


class _Contact(OnceForm):
    """The part that every referral has."""

    given_name = forms.CharField(label=_("Nome"), max_length=80)
    family_name = forms.CharField(label=_("Cognome"), max_length=80, required=False)
    phone = forms.CharField(
        label=_("Telefono"), max_length=40, required=False, widget=forms.TextInput({"type": "tel"})
    )
    email = forms.EmailField(label=_("Posta elettronica"), max_length=254, required=False)
    contact_hours = forms.CharField(label=_("Quando chiamare"), max_length=120, required=False)
    municipality = forms.ChoiceField(label=_("Comune"))

    def __init__(self, towns: Sequence[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choices(self, "municipality").choices = [("", _("scegli")), *towns]

    def _common(self) -> dict[str, Any]:
        data = self.cleaned_data
        names = ("given_name", "family_name", "phone", "email", "contact_hours", "reason")
        return {name: data[name] for name in names} | {"municipality_id": data["municipality"]}


class PublicReferralForm(_Contact):
    """The form anyone may fill in; the field nobody sees is for machines."""

    for_whom = forms.ChoiceField(
        label=_("Per chi chiedi?"),
        choices=[("self", _("per me o per la mia famiglia")), ("other", _("per un’altra persona"))],
        widget=forms.RadioSelect,
        initial="self",
    )
    reason = _text(_("Di che cosa c’è bisogno?"), help_text=_("Bastano poche parole."))
    source = forms.ChoiceField(
        label=_("Chi sei per questa persona?"),
        choices=_labels(
            SOURCE_LABELS,
            [
                Source.FAMILY,
                Source.NEIGHBOUR,
                Source.PARISH,
                Source.SCHOOL,
                Source.DOCTOR,
                Source.ORGANISATION,
                Source.OTHER,
            ],
        ),
        required=False,
    )
    referrer_name = forms.CharField(label=_("Il tuo nome"), max_length=120, required=False)
    referrer_contact = forms.CharField(
        label=_("Come possiamo richiamarti"), max_length=120, required=False
    )
    person_informed = forms.BooleanField(label=_("La persona sa che sto scrivendo"), required=False)
    language = forms.ChoiceField(
        label=_("In che lingua ti scriviamo?"), choices=SPOKEN.items(), required=False
    )
    website = forms.CharField(label=_("Lascia vuoto"), max_length=200, required=False)
    field_order = (
        "for_whom",
        "given_name",
        "family_name",
        "phone",
        "email",
        "contact_hours",
        "municipality",
        "reason",
    )

    def is_from_a_machine(self) -> bool:
        """Return whether the field that no person sees was filled in."""
        return bool(self.data.get("website", "").strip())

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("for_whom") == "other" and not data.get("person_informed"):
            self.add_error(
                "person_informed", _("Prima di scrivere per un’altra persona bisogna dirglielo.")
            )
        return data

    def draft(self) -> ReferralDraft:
        """Return the referral as the services take it."""
        data = self.cleaned_data
        is_self = data["for_whom"] == "self"
        return ReferralDraft(
            **self._common(),
            source=Source.SELF if is_self else Source(data["source"] or Source.OTHER),
            channel=Channel.FORM,
            language=data["language"] or "it",
            person_informed=is_self or data["person_informed"],
            referrer_name="" if is_self else data["referrer_name"],
            referrer_contact="" if is_self else data["referrer_contact"],
        )


class ReferralForm(_Contact):
    """A referral that somebody told the staff."""

    source = forms.ChoiceField(
        label=_("Chi segnala"),
        choices=_labels(SOURCE_LABELS, [one for one in Source if one is not Source.DISTRICT]),
    )
    channel = forms.ChoiceField(
        label=_("Come è arrivata"),
        choices=_labels(
            CHANNEL_LABELS, [Channel.PHONE, Channel.DESK, Channel.EMAIL, Channel.VISIT]
        ),
    )
    urgency = forms.ChoiceField(label=_("Urgenza"), choices=_labels(URGENCY_LABELS))
    reason = _text(_("Di che cosa c’è bisogno"))
    referrer_name = forms.CharField(label=_("Nome di chi segnala"), max_length=120, required=False)
    referrer_contact = forms.CharField(
        label=_("Come richiamare chi segnala"), max_length=120, required=False
    )
    person_informed = forms.BooleanField(label=_("La persona lo sa"), required=False)

    def draft(self) -> ReferralDraft:
        """Return the referral as the services take it."""
        data = self.cleaned_data
        return ReferralDraft(
            **self._common(),
            source=Source(data["source"]),
            channel=Channel(data["channel"]),
            urgency=Urgency(data["urgency"]),
            person_informed=data["person_informed"],
            referrer_name=data["referrer_name"],
            referrer_contact=data["referrer_contact"],
        )


class SendReferralForm(_Contact):
    """A referral that an organisation or a community maker sends."""

    organisation = forms.ChoiceField(label=_("Per quale ente"), required=False)
    urgency = forms.ChoiceField(label=_("Urgenza"), choices=_labels(URGENCY_LABELS))
    reason = _text(_("Di che cosa c’è bisogno"))
    referrer_contact = forms.CharField(label=_("Come richiamarti"), max_length=120)
    person_informed = forms.BooleanField(label=_("La persona sa che la segnaliamo"))

    def __init__(
        self,
        towns: Sequence[tuple[str, str]],
        organisations: Sequence[tuple[UUID, str]],
        *args: Any,
        **kwargs: Any,
    ) -> None:
        super().__init__(towns, *args, **kwargs)
        _choices(self, "organisation").choices = [
            (str(pk), name) for pk, name in organisations
        ] or [("", "–")]

    def draft(self, name: str) -> ReferralDraft:
        """Return the referral as the services take it, sent by somebody called `name`."""
        data = self.cleaned_data
        organisation = data["organisation"]
        return ReferralDraft(
            **self._common(),
            source=Source.ORGANISATION if organisation else Source.LAB,
            channel=Channel.ORGANISATION,
            urgency=Urgency(data["urgency"]),
            person_informed=data["person_informed"],
            referrer_name=name[:120],
            referrer_contact=data["referrer_contact"],
            organisation_id=UUID(organisation) if organisation else None,
        )


class AttemptForm(OnceForm):
    channel = forms.ChoiceField(
        label=_("Come"),
        choices=_labels(
            CHANNEL_LABELS, [Channel.PHONE, Channel.EMAIL, Channel.VISIT, Channel.DESK]
        ),
    )
    reached = forms.TypedChoiceField(
        label=_("Ha risposto?"),
        choices=[("1", _("sì, abbiamo parlato")), ("0", _("no"))],
        coerce=lambda value: value == "1",
        widget=forms.RadioSelect,
    )
    note = forms.CharField(label=_("Nota"), max_length=300, required=False)


class AnswerReferralForm(forms.Form):
    move = forms.ChoiceField(
        choices=[
            (str(move), str(move))
            for move in (ReferralMove.DIRECT, ReferralMove.RENOUNCE, ReferralMove.GIVE_UP)
        ],
        widget=forms.HiddenInput,
    )
    directed_to = forms.CharField(label=_("Dove"), max_length=160, required=False)
    answer = _text(_("Che cosa ci siamo detti"), rows=3, required=False)


class IntakeForm(OnceForm):
    """The first welcome: the person, the programme, the notice."""

    person = forms.ChoiceField(
        label=_("È qualcuno che conosciamo già?"), widget=forms.RadioSelect, required=False
    )
    given_name = forms.CharField(label=_("Nome"), max_length=80, required=False)
    family_name = forms.CharField(label=_("Cognome"), max_length=80, required=False)
    birth_date = DayField(label=_("Data di nascita"), required=False)
    role = forms.ChoiceField(
        label=_("Nel nucleo è"), choices=_labels(ROLE_LABELS, sorted(MAY_HOLD_A_PACT))
    )
    language = forms.ChoiceField(
        label=_("Lingua preferita"),
        choices=[
            ("it", _("italiano")),
            ("en", _("inglese")),
            ("fr", _("francese")),
            ("ro", _("rumeno")),
            ("ar", _("arabo")),
            ("pa", _("punjabi")),
            ("sq", _("albanese")),
        ],
    )
    programme = forms.ChoiceField(label=_("Programma"))
    notice = forms.ChoiceField(
        label=_("Informativa privacy"),
        choices=[("", _("non ancora consegnata")), *_labels(MANNER_LABELS)],
        required=False,
    )

    def __init__(
        self,
        known: Sequence[tuple[UUID, str]],
        programmes: Sequence[tuple[UUID, str]],
        *args: Any,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (
            ("person", [("", _("no, è una persona nuova")), *known]),
            ("programme", programmes),
        ):
            _choices(self, name).choices = [(str(pk), label) for pk, label in choices]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("person"):
            for name in ("given_name", "family_name"):
                if name in data and not data[name].strip():
                    self.add_error(name, _("Per registrare una persona servono nome e cognome."))
        return data

    def person_draft(self, *, phone: str, email: str, municipality_id: str | None) -> PersonDraft:
        """Return the person to register, with the contacts of the referral."""
        data = self.cleaned_data
        return PersonDraft(
            given_name=data["given_name"],
            family_name=data["family_name"],
            birth_date=data["birth_date"],
            preferred_language=data["language"],
            phone=phone,
            email=email,
            municipality_id=municipality_id,
        )


class MoveForm(forms.Form):
    move = forms.CharField(max_length=20, widget=forms.HiddenInput)
    reason = _text(_("Motivo"), rows=3, required=False)


class MeetingForm(forms.Form):
    day = DayField(label=_("Giorno"))


class FindingForm(OnceForm):
    kind = forms.ChoiceField(label=_("Che cosa"), choices=_labels(FINDING_LABELS))
    area = forms.ChoiceField(label=_("Ambito di vita"))
    text = _text(_("In parole semplici"), rows=2)

    def __init__(self, areas: Sequence[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choices(self, "area").choices = list(areas)


class AssessmentForm(forms.Form):
    """One field for each question of an instrument."""

    person = forms.ChoiceField(label=_("Di chi parliamo"))
    respondent = forms.ChoiceField(label=_("Chi risponde"), choices=_labels(RESPONDENT_LABELS))
    taken_on = DayField(label=_("Giorno"))

    def __init__(
        self,
        instrument: Instrument,
        people: Sequence[tuple[UUID, str]],
        *args: Any,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.instrument = instrument
        _choices(self, "person").choices = [(str(pk), name) for pk, name in people]
        self.fields["taken_on"].initial = clock.today()
        for item in instrument.items:
            self.fields[f"item-{item.code}"] = forms.TypedChoiceField(
                label=f"{item.label}: {item.text}",
                choices=[(value, f"{value} · {word}") for value, word in instrument.choices],
                coerce=int,
                widget=forms.RadioSelect,
            )

    def questions(self) -> Sequence[forms.BoundField]:
        """Return the fields of the instrument, in order."""
        return [self[f"item-{item.code}"] for item in self.instrument.items]

    def answers(self) -> dict[str, int]:
        """Return the answers by code of the question."""
        return {item.code: self.cleaned_data[f"item-{item.code}"] for item in self.instrument.items}


class DiaryForm(OnceForm):
    kind = forms.ChoiceField(label=_("Tipo"), choices=_labels(DIARY_LABELS))
    happened_on = DayField(label=_("Giorno"))
    text = _text(_("Nota"), rows=6)


class OpenDiaryForm(OnceForm):
    reason = forms.CharField(label=_("Motivo dell’apertura"), max_length=300)


class InviteForm(OnceForm):
    """A colleague, a referent of an organisation, or the organisation: one list, three groups."""

    who = forms.ChoiceField(label=_("Chi"))
    task = forms.CharField(label=_("Compito"), max_length=120)
    ends_on = DayField(label=_("Fino al"))
    reads_diary = forms.BooleanField(
        label=_("Sostituisce chi segue il percorso: legge e scrive il diario"), required=False
    )

    def __init__(
        self,
        colleagues: Sequence[tuple[UUID, str]],
        referents: Sequence[tuple[UUID, UUID, str]],
        bodies: Sequence[tuple[UUID, str]],
        *args: Any,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        groups = [
            (_("colleghi"), [(str(pk), name) for pk, name in colleagues]),
            (_("referenti di un ente"), [(f"{pk}@{body}", name) for pk, body, name in referents]),
            (_("tutto un ente"), [(f"@{body}", name) for body, name in bodies]),
        ]
        _choices(self, "who").choices = [("", _("scegli")), *(one for one in groups if one[1])]

    def asked(self) -> tuple[UUID | None, UUID | None]:
        """Return the account and the organisation chosen."""
        account, _at, body = self.cleaned_data["who"].partition("@")
        return (UUID(account) if account else None, UUID(body) if body else None)


class HandoverForm(OnceForm):
    """To a worker, a body or another district: one list, three groups."""

    to = forms.ChoiceField(label=_("A chi"))
    reason = _text(_("Motivo"), rows=3)
    basis = forms.CharField(
        label=_("In base a che cosa"),
        max_length=200,
        help_text=_("L’atto, l’accordo o la norma che lo permette."),
    )
    deadline = DayField(label=_("Rispondere entro"))
    family_knows = forms.BooleanField(
        label=_("La famiglia lo sa ed è stata ascoltata"), required=False,
        help_text=_("Se non lo sa ancora, conviene parlarne prima: chi riceve lo vede."),
    )  # fmt: skip

    def __init__(
        self,
        workers: Sequence[tuple[UUID, str]],
        bodies: Sequence[tuple[UUID, str]],
        districts: Sequence[tuple[int, str]],
        *args: Any,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        groups = [
            (_("colleghi"), [(f"account:{pk}", name) for pk, name in workers]),
            (_("enti"), [(f"body:{pk}", name) for pk, name in bodies]),
            (_("un altro ambito"), [(f"district:{pk}", name) for pk, name in districts]),
        ]
        _choices(self, "to").choices = [("", _("scegli")), *(one for one in groups if one[1])]

    def receiver(self, kind: str) -> UUID | None:
        """Return the account or the body chosen, None if another was."""
        chosen, _sep, pk = self.cleaned_data["to"].partition(":")
        return UUID(pk) if chosen == kind else None

    def district(self) -> int | None:
        """Return the district chosen, None if another receiver was."""
        chosen, _sep, pk = self.cleaned_data["to"].partition(":")
        return int(pk) if chosen == "district" else None


class AnswerHandoverForm(forms.Form):
    decision = forms.ChoiceField(
        label=_("Risposta"),
        choices=[("accept", _("accetto")), ("decline", _("non accetto"))],
        widget=forms.RadioSelect,
    )
    answer = forms.CharField(label=_("Che cosa rispondo"), max_length=300, required=False)
