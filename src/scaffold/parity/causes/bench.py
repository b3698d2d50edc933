"""Run ours again with a change, and list the calls that it is made of."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn
from torch.func import functional_call

from scaffold.parity.causes.listing import flat, lay_out
from scaffold.parity.causes.site import Site, is_floating
from scaffold.parity.causes.trial import UNCHANGED, Sample, Trial
from scaffold.parity.causes.watch import Watch
from scaffold.trace.replay import default_dtype, run, without_fused_attention
from scaffold.trace.streams import nudged
from scaffold.trace.swap import all_leaves, cast_leaf, cast_to, frozen, swapped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from scaffold.parity.causes.passages import Passage
    from scaffold.parity.causes.watch import Key, State


@dataclass(frozen=True, slots=True)
class Run:
    """What is run: which change, on which sample, how precisely."""

    trial: Trial
    sample: Sample
    dtype: torch.dtype
    state: State
    turn: int


@dataclass(slots=True)
class Bench:
    """Ours, the recorded calls, and what they consist of."""

    samples: tuple[Sample, ...]
    states: dict[torch.dtype, dict[str, Tensor]]
    call: Callable[[Run, Watch], Any]
    """Makes one call of ours; only what happens inside the watch belongs to ours."""
    part: nn.Module | None = None
    sites: tuple[Site, ...] = ()
    parameters: tuple[str, ...] = ()
    """Names of the floating parameters and buffers."""
    proved: frozenset[str] = frozenset()
    """Submodules that are known to be right: their insides are left alone."""
    submodules: dict[str, nn.Module] = field(default_factory=dict)
    repeats: dict[Key, tuple[Key, ...]] = field(default_factory=dict)
    """For a call in a loop, of which only the first is a site: all of its repetitions."""
    calls: int = 0
    """Torch calls of one run, those inside of what is proved too."""
    read: frozenset[str] = frozenset()
    """Names of the tensors that some call reads."""
    facts: Any = None
    """What the hypotheses of a training rung are made from."""
    wanted: dict[str, Tensor] = field(default_factory=dict)
    """What theirs' weights give for the tensors of the part, where that is known."""
    called: dict[str, bool] = field(default_factory=dict)
    """By path of a submodule that was called: whether it gives the shape it takes."""
    passages: list[Passage] = field(default_factory=list)
    """Every call of a submodule that is not within one that is proved, in order of beginning."""
    kind: str = ""
    """Class name of the reference's part, where it is known."""
    leaks: bool = False
    """Whether ours casts below float64 where float64 is asked for, so that nothing is exact."""
    effort: float = 0.0
    """What one run costs, in calls of no size."""

    def run(
        self, trial: Trial, sample: Sample, dtype: torch.dtype, turn: int = 0
    ) -> dict[str, Tensor]:
        """Return the tensors of our output with a change, computed in `dtype`.

        In a turn beyond 0 weights and inputs are moved by one unit round-off, to see the noise.
        """
        state = self.states[dtype]
        if turn:
            state = {name: nudged(value, turn, name) for name, value in state.items()}
        if trial.state is not None:
            fresh = trial.state(state, lambda place: _input(sample, place).to(dtype))
            state = {**state, **fresh}
        edits = {
            repeated: edit
            for key, edit in trial.sites.items()
            for repeated in self.repeats.get(key, (key,))
        }
        watch = Watch(state, edits, wide=dtype == torch.float64, precise=trial.precise)
        with default_dtype(dtype):
            return tensors(self.call(Run(trial, sample, dtype, state, turn), watch))

    def before(self, site: Site) -> list[Site]:
        """Return the calls before a call."""
        return [other for other in self.sites if other.order < site.order]

    def of(self, *ops: str) -> list[Site]:
        """Return the calls of these operations, in order."""
        return [site for site in self.sites if site.op in ops]

    def tensor(self, name: str) -> Tensor:
        """Return a parameter or buffer in float64."""
        return self.states[torch.float64][name]

    def name_of(self, value: object) -> str:
        """Return the name of a parameter or buffer that a call was given, empty for others."""
        if not isinstance(value, Tensor):
            return ""
        return next(
            (
                name
                for name, mine in self.states[torch.float64].items()
                if mine.data_ptr() == value.data_ptr() and mine.shape == value.shape
            ),
            "",
        )

    def not_given(self, site: Site, name: str) -> str:
        """Return the tensor that stands beside a call as `name` but is not what it was given."""
        mine = f"{site.module}.{name}" if site.module else name
        given = self.name_of(site.made.value(name))
        return mine if mine in self.parameters and given != mine else ""

    @property
    def shape_keeping(self) -> list[str]:
        """Submodules that give the shape they take, in the order of their calls."""
        return [path for path, same in self.called.items() if same]

    def reads_input(self, site: Site) -> bool:
        """Whether a call works on an input of the part itself."""
        given = [leaf for leaf in all_leaves(self.samples[0].args).values() if is_floating(leaf)]
        return any(
            value.shape == leaf.shape and torch.equal(value.double(), leaf.double())
            for value in site.made.args
            if is_floating(value)
            for leaf in given
        )

    @property
    def sizes(self) -> frozenset[int]:
        """Sizes of axes that play a role, from which scales are usually made."""
        found = {size for name in self.parameters for size in self.tensor(name).shape}
        for site in self.sites:
            for value in (site.output, *site.made.args):
                if isinstance(value, Tensor):
                    found |= set(value.shape)
        return frozenset(found - {0, 1})


