"""Build a reference from its spec: random weights from a seed, on the CPU, without the network."""

from __future__ import annotations

import random
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scaffold.core.blueprint import Given, Origin
from scaffold.core.errors import ScaffoldError
from scaffold.reference.spec.failures import explained, require
from scaffold.reference.spec.literal import code
from scaffold.reference.spec.offline import offline
from scaffold.reference.spec.root import root_call
from scaffold.reference.spec.sources import factory_of
from scaffold.reference.spec.spec import SpecSource
from scaffold.reference.spec.values import value_of_plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torch import nn

    from scaffold.reference.spec.factory import Factory
    from scaffold.reference.spec.root import RootCall
    from scaffold.reference.spec.spec import Spec


@dataclass(frozen=True, kw_only=True, slots=True)
class Reference:
    """A reference that was found, and can be built as often as needed."""

    spec: Spec
    """With every argument, those of the root class too."""
    seed: int
    factory: Factory

    @property
    def origin(self) -> Origin:
        """How it is built, as a value."""
        given = [Given(name=name, value=value_of_plain(one)) for name, one in self.spec.arguments]
        added = [
            Given(name=name, value=value_of_plain(one), added=True)
            for name, one in self.factory.added.items()
        ]
        return Origin(
            spec=self.spec.text,
            source=self.spec.source.value,
            name=self.spec.name,
            arguments=(*given, *added),
            seed=self.seed,
            builder=self.factory.builder,
        )

    @property
    def call(self) -> str:
        """What is called, for a message: `timm.create_model('resnet18', pretrained=False)`."""
        name = self.factory.builder.replace(":", ".")
        named = {**dict(self.spec.arguments), **self.factory.added}
        words = [f"{key}={code(value)}" for key, value in named.items()]
        match self.spec.source:
            case SpecSource.TIMM | SpecSource.TORCHVISION:
                words = [repr(self.spec.name), *words]
            case SpecSource.FILE:
                name = self.spec.factory
            case SpecSource.TRANSFORMERS:
                words = [f"config({', '.join(words)})"]
            case _:
                pass
        return f"{name}({', '.join(words)})"

    def build(self) -> nn.Module:
        """Build it, freshly initialised from its seed.

        Raises:
            ScaffoldError: The factory raises, needs the network or a GPU, or gives no module.
        """
        with self._building():
            changes = self.spec.of_root
            model = self._root().again(changes) if changes else self._made()
        _refuse_devices(model, self.spec.text)
        return model

    def root(self) -> RootCall:
        """Build it, and see what the model's own class is given.

        Raises:
            ScaffoldError: As `build`, or what the class was given was not seen.
        """
        with self._building():
            return self._root()

    def _root(self) -> RootCall:
        return root_call(self._made, where=self.spec.text)

    @contextmanager
    def _building(self) -> Iterator[None]:
        """Run a block in which it is built; what the factory raises is explained."""
        with offline() as reached, seeded(self.seed), self.factory.imports():
            try:
                yield
            except ScaffoldError:
                raise
            except (Exception, SystemExit) as error:
                raise explained(
                    error, spec=self.spec.text, doing=self.call, reached=reached
                ) from error

    def _made(self) -> nn.Module:
        import torch  # noqa: PLC0415 - a spec is read without it

        model = self.factory.make()
        if not isinstance(model, torch.nn.Module):
            raise ScaffoldError(
                f"{self.call} gives {type(model).__name__}, not torch.nn.Module",
                where=self.spec.text,
                remedy="write a factory that returns the module alone, and name it with "
                "file:PATH.py:FACTORY",
            )
        return model


def reference_of(spec: Spec, *, seed: int = 0) -> Reference:
    """Find a reference by its spec.

    Raises:
        ScaffoldError: torch or the package of the spec is missing, or there is nothing of the name.
    """
    require("torch", spec=spec.text)
    with offline() as reached, seeded(seed):
        try:
            found = factory_of(spec.without_root)
        except ScaffoldError:
            raise
        except (Exception, SystemExit) as error:
            doing = f"importing {spec.source}"
            raise explained(error, spec=spec.text, doing=doing, reached=reached) from error
    return Reference(spec=spec, seed=seed, factory=found)


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Run a block in which every source of random numbers starts at a seed; put them back."""
    import numpy as np  # noqa: PLC0415 - a spec is read without them
    import torch  # noqa: PLC0415

    own, legacy = random.getstate(), np.random.get_state()  # noqa: NPY002 - what libraries use
    try:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            random.seed(seed)
            np.random.seed(seed)  # noqa: NPY002
            yield
    finally:
        random.setstate(own)
        np.random.set_state(legacy)  # noqa: NPY002


def _refuse_devices(model: nn.Module, where: str) -> None:
    for name, value in model.state_dict().items():
        if hasattr(value, "device") and value.device.type != "cpu":
            raise ScaffoldError(
                f"{name} is on the device {value.device}",
                where=where,
                remedy="build it on the CPU: take the device as an argument of the factory",
            )
