from farelegami.kernel.ids import new_id
from farelegami.storage.keeping import ROOTS, Erase, kept, undeclared


def test_every_table_and_every_field_says_what_it_keeps() -> None:
    assert undeclared() == []


def test_every_row_that_is_erased_is_reached_from_a_root_or_by_an_id() -> None:
    lost = [
        model._meta.label
        for model, keeping in kept()
        if keeping.erase is not Erase.OWN and not keeping.under and not keeping.owned
    ]
    assert lost == []


def test_every_path_of_a_declaration_leads_somewhere() -> None:
    for model, keeping in kept():
        assert set(keeping.under) <= set(ROOTS)
        paths = [path for one in keeping.under.values() for path in one]
        for path in (*paths, *keeping.person, *keeping.owned):
            str(model._default_manager.filter(**{path: new_id()}).query)
