"""Building the demonstration province, the same at every run but for its days, which lead to today."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Final
from uuid import UUID

from farelegami.cases.queries.instruments import instrument_for
from farelegami.cases.rules.assessments import RESOURCE_MAP
from farelegami.demo.families import welcome
from farelegami.demo.giving import tell_of_giving
from farelegami.demo.lives import Fate, Life, live
from farelegami.demo.names import Names
from farelegami.demo.rights import tell_of_rights
from farelegami.demo.showcase import tell_the_showcase
from farelegami.demo.staff import BUILDER, DemoUser, Office, Staff, hire, hire_around, let_in
from farelegami.demo.stories import HOSTS, PAVIA_HOSTS, PAVIA_STORIES, STORIES, Story
from farelegami.demo.voices import tell_of_families
from farelegami.demo.volunteers import tell_of_volunteers
from farelegami.kernel import clock
from farelegami.kernel.periods import months_later
from farelegami.network.rules import OrganisationKind
from farelegami.network.services import OrganisationDraft, register_organisation
from farelegami.people.services.capabilities import load_skills
from farelegami.programmes.models import PactType, Programme
from farelegami.programmes.queries import district_ids, pact_types, partners
from farelegami.programmes.services import load_programme, packaged
from farelegami.territory.queries import municipality_choices

PACTS: Final = 250
PAVIA_PACTS: Final = 24
USERS_FILE: Final = "demo-users.json"
_SEED: Final = 20261122
Tell = Callable[[str, int, int], None]

# How 250 pacts stand today; the showcase is one of the active.
FATES: Final[Mapping[Fate, int]] = {
    Fate.CLOSED: 104,
    Fate.ACTIVE: 80,
    Fate.SUSPENDED: 8,
    Fate.REVIEW: 8,
    Fate.INTERRUPTED: 12,
    Fate.WITHDRAWN: 8,
    Fate.SIGNED: 5,
    Fate.AUTHORISED: 7,
    Fate.AGREED: 7,
    Fate.DRAFT: 11,
}


@dataclass(slots=True)
class Ground:
    """What every life in a programme stands on."""

    random: Random
    names: Names
    programme: Programme
    staff: Staff
    bodies: Mapping[int, UUID]
    hosts: dict[str, UUID]
    types: Mapping[str, PactType]
    towns: Mapping[int, Sequence[str]]
    stories: Sequence[Story]
    today: date


def demo_users(data: Path) -> list[DemoUser]:
    """Return the sign-ins of a province already built in `data`, none if it is not."""
    file = data / USERS_FILE
    if not file.is_file():
        return []
    rows = json.loads(file.read_text(encoding="utf-8"))
    return [
        DemoUser(row["name"], row.get("username", ""), row.get("password", ""), row["start"])
        for row in rows
    ]


def build_province(
    data: Path,
    *,
    pacts: int = PACTS,
    pavia_pacts: int = PAVIA_PACTS,
    progress: Tell | None = None,
) -> Staff:
    """Build everything, write the sign-ins beside the database, and return who works there.

    With fewer pacts than there are fates, one of each fate comes first.
    """
    tell = progress or (lambda _what, _done, _total: None)
    random = Random(_SEED)
    names = Names(random)
    today = clock.today()
    load_skills()
    begins = months_later(today.replace(day=1), -34)
    with clock.at(begins):
        programmes = {
            programme.code: programme
            for programme in (
                load_programme(BUILDER, file, starts_on=begins) for file in packaged()
            )
        }
        cremona = _ground(random, names, programmes["farelegami"], STORIES, HOSTS, today, 0)
        pavia = _ground(
            random, names, programmes["fare-bene-comune"], PAVIA_STORIES, PAVIA_HOSTS, today, 3
        )
        hire_around(
            cremona.staff,
            sorted(cremona.staff.offices),
            programme_id=cremona.programme.pk,
            school_id=cremona.hosts["Scuola Il Mulino"],
        )
    showcase = tell_the_showcase(cremona)
    let_in(cremona.staff, showcase.case.contact_id, "Samira Belprato")
    _live_all(cremona, _fates(random, pacts - 1), begins, tell, "Patti di FareLegami")
    _live_all(pavia, _fates(random, pavia_pacts), begins, tell, "Patti di Fare #BeneComune")
    tell_of_families(cremona, showcase.pk, showcase.case.contact_id)
    tell_of_rights(cremona, person_id=showcase.case.contact_id)
    for ground in (cremona, pavia):
        tell_of_volunteers(ground)
    tell_of_giving(cremona, showcase, scale=min(1.0, pacts / PACTS), tell=tell)
    users = [*cremona.staff.users, *pavia.staff.users, DemoUser("visitatore", "", "", "/")]
    rows = [{key: value for key, value in asdict(user).items() if value} for user in users]
    (data / USERS_FILE).write_text(json.dumps(rows, ensure_ascii=False, indent=1), encoding="utf-8")
    return cremona.staff


def _ground(
    random: Random, names: Names, programme: Programme, stories: Sequence[Story],
    hosts: Sequence[tuple[str, OrganisationKind]], today: date, names_from: int,
) -> Ground:  # fmt: skip
    districts = list(district_ids(programme.pk))
    # The Cremasco first: there the printed sign-ins work.
    districts.sort(key=lambda number: (number != 1902, number))
    staff = hire(districts, names_from=names_from)
    home = districts[0]
    found = {
        name: register_organisation(
            staff.offices[home].coordinator, home, OrganisationDraft(name, kind)
        ).pk
        for name, kind in hosts
    }
    return Ground(
        random=random,
        names=names,
        programme=programme,
        staff=staff,
        bodies=_bodies(programme, districts),
        hosts=found,
        types={
            each.code: each for each in pact_types(districts) if each.programme_id == programme.pk
        },
        towns={
            number: [code for code, _ in municipality_choices([number])] for number in districts
        },
        stories=stories,
        today=today,
    )


def _bodies(programme: Programme, districts: Sequence[int]) -> Mapping[int, UUID]:
    """Return the partner that signs in each district: its social company, or the lead body."""
    found: dict[int, UUID] = {}
    carriers = [partner.organisation for partner in partners(programme.pk)]
    for organisation in carriers:
        place = organisation.district_id
        if place in districts and place is not None:
            if organisation.kind == OrganisationKind.SOCIAL_COMPANY:
                found[place] = organisation.pk
            found.setdefault(place, organisation.pk)
    return {number: found.get(number, carriers[0].pk) for number in districts}


def _fates(random: Random, how_many: int) -> list[Fate]:
    rest = [fate for fate, count in FATES.items() for _ in range(count - 1)]
    random.shuffle(rest)
    return [*FATES, *rest][:how_many]


def _live_all(ground: Ground, fates: Sequence[Fate], begins: date, tell: Tell, what: str) -> None:
    offices = list(ground.staff.offices.values())
    for number, fate in enumerate(fates):
        office = offices[number % len(offices)]
        _one(ground, office, fate, begins)
        tell(what, number + 1, len(fates))


def _begins_on(ground: Ground, fate: Fate, begins: date) -> date:
    """Return the day a pact was agreed, so that its fate can be where it is today."""
    random, today = ground.random, ground.today
    back = {
        Fate.CLOSED: (380, (today - begins).days - 80),
        Fate.INTERRUPTED: (220, (today - begins).days - 80),
        Fate.REVIEW: (300, 345),
        Fate.ACTIVE: (20, 330),
        Fate.SUSPENDED: (60, 300),
    }.get(fate, (9, 24))
    return today - timedelta(days=random.randint(*back))


def _one(ground: Ground, office: Office, fate: Fate, begins: date) -> None:
    random = ground.random
    story = random.choice(ground.stories)
    day = _begins_on(ground, fate, begins)
    autonomy = story.pact_type == "autonomia"
    adults, children = (
        (1, 0) if autonomy else random.choice(((1, 1), (2, 1), (1, 2), (2, 0), (2, 1)))
    )
    worker = random.choices(office.workers, weights=range(len(office.workers) + 1, 1, -1))[0]
    family = welcome(
        random,
        ground.names,
        worker,
        district_id=office.district_id,
        programme_id=ground.programme.pk,
        town=random.choice(ground.towns[office.district_id]),
        day=max(begins, day - timedelta(days=random.randint(55, 80))),
        adults=adults,
        children=children,
        ages=(20, 37) if autonomy else (24, 70),
        map_items=[item.code for item in instrument_for(RESOURCE_MAP).items],
    )
    live(
        Life(
            random=random,
            office=office,
            worker=worker,
            panel=ground.staff.panel,
            case=family.case,
            holders=family.adults,
            others=family.others,
            story=story,
            pact_type_id=ground.types[story.pact_type].pk,
            body_id=ground.bodies[office.district_id],
            hosts=ground.hosts,
            begins_on=day,
            fate=fate,
            today=ground.today,
        )
    )
