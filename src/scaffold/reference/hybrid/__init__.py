"""Put what is written into what is not: a reference with some of its classes replaced by ours.

A repository that is rewritten part by part trains and agrees at every moment, because each class
that is not written yet is the reference's own.
"""

from scaffold.reference.hybrid.place import hybrid
from scaffold.reference.hybrid.positional import positional

__all__ = ["hybrid", "positional"]