def part_bench(
    part: nn.Module,
    samples: tuple[Sample, ...],
    proved: frozenset[str] = frozenset(),
    wanted: Mapping[str, Tensor] | None = None,
    kind: str = "",
) -> Bench:
    """Lay a part out: its state in both precisions, its submodules, its calls."""
    state = {**dict(part.named_parameters()), **dict(part.named_buffers())}
    states = {
        dtype: {name: cast_leaf(value.clone(), dtype) for name, value in state.items()}
        for dtype in (torch.float32, torch.float64)
    }
    used: dict[tuple[int, torch.dtype, int], list[Any]] = {}
    plain = tuple(
        (module, name, value)
        for module in part.modules()
        for name, value in vars(module).items()
        if is_floating(value)
    )

    def call(run: Run, watch: Watch) -> Any:  # noqa: ANN401
        args, kwargs = _arguments(used, run)
        given = {name: _own(value, part.training) for name, value in run.state.items()}

        def inner(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
            return functional_call(part, given, args, kwargs)

        around = run.trial.around
        with torch.no_grad(), without_fused_attention(), ExitStack() as stack:
            stack.enter_context(_attributes(part, plain, run))
            stack.enter_context(watch)
            if around is not None:
                return around(inner, args, kwargs)
            return inner(*args, **kwargs)

    bench = Bench(
        samples=samples,
        states=states,
        call=call,
        part=part,
        parameters=tuple(n for n, v in states[torch.float64].items() if v.is_floating_point()),
        proved=proved,
        wanted=dict(wanted or {}),
        submodules={path: module for path, module in part.named_modules() if path},
        kind=kind,
        leaks=_leaks(part, samples[0]),
    )
    lay_out(bench, samples[0])
    return bench


def function_bench(
    call: Callable[[Run, Watch], Any],
    samples: tuple[Sample, ...],
    *,
    facts: Any = None,  # noqa: ANN401 - known to the hypotheses of that rung
    listed: bool = False,
) -> Bench:
    """Lay out what has no state of its own: a loss, an optimiser's rule, a schedule.

    Args:
        call: Makes a run of ours; what is to be edited happens inside the watch.
        samples: The recorded cases.
        facts: What hypotheses are made from, beside the calls.
        listed: Whether it is made of torch calls that can be edited.
    """
    bench = Bench(
        samples=samples,
        states={torch.float32: {}, torch.float64: {}},
        call=call,
        facts=facts,
    )
    if listed:
        lay_out(bench, samples[0])
    return bench


def _leaks(part: nn.Module, sample: Sample) -> bool:
    try:
        made = run(part, tuple(sample.args), dict(sample.kwargs), dtype=torch.float64)
    except Exception:  # noqa: BLE001 - what it raises is said when it is laid out
        return False
    return bool(made.leaks)


def tensors(value: object) -> dict[str, Tensor]:
    """Return the tensors of a nested output by path."""
    if isinstance(value, Tensor):
        return {"": value}
    return {path: leaf for path, leaf in all_leaves(value).items() if isinstance(leaf, Tensor)}


def _arguments(
    used: dict[tuple[int, torch.dtype, int], list[Any]], run: Run
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Return the inputs, cast once, and again when a run has changed them in place."""
    sample, dtype, turn = run.sample, run.dtype, run.turn
    key = (id(sample), dtype, turn)
    kept = used.get(key)
    if kept is None or any(leaf._version != version for leaf, version in kept[2]):  # noqa: SLF001
        args = frozen(_moved(cast_to(sample.args, dtype), turn))
        kwargs = frozen(_moved(cast_to(dict(sample.kwargs), dtype), turn))
        leaves = [
            leaf
            for leaf in (*all_leaves(args).values(), *all_leaves(kwargs).values())
            if isinstance(leaf, Tensor)
        ]
        kept = used[key] = [args, kwargs, [(leaf, leaf._version) for leaf in leaves]]  # noqa: SLF001
    return kept[0], dict(kept[1])


def _moved(value: Any, turn: int) -> Any:  # noqa: ANN401 - of the same type
    if not turn:
        return value
    return swapped(
        value, lambda path, leaf: nudged(leaf, turn, path) if isinstance(leaf, Tensor) else leaf
    )


def _own(value: Tensor, training: bool) -> Tensor:  # noqa: FBT001
    return value.clone() if training else value


def _input(sample: Sample, place: int) -> Tensor:
    return [leaf for leaf in all_leaves(sample.args).values() if is_floating(leaf)][place]


@contextmanager
def _attributes(
    part: nn.Module, plain: tuple[tuple[nn.Module, str, Tensor], ...], run: Run
) -> Iterator[None]:
    """Put cast tensors, other settings and other ways to be called on the modules for one run."""
    trial, dtype = run.trial, run.dtype
    before: list[tuple[dict[str, Any], str, Any]] = []

    def put(module: nn.Module, name: str, value: object) -> None:
        own = vars(module)
        before.append((own, name, own.get(name, _ABSENT)))
        own[name] = value

    for module, name, value in plain:
        if value.dtype != dtype:
            put(module, name, cast_leaf(value, dtype))
    for path, name, value in trial.settings:
        put(part.get_submodule(path), name, value)
    for path, wrapper in trial.calls.items():
        module = part.get_submodule(path)
        put(module, "forward", _wrapped(wrapper, module.forward))
    try:
        yield
    finally:
        for own, name, value in reversed(before):
            if value is _ABSENT:
                del own[name]
            else:
                own[name] = value


def _wrapped(wrapper: Callable[..., Any], inner: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *args, **kwargs: wrapper(inner, args, kwargs)


_ABSENT = object()

__all__ = [
    "UNCHANGED",
    "Bench",
    "Run",
    "Site",
    "flat",
    "function_bench",
    "is_floating",
    "part_bench",
    "tensors",
]
