"""Others' vector stores beside Naru's, on the same data, the same server and in the same run.

They are not installed with Naru: `--peers PATH` names a Python that has langchain-postgres and
llama-index-vector-stores-postgres, and peers_run.py is run by it.
"""

from __future__ import annotations

import asyncio
import json
import tempfile
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from random import Random
from statistics import median
from time import perf_counter

from sqlalchemy import make_url

from admin import schema
from admin.embedded import EmbeddedPostgres
from benchmarks import BenchmarkFault, Machine, Row, Tell
from benchmarks.corpora import Corpus, handbook, korquad
from benchmarks.loading import DIMENSIONS, Laid, Ready, load
from benchmarks.sample import empty_home
from retrieval.database import Database
from retrieval.embed import Embeddable, Vector
from retrieval.local_model import PACKAGE, LocalModel, folder_of
from retrieval.parse import Parsed
from retrieval.passage import EVERYONE, Readers
from retrieval.search import Search
from retrieval.split import split
from retrieval.text import Language
from retrieval.vectors import Vectors

TIMES_AS_FAST = 5
BEST = 10
ASKED = 300
"""Questions of each corpus, about: every so-many-th."""
PEERS = ("langchain-postgres", "llama-index")
_LOT = 7
_ANYONE = Readers(frozenset({EVERYONE}))
_ENGLISH: frozenset[Language] = frozenset({"en"})


@dataclass(frozen=True, slots=True)
class Pool:
    """documents: by uri. texts: of each passage what is embedded, with the uri of its document. asked: questions, and
    the documents that answer them. real: how many of the texts are of documents that answer something, or might."""

    documents: Mapping[str, Parsed]
    texts: Sequence[tuple[str, str]]
    asked: Sequence[tuple[str, frozenset[str]]]
    real: int


@dataclass(frozen=True, slots=True)
class Found:
    """What one store did. loaded_s: from texts and vectors to what can be searched. ms: of each question."""

    name: str
    loaded_s: float
    recall: float
    ms: Sequence[float]


async def measure(data: Path, python: Path, cache: Path, tell: Tell) -> list[Row]:
    """python: that has the others. cache: a folder for the vectors of the local model, which take minutes to make."""
    machine, pool = Machine.now(), pool_of(data)
    vectors = await _ready(pool, cache, tell)
    with empty_home() as home, EmbeddedPostgres(home) as url:
        await schema.upgrade(url)
        database = Database(url)
        ours = await _ours(database, pool, vectors)
        tell(f"Naru: {ours.loaded_s:.2f} s, recall {ours.recall:.3f}, p50 {median(ours.ms):.1f} ms")
        theirs = []
        for name in PEERS:
            theirs.append(await _theirs(name, url, python, pool, vectors))
            one = theirs[-1]
            tell(f"{name}: {one.loaded_s:.2f} s, recall {one.recall:.3f}, p50 {median(one.ms):.1f} ms")
        conditions = await machine.conditions(
            database,
            f"{len(pool.texts)} passages and {len(pool.asked)} questions of KorQuAD and a handbook in one pool, "
            f"vectors of {PACKAGE} ready (of {len(pool.texts) - pool.real} that answer nothing: invented), one run, "
            "HNSW by Naru alone, which makes it itself, and not part of the time",
        )
        await database.close()
    speed = len(pool.texts) / ours.loaded_s
    return [
        Row.reported("Naru beside others: load (passages/s)", speed, conditions),
        Row.reported("Naru beside others: recall@10", ours.recall, conditions),
        Row.reported("Naru beside others: query p50 (ms)", median(ours.ms), conditions),
        *(row for each in theirs for row in _rows(ours, each, len(pool.texts), conditions)),
    ]


def _rows(ours: Found, theirs: Found, passages: int, conditions: str) -> list[Row]:
    name = theirs.name
    return [
        Row.reported(f"{name}: load (passages/s)", passages / theirs.loaded_s, conditions),
        Row.at_least(f"times as fast as {name} to load", theirs.loaded_s / ours.loaded_s, TIMES_AS_FAST, conditions),
        Row.reported(f"{name}: query p50 (ms)", median(theirs.ms), conditions),
        Row.at_least(f"times as fast as {name} to query, p50", median(theirs.ms) / median(ours.ms), 1, conditions),
        Row.reported(f"{name}: recall@10", theirs.recall, conditions),
        Row.at_least(f"recall@10 above {name}'s", ours.recall - theirs.recall, 0.001, conditions),
    ]


