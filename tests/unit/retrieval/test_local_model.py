"""The loading code on a BERT of two layers with random weights, against plain numpy; on the real one where it is."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from importlib.metadata import PackageNotFoundError, distribution
from math import erf, sqrt
from pathlib import Path
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import pytest
from safetensors.numpy import save_file
from tokenizers import Tokenizer, models, pre_tokenizers, processors

from retrieval.embed import Embeddable, EmbedFault, Vector
from retrieval.local_model import PACKAGE, LocalModel, Prefixes, folder_of

Floats = npt.NDArray[np.float64]
WORDS = [
    "[PAD]",
    "[UNK]",
    "[CLS]",
    "[SEP]",
    "annual",
    "leave",
    "is",
    "fifteen",
    "days",
    "for",
    "each",
    "of",
    "us",
    "query:",
    "passage:",
]
HIDDEN, LAYERS, HEADS, INNER, LONGEST = 8, 2, 2, 16, 6
ENGLISH: frozenset[Any] = frozenset({"en"})


def tiny(folder: Path, *, pooling: str = "mean", prefix: str = "", **config: object) -> dict[str, Floats]:
    """A model in the layout of sentence-transformers; its weights."""
    folder.mkdir(parents=True, exist_ok=True)
    dice = np.random.default_rng(7)
    weights: dict[str, Floats] = {}

    def add(name: str, *shape: int) -> None:
        weights[name] = dice.normal(0, 0.5, shape)

    add("embeddings.word_embeddings.weight", len(WORDS), HIDDEN)
    add("embeddings.position_embeddings.weight", 16, HIDDEN)
    add("embeddings.token_type_embeddings.weight", 2, HIDDEN)
    normalised = ["embeddings"]
    for layer in (f"encoder.layer.{number}" for number in range(LAYERS)):
        shapes = {"intermediate": (INNER, HIDDEN), "output": (HIDDEN, INNER)}
        shapes |= {f"attention.{part}": (HIDDEN, HIDDEN) for part in ("self.query", "self.key", "self.value", "output")}
        for part, shape in shapes.items():
            name = f"{layer}.{part}" if ".self." in part else f"{layer}.{part}.dense"
            add(f"{name}.weight", *shape)
            add(f"{name}.bias", shape[0])
        normalised += [f"{layer}.attention.output", f"{layer}.output"]
    for name in normalised:
        add(f"{name}.LayerNorm.weight", HIDDEN)
        add(f"{name}.LayerNorm.bias", HIDDEN)
    save_file({prefix + k: v.astype(np.float32) for k, v in weights.items()}, folder / "model.safetensors")
    tokenizer = Tokenizer(models.WordLevel({word: n for n, word in enumerate(WORDS)}, "[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    tokenizer.save(str(folder / "tokenizer.json"))
    files: dict[str, object] = {
        "config.json": {
            "model_type": "bert", "hidden_size": HIDDEN, "num_hidden_layers": LAYERS, "num_attention_heads": HEADS,
            "hidden_act": "gelu", "layer_norm_eps": 1e-12, "max_position_embeddings": 16, "pad_token_id": 0, **config,
        },
        "modules.json": [{"type": f"st.models.{n}"} for n in ("Transformer", "Pooling", "Normalize")],
        "1_Pooling/config.json": {"pooling_mode_cls_token": pooling == "cls", "pooling_mode_mean_tokens": True},
        "sentence_bert_config.json": {"max_seq_length": LONGEST},
    }  # fmt: skip
    (folder / "1_Pooling").mkdir(exist_ok=True)
    for name, content in files.items():
        (folder / name).write_text(json.dumps(content))
    return weights


def expected(weights: dict[str, Floats], text: str, pooling: str = "mean") -> Floats:
    """One text through the model, as the papers write it down."""
    ids = [2, *(WORDS.index(word) if word in WORDS else 1 for word in text.split()[: LONGEST - 2]), 3]

    def linear(x: Floats, name: str) -> Floats:
        return x @ weights[f"{name}.weight"].T + weights[f"{name}.bias"]

    def normalise(x: Floats, name: str) -> Floats:
        spread: Floats = (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + 1e-12)
        placed: Floats = spread * weights[f"{name}.LayerNorm.weight"] + weights[f"{name}.LayerNorm.bias"]
        return placed

    tables = (weights[f"embeddings.{kind}_embeddings.weight"] for kind in ("word", "position", "token_type"))
    word, position, kind = tables
    x = normalise(word[ids] + position[: len(ids)] + kind[0], "embeddings")
    for layer in (f"encoder.layer.{number}" for number in range(LAYERS)):
        seen = []
        for head in range(HEADS):
            columns = slice(head * HIDDEN // HEADS, (head + 1) * HIDDEN // HEADS)
            q, k, v = (linear(x, f"{layer}.attention.self.{p}")[:, columns] for p in ("query", "key", "value"))
            scores = np.exp(q @ k.T / sqrt(HIDDEN / HEADS))
            seen.append(scores / scores.sum(-1, keepdims=True) @ v)
        attended = linear(np.concatenate(seen, -1), f"{layer}.attention.output.dense")
        x = normalise(attended + x, f"{layer}.attention.output")
        inner = linear(x, f"{layer}.intermediate.dense")
        inner = inner * (1 + np.vectorize(erf)(inner / sqrt(2))) / 2
        x = normalise(linear(inner, f"{layer}.output.dense") + x, f"{layer}.output")
    pooled: Floats = x[0] if pooling == "cls" else x.mean(0)
    return cast(Floats, pooled / np.linalg.norm(pooled))


def opened(folder: Path, prefixes: Prefixes | None = None) -> LocalModel:
    return LocalModel.opened(folder, folder.parent / "cache", ENGLISH, prefixes or Prefixes())


async def vectors(model: LocalModel, texts: Sequence[str]) -> Sequence[Vector | None]:
    return await model.passages([Embeddable(text) for text in texts])


@pytest.mark.parametrize("pooling", ["mean", "cls"])
@pytest.mark.parametrize("prefix", ["", "bert."])
async def test_the_exported_model_gives_what_the_papers_say(tmp_path: Path, pooling: str, prefix: str) -> None:
    weights = tiny(tmp_path / "model", pooling=pooling, prefix=prefix)
    texts = ["annual leave is fifteen days for each of us", "days", "", "annual leave", "unheard of"]
    found = await vectors(opened(tmp_path / "model"), texts)
    for text, vector in zip(texts, found, strict=True):
        assert vector == pytest.approx(expected(weights, text, pooling), abs=1e-5)


async def test_a_text_has_the_same_vector_whoever_is_in_its_batch(tmp_path: Path) -> None:
    tiny(tmp_path / "model")
    model = opened(tmp_path / "model")
    texts = [" ".join(WORDS[4 : 4 + n % 7]) for n in range(40)]
    together = await vectors(model, texts)
    for text, vector in zip(texts, together, strict=True):
        assert vector == pytest.approx((await vectors(model, [text]))[0], abs=1e-5)


async def test_the_sides_prefix_stands_before_a_text(tmp_path: Path) -> None:
    weights = tiny(tmp_path / "model")
    model = opened(tmp_path / "model", Prefixes("query: ", "passage: "))
    assert await model.query(Embeddable("leave")) == pytest.approx(expected(weights, "query: leave"), abs=1e-5)
    (passage,) = await vectors(model, ["leave"])
    assert passage == pytest.approx(expected(weights, "passage: leave"), abs=1e-5)


def test_other_weights_or_prefixes_are_another_revision(tmp_path: Path) -> None:
    tiny(tmp_path / "a" / "model")
    tiny(tmp_path / "b" / "model", pooling="cls")
    one, again, other = (opened(tmp_path / name / "model") for name in ("a", "a", "b"))
    prefixed = opened(tmp_path / "a" / "model", Prefixes("query: "))
    assert one.revision == again.revision
    assert len({one.revision, other.revision, prefixed.revision}) == 3


def test_the_graph_is_made_once(tmp_path: Path) -> None:
    tiny(tmp_path / "model")
    opened(tmp_path / "model")
    (graph,) = (tmp_path / "cache").iterdir()
    made = graph.stat().st_mtime_ns
    opened(tmp_path / "model")
    assert [one.stat().st_mtime_ns for one in (tmp_path / "cache").iterdir()] == [made]


def damaged(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:50])


@pytest.mark.parametrize(
    ("harm", "says"),
    [
        (lambda folder: (folder / "tokenizer.json").unlink(), "tokenizer.json cannot be read"),
        (lambda folder: damaged(folder / "config.json"), "JSON files are not as expected"),
        (lambda folder: damaged(folder / "tokenizer.json"), "tokenizer.json is damaged"),
        (lambda folder: damaged(folder / "model.safetensors"), "weights are damaged"),
        (lambda folder: tiny(folder, model_type="mpnet"), "its type is mpnet"),
        (lambda folder: tiny(folder, num_hidden_layers=3), "encoder.layer.2.* is not there"),
        (lambda folder: tiny(folder, hidden_act="swish"), "swish' is not there"),
        (lambda folder: (folder / "modules.json").write_text('[{"type": "a.Dense"}]'), "a module Dense"),
    ],
)
def test_a_folder_that_cannot_be_loaded_says_why(tmp_path: Path, harm: Callable[[Path], object], says: str) -> None:
    tiny(tmp_path / "model")
    harm(tmp_path / "model")
    with pytest.raises(EmbedFault, match=says.replace("(", r"\(")):
        opened(tmp_path / "model")
    assert not any((tmp_path / "cache").glob("*.onnx"))


def test_a_path_is_relative_to_the_settings(tmp_path: Path) -> None:
    assert folder_of("models/own", tmp_path) == tmp_path / "models/own"
    assert folder_of("/models/own", tmp_path) == Path("/models/own")


async def test_the_package_gives_near_vectors_to_near_meanings(tmp_path: Path) -> None:
    try:
        distribution(PACKAGE)
    except PackageNotFoundError:
        with pytest.raises(EmbedFault, match="make local-model"):
            folder_of(PACKAGE, tmp_path)
        pytest.skip(f"{PACKAGE} is not installed: `make local-model`")
    model = LocalModel.opened(folder_of(PACKAGE, tmp_path), tmp_path / "cache", ENGLISH)
    question = await model.query(Embeddable("How many vacation days do I get?"))
    near, far = await vectors(model, ["Employees get 20 days of paid leave.", "The printer is on floor 3."])
    assert (model.name, model.dimensions) == (PACKAGE, 384)
    assert question is not None
    assert near is not None
    assert far is not None
    assert np.dot(question, near) > 0.4 > 0.2 > np.dot(question, far)
