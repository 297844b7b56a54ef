"""Environment, .env and naru.toml -> one frozen Settings, or every problem at once.

Nothing else in Naru reads the environment. It wins over .env in the current folder, and both over naru.toml; an empty
variable counts as unset.
"""

from __future__ import annotations

import base64
import binascii
import os
import pwd
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from dotenv import dotenv_values
from pydantic import SecretStr, ValidationError

from bot.config_audit import AuditSection
from bot.config_budget import without_prices
from bot.config_directory import DirectorySection
from bot.config_file import LOOPBACK, AnswerLimits, ConfigFile, Console, ListsSection, Models, Slack
from bot.config_notice import NoticeSection
from bot.config_officer import Egress, RolesSection
from bot.config_reading import CredentialSection, Fetch, Http, Index, Parse
from bot.config_retention import Retention
from bot.config_search import SearchSection
from bot.toml_file import Place, Problem, SettingsFault, dotted, hint, read_toml, sentence, table, table_at
from retrieval.passage import Source

PROJECT = Path(__file__).resolve().parent.parent
SAMPLE_CONFIG = PROJECT / "samples" / "naru.toml"
SHIPPED_POLICY = PROJECT / "policy.toml"

VARIABLES: Mapping[str, tuple[str, ...]] = {
    "NARU_HOME": ("home",),
    "NARU_DATABASE_URL": ("database_url",),
    "NARU_POLICY": ("policy",),
    **{
        f"NARU_{model.upper()}_{key.upper()}": ("models", model, key)
        for model in ("cloud", "on_prem", "embed", "rerank", "second_opinion")
        for key in ("base_url", "api_key", "model")
    },
    "NARU_AUDIT_AUTHORIZATION": ("audit", "authorization"),
    "SLACK_BOT_TOKEN": ("slack", "bot_token"),
    "SLACK_APP_TOKEN": ("slack", "app_token"),
    "SLACK_SIGNING_SECRET": ("slack", "signing_secret"),
    "SLACK_API_URL": ("slack", "api_url"),
}
VARIABLE_OF = {place: name for name, place in VARIABLES.items()}
_ON_PREM = (("on_prem",), ("embed",), ("embed", "previous"), ("rerank",), ("second_opinion",))
PATHS = ("home", "policy", "glossary")
ONLY_VARIABLES = ("NARU_CONFIG", "NARU_KEY", "NARU_DATA")  # NARU_DATA: of the evaluation, not ours


@dataclass(frozen=True, slots=True)
class Settings:
    """All of Naru's settings, with absolute paths.

    config: the file they came from. sample: it is the sample company's. database_url: None for the embedded
    PostgreSQL in `home`. directory.file: None where there is none. glossary: may be missing. lists: with
    absolute paths. timezone: in which the company's days begin. key: base64 of the 32 bytes that seal text at rest.
    """

    config: Path
    sample: bool
    home: Path
    database_url: str | None = field(repr=False)  # may hold a password
    policy: Path
    directory: DirectorySection
    glossary: Path
    lists: ListsSection
    timezone: ZoneInfo
    key: SecretStr | None
    console: Console
    answer: AnswerLimits
    index: Index
    search: SearchSection
    models: Models
    slack: Slack
    notice: NoticeSection
    retention: Retention
    parse: Parse
    fetch: Fetch
    http: Http
    audit: AuditSection
    roles: RolesSection
    egress: Egress
    credentials: tuple[CredentialSection, ...]
    sources: tuple[Source, ...]

    @classmethod
    def load(cls, environ: Mapping[str, str] | None = None, cwd: Path | None = None) -> Settings:
        """Reads the environment and the file. Raises SettingsFault with everything that is wrong."""
        return _loader(environ, cwd or Path.cwd()).load()


_AS_THEY_ARE = ("console", "index", "search", "models", "slack", "retention", "parse", "fetch", "http",
                "audit", "roles", "egress")  # fmt: skip
"""Sections that are settings as they stand in the file."""


