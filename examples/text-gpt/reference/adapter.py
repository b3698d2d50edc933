"""How to build, feed and train the reference: the functions that `scaffold record` calls.

The only file of this repository that imports the reference. Loss and recipe are a stand-in, the same as in
`configs/`: the reference's own recipe is known to whoever read its paper, and takes their place here.
"""

import math
from dataclasses import replace
from functools import cache
from pathlib import Path

import torch
from scaffold.core.blueprint.document import loads
from scaffold.core.blueprint.flat import flat
from scaffold.reference.blueprint.inputs.draw import batch_of
from scaffold.reference.hybrid import positional
from scaffold.reference.spec import parse
from scaffold.reference.spec.build import reference_of
from scaffold.trace.nest import leaves
from torch.nn import functional as F

SPEC = "transformers:GPT2LMHeadModel"
ARGUMENTS = {
    "n_layer": 2,
    "n_embd": 24,
    "n_head": 4,
    "vocab_size": 128,
    "n_positions": 64,
    "bos_token_id": 0,
    "eos_token_id": 0,
    "use_cache": False,
}
TWIN = {"embd_pdrop": 0.0, "resid_pdrop": 0.0, "attn_pdrop": 0.0}
"""What the twin is built with beside that: every class and every path at the smallest size."""
INPUTS = ["input_ids", "attention_mask"]
"""The parameters of `forward` that the inputs of a batch are for, in this order: by their names, or packed."""
SEED = 0
TOTAL_STEPS = 600
"""Steps of a whole training with this stand-in recipe."""
LR, BETAS, EPS, DECAY, WARMUP, CLIP = 1e-3, (0.9, 0.999), 1e-8, 0.05, 0.1, 1.0


@cache
def reference(size):
    """Find the reference once: built twice, its parts are of the same classes."""
    arguments = ARGUMENTS | (TWIN if size == "twin" else {})
    return reference_of(parse(SPEC, [f"{name}={value!r}" for name, value in arguments.items()]))


def build(size="twin"):
    """Build the network with fresh weights: `full`, or the twin."""
    seed = int(torch.randint(2**31, ()))
    model = replace(reference(size), seed=seed).build()
    return positional(model, INPUTS)


def described(size):
    """Read the blueprint of a size."""
    name = "blueprint.twin.json" if TWIN and size == "twin" else "blueprint.json"
    return loads(Path(__file__).with_name(name).read_text(encoding="utf-8"))


def example_batch(size="twin"):
    """Give numbers that are drawn by the description of the inputs in the blueprint."""
    batch = batch_of(flat(described(size).inputs), seed=SEED)
    given = [*batch.args, *batch.kwargs.values()]
    return tuple(given), given[0]


def loss_terms(output, target):
    """Compute every term of the loss, and `total`."""
    scores = next(one for one in leaves(output).values() if one.ndim == 3)
    entropy = F.cross_entropy(scores[:, :-1].flatten(0, 1), target[:, 1:].flatten())
    return {"next_token": entropy, "total": entropy}


def optimizer(model):
    """Build AdamW; biases and norms, which have one dimension, do not decay."""
    wanted = [one for one in model.parameters() if one.requires_grad]
    groups = [
        {"name": "decay", "params": [one for one in wanted if one.ndim > 1]},
        {"name": "no_decay", "params": [one for one in wanted if one.ndim <= 1]},
    ]
    groups[1]["weight_decay"] = 0.0
    return torch.optim.AdamW(groups, lr=LR, betas=BETAS, eps=EPS, weight_decay=DECAY)


def schedule(optimizer, total_steps):
    """Warm up over the first tenth, then half a cosine down to zero; one step a batch."""
    warm = int(WARMUP * total_steps)

    def scale(step):
        if step < warm:
            return (step + 1) / warm
        return (1 + math.cos(math.pi * (step - warm) / max(1, total_steps - warm))) / 2

    return torch.optim.lr_scheduler.LambdaLR(optimizer, scale)


def train(model, batches):
    """Train on batches, in place, and return the total loss of every step."""
    model.train()
    steps = optimizer(model)
    rate = schedule(steps, len(batches))
    losses = []
    for inputs, target in batches:
        loss = loss_terms(model(*inputs), target)["total"]
        steps.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), CLIP)
        steps.step()
        rate.step()
        losses.append(loss.item())
    return losses
