"""Things that wait for a word, so that a form sent to them is taken up and not only not found."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from itertools import islice
from typing import Any

from django.db import transaction
from django.db.models import Model

from farelegami.access.models import RoleGrant
from farelegami.access.queries import actor_for
from farelegami.giveback.models import HostLink, Match, Offer, OpportunitySlot, Session
from farelegami.giveback.queries.sight import token_of
from farelegami.giveback.rules.matches import OPEN
from farelegami.giveback.services.matches import Proposal, accept_as_person, propose
from farelegami.giveback.services.opportunities import link_of
from farelegami.kernel import clock
from farelegami.kernel.actor import Role, system_actor
from farelegami.kernel.errors import NotAllowed, NotFound, Refusal
from farelegami.volunteering.models import Policy, Refund, Volunteer
from tests.permissions.test_walk import Things
from tests.world import World

# What is posted to an address that shows no form of its own.
BLIND = dict.fromkeys(
    (
        "move", "reason", "day", "kind", "area", "text", "channel", "reached", "note",
        "directed_to", "which", "sure", "confirm", "once", "language", "title", "words",
    ),
    "1",
) | {
    "answer": "yes", "still": "yes", "act": "pause", "name": "Una parola",
    "email": "prova@example.org",
}  # fmt: skip
_STAGES = {"match_withdraw": "proposed", "match_start": "accepted", "match_answer": "proposed"}
# Their body need not be one whose register is delegated, nor have refunds.
_ANY_BODY = {"end_paid_link", "open_register", "puc_days"}


class Waiting(Things):
    """Objects of a district in the state in which a page may still do something with them."""

    def __init__(self, district_id: int, username: str, world: World) -> None:
        super().__init__(district_id, username, world)
        grants = RoleGrant.objects.filter(account=world.users["ente"], role=Role.HOST)
        self.hosted = list(grants.values_list("organisation_id", flat=True))
        self.worker = actor_for(world.users[username].pk)
        # One that waits for the person, one that waits for the host, one that nobody proposed.
        pairs = self._proposable()
        self._proposed(pairs)
        if (match := self._proposed(pairs)) is not None:
            accept_as_person(self.worker, match.pk)
        self.free = next(pairs, None)

    def _proposable(self) -> Iterator[Proposal]:
        """Yield what may be proposed, if nothing else speaks against it."""
        offers = Offer.objects.filter(district_id=self.district_id, stage="open")
        free = offers.exclude(matches__stage__in=OPEN).prefetch_related("slots").order_by("-pk")
        slots = list(
            OpportunitySlot.objects.filter(
                opportunity__district_id=self.district_id, opportunity__stage="open",
                dropped_on=None,
            ).order_by("pk")
        )  # fmt: skip
        pairs = (
            Proposal(offer.pk, asked.pk)
            for offer in free
            for asked in slots
            if any(slot.slot().overlap(asked.slot()) >= 60 for slot in offer.slots.all())
        )
        # Some are refused for age, way or papers: not each is tried.
        yield from islice(pairs, 60)

    def _proposed(self, pairs: Iterator[Proposal]) -> Match | None:
        for pair in pairs:
            with suppress(Refusal, NotAllowed, NotFound), transaction.atomic():
                return propose(self.worker, pair)
        return None

    def get(self, need: str, name: str) -> Any:
        room, _colon, page = name.partition(":")
        found = None
        if room == "volunteering" and page not in _ANY_BODY:
            found = self._of_a_register(need, page)
        if room == "giveback":
            found = self._of_a_place(need, page)
        return found or super().get(need, name)

    def query(self, name: str) -> str:
        """Return the question without which a page asks for nothing."""
        return f"?persona={self.a_person_id()}" if name == "volunteering:open_puc" else ""

    def blind(self, name: str) -> dict[str, list[str]]:
        """Return what is posted where no form was shown."""
        told = {each: [value] for each, value in BLIND.items()}
        turn = self._turn(name.partition(":")[2])
        return told | ({"turn": [f"{turn.pk}/60"]} if turn is not None else {})

    def chosen(self, name: str) -> dict[str, list[str]]:
        """Return what a page asks to choose and shows only to a reader."""
        if name == "giveback:propose" and self.free is not None:
            return {"slot_id": [str(self.free.slot_id)]}
        return {}

    def _of_a_register(self, need: str, page: str) -> Any:
        refund = Refund.objects.filter(
            district_id=self.district_id,
            organisation__volunteer_register__delegated_on__isnull=False,
            stage="approved" if page == "pay_refund" else "requested",
        ).first()
        if refund is None:
            return None
        body = refund.organisation_id
        stays = Volunteer.objects.filter(register__organisation_id=body)
        found: dict[str, Model | None] = {
            "body_id": refund.organisation,
            "refund_id": refund,
            "policy_id": Policy.objects.filter(organisation_id=body, kind="register").last(),
            "volunteer_id": stays.filter(person_id=refund.person_id).first(),
        }
        row = found.get(need)
        return row and row.pk

    def _of_a_place(self, need: str, page: str) -> Any:
        if page == "opportunity_revoke_link":
            link = HostLink.objects.filter(district_id=self.district_id, revoked_at=None).first()
            return link and (link.pk if need == "link_id" else link.opportunity_id)
        if page == "propose" and self.free is not None:
            return self.free.offer_id
        match, turn = self._match(page), self._turn(page)
        of = match if page.endswith(("_answer", "_changed")) else turn and turn.match
        if need == "token" and of is not None:
            who = system_actor("prova")
            return token_of(link_of(who, of.opportunity, name="Luca di prova", email=""))
        if need == "opportunity_id" and page.startswith("place_") and of is not None:
            return of.opportunity_id
        row = {"match_id": match, "session_id": turn}.get(need)
        return row and row.pk

    def _match(self, page: str) -> Match | None:
        rows = Match.objects.filter(district_id=self.district_id).order_by("pk")
        if page.startswith("place"):
            rows = rows.filter(opportunity__organisation_id__in=self.hosted)
        if page.endswith("_answer"):
            rows = rows.filter(
                stage="proposed",
                person_accepted_at__isnull=page == "match_answer",
                host_accepted_at=None,
            )
        elif page.startswith("match_") or page.endswith("_changed"):
            rows = rows.filter(stage=_STAGES.get(page, "active"))
        return rows.select_related("opportunity").first()

    def _turn(self, page: str) -> Session | None:
        rows = Session.objects.filter(district_id=self.district_id, cancelled_at=None)
        today = clock.today()
        if page.startswith("place"):
            rows = rows.filter(match__opportunity__organisation_id__in=self.hosted)
        if page.endswith("_cancel"):
            rows = rows.filter(day__gt=today, stage="planned")
        elif page == "turn_settle":
            rows = rows.filter(disputed_at__isnull=False, settled_at=None)
        else:
            recent = (today - timedelta(days=14), today - timedelta(days=1))
            rows = rows.filter(day__range=recent, host_word="", stage="planned")
        return rows.select_related("match__opportunity").order_by("pk").first()
