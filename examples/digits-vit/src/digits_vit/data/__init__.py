"""Where samples come from, how they are split, ordered and augmented. Nothing here knows a model or a loss."""
