"""The value that inspecting a reference gives; its classes stand in `scaffold.core.blueprint`.

They stand there, and not here, because `generate` reads a blueprint too, and rooms on one floor do
not know each other.
"""

from scaffold.core.blueprint import *  # noqa: F403 - the same names, from one more place
