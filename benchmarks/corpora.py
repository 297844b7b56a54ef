"""Documents and questions that others made, as sources and evaluations of ours. They are read and never kept."""

from __future__ import annotations

import json
import random
import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from admin.evaluate import Asked, Relevant
from benchmarks import BenchmarkFault
from retrieval.parse import Parsed, Section
from retrieval.sources import Listed, Loaded

POOL = 3_000
"""Of the handbook's 8,420 passages: those that answer a question, and others by lot."""

_LOT = 0
_TELLING = 120
"""Characters by which a paragraph is known."""


@dataclass(frozen=True)
class Corpus:
    """unit: how many of what. documents: by uri, as parsed; a Reader of them, and a Parse."""

    name: str
    unit: str
    documents: Mapping[str, Parsed]
    asked: tuple[Asked, ...]

    async def list(self) -> AsyncIterator[Listed]:
        for uri in self.documents:
            yield Listed(uri)

    async def load(self, uri: str, version: str | None = None) -> Loaded:
        return Loaded(uri.encode())

    async def parse(self, uri: str, content: bytes, suffix: str | None = None) -> Parsed:
        return self.documents[uri]


def korquad(folder: Path) -> Corpus:
    """KorQuAD 1.0, dev: each paragraph a document, as in the published figures, and 5,774 questions."""
    articles = _read(folder / "KorQuAD_v1.0_dev.json")["data"]
    paragraphs = [paragraph for article in articles for paragraph in article["paragraphs"]]
    # Three stand there twice, with other questions.
    uris = {text: str(number) for number, text in enumerate(dict.fromkeys(p["context"] for p in paragraphs))}
    questions = [(qa["question"], uris[p["context"]]) for p in paragraphs for qa in p["qas"]]
    return Corpus(
        "korquad",
        f"{len(uris)} paragraphs",
        {uri: Parsed("", (Section((), (text,)),)) for text, uri in uris.items()},
        tuple(Asked(line, text, (Relevant(uri),)) for line, (text, uri) in enumerate(questions, 1)),
    )


def answering_sentences(folder: Path) -> tuple[frozenset[str], ...]:
    """Of each of KorQuAD's questions, in their order, the sentences of its paragraph in which somebody marked the
    answer; with single spaces, and a [3] as a quotation shows it."""
    articles = _read(folder / "KorQuAD_v1.0_dev.json")["data"]
    questions = [
        (p["context"], qa["answers"]) for article in articles for p in article["paragraphs"] for qa in p["qas"]
    ]
    return tuple(
        frozenset(_sentence_at(context, answer["answer_start"]) for answer in answers) for context, answers in questions
    )


def _sentence_at(text: str, at: int) -> str:
    ends = [0, *(found.end() for found in re.finditer(r"[.!?。]\s+", text)), len(text)]
    first, last = next((a, b) for a, b in pairwise(ends) if a <= at < b)
    return " ".join(re.sub(r"\[(\d{1,3})\]", r"(\1)", text[first:last]).split())


def one_pool(folder: Path) -> Corpus:
    """KorQuAD's questions where its paragraphs stand among all of the handbook's passages: two languages, one index."""
    korean, english = korquad(folder), handbook(folder, whole_files=False, pool=None)
    documents = {**korean.documents, **{f"handbook/{uri}": parsed for uri, parsed in english.documents.items()}}
    return replace(korean, unit=f"among {len(english.documents):,} handbook passages", documents=documents)


def handbook(folder: Path, *, whole_files: bool, pool: int | None = POOL) -> Corpus:
    """A company's handbook and 602 questions.

    whole_files: its files as documents, of which a passage has to be found; else each passage is a document. pool: how
    many of its passages; None: all.
    """
    data = _read(folder / "company_handbook_faq.json")
    answering = {number for question in data["questions"] for number in question["gold"]}
    others = [chunk["id"] for chunk in data["chunks"] if chunk["id"] not in answering]
    random.Random(_LOT).shuffle(others)
    chosen = answering | set(others if pool is None else others[: pool - len(answering)])
    chunks = {chunk["id"]: chunk for chunk in data["chunks"] if chunk["id"] in chosen}
    uri_of = {number: chunk["path"] if whole_files else str(number) for number, chunk in chunks.items()}
    titles: dict[str, str] = {}
    sections: dict[str, list[Section]] = {}
    bodies: dict[int, str] = {}
    for number, chunk in chunks.items():
        head, _, bodies[number] = chunk["text"].partition("\n")
        title, *headings = head.split(" > ")
        bodies[number] = bodies[number] or head
        titles.setdefault(uri_of[number], title)
        sections.setdefault(uri_of[number], []).append(Section(tuple(headings), (bodies[number],)))
    documents = {uri: Parsed(titles[uri], tuple(found)) for uri, found in sections.items()}
    asked = tuple(
        Asked(
            line,
            question["question"],
            tuple(each for n in question["gold"] for each in _gold(uri_of[n], bodies[n], whole_files)),
        )
        for line, question in enumerate(data["questions"], 1)
    )
    unit = f"{len(chunks):,} passages in {len(documents)} files" if whole_files else f"{len(chunks):,} passages"
    return Corpus("handbook", unit, documents, asked)


def _gold(uri: str, body: str, whole_files: bool) -> list[Relevant]:
    """A passage of the file answers where it holds a paragraph of the one that does: it may have been cut anew."""
    if not whole_files:
        return [Relevant(uri)]
    first, *others = body.split("\n\n")
    return [Relevant(uri, text[:_TELLING]) for text in (first, *(one for one in others if len(one) >= _TELLING // 2))]


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BenchmarkFault(f"{path} cannot be read ({error.strerror}): say where the data is by --data.") from None
