"""Registers of volunteers in the demonstration province: who gives time, insured or not any more."""

from datetime import date, timedelta
from random import Random
from typing import TYPE_CHECKING, Final
from uuid import UUID

from farelegami.demo.names import Names
from farelegami.kernel import clock
from farelegami.kernel.actor import Actor, Grant, Role, system_actor
from farelegami.kernel.ids import new_id
from farelegami.kernel.units import Cents, Minutes
from farelegami.people.queries.persons import people_page
from farelegami.volunteering.queries.pages import stays_of
from farelegami.volunteering.rules.covers import Basis, Risk
from farelegami.volunteering.rules.refunds import ExpenseKind, KindLimit, Manner
from farelegami.volunteering.rules.registers import Facts, PaidKind
from farelegami.volunteering.services import (
    add_policy,
    approve_refund,
    ask_refund,
    correct_entry,
    delegate_register,
    enter_volunteer,
    leave_register,
    note_service,
    open_puc_position,
    open_register,
    pay_refund,
    resolve_refund_kinds,
    write_paid_link,
)

if TYPE_CHECKING:
    from farelegami.demo.services import Ground

_SEED: Final = 117
_VOLUNTEERS: Final = 9
_STREETS: Final = ("via Piave", "via dei Pioppi", "vicolo del Mulino", "viale Repubblica")
_DAY: Final = timedelta(days=1)
# Since when a body has a register, and how many days its policy is still to run: one is over.
_KEPT: Final = ((400, 210), (300, 45), (260, -20), (200, 120))


def tell_of_volunteers(ground: "Ground") -> None:
    """Let the first bodies of a programme open registers, insure and enter people, and note days."""
    names = Names(Random(_SEED))
    random = Random(_SEED)
    office = next(iter(ground.staff.offices.values()))
    town = ground.towns[office.district_id][0]
    for number, (name, body_id) in enumerate(list(ground.hosts.items())[: len(_KEPT)]):
        host = _referent(name, body_id)
        days, left = _KEPT[number]
        opened = ground.today - days * _DAY
        with clock.at(opened):
            open_register(host, body_id, district_id=office.district_id)
            _insure(host, body_id, opened, ground.today + left * _DAY)
        for place in range(_VOLUNTEERS):
            _enter(host, body_id, names, random, opened + (5 + 20 * place) * _DAY, ground.today)
        _serve(host, body_id, random, ground.today)
        if number == 1:
            with clock.at(opened + 30 * _DAY):
                delegate_register(host, body_id, delegation="lettera del presidente, prot. 12")
            _refund(host, office.coordinator, body_id, ground.today)
        if number == 0:
            _turn_over(host, body_id, ground.today)
    _work_for_all(ground, office.workers[0], town)


def _referent(name: str, body_id: UUID) -> Actor:
    return system_actor(f"Referente di {name}", [Grant(Role.HOST, organisation_id=body_id)])


def _insure(host: Actor, body_id: UUID, starts_on: date, ends_on: date) -> None:
    add_policy(
        host, body_id, insurer="Mutua dei Campi", number=f"RV {body_id.hex[-6:].upper()}",
        risks=tuple(Risk), starts_on=starts_on, ends_on=ends_on,
    )  # fmt: skip


def _enter(
    host: Actor, body_id: UUID, names: Names, random: Random, day: date, today: date
) -> None:
    if day >= today:
        return
    sex = random.choice("FM")
    with clock.at(day):
        enter_volunteer(
            host,
            body_id,
            facts=Facts(
                given_name=names.given("italy", sex),
                family_name=names.surname("italy"),
                birth_place="Crema",
                birth_date=names.birth(20, 78, today),
                residence=f"{random.choice(_STREETS)} {random.randint(1, 40)}, Crema",
            ),
            entered_on=day,
            occasional=random.random() < 0.25,
        )


