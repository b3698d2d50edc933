"""Every layer gives the shape it says, on odd sizes, images that are not square, and a batch of one."""

from __future__ import annotations

import pytest
import torch

from digits_vit.models.attention import Attention
from digits_vit.models.block import Block
from digits_vit.models.encoder import Encoder
from digits_vit.models.mlp import Mlp
from digits_vit.models.patch import PatchEmbedding
from digits_vit.models.pool import MeanPool
from digits_vit.models.vit import VisionTransformer

LAYERS = {
    "attention": Attention(width=6, heads=3),
    "mlp": Mlp(width=6, hidden=7),
    "block": Block(width=6, heads=3, mlp_ratio=2, norm_eps=1e-6),
    "encoder": Encoder(width=6, depth=2, heads=3, mlp_ratio=2, norm_eps=1e-6),
}


@pytest.mark.parametrize("batch", [1, 3])
@pytest.mark.parametrize("tokens", [1, 5])
@pytest.mark.parametrize("layer", LAYERS.values(), ids=LAYERS)
def test_a_layer_keeps_the_shape_of_its_tokens(layer, tokens, batch):
    assert layer(torch.randn(batch, tokens, 6)).shape == (batch, tokens, 6)


@pytest.mark.parametrize(("height", "width"), [(9, 9), (9, 15), (3, 6), (10, 8)])
def test_patches_of_an_image_that_is_not_square_become_tokens(height, width):
    patch = PatchEmbedding(channels=2, patch_size=3, width=5)

    assert patch(torch.randn(1, 2, height, width)).shape == (1, (height // 3) * (width // 3), 5)


def test_patches_are_read_row_by_row_from_the_top_left():
    patch = PatchEmbedding(channels=1, patch_size=1, width=1)
    with torch.no_grad():
        patch.projection.weight.fill_(1)
        patch.projection.bias.fill_(0)

    tokens = patch(torch.arange(6.0).view(1, 1, 2, 3))

    assert tokens.flatten().tolist() == [0, 1, 2, 3, 4, 5]


def test_pooling_leaves_one_vector():
    assert MeanPool()(torch.randn(1, 5, 7)).shape == (1, 7)


@pytest.mark.parametrize("batch", [1, 3])
def test_the_network_gives_a_logit_per_class(batch):
    network = VisionTransformer(
        image_size=9,
        channels=2,
        classes=7,
        patch_size=3,
        width=6,
        depth=1,
        heads=3,
        mlp_ratio=2,
        norm_eps=1e-6,
    )

    assert network(torch.randn(batch, 2, 9, 9)).shape == (batch, 7)


def test_heads_that_do_not_share_the_width_are_refused():
    with pytest.raises(ValueError, match="width 6 is not a multiple of heads 4"):
        Attention(width=6, heads=4)


def test_patches_that_do_not_tile_the_image_are_refused():
    with pytest.raises(ValueError, match="image_size 8 is not a multiple of patch_size 3"):
        VisionTransformer(
            image_size=8,
            channels=1,
            classes=2,
            patch_size=3,
            width=4,
            depth=1,
            heads=1,
            mlp_ratio=1,
            norm_eps=1e-6,
        )
