"""Who changes one word changes nothing else, on a page as by a program."""

from collections.abc import Callable, Iterator
from dataclasses import MISSING, Field, fields, replace
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from django import forms
from django.test import Client
from django.urls import reverse

from farelegami.access.models import Account
from farelegami.access.tests.builders import an_actor
from farelegami.api.schemas.giving import (
    MOST_SLOTS,
    ChangedOffer,
    ChangedOpportunity,
    NewWeights,
    WeightsOut,
)
from farelegami.api.tests.builders import a_program
from farelegami.cases.tests.builders import CREMONA, TOWNS
from farelegami.giveback.forms.offers import OfferSlotFormSet
from farelegami.giveback.forms.opportunities import OpportunityForm, SlotFormSet
from farelegami.giveback.models import Offer, Opportunity
from farelegami.giveback.rules.needs import Field as Area
from farelegami.giveback.rules.needs import Need, NeedKind, Weight
from farelegami.giveback.rules.opportunities import AnotherDistrict
from farelegami.giveback.rules.slots import Slot
from farelegami.giveback.services.offers import OfferDraft, change_offer
from farelegami.giveback.services.opportunities import (
    OpportunityDraft,
    change_opportunity,
    post_opportunity,
)
from farelegami.giveback.tests.builders import (
    TUESDAY,
    a_free_offer,
    a_host_body,
    a_meeting,
    a_pact_offer,
    an_active_match,
    an_offer_draft,
    an_opportunity_draft,
)
from farelegami.kernel import clock
from farelegami.kernel.actor import Actor, Grant, Role
from farelegami.kernel.points import Point
from farelegami.kernel.units import Minutes
from farelegami.matching.rules.parts import Part, Weights
from farelegami.pacts.rules.stages import Stage
from farelegami.pacts.rules.terms import Basis
from farelegami.pacts.services.agreeing import agree
from farelegami.pacts.services.deciding import authorise
from farelegami.pacts.services.drafting import save_commitment
from farelegami.pacts.tests.builders import (
    a_crew,
    a_pact,
    open_terms,
    reread,
    sign_all,
    terms_of,
)
from farelegami.people.models import Skill
from farelegami.people.rules.persons import Transport
from farelegami.territory.models import Municipality, Place
from farelegami.territory.queries import municipality_for

pytestmark = pytest.mark.django_db


def signed_in(actor: Actor) -> Client:
    client = Client()
    account = Account.objects.get(pk=actor.account_id)
    client.force_login(account, "farelegami.access.backends.AccountBackend")
    return client


def _inputs(form: Any) -> Iterator[tuple[str, Any]]:
    for shown in form:
        value, widget = shown.value(), shown.field.widget
        if isinstance(widget, forms.CheckboxInput):
            if value:
                yield shown.html_name, "on"
        elif isinstance(widget, forms.SelectMultiple | forms.CheckboxSelectMultiple):
            yield shown.html_name, list(value or ())
        elif isinstance(widget, forms.Select):
            offered = [str(each) for each, _label in shown.field.choices]
            # A browser sends the first where none is chosen.
            yield shown.html_name, value if str(value) in offered else offered[0]
        elif value is not None:
            yield shown.html_name, widget.format_value(value) or ""


def by_page(client: Client, url: str, **changes: str) -> None:
    """Open a page, change so much, and send all that it showed."""
    sheet = client.get(url).context["sheet"]
    lines = [part for part in vars(sheet).values() if isinstance(part, forms.BaseFormSet)]
    parts = [sheet.form, *(form for each in lines for form in (each.management_form, *each.forms))]
    sent = {name: value for form in parts for name, value in _inputs(form)}
    answer = client.post(url, sent | changes)
    assert answer.status_code == 302, answer.context["form"].errors


def by_program(actor: Actor, path: str, body: Any, **changes: Any) -> None:
    """Read what is told, change so much, and send all of it that may be sent."""
    program = a_program(actor)
    read = program.get(path)
    told = read.json()
    if "latitude" in told:
        told["point"] = {"latitude": told["latitude"], "longitude": told["longitude"]}
    assert set(body.model_fields) <= set(told), "what can be sent can be read"
    sent = {name: told[name] for name in body.model_fields} | changes
    answer = program.post(path, sent, If_Match=read["ETag"])
    assert answer.status_code == 200, answer.content


def _default(each: Field[Any]) -> Any:
    return each.default_factory() if each.default_factory is not MISSING else each.default


def in_every_field(draft: Any, *, but: frozenset[str] = frozenset()) -> Any:
    """Return the draft, sure that it says something in every field there is."""
    silent = {each.name for each in fields(draft) if getattr(draft, each.name) == _default(each)}
    assert silent == but
    return draft


