"""Speak with theirs and ours in one language: a python file with a few functions of fixed names."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from inspect import signature
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from torch import Tensor, nn
from torch.optim import Optimizer

from scaffold.core.errors import ScaffoldError
from scaffold.trace.isolation import PREFIX, Isolation

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractContextManager
    from types import ModuleType

    from torch.optim.lr_scheduler import LRScheduler

T = TypeVar("T")

Batch = tuple[tuple[Tensor, ...], Tensor]
"""The inputs of a model, and the target."""


@dataclass(frozen=True, slots=True)
class Subject:
    """One implementation of the model: theirs (an adapter) or ours (a candidate)."""

    path: Path
    _module: ModuleType
    _isolation: Isolation

    def has(self, name: str) -> bool:
        """Whether the file defines that function or constant."""
        return hasattr(self._module, name)

    def build(self, size: str = "twin") -> nn.Module:
        """Build the model, freshly initialised from torch's global generator."""
        return _expect(self._call("build", size), nn.Module, self.path, "build")

    def example_batch(self, size: str = "twin") -> Batch:
        """Give a small real batch; theirs only. The file need not tell sizes apart."""
        sized = signature(self._find("example_batch")).parameters
        inputs, target = self._call("example_batch", *([size] if sized else []))
        return (inputs,) if isinstance(inputs, Tensor) else tuple(inputs), target

    def loss_terms(self, output: Any, target: Any) -> dict[str, Tensor]:  # noqa: ANN401
        """Give each named term of the loss as it enters the total, and `total`."""
        terms = self._call("loss_terms", output, target)
        if not isinstance(terms, dict) or "total" not in terms:
            raise ScaffoldError(
                "loss_terms must give a dictionary of terms, with one called 'total'",
                where=str(self.path),
                remedy="return {'<term>': scalar, ..., 'total': scalar}",
            )
        return dict(terms)

    def optimizer(self, model: nn.Module) -> Optimizer:
        """Give the optimizer with its parameter groups, as in training."""
        return _expect(self._call("optimizer", model), Optimizer, self.path, "optimizer")

    def schedule(self, optimizer: Optimizer, total_steps: int) -> LRScheduler:
        """Give the schedule of the learning rate, stepped once per optimizer step."""
        scheduler: LRScheduler = self._call("schedule", optimizer, total_steps)
        return scheduler

    def train(self, model: nn.Module, batches: Sequence[Batch]) -> list[float]:
        """Train in place, one step a batch, and give the total loss of every step."""
        return [float(loss) for loss in self._call("train", model, list(batches))]

    def imports(self) -> AbstractContextManager[None]:
        """Let its own modules be imported by name while a block runs, as compilers do."""
        return self._isolation()

    def ema(self, model: nn.Module) -> Any:  # noqa: ANN401 - whatever the training uses
        """Give the average of a model's weights, as training makes it: it has `update(model)`.

        Optional, like the functions below: what theirs has, ours has to have.
        """
        return self._call("ema", model)

    def train_ema(self, model: nn.Module, batches: Sequence[Batch]) -> Any:  # noqa: ANN401 - likewise
        """Train in place as `train` does, and give the average that the training kept."""
        return self._call("train_ema", model, list(batches))

    def data_sources(self) -> dict[str, Any]:
        """Give a few samples by name, each the bytes of a file or an array; theirs only."""
        return _expect(self._call("data_sources"), dict, self.path, "data_sources")

    def data_steps(self) -> dict[str, Any]:
        """Give the operations on a sample by name, in order.

        Each is a function of what the one before gave; a random one is a pair `(draw, apply)`:
        `draw(seed)` gives its parameters, `apply(sample, parameters)` uses them.
        """
        return _expect(self._call("data_steps"), dict, self.path, "data_steps")

    def metrics(self, batches: Sequence[Any]) -> dict[str, float | int]:
        """Give what an evaluation reports, from pairs of output and target, one a batch."""
        from scaffold.trace.metrics import checked  # noqa: PLC0415 - it knows the loss, which is large

        return checked(self._call("metrics", list(batches)), str(self.path))

    @property
    def total_steps(self) -> int:
        """The full length of the schedule; theirs only."""
        return int(self._find("TOTAL_STEPS"))

    def _find(self, name: str) -> Any:  # noqa: ANN401 - whatever the file defines
        if not self.has(name):
            raise ScaffoldError(
                f"defines no `{name}`",
                where=str(self.path),
                remedy=f"add `{name}`; the other functions of the file show the form",
            )
        return getattr(self._module, name)

    def _call(self, name: str, *args: object) -> Any:  # noqa: ANN401 - checked by the caller
        function = self._find(name)
        try:
            with self._isolation():
                return function(*args)
        except ScaffoldError:
            raise
        except Exception as error:
            raise ScaffoldError(
                f"`{name}` fails ({type(error).__name__}: {error})",
                where=str(self.path),
                remedy="call it from python, and mend what the traceback shows",
            ) from error


def load(path: Path, *, sources: Sequence[Path] = ()) -> Subject:
    """Load an adapter or a candidate from its file, with its neighbours importable by name.

    Args:
        path: The file.
        sources: Folders whose packages it may import as well, installed or not.

    Raises:
        ScaffoldError: The file is missing, fails while it is imported, or defines no `build`.
    """
    path = Path(path).resolve()
    isolation = Isolation(path.parent, sources)
    name = PREFIX + hashlib.blake2b(str(path).encode(), digest_size=6).hexdigest()
    subject = Subject(path, isolation.load(path, name=name), isolation)
    subject._find("build")  # noqa: SLF001 - the same file; every subject can be built
    return subject


def _expect(value: object, kind: type[T], path: Path, name: str) -> T:
    if not isinstance(value, kind):
        raise ScaffoldError(
            f"`{name}` gives {type(value).__name__}, not {kind.__module__}.{kind.__name__}",
            where=str(path),
            remedy=f"return the object itself from `{name}`",
        )
    return value
