"""Django's templates, with less to do at each page (decision 0015).

Nothing is written differently, and pages come out the same to the last letter. What differs is how
they are made: a stretch of a page that is the same for everybody (marks, fixed sentences, signs,
addresses without an id) is put together once in each language; and a value is looked for first
where values of pages are, in plain objects. Whatever is not that plain is left to Django.
"""

from collections.abc import Iterable
from typing import Any, Final

from django.template import Context, Node, NodeList, Origin, Template, TemplateDoesNotExist
from django.template.base import (
    FilterExpression,
    Lexer,
    Parser,
    TextNode,
    Token,
    Variable,
    VariableDoesNotExist,
    VariableNode,
)
from django.template.context import RequestContext
from django.template.defaulttags import (
    CycleNode,
    IfChangedNode,
    IfNode,
    ResetCycleNode,
    TemplateLiteral,
)
from django.template.library import SimpleNode
from django.template.loader_tags import (
    BlockNode,
    ExtendsNode,
    IncludeNode,
    construct_relative_path,
)
from django.template.loaders.app_directories import Loader as AppDirectoriesLoader
from django.templatetags.static import StaticNode
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from farelegami.web.telling import told
from farelegami.web.templatetags.fl import emblem, icon
from farelegami.web.templatetags.kept_i18n import KeptSentence
from farelegami.web.templatetags.kept_urls import KeptAddress

_ELSEWHERE: Final = object()
_CONTEXTS: Final = frozenset({Context, RequestContext})
_SIGNS: Final = frozenset({icon, emblem})
# What a part of these keeps while a page is made is not to be mixed with what the page keeps.
_REMEMBERING: Final = (ExtendsNode, BlockNode, CycleNode, IfChangedNode, ResetCycleNode)
_by_attribute: Final[dict[type, bool]] = {}


def _reads_by_attribute(kind: type) -> bool:
    """Return whether a name is an attribute of such a value or nothing: it has no keys."""
    known = _by_attribute.get(kind)
    if known is None:
        known = not hasattr(kind, "__getitem__") or issubclass(kind, tuple)
        _by_attribute[kind] = known
    return known


class _Name(Variable):
    """A dotted name, found in the plain cases without trying what cannot be."""

    __slots__ = ("_first", "_rest")

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._first, *self._rest = self.lookups or ("",)

    def resolve(self, context: Any) -> Any:
        found = self.found(context)
        return super().resolve(context) if found is _ELSEWHERE else found

    def found(self, context: Context) -> Any:
        """Return the value, or that it is to be had another way."""
        value = self._held_by(context) if type(context) in _CONTEXTS else _ELSEWHERE
        for name in self._rest:
            if value is _ELSEWHERE:
                break
            value = _read(value, name)
        return value

    def _held_by(self, context: Context) -> Any:
        for layer in reversed(context.dicts):
            if self._first in layer:
                value = layer[self._first]
                return _ELSEWHERE if callable(value) else value
        if hasattr(type(context), self._first):
            return _ELSEWHERE
        # Django would try three more ways, and write each miss into a log.
        message = "Failed lookup for key [%s] in %r"
        raise VariableDoesNotExist(message, (self._first, context))


def _read(value: Any, name: str) -> Any:
    """Return what a value holds under a name, or that it is to be had another way."""
    kind = type(value)
    if kind is dict:
        found = value.get(name, _ELSEWHERE)
    elif _by_attribute.get(kind) or _reads_by_attribute(kind):
        try:
            found = getattr(value, name, _ELSEWHERE)
        except Exception:
            # What a page may pass over in silence is for Django to say.
            return _ELSEWHERE
    else:
        return _ELSEWHERE
    return _ELSEWHERE if callable(found) else found


class _Expression(FilterExpression):
    """What a tag or a condition asks for: most often a name alone, without filters."""

    __slots__ = ("name",)

    def __init__(self, token: str, parser: Parser) -> None:
        super().__init__(token, parser)
        self.name: _Name | None = None
        if isinstance(self.var, Variable) and self.var.lookups:
            self.var = _Name(str(self.var.var))
            self.name = None if self.filters else self.var

    def resolve(self, context: Context, ignore_failures: bool = False) -> Any:  # noqa: FBT001, FBT002
        if self.name is not None:
            try:
                return self.name.resolve(context)
            except VariableDoesNotExist:
                if ignore_failures:
                    return None
        return super().resolve(context, ignore_failures)


class _Value(VariableNode):
    """A value in the page: words are escaped, all else is told as Django tells it."""

    def __init__(self, expression: FilterExpression) -> None:
        super().__init__(expression)
        self._name = expression.name if isinstance(expression, _Expression) else None

    def render(self, context: Context) -> Any:
        value = _ELSEWHERE
        if self._name is not None:
            try:
                value = self._name.found(context)
            except VariableDoesNotExist:
                return super().render(context)
        if value is _ELSEWHERE:
            value = self.filter_expression.resolve(context)
        return told(value, context)

    # What Django puts around it shows faults in debug, and then these nodes are not used.
    render_annotated = render


