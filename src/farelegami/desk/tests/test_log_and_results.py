from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from farelegami.access.tests.builders import an_actor
from farelegami.audit.services import record_read, seal
from farelegami.desk.rules.results import (
    SMALLEST_TOLD,
    Pace,
    disclosed,
    elapsed,
    pace,
    percent,
    unsaid,
)
from farelegami.desk.tests.builders import a_person, at_work, signed_in
from farelegami.kernel import clock
from farelegami.kernel.actor import Role
from farelegami.kernel.ids import new_id
from farelegami.pacts.queries import figures
from farelegami.pacts.queries.results import results_by_district
from farelegami.pacts.rules.money import Spend
from farelegami.pacts.tests.builders import a_pact, a_spend, some_hours
from farelegami.programmes.tests.builders import a_programme
from farelegami.territory.tests.builders import CREMASCO, CREMONESE


@given(st.dictionaries(st.integers(0, 9), st.integers(0, 60), max_size=8))
def test_no_small_cell_is_told_nor_given_away_by_the_total(counts) -> None:
    shown = disclosed(counts)
    hidden = [key for key, value in shown.items() if value is None]
    assert all(shown[key] is None for key, n in counts.items() if 0 < n < SMALLEST_TOLD)
    assert len(hidden) != 1 or len(counts) == 1


@given(st.lists(st.lists(st.integers(0, 12), min_size=1, max_size=4), min_size=1, max_size=4))
def test_no_small_cell_is_given_away_by_a_total_at_any_height(parts) -> None:
    """A total of parts, each a total of its own."""
    counts = {(i, j): n for i, part in enumerate(parts) for j, n in enumerate(part)}
    lines = [[*((i, j) for j in range(len(part))), (i,)] for i, part in enumerate(parts)]
    counts |= {(i,): sum(part) for i, part in enumerate(parts)}
    counts[()] = sum(map(sum, parts))
    lines.append([*((i,) for i in range(len(parts))), ()])
    hidden = unsaid(counts, lines)
    assert all(key in hidden for key, n in counts.items() if 0 < n < SMALLEST_TOLD)
    assert all(sum(key in hidden for key in line) != 1 for line in lines)


@given(st.integers(0, 10_000), st.integers(1, 10_000))
def test_a_target_not_reached_never_reads_100(result, target) -> None:
    assert (percent(result, target) >= 100) == (result >= target)


def test_a_result_is_late_only_by_more_than_five_hundredths() -> None:
    assert elapsed(date(2024, 1, 1), date(2026, 12, 31), date(2023, 5, 1)) == 0
    assert elapsed(date(2024, 1, 1), date(2026, 12, 31), date(2026, 12, 31)) == 100
    assert pace(158, 250, 63) is Pace.ON_TIME
    assert pace(100, 250, 63) is Pace.BEHIND
    assert pace(250, 250, 100) is Pace.AHEAD


@pytest.mark.django_db
def test_the_dpo_reads_the_log_of_their_districts_in_plain_words() -> None:
    _browser, anna = at_work()
    _other, ugo = at_work(district_id=CREMONESE, name="Ugo Altrove")
    dpo, _dora = at_work(Role.DPO, name="Dora Prova")
    person = a_person(anna)
    a_person(ugo, "Segreta", "Lontana")
    record_read(
        anna, kind="people.person", object_id=person.pk, district_id=CREMASCO,
        person_ids=(person.pk,), purpose="colloquio",
    )  # fmt: skip
    page = dpo.get(reverse("desk:log")).content.decode()
    assert "ha letto la scheda della persona" in page
    assert "colloquio" in page
    assert "Samira" not in page
    assert "Ugo Altrove" not in page
    assert "Nessuna registrazione è ancora sigillata" in page
    seal()
    assert "Sigillato fino alla registrazione" in dpo.get(reverse("desk:log")).content.decode()


