"""How the sign-in library behaves here: nobody signs up alone, every way in and out is written down."""

import io
from typing import Any

import segno
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from farelegami.access.gates import begin, is_fresh
from farelegami.access.models import Account
from farelegami.access.sealed import BOUND_TO
from farelegami.access.services import note_sign_in, note_sign_out, note_wrong_sign_in
from farelegami.kernel import clock
from farelegami.storage.fields import seal, unseal


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    error_messages = DefaultAccountAdapter.error_messages | {
        "too_many_login_attempts": _(
            "Troppi tentativi: aspetta qualche minuto e riprova. Se hai dimenticato la password,"
            " puoi chiederne una nuova."
        ),
        "username_password_mismatch": _("Nome utente o password non corrispondono."),
        "email_password_mismatch": _("Nome utente o password non corrispondono."),
        "incorrect_password": _("La password non è questa."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Return False: an account begins with an invitation."""
        return False

    def new_user(self, request: HttpRequest) -> Account:
        return Account(created_at=clock.now())

    def populate_username(self, request: HttpRequest, user: Any) -> None:
        """Leave the name the person chose."""

    def login(self, request: HttpRequest, user: Any) -> None:
        """Open the session, stamp it, and write down how the person came in."""
        super().login(request, user)
        ways = [record["method"] for record in get_authentication_records(request, user)]
        begin(request, strong=getattr(request, "vouched_for", False))
        note_sign_in(user, ways)

    def logout(self, request: HttpRequest) -> None:
        """Write down that the person left, and close the session."""
        if isinstance(request.user, Account):
            note_sign_out(request.user)
        super().logout(request)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Write down a wrong password on an account that is there; what was typed is not kept."""
        note_wrong_sign_in(str(credentials.get("username") or credentials.get("email") or ""))

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Return what our own doors ask: one measure of freshness for every act."""
        return not is_fresh(context.request)


class FactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _(
            "Il codice non è giusto, o è già stato usato: scrivi quello di adesso."
        ),
    }

    def encrypt(self, text: str) -> str:
        """Return a secret sealed as the diary is: a copy of the database opens nothing."""
        return seal(text, BOUND_TO)

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(encrypted_text, BOUND_TO)

    def build_totp_svg(self, url: str) -> str:
        """Return the drawing to be framed with an app."""
        drawing = io.BytesIO()
        segno.make(url, micro=False).save(drawing, kind="svg", scale=5, border=4, light="#fff")
        return drawing.getvalue().decode()
