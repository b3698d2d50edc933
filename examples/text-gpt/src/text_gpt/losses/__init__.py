"""The terms of the loss as pure functions of what the network gives and the target. Nothing here knows a model."""
