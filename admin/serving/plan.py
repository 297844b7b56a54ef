"""What a model needs of a graphics card's memory, counted from its own config.json before anything starts. Pure.

Weights: parameters times bytes. A token under way: 2 (keys and values) x layers x key-value heads x head size x bytes
(grouped-query attention keeps fewer heads than it asks with). What is left after the weights holds so many tokens.
vLLM takes 92% of a card; 1.5 GiB of that is counted for the work itself, which is an assumption: it depends on the
model and the batch.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from retrieval.errors import Fault

GIB = 1 << 30
SHARE = 0.92
"""vLLM's own default of gpu_memory_utilization."""
WORK_BYTES = 3 * GIB // 2

_BYTES = {"float32": 4.0, "bfloat16": 2.0, "float16": 2.0}
_PACKED = {"fp8": 1.0, "awq": 0.5, "gptq": 0.5, "int8": 1.0, "w8a8": 1.0}


PRECISIONS: Mapping[str, float | None] = {"as it is": None, "16 bits": 2.0, "8 bits": 1.0, "4 bits": 0.5}
"""Bytes of a parameter of the layers: FP8 and W8A8 have 8 bits, AWQ and GPTQ 4. None: what its config says."""


class PlanFault(Fault):
    """A model whose needs cannot be counted."""


@dataclass(frozen=True, slots=True)
class Shape:
    """Of a dense or mixture-of-experts decoder as transformers writes it. bytes_each: of one parameter of the layers;
    embeddings are never packed and take `embedding_bytes`. longest: tokens that it was made for."""

    hidden: int
    inner: int
    layers: int
    heads: int
    kv_heads: int
    head: int
    vocabulary: int
    tied: bool
    gated: int
    experts: int
    bytes_each: float
    embedding_bytes: float
    longest: int

    @classmethod
    def of(cls, config: Mapping[str, Any], dtype: str, quantization: str | None) -> Shape:
        """config: the parsed config.json. dtype, quantization: as the settings have them. Raises PlanFault."""
        text = config.get("text_config")
        said = {**config, **text} if isinstance(text, dict) else dict(config)
        hidden, heads = _count(said, "hidden_size"), _count(said, "num_attention_heads")
        own = str(said.get("dtype") or said.get("torch_dtype") or "bfloat16")
        # vLLM's `auto` makes of 32 bits 16.
        plain = _BYTES.get(dtype if dtype != "auto" else own, 2.0)
        if dtype == "auto":
            plain = min(plain, 2.0)
        experts = next(
            (said[key] for key in ("num_experts", "num_local_experts", "n_routed_experts") if key in said), 1
        )
        inner = _count(said, "intermediate_size")
        if isinstance(experts, int) and experts > 1:
            inner = said.get("moe_intermediate_size") or inner
        return cls(
            hidden=hidden,
            inner=inner,
            layers=_count(said, "num_hidden_layers"),
            heads=heads,
            kv_heads=said.get("num_key_value_heads") or heads,
            head=said.get("head_dim") or hidden // heads,
            vocabulary=_count(said, "vocab_size"),
            tied=bool(said.get("tie_word_embeddings", False)),
            gated=2 if str(said.get("hidden_act", "silu")) in ("gelu", "relu") else 3,
            experts=experts if isinstance(experts, int) and experts > 1 else 1,
            bytes_each=_packed(said.get("quantization_config"), quantization) or plain,
            embedding_bytes=plain,
            longest=_count(said, "max_position_embeddings"),
        )

    def packed(self, bytes_each: float | None) -> Shape:
        """The same with layers of another precision; None: as they are."""
        if bytes_each is None:
            return self
        return replace(self, bytes_each=bytes_each, embedding_bytes=min(self.embedding_bytes, 2.0))

    @property
    def of_layers(self) -> int:
        """Parameters of all layers."""
        attention = self.hidden * self.head * (2 * self.heads + 2 * self.kv_heads)
        feed = self.experts * self.gated * self.hidden * self.inner
        router = self.hidden * self.experts if self.experts > 1 else 0
        return self.layers * (attention + feed + router + 2 * self.hidden)

    @property
    def of_embeddings(self) -> int:
        return self.vocabulary * self.hidden * (1 if self.tied else 2)

    @property
    def parameters(self) -> int:
        return self.of_layers + self.of_embeddings + self.hidden

    @property
    def weight_bytes(self) -> int:
        return int(self.of_layers * self.bytes_each + (self.of_embeddings + self.hidden) * self.embedding_bytes)

    @property
    def token_bytes(self) -> int:
        """Of keys and values, for each token under way."""
        return int(2 * self.layers * self.kv_heads * self.head * min(self.embedding_bytes, 4.0))

    def adapter_bytes(self, slots: int, rank: int) -> int:
        """Room for adapters of every projection."""
        q, kv = self.heads * self.head, self.kv_heads * self.head
        widths = 2 * (self.hidden + q) + 2 * (self.hidden + kv) + self.gated * (self.hidden + self.inner)
        return int(slots * rank * self.layers * widths * self.embedding_bytes)