@dataclass(frozen=True, slots=True)
class Salvaged:
    """What can be used of settings that hold problems. settings: without the sections in `broken`, the outermost keys
    of what the problems are about; None: nothing can be used."""

    settings: Settings | None
    problems: tuple[Problem, ...] = ()
    broken: frozenset[str] = frozenset()

    @classmethod
    def load(cls, environ: Mapping[str, str] | None = None, cwd: Path | None = None) -> Salvaged:
        """Reads what Settings.load reads, and does not raise: for the doctor, who tries the rest all the same."""
        try:
            return _loader(environ, cwd or Path.cwd()).salvaged()
        except SettingsFault as fault:
            return cls(None, fault.problems)


def policy_path(environ: Mapping[str, str] | None = None, cwd: Path | None = None) -> Path:
    """Where the policy stands, for what needs nothing else: the rest of naru.toml is not looked at. Raises
    SettingsFault where the file cannot be read."""
    return _loader(environ, cwd or Path.cwd()).policy_path()


def proxies() -> tuple[str, ...]:
    """The names of the environment's proxy settings, which Naru does not follow."""
    names = ("http_proxy", "https_proxy", "all_proxy")
    return tuple(sorted(name for name, value in os.environ.items() if name.lower() in names and value))


def program_environment(more: Mapping[str, str]) -> dict[str, str]:
    """For a program that Naru starts: this process's, without Naru's and Slack's secrets and the proxies."""
    ours = ("NARU_", "SLACK_")
    return {n: v for n, v in os.environ.items() if not n.startswith(ours) and n not in proxies()} | dict(more)


def _loader(environ: Mapping[str, str] | None, cwd: Path) -> _Loader:
    environ = {**_written(cwd / ".env"), **(os.environ if environ is None else environ)}
    return _Loader({name: value.strip() for name, value in environ.items() if value.strip()}, cwd)


