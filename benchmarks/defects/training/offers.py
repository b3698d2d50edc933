"""Averages, data and metrics: right, wrong, and right in other words."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.optim.swa_utils import AveragedModel

from benchmarks.defects.training.recipe import CLASSES

Decay = Callable[[int], float]
MEAN, STD = (0.4, 0.5, 0.6), (0.2, 0.25, 0.3)


def warmed(step: int, last: float = 0.9) -> float:
    """Grow towards the last decay; steps are counted from one."""
    return min(last, (1 + step) / (10 + step))


def lerped(old: Tensor, new: Tensor, decay: float) -> Tensor:
    """Move towards the new weights."""
    return old.lerp(new, 1 - decay)


def summed(old: Tensor, new: Tensor, decay: float) -> Tensor:
    """The same as a weighted sum."""
    return decay * old + (1 - decay) * new


def subtracted(old: Tensor, new: Tensor, decay: float) -> Tensor:
    """The same as a step."""
    return old - (1 - decay) * (old - new)


class Average:
    """Follow the weights; the statistics are copied."""

    def __init__(
        self,
        model: nn.Module,
        *,
        decay: Decay = warmed,
        moved: Callable[[Tensor, Tensor, float], Tensor] = lerped,
        statistics: str = "copied",
    ) -> None:
        self.held = {name: value.clone() for name, value in model.state_dict().items()}
        self.learned = {name for name, _ in model.named_parameters()}
        self.decay, self.moved, self.statistics, self.count = decay, moved, statistics, 0

    @torch.no_grad()
    def update(self, model: nn.Module) -> None:
        """Follow one step."""
        self.count += 1
        for name, value in model.state_dict().items():
            averaged = self.statistics == "averaged" and value.is_floating_point()
            if name in self.learned or averaged:
                self.held[name] = self.moved(self.held[name], value, self.decay(self.count))
            elif self.statistics != "left":
                self.held[name] = value.clone()

    def state_dict(self) -> dict[str, Tensor]:
        """Give the averages."""
        return self.held


def by_torch(model: nn.Module) -> AveragedModel:
    """The same by torch's own class."""
    kept = AveragedModel(model, avg_fn=_torch_step)
    plain = kept.update_parameters

    def update(other: nn.Module) -> None:
        if int(kept.n_averaged) == 0:
            kept.n_averaged += 1  # torch's first update copies, and ours averages
        plain(other)
        for mine, theirs in zip(kept.module.buffers(), other.buffers(), strict=True):
            mine.copy_(theirs)

    kept.update_parameters = update  # type: ignore[method-assign] # a benchmark may
    return kept


def _torch_step(old: Tensor, new: Tensor, count: Any) -> Tensor:
    return lerped(old, new, warmed(int(count)))


def source() -> dict[str, Any]:
    """Give one picture of 24 by 32 in three colours."""
    y, x = np.mgrid[:24, :32]
    bands = [128 + 100 * np.sin(x / 3 + k) * np.cos(y / (4 + k)) + 9 * k for k in range(3)]
    return {"waves": np.stack(bands, -1).clip(0, 255).astype(np.uint8)}


def resized(image: np.ndarray, **settings: Any) -> np.ndarray:
    """Make it 12 by 16."""
    as_tensor = torch.from_numpy(image.copy()).permute(2, 0, 1)[None].float()
    usual = {"size": (12, 16), "mode": "bilinear", "antialias": True, "align_corners": False}
    small = functional.interpolate(as_tensor, **{**usual, **settings})
    return np.asarray(small[0].permute(1, 2, 0).round().clamp(0, 255).to(torch.uint8))


def corner(seed: int, places: int = 5) -> tuple[int, int]:
    """Draw where a crop begins."""
    x, y = np.random.default_rng(seed).integers(0, places, size=2)
    return int(x), int(y)


def crop(image: np.ndarray, at: tuple[int, int]) -> np.ndarray:
    """Cut eight by eight."""
    return image[:, at[1] : at[1] + 8, at[0] : at[0] + 8]


def to_float(image: np.ndarray, largest: float = 255.0) -> np.ndarray:
    """Bring values to the range from 0 to 1."""
    return image.astype(np.float32) / np.float32(largest)


def normalised(image: np.ndarray, mean: Any = MEAN, std: Any = STD) -> np.ndarray:
    """Take mean and deviation out."""
    return (image - np.float32(mean)) / np.float32(std)


def normalised_by_product(image: np.ndarray) -> np.ndarray:
    """The same as one multiplication and one addition."""
    scale = 1 / np.asarray(STD, np.float64)
    shift = -np.asarray(MEAN) * scale
    return image * scale.astype(image.dtype) + shift.astype(image.dtype)


def chain(**changes: Any) -> dict[str, Any]:
    """Give the operations, some of them changed; None leaves one out."""
    usual: dict[str, Any] = {
        "resize": resized,
        "to float": to_float,
        "normalise": normalised,
        "layout": lambda image: image.transpose(2, 0, 1),
        "crop": (corner, crop),
    }
    named = {name.replace("_", " "): value for name, value in changes.items()}
    return {name: value for name, value in {**usual, **named}.items() if value is not None}


def joined(batches: list[Any]) -> tuple[Tensor, Tensor]:
    """Put the batches together, without what is ignored."""
    output = torch.cat([one for one, _ in batches])
    target = torch.cat([two for _, two in batches])
    return output[target >= 0], target[target >= 0]


def recall(output: Tensor, target: Tensor, classes: list[int]) -> Tensor:
    """Average the recall over classes."""
    hit = output.argmax(-1) == target
    each = [hit[target == k].float().mean().nan_to_num() for k in classes]
    return torch.stack(each).mean()


