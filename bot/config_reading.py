"""[index], [parse], [fetch], [http] and [[credentials]] of naru.toml: how documents are read, and from where."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field, Strict

from bot.toml_file import Secret, Section, Text
from retrieval.addresses import Reach


def _command(value: tuple[str, ...]) -> tuple[str, ...]:
    if not value or not value[0].startswith("/") or not any("{file}" in part for part in value[1:]):
        raise ValueError(
            'must be a program\'s whole path and its arguments, one with {file}: ["/opt/unwrap", "{file}"]'
        )
    return value


def _reachable(value: tuple[str, ...]) -> tuple[str, ...]:
    for host in value:
        try:
            Reach.of([host])
        except ValueError as error:
            raise ValueError(str(error)) from None
    return value


class Index(Section):
    """How sources are read, so that others get through too. at_once: documents at the same time. documents_per_second:
    begun in a second, by each run; as fast as it goes without. processes: that count terms where much is new; half as
    many as there are processors without, and at most 4."""

    at_once: int = Field(default=8, ge=1, le=64)
    documents_per_second: float | None = Field(default=None, gt=0, le=10_000)
    processes: int | None = Field(default=None, ge=0, le=64)


class Parse(Section):
    """decrypt: the command for documents that are protected; {file} stands for the path. The rest: limits of one
    document, of memory, wall time and size."""

    decrypt: Annotated[tuple[Text, ...], Strict(False), AfterValidator(_command)] | None = None
    memory_mb: int = Field(default=512, ge=320, le=8192)
    seconds: float = Field(default=10.0, ge=1, le=300)
    max_mb: int = Field(default=50, ge=1, le=100)


class Fetch(Section):
    """What the fetcher may reach beyond public addresses at their usual ports. private_hosts: names, addresses and
    networks in the building."""

    private_hosts: Annotated[tuple[str, ...], Strict(False), AfterValidator(_reachable)] = ()
    ports: Annotated[tuple[Annotated[int, Field(ge=1, le=65_535)], ...], Strict(False)] = ()


class Http(Section):
    """Where other systems push documents to; no port: nowhere."""

    host: Text = "127.0.0.1"
    port: int | None = Field(default=None, ge=0, le=65_535)


class CredentialSection(Section):
    """Who to be at the locations that begin with `location`."""

    location: Text
    username: Text | None = None
    password: Secret
