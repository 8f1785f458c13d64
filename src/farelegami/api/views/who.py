"""Whose hands a token is."""

from typing import Final

from ninja import Router

from farelegami.api.rules import Answer
from farelegami.api.schemas.tokens import RoleOut, WhoOut
from farelegami.api.views.doorway import TokenRequest, reads, shown
from farelegami.kernel.errors import NotFound, gettext_noop

router: Final = Router(tags=[gettext_noop("token")])


@reads(router, "/me", WhoOut)
def who_am_i(request: TokenRequest) -> Answer:
    held, actor = request.held, request.actor
    if actor.account_id is None:
        raise NotFound
    told = WhoOut(
        account_id=actor.account_id,
        name=held.holder,
        token=held.name,
        scopes=sorted(held.scopes),
        expires_on=held.expires_on,
        roles=[
            RoleOut(
                role=grant.role,
                district_id=grant.district_id,
                organisation_id=grant.organisation_id,
                programme_id=grant.programme_id,
            )
            for grant in actor.grants
        ],
    )
    return shown(told)
