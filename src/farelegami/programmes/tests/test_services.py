from datetime import date

import pytest
from django.utils.translation import override

from farelegami.kernel.errors import NotAllowed, NotFound
from farelegami.ledger.models import Account
from farelegami.network.models import Organisation
from farelegami.programmes import queries
from farelegami.programmes.models import (
    CoDesignStep,
    GoalTemplate,
    Partner,
    Programme,
    SupportCategory,
)
from farelegami.programmes.services import (
    load_programme,
    reload_programmes,
)
from farelegami.programmes.tests.builders import (
    INSTALLER,
    a_changed_file,
    a_programme,
    a_worker,
    some_territory,
)

pytestmark = pytest.mark.django_db

NEW_CATEGORY = """
[[support_categories]]
code = "bicicletta"
label = "Bicicletta"
limit_euro = 250
"""


def counted():
    return {
        model: model.objects.count()
        for model in (Programme, Partner, SupportCategory, GoalTemplate, CoDesignStep, Organisation)
    }


def test_a_programme_is_loaded_whole():
    programme = a_programme()
    assert queries.district_ids(programme.pk) == [1901, 1902, 1903]
    assert programme.value_cents == 337_553_500
    assert queries.partners(programme.pk)[0].organisation.name == ("Comune di Cremona")
    assert programme.lead.name == "Comune di Cremona"
    transport = queries.categories([programme.pk])[programme.pk][1]
    assert (transport.code, transport.limit_cents) == ("trasporto", 60_000)


def test_the_same_file_again_changes_nothing():
    a_programme()
    ids = set(SupportCategory.objects.values_list("pk", flat=True))
    before = counted()
    a_programme()
    assert counted() == before
    assert set(SupportCategory.objects.values_list("pk", flat=True)) == ids


def test_a_new_category_with_its_limit_is_one_entry_of_the_file(tmp_path):
    programme = a_programme()
    load_programme(INSTALLER, a_changed_file(tmp_path, more=NEW_CATEGORY))
    last = queries.categories([programme.pk])[programme.pk][-1]
    assert (last.label, last.limit_cents) == ("Bicicletta", 25_000)


def test_what_leaves_the_file_is_closed_and_not_deleted(tmp_path):
    programme = a_programme()
    load_programme(INSTALLER, a_changed_file(tmp_path, more=NEW_CATEGORY))
    a_programme()
    codes = [category.code for category in queries.categories([programme.pk])[programme.pk]]
    assert "bicicletta" not in codes
    assert SupportCategory.objects.filter(code="bicicletta", is_open=False).exists()


def test_programmes_in_use_are_brought_up_to_date_where_they_stand(tmp_path):
    changed = a_changed_file(tmp_path, ("limit_euro = 600", "limit_euro = 700"))
    some_territory()
    programme = load_programme(INSTALLER, changed, starts_on=date(2025, 3, 1))
    assert [one.code for one in reload_programmes(INSTALLER)] == ["farelegami"]
    programme.refresh_from_db()
    assert programme.starts_on == date(2025, 3, 1)
    assert queries.categories([programme.pk])[programme.pk][1].limit_cents == 60_000


def test_each_programme_has_rules_of_its_own():
    cremona, pavia = a_programme(), a_programme("fare_bene_comune")
    assert (cremona.meeting_interval_days, pavia.meeting_interval_days) == (90, 60)
    caps = {kind.code: kind.cap_cents for kind in queries.pact_types([1802])}
    assert caps == {"percorso-famiglia": 120_000}
    assert {kind.code for kind in queries.pact_types([1901])} == {"inclusione", "autonomia"}


def test_a_funding_source_has_an_account_that_may_sink():
    programme = a_programme()
    cariplo, _territory = queries.funding_sources([programme.pk])[programme.pk]
    account = Account.objects.get(owner_id=cariplo.pk, kind="funds")
    assert (account.pk, account.floor, cariplo.amount_cents) == (
        cariplo.account_id,
        None,
        150_000_000,
    )


def test_staff_see_the_programmes_of_their_districts_only():
    cremona = a_programme()
    a_programme("fare_bene_comune")
    assert list(queries.programmes_for(a_worker(1902))) == [cremona]
    with pytest.raises(NotFound):
        queries.programme_for(a_worker(1802), cremona.pk)
    inclusion = queries.pact_types([1901])[0]
    assert queries.pact_type_for(inclusion.pk, district_id=1901) == inclusion
    with pytest.raises(NotFound):
        queries.pact_type_for(inclusion.pk, district_id=1802)


def test_a_worker_does_not_load_programmes(tmp_path):
    some_territory()
    with pytest.raises(NotAllowed):
        load_programme(a_worker(), a_changed_file(tmp_path))


def test_the_lead_may_pass_to_another_partner(tmp_path):
    programme = a_programme()
    changed = a_changed_file(tmp_path, ('lead = "Comune di Cremona"', 'lead = "Comune di Crema"'))
    load_programme(INSTALLER, changed)
    (lead,) = [partner for partner in queries.partners(programme.pk) if partner.is_lead]
    assert lead.organisation.name == "Comune di Crema"


@pytest.mark.parametrize("programmes", [1, 2])
def test_lists_of_a_programme_cost_one_query_each(programmes, django_assert_num_queries):
    ids = [a_programme(name).pk for name in ("farelegami", "fare_bene_comune")[:programmes]]
    for query in (queries.categories, queries.funding_sources, queries.targets):
        with django_assert_num_queries(1):
            assert len(query(ids)) == programmes
    kinds = [kind.pk for kind in queries.pact_types([1901, 1802])]
    with django_assert_num_queries(1):
        assert queries.goal_templates(kinds)


def test_the_packaged_words_are_told_in_english_and_ones_own_as_they_were_written(tmp_path):
    programme = a_programme()
    load_programme(INSTALLER, a_changed_file(tmp_path, more=NEW_CATEGORY))
    found = {each.code: each for each in queries.categories([programme.pk])[programme.pk]}
    with override("en"):
        assert found["trasporto"].said == "Transport"
        assert found["bicicletta"].said == "Bicicletta"
    assert found["trasporto"].said == "Trasporto"
