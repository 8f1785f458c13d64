"""Somebody who offers, a place that needs, and what comes of it."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from msgspec import structs

from farelegami.cases.tests.builders import CREMONA, TOWNS
from farelegami.giveback.models import Match, Offer, Opportunity, Session
from farelegami.giveback.queries.sight import Host, host_by, token_of
from farelegami.giveback.rules.needs import Field
from farelegami.giveback.rules.slots import Slot
from farelegami.giveback.services.matches import (
    Proposal,
    accept_as_host,
    accept_as_person,
    propose,
)
from farelegami.giveback.services.offers import OfferDraft, offer_for_commitment, offer_freely
from farelegami.giveback.services.opportunities import (
    OpportunityDraft,
    give_link,
    post_opportunity,
)
from farelegami.kernel import clock
from farelegami.kernel.actor import Actor, Grant, Role
from farelegami.kernel.units import Minutes, hours
from farelegami.network.models import Organisation
from farelegami.network.rules import OrganisationKind
from farelegami.network.services import OrganisationDraft, register_organisation
from farelegami.pacts.models import Pact
from farelegami.pacts.rules.stages import Stage
from farelegami.pacts.rules.terms import Basis as PactBasis
from farelegami.pacts.services.agreeing import agree
from farelegami.pacts.services.deciding import authorise
from farelegami.pacts.services.drafting import save_commitment
from farelegami.pacts.tests.builders import (
    Crew,
    a_crew,
    a_draft_pact,
    a_pact,
    open_terms,
    reread,
    sign_all,
    terms_of,
    write_words,
)
from farelegami.people.models import Person
from farelegami.people.rules.weeks import Answer, Band, week_of
from farelegami.people.services.capabilities import set_availability
from farelegami.people.services.persons import PersonDraft, register_person
from farelegami.territory.models import BirthPlace
from farelegami.volunteering.models import PucPosition
from farelegami.volunteering.rules.covers import Risk
from farelegami.volunteering.services import add_policy, open_puc_position, open_register

TUESDAY: Final = Slot(1, 15 * 60, 17 * 60)
A_TUESDAY: Final = Slot(1, 14 * 60, 18 * 60)


@dataclass(frozen=True)
class Meeting:
    """Everybody a match needs: who follows, who hosts, what is offered and what is needed."""

    crew: Crew
    offer: Offer
    opportunity: Opportunity
    host: Host
    token: str

    @property
    def slot_id(self) -> UUID:
        slot = self.opportunity.slots.first()
        assert slot is not None
        return slot.pk


def a_host_body(
    crew: Crew, name: str = "Scuola di italiano di prova", *, insured: bool = True
) -> Organisation:
    """Return an organisation that receives people, its register open and its volunteers insured."""
    draft = OrganisationDraft(
        name=name, kind=OrganisationKind.ASSOCIATION, municipality_id=TOWNS[crew.district_id]
    )
    body = register_organisation(crew.coordinator, crew.district_id, draft)
    open_register(a_referent(body), body.pk, district_id=crew.district_id)
    if insured:
        insure(body)
    return body


def a_referent(body: Organisation) -> Actor:
    """Return the account of who answers for an organisation."""
    return Actor(uuid4(), "Ines di prova", grants=(Grant(Role.HOST, organisation_id=body.pk),))


def insure(body: Organisation) -> None:
    """Insure an organisation's volunteers, for a year and more around today."""
    add_policy(
        a_referent(body),
        body.pk,
        insurer="Mutua di prova",
        number=f"P-{body.pk.hex[-6:]}",
        risks=tuple(Risk),
        starts_on=clock.today() - timedelta(days=100),
        ends_on=clock.today() + timedelta(days=265),
    )


def a_volunteer(crew: Crew, given_name: str = "Rita", **changes: Any) -> Person:
    """Return somebody registered with what a register asks."""
    draft = PersonDraft(
        given_name=given_name,
        family_name="Prova",
        birth_date=date(1980, 5, 4),
        municipality_id=TOWNS[crew.district_id],
        address="via di prova 1",
    )
    person = register_person(crew.worker, crew.district_id, replace(draft, **changes)).person
    return with_what_a_register_asks(person)


def a_person_with_a_week(crew: Crew, answer: Answer = Answer.YES) -> Person:
    """Return somebody whose file says that they can on Tuesday afternoons."""
    person = a_volunteer(crew)
    set_availability(crew.worker, person.pk, week_of([(1, Band.AFTERNOON, answer)]))
    person.refresh_from_db()
    return person


def with_what_a_register_asks(person: Person) -> Person:
    """Return the person, born and living somewhere."""
    BirthPlace.objects.get_or_create(
        pk="D150", defaults={"name": "Cremona", "kind": "municipality", "folded": "cremona"}
    )
    person.birth_place_code, person.address = "D150", "via di prova 1"
    person.birth_date = person.birth_date or date(1992, 3, 8)
    person.municipality_id = TOWNS[person.district_id]
    person.save()
    return person


