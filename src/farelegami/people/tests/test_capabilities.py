from datetime import date
from uuid import uuid4

import pytest

from farelegami.audit.models import Entry as LogEntry
from farelegami.kernel.errors import NotFound
from farelegami.people.models import Skill
from farelegami.people.queries.files import notice_given, skill_choices
from farelegami.people.rules.ecomap import Circle, NothingDrawn, Strength, TieDraft
from farelegami.people.rules.persons import Level, SkillStage, SkillWithoutName, Transport
from farelegami.people.rules.privacy import ConsentInForce, ConsentPurpose, Manner, NoConsent
from farelegami.people.rules.weeks import Answer, Band, week_of
from farelegami.people.services.capabilities import (
    SkillDraft,
    load_skills,
    set_availability,
    set_conditions,
    set_skills,
)
from farelegami.people.services.ecomaps import draw_ecomap
from farelegami.people.services.files import person_file
from farelegami.people.services.privacy import record_consent, record_notice, withdraw_consent
from farelegami.people.tests.builders import A_STRANGER, ANNA, a_person

pytestmark = pytest.mark.django_db
FEBRUARY, NOVEMBER = date(2026, 2, 12), date(2026, 11, 3)


def test_the_packaged_skills_are_loaded_once_in_groups() -> None:
    assert load_skills() == load_skills() == Skill.objects.count() == 114
    groups = dict(skill_choices())
    assert ("T4.2", "sostenere gli altri") in groups["abilità e competenze sociali e comunicative"]


def test_a_person_can_do_what_the_list_says_or_what_they_say_themselves() -> None:
    load_skills()
    person = a_person()
    set_skills(
        ANNA,
        person.pk,
        [
            SkillDraft("T1.1", "Tradurre arabo-italiano"),
            SkillDraft(words="Ricamo"),
            SkillDraft("T4.2"),
            SkillDraft(words="HACCP", stage=SkillStage.LEARNING),
        ],
    )
    skills = person_file(ANNA, person.pk, purpose="colloquio").skills
    assert [one.label for one in skills] == [
        "Tradurre arabo-italiano",
        "Ricamo",
        "sostenere gli altri",
        "HACCP",
    ]
    assert skills[-1].stage_label == "sta imparando"
    with pytest.raises(SkillWithoutName):
        set_skills(ANNA, person.pk, [SkillDraft(words="  ")])


def test_a_week_and_its_conditions_are_kept_and_logged() -> None:
    person = a_person()
    week = week_of([(1, Band.MORNING, Answer.YES), (3, Band.EVENING, Answer.MAYBE)])
    set_availability(ANNA, person.pk, week)
    set_conditions(
        ANNA,
        person.pk,
        limits="non dopo le 21, niente pesi",
        wishes="cucinare con altre donne",
        transport=[Transport.ON_FOOT, Transport.BUS],
        travel_minutes=20,
    )
    kept = person_file(ANNA, person.pk, purpose="colloquio").person
    assert kept.week == week
    assert (kept.transport, kept.travel_minutes) == (["on_foot", "bus"], 20)
    assert LogEntry.objects.filter(object_id=person.pk, verb="changed").count() == 2


def test_drawings_stay_as_they_were_and_can_be_compared() -> None:
    person, teresa = a_person(), a_person(given_name="Teresa")
    other = TieDraft("Teresa", Circle.FRIENDS, Strength.WEAK, other_person_id=teresa.pk)
    draw_ecomap(ANNA, person.pk, [other], day=FEBRUARY, drawn_with="Samira")
    stronger = TieDraft("Teresa P.", Circle.FRIENDS, Strength.STRONG, other_person_id=teresa.pk)
    school = TieDraft(
        "Scuola Il Mulino", Circle.COMMUNITY, Strength.STRONG, organisation_id=uuid4()
    )
    draw_ecomap(ANNA, person.pk, [stronger, school], day=NOVEMBER, drawn_with="Samira")
    file = person_file(ANNA, person.pk, purpose="colloquio")
    assert [one.drawn_on for one in file.ecomaps] == [NOVEMBER, FEBRUARY]
    change = file.change_since(file.ecomaps[1])
    assert [one.label for one in change.new] == ["Scuola Il Mulino"]
    assert [one.label for one in change.changed] == ["Teresa P."]
    assert file.ecomap is not None
    assert file.ecomap.ties[0].strength_label == "forte"
    assert file.ecomap.ties[1].circle_label == "comunità"
    assert file.ecomap.ties[0].direction_label == "dà e riceve"


