"""Tags, topics and scopes, without a database."""

import pytest

from farelegami.api.rules import UnknownScope, checked_scopes, etag_of, matches, signature


def test_a_tag_is_of_what_it_stands_for() -> None:
    assert etag_of("a") == etag_of("a") != etag_of("b")


@pytest.mark.parametrize("header", ["*", '"x"', ' "y" , "x"', 'W/"x"'])
def test_a_tag_matches_however_it_came_back(header: str) -> None:
    assert matches(header, '"x"')


@pytest.mark.parametrize("header", ["", "x", '"y"', 'W/"y"', '"x', '"x" "y"'])
def test_another_tag_does_not(header: str) -> None:
    assert not matches(header, '"x"')


def test_scopes_are_kept_once() -> None:
    assert checked_scopes(["pacts:read", "pacts:read"]) == ["pacts:read"]
    with pytest.raises(UnknownScope):
        checked_scopes(["pacts:read", "*"])


def test_a_signature_says_when_and_proves_what() -> None:
    one = signature("secret", 1, b"{}")
    assert one.startswith("t=1,v1=")
    others = {
        signature("other", 1, b"{}"),
        signature("secret", 2, b"{}"),
        signature("secret", 1, b""),
    }
    assert one not in others
