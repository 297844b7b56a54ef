"""What naru.toml may say: one frozen model per section.

naru.toml.example shows each key with its default; a test holds the two together. What a source of a kind may say is
said by the kind.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, Strict, ValidationInfo, field_validator

from bot.config_audit import AuditSection
from bot.config_budget import CloudBudget, Price
from bot.config_directory import DirectorySection, as_section
from bot.config_notice import NoticeSection
from bot.config_officer import Egress, RolesSection
from bot.config_reading import CredentialSection, Fetch, Http, Index, Parse
from bot.config_retention import Retention
from bot.config_search import SearchSection
from bot.config_serving import Served
from bot.models.line import AT_ONCE, WAIT_S, WORK_S
from bot.toml_file import Hosts, LevelName, Secret, Section, Text
from retrieval.passage import APPROVED, Principal, Rule, Source, principal
from retrieval.schedule import is_schedule
from retrieval.text import LANGUAGES, Language

if TYPE_CHECKING:
    from retrieval.sources.kind import Kind

T = TypeVar("T")

RESERVED_SOURCES = (APPROVED,)
"""Which Naru fills itself."""
LOOPBACK = ("127.0.0.1", "localhost", "::1")


def _url(value: str) -> str:
    try:
        parts = urlsplit(value)
        usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        usable = False
    if not usable or re.search(r"\s", value):
        raise ValueError("must be an address that begins with http:// or https://")
    if parts.username or parts.password:
        raise ValueError("must not hold a user name or password: they would be shown in messages")
    return value


def _proxy(value: str) -> str:
    if not re.match(r"(https?|socks5h?)://\S", value):
        raise ValueError("must be an address that begins with http://, https:// or socks5://")
    return value


def _database_url(value: str) -> str:
    if not re.match(r"(postgresql|postgres|postgresql\+psycopg)://", value):
        raise ValueError("must be an address such as postgresql://naru@db.example/naru")
    return value


def _not_empty(value: tuple[T, ...]) -> tuple[T, ...]:
    """Not Field(min_length=1): that one also complains when there is an entry and the entry is wrong."""
    if not value:
        raise ValueError("must not be empty")
    return value


def _source_name(value: str) -> str:
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,62}", value):
        raise ValueError("must be lower-case letters, digits, - and _, at most 63")
    if value in RESERVED_SOURCES:
        raise ValueError("is a name that Naru uses itself: choose another")
    return value


def _kinds() -> Mapping[str, Kind]:
    """Loaded once a source is read: the libraries of all kinds take longer than the settings without one."""
    from bot.slack import history_kind
    from retrieval.sources.kinds import KINDS

    return {**KINDS, history_kind.NAME: history_kind.KIND}


def _kind(value: str) -> str:
    known = _kinds()
    if value not in known:
        raise ValueError(f"must be {' or '.join(map(repr, known))}")
    return value


def _schedule(value: str) -> str:
    if not is_schedule(value):
        raise ValueError("must be five fields as cron has them, such as '0 3 * * *' for three in the morning")
    return " ".join(value.split())


def _timezone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError("must be the name of a time zone such as Asia/Seoul") from None
    return value


def _options(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError("must be a section of its own")
    return value


Url = Annotated[str, AfterValidator(_url)]
ProxyUrl = Annotated[str, AfterValidator(_proxy)]
DatabaseUrl = Annotated[str, AfterValidator(_database_url)]
Schedule = Annotated[str, AfterValidator(_schedule)]
TimeZone = Annotated[str, AfterValidator(_timezone)]
Seconds = Annotated[float, Field(gt=0, le=600)]
ReaderList = Annotated[tuple[Annotated[str, AfterValidator(principal)], ...], Strict(False), AfterValidator(_not_empty)]


class ListsSection(Section):
    """Names that keep a text in the building. customers, projects: files of them; people: those of the directory."""

    customers: Text | None = None
    projects: Text | None = None
    people: bool = False


class Console(Section):
    """person: whose eyes the console opens with, an id of the directory."""

    person: Text | None = None


class AnswerLimits(Section):
    """prompts: a folder of the company's own. passages: how many an answer may rest on at most, and max_passage_chars:
    how long they may be together. max_question_chars: longer questions are refused. max_attached_chars: of the files
    that come with a question. max_model_s: seconds that models may take for it, all together. max_wait_s: how long it
    may wait for its turn."""

    prompts: Text | None = None
    passages: int = Field(default=12, ge=1, le=50)
    max_passage_chars: int = Field(default=6000, ge=1000, le=200_000)
    max_question_chars: int = Field(default=8000, ge=500, le=40_000)
    max_attached_chars: int = Field(default=8000, ge=1500, le=100_000)
    max_model_s: Seconds = WORK_S
    max_wait_s: Seconds = WAIT_S

    def resolved(self, absolute: Callable[[str], Path]) -> Self:
        """With the folder's absolute path."""
        return self if self.prompts is None else self.model_copy(update={"prompts": str(absolute(self.prompts))})


