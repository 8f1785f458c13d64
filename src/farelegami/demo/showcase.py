"""The showcase: Samira, who wanted to cook (the story of S0), with every part of a pact in it."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from django.db import transaction

from farelegami.cases.queries.instruments import instrument_for
from farelegami.cases.rules.assessments import RESOURCE_MAP, Moment, Respondent
from farelegami.cases.rules.phases import FindingKind, PhaseMove
from farelegami.cases.rules.referrals import Channel, Source
from farelegami.cases.rules.teamwork import DiaryKind
from farelegami.cases.services.assessments import confirm_assessment, take_assessment
from farelegami.cases.services.cases import (
    Intake,
    add_finding,
    move_case,
    note_first_meeting,
    take_in_charge,
)
from farelegami.cases.services.diaries import write_diary
from farelegami.cases.services.referrals import ReferralDraft, note_attempt, receive_referral
from farelegami.demo.families import Family, moment_of
from farelegami.demo.lives import sign_all, terms_of
from farelegami.demo.papers import a_receipt
from farelegami.demo.staff import Office
from farelegami.documents.services import store_content
from farelegami.kernel import clock
from farelegami.kernel.actor import Actor
from farelegami.kernel.units import Cents, Minutes, euros, hours
from farelegami.pacts.models import Pact, PactVersion
from farelegami.pacts.queries import open_version
from farelegami.pacts.rules.money import Route
from farelegami.pacts.rules.terms import Commitment, Terms
from farelegami.pacts.services import (
    agreeing,
    deciding,
    drafting,
    giving,
    living,
    opening,
    spending,
)
from farelegami.people.models import Person
from farelegami.people.rules.ecomap import Circle, Direction, Strength, TieDraft
from farelegami.people.rules.households import HouseholdRole
from farelegami.people.rules.persons import Level, SkillStage, Transport
from farelegami.people.rules.privacy import Manner
from farelegami.people.rules.weeks import Answer, Band, week_of
from farelegami.people.services.capabilities import (
    SkillDraft,
    set_availability,
    set_conditions,
    set_skills,
)
from farelegami.people.services.ecomaps import draw_ecomap
from farelegami.people.services.households import add_member
from farelegami.people.services.persons import PersonDraft, register_person
from farelegami.people.services.privacy import record_notice

if TYPE_CHECKING:
    from farelegami.demo.services import Ground

CREMA: Final = "019035"
_HOME: Final = (
    ("Karim", "marito", Strength.STRONG),
    ("Adam", "figlio, 8 anni", Strength.STRONG),
    ("Lina", "figlia, 5 anni", Strength.STRONG),
)
_T0: Final = (3, 3, 1, 2, 2, 1, 2, 3)
_T1: Final = (4, 3, 3, 3, 3, 4, 4, 4)


def tell_the_showcase(ground: "Ground") -> Pact:
    """Return the showcase pact, lived from its referral to today. One transaction."""
    office = ground.staff.offices[1902]
    worker, signed = office.workers[0], ground.today - timedelta(days=265)
    with transaction.atomic():
        family = _family(ground, worker, signed - timedelta(days=60))
        samira, karim = family.adults
        _drawn(worker, samira, signed - timedelta(days=20), later=False)
        pact = _written(ground, worker, family, signed)
        with clock.at(moment_of(signed - timedelta(days=6))):
            deciding.authorise(office.coordinator, pact.pk)
        sign_all(worker, family.adults, pact, signed, ground.today)
        _meetings(worker, pact, signed)
        _amended(office, worker, pact, family, signed + timedelta(days=190), ground.today)
        _money(office, worker, pact, signed)
        _hours(worker, pact, signed, karim)
        _results(worker, pact, signed)
        _drawn(worker, samira, signed + timedelta(days=246), later=True)
        _mapped(worker, family, samira, Moment.T1, _T1, signed + timedelta(days=246))
        with clock.at(moment_of(ground.today)):
            living.plan_meeting(
                worker, pact.pk,
                planned_at=moment_of(ground.today + timedelta(days=9), 15),
                place="A casa di Samira", with_whom="Zohra",
            )  # fmt: skip
    return pact


def _family(ground: "Ground", worker: Actor, day: date) -> Family:
    samira = PersonDraft(
        given_name="Samira", family_name="Belprato", birth_date=date(day.year - 30, 4, 17),
        birth_place_code="Z330", sex="F", preferred_language="ar",
        languages={"ar": Level.NATIVE, "fr": Level.B2, "it": Level.A2},
        municipality_id=CREMA, address="via Pioppi 8", phone="000 1234567",
        contact_hours="meglio su WhatsApp, dopo le 14",
    )  # fmt: skip
    with clock.at(moment_of(day)):
        referral = receive_referral(
            worker,
            ReferralDraft(
                given_name="Samira", family_name="Belprato", municipality_id=CREMA,
                reason="Vorrebbe diventare cuoca e non sa da dove cominciare.",
                source=Source.SCHOOL, channel=Channel.PHONE, phone="000 1234567",
                person_informed=True, referrer_name="La maestra di Adam",
            ),
        )  # fmt: skip
    with clock.at(moment_of(day + timedelta(days=3))):
        note_attempt(worker, referral.pk, channel=Channel.PHONE, reached=True)
        case = take_in_charge(
            worker, referral.pk,
            Intake(ground.programme.pk, person=samira, notice=Manner.READ_ALOUD, language="ar"),
        )  # fmt: skip
        others = [
            register_person(worker, case.district_id, draft).person
            for draft in (
                PersonDraft("Karim", "Belprato", date(day.year - 34, 9, 2), "Z330", "M",
                            preferred_language="ar", municipality_id=CREMA),
                PersonDraft("Adam", "Belprato", date(day.year - 8, 2, 11), sex="M", municipality_id=CREMA),
                PersonDraft("Lina", "Belprato", date(day.year - 5, 6, 30), sex="F", municipality_id=CREMA),
            )
        ]  # fmt: skip
        roles = (HouseholdRole.ADULT, HouseholdRole.CHILD, HouseholdRole.CHILD)
        for person, role in zip(others, roles, strict=True):
            add_member(worker, case.household_id, person.pk, role, day=clock.today())
        record_notice(worker, others[0].pk, language="ar", how=Manner.READ_ALOUD)
    family = Family(case, [case.contact, others[0]], others[1:])
    _read_together(worker, family, day + timedelta(days=12))
    return family


def _read_together(worker: Actor, family: Family, day: date) -> None:
    case, samira = family.case, family.adults[0]
    with clock.at(moment_of(day)):
        move_case(worker, case.pk, PhaseMove.START_ANALYSIS)
        note_first_meeting(worker, case.pk, day=day)
        add_finding(
            worker, case.pk, kind=FindingKind.NEED, area="lavoro",
            text="Vuole provare se la cucina è il suo mestiere; nessuno può stare con i bambini.",
        )  # fmt: skip
        add_finding(
            worker, case.pk, kind=FindingKind.RESOURCE, area="cosa_so_fare",
            text="Parla arabo e francese, cucina per tanti, sa stare con i bambini piccoli.",
        )  # fmt: skip
        write_diary(
            worker, case.pk, kind=DiaryKind.VISIT, happened_on=day,
            text="Incontro a casa. Samira parla della cucina e si illumina; la suocera ascolta.",
        )  # fmt: skip
        set_skills(
            worker, samira.pk,
            [
                SkillDraft(words="Tradurre arabo–italiano"),
                SkillDraft(words="Cucinare per tanti"),
                SkillDraft(words="Stare con i bambini piccoli"),
                SkillDraft(words="Ricamo"),
                SkillDraft(words="Igiene degli alimenti (HACCP)", stage=SkillStage.LEARNING),
            ],
        )  # fmt: skip
        bands = tuple(Band)
        set_availability(
            worker, samira.pk,
            week_of([
                (1, bands[0], Answer.YES), (1, bands[1], Answer.YES), (1, bands[2], Answer.YES),
                (3, bands[0], Answer.MAYBE), (4, bands[1], Answer.YES), (5, bands[0], Answer.YES),
                (5, bands[-1], Answer.MAYBE),
            ]),
        )  # fmt: skip
        set_conditions(
            worker, samira.pk, limits="non dopo le 21, niente pesi",
            wishes="cucinare con altre donne", transport=[Transport.ON_FOOT, Transport.BUS],
            travel_minutes=20,
        )  # fmt: skip
    _mapped(worker, family, samira, Moment.T0, _T0, day)
    with clock.at(moment_of(day, 12)):
        move_case(worker, case.pk, PhaseMove.START_CODESIGN)


def _mapped(
    worker: Actor, family: Family, person: Person, moment: Moment, values: Sequence[int], day: date
) -> None:
    items = [item.code for item in instrument_for(RESOURCE_MAP).items]
    with clock.at(moment_of(day)):
        assessment = take_assessment(
            worker, family.case.pk, person_id=person.pk, instrument=RESOURCE_MAP, moment=moment,
            respondent=Respondent.TOGETHER, answers=dict(zip(items, values, strict=True)),
            taken_on=day,
        )  # fmt: skip
        confirm_assessment(worker, assessment.pk)


def _drawn(worker: Actor, person: Person, day: date, *, later: bool) -> None:
    ties = [
        *(TieDraft(name, Circle.HOME, strength, detail=who) for name, who, strength in _HOME),
        TieDraft("Zohra", Circle.HOME, Strength.TENSE, detail="suocera"),
        TieDraft("Teresa", Circle.FRIENDS, Strength.STRONG if later else Strength.WEAK,
                 detail="vicina di scala"),
        TieDraft("Famiglia in Marocco", Circle.FRIENDS, Strength.GOOD, detail="videochiamate"),
        TieDraft("Pediatra", Circle.SERVICES, Strength.WEAK, Direction.RECEIVES),
        TieDraft("Servizio sociale", Circle.SERVICES, Strength.GOOD, Direction.RECEIVES, "Anna P."),
        TieDraft("Centro per l’impiego", Circle.SERVICES, Strength.TENSE),
    ]  # fmt: skip
    if later:
        ties += [
            TieDraft("Nadia", Circle.FRIENDS, Strength.GOOD, detail="amica del corso"),
            TieDraft("Mamme del cortile", Circle.FRIENDS, Strength.WEAK, Direction.RECEIVES),
            TieDraft("Scuola Il Mulino", Circle.COMMUNITY, Strength.STRONG, Direction.GIVES,
                     "la sua restituzione"),
            TieDraft("Civic center", Circle.COMMUNITY, Strength.WEAK, detail="sabato in cucina"),
            TieDraft("Scuola Le Rogge", Circle.SERVICES, Strength.GOOD, detail="maestra di Adam"),
        ]  # fmt: skip
    with clock.at(moment_of(day)):
        draw_ecomap(worker, person.pk, ties, day=day, drawn_with="Samira")


def _written(ground: "Ground", worker: Actor, family: Family, signed: date) -> Pact:
    samira = family.adults[0]
    with clock.at(moment_of(signed - timedelta(days=15))):
        pact = opening.open_pact(
            worker, case_id=family.case.pk, pact_type_id=ground.types["inclusione"].pk,
            body_id=ground.bodies[1902], title="Il patto di Samira e della sua famiglia",
            starts_on=signed, holder_ids=[person.pk for person in family.adults],
            member_ids=[person.pk for person in family.others],
        )  # fmt: skip
        for title, results in _GOALS:
            version = drafting.save_goal(worker, pact.pk, title=title)
            key = version.terms.goals[-1].key
            for text, months in results:
                drafting.save_result(
                    worker, pact.pk, goal_key=key, text=text,
                    due_on=min(signed + timedelta(days=30 * months), pact.ends_on),
                )  # fmt: skip
        for category, title, provider, cost, detail in _SUPPORTS:
            drafting.save_support(
                worker, pact.pk, category=category, title=title, provider=provider,
                amount_cents=euros(cost), detail=detail,
            )  # fmt: skip
        for title, host, time, when in (
            ("traduce al corso di italiano", "Scuola Il Mulino", 40, "martedì 15–17"),
            ("cucina con il quartiere", "Civic center Le Rogge", 12, "un sabato al mese"),
        ):
            drafting.save_commitment(
                worker, pact.pk,
                Commitment(
                    key="", person_id=samira.pk, person_name="Samira", title=title, host=host,
                    minutes=hours(time), ends_on=pact.ends_on, weekly_minutes=hours(2), when=when,
                    host_id=ground.hosts.get(host),
                ),
            )  # fmt: skip
    with clock.at(moment_of(signed - timedelta(days=10))):
        agreeing.agree(worker, pact.pk)
    return pact


_GOALS: Final = (
    ("Lavorare in una cucina", (
        ("Ha frequentato il corso da aiuto cuoca", 7), ("Ha fatto 20 ore di prova in mensa", 8),
        ("Attestato HACCP", 10))),
    ("Parlare italiano con sicurezza", (("Livello A2 certificato", 4), ("Livello B1", 12))),
    ("Avere tempo per sé e per i figli", (
        ("Lina va allo spazio bimbi due mattine", 6), ("Adam va al doposcuola", 6))),
    ("Conoscere persone nel quartiere", (
        ("Un’attività fissa al civic center", 10), ("Una famiglia amica con cui scambiarsi i turni", 11))),
)  # fmt: skip
_SUPPORTS: Final = (
    ("formazione", "Corso da aiuto cuoca", "Scuola dei Mestieri", 640, "60 ore"),
    ("cura-minori", "Babysitter nelle ore di lezione", "Cooperativa La Filanda", 320, ""),
    ("trasporto", "Abbonamento autobus", "Azienda dei trasporti", 140, "tre mesi"),
    ("formazione", "Divisa e coltelli", "Forniture per cucine", 80, ""),
    ("lavoro", "Orientamento e prova in mensa", "Mensa Pane Quotidiano", 460, "20 ore con tutor"),
    ("salute", "Sostegno psicologico", "Consultorio Arcipelago", 0, "6 colloqui, senza spesa"),
)  # fmt: skip


def _amended(
    office: Office, worker: Actor, pact: Pact, family: Family, day: date, today: date
) -> None:
    terms, karim = terms_of(pact), family.adults[1]
    babysitter = terms.supports[1]
    with clock.at(moment_of(day)):
        agreeing.amend(
            worker, pact.pk, kind=PactVersion.Kind.INTEGRATION,
            reason="Il corso chiede più ore il pomeriggio; Karim vuole dare una mano anche lui.",
        )  # fmt: skip
        drafting.save_support(
            worker, pact.pk, key=babysitter.key, category=babysitter.category,
            title=babysitter.title, provider=babysitter.provider, amount_cents=euros(480),
        )  # fmt: skip
        drafting.save_commitment(
            worker, pact.pk,
            Commitment(
                key="", person_id=karim.pk, person_name="Karim", title="ripara biciclette",
                host="Ciclofficina di quartiere", minutes=hours(8), ends_on=pact.ends_on,
                weekly_minutes=hours(2), when="mercoledì 17–19",
            ),
        )  # fmt: skip
        agreeing.agree(worker, pact.pk)
        deciding.authorise(office.coordinator, pact.pk)
    if open_version(pact.pk) is not None:
        sign_all(worker, family.adults, pact, day + timedelta(days=2), today)


def _meetings(worker: Actor, pact: Pact, signed: date) -> None:
    for after, progress, changed in (
        (70, "Il corso è cominciato bene, due assenze avvisate.", ""),
        (99, "Spostato dalla famiglia, motivo giustificato: Lina aveva la febbre.", ""),
        (190, "Aggiunto lo spazio bimbi. Si prepara l’integrazione.", "Mio figlio mi ha vista studiare."),
        (246, "Mappa delle risorse T1, ecomappa. Terzo obiettivo raggiunto.",
         "Il giovedì esco di casa e non devo spiegare a nessuno perché."),
    ):  # fmt: skip
        day = signed + timedelta(days=after)
        with clock.at(moment_of(day)):
            living.hold_meeting(
                worker,
                pact.pk,
                held_on=day,
                progress=progress,
                changed_for_family=changed,
                worked_minutes=Minutes(90),
            )


def _money(office: Office, worker: Actor, pact: Pact, signed: date) -> None:
    terms = terms_of(pact)
    course, babysitter, bus, knives = terms.supports[:4]
    steps: tuple[tuple[int, object, int, int, str], ...] = (
        # day, support, euro asked, euro documented, how far it went
        (20, course, 640, 640, "reconciled"),
        (30, bus, 80, 80, "paid"),
        (200, babysitter, 200, 140, "documented"),
        (215, babysitter, 280, 0, "committed"),
        (225, bus, 60, 60, "paid"),
        (250, knives, 80, 0, "committed"),
    )
    for number, (after, support, asked, shown, far) in enumerate(steps):
        day = signed + timedelta(days=after)
        with clock.at(moment_of(day)):
            spend = spending.request_spend(
                worker, pact.pk, category=support.category, support_key=support.key,  # type: ignore[attr-defined]
                title=support.title, amount_cents=euros(asked), supplier=support.provider,  # type: ignore[attr-defined]
                route=Route.SUPPLIER,
            )  # fmt: skip
        with clock.at(moment_of(day + timedelta(days=1))):
            spending.approve_spend(office.coordinator, spend.pk)
        if far == "committed":
            continue
        with clock.at(moment_of(day + timedelta(days=9))):
            paper = store_content(
                worker, content=a_receipt(f"{spend.supplier} S{number} {pact.code}"),
                name="ricevuta.pdf", kind="receipt", district_id=pact.district_id,
                title=f"Ricevuta S{number}", owner_kind="pacts.spend", owner_id=spend.pk,
            )  # fmt: skip
            spending.document_spend(
                worker, spend.pk, document=paper, document_number=f"S{number}",
                document_date=day + timedelta(days=8), document_cents=euros(shown),
            )  # fmt: skip
        if far == "documented":
            continue
        with clock.at(moment_of(day + timedelta(days=12))):
            spending.pay_spend(
                office.clerk, spend.pk, paid_on=day + timedelta(days=12),
                payment_reference=f"Mandato 11{number}",
            )  # fmt: skip
            if far == "reconciled":
                spending.reconcile_spend(office.clerk, spend.pk, statement_reference="EC 04")
    with clock.at(moment_of(signed + timedelta(days=264))):
        spending.request_spend(
            worker, pact.pk, category="salute", title="Occhiali per leggere le ricette",
            amount_cents=Cents(14_500), route=Route.REIMBURSEMENT, supplier="Ottica del Corso",
            reason="Il preventivo è allegato alla richiesta di Samira.",
        )  # fmt: skip


def _hours(worker: Actor, pact: Pact, signed: date, karim: Person) -> None:
    terms: Terms = terms_of(pact)
    translates, cooks = terms.commitments[:2]
    given: list[tuple[str, int, int, str, str]] = [
        (translates.key, 40 + 14 * number, 150, "Scuola Il Mulino", "") for number in range(9)
    ]
    given += [
        (cooks.key, 60 + 45 * number, 120, "Civic center Le Rogge", "") for number in range(4)
    ]
    last = "Da quando c’è lei, sei donne su undici non hanno più saltato una lezione."
    given[8] = (translates.key, 236, 150, "Scuola Il Mulino", last)
    for key, after, minutes, host, changed in given:
        day = signed + timedelta(days=after)
        with clock.at(moment_of(day)):
            entry = giving.report_hours(
                worker, pact.pk, commitment_key=key, done_on=day, minutes=Minutes(minutes)
            )
            giving.confirm_hours(
                worker, pact.pk, entry.pk, confirmed_name=host, changed_for_others=changed
            )
    day = signed + timedelta(days=260)
    with clock.at(moment_of(day)):
        giving.report_hours(
            worker, pact.pk, commitment_key=translates.key, done_on=day, minutes=Minutes(210),
            note=f"{karim.given_name} è rimasto con i bambini.",
        )  # fmt: skip


def _results(worker: Actor, pact: Pact, signed: date) -> None:
    results = [result for goal in terms_of(pact).goals for result in goal.results]
    reached = {0: 224, 1: 242, 3: 110, 5: 197, 6: 197}
    for index, result in enumerate(results):
        after = reached.get(index, 246)
        status = "reached" if index in reached else ("to_start" if index == 8 else "under_way")
        if status != "to_start":
            with clock.at(moment_of(signed + timedelta(days=after))):
                living.set_result(worker, pact.pk, result.key, status=status)
