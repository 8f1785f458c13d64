from collections.abc import Sequence
from random import Random
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from farelegami.kernel.ids import new_id
from farelegami.search.queries import Scope, find, find_within
from farelegami.search.services import Draft, drop, put, put_many, reindex

pytestmark = pytest.mark.django_db
HERE, ELSEWHERE = 1902, 1901


def known(title: str, district_id: int | None = HERE, kind: str = "person") -> UUID:
    object_id = new_id()
    put(kind, object_id, district_id, title, title)
    return object_id


def found(text: str, district_ids: tuple[int, ...] = (HERE,), kind: str = "person") -> list[UUID]:
    return [hit.object_id for hit in find(text, kinds=[kind], district_ids=district_ids)]


@pytest.mark.parametrize(
    "typed",
    [
        "Samira Belprato",
        "belprato samira",
        "bellprado",
        "samir",
        "Zamira Belprato",
        "BELPRATO",
        "lprat",
    ],
)
def test_a_person_is_found_however_the_name_is_typed(typed: str) -> None:
    samira = known("Samira Belprato")
    known("Ada Trifoglio")
    known("Marco Acero")
    assert found(typed) == [samira]


@pytest.mark.parametrize(
    ("name", "typed"),
    [("Greco", "Grebo"), ("Haddad", "Saddad"), ("Lazar", "Laztr"), ("Magnani", "Mangani")],
)
def test_a_surname_with_one_letter_wrong_is_found(name: str, typed: str) -> None:
    person = known(f"Samira {name}")
    known("Marco Acero")
    assert found(typed) == [person]


@pytest.mark.parametrize("typed", ["Muhammad", "mohamed", "Mohammed Yussuf", "yusuf"])
def test_a_transliterated_name_is_found(typed: str) -> None:
    person = known("Mohamed Youssef")
    known("Maria Ginestra")
    assert found(typed)[0] == person


def test_a_name_of_two_letters_is_found() -> None:
    wu = known("Wu Yi")
    known("Anna Rossi")
    assert found("wu") == [wu]


def test_the_nearest_comes_first() -> None:
    exact, near = known("Mario Rosso"), known("Mario Rossini")
    known("Luca Verdi")
    assert found("mario rosso") == [exact, near]


def test_another_district_is_not_searched() -> None:
    known("Samira Belprato", ELSEWHERE)
    assert found("Samira Belprato") == []


def test_what_belongs_to_no_district_is_found_from_any() -> None:
    body = known("Fondazione Comunitaria", None, "body")
    assert found("fondazione", kind="body") == [body]
    narrow = Scope(frozenset({"body"}), frozenset({HERE}), everywhere=False)
    assert find_within("fondazione", [narrow]) == []


def test_each_kind_is_searched_in_its_own_districts() -> None:
    person, body = known("Samira Belprato", ELSEWHERE), known("Belprato srl", ELSEWHERE, "body")
    scopes = [
        Scope(frozenset({"person"}), frozenset({HERE})),
        Scope(frozenset({"body"}), frozenset({HERE, ELSEWHERE})),
    ]
    ids = [hit.object_id for hit in find_within("belprato", scopes)]
    assert body in ids
    assert person not in ids


def test_what_the_actor_may_not_see_is_left_out_whatever_it_is_called() -> None:
    known("Samira Belprato")

    def nothing(_ids: Sequence[UUID]) -> list[UUID]:
        return []

    asked = {"kinds": ["person"], "district_ids": [HERE]}
    assert find("samira", **asked, allowed={"person": nothing}) == []
    assert len(find("samira", **asked, allowed={"body": nothing})) == 1


def test_changing_a_title_forgets_the_old_one() -> None:
    person = known("Samira Belprato")
    put("person", person, HERE, "Samira Ginestra", "Samira Ginestra")
    assert found("belprato") == []
    assert found("ginestra") == [person]


def test_what_is_dropped_is_not_found() -> None:
    person = known("Samira Belprato")
    drop([person])
    assert found("samira") == []


def words_kept() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT word FROM search_word")
        return {word for (word,) in cursor.fetchall()}


@pytest.mark.postgres
def test_a_word_is_kept_while_somebody_bears_it() -> None:
    samira, other = known("Samira Belprato"), known("Samira Ginestra", ELSEWHERE)
    assert words_kept() == {"samira", "belprato", "ginestra"}
    put("person", samira, HERE, "Samira Akero", "Samira Akero")
    assert words_kept() == {"samira", "akero", "ginestra"}
    drop([other])
    assert "samira" in words_kept()
    drop([samira])
    assert words_kept() == set()


@pytest.mark.postgres
def test_the_words_can_be_made_anew() -> None:
    known("Samira Belprato")
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM search_word")
    reindex()
    assert words_kept() == {"samira", "belprato"}


@pytest.mark.parametrize(
    "typed", ["", "   ", "'; DROP TABLE search_entry --", '"OR"', "%_%", "(((", "*"]
)
def test_odd_input_finds_nothing_and_breaks_nothing(typed: str) -> None:
    known("Samira Belprato")
    assert found(typed) == []


@pytest.mark.parametrize("how_many", [1, 25, 100])
def test_a_search_costs_at_most_two_queries(
    how_many: int, django_assert_max_num_queries: object
) -> None:
    put_many(
        [
            Draft("person", new_id(), HERE, f"Mario Rossi {n}", f"Mario Rossi {n}")
            for n in range(how_many)
        ]
    )
    with django_assert_max_num_queries(2):  # type: ignore[operator]
        assert found("mario rosi")
    with django_assert_max_num_queries(2):  # type: ignore[operator]
        found("marjo rhossy")


@pytest.mark.postgres
@pytest.mark.parametrize("districts", [(1003,), tuple(range(1000, 1015))])
@pytest.mark.parametrize("typed", ["belprato", "marjo rhossi"])
def test_at_volume_a_search_reads_the_index_for_few_districts_and_for_many(
    districts: tuple[int, ...], typed: str
) -> None:
    syllables = [a + b for a in "bcdfglmnprstvz" for b in "aeiou"]
    chance = Random(7)  # noqa: S311
    titles = [
        " ".join("".join(chance.choices(syllables, k=3)) for _ in "ab") for _ in range(20_000)
    ]
    put_many(
        [Draft("person", new_id(), 1000 + n % 20, title, title) for n, title in enumerate(titles)]
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE search_entry, search_word")
    with CaptureQueriesContext(connection) as asked:
        found(typed, districts)
    assert 1 <= len(asked) <= 2
    for query in asked.captured_queries:
        with connection.cursor() as cursor:
            cursor.execute("EXPLAIN " + query["sql"].replace("%", "%%"), ())
            plan = "\n".join(line for (line,) in cursor.fetchall())
        assert "search_entry_words" in plan
        assert "Seq Scan" not in plan