def pool_of(data: Path) -> Pool:
    """KorQuAD's paragraphs and all of the handbook. Of the handbook's passages that answer nothing most are only there
    to be loaded: their vectors are invented, near no question."""
    corpora = korquad(data), handbook(data, whole_files=False)
    documents = {f"{one.name}/{uri}": parsed for one in corpora for uri, parsed in one.documents.items()}
    real = set(documents)
    every = handbook(data, whole_files=False, pool=None)
    documents |= {f"{every.name}/{uri}": parsed for uri, parsed in every.documents.items()}
    of_each = {uri: split(parsed) for uri, parsed in documents.items()}
    texts = [
        (uri, f"{one.heading}\n{one.text}" if one.heading else one.text)
        for uri, pieces in of_each.items()
        for one in pieces
    ]
    return Pool(documents, texts, [one for each in corpora for one in _asked(each)], sum(u in real for u, _ in texts))


def _asked(corpus: Corpus) -> list[tuple[str, frozenset[str]]]:
    every = corpus.asked[:: max(1, len(corpus.asked) // ASKED)]
    return [(one.text, frozenset(f"{corpus.name}/{each.uri}" for each in one.relevant)) for one in every]


async def _ready(pool: Pool, cache: Path, tell: Tell) -> dict[str, Vector]:
    """By text, that of each question among them."""
    wanted = list(dict.fromkeys([text for _, text in pool.texts[: pool.real]] + [text for text, _ in pool.asked]))
    file = cache / f"{sha256(json.dumps(wanted).encode()).hexdigest()[:16]}.vectors"
    if not file.exists():
        tell(f"{len(wanted)} vectors are made with {PACKAGE}, which takes minutes, and kept in {file}")
        model = LocalModel.opened(folder_of(PACKAGE, cache), cache, _ENGLISH)
        made = [vector or () for vector in await model.passages([Embeddable(text) for text in wanted])]
        file.write_bytes(b"".join(array("f", vector).tobytes() for vector in made))
    numbers = array("f")
    numbers.frombytes(file.read_bytes())
    found: dict[str, Vector] = {
        text: numbers[n * DIMENSIONS : (n + 1) * DIMENSIONS].tolist() for n, text in enumerate(wanted)
    }
    draw = Random(_LOT).gauss
    for _, text in pool.texts[pool.real :]:
        found.setdefault(text, [draw(0, 0.05) for _ in range(DIMENSIONS)])
    return found


async def _ours(database: Database, pool: Pool, vectors: Mapping[str, Vector]) -> Found:
    ready = Ready(vectors)
    loaded_s, _ = await load(database, "pool", Laid(pool.documents), ready)
    # What Naru does behind each load, and the others where they are told to: not part of the time.
    await Vectors(database).fill(ready)
    # As the model is: it knows no Korean, and a company says so in its settings.
    search = Search(database, (Ready(vectors, languages=_ENGLISH),))
    ms: list[float] = []
    hits = 0
    for question, relevant in pool.asked:
        began = perf_counter()
        found = await search(question, _ANYONE, BEST)
        ms.append((perf_counter() - began) * 1000)
        hits += any(passage.document.uri in relevant for passage in found)
    return Found("Naru", loaded_s, hits / len(pool.asked), ms)


async def _theirs(name: str, url: str, python: Path, pool: Pool, vectors: Mapping[str, Vector]) -> Found:
    drivers = {one: make_url(url).set(drivername=f"postgresql+{one}") for one in ("psycopg", "psycopg2", "asyncpg")}
    given = {one: each.render_as_string(hide_password=False) for one, each in drivers.items()} | {
        "dimensions": DIMENSIONS,
        "texts": [text for _, text in pool.texts],
        "vectors": [list(vectors[text]) for _, text in pool.texts],
        "questions": [list(vectors[question]) for question, _ in pool.asked],
    }
    with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:
        json.dump(given, file)
        file.flush()
        script = Path(__file__).with_name("peers_run.py")
        process = await asyncio.create_subprocess_exec(
            *(str(python), str(script), name, file.name), stdout=asyncio.subprocess.PIPE
        )
        said, _ = await process.communicate()
    if process.returncode:
        raise BenchmarkFault(f"{name} ended with status {process.returncode}: {python} lacks it, or it failed.")
    result = json.loads(said.splitlines()[-1])
    uris = [uri for uri, _ in pool.texts]
    hits = sum(
        any(uris[number] in relevant for number in found)
        for found, (_, relevant) in zip(result["found"], pool.asked, strict=True)
    )
    return Found(name, result["loaded_s"], hits / len(pool.asked), result["ms"])
