"""The tag `url`, by which the same addresses are not put together again on every line of a list."""

from typing import Any
from uuid import UUID

from django.template import Context, Library
from django.template.base import Parser, Token
from django.template.defaulttags import URLNode
from django.template.defaulttags import url as django_url
from django.urls import NoReverseMatch

from farelegami.web.links import link

register = Library()


class KeptAddress(URLNode):
    """An address without arguments, or with the id of one object."""

    def __init__(self, node: URLNode, name: str) -> None:
        self.__dict__.update(node.__dict__)
        self._name = name

    def render(self, context: Context) -> Any:
        given = [argument.resolve(context) for argument in self.args]
        if given and not isinstance(given[0], UUID):
            return super().render(context)
        try:
            address = link(self._name, *given)
        except NoReverseMatch:
            return super().render(context)
        if not self.asvar:
            return address
        context[self.asvar] = address
        return ""


@register.tag
def url(parser: Parser, token: Token) -> URLNode:
    """Return the node of an address, kept if it is of one object or of none."""
    node = django_url(parser, token)
    name = node.view_name.var
    known = isinstance(name, str) and not node.view_name.filters
    return (
        KeptAddress(node, str(name)) if known and len(node.args) <= 1 and not node.kwargs else node
    )
