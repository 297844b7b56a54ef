"""Confluence, Cloud or Data Center: pages, blog posts and what is attached to them, for those who may see them there.

Every run lists all pages with their versions, which is cheap; only the text of what changed is asked for. Who may read
is asked each time: it changes without a new version.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from html import escape

from retrieval.addresses import Address
from retrieval.parse import UnreadableFault
from retrieval.parse.families import STORAGE
from retrieval.parse.families import SUFFIXES as FAMILIES
from retrieval.passage import Principal, Said, Source, storable
from retrieval.sources import Listed, Loaded, Reader, SourceFault, api
from retrieval.sources.api import Api, ApiFault, or_else, secret_of
from retrieval.sources.confluence_api import Above, Attachment, Edition, Page, Space
from retrieval.sources.confluence_cloud import Cloud
from retrieval.sources.confluence_readers import Clause, Person, met, principals, unsettled
from retrieval.sources.confluence_server import DataCenter
from retrieval.sources.kind import Absolute, Kind, Means, Option
from retrieval.sources.pages import SUFFIXES

NOT_TOLD: tuple[Clause, ...] = (frozenset(),)
"""What may not be seen, or is gone, says nothing of who may read: nobody."""
_DEEPEST = 200


class Confluence:
    """A page's uri is `SPACE/id`, an attachment's `SPACE/page/id.suffix`: titles change, those do not.

    wanted: keys of spaces; none: all that the token's owner sees. trusting: the source's readers stand for those of
    each space.
    """

    def __init__(
        self, edition: Edition, source: str, wanted: frozenset[str], *, attachments: bool, trusting: bool
    ) -> None:
        self._edition = edition
        self._wanted = wanted
        self._attachments = attachments
        self._readers = _Readers(edition, source, trusting)
        self._seen: dict[str, Page | Attachment] = {}
        self._holes: dict[str, str] = {}

    async def list(self) -> AsyncIterator[Listed]:
        await self._be_known()
        spaces = await self._spaces()
        for space in spaces:
            try:
                async for listed in self._space(space):
                    yield listed
            except ApiFault as fault:
                if fault.why == "token" or self._edition.api.is_dead or len(spaces) == 1:
                    raise
                self._holes[f"{space.key}/"] = str(fault)
                yield Listed(f"{space.key}/")
        # A token that ended meanwhile makes no error of a listing: it only shows less.
        await self._be_known()

    async def _be_known(self) -> None:
        if await self._edition.anonymous():
            raise ApiFault(
                "Confluence takes whoever has this token for a stranger: it is wrong, expired or revoked. Make a new "
                "one and name it under [[credentials]] in naru.toml. Nothing was changed.",
                "token",
            )

    async def load(self, uri: str, version: str | None = None) -> Loaded | None:
        if uri.endswith("/"):
            raise UnreadableFault(
                f"{uri} was not listed whole: what is in it stays. {self._holes.get(uri, '')}", "away"
            )
        one = self._seen.get(uri) or await self._found(uri)
        if version is not None and one.version == version:
            return None
        try:
            return await (self._page(uri, one) if isinstance(one, Page) else self._file(uri, one))
        except ApiFault as fault:
            raise self._edition.api.unread(uri, fault) from None

    async def _page(self, uri: str, page: Page) -> Loaded:
        body = await self._edition.body(page)
        if body.status != "current":
            raise UnreadableFault(f"{uri} is not there any more ({body.status}).", "away")
        if body.version != page.version:
            # Who may read it was asked before: somebody may have closed it first, and then written what is new.
            raise UnreadableFault(f"{uri} was changed while Confluence was read: the next run takes it.", "away")
        titled = f"<title>{escape(page.title)}</title>{body.storage}"
        return Loaded(storable(titled).encode(), page.version, STORAGE)

    async def _file(self, uri: str, one: Attachment) -> Loaded:
        fetched = await self._edition.file(one)
        if "text/html" in fetched.headers.get("content-type", "") and "html" not in one.type:
            raise UnreadableFault(f"{uri} is not given: a page comes in its place, perhaps to sign in.", "closed")
        return Loaded(fetched.content, one.version, _suffix(one))

    async def _found(self, uri: str) -> Page | Attachment:
        """For who asks for one document alone."""
        async for _ in self.list():
            if uri in self._seen:
                return self._seen[uri]
        raise UnreadableFault(f"{uri} is not in Confluence, or hidden from the token's owner.", "away")

    async def _spaces(self) -> Sequence[Space]:
        spaces = await self._edition.spaces()
        if missing := self._wanted - {space.key for space in spaces}:
            raise SourceFault(
                f"Confluence has no space {', '.join(sorted(missing))}, or hides it from the token's owner: mend the "
                "option `spaces`, or let them in. Nothing was changed."
            )
        return [space for space in spaces if not self._wanted or space.key in self._wanted]

    async def _space(self, space: Space) -> AsyncIterator[Listed]:
        pages = {page.id: page for page in await self._edition.pages(space)}
        said = await self._readers.of(space, pages)
        for page in pages.values():
            uri = f"{space.key}/{page.id}"
            self._seen[uri] = page
            yield Listed(uri, page.version, said[page.id])
        for one in await self._edition.attachments(list(pages.values())) if self._attachments else ():
            if (suffix := _suffix(one)) is not None:
                uri = f"{space.key}/{one.page}/{one.id}{suffix}"
                self._seen[uri] = one
                yield Listed(uri, one.version, _attached(one, pages[one.page], said[one.page]))


@dataclass(slots=True)
class _Readers:
    """Who may read the pages of a space; what is asked of Confluence for it is asked once in a run."""

    edition: Edition
    source: str
    trusting: bool
    people: dict[str, Person] = field(default_factory=dict)
    groups: dict[str, str] = field(default_factory=dict)
    members: dict[str, frozenset[str]] = field(default_factory=dict)
    steps: dict[str, tuple[tuple[Clause, ...], Above | None]] = field(default_factory=dict)
    settled: dict[frozenset[Clause], Clause] = field(default_factory=dict)

    async def of(self, space: Space, pages: Mapping[str, Page]) -> dict[str, Said]:
        """What Confluence says of each page, by its id."""
        admitted = () if self.trusting else await or_else(self.edition.admitted(space), NOT_TOLD)
        who = {page.id: await self._who((*admitted, *await self._clauses(page, pages))) for page in pages.values()}
        await self._learn(pages.values(), [clause for clause in who.values() if clause is not None])
        return {page.id: self._said(page, who[page.id]) for page in pages.values()}

    def _said(self, page: Page, who: Clause | None) -> Said:
        return Said(
            title=page.title or None,
            readers=None if who is None else self._principals(who),
            narrows=True,
            changed=page.changed,
            owner=self.people.get(page.owner, Person()).name or None,
            link=page.link,
        )

    def _principals(self, who: Clause) -> frozenset[Principal]:
        return principals(who, self.source, self.people, self.groups)

    async def _who(self, clauses: Sequence[Clause]) -> Clause | None:
        """None: nothing restricts it beyond what the source says."""
        if not clauses:
            return None
        key = frozenset(clauses)
        if key not in self.settled:
            for group in sorted(unsettled(clauses) - self.members.keys()):
                self.members[group] = await or_else(self.edition.members(group), frozenset())
            self.settled[key] = met(clauses, self.members)
        return self.settled[key]

    async def _clauses(self, page: Page, pages: Mapping[str, Page]) -> list[Clause]:
        """Its own restrictions and those of all that it lies below: each has to be met."""
        found, above, seen = list(await self._own(page)), page.above, {page.id}
        while above is not None:
            if above.id in seen or len(seen) > _DEEPEST:
                return [*NOT_TOLD]
            seen.add(above.id)
            clauses, above = await self._step(above, pages)
            found += clauses
        return found

    async def _step(self, above: Above, pages: Mapping[str, Page]) -> tuple[tuple[Clause, ...], Above | None]:
        if above.kind == "page" and above.id in pages:
            return await self._own(pages[above.id]), pages[above.id].above
        if above.id not in self.steps:
            self.steps[above.id] = await or_else(self._told(above), (NOT_TOLD, None))
        return self.steps[above.id]

    async def _told(self, above: Above) -> tuple[tuple[Clause, ...], Above | None]:
        return await self.edition.restriction(above.id), await self.edition.above(above)

    async def _own(self, page: Page) -> tuple[Clause, ...]:
        if page.own is not None:
            return page.own
        if page.id not in self.steps:
            self.steps[page.id] = await or_else(self.edition.restriction(page.id), NOT_TOLD), page.above
        return self.steps[page.id][0]

    async def _learn(self, pages: Iterable[Page], who: Iterable[Clause]) -> None:
        """The names and addresses of whom they name. What is not told is done without."""
        subjects = set().union(*who)
        accounts = {one.id for one in subjects if one.kind == "user"} | {page.owner for page in pages if page.owner}
        self.people |= await or_else(self.edition.people(sorted(accounts - self.people.keys())), {})
        for group in {one.id for one in subjects if one.kind == "group"} - self.groups.keys():
            self.groups[group] = await or_else(self.edition.group(group), "")


def _attached(one: Attachment, page: Page, said: Said) -> Said:
    return Said(
        title=f"{one.title} ({page.title})" if page.title else one.title,
        readers=said.readers,
        narrows=True,
        changed=one.changed,
        owner=said.owner,
        link=one.link,
    )


def _suffix(one: Attachment) -> str | None:
    """Of its family; None: it is no document."""
    name = one.title.lower()
    own = f".{name.rpartition('.')[2]}" if "." in name else ""
    return own if own in FAMILIES else SUFFIXES.get(one.type.partition(";")[0].strip().lower())


def _located(location: str, _: Absolute) -> str:
    if not location:
        raise ValueError("is missing: it must be Confluence's address, such as https://company.atlassian.net/wiki")
    return api.located(location)


def _reader(source: Source, means: Means) -> Reader:
    options = KIND.checked(source.options)
    secret = secret_of(means.credential(source.location), f"Source '{source.name}'", source.location)
    patience = replace(means.patience, per_second=float(options["per_second"]))
    base = api.base_of(source.location)
    asked = Api(means.fetcher, "Confluence", base, secret, patience)
    host = Address.of(base).host
    is_cloud = bool(options["cloud"]) or host == "api.atlassian.com" or host.endswith(".atlassian.net")
    edition: Edition = (Cloud if is_cloud else DataCenter)(asked, base)
    wanted = frozenset(str(options["spaces"]).replace(",", " ").split())
    trusting = not options["space_permissions"]
    return Confluence(edition, source.name, wanted, attachments=bool(options["attachments"]), trusting=trusting)


KIND = Kind(
    _located,
    _reader,
    {
        "spaces": Option(""),
        "attachments": Option(True),
        "space_permissions": Option(True),
        "cloud": Option(False),
        "per_second": Option(10.0, 0.1, 1000),
    },
)
