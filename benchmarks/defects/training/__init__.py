"""Wrong and harmless ways to train, for the rungs above the forward pass."""
