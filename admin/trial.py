"""One document through all that a re-index does with it, step by step, and nothing of it stays."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path
from time import monotonic
from uuid import uuid4

from admin.app import App
from admin.embedders import Embedding
from bot.policy.detect import find
from bot.words import place_name
from retrieval.addresses import Address
from retrieval.catalogue import Catalogue
from retrieval.database import Database
from retrieval.in_force import in_force
from retrieval.label import Level
from retrieval.parse import Parsed
from retrieval.passage import EVERYONE, NOTHING_SAID, Readers, Said, Source
from retrieval.reindex import reindex
from retrieval.search import Search
from retrieval.sources import Listed, Loaded, SourceFault
from retrieval.sources.files import to_uri
from retrieval.sources.kinds import KINDS, reader_of
from retrieval.sources.web import uri_of
from retrieval.split import Piece, split

_SAYING_NOTHING = frozenset({"files", "web"})
"""Kinds that need no listing to say what they say of a document's readers, title and owner: nothing."""

AMONG = 10
"""How far down the results are looked through for the document."""


@dataclass(frozen=True, slots=True)
class Step:
    """ok: None where there is nothing to do. seconds: since the step before."""

    name: str
    ok: bool | None
    says: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Tried:
    """source: as it stands in the catalogue, or made up for a document that is of none."""

    source: Source
    uri: str

    @classmethod
    def of(cls, text: str, kind: str | None, sources: list[Source]) -> Tried:
        """A path, an address, or SOURCE:uri. Raises SourceFault."""
        name, colon, rest = text.partition(":")
        named = next((one for one in sources if one.name == name), None)
        if kind is None and colon and named is not None:
            is_page = named.kind == "web" and rest.endswith("/")
            return cls(named, _page(rest)[1] if is_page else rest)
        kind = kind or ("web" if name in ("http", "https") else "files")
        if kind not in ("files", "web"):
            raise SourceFault(f"A document of kind {kind} is tried as SOURCE:uri; {text} is of no source there is.")
        location, uri = _page(text) if kind == "web" else _file(text)
        try:
            located = KINDS[kind].located(location, str)
        except ValueError as error:
            raise SourceFault(f"{text} {error}.") from None
        made_up = Source(f"trial-{uuid4().hex}", kind, located, Level.RESTRICTED, frozenset({EVERYONE}))
        return cls(made_up, uri)


async def steps(
    app: App, tried: Tried, *, person: str | None, question: str | None, only_titles: bool = False
) -> AsyncIterator[Step]:
    """Each step as it was done. Raises the Fault of the one that cannot be done. only_titles: of its text nothing is
    named."""
    watch = _Watch()
    source, uri = tried.source, tried.uri
    loaded, said = await _load(app, tried)
    yield watch.step("load", f"bytes: {len(loaded.content):,}, version: {(loaded.version or 'not told')[:40]}")
    parsed = await app.means.parse(uri, loaded.content, loaded.suffix)
    title = said.title or parsed.title
    yield watch.step("parse", f"“{title}”, sections: {len(parsed.sections)}")
    pieces = split(parsed)
    yield watch.step("split", f"passages: {len(pieces)}" if only_titles else _pieces(pieces))
    level, readers = source.access(uri, said)
    shown = f"{level.name.lower()}, for {', '.join(sorted(readers))}, {_date(said, parsed)}"
    yield watch.step("label", f"{shown}; its text holds {_kinds(parsed, pieces)}")
    yield await _vectors(app.embedding, watch)
    async with app.database.rehearsal() as database:
        copy = replace(source, name=f"trial-{uuid4().hex}", schedule=None, link=None)
        passages = await _stored(database, copy, _One(uri, loaded, said), app)
        yield watch.step("store", f"passages: {passages}, taken back at the end")
        asked = question or title
        who = Readers(readers) if person is None else await app.people.readers(person, app.present(person, None)[1])
        if not who.may_read(readers):
            yield watch.step("find", f"{person} may not read it: it is for {', '.join(sorted(readers))}", ok=False)
            return
        found = await Search(database, tokenizer=app.tokenizer)(asked, who, AMONG)
    ranks = [
        n for n, one in enumerate(found, 1) if one.document.uri == uri and one.document.source in _names(copy, source)
    ]
    what = "the question" if question else "its title"
    if ranks:
        yield watch.step("find", f"at rank {ranks[0]} for {what}")
    else:
        yield watch.step("find", f"not among the first {AMONG} for {what}", ok=False)