def the_skill(code: str) -> str:
    Skill.objects.get_or_create(
        code=code, defaults={"label_it": code, "label_en": code, "level": 2}
    )
    return code


def another_town() -> Municipality:
    """Return a second town of Cremona's district, some kilometres away."""
    town = municipality_for(TOWNS[CREMONA])
    town.pk, town.belfiore_code = "019998", "Z998"
    town.name, town.latitude = "Borgo di prova", town.latitude + 0.1
    town.save(force_insert=True)
    return town


def a_full_draft(**changes: Any) -> OpportunityDraft:
    town = municipality_for(TOWNS[CREMONA])
    today = clock.today()
    once = today + timedelta(days=40)
    place = Place.objects.create(
        district_id=CREMONA, municipality=town, name="Ludoteca di prova",
        latitude=town.latitude + 0.02, longitude=town.longitude,
    )  # fmt: skip
    draft = replace(
        an_opportunity_draft(),
        tasks="x" * 3000,
        slots=[TUESDAY, Slot(2, 22 * 60, 24 * 60), Slot(once.weekday(), 600, 780, once)],
        needs=[
            Need(NeedKind.REQUIREMENT, "minors", Weight.NICE),
            Need(NeedKind.REQUIREMENT, "driving_b"),
            Need(NeedKind.LANGUAGE, "ar", Weight.ANY_OF, "b1"),
            Need(NeedKind.LANGUAGE, "fr", Weight.NICE),
            Need(NeedKind.LANGUAGE, "en", Weight.MUST, "a2"),
            Need(NeedKind.SKILL, the_skill("S9.1"), Weight.NICE),
            Need(NeedKind.SKILL, the_skill("S9.2"), Weight.ANY_OF),
            Need(NeedKind.SKILL, the_skill("S9.3")),
        ],
        least_minutes=60,
        seats=3,
        ends_on=today + timedelta(days=90),
        min_age=18,
        max_age=80,
        place_id=place.pk,
        address="secondo cortile",
        point=Point(town.latitude + 0.0123456789, town.longitude),
        by_bus=True,
        step_free=True,
        accessibility="c’è un ascensore",
        tutor_phone="0372 000000",
        tutor_email="luca@example.org",
        takes_puc=True,
    )
    return replace(in_every_field(draft), **changes)


def as_kept(place: Opportunity) -> dict[str, Any]:
    """Return an opportunity by the names of its draft."""
    place = Opportunity.objects.get(pk=place.pk)
    slots = list(place.slots.filter(dropped_on=None).order_by("weekday", "on"))
    apart = {
        "slots": {str(row) for row in slots},
        "least_minutes": [row.least_minutes for row in slots],
        "needs": {row.need() for row in place.needs.all()},
        "point": (place.latitude, place.longitude),
    }
    names = [each.name for each in fields(OpportunityDraft)]
    return {name: apart[name] if name in apart else getattr(place, name) for name in names}


Edit = Callable[[Actor, str, str, Any], None]


def _page(actor: Actor, url: str, _path: str, _body: Any, **changes: Any) -> None:
    by_page(signed_in(actor), url, **changes)


def _program(actor: Actor, _url: str, path: str, body: Any, **changes: Any) -> None:
    by_program(actor, path, body, **changes)


@pytest.mark.parametrize("edit", [_page, _program], ids=["by page", "by the API"])
@pytest.mark.parametrize("who", ["staff", "host"])
@pytest.mark.parametrize("where", ["said", "of the place", "no place"])
def test_every_field_of_an_opportunity_survives_an_edit_that_changes_only_the_title(
    edit: Any, who: str, where: str
) -> None:
    crew = a_crew()
    body = a_host_body(crew)
    changes = {"said": {}, "of the place": {"point": None}, "no place": {"place_id": None}}
    place = post_opportunity(crew.worker, body.pk, a_full_draft(**changes[where]))
    actor = crew.worker
    if who == "host":
        actor = an_actor(Role.HOST, organisation_id=body.pk, name="Ines di prova")
    page = "opportunity_change" if who == "staff" else "place_change"
    before = as_kept(place)
    url, path = reverse(f"giveback:{page}", args=[place.pk]), f"/opportunities/{place.pk}"
    edit(actor, url, path, ChangedOpportunity, title="Un altro titolo")
    assert as_kept(place) == before | {"title": "Un altro titolo"}


def test_a_host_copies_a_need_with_its_place_and_another_town_is_another_place() -> None:
    crew, other = a_crew(), another_town()
    body = a_host_body(crew)
    place = post_opportunity(crew.worker, body.pk, a_full_draft())
    host = an_actor(Role.HOST, organisation_id=body.pk, name="Ines di prova")
    by_page(signed_in(host), reverse("giveback:place_copy", args=[place.pk]), title="Di nuovo")
    copy = Opportunity.objects.get(title="Di nuovo")
    assert copy.place_id == place.place_id is not None
    change = reverse("giveback:opportunity_change", args=[place.pk])
    by_page(signed_in(crew.worker), change, municipality_id=other.pk, point="")
    place.refresh_from_db()
    assert (place.place_id, place.municipality_id) == (None, other.pk)


