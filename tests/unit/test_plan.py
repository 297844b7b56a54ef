"""What a model needs is counted as its makers publish it, and what does not fit is said."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin.serving.plan import GIB, PlanFault, Shape, plan

LLAMA_8B: dict[str, Any] = {
    "hidden_size": 4096,
    "intermediate_size": 14336,
    "num_hidden_layers": 32,
    "num_attention_heads": 32,
    "num_key_value_heads": 8,
    "vocab_size": 128256,
    "max_position_embeddings": 131072,
    "hidden_act": "silu",
    "torch_dtype": "bfloat16",
}
"""Llama 3.1 8B's config.json, as far as it is looked at."""
EXPERTS_30B = LLAMA_8B | {
    "hidden_size": 2048,
    "num_hidden_layers": 48,
    "num_key_value_heads": 4,
    "head_dim": 128,
    "vocab_size": 151936,
    "num_experts": 128,
    "moe_intermediate_size": 768,
}
"""Qwen3 30B A3B's."""


def shape(config: dict[str, Any] = LLAMA_8B, quantization: str | None = None, dtype: str = "auto") -> Shape:
    return Shape.of(config, dtype, quantization)


def test_parameters_are_as_many_as_published() -> None:
    assert shape().parameters == 8_030_261_248
    assert shape(EXPERTS_30B).parameters == pytest.approx(30.5e9, rel=0.005)


def test_a_token_takes_the_keys_and_values_of_the_grouped_heads() -> None:
    assert shape().token_bytes == 128 * 1024
    all_heads = {key: value for key, value in LLAMA_8B.items() if key != "num_key_value_heads"}
    assert shape(all_heads).token_bytes == 4 * shape().token_bytes


def compressed(*weights: object) -> dict[str, Any]:
    """quantization_config as compressed-tensors writes it, with a group for each of these."""
    groups = {f"group_{n}": {"targets": ["Linear"], "weights": one} for n, one in enumerate(weights)}
    return {"quant_method": "compressed-tensors", "config_groups": groups}


@pytest.mark.parametrize(
    ("own", "wished", "each"),
    [
        (None, None, 2.0),
        (None, "fp8", 1.0),
        ({"quant_method": "awq", "bits": 4}, None, 0.5),
        ({"quant_method": "gptq", "bits": 8}, None, 1.0),
        ({"quant_method": "fp8"}, None, 1.0),
        ({"quant_method": "awq"}, None, 0.5),
        (compressed({"num_bits": 8, "type": "int", "strategy": "channel", "group_size": None}), None, 1.0),
        (compressed({"num_bits": 8, "type": "float", "strategy": "channel", "group_size": None}), "fp8", 1.0),
        (compressed({"num_bits": 4, "type": "float", "group_size": 16}), None, 0.5 + 1 / 16),
        (compressed({"num_bits": 4}, {"num_bits": 8}), None, 1.0),
        (compressed({"num_bits": 8}, None), None, 1.0),
        (compressed(None), None, 2.0),
        ({"quant_method": "gptq", "bits": "four"}, None, 0.5),
        ({"quant_method": "unheard of", "config_groups": ["x"]}, None, 2.0),
    ],
)
def test_weights_take_what_their_packing_says(own: dict[str, Any] | None, wished: str | None, each: float) -> None:
    packed = shape(LLAMA_8B | ({"quantization_config": own} if own else {}), wished)
    assert packed.weight_bytes == int(packed.of_layers * each) + 2 * (packed.of_embeddings + packed.hidden)


@pytest.mark.parametrize("method", ["awq", "gptq"])
def test_weights_of_4_bits_are_as_many_bytes_as_their_files_hold(method: str) -> None:
    """Of each matrix: 8 numbers in an int32, and for every 128 rows a float16 scale and a zero point of 4 bits."""
    packed = shape(LLAMA_8B | {"quantization_config": {"quant_method": method, "bits": 4, "group_size": 128}})
    matrices = [(4096, 4096), (4096, 1024), (4096, 1024), (4096, 4096), (4096, 14336), (4096, 14336), (14336, 4096)]
    of_layer = sum(rows // 8 * 4 * columns + rows // 128 * (2 + 0.5) * columns for rows, columns in matrices)
    norms = 2 * 65 * 4096
    assert packed.weight_bytes == pytest.approx(32 * of_layer + norms + 2 * 2 * 128256 * 4096, rel=1e-4)


def test_what_fits_in_16_bits_on_no_small_card_fits_in_8() -> None:
    tight = plan(shape(), 16 * GIB, context=8192)
    assert tight.questions == 0
    assert "does not fit" in (tight.problem or "")
    assert plan(shape(quantization="fp8"), 16 * GIB, context=8192).questions > 0


def test_a_context_that_leaves_no_room_for_one_question_is_said_with_what_there_is_room_for() -> None:
    found = plan(shape(), 24 * GIB, context=131072)
    assert found.questions == 0
    assert str(found.tokens) in (found.problem or "")
    assert plan(shape(), 24 * GIB, context=found.tokens).questions == 1


def test_more_than_the_model_was_made_for_is_said() -> None:
    assert "made for 131072" in (plan(shape(), 640 * GIB, context=200_000).problem or "")


@pytest.mark.parametrize("key", ["hidden_size", "num_hidden_layers", "vocab_size"])
def test_a_config_that_lacks_a_number_is_a_sentence(key: str) -> None:
    with pytest.raises(PlanFault, match=key):
        shape({name: value for name, value in LLAMA_8B.items() if name != key})


@given(
    st.floats(1, 200),
    st.floats(1, 2),
    st.sampled_from([1, 2, 4, 8]),
    st.integers(64, 131072),
    st.integers(0, 8),
    st.none() | st.integers(1 << 20, 64 * GIB),
)
def test_what_is_planned_is_never_more_than_there_is_and_more_memory_never_holds_less(
    memory: float, more: float, cards: int, context: int, slots: int, cache: int | None
) -> None:
    def of(size: float) -> Any:
        return plan(shape(), int(size * GIB), cards=cards, context=context, slots=slots, rank=16, cache_bytes=cache)

    found = of(memory)
    assert (found.problem is None) == (found.questions > 0)
    if found.questions:
        assert found.weights + found.adapters + found.questions * context * found.token <= found.usable
    assert of(memory * more).questions >= found.questions
