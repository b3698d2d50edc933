"""Import a file together with its neighbours, and leave no trace in the interpreter.

A reference says `from model import Net`, and so does another one. While code of a folder runs, that
folder is first on the path and its own modules are the ones that `import` finds; afterwards
the path and the table of modules are what they were.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from scaffold.core.errors import ScaffoldError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from types import ModuleType


class Isolation:
    """The imports of one folder, kept apart from everybody else's."""

    def __init__(self, folder: Path, sources: Iterable[Path] = ()) -> None:
        self._folder = folder.resolve()
        self._paths = [str(self._folder), *(str(path.resolve()) for path in sources)]
        self._own: dict[str, ModuleType] = {}

    @contextmanager
    def __call__(self) -> Iterator[None]:
        """Run a block in which the folder's modules, and only they, answer to their names."""
        path_before = list(sys.path)
        claimed = self._claimed()
        hidden = {
            name: sys.modules.pop(name)
            for name in list(sys.modules)
            if name in self._own or name.partition(".")[0] in claimed
        }
        before = set(sys.modules)
        sys.modules.update(self._own)
        sys.path[:0] = self._paths
        try:
            yield
        finally:
            self._paths += [p for p in sys.path if p not in {*path_before, *self._paths}]
            sys.path[:] = path_before
            fresh = [name for name in sys.modules if name not in before and self._owns(name)]
            self._own = {name: sys.modules.pop(name) for name in fresh}
            sys.modules.update(hidden)

    def load(self, file: Path, *, name: str) -> ModuleType:
        """Execute a file as a module that `import` does not find.

        Raises:
            ScaffoldError: The file is missing, or fails while it is imported.
        """
        if not file.is_file():
            raise ScaffoldError(
                "there is no such file",
                where=str(file),
                remedy="check the paths under [parity] in reengineering.toml",
            )
        spec = importlib.util.spec_from_file_location(name, file)
        if spec is None or spec.loader is None:
            raise ScaffoldError(
                "is no python file", where=str(file), remedy="name a file that ends with .py"
            )
        module = importlib.util.module_from_spec(spec)
        importlib.invalidate_caches()
        # Dataclasses and pickles look their module up by name, so this one stays in the table.
        sys.modules[name] = module
        try:
            with self():
                spec.loader.exec_module(module)
        except Exception as error:
            sys.modules.pop(name, None)
            raise ScaffoldError(
                f"fails while it is imported ({type(error).__name__}: {error})",
                where=str(file),
                remedy="run the file with python alone, and mend what it reports",
            ) from error
        return module

    def _claimed(self) -> set[str]:
        """Give the names under which the folder's own modules and packages are imported.

        The standard library keeps its names: whoever shadows `random` breaks torch as well.
        """
        files = {path.stem for path in self._folder.glob("*.py")}
        packages = {path.parent.name for path in self._folder.glob("*/__init__.py")}
        return (files | packages) - sys.stdlib_module_names

    def _owns(self, name: str) -> bool:
        file = getattr(sys.modules[name], "__file__", None)
        top = name.partition(".")[0]
        if file is None:
            return name in self._own
        inside = any(Path(file).is_relative_to(path) for path in self._paths)
        return inside and top not in sys.stdlib_module_names and not top.startswith(PREFIX)


PREFIX = "_scaffold_subject_"
"""How the modules begin that `load` names."""
