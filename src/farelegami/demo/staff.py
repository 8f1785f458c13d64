"""Who works in the demonstration province, and the sign-ins that are printed."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from farelegami.access.queries import actor_for
from farelegami.access.services import create_account, grant_role
from farelegami.kernel.actor import Actor, Role, system_actor

PASSWORD: Final = "catena-e-pedali-2026"
BUILDER: Final = system_actor("Provincia dimostrativa")


@dataclass(frozen=True, slots=True)
class DemoUser:
    """A line of the table of sign-ins."""

    name: str
    username: str
    password: str
    start: str


@dataclass(slots=True)
class Office:
    """Who works in one district."""

    district_id: int
    coordinator: Actor
    clerk: Actor
    workers: list[Actor] = field(default_factory=list)


@dataclass(slots=True)
class Staff:
    """Everybody who works, and who of them can sign in."""

    offices: dict[int, Office] = field(default_factory=dict)
    makers: dict[int, Actor] = field(default_factory=dict)
    panel: Actor | None = None
    users: list[DemoUser] = field(default_factory=list)


# Of the first office the second worker reads English. The others sign in nowhere: they only carry
# their families.
_NAMES: Final = (
    ("Anna Pioppi", "Bruno Salice", "Clelia Ontano", "Dario Gelso"),
    ("Elsa Robinia", "Fabio Tiglio", "Gaia Carpino", "Ivo Faggio"),
    ("Lidia Olmo", "Marco Noce", "Nora Betulla"),
    ("Olga Castagno", "Piero Quercia"),
)
_COORDINATORS: Final = ("Carla Argine", "Cesare Golena", "Cinzia Chiusa", "Corrado Ponte")
_CLERKS: Final = ("Rita Pedale", "Renzo Raggio", "Rosa Sella", "Rocco Manubrio")
_MAKERS: Final = (
    "Mino Catena", "Mara Forcella", "Milo Mozzo", "Marta Corona", "Moira Cerchio", "Max Freno",
    "Mila Campanello",
)  # fmt: skip


def _account(name: str, *, username: str = "", password: bool = False, language: str = "") -> UUID:
    handle = username or name.lower().replace(" ", ".")
    return create_account(
        BUILDER,
        username=handle,
        name=name,
        email=f"{handle}@example.org",
        password=PASSWORD if password else "",
        language=language,
    ).pk


def _worker(
    name: str, role: Role, *, username: str = "", language: str = "", **place: Any
) -> Actor:
    account_id = _account(name, username=username, password=bool(username), language=language)
    grant_role(BUILDER, account_id, role, **place)
    return actor_for(account_id)


def hire(districts: Sequence[int], *, names_from: int = 0) -> Staff:
    """Return the staff of some districts; in the first of them one of each signs in."""
    staff = Staff()
    for number, district_id in enumerate(districts, start=names_from):
        first = number == names_from
        tail = "" if names_from == 0 else ".pavia"
        place: dict[str, Any] = {"district_id": district_id}
        staff.offices[district_id] = Office(
            district_id,
            coordinator=_worker(
                _COORDINATORS[number], Role.COORDINATOR,
                username=f"coordinatore{tail}" if first else "", **place,
            ),
            clerk=_worker(
                _CLERKS[number], Role.CLERK, username=f"amministrativo{tail}" if first else "",
                **place,
            ),
            workers=[
                _worker(
                    name, Role.SOCIAL_WORKER,
                    **_entrance(index, tail) if first else {}, **place,
                )
                for index, name in enumerate(_NAMES[number])
            ],
        )  # fmt: skip
        if first:
            staff.users += [
                _user(f"assistente sociale, {_NAMES[number][0]}", f"assistente{tail}"),
                _user(
                    f"assistente sociale, in inglese, {_NAMES[number][1]}", f"assistente{tail}.en"
                ),
                _user(f"coordinatore, {_COORDINATORS[number]}", f"coordinatore{tail}"),
                _user(f"amministrativo, {_CLERKS[number]}", f"amministrativo{tail}"),
            ]
    return staff


def _entrance(index: int, tail: str) -> dict[str, str]:
    """How the workers of a first office sign in, by their place in it."""
    ways = (
        {"username": f"assistente{tail}"},
        {"username": f"assistente{tail}.en", "language": "en"},
    )
    return ways[index] if index < len(ways) else {}


def _user(name: str, username: str) -> DemoUser:
    return DemoUser(name, username, PASSWORD, "/lavoro/")


def hire_around(
    staff: Staff, districts: Sequence[int], *, programme_id: UUID, school_id: UUID
) -> None:
    """Add those who work beside the districts: makers, host, panel, programme, DPO, system."""
    for index, name in enumerate(_MAKERS):
        district_id = districts[index % len(districts)]
        maker = _worker(
            name, Role.COMMUNITY_MAKER, username="" if index else "maker", district_id=district_id
        )
        staff.makers.setdefault(district_id, maker)
    _worker("Ines Lavagna", Role.HOST, username="ente", organisation_id=school_id)
    panel = _account("Guido Bilancia", username="commissione", password=True)
    dpo = _account("Dora Lucchetto", username="dpo", password=True)
    for district_id in districts:
        grant_role(BUILDER, panel, Role.PANEL, district_id=district_id)
        grant_role(BUILDER, dpo, Role.DPO, district_id=district_id)
    staff.panel = actor_for(panel)
    _worker("Paola Tandem", Role.PROGRAMME_MANAGER, username="programma", programme_id=programme_id)
    _worker("Valeria Lente", Role.EVALUATOR, username="valutatore", programme_id=programme_id)
    _worker("Sandro Chiave", Role.SYSTEM_ADMIN, username="sistema")
    staff.users += [
        _user("community maker, Mino Catena", "maker"),
        _user("referente di un ente, Ines Lavagna", "ente"),
        _user("commissione, Guido Bilancia", "commissione"),
        _user("responsabile di programma, Paola Tandem", "programma"),
        _user("valutatore, Valeria Lente", "valutatore"),
        _user("DPO, Dora Lucchetto", "dpo"),
        _user("amministratore di sistema, Sandro Chiave", "sistema"),
    ]


def let_in(staff: Staff, person_id: UUID, name: str) -> None:
    """Give somebody of a family an account to look at their own pact with."""
    create_account(BUILDER, username="cittadina", name=name, password=PASSWORD, person_id=person_id)
    staff.users.append(DemoUser(f"cittadina con un patto, {name}", "cittadina", PASSWORD, "/mio/"))