class DataUse(Section):
    """What the cloud's contract says; missing or expired, only PUBLIC text may go there. vendor: who runs it."""

    vendor: Text | None = None
    training: bool
    retention_days: int = Field(ge=0)
    region: Text
    contract: Text
    expires: date


class Endpoint(Section):
    """An OpenAI-compatible address and the model to ask there; both or neither."""

    base_url: Url | None = None
    api_key: Secret | None = None
    model: Text | None = None


class Shore(Endpoint):
    """A model that answers. at_once: requests of this process that it is given at the same time. Timeouts in seconds;
    total_timeout_s covers all attempts."""

    at_once: int = Field(default=AT_ONCE, ge=1, le=1024)
    attempts: int = Field(default=3, ge=1, le=5)
    first_token_timeout_s: Seconds = 15.0
    total_timeout_s: Seconds = 60.0
    max_tokens: int = Field(default=1024, ge=1, le=131_072)


class Cloud(Shore):
    """auth: how the key is shown. do_not_store: it is asked to keep nothing. price_in, price_out: of a million tokens
    of prompts and of answers, in `currency`."""

    proxy: ProxyUrl | None = Field(default=None, repr=False)  # may hold a password
    auth: Literal["bearer", "api-key"] = "bearer"
    do_not_store: bool = True
    price_in: Price | None = None
    price_out: Price | None = None
    currency: Text | None = None
    budget: CloudBudget = CloudBudget()
    data_use: DataUse | None = None


class OnPrem(Shore):
    """hosts: what counts as on-prem; any other host is the cloud. replicas: further addresses with the same model and
    key."""

    hosts: Hosts = LOOPBACK
    replicas: Annotated[tuple[Url, ...], Strict(False)] = ()

    @property
    def each(self) -> tuple[Self, ...]:
        """One for each address, as if it were the only one; () where there is none."""
        return tuple(
            self.model_copy(update={"base_url": url, "replicas": ()})
            for url in (self.base_url, *self.replicas)
            if url is not None
        )


class EmbedModel(Endpoint):
    """An embedding model: at an address or, without one, by `local` in this process. languages: None where its kind
    says. dimensions: to be asked of the server. The prefixes are what the model's card wants before a text."""

    local: Text | None = None
    languages: Annotated[tuple[Literal["ko", "en"], ...], Strict(False), AfterValidator(_not_empty)] | None = None
    dimensions: int | None = Field(default=None, ge=1, le=4000)
    query_prefix: str = ""
    passage_prefix: str = ""

    @property
    def known(self) -> frozenset[Language]:
        """The languages that it knows: as said, else both for a server's, and English for one in this process."""
        return frozenset(self.languages or (LANGUAGES if self.base_url else ("en",)))


class Embed(EmbedModel):
    """previous: the model that goes on serving until this one's vectors are there. binary_index: over the vectors'
    bits, with re-ranking by the vectors, where an index over the vectors would not fit into memory."""

    binary_index: bool = False
    previous: EmbedModel | None = None


class SecondOpinion(Endpoint):
    """A classifier in the building. timeout_s: how long a question waits for it."""

    timeout_s: Seconds = 3.0


class Rerank(Endpoint):
    """A re-ranking model in the building. api: which of vLLM's two it is asked by. depth: how many passages it puts in
    order. timeout_s: how long a question waits for it. verdict: the file that says that it helps."""

    api: Literal["score", "rerank"] = "score"
    depth: int = Field(default=20, ge=2, le=100)
    timeout_s: Seconds = 1.0
    verdict: Text = "rerank.json"


class Models(Section):
    """Beside these, any other name is a model that `naru model serve` starts here."""

    model_config = ConfigDict(extra="allow")
    others = Served
    __pydantic_extra__: dict[str, Served] = Field(init=False)

    cloud: Cloud = Cloud()
    on_prem: OnPrem = OnPrem()
    embed: Embed = Embed()
    rerank: Rerank = Rerank()
    second_opinion: SecondOpinion = SecondOpinion()

    @property
    def served(self) -> Mapping[str, Served]:
        return self.__pydantic_extra__