class _If(IfNode):
    """A condition: most often whether something with a name is there."""

    def __init__(self, node: IfNode) -> None:
        super().__init__(node.conditions_nodelists)
        self._ways = [
            (_name_alone(condition), condition, nodes)
            for condition, nodes in node.conditions_nodelists
        ]

    def render(self, context: Context) -> str:
        for name, condition, nodes in self._ways:
            try:
                holds = _ELSEWHERE if name is None else name.found(context)
                if holds is _ELSEWHERE:
                    holds = condition is None or condition.eval(context)  # type: ignore[arg-type]
            except VariableDoesNotExist:
                continue
            if holds:
                return nodes.render(context)
        return ""

    render_annotated = render


def _name_alone(condition: Any) -> _Name | None:
    told = condition.value if isinstance(condition, TemplateLiteral) else None
    return told.name if isinstance(told, _Expression) else None


class _Include(IncludeNode):
    """A part of a page named in so many words: it is found once."""

    def __init__(self, node: IncludeNode) -> None:
        super().__init__(
            node.template, extra_context=node.extra_context, isolated_context=node.isolated_context
        )
        self._part: Template | None = None
        self._is_plain = False

    def render(self, context: Context) -> SafeString:
        part = self._part or self._found(context)
        values = {name: value.resolve(context) for name, value in self.extra_context.items()}
        if self.isolated_context:
            return part.render(context.new(values))
        with context.push(**values):
            return part.nodelist.render(context) if self._is_plain else part.render(context)

    def _found(self, context: Context) -> Template:
        here: Any = self.origin.template_name
        engine: Any = context.template and context.template.engine
        name = construct_relative_path(here, self.template.resolve(context))
        part: Template = engine.get_template(name)
        self._is_plain = not any(part.nodelist.get_nodes_by_type(kind) for kind in _REMEMBERING)
        self._part = part
        return part


class _Fixed(Node):
    """A stretch of a page that differs only by language, put together the first time."""

    def __init__(self, nodes: Iterable[Node]) -> None:
        self.nodes = NodeList(nodes)
        self._said: dict[str | None, SafeString] = {}

    def render(self, context: Context) -> SafeString:
        language = get_language()
        said = self._said.get(language)
        if said is None:
            said = self._said[language] = self.nodes.render(context)
        return said

    render_annotated = render


def _is_fixed(node: Node) -> bool:
    match node:
        case TextNode():
            return True
        case KeptSentence():
            return node.asvar is None
        case KeptAddress():
            return node.asvar is None and not node.args
        case StaticNode():
            return node.varname is None and _is_constant(node.path)
        case SimpleNode():
            given = [*node.args, *node.kwargs.values()]
            return node.func in _SIGNS and not node.target_var and all(map(_is_constant, given))
        case _:
            return False


def _is_constant(expression: FilterExpression) -> bool:
    var = expression.var
    fixed = var.lookups is None and not var.translate if isinstance(var, Variable) else True
    return fixed and not expression.filters


def _quicker(node: Node) -> Node:
    match node:
        case VariableNode():
            return _Value(node.filter_expression)
        case IfNode():
            return _If(node)
        case IncludeNode() if _is_constant(node.template):
            return _Include(node)
        case _:
            return node


class _Parser(Parser):
    def compile_filter(self, token: str) -> FilterExpression:
        return _Expression(token, self)

    def extend_nodelist(self, nodelist: NodeList, node: Node, token: Token) -> None:
        super().extend_nodelist(nodelist, _quicker(node), token)

    def parse(self, parse_until: Iterable[str] | None = None) -> NodeList:
        nodes = super().parse(parse_until)
        joined = NodeList()
        joined.contains_nontext = nodes.contains_nontext
        stretch: list[Node] = []
        for node in nodes:
            if _is_fixed(node):
                stretch.append(node)
                continue
            joined += [*_joined(stretch), node]
            stretch = []
        joined += _joined(stretch)
        return joined


def _joined(stretch: list[Node]) -> list[Node]:
    if len(stretch) <= 1:
        return stretch
    fixed = _Fixed(stretch)
    fixed.token, fixed.origin = stretch[0].token, stretch[0].origin
    return [fixed]


class _Quick(Template):
    def compile_nodelist(self) -> NodeList:
        engine = self.engine
        if engine.debug:
            # A fault is to be shown in its own line, not in what became of it.
            return super().compile_nodelist()
        parser = _Parser(
            Lexer(self.source).tokenize(), engine.template_libraries, engine.template_builtins,
            self.origin,
        )  # fmt: skip
        nodes = parser.parse()
        self.extra_data = parser.extra_data
        return nodes


class Loader(AppDirectoriesLoader):
    """Finds templates in the rooms, and keeps each as it was made."""

    def __init__(self, engine: Any) -> None:
        super().__init__(engine)
        self._kept: dict[tuple[str, ...], Template | None] = {}

    def get_template(self, template_name: str, skip: list[Origin] | None = None) -> Template:
        """Return a template, made once.

        Raises:
            TemplateDoesNotExist: no room has it.
        """
        key = (template_name, *(origin.name for origin in skip or ()))
        if key not in self._kept:
            self._kept[key] = self._made(template_name, skip or [])
        template = self._kept[key]
        if template is None:
            raise TemplateDoesNotExist(template_name)
        return template

    def _made(self, template_name: str, skip: list[Origin]) -> Template | None:
        for origin in self.get_template_sources(template_name):
            if origin in skip:
                continue
            try:
                contents = str(self.get_contents(origin))
            except TemplateDoesNotExist:
                continue
            return _Quick(contents, origin, template_name, self.engine)
        return None

    def reset(self) -> None:
        """Forget what was made."""
        self._kept.clear()
