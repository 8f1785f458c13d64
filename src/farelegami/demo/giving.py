"""Two years of giving back: hosts, opportunities, volunteers, turns, and a plan for today."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final
from uuid import UUID, uuid5

from django.db import transaction

from farelegami.demo.families import moment_of
from farelegami.demo.staff import Office
from farelegami.giveback.models import Match, Offer, Opportunity, Session
from farelegami.giveback.queries.people import match_file
from farelegami.giveback.queries.sight import Host
from farelegami.giveback.rules.changes import Change
from farelegami.giveback.rules.matches import MatchStage, Side
from farelegami.giveback.rules.needs import Field, Need, NeedKind, Requirement, Weight
from farelegami.giveback.rules.sessions import Said, SessionStage, Word
from farelegami.giveback.rules.slots import Slot
from farelegami.giveback.services.matches import (
    Proposal,
    accept_as_host,
    accept_as_person,
    complete_match,
    decline_as_person,
    interrupt_match,
    propose,
)
from farelegami.giveback.services.offers import (
    OfferDraft,
    offer_for_commitment,
    offer_freely,
    offer_of_somebody_met,
    see_requirement,
)
from farelegami.giveback.services.opportunities import (
    OpportunityDraft,
    give_link,
    post_opportunity,
)
from farelegami.giveback.services.sessions import (
    Report,
    begins_at,
    say_as_host,
    say_as_person,
    settle_dispute,
)
from farelegami.kernel import clock
from farelegami.kernel.actor import Actor, Grant, Role
from farelegami.kernel.errors import Refusal
from farelegami.kernel.units import Minutes, hours
from farelegami.matching.services.plans import make_plan
from farelegami.network.rules import OrganisationKind
from farelegami.network.services import OrganisationDraft, register_organisation
from farelegami.pacts.models import Pact
from farelegami.pacts.queries import members_of, pact_for, terms_in_force
from farelegami.pacts.queries.lists import caseload_page
from farelegami.pacts.rules.stages import Stage
from farelegami.people.models import Person
from farelegami.people.rules.persons import Level, Transport
from farelegami.people.rules.privacy import Restricted
from farelegami.people.services.capabilities import SkillDraft, set_skills
from farelegami.people.services.persons import PersonDraft, register_person
from farelegami.territory.queries import municipality_for
from farelegami.volunteering.rules.covers import Risk
from farelegami.volunteering.services import add_policy, open_register

if TYPE_CHECKING:
    from farelegami.demo.services import Ground, Tell

OPPORTUNITIES: Final = 400
OFFERS: Final = 600
MATCHES: Final = 72
_HOSTS_A_DISTRICT: Final = 16
_TWO_YEARS: Final = 700
_HOME: Final = 1902
_NAMESPACE: Final = UUID("0b6e4f17-324d-4f2a-9000-20261122aaaa")

_KINDS: Final = (
    ("Biblioteca di {town}", OrganisationKind.OTHER),
    ("Oratorio di {town}", OrganisationKind.PARISH),
    ("Orto comune di {town}", OrganisationKind.ASSOCIATION),
    ("Scuola per adulti di {town}", OrganisationKind.SCHOOL),
    ("Dispensa solidale di {town}", OrganisationKind.ASSOCIATION),
    ("Ciclofficina di {town}", OrganisationKind.INFORMAL_GROUP),
    ("Doposcuola di {town}", OrganisationKind.ASSOCIATION),
    ("Centro anziani di {town}", OrganisationKind.ASSOCIATION),
)


@dataclass(frozen=True, slots=True)
class _Idea:
    """Something to be done somewhere: which hosts have it, when, and what it asks."""

    title: str
    host: str
    field: Field
    starts: tuple[int, ...]
    needs: tuple[Need, ...] = ()
    tasks: str = ""
    minutes: int = 120
    min_age: int = 16


def _speaks(*codes: str) -> tuple[Need, ...]:
    weight = Weight.MUST if len(codes) == 1 else Weight.ANY_OF
    return tuple(Need(NeedKind.LANGUAGE, code, weight, "b1") for code in codes)


def _can(code: str, weight: Weight = Weight.NICE) -> tuple[Need, ...]:
    return (Need(NeedKind.SKILL, code, weight),)


_HACCP: Final = (Need(NeedKind.REQUIREMENT, Requirement.FOOD_HYGIENE.value),)
_MINORS: Final = (Need(NeedKind.REQUIREMENT, Requirement.WORK_WITH_MINORS.value),)
_IDEAS: Final = (
    _Idea("Mediatrice al corso di italiano", "Scuola", Field.TRAINING, (9, 15, 18),
          _speaks("ar", "fr"), "Aiutare chi comincia a capire e a farsi capire."),
    _Idea("Conversazione in italiano", "Scuola", Field.TRAINING, (10, 17), (), "Parlare insieme, senza esami."),
    _Idea("Accogliere in romeno", "Scuola", Field.SOCIAL, (9, 14), _speaks("ro")),
    _Idea("Leggere ad alta voce ai bambini", "Biblioteca", Field.CULTURE, (16, 17), (), "", 60),
    _Idea("Rimettere a posto gli scaffali", "Biblioteca", Field.CULTURE, (9, 14, 18)),
    _Idea("Aiuto con i computer", "Biblioteca", Field.TRAINING, (10, 15), _can("S5")),
    _Idea("Curare l’orto", "Orto", Field.ENVIRONMENT, (8, 9, 17), _can("S6")),
    _Idea("Insegnare a potare", "Orto", Field.ENVIRONMENT, (9,), _can("S6", Weight.MUST)),
    _Idea("Cucina di quartiere", "Oratorio", Field.SOCIAL, (10, 18), _HACCP, "Cucinare insieme per chi viene.", 180),
    _Idea("Aprire e chiudere la sala", "Oratorio", Field.COMMONS, (9, 14, 20), (), "", 120, 18),
    _Idea("Compiti insieme", "Doposcuola", Field.TRAINING, (14, 15, 16), _MINORS, "", 120, 18),
    _Idea("Merenda e gioco", "Doposcuola", Field.SOCIAL, (15, 16), _MINORS, "", 120, 18),
    _Idea("Preparare i pacchi", "Dispensa", Field.SOCIAL, (9, 14, 17)),
    _Idea("Portare la spesa a casa", "Dispensa", Field.SOCIAL, (9, 16),
          (Need(NeedKind.REQUIREMENT, Requirement.DRIVING_LICENCE.value),)),
    _Idea("Aggiustare biciclette", "Ciclofficina", Field.COMMONS, (17, 18), _can("S7")),
    _Idea("Banco del prestito attrezzi", "Ciclofficina", Field.COMMONS, (9, 17)),
    _Idea("Compagnia e carte", "Centro", Field.SOCIAL, (14, 15)),
    _Idea("Accompagnare alle visite", "Centro", Field.SOCIAL, (8, 9), _can("S3")),
    _Idea("Coro e ricordi", "Centro", Field.ART, (15, 16)),
)  # fmt: skip
_SKILLS: Final = ("S5", "S6.4", "S7.1", "S3.0", "S1.3", "S6.11", "S6.12")
_WISHES: Final = (
    "", "", "Stare con i bambini", "Lavorare con le mani", "Stare all’aperto", "Cucinare",
    "Conoscere persone nuove", "Insegnare quello che so",
)  # fmt: skip
_CHANGED: Final = (
    "",
    "Due persone che non uscivano adesso vengono ogni settimana.",
    "La sala resta aperta un pomeriggio in più.",
    "I bambini chiedono quando torna.",
)


@dataclass(slots=True)
class _Body:
    """A host with the referent who answers for it."""

    id: UUID
    name: str
    town: str
    referent: Actor


def tell_of_giving(
    ground: "Ground", showcase: Pact, *, scale: float = 1.0, tell: "Tell | None" = None
) -> None:
    """Build hosts, opportunities, offers and past turns of each district, and today's plans.

    `scale` makes it smaller, for tests.
    """
    said = tell or (lambda _what, _done, _total: None)
    offices = list(ground.staff.offices.values())
    with transaction.atomic():
        _place_the_mediator(ground, showcase)
    for number, office in enumerate(offices):
        share = scale / len(offices)
        with transaction.atomic():
            _one_district(ground, office, share, showcase)
        said("Restituzione", number + 1, len(offices))
    for office in offices:
        make_plan(office.coordinator, office.district_id)


def _one_district(ground: "Ground", office: Office, share: float, showcase: Pact) -> None:
    begins = ground.today - timedelta(days=_TWO_YEARS)
    bodies = _hosts(ground, office, begins, max(2, round(_HOSTS_A_DISTRICT * min(1.0, share * 3))))
    places = _opportunities(ground, office, bodies, max(4, round(OPPORTUNITIES * share)), begins)
    offers = _offers(ground, office, max(4, round(OFFERS * share)), begins, showcase)
    _somebody_met(ground, office)
    _past(ground, office, places, offers, max(2, round(MATCHES * share)))


def _hosts(ground: "Ground", office: Office, begins: date, many: int) -> Sequence[_Body]:
    random, found = ground.random, []
    towns = random.sample(list(ground.towns[office.district_id]), min(many, 14))
    for number in range(many):
        town, (form, kind) = towns[number % len(towns)], _KINDS[number % len(_KINDS)]
        name = form.format(town=municipality_for(town).name)
        with clock.at(moment_of(begins - timedelta(days=20))):
            body = register_organisation(
                office.coordinator,
                office.district_id,
                OrganisationDraft(name, kind, municipality_id=town),
            )
            referent = Actor(
                account_id=uuid5(_NAMESPACE, name),
                name=f"Referente di {name}"[:150],
                grants=(Grant(Role.HOST, organisation_id=body.pk),),
            )
            open_register(referent, body.pk, district_id=office.district_id)
            _insure(referent, body.pk, begins, ground.today)
        found.append(_Body(body.pk, name, town, referent))
    return found


def _insure(referent: Actor, body_id: UUID, begins: date, today: date) -> None:
    """Insure a body's volunteers year by year, as policies run."""
    for year in range(begins.year - 1, today.year + 2):
        add_policy(
            referent,
            body_id,
            insurer="Mutua dimostrativa",
            number=f"VOL-{year}",
            risks=tuple(Risk),
            starts_on=date(year, 1, 1),
            ends_on=date(year, 12, 31),
        )


