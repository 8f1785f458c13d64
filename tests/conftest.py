"""A world for a whole module of tests, undone as if it had never been."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import transaction

from tests.world import World, build_world


@pytest.fixture(scope="module")
def world(
    django_db_setup: None, django_db_blocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """Build the small province once for a module, inside a transaction that is rolled back.

    Tests that use it are marked `django_db`: each undoes what it did, inside that transaction.
    """
    with django_db_blocker.unblock():
        block = transaction.atomic()
        block.__enter__()
        try:
            yield build_world(tmp_path_factory.mktemp("world"))
        finally:
            transaction.set_rollback(True)
            block.__exit__(None, None, None)
