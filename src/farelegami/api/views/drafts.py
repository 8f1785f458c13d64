"""The words of a pact while they are written, changed only on what was read."""

from typing import Final
from uuid import UUID

from ninja import Router

from farelegami.api.rules import Answer
from farelegami.api.schemas.pacts import DraftOut, NewCommitment, NewGoal, NewSupport
from farelegami.api.services.reading import read_part
from farelegami.api.views.doorway import TokenRequest, check_match, reads, shown, writes
from farelegami.api.views.telling import draft_told
from farelegami.kernel.errors import NotFound, gettext_noop
from farelegami.kernel.units import Cents
from farelegami.pacts.models import PactVersion
from farelegami.pacts.queries import open_version, pact_for
from farelegami.pacts.rules.drafts import NothingToEdit
from farelegami.pacts.rules.terms import Commitment
from farelegami.pacts.services.drafting import save_commitment, save_goal, save_support

router: Final = Router(tags=[gettext_noop("testo del patto")])


@reads(router, "/pacts/{uuid:pact_id}/draft", DraftOut)
def read_draft(request: TokenRequest, pact_id: UUID) -> Answer:
    read_part(request.actor, pact_id)
    version = open_version(pact_id)
    if version is None:
        raise NotFound
    return shown(draft_told(version))


def _matched(request: TokenRequest, pact_id: UUID) -> int:
    """Return the edit on which a change was decided, the pact locked from now on."""
    pact_for(request.actor, pact_id, for_update=True)
    version = open_version(pact_id)
    if version is None:
        raise NothingToEdit
    check_match(request, draft_told(version))
    return version.edit_number


def _written(version: PactVersion) -> Answer:
    return shown(draft_told(version), status=201)


@writes(router, "/pacts/{uuid:pact_id}/draft/goals", DraftOut, changes=True)
def add_goal(request: TokenRequest, pact_id: UUID, sent: NewGoal) -> Answer:
    edit = _matched(request, pact_id)
    return _written(save_goal(request.actor, pact_id, title=sent.title, edit_number=edit))


@writes(router, "/pacts/{uuid:pact_id}/draft/supports", DraftOut, changes=True)
def add_support(request: TokenRequest, pact_id: UUID, sent: NewSupport) -> Answer:
    edit = _matched(request, pact_id)
    words = sent.model_dump() | {"amount_cents": Cents(sent.amount_cents)}
    return _written(save_support(request.actor, pact_id, **words, edit_number=edit))


@writes(router, "/pacts/{uuid:pact_id}/draft/commitments", DraftOut, changes=True)
def add_commitment(request: TokenRequest, pact_id: UUID, sent: NewCommitment) -> Answer:
    edit = _matched(request, pact_id)
    commitment = Commitment(key="", person_name="", **sent.model_dump())
    return _written(save_commitment(request.actor, pact_id, commitment, edit_number=edit))
