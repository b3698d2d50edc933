"""Refuse names that would hurt: on a disk, in an import, or in a reader's eye.

The verdict depends on the name alone, never on what happens to be installed here, so that the
same answers are good or bad on every machine.
"""

from __future__ import annotations

import keyword
import re
import sys
import unicodedata

from scaffold.core.errors import ScaffoldError

LONGEST_COMPONENT = 200
LONGEST_NAME = 64
LONGEST_TEXT = 10_000

DEVICES = frozenset(
    {"con", "prn", "aux", "nul", "conin$", "conout$", "clock$"}
    | {f"{port}{digit}" for port in ("com", "lpt") for digit in "0123456789\u00b9\u00b2\u00b3"}
)

# Import names of the libraries that reengineered models are made with.
_TAKEN_WORDS = """
accelerate absl aiohttp antlr4 cookiecutter copier datasets deepspeed einops fairscale fire flax
fsspec google grpc haiku huggingface_hub hydra hydra_plugins hypothesis jax jaxlib jaxtyping
jinja2 joblib keras lightning lightning_fabric lightning_utilities matplotlib mkdocs ml_dtypes
mlflow monai mpi4py mypy networkx numba numpy omegaconf onnx onnxruntime onnxscript optax optuna
orbax packaging pandas peft pil pip pkg_resources plotly polars protobuf pyarrow pydantic pytest
pytorch_lightning ray refscaffold requests rich ruff safetensors scaffold scipy seaborn
sentencepiece setuptools six skimage sklearn scikit_learn submitit sympy tensorboard tensorflow
tensorstore timm tokenizers tomli tomlkit torch torchao torchaudio torchgen torchmetrics
torchtext torchvision tqdm transformers triton typer typing_extensions wandb wheel xarray yaml
"""
TAKEN = frozenset(_TAKEN_WORDS.split())

# Names that a generated repository gives to other things.
_OURS_WORDS = """
tests test src reference goldens configs docs results conftest setup scripts notebooks data
build dist site_packages lib bin main noxfile
"""
OURS = frozenset(_OURS_WORDS.split())

_UNSTORABLE = frozenset('<>:"|?*')
_ALIKE = frozenset({"LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "FULLWIDTH"})
_GITS_OWN = re.compile(r"\.git|git~\d+")
_DISTRIBUTION = re.compile(r"[a-z0-9]+([._-][a-z0-9]+)*")


def check_text(text: str, where: str) -> None:
    """Refuse characters that hide from a reader or end a line early."""
    if len(text) > LONGEST_TEXT:
        raise ScaffoldError(
            f"is {len(text)} characters long", where=where, remedy=f"stay below {LONGEST_TEXT}"
        )
    for character in text:
        category = unicodedata.category(character)
        if category in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp") and character not in "\n\t":
            name = unicodedata.name(character, "a control character")
            raise ScaffoldError(
                f"holds U+{ord(character):04X} ({name}), which does not show",
                where=where,
                remedy="remove it; type the text again if you cannot see it",
            )


def check_component(name: str, where: str) -> None:
    """Refuse what is no single, normal file or folder name on every system."""
    problem = _component_problem(name)
    if problem:
        raise ScaffoldError(f"{name!r} {problem[0]}", where=where, remedy=problem[1])


def check_name(name: str, where: str) -> None:
    """Refuse what is no good name for a folder or a file that a person names."""
    check_component(name, where)
    if name.startswith("."):
        raise ScaffoldError(
            f"{name!r} begins with a dot, which hides it", where=where, remedy="take the dot away"
        )
    scripts = {unicodedata.name(character, "").partition(" ")[0] for character in name}
    if len(scripts & _ALIKE) > 1:
        raise ScaffoldError(
            f"{name!r} mixes letters of several alphabets that look alike",
            where=where,
            remedy="type it again in one alphabet",
        )


def _component_problem(name: str) -> tuple[str, str] | None:
    plain = name.rstrip(". ").casefold()
    problems = (
        (name in ("", ".", ".."), "is no name", "give letters, digits and hyphens"),
        ("/" in name or "\\" in name, "holds a path separator", "give one name, not a path"),
        (
            any(unicodedata.category(character).startswith("C") for character in name),
            "holds a character that does not show",
            "type the name again",
        ),
        (bool(set(name) & _UNSTORABLE), 'holds one of < > : " | ? *', "Windows has no such names"),
        (
            name != name.strip() or name.endswith("."),
            "begins or ends with a space, or ends with a dot",
            "take it away",
        ),
        (name.startswith(("-", "~")), "begins with a hyphen or a tilde", "begin with a letter"),
        (
            plain.partition(".")[0].strip() in DEVICES,
            "is the name of a device on Windows",
            "give another name",
        ),
        (
            bool(_GITS_OWN.fullmatch(plain)),
            "is where git keeps its own files",
            "give another name",
        ),
        (
            unicodedata.normalize("NFC", name) != name,
            "is not in the normal form NFC",
            "type the name again",
        ),
        (
            len(name.encode(errors="surrogatepass")) > LONGEST_COMPONENT,
            f"is longer than {LONGEST_COMPONENT} bytes",
            "shorten it",
        ),
    )
    return next(((what, remedy) for wrong, what, remedy in problems if wrong), None)


def check_package(name: str, where: str) -> None:
    """Refuse what cannot be imported, or would be imported in the place of something else."""
    check_component(name, where)
    problem = _package_problem(name)
    if problem:
        raise ScaffoldError(f"{name!r} {problem}", where=where, remedy=_remedy_for_package(name))


def _package_problem(name: str) -> str | None:
    problems = (
        (not name.isascii(), "holds a character outside of ASCII, which can look like another"),
        (not name.isidentifier(), "is no Python identifier"),
        (keyword.iskeyword(name) or keyword.issoftkeyword(name), "is a keyword of Python"),
        (name != name.lower(), "holds capitals, which some disks cannot tell from small letters"),
        (name.startswith("_"), "begins with an underscore, which marks private names"),
        (name in sys.stdlib_module_names, "is a module of the standard library"),
        (name in TAKEN, "is the import name of a library that a repository may need"),
        (name in OURS, "is the name of something else in a repository"),
        (len(name) > LONGEST_NAME, f"is longer than {LONGEST_NAME} characters"),
    )
    return next((what for wrong, what in problems if wrong), None)


def _remedy_for_package(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"\W+|^\d+", "_", plain).strip("_")[: LONGEST_NAME - 6]
    other = words if words and _package_problem(words) is None else f"my_{words or 'net'}"
    if _package_problem(other) is None:
        return f"use small letters, digits and underscores, for example {other!r}"
    return "use small letters, digits and underscores, for example 'my_net'"


def check_distribution(name: str, where: str) -> None:
    """Refuse what cannot be the name of a distribution, or is the name of a well-known one."""
    check_component(name, where)
    if not _DISTRIBUTION.fullmatch(name):
        raise ScaffoldError(
            f"{name!r} is no distribution name",
            where=where,
            remedy="use small letters and digits, joined by hyphens",
        )
    if re.sub(r"[._-]", "_", name) in TAKEN:
        raise ScaffoldError(
            f"{name!r} is the name of a library that a repository may need",
            where=where,
            remedy=f"use another name, for example {'my-' + name!r}",
        )
    if len(name) > LONGEST_NAME:
        raise ScaffoldError(
            f"{name!r} is longer than {LONGEST_NAME} characters", where=where, remedy="shorten it"
        )