def _opportunities(
    ground: "Ground", office: Office, bodies: Sequence[_Body], many: int, begins: date
) -> Sequence[tuple[Opportunity, _Body]]:
    random, found = ground.random, []
    for number in range(many):
        body = bodies[number % len(bodies)]
        ideas = [idea for idea in _IDEAS if body.name.startswith(idea.host)]
        idea = random.choice(ideas)
        day = begins + timedelta(days=random.randrange(_TWO_YEARS - 10)) if number % 3 else begins
        with clock.at(moment_of(day)):
            place = post_opportunity(body.referent, body.id, _draft(ground, body, idea, day))
        if number % 3 and (ground.today - day).days > 60 and random.random() < 0.7:
            place.confirmed_on = ground.today - timedelta(days=random.randrange(50))
            place.save(update_fields=["confirmed_on"])
        found.append((place, body))
    del office
    return found


def _draft(ground: "Ground", body: _Body, idea: _Idea, day: date) -> OpportunityDraft:
    random = ground.random
    days = random.sample(range(6), random.choice((1, 1, 2)))
    slots = []
    for weekday in days:
        start = random.choice(idea.starts) * 60
        slots.append(Slot(weekday, start, start + idea.minutes))
    return OpportunityDraft(
        title=idea.title,
        field=idea.field,
        slots=slots,
        municipality_id=body.town,
        starts_on=day,
        seats=random.choice((1, 1, 2, 2, 3)),
        tasks=idea.tasks,
        needs=idea.needs,
        least_minutes=60,
        min_age=idea.min_age,
        by_bus=random.random() < 0.6,
        step_free=random.random() < 0.5,
        tutor_name=ground.names.given("italy", random.choice("FM")),
        tutor_email=f"tutor-{random.randrange(10**6)}@example.org",
    )


