"""What naru.toml may say: one frozen model per section. Pure.

naru.toml.example shows each key with its default; a test holds the two together.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, Strict

from bot.directory import EMPLOYEES, Employment, Terms
from bot.directory_table import Dialect
from bot.toml_file import LevelName, Section
from retrieval.passage import Principal, Rule, Source

RESERVED_SOURCES = ("approved",)  # answers that people approved: Naru fills it itself
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


def _host(value: str) -> str:
    if not re.fullmatch(r"[\w.-]+|[0-9A-Fa-f:.]+", value):
        raise ValueError("must be host names or IP addresses, without http://, port or path")
    return value.lower()


def _database_url(value: str) -> str:
    if not re.match(r"(postgresql|postgres|postgresql\+psycopg)://", value):
        raise ValueError("must be an address such as postgresql://naru@db.example/naru")
    return value


def _principal(value: str) -> Principal:
    if not re.fullmatch(r"everyone|(user|group|channel|email|ext):\S+", value):
        raise ValueError("must be everyone, user:.., group:.., channel:.., email:.. or ext:<source>/<group>")
    # As people's own addresses are compared.
    return Principal(value.lower() if value.startswith("email:") else value)


def _ours(value: str) -> Principal:
    if not re.fullmatch(r"everyone|(user|group|email):\S+", value):
        raise ValueError("must be everyone, user:.., group:.. or email:..: somebody whom the directory or Slack knows")
    return _principal(value)


def _external(value: Mapping[str, tuple[Principal, ...]]) -> Mapping[str, tuple[Principal, ...]]:
    if not all(re.fullmatch(r"(ext|email):\S+", name) for name in value):
        raise ValueError('must have keys such as "ext:wiki/hr" or "email:team@company.example"')
    if any(ours in value for names in value.values() for ours in names):
        raise ValueError("must not lead from one of its keys to another: name the people or groups that are meant")
    return value


def _everyone(value: str) -> str:
    if not re.fullmatch(r"employment:(employee|contractor|intern)|group:\S+", value):
        raise ValueError("must be employment:employee, employment:contractor, employment:intern or group:..")
    return value


def _several(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _directory(value: object) -> object:
    return {"file": value} if isinstance(value, str) else value


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (OSError, ValueError, LookupError):
        raise ValueError("must be a time zone such as Asia/Seoul") from None
    return value


def _not_empty(value: tuple[str, ...]) -> tuple[str, ...]:
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


def _secret(value: SecretStr) -> SecretStr:
    if not value.get_secret_value().isascii() or not value.get_secret_value().isprintable():
        raise ValueError("must be one line of ASCII characters")
    return value


Text = Annotated[str, Field(min_length=1)]
Secret = Annotated[SecretStr, Field(min_length=1), AfterValidator(_secret)]
Url = Annotated[str, AfterValidator(_url)]
ProxyUrl = Annotated[str, AfterValidator(_proxy)]
DatabaseUrl = Annotated[str, AfterValidator(_database_url)]
Seconds = Annotated[float, Field(gt=0, le=600)]
Hosts = Annotated[tuple[Annotated[str, AfterValidator(_host)], ...], Strict(False)]
ReaderList = Annotated[
    tuple[Annotated[str, AfterValidator(_principal)], ...], Strict(False), AfterValidator(_not_empty)
]


class DirectorySection(Section):
    """everyone: of whom everyone consists, and of nobody else, whatever slack.everyone says; None: of the employees
    among those who are listed, and of whom else Slack says so. groups_alone: usergroups of Slack do not count by the
    name of a group of the directory. keep_minutes: how long the last good version stays in
    force while the file cannot be used. ignore_columns: headers that say nothing to Naru. employment: the company's own
    words. external: principals of other systems, to those who are meant."""

    file: Text | None = None
    everyone: Annotated[
        tuple[Annotated[str, AfterValidator(_everyone)], ...] | None, Strict(False), BeforeValidator(_several)
    ] = None
    groups_alone: bool = False
    keep_minutes: int = Field(default=15, ge=0, le=10_080)
    ignore_columns: Annotated[tuple[Text, ...], Strict(False)] = ()
    employment: Mapping[str, Employment] = Field(default_factory=dict)
    external: Annotated[
        Mapping[str, Annotated[tuple[Annotated[str, AfterValidator(_ours)], ...], Strict(False)]],
        AfterValidator(_external),
    ] = Field(default_factory=dict)

    @property
    def terms(self) -> Terms:
        external = {_principal(name): frozenset(map(Principal, ours)) for name, ours in self.external.items()}
        return Terms(
            everyone=EMPLOYEES if self.everyone is None else frozenset(self.everyone),
            alone=self.everyone is not None,
            groups_alone=self.groups_alone,
            external=external,
        )

    @property
    def dialect(self) -> Dialect:
        return Dialect(self.employment, frozenset(self.ignore_columns))


class Console(Section):
    """person: whose eyes the console opens with, an id of the directory."""

    person: Text | None = None


class AnswerLimits(Section):
    """passages: how many an answer may rest on. max_question_chars: longer questions are refused."""

    passages: int = Field(default=6, ge=1, le=20)
    max_question_chars: int = Field(default=8000, ge=500, le=40_000)


class DataUse(Section):
    """What the cloud's contract says; missing or expired, only PUBLIC text may go there."""

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
    """A model that answers. Timeouts in seconds; total_timeout_s covers all attempts."""

    attempts: int = Field(default=3, ge=1, le=5)
    first_token_timeout_s: Seconds = 15.0
    total_timeout_s: Seconds = 60.0
    max_tokens: int = Field(default=1024, ge=1, le=131_072)


