"""Who sees which offer, opportunity, match and turn: every read of the room starts here."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.core.signing import BadSignature, Signer
from django.db.models import Count, F, Q, QuerySet

from farelegami.access.doors import DESK
from farelegami.cases.queries import case_sight
from farelegami.giveback.models import HostLink, Match, Offer, Opportunity, Session
from farelegami.giveback.permissions import PLACERS, may_place, may_post
from farelegami.giveback.rules.matches import OPEN
from farelegami.kernel import clock
from farelegami.kernel.actor import Actor, Role
from farelegami.kernel.errors import NotAllowed, NotFound

_SALT: Final = "giveback.host_link"


def _offer_sight(actor: Actor, through: str = "") -> Q:
    """Offers without a pact are the desk's; one of a pact is seen by who sees the pact.

    A community maker sees those they recorded: that one is missing says nothing of it.
    """
    path = f"{through}__" if through else ""
    if actor.system:
        return Q()
    here = actor.districts(*DESK)
    free = Q(**{f"{path}pact__isnull": True})
    sight = free & Q(district_id__in=here)
    if (met_in := actor.districts(Role.COMMUNITY_MAKER) - here) and actor.account_id:
        sight |= free & Q(**{f"{path}offered_by_id": actor.account_id}, district_id__in=met_in)
    if here:
        sight |= Q(case_sight(actor, f"{path}pact__case"), **{f"{path}pact__isnull": False})
    return sight


def knows_people(actor: Actor, district_id: int) -> bool:
    """Return whether the people at a place may be opened from it: a community maker reads names."""
    return actor.holds(*DESK, district_id=district_id)


def visible_offers(actor: Actor) -> QuerySet[Offer]:
    """The only door of the staff to what people offer."""
    return Offer.objects.filter(_offer_sight(actor))


def visible_opportunities(actor: Actor) -> QuerySet[Opportunity]:
    """Those of the districts where one places people, and those of one's own organisation."""
    own = Q(organisation_id__in=actor.organisations(Role.HOST))
    here = Q(district_id__in=actor.districts(*PLACERS))
    return Opportunity.objects.filter(own | here)


def visible_matches(actor: Actor) -> QuerySet[Match]:
    """The door of the staff to matches: of the offers they see."""
    return Match.objects.filter(_offer_sight(actor, "offer"))


def visible_sessions(actor: Actor) -> QuerySet[Session]:
    """The door of the staff to turns: of the offers they see."""
    return Session.objects.filter(_offer_sight(actor, "match__offer"))


def offers_placed() -> QuerySet[Match, UUID]:
    """Return the ids of the offers that have all the places they want, proposals counted in."""
    under_way = Match.objects.filter(stage__in=[str(stage) for stage in OPEN])
    full = under_way.values("offer").annotate(n=Count("pk")).filter(n__gte=F("offer__places"))
    return full.values_list("offer_id", flat=True)


def own_matches(actor: Actor) -> QuerySet[Match]:
    """The door of who gives to their own matches."""
    if actor.person_id is None:
        return Match.objects.none()
    return Match.objects.filter(person_id=actor.person_id)


def own_sessions(actor: Actor) -> QuerySet[Session]:
    """The door of who gives to their own turns."""
    if actor.person_id is None:
        return Session.objects.none()
    return Session.objects.filter(match__person_id=actor.person_id)


@dataclass(frozen=True, slots=True)
class Host:
    """Who receives people: for whole organisations by role, for one opportunity by a link."""

    actor: Actor
    organisation_ids: frozenset[UUID] = frozenset()
    opportunity_ids: frozenset[UUID] = frozenset()

    @property
    def name(self) -> str:
        return self.actor.name

    def sight(self, through: str = "") -> Q:
        """Return the condition under which a row is theirs to receive."""
        path = f"{through}__" if through else ""
        return Q(**{f"{path}organisation_id__in": self.organisation_ids}) | Q(
            **{f"{path}pk__in": self.opportunity_ids}
        )


def host_of(actor: Actor) -> Host:
    """Return what an account receives for.

    Raises:
        NotFound: it answers for no organisation.
    """
    organisations = actor.organisations(Role.HOST)
    if not organisations:
        raise NotFound
    return Host(actor, organisation_ids=organisations)


def host_at(actor: Actor, opportunity_id: UUID) -> tuple[Host, Opportunity]:
    """Return who receives people at one opportunity: its own referent, or the staff in their stead.

    Raises:
        NotFound, NotAllowed: not visible, or not theirs to answer for.
    """
    opportunity = opportunity_for(actor, opportunity_id)
    if not may_post(
        actor, district_id=opportunity.district_id, organisation_id=opportunity.organisation_id
    ):
        raise NotAllowed
    return Host(actor, opportunity_ids=frozenset({opportunity_id})), opportunity


