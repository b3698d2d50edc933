"""Which mean and which variance a normalisation takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.parity.causes.edits import argument, at, changing, each_and_all, free_each_and_all
from scaffold.parity.causes.normal import normalised
from scaffold.parity.causes.registry import hypothesis
from scaffold.parity.causes.trial import BUILT, Trial

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from torch import Tensor

    from scaffold.parity.causes.bench import Bench, Site
    from scaffold.parity.causes.trial import Free
    from scaffold.parity.causes.watch import Edit, Made

SAME = 1e-4
"""A mean is taken for a mixture when it is one but for this share of its norm."""


@hypothesis("variance", "the unbiased variance instead of the biased one, or the reverse", "D79")
def other_variance(bench: Bench) -> Iterator[Trial]:
    """Divide by n - 1 where ours divides by n, and by n where ours divides by n - 1."""
    own = [
        site
        for site in bench.of("layer_norm", "group_norm", "instance_norm", "batch_norm")
        if site.op != "batch_norm" or argument(site, "training", default=False)
    ]
    unbiased: Edit = lambda made: normalised(made, correction=1)  # noqa: E731
    yield from each_and_all(own, lambda _: (unbiased, "the unbiased variance", "biased"))
    yield from each_and_all(bench.of("var", "std"), _other_correction)
    squares = [site for site in bench.of("mean") if _is_square(bench, site)]
    yield from each_and_all(squares, _over_one_less)


@hypothesis(
    "batch-statistics", "statistics of the batch instead of the running ones", "D139", "D151"
)
def batch_statistics(bench: Bench) -> Iterator[Trial]:
    """Exchange train and eval mode of batch normalisation."""
    for site in bench.of("batch_norm"):
        if argument(site, "training", default=False):
            yield from _loaded(bench, site)

    def exchanged(site: Site) -> tuple[Edit, str, str] | None:
        if argument(site, "running_mean") is None:
            return None
        if argument(site, "training", default=False):
            return changing(training=False), "running statistics", "of the batch"
        edit: Edit = lambda made: made.run(  # noqa: E731
            training=True,
            running_mean=made.value("running_mean").clone(),
            running_var=made.value("running_var").clone(),
        )
        return edit, "statistics of the batch", "running"

    yield from each_and_all(bench.of("batch_norm"), exchanged)
    yield from _by_hand(bench)


@hypothesis("running-statistics", "running mean or variance not loaded: 0 and 1", "D160")
def fresh_statistics(bench: Bench) -> Iterator[Trial]:
    """Put fresh statistics in, or those that were loaded."""
    for site in bench.of("batch_norm"):
        if not argument(site, "training", default=False):
            yield from _loaded(bench, site)
    for words, fresh in (
        ("running mean 0", {"mean": 0.0}),
        ("running variance 1", {"var": 1.0}),
        ("running mean 0 and variance 1", {"mean": 0.0, "var": 1.0}),
    ):
        names = {
            name: value
            for name in bench.parameters
            for ending, value in fresh.items()
            if ending in name.rpartition(".")[2]
            and name in dict(bench.part.named_buffers() if bench.part else ())
        }
        groups = [{name: value} for name, value in names.items()] if len(fresh) == 1 else []
        if len(names) > 1:
            groups.append(names)
        for group in groups:
            yield Trial(
                theirs=words, ours="as loaded", place=", ".join(group), state=_filled(group)
            )


@hypothesis("counted-variance", "the running variance is counted by n instead of n - 1", "D79")
def counted_variance(bench: Bench) -> Iterator[Free]:
    """Solve for a factor near one on the running variance that a batch normalisation reads."""

    def scaled(_site: Site, factor: float) -> Edit:
        return lambda made: made.run(running_var=made.value("running_var") * factor)

    running = [
        site
        for site in bench.of("batch_norm")
        if argument(site, "running_var") is not None
        and not argument(site, "training", default=False)
    ]
    yield from free_each_and_all(
        running,
        scaled,
        lambda factor: f"the running variance times {factor:.6g}",
        lambda _: "as it is",
        (0.9, 1.1),
        rank=BUILT,
    )


def _loaded(bench: Bench, site: Site) -> Iterator[Trial]:
    """Give a call the running statistics that stand beside it."""
    names = {
        name: mine
        for name in ("running_mean", "running_var")
        if (mine := bench.not_given(site, name))
    }
    if names:
        edit: Edit = lambda made: made.run(  # noqa: E731
            training=False, **{name: made.state[mine] for name, mine in names.items()}
        )
        mixed = _share_of_batch(bench, site, names)
        words = "others" if mixed is None else f"{mixed:.3g} of the batch's mixed in"
        rows = () if mixed is None else ("D128", "D139")
        yield at(site, edit, "the running statistics as loaded", words, rows=rows)


def _share_of_batch(bench: Bench, site: Site, names: Mapping[str, str]) -> float | None:
    """Say how much of the batch's own mean is in the running mean that a call is given."""
    if "running_mean" not in names:
        return None
    x = site.made.input
    loaded = bench.tensor(names["running_mean"])
    batch = x.double().mean([axis for axis in range(x.ndim) if axis != 1]) - loaded
    mine = argument(site, "running_mean").double() - loaded
    share = float(mine @ batch) / max(float(batch @ batch), 1e-300)
    off = float((mine - share * batch).norm())
    return share if off <= SAME * float(mine.norm()) else None