def _serve(host: Actor, body_id: UUID, random: Random, today: date) -> None:
    """Note some days of service in the last months, where there was a cover."""
    for stay in stays_of(body_id)[:5]:
        for weeks in range(1, 9):
            day = today - (7 * weeks + random.randint(0, 3)) * _DAY
            with clock.at(today):
                if day > stay.entered_on and day <= today - 25 * _DAY:
                    _note(host, body_id, stay.person_id, day, random.choice((90, 120, 180)))


def _note(
    actor: Actor, body_id: UUID, person_id: UUID, day: date, minutes: int,
    basis: Basis = Basis.VOLUNTARY,
) -> UUID:  # fmt: skip
    service = note_service(
        actor, person_id=person_id, organisation_id=body_id, day=day, minutes=Minutes(minutes),
        source_id=new_id(), basis=basis,
    )  # fmt: skip
    return service.pk


def _refund(host: Actor, coordinator: Actor, body_id: UUID, today: date) -> None:
    """One refund paid, one approved, one that waits."""
    with clock.at(today - 90 * _DAY):
        resolve_refund_kinds(
            host, body_id, resolution="delibera 4 del direttivo", resolved_on=today - 90 * _DAY,
            limits={
                ExpenseKind.TRAVEL: KindLimit(Cents(1_500), by_self=True),
                ExpenseKind.MEALS: KindLimit(Cents(1_000), by_self=True),
                ExpenseKind.MATERIALS: KindLimit(Cents(4_000)),
            },
        )  # fmt: skip
    for place, stay in enumerate(stays_of(body_id)[:3]):
        with clock.at(today - 2 * _DAY):
            day = today - (26 + place) * _DAY
            service_id = _note(host, body_id, stay.person_id, day, 120)
            refund = ask_refund(
                host, body_id, stay.person_id, kind=ExpenseKind.TRAVEL, manner=Manner.SELF,
                parts={service_id: Cents(460 + 120 * place)}, note="Autobus, andata e ritorno.",
            )  # fmt: skip
            if place < 2:
                approve_refund(coordinator, refund.pk)
            if place == 0:
                pay_refund(coordinator, refund.pk, paid_on=today - 2 * _DAY)


def _turn_over(host: Actor, body_id: UUID, today: date) -> None:
    """Somebody moved house, somebody left and was taken on for pay."""
    moved, left, *_rest = reversed(stays_of(body_id))
    with clock.at(today - 10 * _DAY):
        told = moved.entry.told
        if told is not None:
            facts = Facts(
                told.given_name, told.family_name, birth_place=told.birth_place,
                birth_date=told.birth_date, residence="via Mazzini 9, Offanengo",
            )  # fmt: skip
            correct_entry(host, body_id, moved.person_id, facts=facts)
        leave_register(host, body_id, left.person_id, left_on=today - 10 * _DAY)
        write_paid_link(
            host, body_id, left.person_id, PaidKind.EMPLOYEE, starts_on=today - 9 * _DAY
        )


def _work_for_all(ground: "Ground", worker: Actor, town: str) -> None:
    """Two people work for the collectivity, one since before the last quarter ended."""
    del town
    host_id = next(iter(ground.hosts.values()))
    lead_id = next(iter(ground.bodies.values()))
    people = [row for row in people_page(worker, size=40).rows if row.age and row.age >= 18]
    for back, row in zip((130, 20), people[-8:], strict=False):
        starts = ground.today - back * _DAY
        with clock.at(starts - _DAY):
            open_puc_position(
                worker, lead_id=lead_id, host_id=host_id, person_id=row.id,
                inail_number="PAT 91234567", project="Cura del verde e della biblioteca",
                opened_on=starts - _DAY, starts_on=starts, ends_on=ground.today + 90 * _DAY,
                weekly_minutes=480,
            )  # fmt: skip
        with clock.at(ground.today):
            for days in range(0, back, 4):
                _note(worker, host_id, row.id, starts + days * _DAY, 240, Basis.PUC)
