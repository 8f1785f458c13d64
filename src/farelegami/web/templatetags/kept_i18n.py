"""Django's tags of translation; a sentence that never varies is looked up once in each language.

Loaded as `i18n`: pages say a hundred such sentences, and few of them twice differently.
"""

from copy import copy
from typing import Any

from django.template import Context, Library
from django.template.base import (
    Parser,
    Token,
    Variable,
    VariableDoesNotExist,
)
from django.templatetags import i18n
from django.templatetags.i18n import (
    BlockTranslateNode,
    TranslateNode,
    do_block_translate,
    do_translate,
)
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, ngettext

from farelegami.web.telling import told

register = Library()
register.tags.update(i18n.register.tags)
register.filters.update(i18n.register.filters)


class KeptSentence(TranslateNode):
    """A sentence without a variable, as it was said before in this language."""

    def __init__(self, node: TranslateNode) -> None:
        self.__dict__.update(node.__dict__)
        # Many pages are made at once: one that says it, and is changed by none of them.
        self._saying = copy(node)
        self._saying.asvar = None
        self._said: dict[str | None, Any] = {}

    def render(self, context: Context) -> Any:
        language = get_language()
        if language not in self._said:
            self._said[language] = self._saying.render(context)
        if not self.asvar:
            return self._said[language]
        context[self.asvar] = self._said[language]
        return ""


class KeptPhrase(BlockTranslateNode):
    """A sentence with values in it: its words are put together once, the values each time."""

    def __init__(self, node: BlockTranslateNode) -> None:
        self.__dict__.update(node.__dict__)
        self._words, names = self.render_token_list(self.singular)
        self._more, more = self.render_token_list(self.plural) if self.plural else ("", [])
        given = self.extra_context
        self._values = [(name, given.get(name) or Variable(name)) for name in {*names, *more}]

    def render(self, context: Context, nested: bool = False) -> Any:  # noqa: FBT001, FBT002
        """Return the sentence; where a value is missing or a translation is odd, as Django does."""
        try:
            values = {
                name: told(value.resolve(context), context)
                for name, value in self._values
                if name != self.countervar
            }
            said = self._said(context, values)
        except (VariableDoesNotExist, KeyError, ValueError, TypeError):
            return super().render(context, nested)
        if not self.asvar:
            return said
        context[self.asvar] = SafeString(said)
        return ""

    def _said(self, context: Context, values: dict[str, str]) -> str:
        if self.countervar is None or self.counter is None:
            return gettext(self._words) % values
        count = self.counter.resolve(context)
        values[self.countervar] = told(count, context)
        return ngettext(self._words, self._more, count) % values


@register.tag("blocktranslate")
@register.tag("blocktrans")
def blocktranslate(parser: Parser, token: Token) -> BlockTranslateNode:
    """Return the node of a sentence with values in it."""
    node = do_block_translate(parser, token)
    return node if node.message_context else KeptPhrase(node)


@register.tag("translate")
@register.tag("trans")
def translate(parser: Parser, token: Token) -> TranslateNode:
    """Return the node of a sentence, kept if it is one and the same each time."""
    node = do_translate(parser, token)
    expression = node.filter_expression
    constant = expression.var.lookups is None and not expression.filters
    return KeptSentence(node) if constant and node.message_context is None else node
