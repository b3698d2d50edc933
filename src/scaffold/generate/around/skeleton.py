"""Write the skeleton of a class that is still delegated: its signature, its places, its shapes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.core.blueprint import Manner
from scaffold.generate.around.classes import FEW

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scaffold.generate.around.classes import ClassFacts, Told

WIDTH = 96
"""A line of a docstring, without what indents it."""


def skeleton(facts: ClassFacts) -> str:
    """Give the module of one class; it raises until somebody writes it."""
    body = _class(facts)
    head = f'"""{facts.name}: {_where(facts)}, still delegated to the reference."""\n'
    return f"{head}\nfrom __future__ import annotations\n\n{_imports(facts)}\n\n{body}"


def _imports(facts: ClassFacts) -> str:
    """Import what the signatures speak of, and nothing else; types alone only for checkers."""
    words = " ".join(one.annotation for one in (*facts.arguments, *facts.takes)) + facts.gives
    checked = []
    if "Callable" in words:
        checked.append("    from collections.abc import Callable\n")
    if "Tensor" in words:
        checked.append("    from torch import Tensor\n")
    typing = ["TYPE_CHECKING"] * bool(checked) + ["Any"] * ("Any" in words)
    first = f"from typing import {', '.join(typing)}\n\n" if typing else ""
    last = "\nif TYPE_CHECKING:\n" + "\n".join(checked) if checked else ""
    return f"{first}from torch import nn\n{last}"


def _class(facts: ClassFacts) -> str:
    call = '"delegated to the reference until it is written"'
    doc = "\n".join(f"    {line}".rstrip() for line in _docstring(facts))
    return (
        f"class {facts.name}(nn.Module):\n{doc}\n\n"
        f"    def __init__({_signature(facts.arguments)}) -> None:\n"
        "        super().__init__()\n"
        f"        raise NotImplementedError({call})\n\n"
        f"    def forward({_signature(facts.takes)}) -> {facts.gives}:\n"
        f'        """Compute what `{facts.theirs}` computes."""\n'
        f"        raise NotImplementedError({call})\n"
    )


def _docstring(facts: ClassFacts) -> list[str]:
    lines = [f'"""Stand for `{facts.theirs}`.', ""]
    lines += _wrapped(f"Places: {_places(facts)}.")
    if facts.source:
        lines += _wrapped(f"Theirs: {facts.source}.")
    if facts.holds:
        lines += _wrapped(f"Holds: {', '.join(facts.holds)}.")
    if facts.weights:
        lines += _wrapped(f"Own weights: {', '.join(facts.weights)}.")
    if facts.shapes:
        lines += ["", "On the example batch:"]
        lines += [f"    {line}" for line in facts.shapes[:FEW]]
        if len(facts.shapes) > FEW:
            lines += [f"    and {len(facts.shapes) - FEW} other shapes"]
    if facts.arguments:
        lines += ["", "Args:"]
        lines += [
            line
            for one in facts.arguments
            for line in _wrapped(f"{_starred(one)}: {_ended(one.about)}", indent="    ")
        ]
    return [line.replace("\\", "\\\\").replace('"""', "'''") if number else line
            for number, line in enumerate(lines)] + ['"""']  # fmt: skip


def _signature(arguments: Sequence[Told]) -> str:
    """Write parameters one a line, with the marks that tell how they are passed."""
    if not arguments:
        return "self"
    words, keyword = ["self"], False
    for number, one in enumerate(arguments):
        if one.manner is Manner.KEYWORD and not keyword:
            if not any(before.manner is Manner.REST for before in arguments[:number]):
                words.append("*")
            keyword = True
        default = f" = {one.default}" if one.default else ""
        words.append(f"{_starred(one)}: {one.annotation}{default}")
        after = arguments[number + 1 :]
        if one.manner is Manner.POSITIONAL and not (after and after[0].manner is Manner.POSITIONAL):
            words.append("/")
    return "\n" + "".join(f"        {word},\n" for word in words) + "    "


def _starred(one: Told) -> str:
    match one.manner:
        case Manner.REST:
            return f"*{one.name}"
        case Manner.NAMED_REST:
            return f"**{one.name}"
        case _:
            return one.name


def _ended(text: str) -> str:
    return text if text.endswith(".") else f"{text}."


def _where(facts: ClassFacts) -> str:
    if facts.is_root:
        return "the model itself"
    return (
        f"{len(facts.places)} places" if len(facts.places) > 1 else f"one place, {facts.places[0]}"
    )


def _places(facts: ClassFacts) -> str:
    words = [f"`{place}`" if place else "the model itself" for place in facts.places]
    if len(words) <= FEW:
        return ", ".join(words)
    return f"{', '.join(words[:FEW])} and {len(words) - FEW} more"


def _wrapped(text: str, *, indent: str = "") -> list[str]:
    """Break at blanks; a word that is longer than a line stays whole."""
    lines, line = [], indent
    for word in text.split():
        if line.strip() and len(line) + len(word) + 1 > WIDTH:
            lines.append(line)
            line = f"{indent}    {word}"
        else:
            line = f"{line} {word}" if line.strip() else f"{line}{word}"
    return [*lines, line]
