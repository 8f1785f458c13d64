"""A real deployment: nothing is guessed, a missing secret stops the start."""

from django.core.exceptions import ImproperlyConfigured

from farelegami.config.settings.base import *

for _name in ("SECRET_KEY", "FIELD_KEYS", "BLIND_INDEX_KEY"):
    if not globals()[_name]:
        _message = f"FARELEGAMI_{_name} is not set: see .env.example"
        raise ImproperlyConfigured(_message)

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
SECURE_HSTS_SECONDS = 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = False
SILENCED_SYSTEM_CHECKS = []
