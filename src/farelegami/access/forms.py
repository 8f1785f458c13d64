"""Text of invitations and sign-up into what the services take."""

from typing import Any
from uuid import UUID

from allauth.account.forms import LoginForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from farelegami.access.rules import INVITED_BY_COORDINATOR, PLACE_OF, Place
from farelegami.kernel.actor import ROLE_LABELS, Actor, Role
from farelegami.network.queries import visible_organisations
from farelegami.territory.queries import districts
from farelegami.web.forms import OnceForm


class SignInForm(LoginForm):  # type: ignore[misc]
    """The sign-in of the library in our words; the way to a new password stands beside the button."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("Nome utente o e-mail")
        self.fields["password"].help_text = ""
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)


class AddAppForm(ActivateTOTPForm):  # type: ignore[misc]
    """The first code of an app, in our words."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        code = self.fields["code"]
        code.label = _("Le sei cifre")
        code.widget.attrs |= {"inputmode": "numeric", "placeholder": ""}


class AddKeyForm(AddWebAuthnForm):  # type: ignore[misc]
    """A new passkey, in our words."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _name_keys(self)
        alone = self.fields["passwordless"]
        alone.label = _("Voglio entrare con questa chiave da sola, senza nome utente e password")
        alone.help_text = _(
            "Il computer o il telefono chiederà ogni volta l’impronta, il viso o il codice di sblocco."
        )


class EditKeyForm(EditWebAuthnForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _name_keys(self)


def _name_keys(form: forms.Form) -> None:
    form.fields["name"].label = _("Come la chiami")
    form.fields["name"].help_text = _("Per distinguerla dalle altre: «telefono», «chiave blu».")


class InviteForm(OnceForm):
    name = forms.CharField(label=_("Nome e cognome"), max_length=150)
    email = forms.EmailField(label=_("Indirizzo e-mail"), max_length=254)
    role = forms.ChoiceField(label=_("Ruolo"))
    district_id = forms.TypedChoiceField(
        label=_("Ambito"), coerce=int, empty_value=None, required=False
    )
    organisation_id = forms.TypedChoiceField(
        label=_("Ente"),
        coerce=UUID,
        empty_value=None,
        required=False,
        help_text=_("Solo per il referente di un ente."),
    )

    tax_code = forms.CharField(
        label=_("Codice fiscale"),
        required=False,
        max_length=16,
        help_text=_("Per entrare anche con l’identità digitale, senza password."),
    )

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not (settings.GATEWAY and settings.GATEWAY.by_tax_code):
            del self.fields["tax_code"]
        admin = actor.holds(Role.SYSTEM_ADMIN)
        own = actor.districts(Role.COORDINATOR)
        roles = [
            role
            for role in Role
            if (admin or role in INVITED_BY_COORDINATOR)
            and role not in {Role.PROGRAMME_MANAGER, Role.EVALUATOR}
        ]
        self.fields["role"].choices = [(role.value, _(ROLE_LABELS[role])) for role in roles]  # type: ignore[attr-defined]
        places = [(d.pk, d.name) for d in districts() if admin or d.pk in own]
        self.fields["district_id"].choices = [("", _("scegli")), *places]  # type: ignore[attr-defined]
        if len(places) == 1:
            self.fields["district_id"].initial = places[0][0]
        bodies = visible_organisations(actor).order_by("name").values_list("pk", "name")[:500]
        self.fields["organisation_id"].choices = [("", _("nessun ente")), *bodies]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        place = PLACE_OF.get(Role(data["role"])) if data.get("role") else None
        if place is Place.DISTRICT and not data.get("district_id"):
            self.add_error("district_id", _("Per questo ruolo scegli l’ambito."))
        if place is Place.ORGANISATION and not data.get("organisation_id"):
            self.add_error("organisation_id", _("Per questo ruolo scegli l’ente."))
        return data


class TaxCodeForm(forms.Form):
    tax_code = forms.CharField(
        label=_("Codice fiscale"),
        required=False,
        max_length=16,
        help_text=_("Per entrare anche con l’identità digitale. Vuoto: non entra più così."),
    )


class AcceptForm(forms.Form):
    username = forms.RegexField(
        r"^[\w.@+-]+$",
        label=_("Nome utente"),
        max_length=150,
        help_text=_("Lettere, cifre e . @ + - _"),
        error_messages={"invalid": _("Usa solo lettere, cifre e i segni . @ + - _")},
    )
    password = forms.CharField(
        label=_("Password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("Almeno 12 caratteri: una frase va benissimo."),
        max_length=200,
    )
    again = forms.CharField(
        label=_("Password, di nuovo"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        max_length=200,
    )

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        validate_password(password)
        return password

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("password") and data.get("again") and data["password"] != data["again"]:
            self.add_error("again", _("Le due password sono diverse."))
        return data
