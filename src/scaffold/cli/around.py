"""Help `scaffold new --reference`: inspect the reference, render around it, record its goldens."""

from __future__ import annotations

import sys
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scaffold.cli.hush import quiet
from scaffold.cli.speak import busy
from scaffold.core.blueprint import InputKind
from scaffold.core.errors import ScaffoldError
from scaffold.house.shipped import DEFAULT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from scaffold.core.blueprint import Blueprint
    from scaffold.generate.render import Rendered
    from scaffold.reference.spec import Spec

CACHE = "use_cache"
LARGE = 2_000_000
"""Parameters beyond which full goldens are not recorded unasked."""
SIDES = (32, 64)
"""Heights and widths that are tried for the images of a twin, which may take any."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Around:
    """A reference that was inspected."""

    full: Blueprint
    twin: Blueprint | None
    twin_arguments: Mapping[str, Any]
    goldens: bool
    warnings: list[str] = field(default_factory=list)
    """What is to be said beside what was made, known when it is."""

    def described(self, given: Mapping[str, Any], name: str | None) -> dict[str, Any]:
        """Give the answers with a name and a description that speak of the reference."""
        model = self.full.origin.name.rpartition(":")[2]
        told = f"{self.full.root.qualname} ({model}), reengineered part by part from its reference"
        return {"description": told, **({"name": name} if name else {}), **given}

    def change(self, rendered: Rendered) -> Rendered:
        """Put the reference in the place of the house's own example."""
        from scaffold.generate.around.layout import read_layout  # noqa: PLC0415 - only here
        from scaffold.generate.around.render import around  # noqa: PLC0415 - likewise

        return around(
            rendered,
            read_layout(),
            self.full,
            twin=self.twin,
            twin_arguments=self.twin_arguments,
        )

    @property
    def told(self) -> str:
        """Say what the twin is."""
        if self.twin is None:
            return f"no twin: the model has {self.full.parameters:,} parameters"
        words = " ".join(f"{name}={value}" for name, value in self.twin_arguments.items())
        sizes = f"{self.twin.parameters:,} of {self.full.parameters:,} parameters"
        return f"twin: {words} ({sizes})"

    def finish(self, folder: Path) -> None:
        """Record the goldens into a repository that is being made."""
        if not self.goldens:
            return
        with quiet(), redirect_stdout(sys.stderr), busy("recording the reference"):
            from scaffold.cli.goldens import Wish, recorded  # noqa: PLC0415 - needs torch
            from scaffold.golden.budget import committed  # noqa: PLC0415 - likewise
            from scaffold.house.manifest import read_parity  # noqa: PLC0415 - likewise

            paths = read_parity(folder)
            weighed = committed(one.bundle for one in recorded(paths, Wish()))
            self.warnings.append(weighed.over(paths.budget))


def wanted(
    reference: str | None,
    arguments: Sequence[str],
    twin: Sequence[str],
    inputs: Sequence[str],
    *,
    house: str,
    goldens: bool,
) -> Around | None:
    """Inspect the reference that a person names; None where none is named.

    Raises:
        ScaffoldError: An option needs a reference, or the reference cannot be inspected.
    """
    if reference is None:
        _refuse_without_reference(arguments, twin, inputs)
        return None
    if house != DEFAULT:
        raise ScaffoldError(
            "a reference is put into the house that ships, and another one was named",
            where="--house",
            remedy="leave out --house or --reference",
        )
    from scaffold.reference.spec import SpecSource, parse  # noqa: PLC0415 - starting stays cheap

    spec = parse(reference, arguments)
    if spec.source is SpecSource.FILE:  # the adapter runs wherever the repository lies
        spec = parse(f"file:{Path(spec.module).resolve()}:{spec.factory}", arguments)
    with quiet(), redirect_stdout(sys.stderr), busy("inspecting the reference"):
        from scaffold.reference.blueprint.smaller import smaller  # noqa: PLC0415 - likewise
        from scaffold.reference.spec.twin import beside, twin_spec  # noqa: PLC0415 - likewise

        spec, full = _inspected(spec, inputs)
        small = twin_spec(spec, twin) if twin else smaller(spec, full, inputs=inputs)
        less = None if small is None else _smallest(small, full, inputs)
        if goldens:
            _refuse_large(less or full, spec)
        return Around(
            full=full,
            twin=less,
            twin_arguments={} if small is None else beside(small, spec),
            goldens=goldens,
        )


def _inspected(spec: Spec, inputs: Sequence[str]) -> tuple[Spec, Blueprint]:
    """Inspect a reference; one with a cache of what it has said is built without it.

    A cache is changed while the model runs, so that a part could not be run again on what it took.
    """
    from scaffold.reference.blueprint.ask import blueprint_of  # noqa: PLC0415 - it needs torch
    from scaffold.reference.spec import SpecSource, parse  # noqa: PLC0415 - likewise

    given = {name for name, _ in spec.arguments}
    if spec.source is SpecSource.TRANSFORMERS and CACHE not in given:
        without = parse(spec.text, [*spec.words, f"{CACHE}=false"])
        try:
            return without, blueprint_of(without, inputs=inputs)
        except ScaffoldError:
            pass  # its configuration knows of no cache
    return spec, blueprint_of(spec, inputs=inputs)


def _refuse_large(twin: Blueprint, spec: Spec) -> None:
    if twin.parameters > LARGE:
        raise ScaffoldError(
            f"the smallest twin that was found has {twin.parameters:,} parameters: its full "
            "goldens would take gigabytes",
            where=spec.text,
            remedy="name what makes it small: --twin KEY=VALUE, or leave goldens out with "
            "--no-goldens",
        )


def _smallest(spec: Spec, full: Blueprint, inputs: Sequence[str]) -> Blueprint:
    """Inspect a twin on small images where it takes them: its goldens are committed."""
    from scaffold.reference.blueprint.ask import blueprint_of  # noqa: PLC0415 - it needs torch

    first = full.inputs[0]
    if not inputs and first.kind is InputKind.IMAGE:
        for side in SIDES:
            size = "x".join(map(str, (*first.shape[:2], *(side for _ in first.shape[2:]))))
            try:
                return blueprint_of(spec, inputs=[f"{first.name}={size}:{first.dtype}"])
            except ScaffoldError:
                continue  # it is built for other sizes
    return blueprint_of(spec, inputs=inputs)


def _refuse_without_reference(
    arguments: Sequence[str], twin: Sequence[str], inputs: Sequence[str]
) -> None:
    for option, given in (("--argument", arguments), ("--twin", twin), ("--input", inputs)):
        if given:
            raise ScaffoldError(
                f"{given[0]!r} is about a reference, and none is named",
                where=option,
                remedy="add --reference SPEC",
            )
