"""The network, small layers first. Read in this order: patch, attention, mlp, block, encoder, pool, vit."""
