"""Know the names of torch's arguments, so that a call can be made again with one changed."""

from __future__ import annotations

from typing import Any

_NORM = "input normalized_shape weight bias eps"
_CONV = "input weight bias stride padding dilation groups"
_CONV_BACK = "input weight bias stride padding output_padding groups dilation"
_MAX_POOL = "input kernel_size stride padding dilation ceil_mode return_indices"
_AVG_POOL = "input kernel_size stride padding ceil_mode count_include_pad divisor_override"
_REDUCED = "size_average reduce reduction"
_DIM = "input dim keepdim"

SIGNATURES: dict[str, tuple[str, ...]] = {
    op: tuple(names.split())
    for op, names in {
        "layer_norm": _NORM,
        "rms_norm": "input normalized_shape weight eps",
        "batch_norm": "input running_mean running_var weight bias training momentum eps",
        "group_norm": "input num_groups weight bias eps",
        "instance_norm": "input running_mean running_var weight bias use_input_stats momentum eps",
        "normalize": "input p dim eps",
        "cosine_similarity": "input other dim eps",
        "gelu": "input approximate",
        "leaky_relu": "input negative_slope inplace",
        "elu": "input alpha inplace",
        "celu": "input alpha inplace",
        "softplus": "input beta threshold",
        "hardtanh": "input min_val max_val inplace",
        "softmax": "input dim",
        "log_softmax": "input dim",
        "logsumexp": _DIM,
        "scaled_dot_product_attention": "query key value attn_mask dropout_p is_causal",
        "linear": "input weight bias",
        "conv1d": _CONV,
        "conv2d": _CONV,
        "conv3d": _CONV,
        "conv_transpose1d": _CONV_BACK,
        "conv_transpose2d": _CONV_BACK,
        "conv_transpose3d": _CONV_BACK,
        "max_pool1d": _MAX_POOL,
        "max_pool2d": _MAX_POOL,
        "max_pool3d": _MAX_POOL,
        "avg_pool1d": _AVG_POOL,
        "avg_pool2d": _AVG_POOL,
        "avg_pool3d": _AVG_POOL,
        "interpolate": "input size scale_factor mode align_corners recompute_scale_factor "
        "antialias",
        "pad": "input pad mode value",
        "grid_sample": "input grid mode padding_mode align_corners",
        "affine_grid": "theta size align_corners",
        "embedding": "input weight padding_idx",
        "dropout": "input p training inplace",
        "cat": "tensors dim",
        "stack": "tensors dim",
        "mean": _DIM,
        "sum": _DIM,
        "amax": _DIM,
        "amin": _DIM,
        "max": _DIM,
        "var": "input dim unbiased keepdim",
        "std": "input dim unbiased keepdim",
        "norm": "input p dim keepdim",
        "cumsum": "input dim",
        "clamp": "input min max",
        "masked_fill": "input mask value",
        "where": "condition input other",
        "tril": "input diagonal",
        "triu": "input diagonal",
        "roll": "input shifts dims",
        "flip": "input dims",
        "chunk": "input chunks dim",
        "split": "input split_size dim",
        "unbind": "input dim",
        "transpose": "input dim0 dim1",
        "cross_entropy": f"input target weight size_average ignore_index {_REDUCED[13:]} "
        "label_smoothing",
        "nll_loss": f"input target weight size_average ignore_index {_REDUCED[13:]}",
        "mse_loss": f"input target {_REDUCED}",
        "l1_loss": f"input target {_REDUCED}",
        "smooth_l1_loss": f"input target {_REDUCED} beta",
        "huber_loss": "input target reduction delta",
        "kl_div": f"input target {_REDUCED} log_target",
        "binary_cross_entropy": f"input target weight {_REDUCED}",
        "binary_cross_entropy_with_logits": f"input target weight {_REDUCED} pos_weight",
        "add": "input other",
        "sub": "input other",
        "mul": "input other",
        "div": "input other",
        "rdiv": "input other",
        "rsub": "input other",
        "pow": "input exponent",
        "rpow": "input base",
    }.items()
}
_ANY = ("input", "other")


def bound(op: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
    """Return the arguments of a call by name; positions without a name are left out."""
    return {**dict(zip(SIGNATURES.get(op, _ANY), args, strict=False)), **kwargs}


def changed(
    op: str, args: tuple[Any, ...], kwargs: dict[str, Any], changes: dict[str, Any]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Return the arguments of a call with some of them replaced by name."""
    names = SIGNATURES.get(op, _ANY)
    positions, words = list(args), dict(kwargs)
    for name, value in changes.items():
        place = names.index(name) if name in names else len(positions)
        if place < len(positions):
            positions[place] = value
        else:
            words[name] = value
    return tuple(positions), words
