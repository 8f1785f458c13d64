"""Which role is held where, who may give it to whom, and when it cannot be given."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from farelegami.kernel.actor import Role
from farelegami.kernel.errors import Refusal, gettext_noop


class Place(StrEnum):
    """What a role is tied to."""

    DISTRICT = "district"
    ORGANISATION = "organisation"
    PROGRAMME = "programme"
    NOWHERE = "nowhere"


PLACE_OF: Final[Mapping[Role, Place]] = {
    Role.SOCIAL_WORKER: Place.DISTRICT,
    Role.COORDINATOR: Place.DISTRICT,
    Role.CLERK: Place.DISTRICT,
    Role.COMMUNITY_MAKER: Place.DISTRICT,
    Role.HOST: Place.ORGANISATION,
    Role.PANEL: Place.DISTRICT,
    Role.PROGRAMME_MANAGER: Place.PROGRAMME,
    Role.EVALUATOR: Place.PROGRAMME,
    Role.DPO: Place.DISTRICT,
    Role.SYSTEM_ADMIN: Place.NOWHERE,
}

INVITED_BY_COORDINATOR: Final = frozenset(
    {Role.SOCIAL_WORKER, Role.CLERK, Role.COMMUNITY_MAKER, Role.HOST}
)
INVITATION_LASTS: Final = timedelta(days=14)


@dataclass(eq=False)
class UserNameTaken(Refusal):
    code = "access.user_name_taken"
    text = gettext_noop(
        "Il nome utente «%(username)s» è già di un’altra persona: scegline un altro."
    )
    field = "username"
    username: str


@dataclass(eq=False)
class IdentityTaken(Refusal):
    code = "access.identity_taken"
    text = gettext_noop("Questo codice fiscale è già di un altro accesso.")
    field = "tax_code"


@dataclass(eq=False)
class PlaceMissing(Refusal):
    code = "access.place_missing"
    text = gettext_noop("Per questo ruolo va indicato dove vale: ambito, ente o programma.")
    place: str


def is_over(*, began: int, seen: int, now: int, longest: int, idle: int) -> bool:
    """Return whether a session has lasted too long or was left alone too long, all in seconds.

    >>> is_over(began=0, seen=100, now=3600, longest=36000, idle=3600)
    False
    >>> is_over(began=0, seen=100, now=3700, longest=36000, idle=3600)
    True
    """
    return now - began >= longest or now - seen >= idle


def proves_level(level: str, accepted: Collection[str]) -> bool:
    """Return whether a level of assurance is one of those accepted; with none, any is.

    >>> proves_level("https://www.spid.gov.it/SpidL1", ["https://www.spid.gov.it/SpidL2"])
    False
    """
    return not accepted or level in accepted


def tax_code_in(claim: str) -> str:
    """Return the fiscal code of a claim, which Italian providers prefix with the country.

    >>> tax_code_in("TINIT-RSSMRA80A01H501U")
    'RSSMRA80A01H501U'
    """
    return claim.strip().upper().removeprefix("TINIT-")


_BROWSERS: Final = (
    ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"), ("FxiOS", "Firefox"), ("Chrom", "Chrome"), ("CriOS", "Chrome"),
    ("Safari", "Safari"),
)  # fmt: skip
_DEVICES: Final = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"),
    ("Macintosh", "Mac"), ("CrOS", "ChromeOS"), ("Linux", "Linux"),
)  # fmt: skip


def device_of(user_agent: str) -> tuple[str, str]:
    """Return the names of browser and device, each empty where the browser does not say it.

    >>> device_of("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0")
    ('Firefox', 'Windows')
    """
    browser = next((name for sign, name in _BROWSERS if sign in user_agent), "")
    device = next((name for sign, name in _DEVICES if sign in user_agent), "")
    return browser, device