class Slack(Section):
    """everyone: a usergroup that stands for all members. admins: principals beside Slack's own. follow_ups: answer in
    channel threads without a new mention. streaming: drafts by Slack's own streams. updates_per_minute: calls of
    chat.update by all processes together. inbox_days: how long what is done is remembered. host, port: where Slack's
    HTTP requests come in."""

    follow_ups: bool = False
    streaming: bool = False
    everyone: Text | None = None
    admins: Annotated[tuple[Annotated[str, AfterValidator(principal)], ...], Strict(False)] = ()
    at_once: int = Field(default=16, ge=1, le=64)
    updates_per_minute: int = Field(default=50, ge=10, le=1000)
    inbox_days: int = Field(default=30, ge=1, le=3650)
    host: Text = "127.0.0.1"
    port: int = Field(default=3000, ge=0, le=65_535)
    bot_token: Secret | None = None
    app_token: Secret | None = None
    signing_secret: Secret | None = None
    api_url: Url | None = None


class RuleSection(Section):
    match: Text
    level: LevelName
    readers: ReaderList

    def rule(self) -> Rule:
        return Rule(self.match, self.level, frozenset(map(Principal, self.readers)))


class SourceSection(Section):
    """level and readers have no default: who may read is for the company to say."""

    name: Annotated[str, AfterValidator(_source_name)]
    kind: Annotated[str, AfterValidator(_kind)] = "files"
    location: Text | None = Field(default=None, validate_default=True)
    level: LevelName
    readers: ReaderList
    link: Url | None = None
    owner: Text | None = None
    schedule: Schedule | None = None
    options: Annotated[dict[str, Any], BeforeValidator(_options)] = Field(default_factory=dict)
    rules: Annotated[tuple[RuleSection, ...], Strict(False)] = ()

    @field_validator("location")
    @classmethod
    def _fits_its_kind(cls, location: str | None, info: ValidationInfo) -> str | None:
        kind = _kinds().get(info.data.get("kind", ""))
        if kind is not None:
            kind.located(location or "", lambda path: path)
        return location

    @field_validator("options")
    @classmethod
    def _are_of_its_kind(cls, options: dict[str, Any], info: ValidationInfo) -> dict[str, Any]:
        kind = _kinds().get(info.data.get("kind", ""))
        if kind is not None:
            kind.checked(options)
        return options

    @field_validator("rules")
    @classmethod
    def _are_for_its_kind(cls, rules: tuple[RuleSection, ...], info: ValidationInfo) -> tuple[RuleSection, ...]:
        kind = _kinds().get(info.data.get("kind", ""))
        if rules and kind is not None and not kind.ruled:
            raise ValueError("are of no use for this kind of source: it says itself who may read which document")
        return rules

    def source(self, absolute: Callable[[str], str]) -> Source:
        """As retrieval knows it. absolute: where a path that stands in the file leads to."""
        return Source(
            name=self.name,
            kind=self.kind,
            location=_kinds()[self.kind].located(self.location or "", absolute),
            level=self.level,
            readers=frozenset(map(Principal, self.readers)),
            rules=tuple(rule.rule() for rule in self.rules),
            link=self.link,
            owner=self.owner,
            schedule=self.schedule,
            options=dict(self.options),
        )


class EvaluatedReaders(Section):
    """With whose eyes an evaluation looks, as the command line says it."""

    readers: ReaderList


class ConfigFile(Section):
    """naru.toml as a whole. Paths are as written: relative ones are relative to the file."""

    sample: bool = False
    home: Text | None = None
    database_url: DatabaseUrl | None = Field(default=None, repr=False)  # may hold a password
    policy: Text | None = None
    directory: Annotated[DirectorySection, BeforeValidator(as_section)] = DirectorySection()
    glossary: Text | None = None
    lists: ListsSection = ListsSection()
    timezone: TimeZone = "Asia/Seoul"
    console: Console = Console()
    answer: AnswerLimits = AnswerLimits()
    index: Index = Index()
    search: SearchSection = SearchSection()
    models: Models = Models()
    slack: Slack = Slack()
    notice: NoticeSection = NoticeSection()
    retention: Retention = Retention()
    parse: Parse = Parse()
    fetch: Fetch = Fetch()
    http: Http = Http()
    audit: AuditSection = AuditSection()
    roles: RolesSection = RolesSection()
    egress: Egress = Egress()
    credentials: Annotated[tuple[CredentialSection, ...], Strict(False)] = ()
    sources: Annotated[tuple[SourceSection, ...], Strict(False)] = ()
