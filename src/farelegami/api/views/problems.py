"""Every no as problem+json (RFC 9457), in the language of who asks."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final

import msgspec
from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from farelegami.api.rules import (
    Answer,
    BadQuestion,
    Changed,
    KeyUsedOtherwise,
    MatchMissing,
    NotJson,
    OutOfScope,
    TooLarge,
    TooMany,
    Unauthorised,
    Unreadable,
)
from farelegami.kernel.errors import NotAllowed, NotFound, Refusal, gettext_noop
from farelegami.pacts.rules.drafts import StaleEdit
from farelegami.web.refusals import sentence

MEDIA: Final = "application/problem+json"
# What a status means where nothing more is known: code, sentence.
WORDS: Final[Mapping[int, tuple[str, str]]] = {
    400: ("unreadable", gettext_noop("La richiesta non si legge: serve JSON valido, in UTF-8.")),
    401: ("unauthorised", gettext_noop("Serve un token valido, non scaduto e non revocato.")),
    403: ("not_allowed", gettext_noop("Chi usa questo token vede l’oggetto ma non può farlo.")),
    404: ("not_found", gettext_noop("Non c’è, o non per chi usa questo token.")),
    405: ("method_not_allowed", gettext_noop("Questo indirizzo non risponde a questo metodo.")),
    409: ("refused", gettext_noop("Non si può fare adesso.")),
    412: ("changed", gettext_noop("Intanto l’oggetto è cambiato: leggilo di nuovo e decidi.")),
    413: ("too_large", gettext_noop("Il corpo della richiesta è troppo grande.")),
    415: ("not_json", gettext_noop("Il corpo della richiesta deve essere application/json.")),
    422: ("invalid", gettext_noop("Alcuni dati non vanno bene: vedi «errors».")),
    428: ("match_missing", gettext_noop("Serve If-Match con l’ETag di ciò che hai letto.")),
    429: ("too_many", gettext_noop("Troppe richieste: riprova fra poco.")),
    500: ("broken", gettext_noop("Qualcosa si è rotto da noi.")),
    503: (
        "unavailable",
        gettext_noop("Per ora non si può salvare, e non risulta salvato niente: riprova fra poco."),
    ),
}
_OTHER: Final = gettext_noop("Valore non valido.")
_TOO_LONG: Final = gettext_noop("Al massimo %(max_length)s segni.")
# By the names pydantic gives them; what is not here is said in general.
FAULTS: Final[Mapping[str, str]] = {
    "missing": gettext_noop("Manca."),
    "extra_forbidden": gettext_noop("Nome sconosciuto."),
    "string_too_long": _TOO_LONG,
    "string_too_short": gettext_noop("Serve qualche parola."),
    "string_type": gettext_noop("Serve un testo."),
    "string_pattern_mismatch": gettext_noop("Segni non ammessi."),
    "int_type": gettext_noop("Serve un numero intero."),
    "int_parsing": gettext_noop("Serve un numero intero."),
    "greater_than_equal": gettext_noop("Almeno %(ge)s."),
    "less_than_equal": gettext_noop("Al massimo %(le)s."),
    "bool_type": gettext_noop("Serve true o false."),
    "date_from_datetime_parsing": gettext_noop("Serve un giorno, come 2026-05-31."),
    "date_type": gettext_noop("Serve un giorno, come 2026-05-31."),
    "timezone_aware": gettext_noop("Serve un momento con il suo fuso orario."),
    "uuid_parsing": gettext_noop("Serve un id."),
    "enum": gettext_noop("Uno fra: %(expected)s."),
    "literal_error": gettext_noop("Uno fra: %(expected)s."),
    "list_type": gettext_noop("Serve un elenco."),
}
_STATUS: Final[Mapping[type[Exception], int]] = {
    Unreadable: 400,
    Unauthorised: 401,
    OutOfScope: 403,
    NotAllowed: 403,
    NotFound: 404,
    Http404: 404,
    Changed: 412,
    TooLarge: 413,
    RequestDataTooBig: 413,
    NotJson: 415,
    MatchMissing: 428,
    TooMany: 429,
}


def problem(
    status: int,
    *,
    code: str = "",
    detail: str = "",
    facts: Mapping[str, Any] | None = None,
    errors: Sequence[Mapping[str, Any]] = (),
) -> HttpResponse:
    """Return a no as a document, in the language that is active."""
    usual = WORDS.get(status, WORDS[400])
    told = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail or _(usual[1]),
        "code": code or usual[0],
        "facts": dict(facts or {}),
        "errors": list(errors),
    }
    body = msgspec.json.encode(told, enc_hook=str)
    answer = HttpResponse(body, content_type=MEDIA, status=status)
    answer.headers["Cache-Control"] = "private, no-store"
    if status == HTTPStatus.UNAUTHORIZED:
        answer.headers["WWW-Authenticate"] = 'Bearer realm="FareLegami"'
    return answer


def _simple(_request: HttpRequest, error: Exception) -> HttpResponse:
    status = next(_STATUS[kind] for kind in type(error).__mro__ if kind in _STATUS)
    if isinstance(error, OutOfScope):
        says = _("A questo token manca il permesso %(scope)s.") % {"scope": error.scope}
        facts = {"scope": error.scope}
        return problem(status, code="api.scope_missing", detail=says, facts=facts)
    answer = problem(status)
    if isinstance(error, TooMany):
        answer.headers["Retry-After"] = str(error.seconds)
    return answer


def refused_for_good(refusal: Refusal) -> Answer:
    """Return a refusal as an answer, for an act that wrote why it could not be."""
    answer = _refused(HttpRequest(), refusal)
    return Answer(answer.status_code, answer.content.decode(), {"Content-Type": MEDIA})


def _refused(_request: HttpRequest, refusal: Refusal) -> HttpResponse:
    status = {KeyUsedOtherwise: 422, StaleEdit: 412}.get(type(refusal), 409)
    facts = refusal.facts()
    told = {name: _(fact) if name.endswith("_label") else fact for name, fact in facts.items()}
    errors = (
        [{"at": ["body", refusal.field], "says": sentence(refusal), "code": refusal.code}]
        if refusal.field
        else []
    )
    return problem(status, code=refusal.code, detail=sentence(refusal), facts=told, errors=errors)


def _invalid(_request: HttpRequest, error: ValidationError) -> HttpResponse:
    # What was sent is not said again: it may be somebody's.
    errors = [
        {
            "at": [str(part) for part in each["loc"]],
            "says": _said(each),
            "code": str(each["type"]),
        }
        for each in error.errors
    ]
    return problem(422, errors=errors)


def _said(fault: Mapping[str, Any]) -> str:
    kind, limits = str(fault["type"]), fault.get("ctx", {})
    text = _(FAULTS.get(kind, _OTHER))
    known = {name: limit for name, limit in limits.items() if f"%({name})s" in text}
    return text % known if known else text


def _question(_request: HttpRequest, error: BadQuestion) -> HttpResponse:
    says = {"at": ["query", error.name], "says": _(error.says), "code": "unreadable"}
    return problem(422, errors=[says])


def _http(_request: HttpRequest, error: HttpError) -> HttpResponse:
    return problem(error.status_code)


def answer_problems(api: NinjaAPI) -> None:
    """Let the API answer each kind of no with its problem."""
    handlers: dict[type[Exception], Any] = dict.fromkeys(_STATUS, _simple) | {
        Refusal: _refused,
        ValidationError: _invalid,
        BadQuestion: _question,
        HttpError: _http,
    }
    for kind, handler in handlers.items():
        api.add_exception_handler(kind, handler)
