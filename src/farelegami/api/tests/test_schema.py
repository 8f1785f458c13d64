"""The schema says everything the API may answer, in both languages, and the page shows it."""

import json
import re

import pytest
from django.test import Client

from farelegami.api.permissions import OPERATIONS

pytestmark = pytest.mark.django_db


def schema(language: str = "it"):
    answer = Client().get("/api/v1/openapi.json", headers={"Accept-Language": language})
    assert answer.status_code == 200
    return json.loads(answer.content)


def operations(document):
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def test_every_operation_has_a_door_and_every_door_an_operation() -> None:
    told = {operation["operationId"] for _path, _method, operation in operations(schema())}
    assert told == {door.name.partition(":")[2] for door in OPERATIONS}


def test_every_answer_is_told_with_what_it_holds() -> None:
    document = schema()
    assert document["openapi"] == "3.1.0"
    for path, method, operation in operations(document):
        told = set(operation["responses"])
        assert {"400", "401", "403", "404", "413", "415", "422", "429"} <= told, path
        if method == "post":
            assert "409" in told, path
        needs = [each["name"] for each in operation["parameters"] if each["required"]]
        assert ("If-Match" in needs) == ({"412", "428"} <= told), path
        for status in told:
            response = operation["responses"][status]
            if status >= "400":
                ref = response["$ref"].rsplit("/", 1)[-1]
                content = document["components"]["responses"][ref]["content"]
                assert list(content) == ["application/problem+json"]
            else:
                assert response["content"], path


def test_money_and_time_are_whole_numbers_that_say_their_unit() -> None:
    shapes = schema()["components"]["schemas"]
    for shape in shapes.values():
        for name, field in shape.get("properties", {}).items():
            # Degrees of the earth alone are no whole number of anything.
            assert field.get("type") != "number" or name in {"latitude", "longitude"}, name
            if name.endswith(("_cents", "_minutes")):
                kinds = {field.get("type"), *(each["type"] for each in field.get("anyOf", ()))}
                assert kinds <= {"integer", "null", None}, name


def test_every_shape_named_is_there() -> None:
    document = schema()
    for ref in set(re.findall(r'"#/([^"]+)"', json.dumps(document))):
        at = document
        for part in ref.split("/"):
            at = at[part]


def test_the_schema_speaks_the_language_asked_for() -> None:
    assert schema("it") != schema("en")
    assert schema("it")["paths"].keys() == schema("en")["paths"].keys()


def test_the_page_needs_nothing_from_outside_and_no_script_of_its_own() -> None:
    page = Client().get("/api/v1/docs").content.decode()
    for _path, _method, operation in operations(schema()):
        assert f'id="{operation["operationId"]}"' in page
    main = page.partition("<main")[2].partition("</main>")[0]
    assert "<script" not in main
    assert "style=" not in main
    assert "//" not in main.replace("https://", "") or "http" not in main
