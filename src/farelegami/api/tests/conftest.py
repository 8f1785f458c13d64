"""English is what the API is asked in, too: its catalogue is made ready before the first test."""

import pytest
from django.utils.translation import trans_real

from farelegami.web.catalogues import compile_catalogues


@pytest.fixture(autouse=True, scope="session")
def _english_is_ready() -> None:
    if compile_catalogues():
        trans_real._translations.clear()