class Cloud(Shore):
    proxy: ProxyUrl | None = Field(default=None, repr=False)  # may hold a password
    data_use: DataUse | None = None


class OnPrem(Shore):
    """hosts: what counts as on-prem; any other host is the cloud."""

    hosts: Hosts = LOOPBACK


class Models(Section):
    cloud: Cloud = Cloud()
    on_prem: OnPrem = OnPrem()
    embed: Endpoint = Endpoint()


class Slack(Section):
    """everyone: a usergroup that stands for all members. admins: principals beside Slack's own. follow_ups: answer in
    channel threads without a new mention. streaming: drafts by Slack's own streams. updates_per_minute: calls of
    chat.update by all processes together. inbox_days: how long what is done is remembered. host, port: where Slack's
    HTTP requests come in."""

    follow_ups: bool = False
    streaming: bool = False
    everyone: Text | None = None
    admins: Annotated[tuple[Annotated[str, AfterValidator(_principal)], ...], Strict(False)] = ()
    at_once: int = Field(default=8, ge=1, le=64)
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
    kind: Literal["files"] = "files"
    location: Text
    level: LevelName
    readers: ReaderList
    link: Url | None = None
    owner: Text | None = None
    rules: Annotated[tuple[RuleSection, ...], Strict(False)] = ()

    def source(self, location: str) -> Source:
        """As retrieval knows it, at its resolved location."""
        return Source(
            name=self.name,
            kind=self.kind,
            location=location,
            level=self.level,
            readers=frozenset(map(Principal, self.readers)),
            rules=tuple(rule.rule() for rule in self.rules),
            link=self.link,
            owner=self.owner,
        )


class ConfigFile(Section):
    """naru.toml as a whole. Paths are as written: relative ones are relative to the file."""

    sample: bool = False
    home: Text | None = None
    database_url: DatabaseUrl | None = Field(default=None, repr=False)  # may hold a password
    policy: Text | None = None
    directory: Annotated[DirectorySection, BeforeValidator(_directory)] = DirectorySection()
    timezone: Annotated[str, AfterValidator(_zone)] = "Asia/Seoul"
    console: Console = Console()
    answer: AnswerLimits = AnswerLimits()
    models: Models = Models()
    slack: Slack = Slack()
    sources: Annotated[tuple[SourceSection, ...], Strict(False)] = ()
