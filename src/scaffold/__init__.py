"""Turn a reference model into a repository that reimplements it, and prove it is the same model."""

__version__ = "0.1.0"