def token_of(link: HostLink) -> str:
    """Return the end of the address that opens a link: its id, signed."""
    return Signer(salt=_SALT).sign(link.pk.hex).replace(":", ".")


def host_by(token: str) -> tuple[Host, HostLink]:
    """Return what a signed link opens. One query.

    Raises:
        NotFound: not signed by us, unknown, revoked or over.
    """
    try:
        link_id = UUID(Signer(salt=_SALT).unsign(token.replace(".", ":", 1)))
    except (BadSignature, ValueError):
        raise NotFound from None
    links = HostLink.objects.filter(
        pk=link_id, revoked_at__isnull=True, expires_on__gte=clock.today()
    )
    link = links.select_related(
        "opportunity__organisation", "opportunity__municipality", "opportunity__place"
    ).first()
    if link is None:
        raise NotFound
    # No account and no role: what it opens is named here and nowhere else.
    who = Actor(account_id=None, name=link.name)
    return Host(who, opportunity_ids=frozenset({link.opportunity_id})), link


def hosted_opportunities(host: Host) -> QuerySet[Opportunity]:
    """The door of a host to what it asks for."""
    return Opportunity.objects.filter(host.sight())


def hosted_matches(host: Host) -> QuerySet[Match]:
    """The door of a host to who comes: not before the person said yes. Nothing of the offer."""
    return Match.objects.filter(host.sight("opportunity"), person_accepted_at__isnull=False).only(
        *_HOSTED
    )


def hosted_sessions(host: Host) -> QuerySet[Session]:
    """The door of a host to the turns at its places."""
    return Session.objects.filter(host.sight("match__opportunity"))


_HOSTED: Final = (
    "district_id", "opportunity_id", "slot_id", "starts", "ends", "seat", "stage", "ends_on",
    "proposed_at", "person_accepted_at", "host_accepted_at", "host_accepted_name", "accepted_at",
    "declined_at", "declined_by", "started_on", "completed_on", "interrupted_on",
    "changed_for_others", "changed_asked_at", "reached_people", "person_id",
)  # fmt: skip


def offer_for(actor: Actor, offer_id: UUID) -> Offer:
    """Return an offer with its person, pact and place. One query.

    Raises:
        NotFound: none the actor may see.
    """
    rows = visible_offers(actor).select_related("person", "pact__case", "municipality", "employer")
    offer = rows.filter(pk=offer_id).first()
    if offer is None:
        raise NotFound
    return offer


def offer_to_write(actor: Actor, offer_id: UUID) -> Offer:
    """Return an offer, locked, that the actor may write. One query.

    Raises:
        NotFound, NotAllowed: not visible, or somebody else's to write.
    """
    rows = visible_offers(actor).select_related("person", "pact__case")
    offer = rows.filter(pk=offer_id).select_for_update(of=("self",)).first()
    if offer is None:
        raise NotFound
    check_places_it(actor, offer)
    return offer


def check_places_it(actor: Actor, offer: Offer) -> None:
    """Refuse who sees an offer and may not act on it.

    Raises:
        NotAllowed: somebody else follows it.
    """
    manager_id = offer.pact.case.manager_id if offer.pact else None
    if not may_place(
        actor,
        district_id=offer.district_id,
        manager_id=manager_id,
        has_pact=offer.pact_id is not None,
    ):
        raise NotAllowed


def opportunity_for(actor: Actor, opportunity_id: UUID, *, for_update: bool = False) -> Opportunity:
    """Return an opportunity with its organisation, place and slots; locked if asked.

    Raises:
        NotFound: none the actor may see.
    """
    rows = visible_opportunities(actor).select_related("organisation", "municipality", "place")
    if for_update:
        rows = rows.select_for_update(of=("self",))
    opportunity = rows.filter(pk=opportunity_id).first()
    if opportunity is None:
        raise NotFound
    return opportunity


def opportunity_to_write(actor: Actor, opportunity_id: UUID) -> Opportunity:
    """Return an opportunity, locked, that the actor may write.

    Raises:
        NotFound, NotAllowed: not visible, or not theirs to write.
    """
    opportunity = opportunity_for(actor, opportunity_id, for_update=True)
    if not may_post(
        actor,
        district_id=opportunity.district_id,
        organisation_id=opportunity.organisation_id,
    ):
        raise NotAllowed
    return opportunity


def locked_opportunities(opportunity_ids: Collection[UUID]) -> QuerySet[Opportunity]:
    """Return these opportunities locked, in order: who asked before saw them."""
    rows = Opportunity.objects.filter(pk__in=opportunity_ids)
    return rows.select_for_update(of=("self",)).order_by("pk")


def locked_offers(offer_ids: Collection[UUID]) -> QuerySet[Offer]:
    """Return these offers locked, in order: who asked before saw them."""
    rows = Offer.objects.filter(pk__in=offer_ids)
    return rows.select_for_update(of=("self",)).order_by("pk")
