"""Cross entropy in which a sample that is already right counts less (after Lin et al. 2017, section 3.2).

Shape letters, for this file only:
    B batch, K classes
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch.nn import functional as F

if TYPE_CHECKING:
    from torch import Tensor


def classification(
    logits_BK: Tensor, target_B: Tensor, *, label_smoothing: float, gamma: float
) -> Tensor:
    """Average the smoothed cross entropy, each sample weighted by (1 - p)^gamma of its true class.

    The weight says how much a sample counts and is no way to lower the loss: no gradient flows through it.
    """
    entropy_B = F.cross_entropy(
        logits_BK, target_B, reduction="none", label_smoothing=label_smoothing
    )
    true_B = logits_BK.softmax(dim=-1).gather(1, target_B[:, None])[:, 0]
    weight_B = ((1 - true_B) ** gamma).detach()  # stop-grad: SG-01
    return (weight_B * entropy_B).mean()
