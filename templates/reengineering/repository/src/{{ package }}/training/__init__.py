"""Training and evaluation: the step, the entry points, and what a run leaves behind."""
