"""How parameters are moved: rates, moments, eps, decay, momentum, clipping."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from scaffold.core.comparison import Rung
from scaffold.parity.causes.registry import hypothesis
from scaffold.parity.causes.trial import BUILT, Free, Trial

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from scaffold.parity.causes.bench import Bench
    from scaffold.parity.causes.update import Rule

OPTIMIZER = (Rung.OPTIMIZER,)
EVERY = "every parameter"


@hypothesis(
    "opt-rate", "another learning rate, for all or for some", "D113", "D123", rungs=OPTIMIZER
)
def other_rate(bench: Bench) -> Iterator[Free]:
    """Solve for a factor on the rate of all, or of the parameters that differ."""
    for place, names in _scopes(bench):

        def make(factor: float, place: str = place, names: frozenset[str] = names) -> Trial:
            rule = _first(bench, names)
            return _trial(
                names,
                lambda r: replace(r, lr=r.lr * factor),
                f"lr={rule.lr * factor:g}",
                f"{rule.lr:g}",
                place,
            )

        yield Free(make=make, grid=(0.1, 0.5, 2.0, 10.0))


@hypothesis("opt-moments", "another beta, alpha or momentum", "D109", rungs=OPTIMIZER)
def other_moments(bench: Bench) -> Iterator[Free]:
    """Solve for each, as one minus a positive number."""
    for name, kinds, grid in (
        ("beta1", ("adam",), (0.1, 0.05, 0.5)),
        ("beta2", ("adam", "rmsprop"), (1e-3, 1e-2, 2e-2, 5e-2, 0.1)),
        ("momentum", ("sgd", "rmsprop"), (0.1, 0.01, 0.05, 0.5, 1.0)),
    ):
        for place, names in _scopes(bench):
            rule = _first(bench, names)
            if rule.kind in kinds:
                yield _one_minus(name, grid, rule, names, place)


@hypothesis("opt-eps", "another eps", "D107", rungs=OPTIMIZER)
def other_eps(bench: Bench) -> Iterator[Free]:
    """Solve for eps."""
    for place, names in _scopes(bench)[:1]:
        if _first(bench, names).kind != "sgd":
            yield _solved("eps", (1e-8, 1e-6, 1e-3, 1e-10, 1e-5, 1e-7, 1e-4), bench, names, place)


@hypothesis(
    "opt-eps-place", "eps stands inside the root, or outside", "D107", "D110", rungs=OPTIMIZER
)
def eps_place(bench: Bench) -> Iterator[Trial]:
    """Move eps; for RMSprop also as TensorFlow does it altogether."""
    for place, names in _scopes(bench)[:1]:
        rule = _first(bench, names)
        if rule.kind == "sgd":
            continue
        inside = not rule.eps_inside
        words = ("inside the root", "outside")
        moved = words if inside else words[::-1]
        yield _trial(names, _with(eps_inside=inside), f"eps {moved[0]}", moved[1], place)
        if rule.kind == "rmsprop":
            for others in (
                {"square_from_one": True},
                {"momentum_of_steps": True},
                {"square_from_one": True, "momentum_of_steps": True},
            ):
                change = _with(eps_inside=True, **others)
                yield _trial(names, change, "RMSprop as TensorFlow has it", "as torch", place)


@hypothesis("opt-decay", "another weight decay", "D111", rungs=OPTIMIZER)
def other_decay(bench: Bench) -> Iterator[Trial | Free]:
    """Solve for the decay of all parameters."""
    for place, names in _scopes(bench)[:1]:
        rule = _first(bench, names)
        if rule.decay:
            yield _trial(names, _with(decay=0.0), "no weight decay", f"{rule.decay:g}", place)
        yield _solved(
            "decay", (0.01, 0.05, 0.1, 1e-4, 5e-4), bench, names, place, only_decayed=True
        )


@hypothesis(
    "decay-group",
    "decay on some parameters that theirs leaves out, or the reverse",
    "D111",
    rungs=OPTIMIZER,
)
def decay_group(bench: Bench) -> Iterator[Trial | Free]:
    """Change the decay of the parameters that differ, and of those alone."""
    for place, names in _scopes(bench)[1:]:
        rules = [bench.facts.rules[name] for name in names]
        if any(rule.decay for rule in rules):
            mine = ", ".join(sorted({f"{rule.decay:g}" for rule in rules}))
            yield _trial(names, _with(decay=0.0), f"no weight decay on {place}", mine, place)
        used = sorted({rule.decay for rule in bench.facts.rules.values() if rule.decay})
        for decay in used:
            if any(rule.decay != decay for rule in rules):
                words = f"weight decay {decay:g} on {place}"
                yield _trial(names, _with(decay=decay), words, "none or another", place)
        yield _solved("decay", (0.01, 0.05, 0.1, 1e-4), bench, names, place)


@hypothesis(
    "decay-coupling",
    "decay acts on the gradient, on the weight, or without the rate",
    "D106",
    "D112",
    rungs=OPTIMIZER,
)
def decay_coupling(bench: Bench) -> Iterator[Trial]:
    """Exchange coupled and decoupled decay."""
    for place, names in _scopes(bench)[:1]:
        rule = _first(bench, names)
        for decoupled, without, words in (
            (False, False, "decay added to the gradient (L2)"),
            (True, False, "decoupled decay, times the rate (AdamW)"),
            (True, True, "decoupled decay, without the rate"),
        ):
            if (decoupled, without) != (rule.decoupled, rule.decay_without_rate):
                change = _with(decoupled=decoupled, decay_without_rate=without)
                mine = "decoupled" if rule.decoupled else "added to the gradient"
                yield _trial(names, change, words, mine, place)


@hypothesis(
    "momentum-form",
    "Nesterov, dampening, or a rate inside the momentum",
    "D103",
    "D104",
    "D105",
    rungs=OPTIMIZER,
)
def momentum_form(bench: Bench) -> Iterator[Trial]:
    """Exchange each convention of momentum."""
    for place, names in _scopes(bench)[:1]:
        rule = _first(bench, names)
        if not rule.momentum:
            continue
        nesterov = not rule.nesterov
        yield _trial(
            names, _with(nesterov=nesterov), f"nesterov={nesterov}", f"{rule.nesterov}", place
        )
        for dampening in (0.0, 0.1, 0.5, rule.momentum):
            if dampening != rule.dampening:
                words = f"dampening={dampening:g}"
                yield _trial(names, _with(dampening=dampening), words, f"{rule.dampening:g}", place)
        form = not rule.momentum_of_steps
        words = "momentum over steps, with the rate inside (TensorFlow)"
        yield _trial(names, _with(momentum_of_steps=form), words, "over gradients (torch)", place)


@hypothesis(
    "bias-correction", "moments are not corrected for their start, or are", "D108", rungs=OPTIMIZER
)
def bias_correction(bench: Bench) -> Iterator[Trial]:
    """Exchange the bias correction, AMSGrad and centring."""
    for place, names in _scopes(bench)[:1]:
        rule = _first(bench, names)
        if rule.kind == "adam":
            yield _trial(
                names, _with(bias_correction=False), "no bias correction", "corrected", place
            )
            other = not rule.amsgrad
            yield _trial(names, _with(amsgrad=other), f"amsgrad={other}", f"{rule.amsgrad}", place)
        if rule.kind == "rmsprop":
            other = not rule.centred
            yield _trial(names, _with(centred=other), f"centered={other}", f"{rule.centred}", place)


@hypothesis(
    "clip", "gradients are clipped, by value or by norm, or are not", "D115", rungs=OPTIMIZER
)
def clip(bench: Bench) -> Iterator[Free]:
    """Solve for a bound on every element, and on every parameter's norm."""
    for place, names in _scopes(bench)[:1]:
        for name in ("clip_value", "clip_norm"):
            yield _solved(name, (1.0, 0.5, 0.1, 5.0), bench, names, place, rank=BUILT)


