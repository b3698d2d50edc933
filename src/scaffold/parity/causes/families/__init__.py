"""One file per family of hypotheses; each registers what it knows."""