class _Watch:
    def __init__(self) -> None:
        self.name = "load"
        self._since = monotonic()

    def step(self, name: str, says: str, ok: bool | None = True) -> Step:
        now = monotonic()
        done = Step(name, ok, says, now - self._since)
        self._since = now
        return done


class _One:
    """The Reader of one document that is loaded already."""

    def __init__(self, uri: str, loaded: Loaded, said: Said) -> None:
        self._uri = uri
        self._loaded = loaded
        self._said = said

    async def list(self) -> AsyncIterator[Listed]:
        yield Listed(self._uri, self._loaded.version, self._said)

    async def load(self, uri: str, version: str | None = None) -> Loaded:
        return self._loaded


async def _load(app: App, tried: Tried) -> tuple[Loaded, Said]:
    reader = reader_of(tried.source, app.means)
    loaded = await reader.load(tried.uri)
    if loaded is None:  # asked for no version, a reader has none to compare with
        raise SourceFault(f"{tried.uri} was not given by its source.")
    if loaded.said is not None or tried.source.kind in _SAYING_NOTHING:
        return loaded, loaded.said or NOTHING_SAID
    async for one in reader.list():
        if one.uri == tried.uri:
            return loaded, one.said
    raise SourceFault(f"{tried.uri} is not listed by its source.")


async def _stored(database: Database, source: Source, reader: _One, app: App) -> int:
    await Catalogue(database).add(source)
    report = await reindex(database, source, reader, parse=app.means.parse, tokenizer=app.tokenizer)
    if report.problems:
        raise SourceFault(report.problems[0].sentence)
    return next(one.passages for one in await Catalogue(database).status() if one.source.name == source.name)


def _names(copy: Source, source: Source) -> tuple[str, str]:
    """It may be there twice: as it is indexed already, and as it was stored now."""
    return copy.name, source.name


def _pieces(pieces: tuple[Piece, ...]) -> str:
    headings = next((piece.heading for piece in pieces if piece.heading), "")
    places = [piece.place for piece in pieces if piece.place]
    ends = dict.fromkeys(place_name("en", place) for place in (*places[:1], *places[-1:]))
    where = f", {' to '.join(ends)}" if places else ""
    return f"passages: {len(pieces)}{where}" + (f", first under “{headings}”" if headings else "")


def _date(said: Said, parsed: Parsed) -> str:
    """When it holds: as its source says, else as its text does."""
    own = in_force(parsed)
    first = said.in_force_from or own.first
    days = [f"from {first}"] if first else []
    days += [f"until {own.last}"] if own.last else []
    return f"in force {' '.join(days)}" if days else "no date told"


async def _vectors(embedding: Embedding, watch: _Watch) -> Step:
    """They come behind a re-index, so only whether there is a model that gives them."""
    model = embedding.wanted
    if embedding.problem is None and model is not None:
        answers = await embedding.answers()
        if answers:
            return watch.step("embed", f"{model.name} answers: vectors follow behind a re-index")
        return watch.step("embed", f"{model.name} does not answer: it is found by its words meanwhile", ok=None)
    why = "no embedding model" if embedding.problem is None else "the embedding model cannot be opened"
    return watch.step("embed", f"{why}: it is found by its words", ok=None)


def _kinds(parsed: Parsed, pieces: tuple[Piece, ...]) -> str:
    texts = [parsed.title, *(piece.heading for piece in pieces), *(piece.text for piece in pieces)]
    kinds = Counter(finding.kind for text in texts for finding in find(text))
    return ", ".join(f"{kind} {count}×" for kind, count in sorted(kinds.items())) or "nothing that is detected"


def _page(text: str) -> tuple[str, str]:
    try:
        address = Address.of(text)
    except ValueError as error:
        raise SourceFault(f"{text} {error}.") from None
    return str(address), uri_of(address)


def _file(text: str) -> tuple[str, str]:
    """Its folder, and its name there."""
    if "://" in text:
        folder, _, name = text.rpartition("/")
        return folder, name
    path = Path(text).absolute()
    return str(path.parent), to_uri(Path(path.name))