def _other_correction(site: Site) -> tuple[Edit, str, str]:
    word = argument(site, "unbiased")
    word = argument(site, "correction", 1) if word is None else int(bool(word))
    biased = word in (0, False)

    def edit(made: Made) -> Tensor:
        kwargs = {k: v for k, v in made.kwargs.items() if k in ("dim", "keepdim")}
        dim = made.value("dim")
        kwargs["dim"] = None if isinstance(dim, bool) else dim
        return made.func(made.input, **kwargs, correction=int(biased))  # type: ignore[no-any-return]

    return (
        (edit, "the unbiased variance", "biased")
        if biased
        else (
            edit,
            "the biased variance",
            "unbiased",
        )
    )


def _over_one_less(site: Site) -> tuple[Edit, str, str] | None:
    count = site.made.input.numel() / max(site.output.numel(), 1)
    if count <= 1:
        return None
    edit: Edit = lambda made: made.run() * (count / (count - 1))  # noqa: E731
    return edit, "the unbiased variance", "biased"


def _is_square(bench: Bench, site: Site) -> bool:
    return any(
        made.output is site.made.input and made.op in ("pow", "square", "mul")
        for made in bench.sites
    )


def _filled(values: Mapping[str, float]) -> Callable[..., dict[str, Tensor]]:
    return lambda state, _input: {name: state[name] * 0.0 + value for name, value in values.items()}


def _by_hand(bench: Bench) -> Iterator[Trial]:
    """Put the statistics of the part's own input in place of running ones."""
    buffers = dict(bench.part.named_buffers()) if bench.part is not None else {}
    means = [name for name in buffers if name.rpartition(".")[2] in ("running_mean", "mean")]
    variances = [name for name in buffers if name.rpartition(".")[2] in ("running_var", "var")]
    if len(means) != 1 or len(variances) != 1 or bench.of("batch_norm"):
        return

    def measured(state: Mapping[str, Tensor], given: Callable[[int], Tensor]) -> dict[str, Tensor]:
        x = given(0)
        axes = [axis for axis in range(x.ndim) if axis != 1]
        mean, variance = x.mean(axes), x.var(axes, correction=0)
        return {
            means[0]: mean.reshape(state[means[0]].shape),
            variances[0]: variance.reshape(state[variances[0]].shape),
        }

    yield Trial(
        theirs="statistics of the batch",
        ours="running",
        place=f"{means[0]} and {variances[0]}",
        state=measured,
        rank=BUILT,
    )
