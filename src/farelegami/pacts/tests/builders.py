"""A pact in any stage, made by the hands that make it: one follows, one decides, one pays."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from farelegami.access.tests.builders import an_actor
from farelegami.cases.rules.assessments import Moment
from farelegami.cases.services.assessments import confirm_assessment
from farelegami.cases.tests.builders import CREMONA, a_case_in_codesign, a_map
from farelegami.documents.tests.builders import A_PDF, an_upload
from farelegami.kernel import clock
from farelegami.kernel.actor import Actor, Role
from farelegami.kernel.units import Cents, Minutes, euros, hours
from farelegami.network.models import Organisation
from farelegami.pacts.models import HoursEntry, Pact, PactVersion, ResultProgress, SpendRequest
from farelegami.pacts.queries import open_version
from farelegami.pacts.rules.money import Route, Spend
from farelegami.pacts.rules.stages import Outcome, Stage
from farelegami.pacts.rules.terms import Commitment
from farelegami.pacts.services.agreeing import agree, amend, withdraw
from farelegami.pacts.services.deciding import authorise
from farelegami.pacts.services.drafting import save_commitment, save_goal, save_result, save_support
from farelegami.pacts.services.giving import confirm_hours, report_hours
from farelegami.pacts.services.living import (
    close,
    interrupt,
    set_result,
    start_review,
    suspend,
)
from farelegami.pacts.services.opening import confirm_unemployed, open_pact
from farelegami.pacts.services.signing import sign, signatures_missing
from farelegami.pacts.services.spending import (
    approve_spend,
    pay_spend,
    present_paper,
    reconcile_spend,
    request_spend,
)
from farelegami.people.rules.households import HouseholdRole
from farelegami.people.services.households import add_member
from farelegami.people.services.persons import PersonDraft, register_person
from farelegami.programmes.models import PactType
from farelegami.programmes.queries import partners
from farelegami.programmes.tests.builders import a_programme, some_territory

A_DRAWING: Final = "M10 20 L30 40 L50 60 M10 10 L20 20 L30 30"
_ORDER: Final = (Stage.DRAFT, Stage.AGREED, Stage.AUTHORISED, Stage.SIGNED, Stage.ACTIVE)


@dataclass(frozen=True)
class Crew:
    """The people of a district a pact needs."""

    worker: Actor
    coordinator: Actor
    clerk: Actor
    panel: Actor
    district_id: int = CREMONA


def a_crew(district_id: int = CREMONA) -> Crew:
    """Return a worker, a coordinator, a clerk and a panel of a district."""
    some_territory()

    def one(role: Role, name: str) -> Actor:
        return an_actor(role, district_id=district_id, name=name)

    return Crew(
        one(Role.SOCIAL_WORKER, "Anna Pioppi"),
        one(Role.COORDINATOR, "Carla Ontani"),
        one(Role.CLERK, "Dario Frassini"),
        one(Role.PANEL, "Elena Tigli"),
        district_id,
    )


def a_draft_pact(
    crew: Crew, *, kind: str = "inclusione", starts_on: date | None = None, **changes: Any
) -> Pact:
    """Return a pact just opened for a mother and her child."""
    case = a_case_in_codesign(crew.worker, crew.district_id)
    child = PersonDraft(given_name="Adam", family_name="Prova", birth_date=date(2018, 2, 3))
    child_id = register_person(crew.worker, crew.district_id, child).person.pk
    add_member(crew.worker, case.household_id, child_id, HouseholdRole.CHILD, day=clock.today())
    options: dict[str, Any] = {
        "case_id": case.pk,
        "pact_type_id": PactType.objects.get(code=kind, programme__code="farelegami").pk,
        "body_id": a_body().pk,
        "title": "Lavorare in una cucina",
        "starts_on": starts_on or clock.today(),
        "holder_ids": [case.contact_id],
        "member_ids": [child_id],
    }
    pact = open_pact(crew.worker, **{**options, **changes})
    if kind == "autonomia":
        confirm_unemployed(crew.worker, pact.pk, case.contact_id)
    return pact


def a_body() -> Organisation:
    """Return the lead of the programme."""
    programme = a_programme()
    return next(each.organisation for each in partners(programme.pk) if each.is_lead)


def write_words(crew: Crew, pact: Pact) -> None:
    """Write the pact of the story: 1.800 euro of supports, 60 hours given back."""
    worker, end = crew.worker, pact.ends_on
    save_goal(worker, pact.pk, title="Lavorare in una cucina")
    goal = open_terms(pact).goals[0].key
    for text, months in (("Finire il corso da aiuto cuoca", 4), ("Attestato HACCP", 6)):
        due = pact.starts_on + timedelta(days=30 * months)
        save_result(worker, pact.pk, goal_key=goal, text=text, due_on=due)
    for category, title, provider, cents in (
        ("formazione", "Corso da aiuto cuoca", "Scuola dei mestieri", euros(640)),
        ("cura-minori", "Babysitter nelle ore di lezione", "Cooperativa La Filanda", euros(480)),
        ("trasporto", "Abbonamento autobus", "Autoguidovie", euros(140)),
        ("lavoro", "Orientamento", "Sportello lavoro", euros(540)),
        ("salute", "Sostegno psicologico", "Consultorio", Cents(0)),
    ):
        save_support(
            worker, pact.pk, category=category, title=title, provider=provider, amount_cents=cents
        )
    for title, host, time in (
        ("traduce al corso di italiano", "Scuola Il Mulino", hours(40)),
        ("cucina con il quartiere", "Civic center Le Rogge", hours(20)),
    ):
        save_commitment(
            worker,
            pact.pk,
            Commitment("", pact.case.contact_id, "", title, host, time, end, hours(2)),
        )


def open_terms(pact: Pact) -> Any:
    """Return the words being written."""
    version = open_version(pact.pk)
    assert version is not None
    return version.terms


def terms_of(pact: Pact) -> Any:
    """Return the words in force."""
    return PactVersion.objects.get(pact=pact, number=pact.version_number).terms


def sign_all(crew: Crew, pact: Pact) -> None:
    """Collect every signature under the authorised words."""
    version = open_version(pact.pk)
    assert version is not None
    for needed in signatures_missing(pact, version):
        sign(
            crew.worker,
            pact.pk,
            signer=needed.signer,
            person_id=needed.person_id,
            text_hash=version.text_hash,
            drawing=A_DRAWING,
        )


def a_pact(
    stage: Stage = Stage.ACTIVE, *, crew: Crew | None = None, **options: Any
) -> tuple[Pact, Crew]:
    """Return a pact brought to `stage` by its people, and them."""
    crew = crew or a_crew()
    if stage == Stage.SIGNED:
        options.setdefault("starts_on", clock.today() + timedelta(days=10))
    pact = a_draft_pact(crew, **options)
    last = _ORDER.index(stage) if stage in _ORDER else len(_ORDER)
    if stage == Stage.WITHDRAWN:
        withdraw(crew.worker, pact.pk, reason="La famiglia si trasferisce.")
        return reread(pact), crew
    write_words(crew, pact)
    steps: list[Callable[[], object]] = [
        lambda: agree(crew.worker, pact.pk),
        lambda: authorise(crew.coordinator, pact.pk),
        lambda: sign_all(crew, pact),
    ]
    for step in steps[:last]:
        step()
    _go_on(crew, pact, stage)
    return reread(pact), crew


def _go_on(crew: Crew, pact: Pact, stage: Stage) -> None:
    if stage == Stage.SUSPENDED:
        suspend(crew.worker, pact.pk, reason="Un ricovero.")
    if stage == Stage.INTERRUPTED:
        interrupt(crew.worker, pact.pk, by="family", reason="La famiglia si trasferisce.")
    if stage in {Stage.FINAL_REVIEW, Stage.CLOSED}:
        start_review(crew.worker, pact.pk)
    if stage == Stage.CLOSED:
        settle(crew, pact)
        close(crew.worker, pact.pk, outcomes=all_reached(reread(pact)), reason="È andata bene.")


def settle(crew: Crew, pact: Pact) -> None:
    """Do the last Mappa, which the closing asks for."""
    confirm_assessment(crew.worker, a_map(crew.worker, pact.case, Moment.T2, level=4))


def all_reached(pact: Pact) -> Mapping[str, tuple[Outcome, str]]:
    """Return an outcome for each goal."""
    return {goal.key: (Outcome.REACHED, "") for goal in terms_of(pact).goals}


def reread(pact: Pact) -> Pact:
    """Return the pact as the database has it now, with what a page reads beside it."""
    return Pact.objects.select_related(
        "case__manager", "case", "programme", "pact_type", "body", "household"
    ).get(pk=pact.pk)


def an_amendment(crew: Crew, pact: Pact, **support: Any) -> PactVersion:
    """Return an open amendment with one support changed or added."""
    amend(crew.worker, pact.pk, kind="integration", reason="Servono più ore di babysitter.")
    words = {
        "category": "cura-minori",
        "title": "Babysitter al sabato",
        "provider": "Cooperativa La Filanda",
        "amount_cents": euros(100),
    }
    save_support(crew.worker, pact.pk, **{**words, **support})
    found = open_version(pact.pk)
    assert found is not None
    return found


def a_spend(
    crew: Crew, pact: Pact, stage: Spend = Spend.REQUESTED, cents: int = 10_000, **changes: Any
) -> SpendRequest:
    """Return a spend brought to `stage`, each step by its own hands."""
    options: dict[str, Any] = {
        "category": "formazione",
        "title": "Divisa e coltelli",
        "amount_cents": Cents(cents),
        "route": Route.SUPPLIER,
        "supplier": "Bottega del cuoco",
        "reason": "Il corso li chiede dal primo giorno.",
    }
    spend = request_spend(crew.worker, pact.pk, **{**options, **changes})
    steps: tuple[tuple[Spend, Callable[[], object]], ...] = (
        (Spend.COMMITTED, lambda: approve_spend(crew.coordinator, spend.pk)),
        (Spend.DOCUMENTED, lambda: a_paper(crew.worker, spend.pk, Cents(cents))),
        (
            Spend.PAID,
            lambda: pay_spend(
                crew.clerk, spend.pk, paid_on=clock.today(), payment_reference="mandato 7"
            ),
        ),
        (
            Spend.RECONCILED,
            lambda: reconcile_spend(crew.clerk, spend.pk, statement_reference="riga 3"),
        ),
    )
    reached = [Spend.REQUESTED, *(step for step, _act in steps)]
    for _name, act in steps[: reached.index(stage)]:
        act()
    return SpendRequest.objects.get(pk=spend.pk)


def a_paper(actor: Actor, spend_id: UUID, cents: Cents, number: str = "") -> None:
    """Document a spend with a paper of its own."""
    number = number or spend_id.hex[-8:]
    present_paper(
        actor,
        spend_id,
        upload=an_upload(A_PDF + f"% {number}\n".encode()),
        document_number=number,
        document_date=clock.today(),
        document_cents=cents,
    )


def some_hours(crew: Crew, pact: Pact, minutes: int = 90, *, confirmed: bool = False) -> HoursEntry:
    """Return hours told on the first commitment."""
    key = terms_of(pact).commitments[0].key
    entry = report_hours(
        crew.worker, pact.pk, commitment_key=key, done_on=clock.today(), minutes=Minutes(minutes)
    )
    if confirmed:
        confirm_hours(
            crew.worker,
            pact.pk,
            entry.pk,
            confirmed_name="Lucia, Scuola Il Mulino",
            changed_for_others="Nessuna ha più saltato una lezione.",
        )
    return entry


def a_reached_result(crew: Crew, pact: Pact) -> None:
    """Note the first result as reached."""
    key = terms_of(pact).goals[0].results[0].key
    set_result(crew.worker, pact.pk, key, status=ResultProgress.Status.REACHED)