def an_offer_draft(**changes: Any) -> OfferDraft:
    """Return two hours on Tuesday afternoons for some months."""
    today = clock.today()
    draft = OfferDraft(
        weekly_minutes=hours(4),
        starts_on=today,
        ends_on=today + timedelta(days=180),
        slots=[A_TUESDAY],
    )
    return replace(draft, **changes)


def a_free_offer(crew: Crew, person: Person | None = None, **changes: Any) -> Offer:
    """Return the offer of a volunteer without a pact."""
    who = person or a_volunteer(crew)
    return offer_freely(crew.worker, who.pk, an_offer_draft(**changes))


def an_active_pact(crew: Crew) -> Pact:
    """Return a pact in force, with one commitment of its holder."""
    pact, _crew = a_pact(Stage.ACTIVE, crew=crew)
    with_what_a_register_asks(pact.case.contact)
    return pact


def a_pact_offer(crew: Crew, pact: Pact | None = None, **changes: Any) -> Offer:
    """Return the offer by which a place is sought for a pact's commitment."""
    pact = pact or an_active_pact(crew)
    commitment = terms_of(pact).commitments[0]
    return offer_for_commitment(crew.worker, pact.pk, commitment.key, an_offer_draft(**changes))


def a_puc_offer(crew: Crew) -> Offer:
    """Return the offer for a commitment that is a PUC, of eight hours a week."""
    pact = a_draft_pact(crew)
    write_words(crew, pact)
    first = open_terms(pact).commitments[0]
    useful = structs.replace(first, basis=PactBasis.PUC, weekly_minutes=hours(8))
    save_commitment(crew.worker, pact.pk, useful)
    agree(crew.worker, pact.pk)
    authorise(crew.coordinator, pact.pk)
    sign_all(crew, pact)
    with_what_a_register_asks(pact.case.contact)
    return a_pact_offer(crew, reread(pact), weekly_minutes=hours(8))


def a_puc_position(crew: Crew, person_id: UUID, body: Organisation, *, last: date) -> PucPosition:
    """Return the position by which somebody does a PUC at an organisation, from tomorrow."""
    return open_puc_position(
        crew.worker,
        lead_id=body.pk,
        host_id=body.pk,
        person_id=person_id,
        inail_number="PAT di prova",
        project="Progetto di prova",
        opened_on=clock.today(),
        starts_on=clock.today() + timedelta(days=1),
        ends_on=last,
        weekly_minutes=hours(8),
    )


def an_opportunity_draft(**changes: Any) -> OpportunityDraft:
    """Return mediation at an Italian course, Tuesdays from 15 to 17."""
    draft = OpportunityDraft(
        title="Mediatrice al corso di italiano",
        field=Field.TRAINING,
        slots=[TUESDAY],
        municipality_id=TOWNS[CREMONA],
        starts_on=clock.today(),
        seats=1,
        tutor_name="Luca di prova",
    )
    return replace(draft, **changes)


def an_opportunity(crew: Crew, body: Organisation | None = None, **changes: Any) -> Opportunity:
    """Return an open opportunity of an insured organisation."""
    where = body or a_host_body(crew)
    return post_opportunity(crew.worker, where.pk, an_opportunity_draft(**changes))


def a_host(actor: Actor, opportunity: Opportunity, name: str = "Luca di prova") -> tuple[Host, str]:
    """Return who receives people there, come in by a signed link, and the link's token."""
    link = give_link(actor, opportunity.pk, name=name, email="luca@example.org")
    token = token_of(link)
    return host_by(token)[0], token


def a_meeting(crew: Crew | None = None, *, with_pact: bool = True, **opportunity: Any) -> Meeting:
    """Return an offer, of a pact or not, and an opportunity it fits."""
    crew = crew or a_crew()
    offer = a_pact_offer(crew) if with_pact else a_free_offer(crew)
    place = an_opportunity(crew, **opportunity)
    host, token = a_host(crew.worker, place)
    return Meeting(crew, offer, place, host, token)


def a_proposal(meeting: Meeting) -> Match:
    """Return the place, proposed."""
    return propose(meeting.crew.worker, Proposal(meeting.offer.pk, meeting.slot_id))


def an_active_match(meeting: Meeting) -> Match:
    """Return the match, accepted by both and begun."""
    match = a_proposal(meeting)
    accept_as_person(meeting.crew.worker, match.pk)
    return accept_as_host(meeting.host, match.pk)


def first_turn(match: Match) -> Session:
    """Return the first turn that was planned."""
    turn = Session.objects.filter(match=match).order_by("day").first()
    assert turn is not None
    return turn


def minutes(count: int) -> Minutes:
    """Return minutes."""
    return Minutes(count)
