"""Language models of transformers: fused projections in one, separate ones in the other."""

from __future__ import annotations

from functools import partial

import transformers as tf
from torch import Tensor, nn

from benchmarks.maps.pair import Pair, sentences

WORDS, WIDTH, HEADS, LAYERS, LENGTH = 50, 24, 3, 2, 32


class Logits(nn.Module):
    """A language model, from ids to scores."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model

    def forward(self, tokens: Tensor) -> Tensor:
        """Give the scores alone."""
        return self.model(input_ids=tokens, use_cache=False).logits


def _built(name: str, config: str, **settings: object) -> nn.Module:
    made = getattr(tf, config)(
        vocab_size=WORDS, bos_token_id=0, eos_token_id=0,
        **{"attn_implementation": "eager", **settings},
    )  # fmt: skip
    return Logits(getattr(tf, name)(made))


def gpt2(attention: str = "eager") -> nn.Module:
    """Kernels transposed, query, key and value one after the other."""
    return _built(
        "GPT2LMHeadModel", "GPT2Config", n_positions=LENGTH, n_embd=WIDTH, n_layer=LAYERS,
        n_head=HEADS, attn_implementation=attention,
    )  # fmt: skip


def big_code() -> nn.Module:
    """GPT-2 with plain kernels, query, key and value head by head."""
    return _built(
        "GPTBigCodeForCausalLM", "GPTBigCodeConfig", n_positions=LENGTH, n_embd=WIDTH,
        n_layer=LAYERS, n_head=HEADS, multi_query=False, activation_function="gelu_new",
        attn_implementation="sdpa",  # the eager one has its softmax in float32, whatever is asked
    )  # fmt: skip


_GATED = {
    "hidden_size": WIDTH,
    "intermediate_size": 40,
    "num_hidden_layers": LAYERS,
    "num_attention_heads": HEADS * 2,
    "num_key_value_heads": HEADS,
    "max_position_embeddings": LENGTH,
    "tie_word_embeddings": False,
    "pad_token_id": 0,
}


def llama() -> nn.Module:
    """Separate projections, fewer heads for keys than for queries."""
    return _built("LlamaForCausalLM", "LlamaConfig", rms_norm_eps=1e-6, **_GATED)


def phi3() -> nn.Module:
    """One projection for all three, one for gate and value."""
    return _built("Phi3ForCausalLM", "Phi3Config", rms_norm_eps=1e-6, **_GATED)


def neox() -> nn.Module:
    """Fused head by head, rotary positions."""
    return _built(
        "GPTNeoXForCausalLM", "GPTNeoXConfig", hidden_size=WIDTH, intermediate_size=40,
        num_hidden_layers=LAYERS, num_attention_heads=HEADS, rotary_pct=1.0,
        use_parallel_residual=False, hidden_act="gelu_pytorch_tanh", layer_norm_eps=1e-5,
        max_position_embeddings=LENGTH, tie_word_embeddings=False,
    )  # fmt: skip


def starcoder() -> nn.Module:
    """Separate projections with biases, rotary positions."""
    return _built(
        "Starcoder2ForCausalLM", "Starcoder2Config", hidden_size=WIDTH, intermediate_size=40,
        num_hidden_layers=LAYERS, num_attention_heads=HEADS, num_key_value_heads=HEADS,
        norm_epsilon=1e-5, use_bias=True, max_position_embeddings=LENGTH, sliding_window=None,
        tie_word_embeddings=False, residual_dropout=0.0, embedding_dropout=0.0,
    )  # fmt: skip


def bert(attention: str = "eager") -> nn.Module:
    """An encoder with a head for masked words, its decoder tied to the embedding."""
    config = tf.BertConfig(
        vocab_size=WORDS, hidden_size=WIDTH, num_hidden_layers=LAYERS, num_attention_heads=HEADS,
        intermediate_size=40, max_position_embeddings=LENGTH, attn_implementation=attention,
    )  # fmt: skip
    return Encoded(tf.BertForMaskedLM(config))


def electra() -> nn.Module:
    """The same encoder with a head of another order: a dense layer of its own names."""
    config = tf.ElectraConfig(
        vocab_size=WORDS, embedding_size=WIDTH, hidden_size=WIDTH, num_hidden_layers=LAYERS,
        num_attention_heads=HEADS, intermediate_size=40, max_position_embeddings=LENGTH,
    )  # fmt: skip
    return Encoded(tf.ElectraForMaskedLM(config))


class Encoded(Logits):
    """A model without a cache."""

    def forward(self, tokens: Tensor) -> Tensor:
        """Give the scores alone."""
        return self.model(input_ids=tokens).logits


SAME = (
    Pair("transformers GPT-2 in GPT-BigCode", gpt2, big_code, sentences()),
    Pair("transformers Phi-3 in Llama", phi3, llama, sentences()),
    Pair("transformers Llama in Phi-3", llama, phi3, sentences()),
    Pair("transformers GPT-NeoX in StarCoder2", neox, starcoder, sentences()),
    Pair("transformers BERT in ELECTRA", bert, electra, sentences()),
    Pair("transformers GPT-2 eager in sdpa", gpt2, partial(gpt2, "sdpa"), sentences()),
)
