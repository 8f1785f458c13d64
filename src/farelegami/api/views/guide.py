"""The schema for programs, and the same as a page for people: no script, nothing from outside."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import msgspec
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from farelegami.api.views.schema import SCOPES, in_this_language

_REF: Final = "#/components/schemas/"


@require_safe
def schema_page(_request: HttpRequest) -> HttpResponse:
    answer = HttpResponse(msgspec.json.encode(in_this_language()), content_type="application/json")
    answer.headers["Vary"] = "Accept-Language"
    return answer


@require_safe
def docs_page(request: HttpRequest) -> HttpResponse:
    """Show every operation with what it takes and gives."""
    document = in_this_language()
    context = {
        "about": document["info"]["description"],
        "groups": _groups(document),
        "shapes": [
            {"name": name, "says": shape.get("description", ""), "fields": list(_fields(shape))}
            for name, shape in sorted(document["components"]["schemas"].items())
            if shape.get("properties")
        ],
        "scopes": SCOPES,
    }
    return render(request, "api/docs.html", context)


def _groups(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    groups: dict[str, list[dict[str, Any]]] = {}
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            groups.setdefault(operation["tags"][0], []).append(
                {
                    "id": operation["operationId"],
                    "method": method.upper(),
                    "path": path,
                    "does": operation["summary"],
                    "who": operation["description"],
                    "takes": _named(operation.get("requestBody", {}).get("content", {})),
                    "gives": _given(operation),
                    "asks": [
                        {
                            "name": each["name"],
                            "type": _type(each["schema"]),
                            "required": each["required"],
                        }
                        for each in operation["parameters"]
                    ],
                    "refuses": [status for status in operation["responses"] if status >= "400"],
                }
            )
    return [{"name": _(name), "operations": rows} for name, rows in groups.items()]


def _given(operation: Mapping[str, Any]) -> str:
    good = next(each for status, each in operation["responses"].items() if status < "300")
    return _named(good.get("content", {}))


def _named(content: Mapping[str, Any]) -> str:
    schema = content.get("application/json", {}).get("schema", {})
    return str(schema.get("$ref", "")).removeprefix(_REF)


def _fields(shape: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for name, schema in shape["properties"].items():
        yield {
            "name": name,
            "type": _type(schema),
            "shape": _inside(schema),
            "required": name in shape.get("required", ()),
        }


def _inside(schema: Mapping[str, Any]) -> str:
    ref = schema.get("$ref") or schema.get("items", {}).get("$ref", "")
    return str(ref).removeprefix(_REF)


def _type(schema: Mapping[str, Any]) -> str:
    if "$ref" in schema:
        return str(schema["$ref"]).removeprefix(_REF)
    if "anyOf" in schema:
        return " | ".join(_type(each) for each in schema["anyOf"])
    if "enum" in schema:
        return " | ".join(str(each) for each in schema["enum"])
    if schema.get("type") == "array":
        return f"[{_type(schema.get('items', {}))}]"
    kind = str(schema.get("format") or schema.get("type") or "")
    most = schema.get("maxLength")
    return f"{kind} (≤ {most})" if most else kind
