"""A real deployment: nothing is guessed, a secret that is missing or weak stops the start."""

from django.core.exceptions import ImproperlyConfigured

from farelegami.config.secrets_check import weakness_of_key, weakness_of_secret
from farelegami.config.settings.base import *

_FAULTS = [("SECRET_KEY", weakness_of_secret(SECRET_KEY))]
_FAULTS += [("FIELD_KEYS", weakness_of_key(key)) for key in FIELD_KEYS.values() or [""]]
_FAULTS += [("BLIND_INDEX_KEY", weakness_of_key(key)) for key in BLIND_INDEX_KEY.split(",")]
if IS_DEMO:
    _FAULTS.append(("DEMO", "è acceso: una dimostrazione non è un'installazione vera"))
if GATEWAY and not GATEWAY.issuer.startswith("https://"):
    _FAULTS.append(("OIDC_ISSUER", "non è https: chi riconosce le persone va ascoltato al sicuro"))
if GATEWAY and not (GATEWAY.client_id and GATEWAY.client_secret):
    _FAULTS.append(("OIDC_CLIENT_SECRET", "o OIDC_CLIENT_ID manca"))
for _name, _fault in _FAULTS:
    if _fault:
        _message = f"FARELEGAMI_{_name} {_fault}: vedi .env.example"
        raise ImproperlyConfigured(_message)

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = True
# Browsers take a cookie of such a name only over https, from this very host, for all of it.
SESSION_COOKIE_NAME = "__Host-fl-session"
CSRF_COOKIE_NAME = "__Host-fl-csrf"
SECURE_HSTS_SECONDS = 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = True
CONTENT_SECURITY_POLICY["DIRECTIVES"]["upgrade-insecure-requests"] = True
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = False
SILENCED_SYSTEM_CHECKS = [*OURS_ON_PURPOSE]
