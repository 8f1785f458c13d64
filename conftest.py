"""What every test stands on: emptying a database lifts its guards first, and puts them back."""

from collections.abc import Iterator
from typing import Final
from unittest import TestCase

import pytest
from django.core.cache import caches
from django.core.management import call_command
from django.db import connections
from django.test import TransactionTestCase
from django.utils import translation

from farelegami.storage import guards
from farelegami.web.catalogues import compile_catalogues

_DATABASES: Final = frozenset({"db", "transactional_db", "django_db_setup", "live_server"})


def pytest_configure(config: pytest.Config) -> None:
    """Make the catalogues before any worker reads one: what a process has read it keeps."""
    if not hasattr(config, "workerinput"):
        compile_catalogues()


def _flush_without_guards(self: TransactionTestCase) -> None:
    for alias in self._databases_names(include_mirrors=False):
        guards.remove(connections[alias])
        call_command("flush", verbosity=0, interactive=False, database=alias, reset_sequences=False)
        guards.install(connections[alias])


@pytest.fixture(autouse=True, scope="session")
def _tests_empty_guarded_tables() -> Iterator[None]:
    original = TransactionTestCase._fixture_teardown
    TransactionTestCase._fixture_teardown = _flush_without_guards
    yield
    TransactionTestCase._fixture_teardown = original


@pytest.fixture(autouse=True)
def _tests_remember_nothing() -> Iterator[None]:
    """Each test has its own ground: what a process keeps of another's would be wrong.

    Cleared after it, too: a world shared by a module is built before its first test begins.
    """
    _forget()
    yield
    _forget()


def _forget() -> None:
    for cache in caches.all(initialized_only=True):
        cache.clear()
    translation.deactivate()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On SQLite skip what needs PostgreSQL; on PostgreSQL run what asks a database, and that alone.

    The others ran beside SQLite and would say the same again.
    """
    if connections["default"].vendor == "postgresql":
        others = [item for item in items if not _asks_a_database(item)]
        config.hook.pytest_deselected(items=others)
        items[:] = [item for item in items if _asks_a_database(item)]
        return
    for item in items:
        if item.get_closest_marker("postgres"):
            item.add_marker(pytest.mark.skip(reason="needs PostgreSQL"))


def _asks_a_database(item: pytest.Item) -> bool:
    """Return whether a test may: without one of these pytest-django refuses it the database."""
    marked = any(item.get_closest_marker(name) for name in ("django_db", "postgres", "browser"))
    unit = getattr(item, "cls", None)
    return (
        marked
        or not _DATABASES.isdisjoint(getattr(item, "fixturenames", ()))
        or (unit is not None and issubclass(unit, TestCase))
    )
