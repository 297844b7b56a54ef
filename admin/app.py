"""The composition root: settings in, a working Naru out."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import pwd
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from admin import embedders, rerankers, schema, tokenizers
from admin.audit.keeper import Keeper
from admin.costs import cloud_use
from admin.doors import endpoints, second_opinion
from admin.embedded import EmbeddedPostgres
from admin.embedders import Embedding
from admin.indexing import Indexing, Noted, Progress, Reading
from admin.jobs import Embed, Jobs
from admin.key import sealing_key
from admin.ledger import LedgerFile
from admin.optouts import opting_out
from admin.prompts import prompt_folder
from admin.rerankers import Reranking
from admin.slack_history import own_kinds
from bot.answer import Deps, no_opinion
from bot.attached import Attachments
from bot.audit import Audit
from bot.calibration_file import NAME, CalibrationFile
from bot.cloud_use import CloudUse
from bot.directory import Directory, Listed
from bot.domain import Attached, Question, QuestionFault, Room
from bot.egress import Samples
from bot.examples import NearestExamples
from bot.forgetting import Forgetting
from bot.glossary_file import GlossaryFile
from bot.holds import Holds
from bot.lists_file import ListFiles
from bot.models.opinion import SecondOpinion
from bot.models.shores import Shores
from bot.opting_out import OptingOut
from bot.optouts import Register
from bot.people import DirectoryFile
from bot.policy.policy_file import PolicyFile
from bot.policy.rules import DataUse, Rules
from bot.policy_history import PolicyHistory
from bot.prompt_folder import PromptFolder
from bot.records import Records
from bot.seal import Seal
from bot.settings import Settings
from bot.spool import Spool
from bot.worth_reading import Budget
from retrieval.addresses import Reach
from retrieval.catalogue import Catalogue
from retrieval.database import Database
from retrieval.errors import Fault
from retrieval.fetch import Fetcher
from retrieval.parse import Parse
from retrieval.parse.sandbox import Sandbox
from retrieval.parse.wire import Limits
from retrieval.passage import Source
from retrieval.reindex import Report
from retrieval.runs import Run
from retrieval.search import Search
from retrieval.sources.kind import Credential, Kind, Means
from retrieval.sources.kinds import reader_of
from retrieval.tokenizer import Tokenizer

TALKATIVE = (
    "openai", "httpx2", "httpcore2", "httpx", "httpcore", "hpack", "h2", "aiohttp", "urllib3", "websockets",
    "slack_sdk", "slack_bolt", "sqlalchemy.engine",
    "fsspec", "s3fs", "gcsfs", "adlfs", "azure", "boto3", "botocore", "aiobotocore", "smbprotocol", "paramiko",
)  # fmt: skip
"""Loggers that print addresses with their queries, headers, bodies or rows below WARNING: held, whatever the level of
the rest. Also those of clients that only an extra brings."""
COUNTING = 4
"""Processes that count terms, at most, where nobody says how many: more would wait for the one that writes."""
ALLOCATIONS = 20_000
"""Between two looks for garbage. Python's own 700 cost a load of documents a fifth of its time."""


@dataclass(frozen=True, slots=True)
class App:
    """A Naru with its database open, at `url`. searching: makes another Search over the same, for a comparison."""

    settings: Settings
    url: str
    seal: Seal
    database: Database
    catalogue: Catalogue
    means: Means
    tokenizer: Tokenizer
    indexing: Indexing
    jobs: Jobs
    search: Search
    searching: Callable[..., Search]
    embedding: Embedding
    reranking: Reranking
    people: DirectoryFile
    records: Records
    policy: PolicyFile
    lists: ListFiles
    prompts: PromptFolder
    rules: Callable[[], Rules]
    deps: Deps
    opinion: SecondOpinion | None
    attachments: Attachments
    opting_out: OptingOut
    audit: Audit
    keeper: Keeper
    history: PolicyHistory
    samples: Samples
    forgetting: Forgetting
    use: CloudUse

    @property
    def operator(self) -> str:
        """Who runs this process."""
        return whoever_runs_this()

    def question(
        self,
        text: str,
        *,
        person: str | None,
        room: str | None,
        thread: str,
        attached: tuple[Attached, ...] = (),
    ) -> Question:
        """What a person of the directory asks in a room; raises QuestionFault."""
        asker, where = self.present(person, room)
        longest = self.settings.answer.max_question_chars
        return Question.asked(text, asker=asker, room=where, thread=thread, longest=longest, attached=attached)

    def present(self, person: str | None, room: str | None) -> tuple[str, Room]:
        """Who asks, and where: given, or as naru.toml says; raises QuestionFault."""
        asker = person or self.settings.console.person
        if asker is None:
            raise QuestionFault("Say who asks: --as ID, or `person` under [console] in naru.toml.")
        return asker, self.people.directory().room(room, asker)

    async def reindex(
        self,
        sources: Sequence[Source],
        progress: Progress,
        *,
        patient: bool = False,
        by: str | None = None,
        accept_deletions: bool = False,
    ) -> list[tuple[Source, Report | Fault]]:
        """As Indexing.all: now, and in this process."""
        return await self.indexing.all(sources, progress, patient=patient, by=by, accept_deletions=accept_deletions)

    async def never_indexed(self) -> list[Source]:
        """The searched sources of which nothing has been read yet."""
        return [s.source for s in await self.catalogue.status() if s.active and not s.documents and not s.problems]

    async def active(self) -> list[Source]:
        return [s.source for s in await self.catalogue.status() if s.active]


