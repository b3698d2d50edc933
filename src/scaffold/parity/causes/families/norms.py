"""What a normalisation takes away, divides by and multiplies with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from torch import Tensor

from scaffold.parity.causes.bench import Bench, Site, is_floating
from scaffold.parity.causes.edits import NORMS, argument, at, changing, each_and_all
from scaffold.parity.causes.normal import normalised
from scaffold.parity.causes.registry import hypothesis
from scaffold.parity.causes.trial import BUILT, Trial

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.parity.causes.watch import Edit, Made


@hypothesis("centring", "the mean is taken away, or is not: LayerNorm and RMSNorm", "D70")
def centring(bench: Bench) -> Iterator[Trial]:
    """Exchange layer and root-mean-square normalisation."""
    dropped: Edit = lambda made: normalised(made, centred=False)  # noqa: E731
    added: Edit = lambda made: normalised(made, centred=True)  # noqa: E731
    yield from each_and_all(
        bench.of("layer_norm"), lambda _: (dropped, "the mean is not taken away", "it is")
    )
    yield from each_and_all(
        bench.of("rms_norm"), lambda _: (added, "the mean is taken away", "it is not")
    )
    if bench.of("sqrt", "rsqrt", "pow") and not bench.of("layer_norm"):
        yield Trial(
            theirs="the mean is taken away first",
            ours="it is not",
            place="the input",
            around=_centred,
            rank=BUILT,
        )
    for site in bench.of("sub"):
        if _takes_mean(bench, site):
            keep: Edit = lambda made: made.input * 1.0  # noqa: E731
            yield at(site, keep, "the mean is not taken away", "it is")


@hypothesis("gain", "a gain is counted from one (1 + weight), or from zero", "D160")
def gain_from_one(bench: Bench) -> Iterator[Trial]:
    """Add one to a gain, or take one from it."""
    for word, shift in (("1 + weight", 1.0), ("weight - 1", -1.0)):
        norms = [site for site in bench.of(*NORMS) if argument(site, "weight") is not None]

        def moved(_site: Site, shift: float = shift, word: str = word) -> tuple[Edit, str, str]:
            return (
                lambda made: made.run(weight=made.value("weight") + shift),
                f"gain {word}",
                "weight",
            )

        yield from each_and_all(norms, moved)
        for site in bench.of("mul"):
            name = _one_axis_parameter(bench, site)
            if name:
                edit = _gain_moved(name, shift)
                yield at(site, edit, f"gain {word}", f"{name}, as it is")


@hypothesis("affine", "gain or bias of a normalisation is not applied", "D160")
def affine_left_out(bench: Bench) -> Iterator[Trial]:
    """Leave out gain, bias or both."""
    for words, names in (("gain", ["weight"]), ("bias", ["bias"]), ("affine", ["weight", "bias"])):
        having = [
            site for site in bench.of(*NORMS) if all(argument(site, n) is not None for n in names)
        ]
        edit = changing(**dict.fromkeys(names))

        def left(_site: Site, edit: Edit = edit, words: str = words) -> tuple[Edit, str, str]:
            return edit, f"no {words}", "applied"

        yield from each_and_all(having, left)
    for site in bench.of(*NORMS):
        beside = {name: bench.not_given(site, name) for name in ("weight", "bias")}
        idle = {name: mine for name, mine in beside.items() if mine}
        for some in [{name: mine} for name, mine in idle.items()] + [idle] * (len(idle) > 1):
            edit = _given(some)
            yield at(site, edit, f"{' and '.join(some.values())} applied as it is", "not so")


@hypothesis("groups", "number of groups and channels per group exchanged", "D76")
def other_groups(bench: Bench) -> Iterator[Trial]:
    """Try every other number of groups."""
    for site in bench.of("group_norm"):
        channels, mine = site.made.input.shape[1], argument(site, "num_groups")
        for groups in range(1, channels + 1):
            if channels % groups == 0 and groups != mine:
                yield at(site, changing(num_groups=groups), f"groups={groups}", f"{mine}")


def _given(names: dict[str, str]) -> Edit:
    return lambda made: made.run(**{name: made.state[mine] for name, mine in names.items()})


def _centred(inner: Any, args: Any, kwargs: Any) -> Any:  # noqa: ANN401 - of a part
    x = args[0]
    return inner(x - x.mean(-1, keepdim=True), *args[1:], **kwargs)


def _takes_mean(bench: Bench, site: Site) -> bool:
    other = argument(site, "other")
    return any(mean.output is other for mean in bench.of("mean"))


def _one_axis_parameter(bench: Bench, site: Site) -> str:
    for value in site.made.args[:2]:
        if is_floating(value) and sum(size > 1 for size in value.shape) == 1:
            name = bench.name_of(value)
            if not name and value._base is not None:  # noqa: SLF001 - the tensor a view looks at
                name = bench.name_of(value._base)  # noqa: SLF001
            if name:
                return name
    return ""


def _gain_moved(name: str, shift: float) -> Edit:
    def edit(made: Made) -> Tensor:
        args = [
            value + shift
            if isinstance(value, Tensor) and _reads(value, made.state[name])
            else value
            for value in made.args
        ]
        return made.func(*args, **made.kwargs)  # type: ignore[no-any-return]

    return edit


def _reads(value: Tensor, parameter: Tensor) -> bool:
    return value.data_ptr() == parameter.data_ptr() and value.numel() == parameter.numel()
