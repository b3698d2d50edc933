"""Images in folders named after their class: `<root>/{train,val,test}/<class>/<image>`. Needs the extra `vision`."""

from __future__ import annotations

from pathlib import Path

from scaffold.core.errors import ScaffoldError

from .source import Image, Splits, as_image, need


class ImageFolder:
    """One folder per class; classes are numbered in the order of their names."""

    def __init__(self, root: Path, *, size: int) -> None:
        if not root.is_dir():
            raise ScaffoldError(
                "there is no such folder of images",
                where=str(root),
                remedy="set data.source.root to a folder with train/, val/ and test/",
            )
        self.classes = sorted(path.name for path in root.iterdir() if path.is_dir())
        self.files = [
            (path, number)
            for number, name in enumerate(self.classes)
            for path in sorted((root / name).iterdir())
        ]
        self.size = size
        self.pillow = need("PIL.Image", extra="vision")

    def __len__(self) -> int:
        return len(self.files)

    def __getitem__(self, index: int, /) -> tuple[Image, int]:
        path, label = self.files[index]
        with self.pillow.open(path) as picture:
            # Pillow's resize filters before it samples (antialiased), unlike torch's interpolate.
            small = picture.convert("RGB").resize(
                (self.size, self.size), self.pillow.Resampling.BILINEAR
            )
            return as_image(small), label


def image_folder(*, root: str, size: int) -> Splits:
    """Read the three folders below a root."""
    return Splits(*(ImageFolder(Path(root) / part, size=size) for part in Splits._fields))