@pytest.mark.django_db
def test_an_act_that_concerns_a_family_is_one_row_with_all_its_files() -> None:
    _browser, anna = at_work()
    dpo, _dora = at_work(Role.DPO, name="Dora Prova")
    family = [a_person(anna, given).pk for given in ("Samira", "Karim", "Lina")]
    for _time in range(2):
        record_read(
            anna, kind="pacts.pact", object_id=new_id(), district_id=CREMASCO,
            person_ids=family, purpose="pagina del patto",
        )  # fmt: skip
    page = dpo.get(reverse("desk:log"), {"cosa": "pacts.pact", "atto": "read"}).content.decode()
    assert page.count("ha letto il patto") == 2
    for person_id in family:
        assert page.count(f">{person_id.hex[20:]}<") == 2


@pytest.mark.django_db
def test_what_was_read_twice_within_the_minute_is_told_once_with_how_many_times() -> None:
    _browser, anna = at_work()
    dpo, _dora = at_work(Role.DPO, name="Dora Prova")
    pact, sara = new_id(), a_person(anna).pk
    for second in (0, 20, 80):
        with clock.at(datetime(2026, 3, 2, 9, 0, tzinfo=UTC) + timedelta(seconds=second)):
            record_read(
                anna, kind="pacts.pact", object_id=pact, district_id=CREMASCO,
                person_ids=(sara,), purpose="pagina del patto",
            )  # fmt: skip
    page = dpo.get(reverse("desk:log"), {"cosa": "pacts.pact"}).content.decode()
    assert page.count("ha letto il patto") == 2
    assert page.count("2 volte") == 1


@pytest.mark.django_db
def test_a_coordinator_is_told_how_many_things_wait_for_a_decision() -> None:
    pact, crew = a_pact()
    for _ in range(2):
        a_spend(crew, pact, Spend.REQUESTED, cents=200)
    page = signed_in(crew.coordinator).get(reverse("desk:home")).content.decode()
    assert '<h2 id="d1">Da decidere</h2><span class="count">2</span>' in page


@pytest.mark.django_db
def test_the_log_is_filtered_by_act_thing_and_hand() -> None:
    _browser, anna = at_work()
    dpo, _dora = at_work(Role.DPO, name="Dora Prova")
    a_person(anna)
    url = reverse("desk:log")
    assert "ha creato" in dpo.get(url, {"atto": "created"}).content.decode()
    for query in ({"atto": "signed"}, {"cosa": "pacts.pact"}, {"chi": "nessuno"}):
        assert "Nessuna registrazione con questi filtri" in dpo.get(url, query).content.decode()
    assert dpo.get(url, {"dopo": "forged", "atto": "x", "cosa": "y"}).status_code == 200


@pytest.mark.django_db
def test_only_the_dpo_reads_the_log() -> None:
    for role in (Role.SOCIAL_WORKER, Role.COORDINATOR, Role.SYSTEM_ADMIN):
        browser, _actor = at_work(role)
        assert browser.get(reverse("desk:log")).status_code == 404


@pytest.mark.django_db
def test_the_log_costs_the_same_for_one_and_for_25(django_assert_num_queries) -> None:
    dpo, dora = at_work(Role.DPO, name="Dora Prova")
    for many in (1, 30):
        for _ in range(many):
            record_read(dora, kind="pacts.pact", object_id=new_id(), district_id=CREMASCO)
        dpo.get(reverse("desk:log"))
        with django_assert_num_queries(4):
            dpo.get(reverse("desk:log"))


@pytest.mark.django_db
def test_results_are_told_as_aggregates_and_small_ones_are_not() -> None:
    pact, _crew = a_pact()
    valeria = an_actor(Role.EVALUATOR, programme_id=pact.programme_id, name="Valeria Prova")
    page = signed_in(valeria).get(reverse("desk:results")).content.decode()
    assert pact.programme.name in page
    assert "meno di 5" in page
    assert pact.code not in page
    assert pact.title not in page
    assert "Sara" not in page