def _offers(
    ground: "Ground", office: Office, many: int, begins: date, showcase: Pact
) -> Sequence[Offer]:
    found = _of_pacts(ground, office, many // 8, showcase)
    returning = _returning(ground, office, many // 25)
    for _number in range(many - len(found) - len(returning)):
        day = begins + timedelta(days=ground.random.randrange(_TWO_YEARS - 5))
        found.append(_volunteer(ground, office, day))
    return [*found, *returning]


def _of_pacts(ground: "Ground", office: Office, most: int, but: Pact) -> list[Offer]:
    """Return offers for commitments of pacts that are active now."""
    found: list[Offer] = []
    for worker in office.workers:
        rows = caseload_page(worker, stage=str(Stage.ACTIVE), mine=True, size=25).rows
        for row in rows:
            pact = pact_for(worker, row.id)
            terms = terms_in_force(pact)
            for commitment in terms.commitments[:1] if terms and pact.pk != but.pk else ():
                if commitment.ends_on <= ground.today + timedelta(days=30) or len(found) >= most:
                    continue
                draft = _offer_draft(ground, ground.today, commitment.ends_on)
                with suppress(Restricted), transaction.atomic():
                    found.append(offer_for_commitment(worker, pact.pk, commitment.key, draft))
    return found


def _returning(ground: "Ground", office: Office, most: int) -> list[Offer]:
    """Return offers of people whose pact has ended, and who go on giving of their own."""
    found: list[Offer] = []
    for worker in office.workers:
        for row in caseload_page(worker, stage=str(Stage.CLOSED), mine=True, size=25).rows:
            pact = pact_for(worker, row.id)
            day = (pact.closed_on or ground.today) + timedelta(days=20)
            if len(found) >= most or day >= ground.today:
                continue
            holder = next(each for each in members_of([pact.pk])[pact.pk] if each.is_holder)
            ends_on = ground.today + timedelta(days=200)
            with suppress(Restricted), clock.at(moment_of(day)), transaction.atomic():
                draft = _offer_draft(ground, day, ends_on)
                found.append(offer_freely(worker, holder.person_id, draft))
    return found


def _volunteer(ground: "Ground", office: Office, day: date) -> Offer:
    random, names = ground.random, ground.names
    origin = names.origin()
    who = names.person(origin, names.surname(origin[0]), random.choice("FFM"))
    town = random.choice(ground.towns[office.district_id])
    languages = {} if who.language == "it" else {who.language: Level.NATIVE, "it": Level.B1}
    if random.random() < 0.15:
        languages["fr"] = Level.B2
    worker = office.workers[0]
    with clock.at(moment_of(day)):
        person = register_person(
            worker,
            office.district_id,
            PersonDraft(
                given_name=who.given_name,
                family_name=who.family_name,
                birth_date=names.birth(19, 74, day),
                birth_place_code=who.born_in or "D150",
                sex=who.sex,
                preferred_language=who.language,
                languages=languages,
                municipality_id=town,
                address=f"via dell’Esempio {random.randrange(1, 90)}",
                phone=names.phone(),
            ),
        ).person
        _show(ground, worker, person)
        return offer_freely(
            worker, person.pk, _offer_draft(ground, day, ground.today + timedelta(days=300))
        )


def _somebody_met(ground: "Ground", office: Office) -> None:
    """Let the community maker of the district have met some who want to help."""
    maker = ground.staff.makers.get(office.district_id)
    if maker is None:
        return
    for number, (given, family, weekday, start, wish) in enumerate(_MET):
        towns = ground.towns[office.district_id]
        who = PersonDraft(
            given_name=given,
            family_name=family,
            birth_date=date(1958 + 9 * number, 3 + number, 7),
            birth_place_code="D150",
            municipality_id=towns[number % len(towns)],
            address=f"via dell’Esempio {number + 1}",
            email=f"{given.lower()}.{family.lower()}@example.org",
        )
        day = ground.today - timedelta(days=6 + number)
        draft = OfferDraft(
            weekly_minutes=hours(3),
            starts_on=day,
            ends_on=ground.today + timedelta(days=180),
            slots=[Slot(weekday, start * 60, (start + 4) * 60)],
            wish=wish,
            transport=[Transport.BICYCLE, Transport.CAR],
        )
        with clock.at(moment_of(day)):
            offer_of_somebody_met(maker, who, draft)


_MET: Final = (
    ("Vera", "Sentiero", 1, 14, "Stare con gli anziani"),
    ("Pietro", "Ruota", 3, 9, "Aggiustare quello che si rompe"),
    ("Ivana", "Molletta", 5, 9, ""),
    ("Lino", "Borraccia", 2, 14, "Portare la spesa a chi non può"),
)


def _show(ground: "Ground", worker: Actor, person: Person) -> None:
    random = ground.random
    if random.random() < 0.5:
        set_skills(worker, person.pk, [SkillDraft(random.choice(_SKILLS))])
    for requirement, share in (
        (Requirement.FOOD_HYGIENE, 0.12),
        (Requirement.WORK_WITH_MINORS, 0.2),
        (Requirement.DRIVING_LICENCE, 0.5),
    ):
        if random.random() < share:
            see_requirement(worker, person.pk, requirement, seen_on=clock.today())


def _offer_draft(ground: "Ground", day: date, ends_on: date) -> OfferDraft:
    random = ground.random
    slots = []
    for weekday in random.sample(range(6), random.choice((1, 2, 2, 3))):
        start = random.choice((8, 9, 13, 14, 15, 17, 18))
        slots.append(Slot(weekday, start * 60, (start + 4) * 60, is_certain=random.random() < 0.8))
    return OfferDraft(
        weekly_minutes=hours(random.choice((2, 2, 3, 4))),
        starts_on=day,
        ends_on=ends_on,
        slots=slots,
        wish=random.choice(_WISHES),
        fields=random.sample(list(Field), random.choice((0, 1, 2))),
        limits=random.choice(("", "", "", "Non può sollevare pesi", "Solo al piano terra")),
        transport=random.sample(
            (Transport.ON_FOOT, Transport.BICYCLE, Transport.BUS, Transport.CAR), 2
        ),
        travel_minutes=random.choice((20, 30, 30, 45)),
    )


# ---- what was


def _past(
    ground: "Ground",
    office: Office,
    places: Sequence[tuple[Opportunity, _Body]],
    offers: Sequence[Offer],
    many: int,
) -> None:
    """Let some offers have met a place, and tell their turns week by week."""
    done, disputed = 0, False
    taken: set[UUID] = set()
    for offer in offers:
        if done >= many:
            return
        found = _meeting(offer, places, taken)
        if found is None or offer.pact_id is not None:
            continue
        place, body, slot_id = found
        match = _tell_one(ground, office, offer, body, slot_id)
        if match is not None:
            taken.add(place.pk)
            done += 1
            host = Host(body.referent, organisation_ids=frozenset({body.id}))
            disputed = disputed or _dispute_one(ground, office.workers[0], host, match)


def _meeting(
    offer: Offer, places: Sequence[tuple[Opportunity, _Body]], taken: set[UUID]
) -> tuple[Opportunity, _Body, UUID] | None:
    free = [slot.slot() for slot in offer.slots.all()]
    for place, body in places:
        if place.pk in taken or place.needs.exists() or place.posted_at > offer.offered_at:
            continue
        for row in place.slots.all():
            if any(slot.overlap(row.slot()) >= row.least_minutes for slot in free):
                return place, body, row.pk
    return None


def _tell_one(
    ground: "Ground", office: Office, offer: Offer, body: _Body, slot_id: UUID
) -> Match | None:
    random = ground.random
    worker = office.workers[0]
    day = offer.offered_at.astimezone(clock.ROME).date() + timedelta(days=3)
    if day >= ground.today - timedelta(days=9):
        return None
    host = Host(body.referent, organisation_ids=frozenset({body.id}))
    try:
        with transaction.atomic(), clock.at(moment_of(day)):
            match = propose(worker, Proposal(offer.pk, slot_id))
            if random.random() < 0.08:
                decline_as_person(worker, match.pk, reason="Gli orari sono cambiati.")
                return None
            accept_as_person(worker, match.pk)
            match = accept_as_host(host, match.pk)
    except Refusal:
        return None
    if match.stage != MatchStage.ACTIVE:
        return None
    _turns(ground, worker, host, match, weeks=random.choice((5, 7, 9, 12)))
    return match


def _change(ground: "Ground") -> Change:
    words = ground.random.choice(_CHANGED)
    return Change(words, ground.random.choice((None, 4, 8, 12, 20)) if words else None)


def _turns(ground: "Ground", worker: Actor, host: Host, match: Match, *, weeks: int) -> None:
    random = ground.random
    turns = [turn for turn in _turns_of(worker, match) if turn.day <= ground.today][:weeks]
    for turn in turns:
        told = Minutes(turn.planned_minutes)
        kind = random.random()
        person = Said(Word.HELD, told)
        said = person
        if kind < 0.06:
            person = said = Said(Word.EXCUSED)
        elif kind < 0.09:
            said = Said(Word.ABSENT)
        with clock.at(begins_at(turn) + timedelta(minutes=turn.planned_minutes + 30)):
            say_as_person(worker, turn.pk, Report(person))
            recent = (ground.today - turn.day).days < 12
            if recent and random.random() < 0.6:
                continue
            if person.word is Word.HELD:
                row = say_as_host(host, turn.pk, Report(said, change=_change(ground)))
                if row.is_disputed and not recent:
                    settle_dispute(
                        worker, turn.pk, Said(Word.HELD, told), settlement="Chiarito al telefono."
                    )
    _end(ground, worker, match, turns)


def _turns_of(worker: Actor, match: Match) -> Sequence[Session]:
    found = match_file(worker, match.pk)
    return found[1] if found else ()


def _dispute_one(ground: "Ground", worker: Actor, host: Host, match: Match) -> bool:
    """Let two words differ on a turn of these days, for somebody to settle."""
    for turn in _turns_of(worker, match):
        fresh = turn.stage == SessionStage.PLANNED and not turn.person_word and not turn.host_word
        if not fresh or turn.day >= ground.today:
            continue
        with clock.at(begins_at(turn) + timedelta(hours=5)):
            told = Minutes(turn.planned_minutes)
            say_as_person(worker, turn.pk, Report(Said(Word.HELD, told)))
            short = Said(Word.HELD, Minutes(told // 2))
            say_as_host(host, turn.pk, Report(short, note="È andata via prima."))
        return True
    return False


def _end(ground: "Ground", worker: Actor, match: Match, turns: Sequence[Session]) -> None:
    """End a match whose last turn told is long past: completed, or broken off."""
    if not turns or (ground.today - turns[-1].day).days < 30:
        return
    day = turns[-1].day + timedelta(days=5)
    with clock.at(moment_of(day)):
        if ground.random.random() < 0.15:
            interrupt_match(worker, match.pk, by=Side.PERSON, reason="Ha cominciato un lavoro.")
            return
        left = [
            turn
            for turn in _turns_of(worker, match)
            if turn.day <= day and turn.stage == SessionStage.PLANNED
        ]
        if not left:
            complete_match(worker, match.pk)


# ---- the showcase


def _place_the_mediator(ground: "Ground", pact: Pact) -> None:
    """Let the mother of the showcase have her place: mediator at the Italian course."""
    office = ground.staff.offices[_HOME]
    worker, terms = office.workers[0], terms_in_force(pact)
    if terms is None:
        return
    commitment = terms.commitments[0]
    school = ground.hosts["Scuola Il Mulino"]
    town = pact.case.contact.municipality_id or ground.towns[_HOME][0]
    referent = Actor(
        account_id=uuid5(_NAMESPACE, "Scuola Il Mulino"),
        name="Ines Lavagna",
        grants=(Grant(Role.HOST, organisation_id=school, district_id=_HOME),),
    )
    accepted = ground.today - timedelta(days=16)
    with clock.at(moment_of(accepted - timedelta(days=60))):
        place = post_opportunity(
            worker,
            school,
            OpportunityDraft(
                title="Mediatrice al corso di italiano",
                field=Field.TRAINING,
                slots=[Slot(1, 15 * 60, 17 * 60)],
                municipality_id=town,
                starts_on=clock.today(),
                seats=2,
                tasks="Aiutare chi comincia a capire e a farsi capire.",
                needs=_speaks("ar", "fr"),
                by_bus=True,
                tutor_name="Ines Lavagna",
                tutor_email="ines.lavagna@example.org",
            ),
        )
        give_link(worker, place.pk, name="Ines Lavagna", email="ines.lavagna@example.org")
    with clock.at(moment_of(accepted)):
        offer = offer_for_commitment(
            worker,
            pact.pk,
            commitment.key,
            OfferDraft(
                weekly_minutes=hours(4),
                starts_on=accepted,
                ends_on=pact.ends_on,
                slots=[Slot(1, 14 * 60, 18 * 60), Slot(4, 9 * 60, 12 * 60)],
                wish="Stare con altre donne che imparano",
                fields=[Field.TRAINING],
                transport=[Transport.ON_FOOT, Transport.BUS],
                travel_minutes=30,
                municipality_id=town,
            ),
        )
        slot = place.slots.get()
        match = propose(worker, Proposal(offer.pk, slot.pk, note="Parla arabo e francese."))
        accept_as_person(worker, match.pk)
        accept_as_host(Host(referent, organisation_ids=frozenset({school})), match.pk)