def test_a_tie_names_only_people_one_may_see() -> None:
    person, hidden = a_person(), a_person(A_STRANGER)
    tie = TieDraft("Ugo", Circle.FRIENDS, Strength.GOOD, other_person_id=hidden.pk)
    with pytest.raises(NotFound):
        draw_ecomap(ANNA, person.pk, [tie], day=NOVEMBER)
    with pytest.raises(NothingDrawn):
        draw_ecomap(ANNA, person.pk, [], day=NOVEMBER)


def test_a_consent_is_given_once_and_withdrawn_at_any_time() -> None:
    person = a_person()
    record_consent(ANNA, person.pk, ConsentPurpose.STORY, how=Manner.PAPER)
    with pytest.raises(ConsentInForce):
        record_consent(ANNA, person.pk, ConsentPurpose.STORY, how=Manner.PAPER)
    withdraw_consent(ANNA, person.pk, ConsentPurpose.STORY)
    with pytest.raises(NoConsent):
        withdraw_consent(ANNA, person.pk, ConsentPurpose.STORY)
    record_consent(ANNA, person.pk, ConsentPurpose.STORY, how=Manner.SCREEN)
    assert record_notice(ANNA, person.pk, language="it", how=Manner.SCREEN).how_label
    consents = person_file(ANNA, person.pk, purpose="colloquio").consents
    assert [one.withdrawn_at is None for one in consents] == [True, False]
    assert (consents[0].purpose_label, consents[0].how_label) == (
        "raccontare la sua storia",
        "sullo schermo",
    )


def test_languages_are_named_in_italian_and_unknown_ones_by_their_code() -> None:
    person = a_person(languages={"ar": Level.NATIVE, "qqq": Level.A2})
    spoken = person_file(ANNA, person.pk, purpose="colloquio").languages
    assert sorted((one.language_label, one.level_label) for one in spoken) == [
        ("arabo", "lingua madre"),
        ("qqq", "A2"),
    ]


def test_a_notice_given_is_remembered_with_who_gave_it() -> None:
    person, other = a_person(), a_person(given_name="Karim")
    given = record_notice(ANNA, person.pk, language="ar", how=Manner.READ_ALOUD)
    assert (given.given_by_name, given.language) == (ANNA.name, "ar")
    assert notice_given([person.pk, other.pk]) == {person.pk}


@pytest.mark.parametrize(
    "act",
    [
        lambda pk: set_skills(A_STRANGER, pk, []),
        lambda pk: set_availability(A_STRANGER, pk, week_of([])),
        lambda pk: record_notice(A_STRANGER, pk, language="it", how=Manner.PAPER),
        lambda pk: record_consent(A_STRANGER, pk, ConsentPurpose.PHOTO, how=Manner.PAPER),
        lambda pk: withdraw_consent(A_STRANGER, pk, ConsentPurpose.PHOTO),
        lambda pk: draw_ecomap(
            A_STRANGER, pk, [TieDraft("X", Circle.HOME, Strength.GOOD)], day=NOVEMBER
        ),
    ],
)
def test_a_stranger_can_do_nothing(act: object) -> None:
    person = a_person()
    before = LogEntry.objects.count()
    with pytest.raises(NotFound):
        act(person.pk)  # type: ignore[operator]
    assert LogEntry.objects.count() == before
