"""The only reader of the environment: every setting that comes from outside, typed and explained."""

import os
from dataclasses import dataclass
from pathlib import Path

from environs import Env


@dataclass(frozen=True, slots=True)
class Gateway:
    """An OpenID provider, and by which of its claims it knows our people."""

    issuer: str
    client_id: str
    client_secret: str
    name: str
    scopes: list[str]
    claim: str
    by_tax_code: bool
    acr: list[str]


@dataclass(frozen=True, slots=True)
class Environment:
    """What the environment says; names are those of `.env.example` with `FARELEGAMI_` before."""

    data: Path
    database_url: str
    secret_key: str
    field_keys: str
    blind_index_key: str
    backup_key: str
    hosts: list[str]
    address: str
    origins: list[str]
    https: bool
    proxies: int
    email_url: str
    email_from: str
    demo: bool
    second_factor: bool
    gateway: Gateway | None
    session_hours: int
    session_idle_minutes: int


def read() -> Environment:
    """Return the environment, with what the embedded installation needs as defaults.

    Secrets missing from the environment are read from `DATA/secrets.env`, which the command line
    makes for an embedded installation; a production one takes them from the environment alone.
    """
    env = Env(prefix="FARELEGAMI_")
    data = Path(env.str("DATA", "var")).resolve()
    secrets_file = data / "secrets.env"
    in_production = os.environ.get("DJANGO_SETTINGS_MODULE", "").endswith(".production")
    if secrets_file.is_file() and not in_production:
        env.read_env(str(secrets_file), override=False)
    demo = env.bool("DEMO", False)
    return Environment(
        data=data,
        database_url=env.str("DATABASE_URL", ""),
        secret_key=env.str("SECRET_KEY", ""),
        field_keys=env.str("FIELD_KEYS", ""),
        blind_index_key=env.str("BLIND_INDEX_KEY", ""),
        backup_key=env.str("BACKUP_KEY", ""),
        hosts=env.list("HOSTS", ["127.0.0.1", "localhost"]),
        address=env.str("ADDRESS", "http://127.0.0.1:8000"),
        origins=env.list("ORIGINS", []),
        https=env.bool("HTTPS", False),
        proxies=env.int("PROXIES", 0),
        email_url=env.str("EMAIL_URL", ""),
        email_from=env.str("EMAIL_FROM", "FareLegami <non-rispondere@localhost>"),
        demo=demo,
        second_factor=env.bool("SECOND_FACTOR", not demo),
        gateway=_gateway(env),
        session_hours=env.int("SESSION_HOURS", 10),
        session_idle_minutes=env.int("SESSION_IDLE_MINUTES", 60),
    )


def _gateway(env: Env) -> Gateway | None:
    if not env.str("OIDC_ISSUER", ""):
        return None
    by_tax_code = env.str("OIDC_MATCH", "tax_code") == "tax_code"
    return Gateway(
        issuer=env.str("OIDC_ISSUER"),
        client_id=env.str("OIDC_CLIENT_ID", ""),
        client_secret=env.str("OIDC_CLIENT_SECRET", ""),
        name=env.str("OIDC_NAME", "SPID o CIE"),
        scopes=env.list("OIDC_SCOPES", ["openid", "profile", "email"], delimiter=" "),
        claim=env.str("OIDC_CLAIM", "fiscal_number" if by_tax_code else "email"),
        by_tax_code=by_tax_code,
        acr=env.list("OIDC_ACR", [], delimiter=" "),
    )
