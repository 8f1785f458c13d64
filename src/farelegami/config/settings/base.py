"""Settings that hold everywhere; the environment is read in `config/env.py` alone."""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from csp.constants import NONE, SELF

from farelegami.config import env

ENVIRONMENT = env.read()
PACKAGE = Path(__file__).resolve().parents[2]
DATA = ENVIRONMENT.data
IS_DEMO = ENVIRONMENT.demo

SECRET_KEY = ENVIRONMENT.secret_key
FIELD_KEYS: dict[str, str] = dict(
    pair.strip().split(":", 1) for pair in ENVIRONMENT.field_keys.split(",") if ":" in pair
)
BLIND_INDEX_KEY = ENVIRONMENT.blind_index_key
BACKUP_KEY = ENVIRONMENT.backup_key
DEBUG = False
ALLOWED_HOSTS = ENVIRONMENT.hosts
# What letters put before an address: nobody's request tells them.
SITE_ADDRESS = ENVIRONMENT.address.rstrip("/")
CSRF_TRUSTED_ORIGINS = ENVIRONMENT.origins
PROXIES = ENVIRONMENT.proxies

INSTALLED_APPS = [
    "farelegami.portal",
    "farelegami.api",
    "farelegami.desk",
    "farelegami.publicsite",
    "farelegami.demo",
    "farelegami.backups",
    "farelegami.privacy",
    "farelegami.matching",
    "farelegami.giveback",
    "farelegami.pacts",
    "farelegami.cases",
    "farelegami.volunteering",
    "farelegami.programmes",
    "farelegami.ledger",
    "farelegami.documents",
    "farelegami.access",
    "farelegami.network",
    "farelegami.people",
    "farelegami.territory",
    "farelegami.search",
    "farelegami.audit",
    "farelegami.outbox",
    "farelegami.web",
    "farelegami.storage",
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "django_htmx",
    "csp",
]

MIDDLEWARE = [
    "farelegami.web.middleware.KnownHostMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "farelegami.api.middleware.ProblemMiddleware",
    "farelegami.web.headers.BrowserHeadersMiddleware",
    "farelegami.web.middleware.PlainBodyMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "farelegami.web.middleware.WholeLanguagesMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "farelegami.access.middleware.ActorMiddleware",
    "farelegami.web.middleware.RefusalMiddleware",
]

ROOT_URLCONF = "farelegami.config.urls"
WSGI_APPLICATION = "farelegami.config.wsgi.application"
FORM_RENDERER = "farelegami.web.forms.Renderer"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {
            "loaders": ["farelegami.web.quick.Loader"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "farelegami.web.typed.typed",
                "farelegami.access.kept.kept",
                "farelegami.access.gates.entrances",
                "farelegami.desk.context.desk",
            ],
            "builtins": [
                "farelegami.web.templatetags.fl",
                "farelegami.web.templatetags.kept_urls",
            ],
            "libraries": {"i18n": "farelegami.web.templatetags.kept_i18n"},
        },
    }
]


def _database(url: str) -> dict[str, Any]:
    if not url:
        return {
            "ENGINE": "farelegami.storage.sqlite3",
            "NAME": DATA / "farelegami.sqlite3",
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
                " PRAGMA cache_size=-2000; PRAGMA temp_store=MEMORY;",
            },
        }
    parts = urlsplit(url)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "DISABLE_SERVER_SIDE_CURSORS": True,
        "OPTIONS": _options(dict(parse_qsl(parts.query))),
    }


def _options(asked: dict[str, str]) -> dict[str, Any]:
    """Return the options of a connection: statements are kept by the server from their third use.

    Poolers that lend a connection for one transaction may not allow it: `prepare_threshold=0`.
    """
    threshold = int(asked.pop("prepare_threshold", "3")) or None
    return {"server_side_binding": True, "prepare_threshold": threshold} | asked


DATABASES = {"default": _database(ENVIRONMENT.database_url)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
    },
    # What hardly ever changes, kept in each process for a few minutes.
    "process": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
}

