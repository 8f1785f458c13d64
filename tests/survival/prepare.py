"""Fill a migrated installation with what the writers of the drills need; prints it as JSON."""

from __future__ import annotations

import json

import django

django.setup()

from farelegami.access.models import Account  # noqa: E402
from farelegami.api.rules import Scope  # noqa: E402
from farelegami.api.services.tokens import create_token  # noqa: E402
from farelegami.documents.services import store  # noqa: E402
from farelegami.documents.tests.builders import A_PDF, an_upload  # noqa: E402
from farelegami.kernel.actor import Actor, system_actor  # noqa: E402
from farelegami.pacts.tests.builders import a_pact, terms_of  # noqa: E402

WRITERS = 6


def a_token(actor: Actor, name: str) -> str:
    account = Account.objects.get(pk=actor.account_id)
    scopes = [str(scope) for scope in Scope]
    return create_token(system_actor("prova"), account.username, name=name, scopes=scopes, days=30)[
        1
    ]


def main() -> None:
    writers = []
    first, crew = a_pact()
    store(
        crew.worker,
        upload=an_upload(A_PDF),
        kind="prova",
        district_id=crew.district_id,
        title="Una carta",
    )
    pacts = [first, a_pact(crew=crew)[0]]
    for number in range(WRITERS):
        pact = pacts[number % 2]
        writers.append(
            {
                "name": f"w{number}",
                "pact": str(pact.pk),
                "commitment": terms_of(pact).commitments[0].key,
                "asks": a_token(crew.worker, f"chiede {number}"),
                "decides": a_token(crew.coordinator, f"decide {number}"),
            }
        )
    worker = Account.objects.get(pk=crew.worker.account_id)
    print(json.dumps({"writers": writers, "username": worker.username, "pact": str(first.pk)}))


if __name__ == "__main__":
    main()