@pytest.mark.django_db
def test_results_of_a_programme_are_not_for_who_answers_for_another() -> None:
    pact, crew = a_pact()
    other = a_programme("fare_bene_comune")
    stranger = an_actor(Role.EVALUATOR, programme_id=other.pk, name="Altro Programma")
    page = signed_in(stranger).get(reverse("desk:results"))
    assert [report.programme for report in page.context["reports"]] == [other]
    assert pact.programme.name not in [report.programme.name for report in page.context["reports"]]
    assert signed_in(crew.worker).get(reverse("desk:results")).status_code == 404


@pytest.mark.django_db
def test_a_coordinator_counts_only_where_they_coordinate() -> None:
    _pact, crew = a_pact()
    elsewhere = an_actor(Role.COORDINATOR, district_id=CREMASCO, name="Carla Altrove")
    here = signed_in(crew.coordinator).get(reverse("desk:results"))
    there = signed_in(elsewhere).get(reverse("desk:results"))
    assert "Contato solo dove coordini" in here.content.decode()
    assert [len(report.rows) for report in here.context["reports"]] == [1]
    assert [len(report.rows) for report in there.context["reports"]] == [0]


@pytest.mark.django_db
def test_generativity_is_told_to_each_role_and_small_cells_are_not() -> None:
    pact, crew = a_pact()
    for _ in range(2):
        some_hours(crew, pact, 90, confirmed=True)
    roles = (Role.PROGRAMME_MANAGER, Role.EVALUATOR)
    others = [an_actor(role, programme_id=pact.programme_id) for role in roles]
    for actor in (crew.coordinator, *others):
        answer = signed_in(actor).get(reverse("desk:results"))
        page = answer.content.decode().partition('id="generativita"')[2]
        assert "Ore di chi accompagna" in page
        assert "altro, senza campo" in page
        assert "3\N{NO-BREAK SPACE}h" not in page
        assert "meno di 5 fra patti e persone senza patto" in page
        assert all(line.drawn == 0 for line in answer.context["seen"].fields)
        assert pact.code not in page


@pytest.mark.django_db
def test_five_pacts_are_told_and_another_year_is_asked_for() -> None:
    pact, crew = a_pact()
    for each in (pact, *(a_pact(crew=crew)[0] for _ in range(4))):
        some_hours(crew, each, 60, confirmed=True)
    browser = signed_in(crew.coordinator)
    this_year, before = clock.today().year, clock.today().year - 1
    now = browser.get(reverse("desk:results")).context["seen"]
    assert (now.year, now.until) == (str(this_year), clock.today())
    assert [line.drawn for line in now.fields] == [0] * 6 + [300]
    then = browser.get(reverse("desk:results"), {"anno": before}).context["seen"]
    assert (then.since, then.until) == (date(before, 1, 1), date(before, 12, 31))
    assert {line.value for line in then.fields} == {"0\N{NO-BREAK SPACE}h"}
    for forged in ("1900", "x", "²", "9" * 30):
        answer = browser.get(reverse("desk:results"), {"anno": forged})
        assert answer.context["seen"].year == str(this_year)


@pytest.mark.django_db
def test_every_figure_agrees_with_what_the_public_page_counts() -> None:
    pact, crew = a_pact()
    a_pact(crew=crew)
    mine = results_by_district([pact.programme_id])[(pact.programme_id, crew.district_id)]
    public = figures([crew.district_id])
    assert (mine.pacts, mine.people) == (public.pacts_signed, public.people)
    assert mine.minutes_confirmed == public.minutes_confirmed
    assert mine.households == 2
    assert mine.largest_budget_cents == pact.authorised_cents


@pytest.mark.django_db
def test_results_cost_the_same_however_many_pacts(django_assert_num_queries) -> None:
    _pact, crew = a_pact()
    browser = signed_in(crew.coordinator)
    browser.get(reverse("desk:results"))
    for _ in range(2):
        # Eight for each of three years: what is told of one depends on the others.
        with django_assert_num_queries(33):
            browser.get(reverse("desk:results"))
        a_pact(crew=crew)
