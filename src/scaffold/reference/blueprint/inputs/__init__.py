"""Guess what a model takes, from its family, its configuration and the signature of `forward`.

A guess is a description of tensors (`scaffold.core.blueprint.Input`), so that generated code can
write it out; it counts as one when the model runs on what is drawn from it.
"""

from scaffold.reference.blueprint.inputs.draw import Batch, batch_of
from scaffold.reference.blueprint.inputs.given import given_inputs
from scaffold.reference.blueprint.inputs.guess import guessed

__all__ = ["Batch", "batch_of", "given_inputs", "guessed"]
