"""Help `scaffold new --reference`: inspect the reference, render around it, record its goldens."""

from __future__ import annotations

import sys
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scaffold.cli.hush import quiet
from scaffold.cli.speak import busy
from scaffold.core.errors import ScaffoldError
from scaffold.house.shipped import DEFAULT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from scaffold.core.blueprint import Blueprint
    from scaffold.generate.render import Rendered
    from scaffold.reference.spec import Spec

LARGE = 2_000_000
"""Parameters beyond which full goldens are not recorded unasked."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Around:
    """A reference that was inspected."""

    full: Blueprint
    twin: Blueprint | None
    twin_arguments: Mapping[str, Any]
    goldens: bool
    python: Path | None = None
    """The interpreter that has the reference; None for the one that runs this."""
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
        """Say what the twin is, and whose interpreter has the reference."""
        where = f"\n  work in the environment of {self.python}" if self.python else ""
        if self.twin is None:
            return f"no twin: the model has {self.full.parameters:,} parameters{where}"
        words = " ".join(f"{name}={value}" for name, value in self.twin_arguments.items())
        sizes = f"{self.twin.parameters:,} of {self.full.parameters:,} parameters"
        return f"twin: {words} ({sizes}){where}"

    def finish(self, folder: Path) -> None:
        """Record the goldens into a repository that is being made."""
        if not self.goldens:
            return
        with quiet(), redirect_stdout(sys.stderr), busy("recording the reference"):
            from scaffold.reference.elsewhere import run_elsewhere  # noqa: PLC0415 - likewise

            asked = {"folder": str(folder)}
            if self.python is not None:
                found = run_elsewhere(self.python, "scaffold.cli.goldens:first_recorded", asked)
            else:
                from scaffold.cli.goldens import first_recorded  # noqa: PLC0415 - needs torch

                found = first_recorded(asked)
            self.warnings.append(found["over"])


def wanted(
    reference: str | None,
    arguments: Sequence[str],
    twin: Sequence[str],
    inputs: Sequence[str],
    *,
    house: str,
    goldens: bool,
    python: Path | None = None,
) -> Around | None:
    """Inspect the reference that a person names; None where none is named.

    Raises:
        ScaffoldError: An option needs a reference, or the reference cannot be inspected.
    """
    if reference is None:
        _refuse_without_reference(arguments, twin, inputs, python)
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
        from scaffold.reference.blueprint.pair import paired  # noqa: PLC0415 - likewise

        pair = paired(spec, twin, inputs, python=python)
    if goldens:
        _refuse_large(pair.twin or pair.full, spec)
    arguments_of_twin = dict(parse(reference, pair.twin_words).arguments)
    return Around(
        full=pair.full,
        twin=pair.twin,
        twin_arguments=arguments_of_twin,
        goldens=goldens,
        python=python,
    )


def _refuse_large(twin: Blueprint, spec: Spec) -> None:
    if twin.parameters > LARGE:
        raise ScaffoldError(
            f"the smallest twin that was found has {twin.parameters:,} parameters: its full "
            "goldens would take gigabytes",
            where=spec.text,
            remedy="name what makes it small: --twin KEY=VALUE, or leave goldens out with "
            "--no-goldens",
        )


def _refuse_without_reference(
    arguments: Sequence[str], twin: Sequence[str], inputs: Sequence[str], python: Path | None
) -> None:
    pythons = [] if python is None else [str(python)]
    for option, given in (
        ("--argument", arguments),
        ("--twin", twin),
        ("--input", inputs),
        ("--python", pythons),
    ):
        if given:
            raise ScaffoldError(
                f"{given[0]!r} is about a reference, and none is named",
                where=option,
                remedy="add --reference SPEC",
            )
