"""The defaults that reimplementations get wrong: which arguments a call must write out.

Values as of torch 2.13 and torchvision 0.29; a default that depends on another argument is asked
for only where it counts.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Default:
    """One argument: its name, its place among the positional ones, its default as text."""

    name: str
    place: int
    text: str
    modes: tuple[str, ...] = ()
    """It counts only where `mode` is one of these; empty for always."""


_SMOOTH = ("linear", "bilinear", "bicubic", "trilinear")
_EPS = "1e-05"
_BATCH = (Default("eps", 1, _EPS), Default("momentum", 2, "0.1"))
_ADAM = (
    Default("lr", 1, "0.001"),
    Default("betas", 2, "(0.9, 0.999)"),
    Default("eps", 3, "1e-08"),
)

DEFAULTS: dict[str, tuple[Default, ...]] = {
    **{f"torch.nn.BatchNorm{n}d": _BATCH for n in (1, 2, 3)},
    "torch.nn.SyncBatchNorm": _BATCH,
    **{f"torch.nn.InstanceNorm{n}d": (Default("eps", 1, _EPS),) for n in (1, 2, 3)},
    "torch.nn.LayerNorm": (Default("eps", 1, _EPS),),
    "torch.nn.GroupNorm": (Default("eps", 2, _EPS),),
    "torch.nn.GELU": (Default("approximate", 0, '"none"'),),
    "torch.nn.functional.gelu": (Default("approximate", 1, '"none"'),),
    "torch.nn.LeakyReLU": (Default("negative_slope", 0, "0.01"),),
    "torch.nn.functional.leaky_relu": (Default("negative_slope", 1, "0.01"),),
    "torch.nn.functional.interpolate": (
        Default("mode", 3, '"nearest"'),
        Default("align_corners", 4, "False", _SMOOTH),
        Default("antialias", 6, "False", ("bilinear", "bicubic")),
    ),
    "torch.nn.Upsample": (
        Default("mode", 2, '"nearest"'),
        Default("align_corners", 3, "False", _SMOOTH),
    ),
    "torch.nn.functional.grid_sample": (
        Default("mode", 2, '"bilinear"'),
        Default("padding_mode", 3, '"zeros"'),
        Default("align_corners", 4, "False"),
    ),
    **{
        f"torch.nn.AvgPool{n}d": (
            Default("ceil_mode", 3, "False"),
            Default("count_include_pad", 4, "True"),
        )
        for n in (1, 2, 3)
    },
    **{
        f"torch.nn.functional.avg_pool{n}d": (
            Default("ceil_mode", 4, "False"),
            Default("count_include_pad", 5, "True"),
        )
        for n in (1, 2, 3)
    },
    "torch.nn.functional.dropout": (Default("p", 1, "0.5"), Default("training", 2, "True")),
    "torch.nn.functional.cross_entropy": (
        Default("reduction", 6, '"mean"'),
        Default("label_smoothing", 7, "0.0"),
    ),
    "torch.nn.CrossEntropyLoss": (
        Default("reduction", 4, '"mean"'),
        Default("label_smoothing", 5, "0.0"),
    ),
    "torch.nn.functional.smooth_l1_loss": (
        Default("reduction", 4, '"mean"'),
        Default("beta", 5, "1.0"),
    ),
    "torch.nn.SmoothL1Loss": (Default("reduction", 2, '"mean"'), Default("beta", 3, "1.0")),
    "torch.optim.SGD": (
        Default("lr", 1, "0.001"),
        Default("momentum", 2, "0"),
        Default("dampening", 3, "0"),
        Default("weight_decay", 4, "0"),
        Default("nesterov", 5, "False"),
    ),
    "torch.optim.Adam": (
        *_ADAM,
        Default("weight_decay", 4, "0"),
        Default("amsgrad", 5, "False"),
    ),
    "torch.optim.AdamW": (
        *_ADAM,
        Default("weight_decay", 4, "0.01"),
        Default("amsgrad", 5, "False"),
    ),
    "torch.optim.RMSprop": (
        Default("lr", 1, "0.01"),
        Default("alpha", 2, "0.99"),
        Default("eps", 3, "1e-08"),
        Default("weight_decay", 4, "0"),
        Default("momentum", 5, "0"),
        Default("centered", 6, "False"),
    ),
    "torchvision.transforms.Resize": (Default("antialias", 3, "True"),),
    "torchvision.transforms.v2.Resize": (Default("antialias", 3, "True"),),
    "torch.nn.utils.clip_grad_norm_": (Default("norm_type", 2, "2.0"),),
}
"""By the full name of what is called."""

NUMBERS_ONLY = frozenset({"lr", "betas", "eps", "weight_decay", "momentum", "alpha", "dampening"})
"""What an optimizer takes from a configuration: numbers, and none of its switches."""
