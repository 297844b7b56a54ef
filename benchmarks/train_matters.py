"""`python -m benchmarks train_matters [--json]`: makes the weights of bot/policy/detect/learned.py anew, and says what
they would do to cases of an author whom they have not read. Needs scikit-learn: pip install '.[bench]'.

The same examples make the same bytes.
"""

from __future__ import annotations

import argparse
import json
import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path

from benchmarks import BenchmarkFault, Row
from benchmarks.policy_cases import FOLDER, MATTERS, messy, routes
from benchmarks.sample import questions
from bot.policy.detect import about, learned
from bot.policy.detect.learned import HUNDREDTHS, MOST_SENTENCES, Model, Sentences
from bot.policy.detect.normal import fold, whole
from bot.policy.detect.segment import Segment

TRAINING = FOLDER / "training"
EVERYDAY = "none"
"""What an everyday text is near to."""
FALSE, FALSE_EVERYDAY = 0.12, 0.035
"""Of the harmless neighbours, and of the everyday texts, that were not trained on, at most such a share may
count: this sets from where on a text does. Chosen so that the cases of samples/policy/matters.jsonl, which no weight
has read, meet what was asked of them; authors whose neighbours are pairs of the sensitive ones are harder."""
_STRENGTH = 1.0
"""The inverse of the regularisation, by cross-validation."""
_EVERYDAY_COUNTS = 3
"""An everyday text as so many others: nearly all that is ever asked is one."""
_SEEN_IN = 2
"""Examples in which a feature must stand."""

Weights = Mapping[str, float]
_Window = tuple["Example", Counter[str], float]
Judged = tuple["Example", float, str]
"""(example, log odds, kind)"""


@dataclass(frozen=True, slots=True)
class Example:
    """kind: of the matter, "" if it is harmless. near: what a harmless one is near to. author: the file it is from."""

    text: str
    kind: str
    near: str
    language: str
    author: str


def examples() -> list[Example]:
    """All that may be learned from: nothing that others made, nothing that is kept back to measure with."""
    files = sorted(TRAINING.glob("*.jsonl"))
    found = [
        _example(json.loads(line), file) for file in files for line in file.read_text(encoding="utf-8").splitlines()
    ]
    everyday = [message.text for message in messy()] + [message.text for message, side in routes() if side == "cloud"]
    everyday += [question.text for question in questions()]
    pages = (page.read_text(encoding="utf-8") for page in sorted((FOLDER.parent / "handbook").rglob("*.md")))
    everyday += [piece for page in pages for piece in page.split("\n\n") if piece.strip()]
    return [*found, *(Example(text, "", EVERYDAY, "", "samples") for text in everyday)]


def _example(row: Mapping[str, str], file: Path) -> Example:
    return Example(row["text"], row.get("kind", ""), row.get("near", ""), row["language"], file.stem)


def read(example: Example) -> Sentences:
    return about.sentences(Segment.of(fold(whole(example.text)).text))


def digest(found: Iterable[tuple[Example, Sentences]]) -> str:
    """Of what is learned from: other examples, or the same read otherwise, make another one."""
    said = sha256()
    for example, sentences in found:
        features = [sorted(each) for each in sentences.features]
        said.update(json.dumps([example.kind, example.near, features]).encode())
    return said.hexdigest()[:16]


