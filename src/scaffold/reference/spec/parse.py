"""Read a spec from what a person wrote: `timm:NAME`, `file:net.py:build`, `key=value`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scaffold.core.errors import ScaffoldError
from scaffold.reference.spec.literal import literal
from scaffold.reference.spec.near import did_you_mean
from scaffold.reference.spec.spec import Plain, Spec, SpecSource

if TYPE_CHECKING:
    from collections.abc import Sequence

FORMS = {
    SpecSource.TIMM: "timm:NAME",
    SpecSource.TORCHVISION: "torchvision:NAME",
    SpecSource.TRANSFORMERS: "transformers:CLASS",
    SpecSource.PYTHON: "python:package.module:factory",
    SpecSource.FILE: "file:path.py:factory",
}
_KEY = re.compile(r"root(\.\w+)+|[A-Za-z_]\w*(\.[A-Za-z_]\w*)*")
_DOTTED = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*")
_HUB = ("hf-hub", "hf_hub", "hf", "huggingface", "hub")


def parse(text: str, arguments: Sequence[str] = ()) -> Spec:
    """Read a spec and its arguments; nothing is imported.

    Args:
        text: `SOURCE:NAME`.
        arguments: Words of the form `key=value`.

    Raises:
        ScaffoldError: It is no spec; the remedy shows the form that is nearest.
    """
    head, colon, name = text.partition(":")
    if not colon or not name or not head:
        raise ScaffoldError(
            f"{text!r} is no spec" if text else "the spec is empty",
            where="SPEC",
            remedy=f"write one of {', '.join(FORMS.values())}",
        )
    if head.lower() in _HUB:
        raise _needs_the_hub(text)
    if head not in list(SpecSource):
        raise ScaffoldError(
            f"{head!r} is no source of references",
            where="SPEC",
            remedy=did_you_mean(
                head, list(SpecSource), otherwise=f"write one of {', '.join(FORMS.values())}"
            ),
        )
    source = SpecSource(head)
    _check_name(source, name, text)
    return Spec(
        source=source,
        name=name,
        arguments=tuple(_arguments(arguments)),
        words=tuple(arguments),
    )


def _check_name(source: SpecSource, name: str, text: str) -> None:
    if source in (SpecSource.PYTHON, SpecSource.FILE):
        place, colon, factory = name.rpartition(":")
        fits = bool(colon and place) and _DOTTED.fullmatch(factory) is not None
        if source is SpecSource.PYTHON:
            fits = fits and _DOTTED.fullmatch(place) is not None
        if not fits:
            raise ScaffoldError(
                f"{text!r} names no factory" if not colon else f"{text!r} is no spec",
                where="SPEC",
                remedy=f"write {FORMS[source]}; the factory is a function or a class that gives "
                "a torch.nn.Module",
            )
        return
    if "/" in name or ":" in name:
        raise _needs_the_hub(text)
    if not re.fullmatch(r"[\w.\-]+", name):
        raise ScaffoldError(f"{text!r} is no spec", where="SPEC", remedy=f"write {FORMS[source]}")


def _needs_the_hub(text: str) -> ScaffoldError:
    return ScaffoldError(
        f"{text!r} needs the hub, and a reference is built without the network",
        where="SPEC",
        remedy="name the architecture (timm:vit_tiny_patch16_224) or the class "
        "(transformers:ViTModel); weights from a file are mapped afterwards",
    )


def _arguments(words: Sequence[str]) -> list[tuple[str, Plain]]:
    found: dict[str, Plain] = {}
    for word in words:
        key, equals, value = word.partition("=")
        if not equals or not _KEY.fullmatch(key):
            raise ScaffoldError(
                f"{word!r} is no argument of the reference",
                where="SPEC",
                remedy="write key=value, such as num_classes=10",
            )
        if key in found:
            raise ScaffoldError(
                f"{key} is given twice", where="SPEC", remedy=f"keep one of them: {key}=..."
            )
        found[key] = literal(value, where=key)
    return list(found.items())
