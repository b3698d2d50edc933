"""Cut an image into patches and give each one a vector (Dosovitskiy et al. 2021, section 3.1).

Shape letters, for this file only:
    B batch, C channels, H image height, W image width, P patch size, T tokens, D model width
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch import nn

if TYPE_CHECKING:
    from torch import Tensor


class PatchEmbedding(nn.Module):
    """Project every patch, row by row from the top left.

    The reference convolves with a stride of one patch. Cutting first and projecting afterwards is the
    same map; the weight of the projection is the kernel of the convolution, flattened.
    """

    def __init__(self, *, channels: int, patch_size: int, width: int) -> None:
        super().__init__()
        self.patch_size = patch_size
        self.projection = nn.Linear(channels * patch_size**2, width, bias=True)

    def forward(self, x_BCHW: Tensor) -> Tensor:
        """Turn images B C H W into tokens B T D, with T = (H // P) * (W // P).

        What does not fill a patch, at the right and at the bottom, is dropped, as the convolution does.
        """
        B, C, H, W = x_BCHW.shape
        P = self.patch_size
        rows, columns = H // P, W // P
        whole_BCHW = x_BCHW[:, :, : rows * P, : columns * P]
        grid = whole_BCHW.reshape(B, C, rows, P, columns, P).permute(0, 2, 4, 1, 3, 5)
        return self.projection(grid.reshape(B, rows * columns, C * P * P))