def test_a_program_may_send_what_a_page_can_show() -> None:
    assert OpportunityForm.base_fields["tasks"].max_length == 4000  # type: ignore[attr-defined]
    assert SlotFormSet.max_num >= MOST_SLOTS  # type: ignore[attr-defined]
    assert OfferSlotFormSet.max_num >= MOST_SLOTS  # type: ignore[attr-defined]


# ---- what somebody offers


def _offered(offer: Offer) -> dict[str, Any]:
    offer = Offer.objects.get(pk=offer.pk)
    names = [each.name for each in fields(OfferDraft) if each.name != "slots"]
    slots = {row.slot() for row in offer.slots.all()}
    return {**{name: getattr(offer, name) for name in names}, "slots": slots}


def _all_said() -> dict[str, Any]:
    town = another_town()
    draft = OfferDraft(
        weekly_minutes=Minutes(600),
        starts_on=clock.today(),
        ends_on=clock.today() + timedelta(days=60),
        slots=[TUESDAY, Slot(3, 22 * 60, 24 * 60, is_certain=False)],
        basis=Basis.PUC,
        places=2,
        total_minutes=Minutes(900),
        wish="cucinare",
        fields=[Area.SOCIAL],
        limits="niente scale",
        transport=[next(iter(Transport))],
        travel_minutes=45,
        municipality_id=town.pk,
    )
    in_every_field(draft)
    return {each.name: getattr(draft, each.name) for each in fields(draft)}


@pytest.mark.parametrize("edit", [_page, _program], ids=["by page", "by the API"])
@pytest.mark.parametrize("of", ["pact", "nobody"])
def test_every_field_of_an_offer_survives_an_edit_that_changes_only_the_wish(
    edit: Any, of: str
) -> None:
    crew = a_crew()
    make = a_pact_offer if of == "pact" else a_free_offer
    offer = make(crew, **_all_said())
    before = _offered(offer)
    url, path = reverse("giveback:offer_change", args=[offer.pk]), f"/offers/{offer.pk}"
    edit(crew.worker, url, path, ChangedOffer, wish="leggere")
    assert _offered(offer) == before | {"wish": "leggere"}


def test_of_a_pact_the_commitment_says_basis_hours_and_the_last_day() -> None:
    pact, crew = a_pact(Stage.DRAFT)
    written = open_terms(pact).commitments[0]
    sooner = written.ends_on - timedelta(days=30)
    save_commitment(crew.worker, pact.pk, msgspec.structs.replace(written, ends_on=sooner))
    agree(crew.worker, pact.pk)
    authorise(crew.coordinator, pact.pk)
    sign_all(crew, pact)
    pact = reread(pact)
    offer = a_pact_offer(crew, pact)
    commitment = terms_of(pact).commitments[0]
    draft = an_offer_draft(
        ends_on=pact.ends_on + timedelta(days=30), basis=Basis.PUC, total_minutes=Minutes(1)
    )
    changed = change_offer(crew.worker, offer.pk, draft)
    said = (Basis(changed.basis), changed.total_minutes, changed.ends_on)
    assert said == (commitment.basis, commitment.minutes, sooner)
    assert sooner < pact.ends_on


# ---- another district


def test_a_need_does_not_move_to_another_district_with_who_works_there() -> None:
    meeting = a_meeting(a_crew(), with_pact=False)
    an_active_match(meeting)
    far = next(number for number in TOWNS if number != CREMONA)
    both = an_actor(Role.SOCIAL_WORKER, district_id=CREMONA)
    both = replace(both, grants=(*both.grants, Grant(Role.SOCIAL_WORKER, district_id=far)))
    draft = an_opportunity_draft(municipality_id=TOWNS[far])
    with pytest.raises(AnotherDistrict) as refused:
        change_opportunity(both, meeting.opportunity.pk, draft)
    assert refused.value.facts() == {"town": municipality_for(TOWNS[far]).name}
    before = meeting.opportunity
    before.refresh_from_db()
    assert (before.municipality_id, before.district_id) == (TOWNS[CREMONA], CREMONA)


# ---- what counts in a plan


def test_every_part_of_the_score_is_told_and_may_be_set() -> None:
    parts = [part.name.lower() for part in Part]
    assert list(WeightsOut.model_fields) == list(NewWeights.model_fields) == parts
    assert NewWeights().model_dump() == Weights().kept()