@asynccontextmanager
async def opened(settings: Settings, *, migrate: bool = False, sync: bool = True) -> AsyncIterator[App]:
    """Everything wired, the database at this release's tables. Raises a Fault that says what is in the way.

    migrate: bring an external database's tables up to date too; the embedded one's always are. sync: make the
    sources of naru.toml the declared ones.
    """
    gc.set_threshold(ALLOCATIONS, 10, 10)
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
    policy = PolicyFile(settings.policy)
    terms = data_use(settings)
    # Needed only once somebody asks: without a file there is a sentence then, and sources and status work.
    people = directory_file(settings)
    lists = ListFiles(settings.lists, people.directory)
    lists()  # a list that cannot be used must not wait for the first question
    prompts = prompt_folder(settings)

    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(address(settings))
        tokenizer = tokenizers.tokenizer_of(settings.search)
        database = Database(url, tokenizers.called(tokenizer))
        stack.push_async_callback(database.close)
        await database.requirements()
        await tokenizers.warned(database, tokenizer)
        if migrate or settings.database_url is None:
            await schema.upgrade(url)
        else:
            await schema.verify(url)
        ledger = LedgerFile(settings.home)
        await ledger.follow(database)
        stack.push_async_callback(ledger.follow, database)
        seal = Seal(await sealing_key(settings, database))
        register = Register(database, seal)
        await register.look()

        def rules() -> Rules:
            return replace(policy().under(terms, today(settings)), lists=lists(), opt_outs=register())

        embedding = await embedders.opened(settings, rules, database, stack)
        catalogue = Catalogue(database)
        glossary = GlossaryFile(settings.glossary)
        calibration = CalibrationFile(settings.config.parent / NAME)
        reranking = rerankers.opened(settings, rules, stack)
        searching = partial(
            Search,
            database,
            glossary=glossary,
            today=partial(today, settings),
            calibration=calibration,
            tokenizer=tokenizer,
        )
        search = searching(embedders=embedding.embedders, reranker=reranking.used)
        sandbox = await stack.enter_async_context(sandbox_of(settings))
        means = means_of(settings, database, sandbox.parse, stack, own_kinds(settings, register, seal, stack))
        if sync:
            await catalogue.sync(settings.sources)
        audit = Audit(seal)
        keeper = Keeper(database, audit, settings, rules)
        stack.push_async_callback(keeper.follow)
        if sync:
            await keeper.sources()
        forgetting = Forgetting(database, seal, spool_of(settings, seal), Holds(seal))
        indexing, jobs = _indexing(settings, catalogue, means, tokenizer, embedding.follow, _noted(audit), forgetting)
        records = Records(database, seal, unkept=settings.retention.unkept)
        history = PolicyHistory(database, seal, policy)
        await history.follow()
        stack.push_async_callback(history.follow)
        samples = Samples(database, seal, settings.egress.sample, settings.retention.samples)
        opinion = second_opinion(settings, rules, prompts, stack)
        use = cloud_use(settings, database, partial(today, settings))
        deps = Deps(
            rules=rules,
            people=people,
            search=search,
            records=records,
            shores=Shores(
                endpoints(settings, database, audit, samples.take, stack, register.look, use),
                prompts,
                glossary,
                work_s=settings.answer.max_model_s,
                wait_s=settings.answer.max_wait_s,
                afford=use.afford,
            ),
            budget=Budget(settings.answer.passages, settings.answer.max_passage_chars),
            operator=seal.pseudonym(whoever_runs_this()),
            opinion=opinion or no_opinion,
            look=register.look,
            examples=NearestExamples(searching(examples=True)),
        )
        yield App(
            settings,
            url,
            seal,
            database,
            catalogue,
            means,
            tokenizer,
            indexing,
            jobs,
            search,
            searching,
            embedding,
            reranking,
            people,
            records,
            policy,
            lists,
            prompts,
            rules,
            deps,
            opinion,
            Attachments(means.parse, settings.answer.max_attached_chars),
            opting_out(database, seal, register, forgetting),
            audit,
            keeper,
            history,
            samples,
            forgetting,
            use,
        )


