"""Datasets of the Hugging Face hub. Needs the extra `huggingface`, and a network or a filled cache."""

from __future__ import annotations

from typing import Any

from scaffold.core.errors import ScaffoldError

from .source import Image, Splits, Subset, as_image, cut, need


class Rows:
    """A table of the hub, in the form used here."""

    def __init__(self, table: Any, *, image: str, label: str) -> None:
        self.table, self.image, self.label = table, image, label

    def __len__(self) -> int:
        return len(self.table)

    def __getitem__(self, index: int, /) -> tuple[Image, int]:
        row = self.table[index]
        return as_image(row[self.image]), int(row[self.label])


def huggingface(
    *, name: str, revision: str, image: str, label: str, validation: int, split_seed: int
) -> Splits:
    """Load a dataset by its name and commit; validation images are taken from its training part."""
    datasets = need("datasets", extra="huggingface")
    try:
        tables = datasets.load_dataset(name, revision=revision)
    except (ConnectionError, FileNotFoundError) as error:
        raise ScaffoldError(
            f"the dataset {name} could not be loaded: {error}",
            where="data.source.name",
            remedy="run once with a network: the hub's cache is used from then on",
        ) from error
    train, test = (Rows(tables[part], image=image, label=label) for part in ("train", "test"))
    rest, held_out = cut(len(train), (validation,), seed=split_seed)
    return Splits(Subset(train, rest), Subset(train, held_out), test)
