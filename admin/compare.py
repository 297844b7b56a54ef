"""Two ways of searching, asked the same questions: which of them finds better, and by how much."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from statistics import quantiles
from typing import Any

from admin.app import App
from admin.evaluate import MRR_AT, Asked, EvaluationFault, Result, figures, result_of
from admin.paired import Paired, paired
from admin.rerankers import verdict_file
from admin.verdict import Measured, Verdict, VerdictFault, hash_of, named
from bot.settings import Settings
from retrieval.embed import Embeddable, Embedder, Vector
from retrieval.passage import Readers
from retrieval.rerank import Reranker
from retrieval.search import Search
from retrieval.weighed import Weights

_WEIGHTS = ("context", "fused_context", "meaning")
_MOST = 100.0
GRAMMAR = (
    "words, model, model:NAME or now, and after a + what else: rerank, depth=20, "
    "context=0.9, fused_context=0.1, meaning=1.25"
)


@dataclass(frozen=True, slots=True)
class Setting:
    """One way of searching, as the command line says it. vectors: False for words alone. model: whose vectors, where
    not the serving one's. rerank: with the re-ranking model; None: as questions are searched now."""

    said: str
    vectors: bool = True
    model: str | None = None
    rerank: bool | None = False
    depth: int | None = None
    weights: Weights = field(default_factory=Weights)

    @classmethod
    def of(cls, said: str) -> Setting:
        """Raises EvaluationFault."""
        first, *more = [part.strip() for part in said.split("+")]
        kind, _, name = first.partition(":")
        if kind not in ("now", "words", "model") or (bool(name) != (":" in first)) or (name and kind != "model"):
            raise _unknown(first)
        setting = cls(said, kind != "words", name or None, None if kind == "now" else False)
        for part in more:
            setting = _with(setting, part)
        return setting


def two_of(a: str, b: str) -> tuple[Setting, Setting]:
    """Raises EvaluationFault."""
    one, other = Setting.of(a), Setting.of(b)
    if replace(one, said="") == replace(other, said=""):
        raise EvaluationFault(f"'{a}' and '{b}' are one way of searching: name two.")
    return one, other


def _with(setting: Setting, part: str) -> Setting:
    name, _, value = part.partition("=")
    if part == "rerank":
        return replace(setting, rerank=True)
    try:
        number = float(value)
        if name == "depth" and value.isdecimal() and 2 <= number <= _MOST:
            return replace(setting, depth=int(value), rerank=True)
        if name in _WEIGHTS and 0 <= number <= _MOST:  # NaN is not
            return replace(setting, weights=replace(setting.weights, **{name: number}))
    except ValueError:
        pass
    raise _unknown(part)


def _unknown(part: str) -> EvaluationFault:
    return EvaluationFault(f"'{part}' is no way of searching: there is {GRAMMAR}.")


class Counted:
    """A Reranker that remembers how often it gave scores, and may be asked to another depth."""

    def __init__(self, reranker: Reranker, depth: int | None) -> None:
        self.name = reranker.name
        self.depth = depth or reranker.depth
        self.given = 0
        self._reranker = reranker

    async def scores(self, question: Embeddable, passages: Sequence[Embeddable]) -> Sequence[float | None] | None:
        scores = await self._reranker.scores(question, passages)
        self.given += scores is not None
        return scores


class CountedEmbedder:
    """An Embedder that remembers of how many questions it gave a vector."""

    def __init__(self, embedder: Embedder) -> None:
        self.name, self.revision = embedder.name, embedder.revision
        self.dimensions, self.languages = embedder.dimensions, embedder.languages
        self.given = 0
        self._embedder = embedder

    async def passages(self, texts: Sequence[Embeddable]) -> Sequence[Vector | None]:
        return await self._embedder.passages(texts)

    async def query(self, text: Embeddable) -> Vector | None:
        vector = await self._embedder.query(text)
        self.given += vector is not None
        return vector


@dataclass(frozen=True, slots=True)
class Side:
    """A setting made real, with the models that it asks."""

    setting: Setting
    search: Search
    embedders: tuple[CountedEmbedder, ...] = ()
    reranker: Counted | None = None

    @property
    def asked(self) -> dict[str, int]:
        """Of how many questions its models said something, by what that is called."""
        vectors = {"vectors": sum(one.given for one in self.embedders)} if self.embedders else {}
        return vectors | ({"reranked": self.reranker.given} if self.reranker else {})

    @classmethod
    async def of(cls, app: App, setting: Setting) -> Side:
        """Raises EvaluationFault where naru.toml has no such model."""
        embedders = tuple(map(CountedEmbedder, app.embedding.embedders)) if setting.vectors else ()
        if setting.vectors and setting.rerank is not None and not embedders:
            why = f": {app.embedding.problem}" if app.embedding.problem else "; [models.embed] sets one."
            raise EvaluationFault(f"'{setting.said}' needs an embedding model{why}")
        if setting.model is not None:
            await _has_vectors(app, setting.model)
        rerank = app.reranking.used is not None if setting.rerank is None else setting.rerank
        reranker: Counted | None = None
        if rerank:
            if app.reranking.connected is None:
                raise EvaluationFault(f"'{setting.said}' needs a re-ranking model; [models.rerank] connects one.")
            reranker = Counted(app.reranking.connected, setting.depth)
        search = app.searching(embedders=embedders, reranker=reranker, weights=setting.weights, model=setting.model)
        return cls(setting, search, embedders, reranker)


