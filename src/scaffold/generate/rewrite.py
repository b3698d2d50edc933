"""Say in Cookiecutter's words what a Copier template says, by Jinja's own lexer and parser."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jinja2 import Environment, nodes
from jinja2.exceptions import TemplateSyntaxError
from jinja2.meta import find_undeclared_variables

from scaffold.core.errors import ScaffoldError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_METHODS = frozenset(dir(dict))
# An attribute, a filter, a test; and what an equals sign follows is the name of an argument.
_NO_VARIABLE_AFTER = frozenset({("operator", "."), ("operator", "|"), ("name", "is")})
_ELSEWHERE = (nodes.Include, nodes.Import, nodes.FromImport, nodes.Extends)
NAMESPACE = "cookiecutter"


class Rewriter:
    """Rewrite templates that ask for some names."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = frozenset(names)
        self._jinja = Environment(keep_trailing_newline=True, autoescape=False)  # noqa: S701 - text
        for name in sorted(self._names & _METHODS):
            raise ScaffoldError(
                f"a question of this name cannot be read in Cookiecutter: {name!r}",
                where="copier.yml",
                remedy="give the question another name",
            )

    def rewrite(self, source: str, where: str) -> str:
        """Give the same template with `name` as `cookiecutter.name`."""
        self._check(source, where)
        return "".join(self._rewritten(source))

    def condition(self, pattern: str, where: str) -> tuple[str, str] | None:
        """Take `{% if EXPRESSION %}PATH{% endif %}` apart; gives both, or nothing if it is plain.

        The expression comes rewritten.
        """
        tokens = [t for t in self._jinja.lexer.tokeniter(pattern, None) if t[1] != "whitespace"]
        kinds = [kind for _, kind, _ in tokens]
        if kinds == ["data"]:
            return None
        values = [value for _, _, value in tokens]
        try:
            opened, closed = kinds.index("block_end"), len(kinds) - 3
        except ValueError:
            opened, closed = 0, 0
        simple = (
            kinds[:1] == ["block_begin"]
            and values[1:2] == ["if"]
            and kinds[opened + 1 :] == ["data", "block_begin", "name", "block_end"]
            and values[closed + 1] == "endif"
        )
        if not simple:
            raise ScaffoldError(
                f"{pattern!r} cannot be said without hooks",
                where=where,
                remedy="write {% if EXPRESSION %}/PATH{% endif %}",
            )
        self._check(pattern, where)
        inner = pattern[pattern.index("if") + 2 : pattern.index("%}")].rstrip("-+ ")
        expression = "".join(self._rewritten("{{" + inner + "}}"))[2:-2].strip()
        return expression, values[opened + 1]

    def _check(self, source: str, where: str) -> None:
        try:
            tree = self._jinja.parse(source)
        except TemplateSyntaxError as error:
            raise ScaffoldError(
                f"is no template: {error.message}",
                where=f"{where}:{error.lineno}",
                remedy="mend the expression",
            ) from error
        for what in self._obstacles(tree):
            raise ScaffoldError(
                f"{what} means nothing in Cookiecutter",
                where=where,
                remedy="keep to the questions and to Jinja's own filters and tests",
            )

    def _obstacles(self, tree: nodes.Template) -> Iterator[str]:
        for node in tree.find_all(nodes.Name):
            if node.ctx != "load" and node.name in self._names:
                yield f"another meaning of the question {node.name!r}"
        for used in tree.find_all(nodes.Filter):
            if used.name not in self._jinja.filters:
                yield f"the filter {used.name!r}"
        for test in tree.find_all(nodes.Test):
            if test.name not in self._jinja.tests:
                yield f"the test {test.name!r}"
        for tag in tree.find_all(_ELSEWHERE):
            yield f"the tag {type(tag).__name__.lower()!r}"
        # Last, because it stumbles over filters that it does not know.
        known = self._names | set(self._jinja.globals)
        yield from (f"the name {name!r}" for name in find_undeclared_variables(tree) - known)

    def _rewritten(self, source: str) -> Iterator[str]:
        tokens = list(self._jinja.lexer.tokeniter(source, None))
        solid = [at for at, (_, kind, _) in enumerate(tokens) if kind != "whitespace"]
        variables = {
            at
            for before, at, after in zip([None, *solid], solid, [*solid[1:], None], strict=False)
            if tokens[at][1] == "name"
            and tokens[at][2] in self._names
            and (before is None or tokens[before][1:] not in _NO_VARIABLE_AFTER)
            and (after is None or tokens[after][1:] != ("operator", "="))
        }
        for at, (_, _, value) in enumerate(tokens):
            yield f"{NAMESPACE}.{value}" if at in variables else value
