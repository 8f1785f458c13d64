"""Every example of docs/guides/api.md, run as it is written against a server."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from farelegami.api.tests.builders import a_program
from farelegami.giveback.models import Offer
from farelegami.giveback.rules.offers import OfferStage
from farelegami.giveback.tests.builders import a_free_offer
from farelegami.pacts.models import SpendRequest
from farelegami.pacts.rules.money import Spend
from farelegami.pacts.tests.builders import a_pact

GUIDE = Path(__file__).resolve().parents[1] / "docs" / "guides" / "api.md"
EXAMPLES = re.findall(r"```sh\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)


@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
@pytest.mark.django_db(transaction=True)
def test_the_examples_of_the_guide_do_what_they_say(live_server: Any) -> None:
    pact, crew = a_pact()
    known = {
        "SITE": live_server.url,
        "PACT": str(pact.pk),
        "OFFER": str(a_free_offer(crew).pk),
        "TOKEN": a_program(crew.worker).secret,
        "COORDINATOR": a_program(crew.coordinator).secret,
    }
    assert len(EXAMPLES) >= 5
    for example in EXAMPLES:
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", example],
            env={**os.environ, "no_proxy": "*", **known},
            capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip
        assert done.returncode == 0, (example, done.stdout, done.stderr)
    assert SpendRequest.objects.get().stage == Spend.COMMITTED
    assert Offer.objects.get().stage == OfferStage.PAUSED
