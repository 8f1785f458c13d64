"""What every operation shares: who asks, how often, with what body, and how it is answered."""

import hashlib
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, ClassVar, Final, TypeVar
from uuid import UUID

import msgspec
from django.conf import settings
from django.core.cache import caches
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI, Router
from ninja.parser import Parser
from pydantic import BaseModel

from farelegami.api.permissions import OPERATION_OF, Operation
from farelegami.api.queries import Held, holder_of
from farelegami.api.rules import (
    LARGEST_BODY,
    LONGEST_KEY,
    Answer,
    BadQuestion,
    Changed,
    MatchMissing,
    NotJson,
    OutOfScope,
    TooLarge,
    TooMany,
    Unauthorised,
    Unreadable,
    etag_of,
    matches,
)
from farelegami.api.services.idempotency import done_once
from farelegami.api.services.tokens import note_use
from farelegami.api.views.problems import answer_problems
from farelegami.kernel import clock
from farelegami.kernel.actor import Actor
from farelegami.kernel.errors import NotFound, gettext_noop
from farelegami.storage.pages import KeyPage, read_cursor

_MINUTE: Final = 60
_BEARER: Final = "bearer "
_BODILESS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
OutT = TypeVar("OutT", bound=BaseModel)


class TokenRequest(HttpRequest):
    actor: Actor
    held: Held


class Bearer:
    """Opens one operation to the token in the Authorization header, or says why not."""

    openapi_security_schema: ClassVar = {"type": "http", "scheme": "bearer"}

    def __init__(self, operation: Operation) -> None:
        self.operation = operation

    def __call__(self, request: TokenRequest) -> Held:
        """Return what the token opens, and put its actor on the request.

        Raises:
            Unauthorised, TooMany, OutOfScope: as their names say.
            NotFound: no role of the account opens this door.
            NotJson, TooLarge: the body cannot be one of ours.
        """
        header = request.headers.get("Authorization", "")
        if not header.lower().startswith(_BEARER):
            raise Unauthorised
        held = holder_of(header[len(_BEARER) :].strip())
        _count(held.token_id)
        if self.operation.scope and self.operation.scope not in held.scopes:
            raise OutOfScope(self.operation.scope)
        if self.operation.roles and not held.actor.roles() & self.operation.roles:
            raise NotFound
        _check_body(request)
        note_use(held)
        request.held, request.actor = held, held.actor
        return held


def _count(token_id: UUID) -> None:
    # Kept in the process: a limit that cost a query would be worse than what it prevents.
    minute = int(clock.now().timestamp()) // _MINUTE
    seen = caches["process"]
    key = f"api.{token_id}.{minute}"
    if seen.add(key, 1, 2 * _MINUTE):
        return
    if seen.incr(key) > settings.API_REQUESTS_A_MINUTE:
        raise TooMany(seconds=_MINUTE - int(clock.now().timestamp()) % _MINUTE)


def _check_body(request: HttpRequest) -> None:
    if request.method in _BODILESS:
        return
    length = request.META.get("CONTENT_LENGTH") or "0"
    if length.isdigit() and int(length) > LARGEST_BODY:
        raise TooLarge
    if length != "0" and request.content_type != "application/json":
        raise NotJson


class JsonParser(Parser):
    def parse_body(self, request: HttpRequest) -> Any:
        """Return the body as plain values.

        Raises:
            Unreadable: not JSON in UTF-8.
            TooLarge: larger than any act needs.
        """
        try:
            return msgspec.json.decode(request.body)
        except RequestDataTooBig as error:
            raise TooLarge from error
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise Unreadable from error


api: Final = NinjaAPI(
    title="FareLegami",
    version="1",
    urls_namespace="api",
    docs_url=None,
    openapi_url=None,
    parser=JsonParser(),
)
answer_problems(api)
CHANGES: Final[set[str]] = set()
FILES: Final[set[str]] = set()
Handler = Callable[..., Answer]