def _written(path: Path) -> dict[str, str]:
    """The variables of a .env file that are ours; the environment wins over them."""
    try:
        values = dotenv_values(path, interpolate=False, encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise SettingsFault(Problem(str(path), "", "cannot be read: it must be NAME=value lines in UTF-8")) from None
    return {name: value for name, value in values.items() if value and name.startswith(("NARU_", "SLACK_"))}


class _Loader:
    """One load: collects problems until the end."""

    def __init__(self, environ: Mapping[str, str], cwd: Path) -> None:
        self._environ = environ
        self._cwd = cwd.absolute()
        self._config = self._find_config()
        self._problems: list[Problem] = []
        self._broken: set[str] = set()

    def load(self) -> Settings:
        settings = self._load(frozenset())
        if settings is None or self._problems:
            raise SettingsFault(*self._problems)
        return settings

    def policy_path(self) -> Path:
        raw = self._read()
        self._override(raw)
        named = raw.get("policy")
        return self._policy(named if isinstance(named, str) else None)

    def salvaged(self) -> Salvaged:
        """Raises SettingsFault where the file cannot be read at all."""
        settings = self._load(frozenset())
        problems, broken = tuple(self._problems), frozenset(self._broken)
        if settings is None:
            settings = self._load(broken)
        return Salvaged(settings, problems, broken)

    def _load(self, without: frozenset[str]) -> Settings | None:
        """without: the outermost keys that are left out. None: something is wrong that they do not hold."""
        self._check_names()
        key = self._key()
        raw = self._read()
        self._override(raw)
        raw = {name: value for name, value in raw.items() if name not in without}
        for place, text in _across(raw):
            self._report(place, raw, text)
        file = self._validate(raw)
        home = self._home(file)
        policy, directory = self._policy(file.policy if file else None), self._directory(file)
        glossary = self._absolute(file.glossary) if file and file.glossary else None
        listed: Place = ("directory", "file") if isinstance(raw.get("directory"), dict) else ("directory",)
        lists = self._lists(file)
        named: tuple[tuple[Place, str | Path | None], ...] = (
            (("policy",), policy),
            (listed, directory.file),
            (("glossary",), glossary),
            (("lists", "customers"), lists.customers),
            (("lists", "projects"), lists.projects),
        )
        for place, path in named:
            if path is not None and not os.path.isfile(path):  # not Path's, which raises where it may not look
                self._report(place, raw, "must be a file that exists and that Naru may read")
        if directory.everyone is not None and directory.file is None:
            self._report(("directory", "everyone"), raw, "needs directory.file: without one nobody would be everyone")
        if lists.people and directory.file is None:
            self._report(("lists", "people"), raw, "needs directory.file: people are listed there")
        if file is None or home is None:
            return None
        return Settings(
            config=self._config,
            sample=file.sample,
            home=home,
            database_url=file.database_url,
            policy=policy,
            directory=directory,
            glossary=glossary or self._config.parent / "glossary.toml",
            lists=lists,
            timezone=ZoneInfo(file.timezone),
            key=key if "key" not in self._broken else None,
            notice=file.notice.resolved(self._absolute),
            answer=file.answer.resolved(self._absolute),
            credentials=file.credentials,
            sources=tuple(s.source(lambda path: str(self._absolute(path))) for s in file.sources),
            **{name: getattr(file, name) for name in _AS_THEY_ARE},
        )

    # -- the environment -------------------------------------------------------------------------------------

    def _check_names(self) -> None:
        known = sorted(name for name in (*VARIABLES, *ONLY_VARIABLES) if name.startswith("NARU_"))
        for name in sorted(self._environ):
            if name.startswith("NARU_") and name not in known:
                self._problems.append(Problem(name, "", "is not a setting" + hint(name, known)))

    def _key(self) -> SecretStr | None:
        value = self._environ.get("NARU_KEY")
        if value is None:
            return None
        try:
            length = len(base64.b64decode(value, validate=True))
        except (binascii.Error, ValueError):
            length = 0
        if length != 32:
            text = "must be 32 bytes in base64; `openssl rand -base64 32` makes one"
            self._broken.add("key")
            self._problems.append(Problem("NARU_KEY", "", text))
        return SecretStr(value)

    def _override(self, raw: dict[str, Any]) -> None:
        for name, (*sections, key) in VARIABLES.items():
            if (value := self._environ.get(name)) is None:
                continue
            target: Any = raw
            for section in sections:
                target = target.setdefault(section, {}) if isinstance(target, dict) else None
            if isinstance(target, dict):  # if not, the file has something else there, which is reported
                target[key] = str(self._absolute(value, self._cwd)) if key in PATHS else value

    # -- the file --------------------------------------------------------------------------------------------

    def _find_config(self) -> Path:
        if named := self._environ.get("NARU_CONFIG"):
            return self._absolute(named, self._cwd)
        here = self._cwd / "naru.toml"
        return here if here.exists() else SAMPLE_CONFIG

    def _read(self) -> dict[str, Any]:
        try:
            return read_toml(self._config, "NARU_CONFIG must name a naru.toml (naru.toml.example shows one)")
        except SettingsFault as fault:
            raise SettingsFault(*self._problems, *fault.problems) from None

    def _validate(self, raw: dict[str, Any]) -> ConfigFile | None:
        try:
            return ConfigFile.model_validate(raw)
        except ValidationError as errors:
            for error in errors.errors(include_url=False, include_input=False):
                only = "is read from NARU_KEY only" if error["loc"] == ("key",) else None
                self._report(error["loc"], raw, only or sentence(error, ConfigFile))
            return None

    def _report(self, place: Place, raw: dict[str, Any], text: str) -> None:
        """The problem stands where the value came from: in the variable, or in the file."""
        self._broken.add(str(place[0]) if place else "")
        variable = VARIABLE_OF.get(tuple(str(step) for step in place), "")
        if variable in self._environ:
            self._problems.append(Problem(variable, "", text))
        else:
            self._problems.append(Problem(str(self._config), dotted(place, raw), text))

    # -- paths -----------------------------------------------------------------------------------------------

    def _absolute(self, path: str, folder: Path | None = None) -> Path:
        """Relative to `folder`, by default the file's own; ~ is the home directory."""
        if path == "~" or path.startswith("~/"):
            path = self._environ.get("HOME", "~") + path[1:]
        return Path(os.path.normpath((folder or self._config.parent) / path))

    def _directory(self, file: ConfigFile | None) -> DirectorySection:
        """With the file's absolute path: the one it names, or people.toml beside it."""
        written = file.directory if file else DirectorySection()
        beside = self._config.parent / "people.toml"
        if written.file is not None:
            return written.model_copy(update={"file": str(self._absolute(written.file))})
        return written.model_copy(update={"file": str(beside)}) if os.path.isfile(beside) else written

    def _lists(self, file: ConfigFile | None) -> ListsSection:
        written = file.lists if file else ListsSection()
        files = {"customers": written.customers, "projects": written.projects}
        return written.model_copy(update={name: str(self._absolute(path)) for name, path in files.items() if path})

    def _policy(self, named: str | None) -> Path:
        if named is not None:
            return self._absolute(named)
        beside = self._config.parent / "policy.toml"
        return beside if beside.exists() else SHIPPED_POLICY

    def _home(self, file: ConfigFile | None) -> Path | None:
        """Root's is a directory of its own: the database's OS user must reach it."""
        if file is not None and file.home is not None:
            return self._absolute(file.home)
        if os.geteuid() == 0:
            return Path("/var/lib/naru")
        data = self._environ.get("XDG_DATA_HOME", "")
        if Path(data).is_absolute():  # the XDG specification: a relative one is to be ignored
            return Path(data) / "naru"
        try:
            return Path(self._environ.get("HOME") or pwd.getpwuid(os.getuid()).pw_dir) / ".local/share/naru"
        except KeyError:
            self._problems.append(Problem("NARU_HOME", "", "must be set: this user has no home directory"))
            return None


def _across(raw: dict[str, Any]) -> Iterator[tuple[Place, str]]:
    """What spans several keys. On the raw values, so that a mistake in one does not hide another."""
    models = table(raw.get("models"))
    for place in (("cloud",), *_ON_PREM):
        endpoint = table_at(models, place)
        for has, lacks in (("base_url", "model"), ("model", "base_url")):
            if endpoint.get(has) and lacks not in endpoint:
                variable = VARIABLE_OF.get(("models", *place, lacks))
                yield (
                    ("models", *place, lacks),
                    f"is missing, though {has} is there: set it here{f' or in {variable}' if variable else ''}",
                )
    yield from _undeclared_hosts(models)
    yield from without_prices(table(models.get("cloud")))
    sources = raw.get("sources")
    names = [table(source).get("name") for source in sources] if isinstance(sources, list) else []
    for index, name in enumerate(names):
        if name is not None and name in names[:index]:
            yield ("sources", index, "name"), "is taken by another source: names are unique"


def _undeclared_hosts(models: dict[str, Any]) -> Iterator[tuple[Place, str]]:
    """On-prem is a declared list of hosts. The embedder sees every document, the second opinion every question, and so
    they stay there as well."""
    declared = table(models.get("on_prem")).get("hosts", list(LOOPBACK))
    hosts = [host.lower() for host in declared if isinstance(host, str)] if isinstance(declared, list) else []
    urls: list[tuple[Place, Any]] = [
        (("models", *place, "base_url"), table_at(models, place).get("base_url")) for place in _ON_PREM
    ]
    replicas = table(models.get("on_prem")).get("replicas")
    for index, url in enumerate(replicas if isinstance(replicas, list) else ()):
        urls.append((("models", "on_prem", "replicas", index), url))
    for place, url in urls:
        try:
            host = urlsplit(url).hostname if isinstance(url, str) else None
        except ValueError:
            continue  # no address at all, which is reported as such
        if host is not None and host not in hosts:
            yield place, "has a host that is not declared in models.on_prem.hosts: anything else is the cloud"
    if replicas and not table(models.get("on_prem")).get("base_url"):
        yield ("models", "on_prem", "replicas"), "needs base_url: that is the first of them"