def spool_of(settings: Settings, seal: Seal) -> Spool:
    return Spool(settings.home / "spool", seal)


def whoever_runs_this() -> str:
    """As an id of a person: the operating system's user."""
    return f"os:{pwd.getpwuid(os.getuid()).pw_name}"


def _noted(audit: Audit) -> Noted:
    async def noted(connection: AsyncConnection, run: Run, counts: Mapping[str, Any]) -> None:
        body = {"source": run.source, "run": run.id, "counts": dict(counts)}
        await audit.note(connection, "reindexed", body, pseudonym=run.by)

    return noted


def _indexing(
    settings: Settings,
    catalogue: Catalogue,
    means: Means,
    tokenizer: Tokenizer,
    embed: Embed,
    noted: Noted,
    forgetting: Forgetting,
) -> tuple[Indexing, Jobs]:
    """embed: gives vectors to the passages that have none, once a run has written some."""

    async def changed() -> None:
        await jobs.vectors()

    how = settings.index
    readers = partial(reader_of, means=means)
    pace = how.at_once, how.documents_per_second
    processes = min(COUNTING, (os.cpu_count() or 1) // 2) if how.processes is None else how.processes
    reading = Reading(readers, means.parse, *pace, changed, forgetting.withheld, processes, tokenizer)
    indexing = Indexing(means.database, catalogue, reading, noted)
    jobs = Jobs(means.database, indexing, catalogue, settings.timezone, embed, forgetting)
    return indexing, jobs


def sandbox_of(settings: Settings) -> Sandbox:
    parse = settings.parse
    return Sandbox(Limits(parse.memory_mb, parse.seconds, parse.max_mb), parse.decrypt or ())


def directory_file(settings: Settings) -> DirectoryFile:
    """The company's directory; where there is none, what is asked of it says so."""
    directory = settings.directory
    return DirectoryFile(
        Path(directory.file) if directory.file else settings.config.parent / "people.toml",
        partial(today, settings),
        directory.terms,
        directory.dialect,
        keep_s=60 * directory.keep_minutes,
    )


def directory_now(settings: Settings, file: DirectoryFile) -> Directory:
    """The directory as of today; one that knows nobody where there is no file. Raises SettingsFault."""
    if settings.directory.file is None:
        return Directory(Listed(), settings.directory.terms, today(settings))
    return file.directory()


def today(settings: Settings) -> date:
    return datetime.now(settings.timezone).date()


def data_use(settings: Settings) -> DataUse | None:
    """The cloud's terms as the policy asks for them."""
    terms = settings.models.cloud.data_use
    return DataUse(terms.training, terms.expires) if terms else None


@asynccontextmanager
async def address(settings: Settings) -> AsyncIterator[str]:
    """Where the database is; the embedded one runs for as long as the context is open. Raises DatabaseFault."""
    if settings.database_url is not None:
        yield settings.database_url
        return
    server = EmbeddedPostgres(settings.home)
    try:
        yield await asyncio.to_thread(server.start)
    finally:
        server.stop()


def means_of(
    settings: Settings,
    database: Database,
    parse: Parse,
    stack: AsyncExitStack,
    kinds: Mapping[str, Kind] = MappingProxyType({}),
) -> Means:
    """What sources are read with. kinds: those that live outside of retrieval/."""
    fetcher = Fetcher(Reach.of(settings.fetch.private_hosts, settings.fetch.ports))
    stack.push_async_callback(fetcher.aclose)
    credentials = tuple(
        Credential(one.location, one.username or "", one.password.get_secret_value()) for one in settings.credentials
    )
    return Means(database, fetcher, parse, credentials, kinds=kinds)