@hypothesis("opt-kind", "another optimiser", "D106", rungs=OPTIMIZER)
def other_kind(bench: Bench) -> Iterator[Trial]:
    """Try the other optimisers at the same rate with their usual settings."""
    usual: dict[str, dict[str, Any]] = {
        "SGD": {"kind": "sgd", "momentum": 0.0},
        "SGD with momentum 0.9": {"kind": "sgd", "momentum": 0.9},
        "Adam": {"kind": "adam", "decoupled": False},
        "AdamW": {"kind": "adam", "decoupled": True},
        "RMSprop": {"kind": "rmsprop", "beta2": 0.99, "momentum": 0.0},
        "Adagrad": {"kind": "adagrad", "eps": 1e-10},
    }
    for place, names in _scopes(bench)[:1]:
        rule = _first(bench, names)
        for words, settings in usual.items():
            if settings["kind"] == rule.kind:
                continue
            fresh = {"decoupled": False, **settings}
            yield _trial(names, _with(**fresh), words, rule.kind, place, rank=BUILT)
            if rule.decay:
                bare = _with(**fresh, decay=0.0)
                yield _trial(names, bare, f"{words}, no decay", rule.kind, place, rank=BUILT)


def _scopes(bench: Bench) -> list[tuple[str, frozenset[str]]]:
    """Return all parameters, and those that differ where others do not."""
    whole = frozenset(bench.facts.rules)
    wrong = bench.facts.wrong
    if wrong == whole:
        return [(EVERY, whole)]
    return [(EVERY, whole), (", ".join(sorted(wrong)), wrong)]


def _first(bench: Bench, names: frozenset[str]) -> Rule:
    rules: Mapping[str, Rule] = bench.facts.rules
    return max((rules[name] for name in sorted(names)), key=lambda rule: rule.decay)


def _with(**changes: Any) -> Callable[[Rule], Rule]:  # noqa: ANN401 - any setting
    return lambda rule: replace(rule, **changes)


def _trial(
    names: frozenset[str],
    change: Callable[[Rule], Rule],
    theirs: str,
    ours: str,
    place: str,
    *,
    rank: int = 0,
) -> Trial:
    def changed(name: str, rule: Rule) -> Rule:
        return change(rule) if name in names else rule

    return Trial(theirs=theirs, ours=ours, place=place, change=changed, rank=rank)


def _solved(
    name: str,
    grid: tuple[float, ...],
    bench: Bench,
    names: frozenset[str],
    place: str,
    *,
    only_decayed: bool = False,
    rank: int = 0,
) -> Free:
    rule = _first(bench, names)
    decayed = frozenset(n for n in names if bench.facts.rules[n].decay)
    scope = decayed if only_decayed and decayed else names

    def make(number: float) -> Trial:
        words = f"{name}={number:g}"
        return _trial(
            scope, _with(**{name: number}), words, f"{getattr(rule, name):g}", place, rank=rank
        )

    return Free(make=make, grid=grid)


def _one_minus(
    name: str, grid: tuple[float, ...], rule: Rule, names: frozenset[str], place: str
) -> Free:
    def make(rest: float) -> Trial:
        number = 1.0 - rest
        words = f"{name}={number:.6g}"
        return _trial(names, _with(**{name: number}), words, f"{getattr(rule, name):g}", place)

    return Free(make=make, grid=grid)
