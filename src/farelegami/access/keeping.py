"""Who can sign in; here too what the libraries of sign-in and sessions keep."""

from typing import Final

from farelegami.kernel.errors import gettext_noop as _
from farelegami.storage.keeping import (
    PERSON,
    Basis,
    Declaration,
    Erase,
    Kept,
    NothingPersonal,
)

_USER: Final = {PERSON: ("user__person",)}

KEEPING: Final[dict[str, Declaration]] = {
    "access.Account": Kept(
        what=_("L’accesso con cui entri"),
        why=_("Per sapere chi entra e che cosa può vedere."),
        until="work",
        basis=Basis.SECURITY,
        erase=Erase.BLANK,
        under={PERSON: ("person",)},
        person=("person",),
        fields={
            "username": _("nome utente"),
            "email": _("posta elettronica"),
            "name": _("nome"),
            "tax_code": _("codice fiscale"),
            "last_login": _("entrato l’ultima volta il"),
        },
        stays={"language": _("lingua"), "created_at": _("creato il")},
        others={
            "password": _("password, illeggibile"),
            "tax_code_index": _("chiave del codice fiscale"),
            "is_active": _("può entrare"),
            "is_invited": _("è stato chiamato in un’équipe"),
        },
        plain=("id", "person"),
        values={
            "username": lambda row: f"cancellato-{row.pk.hex}",
            "name": "Dati cancellati",
            "password": "!",
            "is_active": False,
        },
    ),
    "access.RoleGrant": NothingPersonal(
        why=_("I ruoli di chi lavora, atti dell’ente: dicono chi poteva fare che cosa."),
        plain=(
            "id",
            "account",
            "role",
            "district",
            "organisation",
            "programme_id",
            "starts_on",
            "ends_on",
            "granted_by",
        ),
    ),
    "access.Invitation": Kept(
        what=_("Gli inviti a lavorare qui"),
        why=_("Per far entrare solo chi è stato invitato."),
        until="work",
        basis=Basis.SECURITY,
        erase=Erase.BLANK,
        under={PERSON: ("account__person",)},
        person=("account__person",),
        fields={
            "email": _("posta elettronica"),
            "name": _("nome"),
            "tax_code": _("codice fiscale"),
        },
        stays={"invited_at": _("invitato il"), "accepted_at": _("accettato il")},
        others={"tax_code_index": _("chiave del codice fiscale")},
        staff=("invited_by",),
        plain=(
            "id",
            "role",
            "district",
            "organisation",
            "programme_id",
            "token_hash",
            "expires_at",
            "withdrawn_at",
            "account",
        ),
    ),
    # ---- tables of libraries
    "account.EmailAddress": Kept(
        what=_("L’indirizzo con cui entri"),
        why=_("Per ridare la password a chi la dimentica."),
        until="work",
        basis=Basis.SECURITY,
        under=_USER,
        person=("user__person",),
        fields={"email": _("posta elettronica"), "verified": _("verificato")},
        plain=("id", "user", "primary"),
    ),
    "account.EmailConfirmation": NothingPersonal(
        why=_("Non usata: nessuno si iscrive da solo."),
        plain=("id", "email_address", "created", "sent", "key"),
    ),
    "mfa.Authenticator": Kept(
        what=_("Il secondo modo di dimostrare chi sei"),
        why=_("Perché una password rubata non basti."),
        until="work",
        basis=Basis.SECURITY,
        under=_USER,
        person=("user__person",),
        fields={
            "type": _("tipo"),
            "created_at": _("creato il"),
            "last_used_at": _("usato il"),
        },
        others={"data": _("segreti, sigillati")},
        plain=("id", "user"),
    ),
    "usersessions.UserSession": Kept(
        what=_("Da dove sei entrato"),
        why=_("Perché tu possa chiudere una sessione che non riconosci."),
        until="session",
        basis=Basis.SECURITY,
        under=_USER,
        person=("user__person",),
        fields={
            "ip": _("indirizzo di rete"),
            "user_agent": _("programma usato"),
            "created_at": _("entrato il"),
            "last_seen_at": _("visto l’ultima volta il"),
        },
        others={"data": _("dati della sessione")},
        plain=("id", "user", "session_key"),
    ),
    "sessions.Session": Kept(
        what=_("La sessione aperta, e quello che stavi scrivendo"),
        why=_("Per non chiedere la password a ogni pagina e non perdere le parole scritte."),
        until="session",
        basis=Basis.SECURITY,
        erase=Erase.OWN,
        others={"session_data": _("la sessione")},
        plain=("session_key", "expire_date"),
    ),
    "socialaccount.SocialApp": NothingPersonal(
        why=_("Il collegamento con SPID e CIE."),
        plain=("id", "provider", "provider_id", "name", "client_id", "secret", "key", "settings"),
    ),
    "socialaccount.SocialAccount": Kept(
        what=_("La tua identità SPID o CIE"),
        why=_("Per riconoscerti quando entri da lì."),
        until="work",
        basis=Basis.SECURITY,
        under=_USER,
        person=("user__person",),
        fields={
            "provider": _("da dove"),
            "uid": _("numero"),
            "extra_data": _("che cosa ha detto di te"),
            "last_login": _("usata il"),
        },
        plain=("id", "user", "date_joined"),
    ),
    "socialaccount.SocialToken": Kept(
        what=_("La chiave data da SPID o CIE"),
        why=_("Serve nell’istante in cui entri."),
        until="session",
        basis=Basis.SECURITY,
        under={PERSON: ("account__user__person",)},
        others={"token": _("chiave"), "token_secret": _("segreto")},
        plain=("id", "app", "account", "expires_at"),
    ),
    "contenttypes.ContentType": NothingPersonal(
        why=_("I nomi delle tabelle."), plain=("id", "app_label", "model")
    ),
    "auth.Permission": NothingPersonal(
        why=_("Non usata: i permessi sono nei ruoli."),
        plain=("id", "name", "content_type", "codename"),
    ),
    "auth.Group": NothingPersonal(why=_("Non usata."), plain=("id", "name")),
}