@dataclass(frozen=True, slots=True)
class Plan:
    """All of one card, in bytes. context: tokens of one question. tokens: how many there is room for. questions: how
    many of that length at once; 0: it does not fit, and `problem` says what."""

    parameters: int
    weights: int
    adapters: int
    usable: int
    token: int
    context: int
    tokens: int
    questions: int
    problem: str | None


def plan(
    shape: Shape,
    card_bytes: int,
    *,
    cards: int = 1,
    context: int | None = None,
    slots: int = 0,
    rank: int = 0,
    cache_bytes: int | None = None,
) -> Plan:
    """card_bytes: the memory of each card. cache_bytes: where the settings fix it."""
    length = context or shape.longest
    weights = -(-shape.weight_bytes // cards)
    adapters = -(-shape.adapter_bytes(slots, rank) // cards)
    # A card holds at least one key-value head, however many cards there are.
    token = -(-shape.token_bytes // min(cards, shape.kv_heads))
    usable = int(card_bytes * SHARE) - WORK_BYTES
    left = usable - weights - adapters
    room = left if cache_bytes is None else cache_bytes
    tokens = max(0, room) // token
    problem = None
    if left <= 0 or room > left:
        needed = weights + adapters + (cache_bytes or 0)
        problem = (
            f"It does not fit: weights, adapters and what is fixed for questions take {needed / GIB:.1f} GiB of a "
            f"card, and {max(0, usable) / GIB:.1f} GiB can be used. Take a larger card, more cards, or "
            "weights of fewer bits."
        )
    elif length > shape.longest:
        problem = f"context is {length} tokens, and the model was made for {shape.longest}."
    elif tokens < length:
        problem = (
            f"One question of {length} tokens does not fit: there is room for {tokens}. Set context to at most that, "
            "or take a larger card."
        )
    elif shape.heads % cards:
        problem = f"Its {shape.heads} attention heads cannot be spread over {cards} cards evenly."
    questions = 0 if problem else tokens // length
    return Plan(shape.parameters, weights, adapters, max(0, usable), token, length, tokens, questions, problem)


def _count(said: Mapping[str, Any], key: str) -> int:
    value = said.get(key)
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise PlanFault(f"config.json says no {key}, so what the model needs cannot be counted.")
    return value


def _packed(own: object, wished: str | None) -> float | None:
    """Bytes of a packed parameter, the most where groups of layers differ; None where it is not packed, or in a way
    that is not known here."""
    if not isinstance(own, dict):
        known = (size for name, size in _PACKED.items() if (wished or "").startswith(name))
        return next(known, None)
    groups = own.get("config_groups")
    packings = [group.get("weights") for group in groups.values()] if isinstance(groups, dict) else [own]
    sizes = [size for one in packings if isinstance(one, dict) and (size := _each(one))]
    return max(sizes, default=_PACKED.get(str(own.get("quant_method"))))


def _each(packing: Mapping[str, Any]) -> float | None:
    """Of a parameter with its part of what its group shares: a scale of 16 bits and a zero point, or one of 8 bits
    where the numbers are floating ones (NVFP4, MXFP4). compressed-tensors says num_bits, GPTQ and AWQ bits."""
    bits, group = packing.get("num_bits", packing.get("bits")), packing.get("group_size")
    if not isinstance(bits, int) or bits < 1:
        return None
    shared = 1.0 if packing.get("type") == "float" else 2.0 + bits / 8
    return bits / 8 + (shared / group if isinstance(group, int) and group > 0 else 0.0)
