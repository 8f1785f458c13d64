"""The schema of the API: what ninja knows of bodies and rows, and what holds of every operation."""

import json
import re
from functools import cache
from typing import Any, Final

from django.utils.translation import get_language, gettext
from ninja.openapi.schema import get_schema
from pydantic import BaseModel

from farelegami.api.permissions import OPERATION_OF
from farelegami.api.rules import KEY_LASTS, LONGEST_KEY, Scope
from farelegami.api.schemas.common import Fault, Problem
from farelegami.api.views.doorway import CHANGES, FILES, api
from farelegami.api.views.problems import MEDIA, WORDS
from farelegami.kernel.actor import ROLE_LABELS
from farelegami.kernel.errors import gettext_noop

ROOT: Final = "/api/v1"
_EVERY: Final = (400, 401, 403, 404, 405, 413, 415, 422, 429)
_WRITES: Final = (409,)
_CHANGES: Final = (412, 428)
_ABOUT: Final = gettext_noop(
    "Denaro in centesimi interi (…_cents), tempo in minuti interi (…_minutes), giorni ISO, id UUID."
    " Ogni no è un documento application/problem+json con «code» per i programmi e «detail» nella"
    " lingua di Accept-Language."
)
_PAGES: Final = re.compile(r"PageOf_(\w+?)(?:Row)?Out_")
_ETAG: Final = {"ETag": {"schema": {"type": "string"}}}


@cache
def described(language: str) -> dict[str, Any]:
    """Return the OpenAPI document in the language that is active, here called `language`."""
    del language
    document: dict[str, Any] = dict(get_schema(api, path_prefix=ROOT))
    document["info"] = {
        "title": "FareLegami",
        "version": "1",
        "description": gettext(_ABOUT),
        "license": {"name": "EUPL-1.2", "identifier": "EUPL-1.2"},
    }
    document["servers"] = [{"url": "/"}]
    document["components"]["responses"] = {
        f"Problem{status}": {
            "description": gettext(says),
            "content": {MEDIA: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for status, (_code, says) in WORDS.items()
    }
    for model in (Fault, Problem):
        document["components"]["schemas"][model.__name__] = _schema_of(model)
    for operations in document["paths"].values():
        for method, operation in operations.items():
            _complete(operation, is_write=method == "post")
    return _well_named(document)


def _well_named(document: dict[str, Any]) -> dict[str, Any]:
    """Return the document with the pages of lists under names one can read."""
    told = json.dumps(document)
    renamed: dict[str, Any] = json.loads(_PAGES.sub(r"\1PageOut", told))
    return renamed


def _schema_of(model: type[BaseModel]) -> dict[str, Any]:
    schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
    schema.pop("$defs", None)
    return schema


def _complete(operation: dict[str, Any], *, is_write: bool) -> None:
    name = operation["operationId"]
    door = OPERATION_OF[name]
    roles = ", ".join(gettext(ROLE_LABELS[role]) for role in ROLE_LABELS if role in door.roles)
    operation["summary"] = gettext(door.does)
    operation["description"] = gettext("Permesso del token: %(scope)s. Ruoli: %(roles)s.") % {
        "scope": door.scope or gettext("non ne serve"),
        "roles": roles or gettext("tutti"),
    }
    operation["security"] = [{"Bearer": [door.scope] if door.scope else []}]
    changes = name in CHANGES
    statuses = _EVERY + (_WRITES if is_write else ()) + (_CHANGES if changes else ())
    if name in FILES:
        operation["responses"][200]["content"] = {"*/*": {"schema": {"type": "string"}}}
        statuses += (409,)
    for status, response in operation["responses"].items():
        response["headers"] = dict(_ETAG) if name not in FILES else {}
        if status == 201:  # noqa: PLR2004
            response["headers"]["Location"] = {"schema": {"type": "string"}}
    for status in sorted(statuses):
        operation["responses"][status] = {"$ref": f"#/components/responses/Problem{status}"}
    operation["responses"] = {
        str(status): response for status, response in operation["responses"].items()
    }
    if is_write:
        operation["parameters"] += _write_headers(changes=changes)


def _write_headers(*, changes: bool) -> list[dict[str, Any]]:
    hours = int(KEY_LASTS.total_seconds()) // 3600
    headers: list[dict[str, Any]] = [
        {
            "in": "header",
            "name": "Idempotency-Key",
            "required": False,
            "schema": {"type": "string", "maxLength": LONGEST_KEY, "pattern": "^[!-~]*$"},
            "description": gettext(
                "La stessa chiave con lo stesso corpo dà la stessa risposta, per %(hours)s ore."
            )
            % {"hours": hours},
        }
    ]
    if changes:
        headers.append(
            {
                "in": "header",
                "name": "If-Match",
                "required": True,
                "schema": {"type": "string", "minLength": 1},
                "description": gettext("L’ETag di ciò che si è letto prima di decidere."),
            }
        )
    return headers


def in_this_language() -> dict[str, Any]:
    """Return the OpenAPI document in the language of the request."""
    return described(get_language() or "it")


SCOPES: Final = tuple(str(scope) for scope in Scope)
