"""Django's tags of translation; a sentence that never varies is looked up once in each language.

Loaded as `i18n`: pages say a hundred such sentences, and few of them twice differently.
"""

from typing import Any

from django.template import Context, Library
from django.template.base import Parser, Token
from django.templatetags import i18n
from django.templatetags.i18n import TranslateNode, do_translate
from django.utils.translation import get_language

register = Library()
register.tags.update(i18n.register.tags)
register.filters.update(i18n.register.filters)


class _Kept(TranslateNode):
    """A sentence without a variable, as it was said before in this language."""

    def __init__(self, node: TranslateNode) -> None:
        self.__dict__.update(node.__dict__)
        self._said: dict[str | None, Any] = {}

    def render(self, context: Context) -> Any:
        language = get_language()
        if language not in self._said:
            name, self.asvar = self.asvar, None
            try:
                self._said[language] = super().render(context)
            finally:
                self.asvar = name
        if not self.asvar:
            return self._said[language]
        context[self.asvar] = self._said[language]
        return ""


@register.tag("translate")
@register.tag("trans")
def translate(parser: Parser, token: Token) -> TranslateNode:
    """Return the node of a sentence, kept if it is one and the same each time."""
    node = do_translate(parser, token)
    expression = node.filter_expression
    constant = expression.var.lookups is None and not expression.filters
    return _Kept(node) if constant and node.message_context is None else node
