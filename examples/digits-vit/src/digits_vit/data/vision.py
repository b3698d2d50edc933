"""Datasets of torchvision. Needs the extra `vision`, and the files under `root` or `download: true`."""

from __future__ import annotations

from typing import Any

from scaffold.core.errors import ScaffoldError

from .source import Image, Splits, Subset, as_image, cut, need


class Pictures:
    """A dataset of torchvision, in the form used here."""

    def __init__(self, dataset: Any) -> None:
        self.dataset = dataset

    def __len__(self) -> int:
        return len(self.dataset)

    def __getitem__(self, index: int, /) -> tuple[Image, int]:
        picture, label = self.dataset[index]
        return as_image(picture), int(label)


def torchvision(
    *, name: str, root: str, download: bool, validation: int, split_seed: int
) -> Splits:
    """Load a dataset by its class name; validation images are taken from its training part."""
    dataset = getattr(need("torchvision.datasets", extra="vision"), name)
    try:
        train, test = (
            Pictures(dataset(root, train=part, download=download)) for part in (True, False)
        )
    except RuntimeError as error:
        raise ScaffoldError(
            f"{name} could not be loaded: {error}",
            where=f"data.source.root={root}",
            remedy="run once with data.source.download=true, with a network",
        ) from error
    rest, held_out = cut(len(train), (validation,), seed=split_seed)
    return Splits(Subset(train, rest), Subset(train, held_out), test)
