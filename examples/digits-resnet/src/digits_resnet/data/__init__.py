"""Where samples come from, in which order, and in which form the network takes them."""