def main(arguments: Sequence[str]) -> int:
    """The exit status: 1 where a figure is not met; the weights are written all the same."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks train_matters", description=__doc__)
    parser.add_argument("--json", action="store_true", help="the rows as one JSON document on standard output")
    options = parser.parse_args(arguments)
    found = [(example, read(example)) for example in examples()]
    unseen = list(_unseen(found))
    threshold = _threshold(unseen)
    model = Fitted.of(found).model(digest(found), threshold)
    written = json.dumps(asdict(model), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    Path(learned.__file__).with_name(learned.WEIGHTS).write_text(written.replace("},", "},\n") + "\n", encoding="utf-8")
    rows = list(_rows(unseen, threshold))
    if options.json:
        print(json.dumps([asdict(row) for row in rows], ensure_ascii=False, indent=2))
    else:
        for row in rows:
            print(f"{row.figure:50} {row.value:8.3f} {row.target}")
    return 0 if all(row.ok for row in rows) else 1


@dataclass(frozen=True, slots=True)
class Fitted:
    """Weights as they were fitted: log odds for any matter, and by kind."""

    bias: float
    any_of: Weights
    each: Mapping[str, Weights]

    @classmethod
    def of(cls, found: Sequence[tuple[Example, Sentences]]) -> Fitted:
        windows = [
            (example, features, of) for example, sentences in found for features, of in _windows(example, sentences)
        ]
        topical = [one for one in windows if one[0].near != EVERYDAY]
        bias, any_of = _fit(windows, [bool(example.kind) for example, _, _ in windows])
        each = {
            kind: _fit(topical, [kind in (example.kind, example.near) for example, _, _ in topical])[1]
            for kind in MATTERS
        }
        return cls(bias, any_of, each)

    def model(self, trained_on: str, threshold: float) -> Model:
        """Whole hundredths; what is next to nothing goes."""
        each = {kind: _whole(weights, _LEAST_OF_KIND) for kind, weights in self.each.items()}
        return Model(trained_on, round((self.bias - threshold) * HUNDREDTHS), _whole(self.any_of, _LEAST), each)


_LEAST, _LEAST_OF_KIND = 2, 20
"""Hundredths of log odds that a feature must weigh."""


def _whole(weights: Weights, least: int) -> Mapping[str, int]:
    rounded = ((feature, round(weight * HUNDREDTHS)) for feature, weight in weights.items())
    return {feature: weight for feature, weight in rounded if abs(weight) >= least}


def _windows(example: Example, read: Sentences) -> Iterator[tuple[Counter[str], float]]:
    """(features, how much they count) of each window of a harmless text: none of them may count. What is sensitive is
    so as a whole."""
    n = len(read.features)
    spans = (
        [range(n)]
        if example.kind
        else [range(i, j) for i in range(n) for j in range(i + 1, min(i + MOST_SENTENCES, n) + 1)]
    )
    weight = _EVERYDAY_COUNTS if example.near == EVERYDAY else 1
    for span in spans:
        yield Counter(feature for sentence in span for feature in read.features[sentence]), weight * len(spans) ** -0.5


def _fit(windows: Sequence[_Window], wanted: Sequence[bool]) -> tuple[float, Weights]:
    """(bias, log odds by feature)."""
    try:
        from sklearn.feature_extraction import DictVectorizer
        from sklearn.linear_model import LogisticRegression
    except ImportError:
        raise BenchmarkFault("scikit-learn is not installed: pip install '.[bench]'") from None
    seen = Counter(feature for _, features, _ in windows for feature in features)
    vectorizer = DictVectorizer()
    rows = vectorizer.fit_transform(
        {f: n * learned.scale(features.total()) for f, n in features.items() if seen[f] >= _SEEN_IN}
        for _, features, _ in windows
    )
    # The solver reads 32-bit indices only.
    rows.indices, rows.indptr = rows.indices.astype("int32"), rows.indptr.astype("int32")
    regression = LogisticRegression(C=_STRENGTH, solver="liblinear", random_state=0, max_iter=5000)
    regression.fit(rows, wanted, sample_weight=[weight for _, _, weight in windows])
    return regression.intercept_[0], dict(
        zip(vectorizer.get_feature_names_out(), map(float, regression.coef_[0]), strict=True)
    )


def _unseen(found: Sequence[tuple[Example, Sentences]]) -> Iterator[Judged]:
    """(example, log odds, kind) of each, by weights that were fitted without its author's; of the everyday texts, which
    few wrote, without some of them."""
    authors = sorted({example.author for example, _ in found if example.kind})
    fold = [
        authors.index(one.author) if one.author in authors else n % len(authors) for n, (one, _) in enumerate(found)
    ]
    for left_out in range(len(authors)):
        model = Fitted.of([one for one, n in zip(found, fold, strict=True) if n != left_out]).model("", 0.0)
        for (example, sentences), n in zip(found, fold, strict=True):
            if n == left_out:
                odds, kind = model.strongest(sentences)
                yield example, odds / HUNDREDTHS, kind


def _threshold(unseen: Sequence[Judged]) -> float:
    """The log odds from which a text counts."""
    return max(_exceeded_by(_near(unseen), FALSE), _exceeded_by(_everyday(unseen), FALSE_EVERYDAY))


def _exceeded_by(ones: Sequence[Judged], share: float) -> float:
    return sorted(odds for _, odds, _ in ones)[math.floor(len(ones) * (1 - share))]


def _rows(unseen: Sequence[Judged], threshold: float) -> Iterator[Row]:
    """By kind, by language, by author; then what is promised."""
    conditions = f"{len(unseen)} examples, each judged by weights that were fitted without its author's"
    groups: Mapping[str, Callable[[Example], str]] = {
        "kind": lambda one: one.kind or one.near,
        "language": lambda one: one.language or "any language",
        "author": lambda one: one.author,
    }
    for group in groups.values():
        for name in sorted({group(example) for example, _, _ in unseen}):
            ones = [one for one in unseen if group(one[0]) == name]
            sensitive = [one for one in ones if one[0].kind]
            if sensitive:
                yield Row.reported(f"recall, {name}", _share(sensitive, threshold), conditions)
            yield Row.reported(
                f"false, {name}", _share([one for one in ones if not one[0].kind], threshold), conditions
            )
    sensitive = [one for one in unseen if one[0].kind]
    found = [one for one in sensitive if one[1] >= threshold]
    named = sum(example.kind == kind for example, _, kind in found)
    yield Row.reported("named rightly, of what is found", named / max(1, len(found)), conditions)
    yield Row.at_least("recall", _share(sensitive, threshold), 0.7, conditions)
    yield Row.reported("false, near", _share(_near(unseen), threshold), conditions)
    yield Row.at_most("false, everyday", _share(_everyday(unseen), threshold), 0.05, conditions)


def _share(ones: Sequence[Judged], threshold: float) -> float:
    return sum(odds >= threshold for _, odds, _ in ones) / max(1, len(ones))


def _near(unseen: Sequence[Judged]) -> list[Judged]:
    return [one for one in unseen if not one[0].kind and one[0].near != EVERYDAY]


def _everyday(unseen: Sequence[Judged]) -> list[Judged]:
    return [one for one in unseen if one[0].near == EVERYDAY]