def reads(router: Router, path: str, answer: Any) -> Callable[[Handler], Any]:
    """Let a handler answer GET at `path` with `answer`; its name is that of its door."""

    def as_operation(handler: Handler) -> Any:
        @wraps(handler)
        def run(request: TokenRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            return sent(handler(request, *args, **kwargs))

        return _registered(router, "GET", path, run, {200: answer})

    return as_operation


def hands_out(router: Router, path: str) -> Callable[[Callable[..., HttpResponse]], Any]:
    """Let a handler answer GET at `path` with the bytes of a file."""

    def as_operation(handler: Callable[..., HttpResponse]) -> Any:
        FILES.add(handler.__name__)
        return _registered(router, "GET", path, handler, {200: None})

    return as_operation


def writes(
    router: Router, path: str, answer: Any, *, status: int = 201, changes: bool = False
) -> Callable[[Handler], Any]:
    """Let a handler answer POST at `path`, in one transaction and once for each Idempotency-Key.

    `changes` asks for If-Match: the handler calls `check_match` with what is there now.
    """

    def as_operation(handler: Handler) -> Any:
        @wraps(handler)
        def run(request: TokenRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if changes and "If-Match" not in request.headers:
                raise MatchMissing
            return sent(
                done_once(
                    request.held.token_id,
                    _key(request),
                    _hash(request),
                    lambda: handler(request, *args, **kwargs),
                )
            )

        if changes:
            CHANGES.add(handler.__name__)
        return _registered(router, "POST", path, run, {status: answer})

    return as_operation


def _registered(
    router: Router, method: str, path: str, run: Callable[..., Any], response: dict[int, Any]
) -> Any:
    name = run.__name__
    return router.api_operation(
        [method],
        path,
        auth=Bearer(OPERATION_OF[name]),
        response=response,
        operation_id=name,
        url_name=name,
    )(run)


def _key(request: HttpRequest) -> str:
    key = request.headers.get("Idempotency-Key", "")
    if len(key) > LONGEST_KEY or not key.isprintable() or not key.isascii():
        raise BadQuestion(name="Idempotency-Key", says=gettext_noop("Al massimo 200 segni ASCII."))
    return key


def _hash(request: HttpRequest) -> str:
    asked = f"{request.method} {request.path} {request.headers.get('If-Match', '')}\n".encode()
    return hashlib.sha256(asked + request.body).hexdigest()


def check_match(request: HttpRequest, present: BaseModel) -> None:
    """Pass where If-Match names `present`, the object as it would be read now.

    Raises:
        Changed: it is another by now.
    """
    if not matches(request.headers.get("If-Match", ""), etag_of(present.model_dump_json())):
        raise Changed


def shown(row: BaseModel, *, status: int = 200, location: str = "") -> Answer:
    """Return an object as an answer, with the tag of its present state."""
    body = row.model_dump_json()
    headers = {"ETag": etag_of(body)}
    return Answer(status, body, headers | ({"Location": location} if location else {}))


def listed(rows: Sequence[BaseModel], page: KeyPage[Any]) -> Answer:
    """Return a page of a list as an answer."""
    inside = ",".join(row.model_dump_json() for row in rows)
    following = msgspec.json.encode(page.next_cursor).decode()
    return Answer(200, f'{{"rows":[{inside}],"next":{following}}}', {})


def sent(answer: Answer) -> HttpResponse:
    """Return an answer as it leaves."""
    response = HttpResponse(answer.body, content_type="application/json", status=answer.status)
    response.headers["Cache-Control"] = "private, no-store"
    for name, value in answer.headers.items():
        response.headers[name] = value
    return response


def checked_cursor(cursor: str, keys: int) -> str:
    """Return a cursor that one of our pages gave, or none.

    Raises:
        BadQuestion: it was made up, or belongs to another list.
    """
    if cursor and read_cursor(cursor, keys) is None:
        raise BadQuestion(name="cursor", says=gettext_noop("Non è un cursore di questo elenco."))
    return cursor