AUTH_USER_MODEL = "access.Account"
AUTHENTICATION_BACKENDS = ["farelegami.access.backends.AccountBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "farelegami.access.passwords.UnlikeItsOwner",
        "OPTIONS": {"user_attributes": ("username", "name", "email")},
    },
    {"NAME": "farelegami.access.passwords.LongEnough", "OPTIONS": {"min_length": 12}},
    {"NAME": "farelegami.access.passwords.Uncommon"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "desk:home"
LOGOUT_REDIRECT_URL = "publicsite:home"
ACCOUNT_FORMS = {"login": "farelegami.access.forms.SignInForm"}
ACCOUNT_ADAPTER = "farelegami.access.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ALLAUTH_TRUSTED_PROXY_COUNT = PROXIES
MFA_ADAPTER = "farelegami.access.adapters.FactorAdapter"
MFA_FORMS = {
    "activate_totp": "farelegami.access.forms.AddAppForm",
    "add_webauthn": "farelegami.access.forms.AddKeyForm",
    "edit_webauthn": "farelegami.access.forms.EditKeyForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "FareLegami"
# Clocks of telephones are a few seconds off.
MFA_TOTP_TOLERANCE = 1
# Browsers themselves allow passkeys over http on "localhost" alone.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not ENVIRONMENT.https
# The provider of public identities, if there is one (docs/guides/gateway.md).
GATEWAY = ENVIRONMENT.gateway
SOCIALACCOUNT_ADAPTER = "farelegami.access.gateway.GatewayAccounts"
# The way there is a link: nothing is done by following it, and no form may lead out of the site.
SOCIALACCOUNT_LOGIN_ON_GET = True
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "provider_class": "farelegami.access.gateway.GatewayProvider",
        "APPS": [
            {
                "provider_id": "gateway",
                "name": each.name,
                "client_id": each.client_id,
                "secret": each.client_secret,
                "settings": {
                    "server_url": each.issuer,
                    "scope": each.scopes,
                    "oauth_pkce_enabled": True,
                },
            }
            for each in ([GATEWAY] if GATEWAY else [])
        ],
    }
}
# Staff set up a second factor before anything else; citizens never need one.
SECOND_FACTOR_REQUIRED = ENVIRONMENT.second_factor

# In seconds: from sign-in, without use, and how long a proof of who one is holds for sensitive acts.
SESSION_LONGEST = SESSION_COOKIE_AGE = ENVIRONMENT.session_hours * 3600
SESSION_IDLE = ENVIRONMENT.session_idle_minutes * 60
FRESH_FOR = 15 * 60
SESSION_ENGINE = "farelegami.access.sessions"
# Forms of the public site, by network address: many people may stand behind one.
ACCOUNT_RATE_LIMITS = {
    "public_form": "60/10m/ip",
    "paper_code": "30/10m/ip",
    "host_link": "120/10m/ip",
}
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = ENVIRONMENT.https
CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "farelegami.web.views.csrf_failure"
CONTENT_SECURITY_POLICY: dict[str, Any] = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "object-src": [NONE],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

LANGUAGE_CODE = "it"
# Staff and visitors read Italian or English; the family's pages speak the other five too.
LANGUAGES = [
    ("it", "Italiano"), ("en", "English"), ("ro", "Română"), ("ar", "العربية"),
    ("pa", "ਪੰਜਾਬੀ"), ("sq", "Shqip"), ("fr", "Français"),
]  # fmt: skip
LOCALE_PATHS = [PACKAGE / "web" / "locale"]
TIME_ZONE = "Europe/Rome"
USE_I18N = True
USE_TZ = True
USE_THOUSAND_SEPARATOR = True

STATIC_URL = "/static/"
STATIC_ROOT = DATA / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
MEDIA_ROOT = DATA / "files"
FILE_UPLOAD_PERMISSIONS = 0o600
DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000

# For each token in each process; more is answered 429.
API_REQUESTS_A_MINUTE = 600

DEFAULT_FROM_EMAIL = ENVIRONMENT.email_from
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = DATA / "mail"
if ENVIRONMENT.email_url:
    _mail = urlsplit(ENVIRONMENT.email_url)
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_HOST, EMAIL_PORT = _mail.hostname or "localhost", _mail.port or 25
    EMAIL_HOST_USER = unquote(_mail.username or "")
    EMAIL_HOST_PASSWORD = unquote(_mail.password or "")
    EMAIL_USE_TLS = dict(parse_qsl(_mail.query)).get("tls") == "true"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    # Requests refused with a clear page are not news; their paths may carry ids.
    "loggers": {"django.request": {"level": "ERROR"}, "farelegami": {"level": "INFO"}},
}
# That `i18n` is two libraries is on purpose: ours is Django's with a memory.
OURS_ON_PURPOSE = ["templates.W003"]
SILENCED_SYSTEM_CHECKS = ["security.W004", "security.W008", *OURS_ON_PURPOSE]
