"""`python -m tests.bench.district`: a plan for a whole district, from its database to its items.

One district holds as many offers as places, made up row by row, with past matches and refusals.
Seconds and memory are those of a process that does nothing else; the one before it fills.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final

import django

from tests.postgres import VARIABLE, cluster

DISTRICT: Final = 1901
ASKED: Final = 60
LOOKED: Final = 20
CHUNK: Final = 2_000
LANGUAGES: Final = ("ar", "ro", "pa", "sq", "fr", "en", "es", "uk", "zh", "ur")
LEVELS: Final = ("a2", "b1", "b2", "c1", "native")
LIMITS: Final = {
    "district: arrays from the database and candidates, s": 10.0,
    "district: best plan, s": 5.0,
    "district: proof, s": 5.0,
    "district: peak memory, MB": 600.0,
    "district: top five of one person, p95 ms": 150.0,
    "district: places for one person, p95 ms": 2_000.0,
    "district: people for one place, p95 ms": 2_000.0,
}
Row = dict[str, Any]


def fill(many: int) -> None:
    """Put a district with that many offers and as many places into an empty database."""
    from django.core.management import call_command  # noqa: PLC0415
    from django.db import connection, transaction  # noqa: PLC0415

    from farelegami.people.services.capabilities import load_skills  # noqa: PLC0415
    from farelegami.storage.databases import make_if_missing  # noqa: PLC0415
    from farelegami.territory.services import load_reference  # noqa: PLC0415

    make_if_missing(connection)
    call_command("migrate", verbosity=0)
    with transaction.atomic():
        load_reference()
        load_skills()
        Filling(random.Random(7), many).all()
    if connection.vendor == "postgresql":
        # As its own worker does within a minute.
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


class Filling:
    """The rows of one district, of which people and places come as they come."""

    def __init__(self, rng: random.Random, many: int) -> None:
        from farelegami.kernel import clock  # noqa: PLC0415
        from farelegami.people.models import Skill  # noqa: PLC0415
        from farelegami.territory.models import Municipality  # noqa: PLC0415

        self.rng, self.many = rng, many
        self.today, self.now = clock.today(), clock.now()
        self.towns = list(Municipality.objects.filter(district_id=DISTRICT).order_by("pk"))
        skills = Skill.objects.filter(level=max(Skill.objects.values_list("level", flat=True)))
        self.skills = list(skills.values_list("pk", flat=True))

    def all(self) -> None:
        people = self.people()
        hosts = self.hosts()
        offers, times = self.offers(people), self.places(hosts)
        self.past(offers, times)

    def put(self, rows: Iterator[Any]) -> list[Any]:
        """Insert rows of one table, some thousands at once; return them."""
        made = list(rows)
        if made:
            type(made[0]).objects.bulk_create(made, batch_size=CHUNK)
        return made

    def some(self, pool: Any, least: int, most: int) -> list[Any]:
        return self.rng.sample(pool, self.rng.randint(least, most))

    def people(self) -> list[Any]:
        from farelegami.people.models import Person, PersonLanguage, PersonSkill  # noqa: PLC0415
        from farelegami.people.rules.weeks import Answer, Band, week_of  # noqa: PLC0415

        def each(number: int) -> Person:
            halves = self.some([(day, band) for day in range(6) for band in list(Band)[:3]], 1, 4)
            sure = [Answer.YES if self.rng.random() < 0.8 else Answer.MAYBE for _ in halves]
            week = week_of((*half, said) for half, said in zip(halves, sure, strict=True))
            return Person(
                district_id=DISTRICT,
                given_name=f"Prova {number}",
                family_name="Finta",
                sort_name=f"finta prova {number}",
                sound_key="FNT PRV",
                birth_date=date(1946, 1, 1) + timedelta(days=self.rng.randrange(58 * 365)),
                municipality=self.rng.choice(self.towns),
                registered_at=self.now,
                week_yes=week.yes,
                week_maybe=week.maybe,
                transport=self.some(["on_foot", "bicycle", "bus", "car"], 1, 3),
                travel_minutes=self.rng.choice([20, 30, 30, 40, 60]),
            )

        people = self.put(each(number) for number in range(self.many))
        self.put(
            PersonSkill(district_id=DISTRICT, person=who, skill_id=code, stage="can")
            for who in people
            for code in self.some(self.skills, 2, 8)
        )
        self.put(
            PersonLanguage(
                district_id=DISTRICT, person=who, language=code, level=self.rng.choice(LEVELS)
            )
            for who in people
            for code in self.some(LANGUAGES, 0, 3)
        )
        return people

    def hosts(self) -> list[Any]:
        from farelegami.network.models import Organisation  # noqa: PLC0415
        from farelegami.volunteering.models import Policy  # noqa: PLC0415

        hosts = self.put(
            Organisation(
                district_id=DISTRICT, name=f"Ente di prova {number}", kind="association",
                sort_name=f"ente di prova {number}", municipality=self.rng.choice(self.towns),
            )
            for number in range(max(1, self.many // 22))
        )  # fmt: skip
        span = timedelta(days=200)
        self.put(
            Policy(
                district_id=DISTRICT, organisation=host, kind="register", insurer="Mutua di prova",
                number=f"P-{number}", accident=True, illness=True, liability=True,
                starts_on=self.today - span, ends_on=self.today + span, recorded_at=self.now,
                recorded_by_name="Prova",
            )
            for number, host in enumerate(hosts)
            if self.rng.random() < 0.95
        )  # fmt: skip
        return hosts

    def offers(self, people: list[Any]) -> list[Any]:
        from farelegami.giveback.models import Offer, OfferSlot  # noqa: PLC0415
        from farelegami.giveback.rules.needs import Field  # noqa: PLC0415
        from farelegami.giveback.rules.slots import slots_of  # noqa: PLC0415

        fields = [field.value for field in Field]

        def each(who: Any) -> Offer:
            town = who.municipality
            return Offer(
                district_id=DISTRICT, person=who, fields=self.some(fields, 0, 2),
                weekly_minutes=self.rng.choice([120, 240, 360, 600]),
                places=self.rng.choice([1, 1, 1, 2, 3]), transport=who.transport,
                travel_minutes=who.travel_minutes, municipality=town,
                latitude=town.latitude + self.rng.gauss(0, 0.012),
                longitude=town.longitude + self.rng.gauss(0, 0.012),
                starts_on=self.today - timedelta(days=30),
                ends_on=self.today + timedelta(days=200),
                offered_at=self.ago(150), offered_by_name="Prova",
            )  # fmt: skip

        offers = self.put(each(who) for who in people)
        self.put(
            OfferSlot(
                offer=offer, weekday=slot.weekday, starts=slot.starts, ends=slot.ends,
                is_certain=slot.is_certain,
            )
            for offer in offers
            for slot in slots_of(offer.person.week)
        )  # fmt: skip
        return offers

    def ago(self, most: int) -> datetime:
        return self.now - timedelta(days=self.rng.randrange(most))

    def places(self, hosts: list[Any]) -> list[Any]:
        from farelegami.giveback.models import Opportunity  # noqa: PLC0415
        from farelegami.giveback.rules.needs import Field  # noqa: PLC0415

        fields = [field.value for field in Field]

        def each(number: int) -> Opportunity:
            town = self.rng.choice(self.towns)
            return Opportunity(
                district_id=DISTRICT, organisation=self.rng.choice(hosts),
                title=f"Posto di prova {number}", field=self.rng.choice(fields),
                seats=self.rng.choice([1, 1, 2, 4]), min_age=self.rng.choice([16, 18, 18]),
                municipality=town, latitude=town.latitude + self.rng.gauss(0, 0.012),
                longitude=town.longitude + self.rng.gauss(0, 0.012),
                by_bus=self.rng.random() < 0.5, starts_on=self.today, posted_at=self.ago(150),
                posted_by_name="Prova", confirmed_on=self.today,
            )  # fmt: skip

        places = self.put(each(number) for number in range(self.many))
        self.needs(places)
        return self.put(self.time(place) for place in places for _ in range(self.rng.randint(1, 2)))

    def time(self, place: Any) -> Any:
        from farelegami.giveback.models import OpportunitySlot  # noqa: PLC0415

        starts = 480 + 30 * self.rng.randrange(20)
        long = 30 * self.rng.randint(2, 6)
        return OpportunitySlot(
            opportunity=place, weekday=self.rng.randrange(7), starts=starts, ends=starts + long,
            seats=self.rng.choice([1, 1, 2]), least_minutes=min(long, 60),
        )  # fmt: skip

    def needs(self, places: list[Any]) -> None:
        from farelegami.giveback.models import OpportunityNeed  # noqa: PLC0415

        def each(place: Any) -> Iterator[OpportunityNeed]:
            must, *nice = self.some(self.skills, 2, 3)
            yield OpportunityNeed(opportunity=place, kind="skill", code=must, weight="must")
            for code in nice:
                yield OpportunityNeed(opportunity=place, kind="skill", code=code, weight="nice")
            if self.rng.random() < 0.2:
                yield OpportunityNeed(
                    opportunity=place, kind="language", code=self.rng.choice(LANGUAGES),
                    level="a2", weight="must",
                )  # fmt: skip

        self.put(need for place in places for need in each(place))

    def past(self, offers: list[Any], times: list[Any]) -> None:
        """Add a match that ended, and one that was not wanted, for every fourth offer."""
        from farelegami.giveback.models import Match  # noqa: PLC0415

        def each(offer: Any, *, was_wanted: bool) -> Match:
            slot = self.rng.choice(times)
            said: dict[str, Any] = {"declined_at": self.now, "declined_by": "person"}
            if was_wanted:
                said = {
                    "person_accepted_at": self.now, "host_accepted_at": self.now,
                    "accepted_at": self.now, "started_on": self.today - timedelta(days=90),
                    "completed_on": self.today - timedelta(days=9),
                }  # fmt: skip
            return Match(
                district_id=DISTRICT, offer=offer, person=offer.person,
                opportunity_id=slot.opportunity_id, slot=slot, starts=slot.starts, ends=slot.ends,
                proposed_at=self.now, proposed_by_name="Prova", ends_on=self.today, **said,
            )  # fmt: skip

        self.put(
            each(offer, was_wanted=wanted) for offer in offers[::4] for wanted in (True, False)
        )


def _timed(work: Callable[[], Any]) -> tuple[Any, float]:
    began = time.perf_counter()
    made = work()
    return made, time.perf_counter() - began


def _peak_mb() -> float:
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def on_pages() -> list[Row]:
    """Measure the best five of some people, as the wizard asks; nothing heavy is loaded."""
    from farelegami.matching.services.choices import suggestions_for  # noqa: PLC0415
    from farelegami.people.models import Person  # noqa: PLC0415

    people = list(Person.objects.select_related("municipality").order_by("pk"))
    chosen = random.Random(1).sample(people, ASKED)
    suggestions_for(chosen[0])
    took, found = [], 0
    for who in chosen:
        best, seconds = _timed(partial(suggestions_for, who))
        took.append(1000 * seconds)
        found += len(best)
    assert "numpy" not in sys.modules
    took.sort()
    return [
        _fact("district: places suggested to one, mean", found / ASKED),
        _fact("district: top five of one person, p50 ms", took[ASKED // 2]),
        _fact("district: top five of one person, p95 ms", took[ASKED * 95 // 100]),
    ]


def looked_at() -> list[Row]:
    """Measure the page of one person's places, and of one place's people, with what opens others."""
    from farelegami.giveback.models import Offer, Opportunity  # noqa: PLC0415
    from farelegami.kernel.actor import Actor, Grant, Role  # noqa: PLC0415
    from farelegami.kernel.ids import new_id  # noqa: PLC0415
    from farelegami.matching.services.choices import (  # noqa: PLC0415
        look_at_offer,
        look_at_opportunity,
    )

    actor = Actor(new_id(), "Prova", grants=(Grant(Role.COORDINATOR, district_id=DISTRICT),))
    rows = []
    for name, look, model in (
        ("places for one person", look_at_offer, Offer),
        ("people for one place", look_at_opportunity, Opportunity),
    ):
        chosen = random.Random(1).sample(list(model.objects.order_by("pk")), LOOKED)
        look(actor, chosen[0])
        took, openings = [], 0
        for one in chosen:
            found, seconds = _timed(partial(look, actor, one))
            took.append(1000 * seconds)
            openings += len(found.openings)
        took.sort()
        rows += [
            _fact(f"district: {name}, p50 ms", took[LOOKED // 2]),
            _fact(f"district: {name}, p95 ms", took[LOOKED * 95 // 100]),
            _fact(f"district: {name}, openings told, mean", openings / LOOKED),
        ]
    return rows


def _step_by_step() -> list[Row]:
    """Measure reading, candidates, solving and proving."""
    from farelegami.kernel import clock  # noqa: PLC0415
    from farelegami.matching import solver  # noqa: PLC0415
    from farelegami.matching.queries.plans import weights_in  # noqa: PLC0415
    from farelegami.matching.services.plans import ground_in  # noqa: PLC0415

    day = clock.today()
    ground, read_s = _timed(lambda: ground_in(DISTRICT, day))
    found, seconds = _timed(lambda: solver.candidates(ground.territory))
    problem, pose_s = _timed(
        lambda: solver.posed(ground.territory, found, weights_in(DISTRICT), seed=day.toordinal())
    )
    plan, solve_s = _timed(lambda: solver.solve(problem))
    certificate, prove_s = _timed(lambda: solver.prove(problem, plan))
    assert solver.holds(problem, plan, certificate)
    return [
        _fact("district: offers", len(ground.waiting)),
        _fact("district: places", len(ground.free)),
        _fact("district: candidates", len(found)),
        _fact("district: placed", len(plan.chosen)),
        _fact("district: arrays from the database, s", read_s),
        _fact("district: arrays from the database and candidates, s", read_s + seconds + pose_s),
        _fact("district: best plan, s", solve_s),
        _fact("district: proof, s", prove_s),
    ]


def planned() -> list[Row]:
    """Measure each step of a plan, then the making of one as the board asks for it."""
    from farelegami.kernel.actor import Actor, Grant, Role  # noqa: PLC0415
    from farelegami.kernel.ids import new_id  # noqa: PLC0415
    from farelegami.matching.queries.plans import proposals_of  # noqa: PLC0415
    from farelegami.matching.services.plans import make_plan  # noqa: PLC0415

    rows = _step_by_step()
    actor = Actor(new_id(), "Prova", grants=(Grant(Role.COORDINATOR, district_id=DISTRICT),))
    made, whole_s = _timed(lambda: make_plan(actor, DISTRICT))
    rows += [
        _fact("district: a plan whole, with its items written, s", whole_s),
        _fact("district: peak memory, MB", _peak_mb()),
    ]
    shown, shown_s = _timed(lambda: proposals_of(actor, made))
    assert shown
    return [*rows, _fact("district: the proposals of a page, s", shown_s)]


def _fact(name: str, value: float) -> Row:
    limit = LIMITS.get(name)
    return {
        "name": name, "kind": "fact", "queries": None, "p50_ms": None, "p95_ms": None,
        "rps": None, "cpu_ratio": None, "value": round(value, 2), "limit": limit,
        "ok": limit is None or value <= limit,
    }  # fmt: skip


STEPS: Final = {"pages": on_pages, "plan": planned, "looks": looked_at}


def apart(many: int, db: str) -> list[Row]:
    """Return the rows of processes that do one thing each, on a district made for them."""
    rows: list[Row] = []
    with _database(db) as environment:
        for step in ("fill", *STEPS):
            out = Path(environment["FARELEGAMI_DATA"]) / "rows.json"
            sizes = ["--many", str(many), "--step", step, "--out", str(out)]
            command = [sys.executable, "-m", "tests.bench.district", *sizes]
            subprocess.run(command, check=True, env={**os.environ, **environment})
            rows += json.loads(out.read_text(encoding="utf-8"))
    return rows


@contextmanager
def _database(db: str) -> Iterator[dict[str, str]]:
    with tempfile.TemporaryDirectory() as folder:
        named = {"FARELEGAMI_DATA": folder, "DJANGO_SETTINGS_MODULE": "tests.bench.settings"}
        if db == "sqlite":
            yield named
        else:
            with cluster() as url:
                yield {**named, VARIABLE: url}


def main() -> int:
    """Measure and print; return 1 where a limit is missed. One step alone for who asks for it."""
    parser = argparse.ArgumentParser(prog="tests.bench.district")
    parser.add_argument("--many", type=int, default=20_000, help="offers, and as many places")
    parser.add_argument("--db", choices=["sqlite", "postgres"], default="sqlite")
    parser.add_argument("--step", choices=["", "fill", *STEPS], default="")
    parser.add_argument("--out", default="")
    options = parser.parse_args()
    if options.step:
        django.setup()
        if options.step == "fill":
            fill(options.many)
        rows = STEPS[options.step]() if options.step in STEPS else []
        Path(options.out).write_text(json.dumps(rows), encoding="utf-8")
        return 0
    rows = apart(options.many, options.db)
    for row in rows:
        limit = "" if row["limit"] is None else f"  (at most {row['limit']:g})"
        print(f"{row['name']:<55} {row['value']:>14,}{limit}{'' if row['ok'] else '  ✗'}")
    return 0 if all(row["ok"] for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