async def _has_vectors(app: App, name: str) -> None:
    known = sorted({one.name for one in app.embedding.embedders})
    if name not in known:
        raise EvaluationFault(
            f"The embedding model '{name}' is not there to ask; [models.embed] and [models.embed.previous] set "
            f"{' and '.join(known)}."
        )
    if await app.embedding.vectors.count(name) == 0:
        raise EvaluationFault(f"There are no vectors of '{name}': make them with `naru source embed`.")


@dataclass(frozen=True, slots=True)
class Comparison:
    """The results of both, question by question."""

    a: Side
    b: Side
    of_a: tuple[Result, ...]
    of_b: tuple[Result, ...]
    paired: Paired

    def data(self) -> dict[str, Any]:
        """As --json prints it. mrr@10 decides: what stands first is what is read."""
        gained = [
            {"line": a.asked.line, "a": a.rank, "b": b.rank}
            for a, b in zip(self.of_a, self.of_b, strict=True)
            if a.asked.relevant and _gain(a, b)
        ]
        wins = [one for one, gain in zip(gained, self._gains(), strict=True) if gain > 0]
        said = self.paired
        return {
            "a": _side(self.a, self.of_a),
            "b": _side(self.b, self.of_b),
            "difference": {
                "of": f"mrr@{MRR_AT}",
                "mean": round(said.mean, 4),
                "interval": [round(said.low, 4), round(said.high, 4)],
                "sign_test": round(said.p, 5),
                "ties": said.ties,
                "wins": wins,
                "losses": [one for one in gained if one not in wins],
            },
            "verdict": said.verdict,
            "sentence": self.sentence,
        }

    @property
    def sentence(self) -> str:
        said, a, b = self.paired, self.a.setting.said, self.b.setting.said
        how = {"not distinguishable": "not distinguishable from"}.get(said.verdict, f"{said.verdict} than")
        return (
            f"{b} is {how} {a} on these {len(self.of_a)} questions: MRR@{MRR_AT} {said.mean:+.3f} "
            f"(95% interval {said.low:+.3f} to {said.high:+.3f}), {said.wins} questions better, {said.losses} worse, "
            f"{said.ties} alike (sign test p = {said.p:.3g})."
        )

    def _gains(self) -> list[float]:
        gains = (_gain(a, b) for a, b in zip(self.of_a, self.of_b, strict=True) if a.asked.relevant)
        return [gain for gain in gains if gain]


def without_and_with(app: App) -> tuple[Setting, Setting]:
    """What a verdict on the re-ranking model is made of."""
    base = "model" if app.embedding.embedders else "words"
    return Setting.of(base), Setting.of(f"{base}+rerank")


async def compare(
    a: Side,
    b: Side,
    asked: Sequence[Asked],
    source: str,
    readers: Readers,
    told: Callable[[int, int], None] = lambda done, total: None,
) -> Comparison:
    """Each question to both, in turns first, so that neither always finds the caches warm. Raises EvaluationFault where
    a model that is compared says nothing: the comparison would be of something else."""
    asking = partial(result_of, source=source, readers=readers)
    of_a: list[Result] = []
    of_b: list[Result] = []
    for side in (a, b):
        await asking(side.search, asked[0])
    for number, each in enumerate(asked, 1):
        pair = ((a, of_a), (b, of_b))
        for side, results in pair if number % 2 else reversed(pair):
            results.append(await asking(side.search, each))
        told(number, len(asked))
    for side in (a, b):
        if side.reranker is not None and side.reranker.given == 0:
            raise EvaluationFault(f"The re-ranking model {side.reranker.name} gave no scores: `naru check` says why.")
        if side.setting.rerank is not None and side.asked.get("vectors") == 0:
            raise EvaluationFault(
                f"'{side.setting.said}' was by words alone: the embedding model gave no question a vector. It does not "
                "know their language, may not see them, or is away; `naru status` says whether it answers."
            )
    gains = [_gain(one, other) for one, other in zip(of_a, of_b, strict=True) if one.asked.relevant]
    return Comparison(a, b, tuple(of_a), tuple(of_b), paired(gains))


def adopt(settings: Settings, compared: Comparison, questions: Path) -> dict[str, object]:
    """Keep what came of a comparison without and with the model, also where it does not help: then it is known that it
    was tried. Raises VerdictFault."""
    file = verdict_file(settings)
    if not questions.is_file():
        raise VerdictFault("A verdict holds for as long as its questions do: give them as a file, and keep it.")
    data = compared.data()
    figures = {name: data[name] for name in ("a", "b", "difference", "sentence")}
    verdict = Verdict(
        says=compared.paired.verdict,
        measured=Measured.of(settings.models),
        questions=named(questions, file),
        hash=hash_of(questions),
        figures=figures,
        at=str(datetime.now(settings.timezone).date()),
    )
    verdict.write(file)
    return {"file": str(file), "used": verdict.says == "better"}


def _gain(a: Result, b: Result) -> float:
    return (1 / b.rank if b.rank else 0.0) - (1 / a.rank if a.rank else 0.0)


def _side(side: Side, results: Sequence[Result]) -> dict[str, Any]:
    took_ms = sorted(1000 * result.seconds for result in results)
    cuts = quantiles(took_ms, n=20, method="inclusive") if len(took_ms) > 1 else took_ms * 19
    return {
        "setting": side.setting.said,
        **figures(results),
        "ms": {"p50": round(cuts[9], 1), "p95": round(cuts[18], 1)},
        # The first question was asked once more, to warm up.
        **{name: min(given, len(results)) for name, given in side.asked.items()},
    }
