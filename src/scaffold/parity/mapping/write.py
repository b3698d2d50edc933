"""Write rules as `weights.map.toml`, in the form in which a person would write and edit it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from scaffold.parity.mapfile import SCHEMA, Excuse, PartRule, Rules, WeightRule
from scaffold.parity.operators import Flip, Merge, Operator, Permute, Reshape, Split, Transpose

if TYPE_CHECKING:
    from collections.abc import Iterable

WIDTH = 100
HEAD = """\
# Which part and which weight of the reference (theirs) is which of ours; found by replay, and
# proved on every probe. Used in both directions, strictly: a key that is left over is an error.
# {i} stands for every number that exists on both sides.
"""


def text_of(rules: Rules, *, head: str = HEAD, remarks: Iterable[str] = ()) -> str:
    """Write a map file.

    Args:
        rules: What it says.
        head: Comment lines at its top.
        remarks: What stays open, as comments at its end.
    """
    blocks = [f"{head}schema = {SCHEMA}\n"]
    blocks += [_part(rule) for rule in rules.parts]
    blocks += [_excuse("excused", excuse) for excuse in rules.excused]
    blocks += [_weight(rule) for rule in rules.weights]
    blocks += [_excuse("dropped", excuse) for excuse in rules.dropped]
    said = "".join(f"# {line}\n" for remark in remarks for line in remark.splitlines())
    return "\n".join([*blocks, *([said] if said else [])])


def _part(rule: PartRule) -> str:
    return f"[[part]]\ntheirs = {_quoted(rule.theirs)}\nours = {_quoted(rule.ours)}\n"


def _weight(rule: WeightRule) -> str:
    lines = ["[[weight]]", f"theirs = {_names(rule.theirs, 9)}", f"ours = {_names(rule.ours, 7)}"]
    if rule.steps:
        steps = [_step(step) for step in rule.steps]
        line = f"transform = [{', '.join(steps)}]"
        if len(line) > WIDTH:
            line = "\n".join(["transform = [", *(f"  {step}," for step in steps), "]"])
        lines.append(line)
    return "\n".join(lines) + "\n"


def _excuse(table: str, excuse: Excuse) -> str:
    side, name = ("theirs", excuse.theirs) if excuse.theirs else ("ours", excuse.ours)
    return f"[[{table}]]\n{side} = {_quoted(name)}\nreason = {_quoted(excuse.reason)}\n"


def _names(names: tuple[str, ...], taken: int) -> str:
    line = f"[{', '.join(map(_quoted, names))}]"
    if len(line) + taken <= WIDTH:
        return line
    return "\n".join(["[", *(f"  {_quoted(name)}," for name in names), "]"])


def _step(step: Operator) -> str:
    match step:
        case Split(axis, _, sizes):
            said = {"op": "split", "axis": axis, "sizes": sizes}
        case Merge(Split(axis, _, sizes)):
            said = {"op": "merge", "axis": axis, "sizes": sizes}
        case Transpose(axes):
            said = {"op": "transpose", "axes": axes}
        case Flip(axes):
            said = {"op": "flip", "axes": axes}
        case Permute(axis, index):
            said = {"op": "permute", "axis": axis, "index": index}
        case Reshape(shape, origin):
            said = {"op": "reshape", "from": origin, "shape": shape}
        case _:
            raise AssertionError(step)
    fields = (f"{name} = {_value(value)}" for name, value in said.items() if value != ())
    return f"{{ {', '.join(fields)} }}"


def _value(value: object) -> str:
    return json.dumps(list(value) if isinstance(value, tuple) else value)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