def metrics(batches: list[Any], **changes: Any) -> dict[str, Any]:
    """Report counts, shares, and a loss; some of them changed."""
    output, target = joined(batches)
    usual: dict[str, Any] = {
        "right": lambda: int((output.argmax(-1) == target).sum()),
        "accuracy": lambda: (output.argmax(-1) == target).float().mean(),
        "top 2": lambda: (output.topk(2).indices == target[:, None]).any(-1).float().mean(),
        "recall": lambda: recall(output, target, target.unique().tolist()),
        "loss": lambda: functional.cross_entropy(output, target),
    }
    named = {name.replace("_", " "): partial(value, batches) for name, value in changes.items()}
    return {name: value() for name, value in {**usual, **named}.items()}


def mean_of_means(batches: list[Any]) -> Tensor:
    """Average the accuracy of batches."""
    kept = [(o[t >= 0], t[t >= 0]) for o, t in batches]
    return torch.stack([(o.argmax(-1) == t).float().mean() for o, t in kept if len(t)]).mean()


def micro(batches: list[Any]) -> Tensor:
    """Recall over all samples alike."""
    output, target = joined(batches)
    return (output.argmax(-1) == target).float().mean()


def over_all_classes(batches: list[Any]) -> Tensor:
    """Recall in which an absent class counts as zero."""
    return recall(*joined(batches), list(range(CLASSES)))


def ties_in_favour(batches: list[Any]) -> Tensor:
    """Top two in which ties count as right."""
    output, target = joined(batches)
    own = output.gather(1, target[:, None])
    return ((output > own).sum(-1) < 2).float().mean()


def with_ignored(batches: list[Any]) -> int:
    """Counts ignored samples as class zero."""
    return sum(int((o.argmax(-1) == t.clamp(min=0)).sum()) for o, t in batches)


def without_last(batches: list[Any]) -> int:
    """Leaves the short batch out."""
    whole = [pair for pair in batches if len(pair[1]) == len(batches[0][1])]
    output, target = joined(whole)
    return int((output.argmax(-1) == target).sum())


def by_batches(batches: list[Any]) -> Tensor:
    """The same accuracy, counted batch by batch."""
    right = torch.stack([(o.argmax(-1) == t).sum() for o, t in batches]).sum()
    return right / sum(int((t >= 0).sum()) for _, t in batches)


def written_loss(batches: list[Any]) -> Tensor:
    """The same loss, written out."""
    output, target = joined(batches)
    return (output.logsumexp(-1) - output.gather(1, target[:, None])[:, 0]).mean()


WRONG_AVERAGES: dict[str, tuple[str, Callable[[nn.Module], Any]]] = {
    "decay": ("D125", partial(Average, decay=partial(warmed, last=0.8))),
    "no-warm-up": ("D125", partial(Average, decay=lambda _step: 0.9)),
    "warm-up-off-by-one": ("D125", partial(Average, decay=lambda step: warmed(step - 1))),
    "statistics-averaged": ("D126", partial(Average, statistics="averaged")),
    "statistics-left": ("D126", partial(Average, statistics="left")),
}
SAME_AVERAGES: dict[str, Callable[[nn.Module], Any]] = {
    "sum": partial(Average, moved=summed),
    "step": partial(Average, moved=subtracted),
    "torch": by_torch,
}
WRONG_DATA: dict[str, tuple[str, Callable[[], dict[str, Any]]]] = {
    "bicubic": ("D20", partial(chain, resize=partial(resized, mode="bicubic"))),
    "no-antialias": ("D19", partial(chain, resize=partial(resized, antialias=False))),
    "corners-aligned": ("D21", partial(chain, resize=partial(resized, align_corners=True))),
    "bgr": ("D15", partial(chain, to_float=lambda image: to_float(image[..., ::-1]))),
    "scale": ("D16", partial(chain, to_float=partial(to_float, largest=256.0))),
    "mean-turned": ("D17", partial(chain, normalise=partial(normalised, mean=MEAN[::-1]))),
    "variance": ("D17", partial(chain, normalise=partial(normalised, std=[s * s for s in STD]))),
    "axes": ("D82", partial(chain, layout=lambda image: image.transpose(2, 1, 0))),
    "crop-turned": ("D22", partial(chain, crop=(corner, lambda im, at: crop(im, at[::-1])))),
    "crop-places": ("D22", partial(chain, crop=(partial(corner, places=4), crop))),
}
SAME_DATA: dict[str, Callable[[], dict[str, Any]]] = {
    "product": partial(chain, normalise=normalised_by_product),
    "in-one-go": partial(chain, to_float=None, normalise=lambda image: normalised(to_float(image))),
}
WRONG_METRICS: dict[str, tuple[str, Callable[[list[Any]], dict[str, Any]]]] = {
    "mean-of-means": ("D140", partial(metrics, accuracy=mean_of_means)),
    "micro": ("D150", partial(metrics, recall=micro)),
    "absent-classes": ("D147", partial(metrics, recall=over_all_classes)),
    "ties": ("D146", partial(metrics, top_2=ties_in_favour)),
    "ignored": ("D147", partial(metrics, right=with_ignored)),
    "last-dropped": ("D141", partial(metrics, right=without_last)),
}
SAME_METRICS: dict[str, Callable[[list[Any]], dict[str, Any]]] = {
    "by-batches": partial(metrics, accuracy=by_batches),
    "loss-written": partial(metrics, loss=written_loss),
}
