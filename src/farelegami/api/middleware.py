"""What is refused before a handler is reached is told to programs as a problem, too."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language_from_request, override

from farelegami.api.views.problems import MEDIA, problem

PREFIX: Final = "/api/"
_KEPT: Final = ("Allow", "Retry-After")


class ProblemMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Return the answer, a page of ours that says no being told as a problem."""
        answer = self.get_response(request)
        if not request.path.startswith(PREFIX):
            return answer
        patch_vary_headers(answer, ["Authorization", "Accept-Language"])
        said = answer.headers.get("Content-Type", "")
        if answer.status_code < HTTPStatus.BAD_REQUEST or said.startswith(MEDIA):
            return answer
        with override(get_language_from_request(request)):
            told = problem(answer.status_code)
        for name in _KEPT:
            if name in answer.headers:
                told.headers[name] = answer.headers[name]
        return told
