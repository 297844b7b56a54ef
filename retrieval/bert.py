"""A BERT's weights to an ONNX graph that gives one normalised vector for each text.

Written out here because the usual exporter is PyTorch (gigabytes, with CUDA). Devlin et al. 2018, BERT; pooling as in
Reimers and Gurevych 2019, Sentence-BERT.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from onnx import ModelProto, TensorProto, helper, numpy_helper

Weights = Mapping[str, npt.NDArray[Any]]
Pooling = Literal["mean", "cls"]

EXPORT = 1
"""Counted up when the graph changes: then it is made anew."""
_OPSET = 20
_IR_VERSION = 10


@dataclass(frozen=True, slots=True)
class Shape:
    """What config.json and the pooling say. activation: an ONNX operator."""

    layers: int
    heads: int
    hidden: int
    epsilon: float
    activation: Literal["Gelu", "Relu"]
    pooling: Pooling


def export(weights: Weights, shape: Shape) -> ModelProto:
    """Inputs `ids` and `mask`, both int64 of (texts, tokens); output `vectors`, float32 of (texts, hidden), each of
    length 1. Raises KeyError, naming the tensor, where `weights` lack one."""
    graph = _Graph(weights)
    x = _embeddings(graph, shape)
    # Added to the attention's scores: nothing for a token, far below everything for the padding.
    padding = graph.node("Sub", graph.node("Cast", "mask", to=TensorProto.FLOAT), graph.number(1.0))
    padding = graph.node("Mul", graph.node("Unsqueeze", padding, graph.integers(1, 2)), graph.number(1e9))
    for number in range(shape.layers):
        x = _layer(graph, shape, x, padding, f"encoder.layer.{number}")
    normalised = graph.node("LpNormalization", _pooled(graph, shape, x), axis=1, p=2)
    graph.node("Identity", normalised, output="vectors")
    tokens = ["texts", "tokens"]
    made = helper.make_graph(
        graph.nodes,
        "bert",
        [helper.make_tensor_value_info(name, TensorProto.INT64, tokens) for name in ("ids", "mask")],
        [helper.make_tensor_value_info("vectors", TensorProto.FLOAT, ["texts", shape.hidden])],
        graph.constants,
    )
    return helper.make_model(made, opset_imports=[helper.make_opsetid("", _OPSET)], ir_version=_IR_VERSION)


class _Graph:
    """Nodes under construction; a value is known by its name."""

    def __init__(self, weights: Weights) -> None:
        self.nodes: list[Any] = []
        self.constants: list[Any] = []
        self._weights = weights

    def node(self, kind: str, *inputs: str, output: str | None = None, **attributes: Any) -> str:
        output = output or f"value{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [output], **attributes))
        return output

    def constant(self, value: npt.NDArray[Any]) -> str:
        name = f"constant{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.asarray(value, order="C"), name))
        return name

    def number(self, value: float) -> str:
        return self.constant(np.array(value, np.float32))

    def integers(self, *values: int) -> str:
        return self.constant(np.array(values, np.int64))

    def weight(self, name: str) -> npt.NDArray[np.float32]:
        found = self._weights[name] if name in self._weights else self._weights[f"bert.{name}"]
        return found.astype(np.float32)

    def linear(self, x: str, name: str) -> str:
        product = self.node("MatMul", x, self.constant(self.weight(f"{name}.weight").T))
        return self.node("Add", product, self.constant(self.weight(f"{name}.bias")))

    def normalise(self, x: str, name: str, epsilon: float) -> str:
        scale, bias = (self.constant(self.weight(f"{name}.LayerNorm.{part}")) for part in ("weight", "bias"))
        return self.node("LayerNormalization", x, scale, bias, axis=-1, epsilon=epsilon)


def _embeddings(graph: _Graph, shape: Shape) -> str:
    words, places, kinds = (
        graph.weight(f"embeddings.{kind}_embeddings.weight") for kind in ("word", "position", "token_type")
    )
    length = graph.node("Shape", "ids", start=1, end=2)
    # All of our texts are of the first kind, so its row is part of each place's.
    placed = graph.node("Slice", graph.constant(places + kinds[0]), graph.integers(0), length, graph.integers(0))
    x = graph.node("Add", graph.node("Gather", graph.constant(words), "ids"), placed)
    return graph.normalise(x, "embeddings", shape.epsilon)


def _layer(graph: _Graph, shape: Shape, x: str, padding: str, name: str) -> str:
    size = shape.hidden // shape.heads

    def heads(part: str, order: tuple[int, ...]) -> str:
        split = graph.node(
            "Reshape",
            graph.linear(x, f"{name}.attention.self.{part}"),
            graph.integers(0, 0, shape.heads, size),
        )
        return graph.node("Transpose", split, perm=order)

    query, key, value = heads("query", (0, 2, 1, 3)), heads("key", (0, 2, 3, 1)), heads("value", (0, 2, 1, 3))
    scores = graph.node("Div", graph.node("MatMul", query, key), graph.number(size**0.5))
    shares = graph.node("Softmax", graph.node("Add", scores, padding), axis=-1)
    seen = graph.node("Transpose", graph.node("MatMul", shares, value), perm=(0, 2, 1, 3))
    seen = graph.node("Reshape", seen, graph.integers(0, 0, shape.hidden))
    seen = graph.node("Add", graph.linear(seen, f"{name}.attention.output.dense"), x)
    seen = graph.normalise(seen, f"{name}.attention.output", shape.epsilon)
    inner = graph.node(shape.activation, graph.linear(seen, f"{name}.intermediate.dense"))
    inner = graph.node("Add", graph.linear(inner, f"{name}.output.dense"), seen)
    return graph.normalise(inner, f"{name}.output", shape.epsilon)


def _pooled(graph: _Graph, shape: Shape, x: str) -> str:
    if shape.pooling == "cls":
        return graph.node("Gather", x, graph.constant(np.array(0, np.int64)), axis=1)
    # The sum over the tokens: its direction is the mean's, and only that is left once the length is 1.
    counted = graph.node("Unsqueeze", graph.node("Cast", "mask", to=TensorProto.FLOAT), graph.integers(2))
    return graph.node("ReduceSum", graph.node("Mul", x, counted), graph.integers(1), keepdims=0)
