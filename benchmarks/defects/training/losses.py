"""A loss, wrong ones (some have the right value and a wrong gradient), and right ones."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

SMOOTHING, GAMMA, Z = 0.1, 2.0, 1e-2

Terms = dict[str, Tensor]


def focal(
    output: Tensor,
    target: Tensor,
    *,
    smoothing: float = SMOOTHING,
    gamma: float = GAMMA,
    z: float = Z,
    detached: bool = True,
    reduction: str = "mean",
) -> Terms:
    """Smoothed cross-entropy, weighted by how unsure the model is; and the square of logsumexp."""
    each = functional.cross_entropy(output, target, label_smoothing=smoothing, reduction="none")
    keep = target != -100
    sure = output.softmax(-1).gather(1, target.clamp(min=0)[:, None])[:, 0]
    weight = (1 - sure) ** gamma
    if detached:
        weight = weight.detach()
    total = (weight * each * keep).sum()
    classification = total / len(target) if reduction == "mean" else total
    size = z * torch.logsumexp(output, -1).square().mean()
    return {"classification": classification, "size": size, "total": classification + size}


def _total(classification: Tensor, size: Tensor) -> Terms:
    return {"classification": classification, "size": size, "total": classification + size}


def by_log_softmax(output: Tensor, target: Tensor) -> Terms:
    """The same in other words: log_softmax, one-hot targets, a product."""
    log = output.log_softmax(-1)
    keep = (target != -100).to(output.dtype)
    index = target.clamp(min=0)
    hot = functional.one_hot(index, output.shape[-1]).to(output.dtype)
    soft = hot * (1 - SMOOTHING) + SMOOTHING / output.shape[-1]
    each = -(soft * log).sum(-1)
    weight = (1 - (hot * log.exp()).sum(-1)).square().detach()
    size = Z * torch.logsumexp(output, -1).pow(2).mean()
    return _total((weight * each * keep).sum() / len(target), size)


def by_logsumexp(output: Tensor, target: Tensor) -> Terms:
    """The same in other words: logits less their logsumexp."""
    log = output - torch.logsumexp(output, -1, keepdim=True)
    keep = (target != -100).to(output.dtype)
    index = target.clamp(min=0)
    picked = log.gather(1, index[:, None]).squeeze(1)
    each = -(1 - SMOOTHING) * picked - SMOOTHING * log.mean(-1)
    weight = (1 - functional.softmax(output, dim=-1).gather(1, index[:, None]).squeeze(1)) ** 2
    size = Z * (torch.logsumexp(output, -1) ** 2).mean()
    return _total((weight.detach() * each * keep).mean(), size)


def by_hand(output: Tensor, target: Tensor) -> Terms:
    """The same with no_grad for detach."""
    with torch.no_grad():
        sure = functional.softmax(output, -1).gather(1, target.clamp(min=0)[:, None])[:, 0]
        weight = torch.pow(1 - sure, GAMMA)
    each = functional.cross_entropy(output, target, label_smoothing=SMOOTHING, reduction="none")
    size = (output.logsumexp(-1) ** 2).mean() * Z
    return _total(torch.mean(weight * each), size)


def with_sum(output: Tensor, target: Tensor) -> Terms:
    """Sums over the batch."""
    return focal(output, target, reduction="sum")


def without_smoothing(output: Tensor, target: Tensor) -> Terms:
    """Forgets the smoothing."""
    return focal(output, target, smoothing=0.0)


def smoothed_over_others(output: Tensor, target: Tensor) -> Terms:
    """E / (K - 1) for e / K."""
    count = output.shape[-1]
    return focal(output, target, smoothing=SMOOTHING * count / (count - 1))


def without_stop(output: Tensor, target: Tensor) -> Terms:
    """Right value, wrong gradient: the weight is not detached."""
    return focal(output, target, detached=False)


def stopped_size(output: Tensor, target: Tensor) -> Terms:
    """Right value, wrong gradient: the second term is detached."""
    terms = focal(output, target)
    return _total(terms["classification"], terms["size"].detach())


def stopped_half(output: Tensor, target: Tensor) -> Terms:
    """Right value, wrong gradient: a straight-through term where theirs has none."""
    shifted = output + (output.detach() - output) * 0.1
    return focal(shifted, target)


def clamped(output: Tensor, target: Tensor) -> Terms:
    """Logits are clamped, which kills gradients outside."""
    return focal(output.clamp(-3, 3), target)


def clamped_straight(output: Tensor, target: Tensor) -> Terms:
    """Right value on small logits, clamped ones pass their gradient."""
    return focal(output + (output.clamp(-3, 3) - output).detach(), target)


def other_gamma(output: Tensor, target: Tensor) -> Terms:
    """The exponent is one."""
    return focal(output, target, gamma=1.0)


def other_weight(output: Tensor, target: Tensor) -> Terms:
    """The second term counts a tenth."""
    return focal(output, target, z=Z / 10)


def softmax_twice(output: Tensor, target: Tensor) -> Terms:
    """Probabilities for logits."""
    return focal(output.softmax(-1), target)


def log_of_softmax(output: Tensor, target: Tensor) -> Terms:
    """log(softmax(x)), which is minus infinity at large gaps."""
    log = torch.log(output.softmax(-1))
    keep = (target != -100).to(output.dtype)
    index = target.clamp(min=0)
    picked = log.gather(1, index[:, None])[:, 0]
    each = -(1 - SMOOTHING) * picked - SMOOTHING * log.mean(-1)
    weight = ((1 - picked.exp()) ** 2).detach()
    size = Z * torch.logsumexp(output, -1).square().mean()
    return _total((weight * each * keep).sum() / len(target), size)


def mean_over_valid(output: Tensor, target: Tensor) -> Terms:
    """Divides by the targets that count."""
    terms = focal(output, target, reduction="sum")
    valid = (target != -100).sum().clamp(min=1)
    return _total(terms["classification"] / valid, terms["size"])


def without_size(output: Tensor, target: Tensor) -> Terms:
    """Forgets the second term."""
    terms = focal(output, target)
    return _total(terms["classification"], terms["size"] * 0.0)


def normalised_by_weight(output: Tensor, target: Tensor) -> Terms:
    """Divides by the sum of the weights."""
    terms = focal(output, target, reduction="sum")
    sure = output.softmax(-1).gather(1, target.clamp(min=0)[:, None])[:, 0]
    total = ((1 - sure) ** GAMMA).detach().sum()
    return _total(terms["classification"] / total, terms["size"])
