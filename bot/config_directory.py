"""[directory] of naru.toml."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, Strict

from bot.directory import EMPLOYEES, Employment, Terms
from bot.directory_table import Dialect
from bot.toml_file import Section, Text
from retrieval.passage import Principal, principal


def _ours(value: str) -> Principal:
    if not re.fullmatch(r"everyone|(user|group|email):\S+", value):
        raise ValueError("must be everyone, user:.., group:.. or email:..: somebody whom the directory or Slack knows")
    return principal(value)


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


def as_section(value: object) -> object:
    """A path alone is the section that names it."""
    return {"file": value} if isinstance(value, str) else value


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
        external = {principal(name): frozenset(map(Principal, ours)) for name, ours in self.external.items()}
        return Terms(
            everyone=EMPLOYEES if self.everyone is None else frozenset(self.everyone),
            alone=self.everyone is not None,
            groups_alone=self.groups_alone,
            external=external,
        )

    @property
    def dialect(self) -> Dialect:
        return Dialect(self.employment, frozenset(self.ignore_columns))
