"""The terms of the loss as pure functions of logits and labels, and their sum. Nothing here knows a model."""
